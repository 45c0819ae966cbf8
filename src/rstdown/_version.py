"""The version, read by hatchling and by `rstdown --version`."""

__version__ = "0.1.0"
