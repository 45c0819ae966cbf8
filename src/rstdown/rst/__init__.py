"""Parsing reStructuredText: docutils, set up to be fast and safe, and the static reader of `conf.py`."""
