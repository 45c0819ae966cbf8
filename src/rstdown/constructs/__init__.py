"""rstdown.constructs"""
