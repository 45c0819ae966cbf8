"""rstdown.bundle"""
