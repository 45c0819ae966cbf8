"""Patterns of file names as regular expressions that take no time to speak of, whoever wrote them."""

from __future__ import annotations

from collections.abc import Iterable

STAR, ANY, FOLDERS = "[^/]*", ".*", "(?:.*/)?"
"""What ``*``, ``**`` and ``**/`` match."""
_FIRST = {STAR: "[^/]*?", ANY: ".*?", FOLDERS: "(?:.*?/)??"}
_MOST_CHOICES = 3


def joined(parts: Iterable[str]) -> str | None:
    """Return the expression for *parts*: wildcards, and expressions for one character each.

    Where the next wildcard covers whatever lies between, the first place at which the characters before
    it fit is as good as any other, and an atomic group goes on from there.  None where too many choices
    are left.
    """
    out, wild, fixed = "", "", ""
    choices = 0
    for part in parts:
        if part not in _FIRST:
            fixed += part
            continue
        covers = part == ANY or (part == wild == STAR) or (part == FOLDERS and fixed.endswith("/"))
        out += f"(?>{_FIRST[wild]}{fixed})" if wild and covers else wild + fixed
        choices += bool(wild) and not covers
        wild, fixed = part, ""
    return None if choices > _MOST_CHOICES else out + wild + fixed
