"""The normal form of trees: what is left of a tree once Markdown has been its medium.

``read(write(tree)) == normalise(tree)`` for trees of core nodes.  The writer writes trees in this form.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import groupby
from textwrap import dedent
from typing import Any, cast

from . import join
from .escape import UNFIT, address, clean, footnote_label, formula, is_safe
from .nodes import (
    Anchor,
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
    ThematicBreak,
    Xref,
)

_Spans = (Emphasis, Strong, Subscript, Superscript)
_SPACES = re.compile("[ \t\n\r\f\v\u2028\u2029]+")
_UGLY = re.compile(f"[\t\n\r\f\v\u2028\u2029]|  |{UNFIT.pattern}")


def phrasing(children: tuple[Phrasing, ...]) -> tuple[Phrasing, ...]:
    """Return phrasing content as a container holds it: white space is single, and none is at the ends."""
    if _is_normal(children) and not _has_edges(children):
        return children
    squeezed = tuple(map(_squeezed, children))
    if _is_normal(squeezed) and not _has_edges(squeezed):
        return squeezed
    return _hoist(_inner(children, False))[1]


# -- content that is in normal form already, as most is -----------------------------------

_PLAIN_URL = re.compile(r"(?:https?:|#|[\w./-]+(?:#|\Z))[!-;=?-~]*")


def _is_normal(children: tuple[Phrasing, ...], in_link: bool = False) -> bool:
    """Tell at little cost that content is in normal form; rare nodes are not looked at."""
    previous: type | None = None
    node: Any  # `cast` is a call, and this is done for each node
    for node in children:
        kind = type(node)
        if kind is Text or kind is InlineCode:
            value = node.value
            if previous is kind or not value.isprintable() or not value or (kind is Text and "  " in value):
                return False
        elif kind is Link:
            if in_link or node.title or not _PLAIN_URL.fullmatch(node.url) or not _is_normal_span(node, True):
                return False
        elif kind is Emphasis or kind is Strong:
            if not _is_normal_span(node, in_link):
                return False
        elif kind is not Anchor:
            return False
        previous = kind
    return True


def _squeezed(node: Phrasing) -> Phrasing:
    """Return text with single spaces, which is all that most content lacks."""
    if type(node) is Text and "  " in node.value:
        return Text(_SPACES.sub(" ", node.value))
    return node


def _is_normal_span(node: Emphasis | Strong | Link, in_link: bool) -> bool:
    children = node.children
    return (
        bool(children)
        and type(children[0]) is not type(node)
        and _is_normal(children, in_link)
        and not _has_edges(children)
    )


def _has_edges(children: tuple[Phrasing, ...]) -> bool:
    """Tell whether content begins or ends with a space."""
    if not children:
        return False
    first, last = children[0], children[-1]
    return (type(first) is Text and first.value[0] == " ") or (type(last) is Text and last.value[-1] == " ")


# -- any content ----------------------------------------------------------------------------


def _inner(children: Iterable[Phrasing], in_link: bool) -> list[Phrasing]:
    """Return content in normal form, white space at its ends aside."""
    parts = [part for node in children for part in _parts(node, in_link)]
    out: list[Phrasing] = []
    for kind, run in groupby(parts, type):
        if kind is Text:
            value = "".join(node.value for node in cast(Iterable[Text], run))
            value = _SPACES.sub(" ", value) if "  " in value else value
            if out and type(out[-1]) is Break:
                value = value.lstrip(" ")
            if value:
                out.append(Text(value))
        elif kind is InlineCode:
            out.append(InlineCode("".join(node.value for node in cast(Iterable[InlineCode], run))))
        else:
            if kind is Break and out and type(last := out[-1]) is Text:
                out[-1:] = [Text(bare)] if (bare := last.value.rstrip(" ")) else []
            out += run
    return out


def _text(value: str) -> str:
    return clean(_SPACES.sub(" ", value))[0] if _UGLY.search(value) else value


def _parts(node: Phrasing, in_link: bool) -> Iterable[Phrasing]:
    """Return what a node comes to: itself, its content alone, or nothing."""
    kind = type(node)
    if kind is Text:
        value = cast(Text, node).value
        squeezed = _text(value)
        return () if not value else (node,) if squeezed is value else (Text(squeezed),)
    if isinstance(node, _Spans):
        return _span(node, in_link)
    if isinstance(node, InlineCode):
        code = clean(node.value.replace("\n", " "))[0]
        return (InlineCode(code),) if code else ()
    if isinstance(node, InlineMath):
        return _math(node)
    if isinstance(node, Link):
        url = address(node.url)
        if in_link or not (is_safe(node.url) and is_safe(url)):
            return _inner(node.children, in_link)
        marks = _marks(node.children)  # a mark is a link itself, and links do not nest
        lead, inner, trail = _hoist(_inner(node.children, True))
        return (*lead, Link(url, inner or (Text(url or "#"),), _text(node.title)), *marks, *trail)
    if isinstance(node, Image):
        url = address(node.url)
        if not (is_safe(node.url) and is_safe(url)):
            return (Text(_text(node.alt)),) if node.alt else ()
        return (Image(url, _text(node.alt), _text(node.title)),)
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
    return (InlineMath(formula(value)),)


def _hoist(inner: list[Phrasing]) -> tuple[list[Phrasing], tuple[Phrasing, ...], list[Phrasing]]:
    """Split off white space at both ends: delimiters must touch what they enclose."""
    start, end = 0, len(inner)
    while start < end and _is_blank(inner[start]):
        start += 1
    while end > start and _is_blank(inner[end - 1]):
        end -= 1
    lead, inner, trail = inner[:start], inner[start:end], inner[end:]
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


# -- flow content ---------------------------------------------------------------------

Phrase = Callable[[tuple[Phrasing, ...]], tuple[Phrasing, ...]]


def normalise(root: Root) -> Root:
    """Return a tree of core nodes as it is read back once written."""
    return Root(_flow(root.children, phrasing))


def blocks(root: Root, phrase: Phrase | None = None) -> tuple[Flow, ...]:
    """Return the blocks of a tree of core nodes in normal form, with phrasing content as it is in *root*.

    Paragraphs of which nothing would be left are left out, unless *phrase* is `untouched`.
    """
    return _flow(root.children, phrase or _unless_blank)


def untouched(children: tuple[Phrasing, ...]) -> tuple[Phrasing, ...]:
    """Return phrasing content as it is: for those who know or will find out that it is not blank."""
    return children


def _unless_blank(children: tuple[Phrasing, ...]) -> tuple[Phrasing, ...]:
    """Return phrasing content as it is, or nothing if nothing would be left of it."""
    node: Any
    for node in children:
        kind = type(node)
        if (kind is Text and node.value and not node.value.isspace()) or kind is Anchor or kind is Xref:
            return children
        if kind is InlineCode and node.value:
            return children
    return children if phrasing(children) else ()


def _flow(children: tuple[Flow, ...], phrase: Phrase) -> tuple[Flow, ...]:
    """Return blocks in normal form, the very same ones where they are in it."""
    if phrase is untouched and _PHRASED.issuperset(map(type, children)):
        return children
    out: list[Flow] = []
    is_same = True
    found: Flow | None
    for node in children:
        if type(node) is Paragraph:
            inner = phrase(node.children)
            found = (node if inner is node.children else Paragraph(inner)) if inner else None
        else:
            handler = _FLOW.get(type(node))
            found = node if handler is None else handler(node, phrase)
        if found is not node:
            is_same = False
        if found is not None:
            out.append(found)
    return children if is_same else tuple(out)


_PHRASED = frozenset({Paragraph, Heading, ThematicBreak})


def _heading(node: Heading, phrase: Phrase) -> Heading:
    inner = phrase(node.children)
    return node if inner is node.children else Heading(node.depth, inner)


def _blockquote(node: Blockquote, phrase: Phrase) -> Blockquote:
    inner = _flow(node.children, phrase)
    return node if inner is node.children else Blockquote(inner, node.alert)


def _list(node: List, phrase: Phrase) -> List | None:
    if not node.children:
        return None
    items: list[ListItem] = []
    is_same = True
    for item in node.children:  # a loop: deep nesting should cost few frames of Python's stack
        inner = _flow(item.children, phrase)
        if inner is not item.children:
            item, is_same = ListItem(inner), False
        items.append(item)
    # CommonMark allows numbers of nine digits.
    start = min(max(node.start, 0), 1_000_000_000 - len(items)) if node.ordered else 1
    found = node if is_same and start == node.start else List(tuple(items), node.ordered, start, node.spread)
    spread = join.shows_spread(found)
    return found if spread == node.spread else List(found.children, node.ordered, start, spread)


def _code(node: Code, phrase: Phrase) -> Code:
    value, lang = clean(node.value)[0], _lang(node.lang)
    return node if value == node.value and lang == node.lang else Code(value, lang)


@lru_cache(256)
def _lang(name: str) -> str:
    return " ".join(clean(name)[0].split())


def _math_block(node: Math, phrase: Phrase) -> Math | Code | None:
    """Return display math without blank lines and common indentation; as code if it holds its own mark."""
    lines = dedent(clean(node.value)[0].expandtabs(4)).split("\n")
    value = "\n".join(line.rstrip() for line in lines if line.strip())
    if not value:
        return None
    return Code(value, "latex") if "$$" in value else Math(formula(value))


def _html(node: Html, phrase: Phrase) -> Html:
    return Html(clean(node.value)[0])


def _table(node: Table, phrase: Phrase) -> Table | None:
    width = len(node.children[0].children) if node.children else 0
    return Table(tuple(_row(row, width, phrase) for row in node.children)) if width else None


def _row(row: TableRow, width: int, phrase: Phrase) -> TableRow:
    cells = [TableCell(phrase(cell.children)) for cell in row.children[:width]]
    return TableRow((*cells, *[TableCell(())] * (width - len(cells))))


def _footnote_definition(node: FootnoteDefinition, phrase: Phrase) -> FootnoteDefinition:
    return FootnoteDefinition(footnote_label(node.label), _flow(node.children, phrase))


_FLOW: dict[type, Callable[[Any, Phrase], Flow | None]] = {
    Heading: _heading,
    Blockquote: _blockquote,
    List: _list,
    Code: _code,
    Math: _math_block,
    Html: _html,
    Table: _table,
    FootnoteDefinition: _footnote_definition,
}
