"""rstdown.cli"""
