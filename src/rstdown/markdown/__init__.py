"""The Markdown syntax tree, its writer and its reader; knows nothing of docutils."""

from __future__ import annotations

from .lower import lower
from .nodes import Root
from .normal import normalise
from .writer import write

__all__ = ["lower", "normalise", "read", "write"]


def read(markdown: str) -> Root:
    """Return Markdown as a tree of core nodes, the inverse of `write` (see `rstdown.markdown.reader`)."""
    from .reader import read as _read  # markdown-it is only loaded where it is used

    return _read(markdown)
