"""Phrasing content that needs no care, as most does not: normal form and text in one go.

Care is needed where a character could be taken for markup, where nodes have to be joined, split or left out,
and by the rarer nodes.  What is written here is what `normal` and `phrasing` make of the same content.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Protocol

from .edges import delimiter, first, last
from .escape import (
    END,
    STRICT,
    anchor,
    autolink,
    code_span,
    destination,
    footnote_label,
    has_delimiters,
    is_suspect,
    text,
)
from .nodes import Anchor, Emphasis, FootnoteReference, InlineCode, Link, Phrasing, Strong, Text, Xref

_DOUBLE = re.compile("  +")
_plain_ascii = re.compile(r"""[ "#%'()+,\-./0-9:;=>?@A-Za-z{|}]+""").fullmatch
_WITHIN_WORD = re.compile("(?<=[A-Za-z0-9])_+(?=[A-Za-z0-9])")
_PLAIN_URL = re.compile(r"(?:https?:|#|[\w./-]+(?:#|\Z))[!-;=?-~]*")


class Opening(Protocol):
    """How content is written before it is linked."""

    def reference(self, node: Xref) -> str | None:
        """Return what stands for a reference between text, or None where that takes care."""

    def may_change(self, node: Link | FootnoteReference) -> bool:
        """Tell whether linking may change a link, or the mark of a footnote."""


def plain(
    children: tuple[Phrasing, ...],
    opening: Opening | None = None,
    before: str = END,
    after: str = END,
    inside: str = "",
    in_link: bool = False,
) -> str | None:
    """Return content as it is written between two characters, or None where that takes care.

    *inside* are the delimiters of emphasis around it; *opening* is for content that has not been linked.
    """
    if len(children) == 1 and (alone := _alone(children[0])):
        return alone
    out: list[str] = []
    written: str | None
    end = len(children) - 1
    pieces: list[str] = []
    previous: type | None = None
    node: Any  # `cast` is a call, and this is done for each node
    for index, node in enumerate(children):
        kind = type(node)
        if kind is Text:
            value = node.value
            if "  " in value:
                value = _DOUBLE.sub(" ", value)
            if _plain_ascii(value) or _is_plain(value):
                if previous is Text and value[0] == " " == out[-1][-1]:  # such are one
                    return None
                out.append(value)
                previous = Text
                continue
            if previous is Text or (index < end and type(children[index + 1]) is Text):
                return None
            node = Text(value)
        if previous is Xref:  # beside a reference may be nothing but text
            return None
        if kind is InlineCode:
            value = node.value
            if index < end and type(children[index + 1]) is InlineCode:  # such are one, too
                pieces.append(value)
                continue
            if pieces:
                value = "".join((*pieces, value))
                pieces = []
            written = _code(value)
        elif kind is Xref:
            written = opening.reference(node) if opening and previous in _BESIDE_REFERENCES else None
        elif kind in _WITH_CARE:
            left = out[-1][-1] if out else before
            right = _first(children[index + 1]) if index < end else after
            written = _WITH_CARE[kind](node, left, right, inside, in_link, opening)
        else:
            return None
        if written is None:
            return None
        out.append(written)
        previous = kind
    if out and (out[0][0] == " " or out[-1][-1] == " "):  # white space belongs outside, or nowhere
        return None
    return "".join(out)


def _alone(node: Phrasing) -> str | None:
    """Return what most single nodes are written as; None for all others."""
    if type(node) is Text:
        value = node.value
        is_normal = _plain_ascii(value) and "  " not in value and value[0] != " " and value[-1] != " "
        return value if is_normal else None
    return _code(node.value) if type(node) is InlineCode else None


_BESIDE_REFERENCES = (None, Text)


def _code(value: str) -> str | None:
    """Return a code span, or None for none."""
    if not value or not value.isprintable():
        return None
    return f"`{value}`" if "`" not in value and value[0] != " " else code_span(value)


def _is_plain(value: str) -> bool:
    """Tell whether a text needs no care; underscores within words do not, as they never are delimiters."""
    if not value or not value.isprintable():
        return False
    return not is_suspect(_WITHIN_WORD.sub("", value) if "_" in value else value)


def _text(
    node: Text, before: str, after: str, inside: str, in_link: bool, opening: Opening | None
) -> str | None:
    """Escape a text, unless what its delimiters are taken for depends on more than its neighbours."""
    value = node.value
    if not value or not after or not value.isprintable() or (not inside and has_delimiters(value)):
        return None
    return text(value, before, after, STRICT, in_link)


def _link(
    node: Link, before: str, after: str, inside: str, in_link: bool, opening: Opening | None
) -> str | None:
    children = node.children
    if in_link or node.title or not children or type(children[0]) is Link:
        return None
    if opening and opening.may_change(node):
        return None
    if len(children) == 1 and type(only := children[0]) is Text and (auto := autolink(node.url, only.value)):
        return auto if _destination(node.url) else None
    shown = plain(children, None, "[", "]", inside, True)
    if shown is None or "]:" in shown or autolink(node.url, shown):
        return None
    return linked(node.url, shown)


def linked(url: str, shown: str) -> str | None:
    """Return a link, from what is written in its brackets, or None where its address takes care."""
    end = _destination(url)
    return f"[{shown}]({end})" if end else None


@lru_cache(maxsize=50_000)
def _destination(url: str) -> str:
    """Return an address as the destination of a link if it is harmless and in normal form, else nothing."""
    return destination(url) if _PLAIN_URL.fullmatch(url) else ""


def _emphasis(
    node: Emphasis | Strong, before: str, after: str, inside: str, in_link: bool, opening: Opening | None
) -> str | None:
    children = node.children
    if not children or type(children[0]) is type(node):
        return None
    only = children[0]
    if len(children) == 1 and type(only) is Text:  # as in most
        begin, end = only.value[:1], only.value[-1:]
    else:
        begin, end = _first(only), _last(children[-1])
    char = delimiter(inside, before, begin, end, after) if begin and end and after else ""
    if not char:
        return None
    shown = plain(children, opening, char, char, inside + char, in_link)
    run = char * 2 if type(node) is Strong else char
    return f"{run}{shown}{run}" if shown else None


def _mark(
    node: FootnoteReference, before: str, after: str, inside: str, in_link: bool, opening: Opening | None
) -> str | None:
    """Return the mark of a footnote, unless it would be taken for more with what follows."""
    if in_link or after in "([:" or (opening and opening.may_change(node)):
        return None
    return f"[^{node.label}]" if footnote_label(node.label) == node.label else None


def _anchor(
    node: Anchor, before: str, after: str, inside: str, in_link: bool, opening: Opening | None
) -> str | None:
    return None if opening else anchor(node.id)


def _first(node: Phrasing) -> str:
    """Return the character that a node starts with; nothing if it takes care."""
    if isinstance(node, Text):
        return node.value[:1]
    return first(node, False) if type(node) in _PLAIN else ""


def _last(node: Phrasing) -> str:
    if isinstance(node, Text):
        return node.value[-1:]
    return last(node) if type(node) in _PLAIN else ""


_WITH_CARE: dict[type, Callable[[Any, str, str, str, bool, Opening | None], str | None]] = {
    Text: _text,
    Emphasis: _emphasis,
    Strong: _emphasis,
    Link: _link,
    FootnoteReference: _mark,
    Anchor: _anchor,
}
_PLAIN = frozenset({InlineCode, Emphasis, Strong, Link, FootnoteReference, Anchor})
