"""Write phrasing content: one function per node class, told what stands before and after.

Emphasis is valid by CommonMark's flanking rules in every neighbourhood, and literal delimiters are
escaped only where they could pair.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from . import escape, normal
from .edges import delimiter, first, last
from .escape import CLOSE, END, OPEN
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
from .plain import plain


class Handlers(dict[type, Callable[..., str]]):
    """A table of handlers that says what is wrong with a node that has none."""

    def __missing__(self, kind: type) -> Callable[..., str]:
        raise TypeError(f"cannot write {kind.__name__}: link and lower the tree first")


class _Place(NamedTuple):
    """Where phrasing content stands.

    *delimiters* tells what becomes of literal ones, *inside* which of our own are around it.
    """

    delimiters: escape.Delimiters
    inside: str = ""
    in_link: bool = False
    one_line: bool = False


_PLAIN, _PLAIN_ONE_LINE = _Place(escape.HARMLESS), _Place(escape.HARMLESS, one_line=True)


def container(children: tuple[Phrasing, ...], one_line: bool = False) -> str:
    """Write all the phrasing content of a block in its normal form."""
    written = plain(children)
    return careful(normal.phrasing(children), one_line) if written is None else written


def careful(children: tuple[Phrasing, ...], one_line: bool = False) -> str:
    """Write content that is in normal form, with whatever escapes it needs."""
    if _has_delimiters(children):
        place = _Place(escape.survey("".join(_skeleton(children, one_line))), one_line=one_line)
    else:
        place = _PLAIN_ONE_LINE if one_line else _PLAIN
    return _phrasing(children, place, END, END)


def _has_delimiters(children: Sequence[Phrasing]) -> bool:
    """Tell whether there is anything in the text that `escape.survey` looks for."""
    node: Any  # `cast` is a call, and this is done for each node
    for node in children:
        kind = type(node)
        if kind is Text:
            if escape.has_delimiters(node.value):
                return True
        elif kind in _SPANS and _has_delimiters(node.children):
            return True
    return False


_SPANS = frozenset({Emphasis, Strong, Subscript, Superscript, Link})


def _skeleton(children: Iterable[Phrasing], one_line: bool) -> Iterable[str]:
    """Yield the pieces of a container's skeleton, see `escape.survey`."""
    for node in children:
        if isinstance(node, Text):
            yield node.value
        elif isinstance(node, (Emphasis, Strong)):
            yield OPEN
            yield from _skeleton(node.children, one_line)
            yield CLOSE
        elif isinstance(node, (Subscript, Superscript, Link)):
            yield "`"
            yield from _skeleton(node.children, one_line)
            yield "`$" if isinstance(node, Link) and "$" in node.url + node.title else "`"
        elif isinstance(node, Break):
            yield "`" if one_line else "\\\n"
        elif isinstance(node, InlineMath):
            yield "`$"
        else:
            yield "`$" if "$" in _attributes(node) else "`"


def _attributes(node: Phrasing) -> str:
    """Return what a node shows that is not text."""
    if isinstance(node, Image):
        return node.alt + node.url + node.title
    return node.value if isinstance(node, (InlineCode, Html)) else ""


def _phrasing(children: Sequence[Phrasing], place: _Place, before: str, after: str) -> str:
    """Write phrasing content between the characters *before* and *after*."""
    out: list[str] = []
    end = len(children) - 1
    previous: type | None = None
    node: Any
    for i, node in enumerate(children):
        kind = type(node)
        if kind is Text and not escape.is_suspect(node.value):
            written = node.value
        else:
            following = after if i == end else first(children[i + 1], place.one_line)
            written = _PHRASING[kind](node, place, before, following)
        if previous in _DELICATE or kind is InlineMath:
            written = _kept_apart(kind, written, previous, before)
        out.append(written)
        before = written[-1:] or before
        previous = kind
    return "".join(out)


_DELICATE = (FootnoteReference, InlineMath)


