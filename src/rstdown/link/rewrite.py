"""Rewrite a page's tree: only what holds something to change is copied."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ..markdown import nodes as md
from .scan import Scan
from .surface import Changes
from .tree import LEAVES, copied, shape


class Rewriter:
    """Makes the *changes* to a page whose tree is scanned: puts in links, keeps needed anchors, …"""

    def __init__(self, found: Scan, changes: Changes) -> None:
        self.found = found
        self.changes = changes
        self.replacements: dict[int, tuple[md.Node, ...]] = {
            **{id(x): _reference(x, *to) for x, to in zip(found.xrefs, changes.xrefs, strict=True)},
            **{id(t): to for t, to in zip(found.toctrees, changes.toctrees, strict=True)},
            **{id(a): _authored(a, to) for a, to in zip(found.authored, changes.authored, strict=True)},
        }
        self.emitted: set[str] = set()

    def root(self, node: md.Root) -> md.Root:
        """Return the page's tree, rewritten."""
        children = self._row(node.children)
        if self.changes.top:
            children = (md.Anchor(self.changes.top), *children)
        return md.Root(children)

    def _row(self, nodes: Iterable[Any]) -> tuple[Any, ...]:
        out: list[Any] = []
        for node in nodes:
            kind = type(node)
            if kind is tuple:
                out.append(self._row(node))
            elif kind is md.Anchor or (kind not in LEAVES and id(node) in self.found.open):
                special = _SPECIAL.get(kind)
                if special:
                    out += special(self, node)
                else:
                    out.append(self._copy(node))
            else:
                out.append(node)
        return tuple(out)

    def _copy(self, node: Any) -> Any:
        kind = type(node)
        values = [(getattr(node, name), has_nodes) for name, has_nodes in shape(kind)]
        return kind(*[self._row(value) if has_nodes else value for value, has_nodes in values])

    def _reference(self, node: md.Xref) -> Iterable[md.Node]:
        return self._put(self.replacements[id(node)])

    def _put(self, nodes: Iterable[md.Node]) -> Iterable[md.Node]:
        """Put in what a reference becomes; references within it (docutils allows that) give their text."""
        out: list[md.Node] = []
        for node in nodes:
            if isinstance(node, md.Link):
                is_open = any(id(child) in self.found.open for child in node.children)
                out.append(self._link(node) if is_open else node)
            else:
                out.extend(self._row((node,)))
        return out

    def _replaced(self, node: md.Toctree | md.Image) -> Iterable[md.Node]:
        return self.replacements[id(node)]

    def _authored(self, node: md.Link) -> Iterable[md.Node]:
        return self._put(self.replacements.get(id(node), (node,)))

    def _link(self, node: md.Link) -> md.Link:
        """Keep links out of links: a reference within one gives its text."""
        children = self._row(node.children)
        flat = (n for child in children for n in (child.children if isinstance(child, md.Link) else (child,)))
        return md.Link(node.url, tuple(flat), node.title, node.resolved)

    def _paragraph(self, node: md.Paragraph) -> Iterable[md.Node]:
        children = self._row(node.children)
        return (md.Paragraph(children),) if children else ()

    def _section(self, node: md.Section) -> Iterable[md.Node]:
        name = self.changes.sections.get(self.found.numbers[id(node)])
        ids = (name,) if name else ()
        return (md.Section(self._row(node.title), self._row(node.children), ids, node.line),)

    def _marked(self, node: md.DefinitionItem) -> Iterable[md.Node]:
        return (copied(self._copy(node), {"ids": self._names(node.ids)}),)

    def _signature(self, node: md.Signature) -> Iterable[md.Node]:
        """Copy a signature; the references in it stay only where some have become links."""
        children = self._row(node.children)
        linked = any(isinstance(child, md.Link) for child in children)
        changes = {"ids": self._names(node.ids), "children": children if linked else ()}
        return (copied(node, changes),)

    def _names(self, ids: Iterable[str]) -> tuple[str, ...]:
        return tuple(name for id in ids if (name := self._needed(id)))

    def _anchor(self, node: md.Anchor) -> Iterable[md.Node]:
        name = self._needed(node.id)
        return (md.Anchor(name),) if name else ()

    def _needed(self, id: str) -> str:
        """Return the anchor to write for *id*; empty if nothing leads to it or it has been written."""
        name = self.changes.anchors.get(id, "")
        if name in self.emitted or id in self.found.sections:
            return ""
        if name:
            self.emitted.add(name)
        return name

    def _footnote(self, node: md.FootnoteReference | md.FootnoteDefinition) -> Iterable[md.Node]:
        return (copied(self._copy(node), {"label": self.changes.labels.get(node.label, node.label)}),)


# Functions, not bound methods: an object that held those would be a circle, and its page stay in memory.
_SPECIAL: dict[type, Callable[[Rewriter, Any], Iterable[md.Node]]] = {
    md.Xref: Rewriter._reference,
    md.Toctree: Rewriter._replaced,
    md.Link: Rewriter._authored,
    md.Image: Rewriter._replaced,
    md.Section: Rewriter._section,
    md.Signature: Rewriter._signature,
    md.DefinitionItem: Rewriter._marked,
    md.Anchor: Rewriter._anchor,
    md.Paragraph: Rewriter._paragraph,
    md.FootnoteReference: Rewriter._footnote,
    md.FootnoteDefinition: Rewriter._footnote,
}


def _reference(node: md.Xref, url: str, shown: tuple[md.Phrasing, ...] | None) -> tuple[md.Phrasing, ...]:
    children = node.children if shown is None else shown
    return (md.Link(url, children, resolved=True),) if url else children


def _authored(node: md.Link | md.Image, url: str) -> tuple[md.Phrasing, ...]:
    if isinstance(node, md.Image):
        return (copied(node, {"url": url or node.url}),)
    return (copied(node, {"url": url}),) if url else node.children
