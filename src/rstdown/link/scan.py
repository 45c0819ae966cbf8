"""What linking must know of a page's tree, collected in one walk."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from ..markdown import nodes as md
from .authored import ABSOLUTE
from .tree import LEAVES, copied, parts


@dataclass(slots=True)
class Heading:
    """A heading of a page: its *depth* (the page's title is 1), what it reads, the *ids* of its object."""

    depth: int
    title: tuple[md.Phrasing, ...]
    ids: tuple[str, ...] = ()


@dataclass(slots=True)
class Scan:
    """A page's references and places.

    *authored* are the links and images whose addresses the author wrote and that are relative.
    *headings* stand in document order.  *sections* maps the ids of sections to indices of headings, *ids* are
    all others; *numbers* maps the identities of sections to indices of headings.  *open* holds the identities
    of all nodes that linking may change, or that contain such.  *outline* is the page's sections, toctrees
    and objects, with nothing in them but their like.
    """

    xrefs: list[md.Xref] = field(default_factory=list)
    toctrees: list[md.Toctree] = field(default_factory=list)
    authored: list[md.Link | md.Image] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    sections: dict[str, int] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)
    numbers: dict[int, int] = field(default_factory=dict)
    footnotes: list[str] = field(default_factory=list)
    open: set[int] = field(default_factory=set)
    outline: tuple[md.Flow, ...] = ()
    titled: bool = False

    def place(self, id: str) -> int | str | None:
        """Return the heading (its index) that *id* leads to, or *id* itself; None if the page lacks it."""
        if id in self.sections:
            return self.sections[id]
        return id if id in self.ids else None


def scan(root: md.Root, *, footnotes: bool = False, signatures: bool = True) -> Scan:
    """Collect what linking must know of a page.

    Labels of *footnotes* count only if they are to be renamed, references to types in *signatures* only if
    these are to be links.
    """
    found = Scan()
    first = next((i for i, b in enumerate(root.children) if not isinstance(b, md.Anchor)), 0)
    walker = _Walker(found, footnotes, signatures)
    if root.children and isinstance(root.children[first], md.Section):
        found.titled = True
        found.sections.update((a.id, 0) for a in root.children[:first] if isinstance(a, md.Anchor))
    walker.row((root,), 0)
    found.outline = tuple(walker.outline)
    return found


# What has but children, and is nothing special.
_TRANSPARENT = frozenset({md.Paragraph, md.List, md.Emphasis, md.Strong, md.VersionNote, md.Tagged})
# Within containers, lowering shows sections as bold lines.
_NO_HEADING = 100


