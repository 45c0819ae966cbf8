"""Lower the semantic tree to core nodes: the one place that knows the house style.

Sections get their depths, objects become headings (or list items), admonitions block quotes with a bold
title, definition lists bullets, grids tables; footnotes go to the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from ..options import ConvertOptions
from . import tables
from .nodes import (
    Admonition,
    Anchor,
    Blockquote,
    Break,
    Code,
    DefinitionItem,
    DefinitionList,
    Emphasis,
    Flow,
    FootnoteDefinition,
    Grid,
    GridCell,
    Heading,
    Html,
    InlineCode,
    Link,
    List,
    ListItem,
    Math,
    Object,
    Paragraph,
    Phrasing,
    Root,
    Section,
    Signature,
    Strong,
    Table,
    TableCell,
    TableRow,
    Tagged,
    Term,
    Text,
    ThematicBreak,
    TocEntry,
    Toctree,
    VersionNote,
    Xref,
    plain_text,
)
from .slug import Slugs

_DEEPEST = 6
_DEFAULTS = ConvertOptions()


class UndecidedError(Exception):
    """What becomes of a tree depends on what linking will make of it."""


def lower(root: Root, options: ConvertOptions = _DEFAULTS, *, linked: bool = True) -> Root:
    """Return *root* made of core nodes only (and of any open `Xref`, which the writer refuses).

    A tree that is not *linked* keeps its references and all anchors that it may need; raises
    `UndecidedError` where its blocks depend on what becomes of those.
    """
    place = _Place(options, 1 + options.heading_offset, Slugs(), [], linked)
    body = _flow(root.children, place)
    return Root((*body, *place.footnotes))


class _Place(NamedTuple):
    """Where blocks stand: the *depth* that a heading would have, or in a *container*, which has none.

    *slugs* and *footnotes* collect over the whole document.
    """

    options: ConvertOptions
    depth: int
    slugs: Slugs
    footnotes: list[FootnoteDefinition]
    linked: bool
    container: bool = False

    def inside(self) -> _Place:
        """Return the place within a list item, a quote or a cell."""
        if self.container:
            return self
        return _Place(self.options, self.depth, self.slugs, self.footnotes, self.linked, True)

    def below(self) -> _Place:
        """Return the place below a heading."""
        return _Place(self.options, self.depth + 1, self.slugs, self.footnotes, self.linked, self.container)

    def has_headings(self) -> bool:
        """Tell whether a heading may stand here."""
        return not self.container and self.depth <= _DEEPEST


# -- blocks in a row ----------------------------------------------------------------------


def _flow(children: tuple[Flow, ...], place: _Place, as_items: bool = False) -> tuple[Flow, ...]:
    """Lower blocks that stand next to each other; *as_items* shows objects as list items."""
    if _CORE.issuperset(map(type, children)):  # as in most items and cells
        return children
    as_items = as_items or not place.has_headings() or place.options.object_style == "list"
    out: list[Flow] = []
    anchors: list[Phrasing] = []
    previous: type | None = None
    for node in _untagged(children):
        kind = type(node)
        if kind in _CORE and not anchors and previous is not Object:  # as most blocks
            out.append(node)
            previous = kind
            continue
        if isinstance(node, Anchor):
            anchors.append(node)
            continue
        if as_items and isinstance(node, Object):
            lowered = _object_list(node, place)
        else:
            handler = _LOWER.get(kind)
            lowered = (node,) if handler is None else handler(node, place)
        if not lowered:
            continue
        if anchors:
            lowered = _anchored(anchors, lowered)
            anchors = []
        if previous is Object:
            if not as_items and kind is not Object and kind is not Section:
                out.append(ThematicBreak())  # closes the scope of the object above
            elif as_items and kind is Object and isinstance(last := out[-1], List):
                lowered = [List((*last.children, *_items(lowered)), spread=True)]
                out.pop()
        out += lowered
        previous = kind
    if anchors:
        out.append(Paragraph(tuple(anchors)))
    return tuple(out)


def _untagged(children: Iterable[Flow]) -> Iterable[Flow]:
    """Return blocks with the content of tagged ones in their place."""
    if Tagged not in map(type, children):  # as in most rows
        return children
    out: list[Flow] = []
    for node in children:
        if isinstance(node, Tagged):
            out += _untagged(node.children)
        else:
            out.append(node)
    return out


def _items(lowered: Sequence[Flow]) -> tuple[ListItem, ...]:
    return lowered[0].children if isinstance(lowered[0], List) else ()


def _anchored(anchors: Sequence[Phrasing], blocks: Sequence[Flow]) -> Sequence[Flow]:
    """Put anchors at the start of the first block, or in front of one that holds no text."""
    first = blocks[0]
    found: Flow | None = None
    if isinstance(first, Paragraph):
        found = Paragraph((*anchors, *first.children))
    elif isinstance(first, Heading):
        found = Heading(first.depth, (*anchors, *first.children))
    elif isinstance(first, (Blockquote, ListItem)) and first.children:
        found = replace(first, children=tuple(_anchored(anchors, first.children)))
    elif isinstance(first, List):
        item, *rest = first.children
        inner = tuple(_anchored(anchors, item.children or (Paragraph(()),)))
        found = replace(first, children=(ListItem(inner), *rest))
    elif isinstance(first, Table):
        row, *rows = first.children
        cell, *cells = row.children
        found = Table((TableRow((TableCell((*anchors, *cell.children)), *cells)), *rows))
    return (Paragraph(tuple(anchors)), *blocks) if found is None else (found, *blocks[1:])


# -- headings -----------------------------------------------------------------------------


def _heading(children: tuple[Phrasing, ...], ids: Iterable[str], place: _Place) -> Flow:
    """Return a heading, or a bold line where there can be none, with the anchors that it needs."""
    if not place.has_headings():
        slug = None if place.linked else ""
        return Paragraph((*(Anchor(id, slug) for id in ids), Strong(children)))
    slug = place.slugs.add(plain_text(children))
    anchors = [Anchor(id) for id in ids if id != slug] if place.linked else [Anchor(id, slug) for id in ids]
    return Heading(max(place.depth, 1), (*anchors, *children))


def _section(node: Section, place: _Place) -> Sequence[Flow]:
    ids = node.ids if place.linked else node.ids[:1]  # linking leaves one at most
    return (_heading(node.title, ids, place), *_flow(node.children, place.below()))


def _object(node: Object, place: _Place) -> Sequence[Flow]:
    """Return a heading for each signature, and the content.

    Prose that follows nested objects would seem to be theirs, so those are list items then.
    """
    headings = [_heading(_signature(signature), signature.ids, place) for signature in node.signatures]
    if not node.children:
        return headings
    return (*headings, *_flow(node.children, place.below(), as_items=_resumes(node.children)))


def _resumes(children: Iterable[Flow]) -> bool:
    """Tell whether anything but objects and sections follows an object."""
    seen = False
    for node in _untagged(children):
        if isinstance(node, Object):
            seen = True
        elif seen and not isinstance(node, (Section, Anchor, FootnoteDefinition)):
            return True
    return False


def _object_list(node: Object, place: _Place) -> Sequence[Flow]:
    """Return a list of one item, with its signatures on lines of their own."""
    lead = Paragraph(_broken(_signature_lines(node)))
    return [List((ListItem((lead, *_flow(node.children, place.inside()))),), spread=True)]


def _signature_lines(node: Object) -> Iterator[tuple[Phrasing, ...]]:
    return ((*map(Anchor, signature.ids), *_signature(signature)) for signature in node.signatures)


def _signature(node: Signature) -> tuple[Phrasing, ...]:
    parts: list[Phrasing] = [Text(f"{node.prefix} ")] if node.prefix else []
    refers = node.children and any(isinstance(child, (Link, Xref)) for child in node.children)
    parts += node.children if refers else (InlineCode(node.code),)
    if node.suffix:
        parts.append(Text(f" {node.suffix}"))
    return tuple(parts)


def _broken(lines: Iterable[tuple[Phrasing, ...]]) -> tuple[Phrasing, ...]:
    out: list[Phrasing] = []
    for line in lines:
        out += [Break(), *line] if out else line
    return tuple(out)


# -- notes --------------------------------------------------------------------------------

_ALERTS = {
    "note": "NOTE",
    "hint": "TIP",
    "tip": "TIP",
    "important": "IMPORTANT",
    "attention": "WARNING",
    "warning": "WARNING",
    "caution": "CAUTION",
    "danger": "CAUTION",
    "error": "CAUTION",
}
_TITLED_APART = {"topic", "sidebar"}


def _admonition(node: Admonition, place: _Place) -> Sequence[Flow]:
    children = _flow(node.children, place.inside())
    _need_text(node.title, place)
    _need_block(children, place)
    if place.options.admonition_style == "alert" and (alert := _ALERTS.get(node.kind)):
        own_title = plain_text(node.title).casefold() not in ("", node.kind)
        lead = (Paragraph((Strong(node.title),)),) if own_title else ()
        return [Blockquote((*lead, *children), alert)]
    if not node.title:
        return [Blockquote(children)] if children else []
    if node.kind in _TITLED_APART:
        return [Blockquote((Paragraph((Strong(node.title),)), *children))]
    return [Blockquote(_led(node.title, children))]


def _need_block(children: Sequence[Flow], place: _Place) -> None:
    """Raise `UndecidedError` where blocks begin with a paragraph of anchors, which may come to nothing."""
    if place.linked or not children or not isinstance(first := children[0], Paragraph):
        return
    if {Anchor}.issuperset(map(type, first.children)):
        raise UndecidedError


def _need_text(children: Iterable[Phrasing], place: _Place) -> None:
    """Raise `UndecidedError` where a reference stands in content whose text or kind decides what is made."""
    if not place.linked and Xref in map(type, children):
        raise UndecidedError


def _led(title: tuple[Phrasing, ...], children: Sequence[Flow]) -> tuple[Flow, ...]:
    """Return blocks led by a bold title, in the first line if that is a paragraph's."""
    ended = plain_text(title)[-1:] in ".:?!"
    first = children[0] if children else None
    if isinstance(first, Paragraph):
        bold = Strong(title if ended else (*title, Text(":")))
        return (Paragraph((bold, *tables.after(" ", first.children))), *children[1:])
    return (Paragraph((Strong(title),)), *children)


