"""What phrasing content begins and ends with when written, and the delimiters of emphasis that fit there."""

from __future__ import annotations

from functools import lru_cache

from .escape import END
from .flanking import can_close, can_open
from .nodes import (
    Anchor,
    Break,
    Emphasis,
    FootnoteReference,
    Html,
    Image,
    InlineCode,
    InlineMath,
    Link,
    Phrasing,
    Strong,
    Subscript,
    Superscript,
    Text,
)


def first(node: Phrasing, one_line: bool) -> str:
    """Return the character that a node of the normal form starts with when written."""
    if isinstance(node, Text):
        return node.value[0]
    if isinstance(node, Break):
        return "<" if one_line else "\\"
    return _FIRST[type(node)]


_FIRST: dict[type, str] = {
    Emphasis: "*",
    Strong: "*",
    InlineCode: "`",
    InlineMath: "$",
    Link: "[",
    Image: "!",
    FootnoteReference: "[",
    Subscript: "<",
    Superscript: "<",
    Anchor: "<",
    Html: "<",
}


def last(node: Phrasing) -> str:
    """Return the character that a node of the normal form ends with when written."""
    if isinstance(node, Text):
        return node.value[-1]
    if isinstance(node, Link):
        return ")"
    return _LAST.get(type(node), _FIRST.get(type(node), END))


_LAST: dict[type, str] = {
    Image: ")",
    FootnoteReference: "]",
    Subscript: ">",
    Superscript: ">",
    Anchor: ">",
    Html: ">",
}


@lru_cache(maxsize=4096)
def delimiter(inside: str, before: str, first: str, last: str, after: str) -> str:
    """Return the first delimiter of emphasis that works between four characters; empty if none does.

    *inside* are those of our own that are around it.
    """
    for char in "*_":
        if char not in (before, after) and _works(char, inside, before, first, last, after):
            return char
    return ""


def _works(char: str, inside: str, before: str, first: str, last: str, after: str) -> bool:
    """Tell whether delimiters open and close here, and can be taken for nothing else.

    Pairs whose opener cannot close and whose closer cannot open nest in each other freely.  Others are
    good for asterisks that stand alone: `escape.survey` has literal ones escaped then.
    """
    if not (can_open(char, before, first, True) and can_close(char, last, after, True)):
        return False
    two_faced = can_close(char, before, first, False) or can_open(char, last, after, False)
    return not two_faced or (char == "*" and "*" not in inside)
