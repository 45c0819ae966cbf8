"""rstdown.link"""
