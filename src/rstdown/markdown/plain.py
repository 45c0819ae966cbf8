"""Phrasing content that needs no care, as most does not: normal form and text in one go.

Care is needed where a character could be taken for markup, where nodes have to be joined, split or left out,
and by the rarer nodes.  What is written here is what `normal` and `phrasing` make of the same content.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import groupby
from typing import Any, cast

from .edges import delimiter, first, last
from .escape import END, attribute, autolink, code_span, destination, is_suspect
from .nodes import Anchor, Emphasis, InlineCode, Link, Phrasing, Strong, Text

_DOUBLE = re.compile("  +")
_plain_ascii = re.compile(r"""[ "#%'()+,\-./0-9:;=>?@A-Za-z{|}]+""").fullmatch
_WITHIN_WORD = re.compile("(?<=[A-Za-z0-9])_+(?=[A-Za-z0-9])")
_PLAIN_URL = re.compile(r"(?:https?:|#|[\w./-]+(?:#|\Z))[!-;=?-~]*")


def plain(
    children: tuple[Phrasing, ...],
    before: str = END,
    after: str = END,
    inside: str = "",
    in_link: bool = False,
) -> str | None:
    """Return content as it is written between two characters, or None where that takes care.

    *inside* are the delimiters of emphasis around it.
    """
    out: list[str] = []
    written: str | None
    previous: type | None = None
    node: Any  # `cast` is a call, and this is done for each node
    for index, node in enumerate(children):
        kind = type(node)
        if kind is previous and (kind is Text or kind is InlineCode):
            return plain(_joined(children), before, after, inside, in_link)
        if kind is Text:
            written = node.value
            if "  " in written:
                written = _DOUBLE.sub(" ", written)
            if not _plain_ascii(written) and not _is_plain(written):
                return None
        elif kind is InlineCode:
            value = node.value
            if not value or not value.isprintable():
                return None
            written = f"`{value}`" if "`" not in value and value[0] != " " else code_span(value)
        elif kind is Link:
            written = None if in_link else _link(node, inside)
        elif kind is Emphasis or kind is Strong:
            left = out[-1][-1] if out else before
            right = _first(children[index + 1]) if index + 1 < len(children) else after
            written = _emphasis(node, left, right, inside, in_link)
        elif kind is Anchor:
            written = f"<a id={attribute(node.id)}></a>"
        else:
            return None
        if written is None:
            return None
        out.append(written)
        previous = kind
    if out and (out[0][0] == " " or out[-1][-1] == " "):  # white space belongs outside, or nowhere
        return None
    return "".join(out)


def _joined(children: tuple[Phrasing, ...]) -> tuple[Phrasing, ...]:
    """Return content with texts made one that stand next to each other, and so with code."""
    out: list[Phrasing] = []
    for kind, run in groupby(children, type):
        if kind is Text:
            out.append(Text("".join(node.value for node in cast(Iterable[Text], run))))
        elif kind is InlineCode:
            out.append(InlineCode("".join(node.value for node in cast(Iterable[InlineCode], run))))
        else:
            out += run
    return tuple(out)


def _is_plain(text: str) -> bool:
    """Tell whether a text needs no care; underscores within words do not, as they never are delimiters."""
    if not text or not text.isprintable():
        return False
    return not is_suspect(_WITHIN_WORD.sub("", text) if "_" in text else text)


def _link(node: Link, inside: str) -> str | None:
    children = node.children
    end = "" if node.title else _destination(node.url)
    if not end or not children or type(children[0]) is Link:
        return None
    shown = plain(children, "[", "]", inside, True)
    if shown is None or "]:" in shown or autolink(node.url, shown):
        return None
    return f"[{shown}]({end})"


@lru_cache(maxsize=50_000)
def _destination(url: str) -> str:
    """Return an address as the destination of a link if it is harmless and in normal form, else nothing."""
    return destination(url) if _PLAIN_URL.fullmatch(url) else ""


def _emphasis(node: Emphasis | Strong, before: str, after: str, inside: str, in_link: bool) -> str | None:
    children = node.children
    if not children or type(children[0]) is type(node):
        return None
    begin, end = _first(children[0]), _last(children[-1])
    char = delimiter(inside, before, begin, end, after) if begin and end and after else ""
    shown = plain(children, char, char, inside + char, in_link) if char else None
    run = char * 2 if type(node) is Strong else char
    return f"{run}{shown}{run}" if shown else None


def _first(node: Phrasing) -> str:
    """Return the character that a node starts with; nothing if it takes care."""
    if isinstance(node, Text):
        return node.value[:1]
    return first(node, False) if type(node) in _PLAIN else ""


def _last(node: Phrasing) -> str:
    if isinstance(node, Text):
        return node.value[-1:]
    return last(node) if type(node) in _PLAIN else ""


_PLAIN = frozenset({Anchor, Emphasis, InlineCode, Link, Strong})
