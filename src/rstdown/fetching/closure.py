"""Which files a document includes, seen in its raw text.

The text is scanned, not parsed: a directive in a literal block is taken for a real one, which costs a
download that may fail and harms nothing.
"""

from __future__ import annotations

import posixpath
import re

from ..patterns import lazy

_DIRECTIVE = lazy(
    r"^[ \t]*(?:[-*+][ \t]+)?\.\.[ \t]+(?:\|[^|\n]+\|[ \t]+)?(include|literalinclude)::[ \t]+(\S[^\n]*)$",
    re.M,
)
_OPTION = lazy(r"^[ \t]+:(file|diff):[ \t]+(\S[^\n]*)$", re.M)
_QUICK = re.compile(r"include::|:file:|:diff:")


def included(text: str) -> list[tuple[str, bool]]:
    """Return the file names that *text* asks for, each with whether it may include further ones."""
    if not _QUICK.search(text):
        return []
    found = [(match[2].strip(), match[1] == "include") for match in _DIRECTIVE.finditer(text)]
    found += [(match[2].strip(), False) for match in _OPTION.finditer(text)]
    return [(name, rst) for name, rst in dict.fromkeys(found) if _plausible(name)]


def _plausible(name: str) -> bool:
    """Leave out docutils' own ``<isonum.txt>``, substitutions, addresses and what is no file name."""
    return not (name.startswith("<") or "|" in name or "://" in name or "\\" in name) and name.isprintable()


def resolve(name: str, folder: str, srcdir: str) -> str | None:
    """Return the path of *name* in its tree, from *srcdir* (``/x``) or from *folder*; ``None`` if outside."""
    start = srcdir if name.startswith("/") else folder
    path = posixpath.normpath(posixpath.join(start, name.lstrip("/")))
    return None if path == ".." or path.startswith(("../", "/")) or path == "." else path
