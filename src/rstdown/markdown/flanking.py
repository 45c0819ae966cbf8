"""Decide where a run of delimiters may open or close emphasis (CommonMark 0.31, section 6.2).

Renderers disagree whether symbols outside ASCII (``→``, ``€``) are punctuation: CommonMark said no until
0.30 and yes since 0.31.  So each question has two answers: *possible* (under either reading), by which
literal characters are escaped, and *certain* (under both), by which delimiters of our own are placed.
"""

from __future__ import annotations

from functools import lru_cache
from unicodedata import category

_ASCII_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")


@lru_cache(maxsize=4096)
def classify(char: str) -> str:
    """Return ``" "`` for white space, ``"."`` punctuation, ``"?"`` other symbols, ``"a"`` the rest."""
    if char in " \n\t\f\r":
        return " "
    if char in _ASCII_PUNCTUATION:
        return "."
    kind = category(char)
    if kind == "Zs":
        return " "
    return {"P": ".", "S": "?"}.get(kind[0], "a")


def _flanking(near: str, far: str, certain: bool) -> bool:
    """Is a run flanking on the side of class *near*, the class beyond the run being *far*?"""
    if near == " ":
        return False
    if certain:
        return near == "a" or far in " ."
    return near in "a?" or far != "a"


@lru_cache(maxsize=4096)
def can_open(delimiter: str, before: str, after: str, certain: bool) -> bool:
    """May a run of *delimiter* (``*``, ``_`` or ``~``) between two characters open emphasis?"""
    left, right = classify(before), classify(after)
    if not _flanking(right, left, certain):
        return False
    if delimiter != "_" or not _flanking(left, right, not certain):
        return True
    return left == "." or (not certain and left == "?")


def can_close(delimiter: str, before: str, after: str, certain: bool) -> bool:
    """May a run of *delimiter* between two characters close emphasis?  The mirror image of `can_open`."""
    return can_open(delimiter, after, before, certain)
