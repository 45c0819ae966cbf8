"""rstdown.engines"""