class _Walker:
    """Walks a tree; *outline* is that of the section or object it is in."""

    def __init__(self, found: Scan, footnotes: bool, signatures: bool) -> None:
        self.found = found
        self.footnotes = footnotes
        self.signatures = signatures
        self.outline: list[md.Flow] = []

    def inside(self, node: Any, depth: int) -> bool:
        """Visit what is in a node; tell whether linking may change anything in it."""
        is_open = False
        for name in parts(type(node)):
            nodes = getattr(node, name)
            if nodes and self.row(nodes, depth):
                is_open = True
        return is_open

    def row(self, nodes: Iterable[Any], depth: int) -> bool:
        """Visit nodes that stand next to each other; tell whether linking may change any."""
        is_open = False
        opened = self.found.open
        for node in nodes:
            kind = type(node)
            if kind in LEAVES:  # most nodes are
                continue
            if kind in _TRANSPARENT:
                may_change = self.row(node.children, depth)
            elif kind is tuple:
                is_open = self.row(node, depth) or is_open
                continue
            else:
                may_change = _VISITS.get(kind, _Walker.inside)(self, node, depth)
            if may_change:
                opened.add(id(node))
                is_open = True
        return is_open

    def below(self, children: Iterable[md.Flow], depth: int) -> tuple[bool, tuple[md.Flow, ...]]:
        """Visit what is in a section or an object; return its outline, too."""
        above, self.outline = self.outline, []
        is_open = self.row(children, depth)
        outline, self.outline = tuple(self.outline), above
        return is_open, outline

    def anchor(self, node: md.Anchor, depth: int) -> bool:
        self.found.ids.add(node.id)
        return True

    def xref(self, node: md.Xref, depth: int) -> bool:
        self.found.xrefs.append(node)
        children = node.children
        if len(children) != 1 or type(children[0]) not in LEAVES:
            self.row(children, depth)
        return True

    def toctree(self, node: md.Toctree, depth: int) -> bool:
        self.found.toctrees.append(node)
        self.outline.append(node)
        return True

    def link(self, node: md.Link | md.Image, depth: int) -> bool:
        is_relative = not ABSOLUTE.match(node.url)
        if is_relative:
            self.found.authored.append(node)
        return self.inside(node, depth) or is_relative

    def section(self, node: md.Section, depth: int) -> bool:
        number = self.found.numbers[id(node)] = len(self.found.headings)
        self.found.headings.append(Heading(depth + 1, node.title))
        for name in node.ids:
            self.found.sections.setdefault(name, number)
        self.row(node.title, depth + 1)
        _, outline = self.below(node.children, depth + 1)
        self.outline.append(md.Section(node.title, outline, node.ids, node.line))
        return True

    def object(self, node: md.Object, depth: int) -> bool:
        is_open = False
        for signature in node.signatures:
            text = f"{signature.prefix} {signature.code} {signature.suffix}".strip()
            self.found.headings.append(Heading(depth + 1, (md.Text(text),), signature.ids))
            if signature.ids:
                self.found.ids.update(signature.ids)
            if self.signatures:
                self.row(signature.children, depth)
            if signature.children or signature.ids:
                self.found.open.add(id(signature))
                is_open = True
        may_change, outline = self.below(node.children, depth + 1)
        signatures = tuple([_bare(signature) for signature in node.signatures])
        self.outline.append(md.Object(node.domain, node.objtype, signatures, outline, node.line))
        return may_change or is_open

    def container(self, node: md.Blockquote | md.ListItem | md.GridCell, depth: int) -> bool:
        return self.row(node.children, _NO_HEADING)

    def admonition(self, node: md.Admonition, depth: int) -> bool:
        return self.inside(node, _NO_HEADING)

    def definition(self, node: md.DefinitionItem, depth: int) -> bool:
        self.found.ids.update(node.ids)
        return self.inside(node, _NO_HEADING) or bool(node.ids)

    def footnote(self, node: md.FootnoteReference | md.FootnoteDefinition, depth: int) -> bool:
        is_open = False
        if self.footnotes:
            self.found.footnotes.append(node.label)
            is_open = True
        if isinstance(node, md.FootnoteDefinition):
            may_change, _ = self.below(node.children, _NO_HEADING)  # what is in notes is in no outline
            is_open |= may_change
        return is_open


def _bare(signature: md.Signature) -> md.Signature:
    """Return a signature without references."""
    return copied(signature, {"children": ()}) if signature.children else signature


# Functions, not bound methods: an object that held those would be a circle, and its page stay in memory.
_VISITS: dict[type, Callable[[_Walker, Any, int], bool]] = {
    md.Xref: _Walker.xref,
    md.Toctree: _Walker.toctree,
    md.Link: _Walker.link,
    md.Image: _Walker.link,
    md.Section: _Walker.section,
    md.Object: _Walker.object,
    md.Anchor: _Walker.anchor,
    md.DefinitionItem: _Walker.definition,
    md.FootnoteReference: _Walker.footnote,
    md.FootnoteDefinition: _Walker.footnote,
    md.Admonition: _Walker.admonition,
    md.Blockquote: _Walker.container,
    md.ListItem: _Walker.container,
    md.GridCell: _Walker.container,
}
