"""Addresses that authors write by hand: relative ones lead to pages at hand, or to files beside the sources.

Plain docutils projects have no other way to link their documents: ```text <../ref/rst/roles.html#math>`__``.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Container
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|/|\?|$")
_PAGE_SUFFIXES = (".html", ".htm", ".rst", ".txt", ".md", "")


class Local(NamedTuple):
    """A relative address: the page that it leads to (*docname*, or a file at *path*), and its *fragment*."""

    docname: str
    path: str
    fragment: str


def read_local(url: str, here: str, known: Container[str]) -> Local | None:
    """Read an address that stands on page *here*; None unless it is relative.  *known* are all docnames."""
    if ABSOLUTE.match(url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    path, fragment = unquote(parts.path), unquote(parts.fragment)
    if not path:
        return Local(here, "", fragment)
    full = posixpath.normpath(posixpath.join(posixpath.dirname(here), path))
    if path.endswith("/"):
        full = posixpath.join(full, "index")
    for suffix in _PAGE_SUFFIXES:
        if full.endswith(suffix) and (name := full.removesuffix(suffix)) in known and not parts.query:
            return Local(name, full, fragment)
    return Local("", full, fragment)


def is_address(uri: str) -> bool:
    """Tell whether relative addresses may count from *uri*: not where it names a member of an archive."""
    return uri.startswith(("http://", "https://")) and "#" not in uri
