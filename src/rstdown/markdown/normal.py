"""The normal form of trees: what is left of a tree once Markdown has been its medium.

``read(write(tree)) == normalise(tree)`` for trees of core nodes.  The writer writes trees in this form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from textwrap import dedent
from typing import cast

from . import join
from .escape import UNFIT, address, clean, footnote_label, is_safe
from .nodes import (
    Blockquote,
    Break,
    Code,
    Emphasis,
    Flow,
    FootnoteDefinition,
    FootnoteReference,
    Heading,
    Html,
    Image,
    InlineCode,
    InlineMath,
    Link,
    List,
    ListItem,
    Math,
    Paragraph,
    Phrasing,
    Root,
    Strong,
    Subscript,
    Superscript,
    Table,
    TableCell,
    TableRow,
    Text,
)

_Spans = (Emphasis, Strong, Subscript, Superscript)
_SPACES = re.compile("[ \t\n\r\f\v\u2028\u2029]+")
_UGLY = re.compile(f"[\t\n\r\f\v\u2028\u2029]|  |{UNFIT.pattern}")


def phrasing(children: tuple[Phrasing, ...], in_link: bool = False) -> tuple[Phrasing, ...]:
    """Return phrasing content as a container holds it: white space is single, and none is at the ends."""
    if len(children) == 1 and type(children[0]) is Text:
        value = children[0].value
        squeezed = _text(value).strip()
        return () if not squeezed else children if squeezed == value else (Text(squeezed),)
    out = _inner(children, in_link)
    start, end = 0, len(out)
    while start < end and _is_blank(out[start]):
        start += 1
    while end > start and _is_blank(out[end - 1]):
        end -= 1
    out = out[start:end]
    if out and type(out[0]) is Text:
        out[0] = Text(out[0].value.lstrip())
    if out and type(out[-1]) is Text:
        out[-1] = Text(out[-1].value.rstrip())
    return tuple(out)


def _inner(children: Iterable[Phrasing], in_link: bool) -> list[Phrasing]:
    out: list[Phrasing] = []
    for node in children:
        for part in _parts(node, in_link):
            _append(out, part)
    return out


def _text(value: str) -> str:
    return clean(_SPACES.sub(" ", value))[0] if _UGLY.search(value) else value


def _parts(node: Phrasing, in_link: bool) -> Iterable[Phrasing]:
    """Return what a node comes to: itself, its content alone, or nothing."""
    kind = type(node)
    if kind is Text:
        value = cast(Text, node).value
        squeezed = _text(value)
        return (node,) if squeezed is value else (Text(squeezed),)
    if isinstance(node, _Spans):
        return _span(node, in_link)
    if isinstance(node, InlineCode):
        code = clean(node.value.replace("\n", " "))[0]
        return (InlineCode(code),) if code else ()
    if isinstance(node, InlineMath):
        return _math(node)
    if isinstance(node, Link):
        if in_link or not is_safe(node.url):
            return _inner(node.children, in_link)
        marks = _marks(node.children)  # a mark is a link itself, and links do not nest
        lead, inner, trail = _hoist(_inner(node.children, True))
        url = address(node.url)
        return (*lead, Link(url, inner or (Text(url or "#"),), _text(node.title)), *marks, *trail)
    if isinstance(node, Image):
        if not is_safe(node.url):
            return (Text(_text(node.alt)),) if node.alt else ()
        return (Image(address(node.url), _text(node.alt), _text(node.title)),)
    if isinstance(node, FootnoteReference):
        return () if in_link else (FootnoteReference(footnote_label(node.label)),)
    return (node,)


def _marks(children: Iterable[Phrasing]) -> Iterator[FootnoteReference]:
    for node in children:
        if isinstance(node, FootnoteReference):
            yield FootnoteReference(footnote_label(node.label))
        elif isinstance(node, (*_Spans, Link)):
            yield from _marks(node.children)


def _span(node: Emphasis | Strong | Subscript | Superscript, in_link: bool) -> Iterable[Phrasing]:
    lead, inner, trail = _hoist(_inner(node.children, in_link))
    if len(inner) == 1 and type(inner[0]) is type(node):  # the same again says nothing more
        inner = cast(Emphasis, inner[0]).children
    return (*lead, type(node)(inner), *trail) if inner else (*lead, *trail)


def _math(node: InlineMath) -> Iterable[Phrasing]:
    value = clean(" ".join(node.value.split()))[0]
    if not value:
        return ()
    # A dollar or a final backslash would end the formula elsewhere.
    if re.search(r"(?<!\\)(?:\\\\)*(?:\$|\\\Z)", value):
        return (InlineCode(value),)
    return (InlineMath(value),)


def _math_block(node: Math) -> Math | Code | None:
    """Return display math without blank lines and common indentation; as code if it holds its own mark."""
    value = "\n".join(line.rstrip() for line in dedent(node.value.expandtabs(4)).split("\n") if line.strip())
    if not value:
        return None
    return Code(value, "latex") if "$$" in value else Math(value)


def _hoist(inner: list[Phrasing]) -> tuple[list[Phrasing], tuple[Phrasing, ...], list[Phrasing]]:
    """Split off white space at both ends: delimiters must touch what they enclose."""
    lead: list[Phrasing] = []
    trail: list[Phrasing] = []
    while inner and _is_blank(inner[0]):
        lead.append(inner.pop(0))
    while inner and _is_blank(inner[-1]):
        trail.insert(0, inner.pop())
    if inner and type(first := inner[0]) is Text:
        bare = first.value.lstrip()
        if bare != first.value:
            lead.append(Text(first.value[: -len(bare)]))
            inner[0] = Text(bare)
    if inner and type(last := inner[-1]) is Text:
        bare = last.value.rstrip()
        if bare != last.value:
            trail.insert(0, Text(last.value[len(bare) :]))
            inner[-1] = Text(bare)
    return lead, tuple(inner), trail


def _is_blank(node: Phrasing) -> bool:
    return type(node) is Break or (type(node) is Text and not node.value.strip())


def _append(out: list[Phrasing], node: Phrasing) -> None:
    """Append *node*, joined with its like and with no space around a break."""
    last = out[-1] if out else None
    if type(node) is Text:
        value = node.value
        if type(last) is Text:
            out.pop()
            value = last.value + value
            value = value.replace("  ", " ") if "  " in value else value
            last = out[-1] if out else None
        if type(last) is Break:
            value = value.lstrip(" ")
        if value:
            out.append(Text(value))
    elif type(node) is Break:
        if type(last) is Text and last.value.endswith(" "):
            out.pop()
            if bare := last.value.rstrip(" "):
                out.append(Text(bare))
        out.append(node)
    elif type(node) is type(last) and isinstance(node, (Emphasis, Strong, Subscript, Superscript)):
        out[-1] = type(node)(tuple(_inner((*cast(Emphasis, last).children, *node.children), False)))
    elif type(node) is InlineCode and type(last) is InlineCode:
        out[-1] = InlineCode(last.value + node.value)
    else:
        out.append(node)


# -- flow content ---------------------------------------------------------------------


def normalise(root: Root) -> Root:
    """Return a tree of core nodes as it is read back once written."""
    return Root(_flow(root.children))


def _flow(children: Iterable[Flow]) -> tuple[Flow, ...]:
    return tuple(found for node in children if (found := _block(node)) is not None)


def _block(node: Flow) -> Flow | None:
    if isinstance(node, Paragraph):
        inner = phrasing(node.children)
        return Paragraph(inner) if inner else None
    if isinstance(node, Heading):
        return Heading(node.depth, phrasing(node.children))
    if isinstance(node, Blockquote):
        return Blockquote(_flow(node.children), node.alert)
    if isinstance(node, List):
        return _list(node)
    if isinstance(node, ListItem):
        return ListItem(_flow(node.children))
    if isinstance(node, Code):
        return Code(clean(node.value)[0], " ".join(clean(node.lang)[0].split()))
    if isinstance(node, Math):
        return _math_block(Math(clean(node.value)[0]))
    if isinstance(node, Html):
        return Html(clean(node.value)[0])
    if isinstance(node, Table):
        return Table(tuple(_row(row, len(node.children[0].children)) for row in node.children))
    if isinstance(node, FootnoteDefinition):
        return FootnoteDefinition(footnote_label(node.label), _flow(node.children))
    return node


def _list(node: List) -> List | None:
    if not node.children:
        return None
    items = tuple(ListItem(_flow(item.children)) for item in node.children)
    # CommonMark allows numbers of nine digits.
    start = min(max(node.start, 0), 1_000_000_000 - len(items)) if node.ordered else 1
    found = List(items, node.ordered, start, node.spread)
    return replace(found, spread=join.shows_spread(found))


def _row(row: TableRow, width: int) -> TableRow:
    cells = [TableCell(phrasing(cell.children)) for cell in row.children[:width]]
    return TableRow((*cells, *[TableCell(())] * (width - len(cells))))