def _version_note(node: VersionNote, place: _Place) -> Sequence[Flow]:
    children = _flow(node.children, place)
    _need_block(children, place)
    label = Text(f"{node.label}{':' if children else '.'}")
    if children and isinstance(first := children[0], Paragraph):
        return (Paragraph((Strong((label,)), *tables.after(" ", first.children))), *children[1:])
    return (Paragraph((Strong((label,)),)), *children)


def _footnote_definition(node: FootnoteDefinition, place: _Place) -> Sequence[Flow]:
    place.footnotes.append(replace(node, children=_flow(node.children, place.inside())))
    return ()


# -- lists --------------------------------------------------------------------------------


def _list(node: List, place: _Place) -> Sequence[Flow]:
    inside = place.inside()
    items: list[ListItem] = []
    for item in node.children:  # a loop: deep nesting should cost few frames of Python's stack
        blocks = _flow(item.children, inside)
        items.append(item if blocks is item.children else ListItem(blocks))
    return (List(tuple(items), node.ordered, node.start, node.spread),) if items else ()


def _blockquote(node: Blockquote, place: _Place) -> Sequence[Flow]:
    return (Blockquote(_flow(node.children, place.inside()), node.alert),)


def _definition_list(node: DefinitionList, place: _Place) -> Sequence[Flow]:
    inside = place.inside()
    items: list[ListItem] = []
    for item in node.children:
        items.append(ListItem(_definition(item, inside)))
    return (List(tuple(items)),) if items else ()


