"""rstdown.fetch"""
