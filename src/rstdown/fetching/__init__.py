"""The fetch stage: raw reStructuredText from wherever it lives."""

from __future__ import annotations

from .model import (
    ArchiveSource,
    FetchFailure,
    FetchResult,
    GitHubSource,
    LocalSource,
    LockEntry,
    Progress,
    PypiSource,
    Source,
    SphinxSource,
    UrlSource,
)
from .parse import parse_source, parse_sources
from .run import fetch, get_file
from .save import save
from .text import NotText, decode

__all__ = [
    "ArchiveSource",
    "FetchFailure",
    "FetchResult",
    "GitHubSource",
    "LocalSource",
    "LockEntry",
    "NotText",
    "Progress",
    "PypiSource",
    "Source",
    "SphinxSource",
    "UrlSource",
    "decode",
    "fetch",
    "get_file",
    "parse_source",
    "parse_sources",
    "save",
]