def _definition(node: DefinitionItem, place: _Place) -> tuple[Flow, ...]:
    """Return ``**term**: definition``; several terms, or one with classifiers, have lines of their own."""
    lines = [_term(term, place) for term in node.terms]
    children = _flow(node.children, place)
    _need_block(children, place)
    for classifier in node.classifiers:
        if len(classifier) == 1:
            _need_text(classifier, place)
        lines[-1:] = [(*(lines[-1] if lines else ()), Text(" "), *_emphasised(classifier))]
    lead = (*map(Anchor, node.ids), *_broken(lines))
    if len(lines) == 1 and not node.classifiers:
        return tables.defined(lead, children)
    if children and isinstance(first := children[0], Paragraph):
        return (Paragraph((*lead, Break(), *first.children)), *children[1:])
    return (Paragraph(lead), *children)


def _term(term: tuple[Phrasing, ...], place: _Place) -> tuple[Phrasing, ...]:
    """Return a term in bold, unless it stands out as code."""
    anchors = tuple(node for node in term if isinstance(node, Anchor))
    rest = tuple(node for node in term if not isinstance(node, Anchor))
    is_open = not place.linked and len(rest) == 1 and isinstance(rest[0], Xref)
    return (*anchors, *((Term(rest),) if is_open else _bold(rest)))