def _kept_apart(kind: type, written: str, previous: type | None, before: str) -> str:
    """Return what touches a footnote mark or a formula so that both are read as such."""
    if kind is Text and previous is FootnoteReference and written[0] in "([:":
        return f"\\{written}"  # the mark would be a link or a definition
    if kind is InlineMath and (before.isdigit() or previous is InlineMath):
        return f"<!-- -->{written}"  # the formula would be none, or one with the other
    return written


def _text(node: Text, place: _Place, before: str, after: str) -> str:
    return escape.text(node.value, before, after, place.delimiters, place.in_link)


def _emphasis(node: Emphasis, place: _Place, before: str, after: str) -> str:
    return _delimited(node.children, 1, "em", place, before, after)


def _strong(node: Strong, place: _Place, before: str, after: str) -> str:
    return _delimited(node.children, 2, "strong", place, before, after)


def _delimited(
    children: Sequence[Phrasing], width: int, tag: str, place: _Place, before: str, after: str
) -> str:
    """Write emphasis with the first delimiter that works where it stands, or else as a tag."""
    begin, end = first(children[0], place.one_line), last(children[-1])
    char = delimiter(place.inside, before, begin, end, after)
    if not char:
        return f"<{tag}>{_phrasing(children, place, '>', '<')}</{tag}>"
    within = _Place(escape.STRICT, place.inside + char, place.in_link, place.one_line)
    run = char * width
    return f"{run}{_phrasing(children, within, char, char)}{run}"


def _subscript(node: Subscript, place: _Place, before: str, after: str) -> str:
    return f"<sub>{_phrasing(node.children, place, '>', '<')}</sub>"


def _superscript(node: Superscript, place: _Place, before: str, after: str) -> str:
    return f"<sup>{_phrasing(node.children, place, '>', '<')}</sup>"


def _inline_code(node: InlineCode, place: _Place, before: str, after: str) -> str:
    return escape.code_span(node.value)


def _inline_math(node: InlineMath, place: _Place, before: str, after: str) -> str:
    return f"${node.value}$<!-- -->" if after.isdigit() else f"${node.value}$"


def _break(node: Break, place: _Place, before: str, after: str) -> str:
    return "<br>" if place.one_line else "\\\n"


def _link(node: Link, place: _Place, before: str, after: str) -> str:
    if len(node.children) == 1 and isinstance(only := node.children[0], Text):
        auto = "" if node.title else escape.autolink(node.url, only.value)
        if auto:
            return auto
    within = _Place(place.delimiters, place.inside, True, place.one_line)
    shown = _phrasing(node.children, within, "[", "]")
    end = ")"
    if "]:" in shown:
        # At the start of a line, ``[`]:`](url)`` would define a reference; anything after the address
        # prevents that, if it stands on the same line.
        end, shown = " )", shown.replace("\\\n", "<br>")
    return f"[{shown}]({escape.destination(node.url)}{escape.title(node.title)}{end}"


def _image(node: Image, place: _Place, before: str, after: str) -> str:
    alt = escape.text(node.alt, "[", "]", escape.STRICT, in_link=True)
    return f"![{alt}]({escape.destination(node.url)}{escape.title(node.title)})"


def _footnote_reference(node: FootnoteReference, place: _Place, before: str, after: str) -> str:
    return f"[^{node.label}]"


def _anchor(node: Anchor, place: _Place, before: str, after: str) -> str:
    return escape.anchor(node.id)


def _raw(node: Html, place: _Place, before: str, after: str) -> str:
    return node.value


_PHRASING = Handlers(
    {
        Text: _text,
        Emphasis: _emphasis,
        Strong: _strong,
        Subscript: _subscript,
        Superscript: _superscript,
        InlineCode: _inline_code,
        InlineMath: _inline_math,
        Break: _break,
        Link: _link,
        Image: _image,
        FootnoteReference: _footnote_reference,
        Anchor: _anchor,
        Html: _raw,
    }
)