def _bold(term: tuple[Phrasing, ...]) -> tuple[Phrasing, ...]:
    is_code = len(term) == 1 and isinstance(term[0], (InlineCode, Strong))
    return term if is_code else (Strong(term),)


def settle(children: Iterable[Phrasing]) -> tuple[Phrasing, ...]:
    """Return content that was lowered before it was linked as if it had been linked first."""
    out: list[Phrasing] = []
    for node in children:
        out += _bold(node.children) if isinstance(node, Term) else (node,)
    return tuple(out)


def _emphasised(classifier: tuple[Phrasing, ...]) -> tuple[Phrasing, ...]:
    is_marked = len(classifier) == 1 and not isinstance(classifier[0], Text)
    return classifier if is_marked else (Emphasis(classifier),)


def _toctree(node: Toctree, place: _Place) -> Sequence[Flow]:
    if not place.linked:
        raise UndecidedError
    if node.hidden or not node.entries:
        return ()
    caption = [Paragraph((Strong((Text(node.caption),)),))] if node.caption else []
    return (*caption, List(tuple(ListItem((Paragraph((_entry(entry),)),)) for entry in node.entries)))


def _entry(node: TocEntry) -> Phrasing:
    shown = Text(node.title or node.target)
    return Link(node.target, (shown,)) if node.external else shown


# -- tables -------------------------------------------------------------------------------


def _grid(node: Grid, place: _Place) -> Sequence[Flow]:
    inside = place.inside()
    rows = tuple(
        tuple(GridCell(_cell(cell.children, inside), cell.colspan, cell.rowspan) for cell in row)
        for row in node.rows
    )
    title = [Paragraph((Strong(node.title),))] if node.title else []
    return (*title, *tables.show(replace(node, rows=rows), place.options.tables))


def _cell(children: Sequence[Flow], place: _Place) -> tuple[Flow, ...]:
    """Lower what a cell holds; signatures alone are lines, not list items."""
    nodes = list(_untagged(children))
    bare = [node for node in nodes if isinstance(node, Object) and not node.children]
    if bare and len(bare) == len(nodes):
        return (Paragraph(_broken(line for node in bare for line in _signature_lines(node))),)
    blocks = _flow(tuple(nodes), place)
    for block in blocks:
        _need_block((block,), place)
    return blocks


_CORE = frozenset({Code, Html, Math, Paragraph, ThematicBreak})
"""Blocks that are core nodes, and hold no others."""
_LOWER: dict[type, Callable[[Any, _Place], Sequence[Flow]]] = {
    Section: _section,
    Object: _object,
    Admonition: _admonition,
    VersionNote: _version_note,
    FootnoteDefinition: _footnote_definition,
    List: _list,
    Blockquote: _blockquote,
    DefinitionList: _definition_list,
    Toctree: _toctree,
    Grid: _grid,
}
