"""Edit syntax trees."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any, TypeVar, get_args

from ..link.tree import LEAVES, copied, parts, walk
from ..markdown import nodes as md

N = TypeVar("N")
Visit = Callable[[Any], Iterable[Any] | None]
Kinds = frozenset[type] | None

# What says nothing once it is empty.
_CONTAINERS = frozenset(
    {
        md.Admonition,
        md.Blockquote,
        md.DefinitionList,
        md.List,
        md.ListItem,
        md.Paragraph,
        md.Tagged,
        md.VersionNote,
    }
)


PHRASING = get_args(md.Phrasing)


def edit(node: N, visit: Visit, kinds: Kinds = None) -> N:
    """Return *node* with what is below it edited; what does not change is shared.

    *visit* returns what stands in a node's stead (nothing, several; the node itself: it stays with all below
    it), or None to keep it and to go below it.  It is asked about nodes of the classes *kinds* only.
    A container that is emptied goes, too.
    """
    return node if type(node) in LEAVES else _edited(node, visit, kinds, _uninteresting(kinds))


def edit_all(nodes: tuple[Any, ...], visit: Visit, kinds: Kinds = None) -> tuple[Any, ...]:
    """Edit nodes that stand next to each other."""
    return _edited_row(nodes, visit, kinds, _uninteresting(kinds))


@lru_cache(maxsize=64)
def _uninteresting(kinds: Kinds) -> frozenset[type]:
    """Return the classes of nodes that need not be looked at: with nothing below, and not asked for."""
    return frozenset() if kinds is None else LEAVES.difference(kinds)


def _edited(node: N, visit: Visit, kinds: Kinds, dull: frozenset[type]) -> N:
    changes: dict[str, Any] = {}
    for name in parts(type(node)):
        old = getattr(node, name)
        if old and (new := _edited_row(old, visit, kinds, dull)) is not old:
            changes[name] = new
    return copied(node, changes) if changes else node


def _edited_row(nodes: tuple[Any, ...], visit: Visit, kinds: Kinds, dull: frozenset[type]) -> tuple[Any, ...]:
    if dull.issuperset(map(type, nodes)):
        return nodes
    out: list[Any] | None = None  # made once something changes
    for index, node in enumerate(nodes):
        kind = type(node)
        new: tuple[Any, ...] | None = None
        if kind is tuple:
            row = _edited_row(node, visit, kinds, dull)
            new = None if row is node else (row,)
        elif (kinds is None or kind in kinds) and (found := visit(node)) is not None:
            new = tuple(found)
            if len(new) == 1 and new[0] is node:
                new = None
        elif kind not in LEAVES and (inner := _edited(node, visit, kinds, dull)) is not node:
            new = () if kind in _CONTAINERS and not inner.children else (inner,)
        if new is None:
            if out is not None:
                out.append(node)
        else:
            out = list(nodes[:index]) if out is None else out
            out += new
    return nodes if out is None else tuple(out)


def below(node: Any) -> Iterator[Any]:
    """Yield the nodes next below *node*."""
    if type(node) not in LEAVES:
        for name in parts(type(node)):
            yield from _flat(getattr(node, name))


def _flat(nodes: tuple[Any, ...]) -> Iterator[Any]:
    for node in nodes:
        if isinstance(node, tuple):
            yield from _flat(node)
        else:
            yield node


WITH_IDS = frozenset({md.Anchor, md.Section, md.Signature, md.DefinitionItem})


def ids_of(node: Any) -> tuple[str, ...]:
    """Return the anchors that a node itself has."""
    if type(node) not in WITH_IDS:
        return ()
    ids: tuple[str, ...] = (node.id,) if type(node) is md.Anchor else node.ids
    return ids


def branches(node: Any, leaves: frozenset[type] = LEAVES) -> Iterator[Any]:
    """Yield *node* and all below it in document order, but for the *leaves* and what is below those."""
    stack = [node]
    while stack:
        node = stack.pop()
        kind = type(node)
        if kind is tuple:
            stack += [child for child in reversed(node) if type(child) not in leaves]
            continue
        yield node
        for name in reversed(parts(kind)):
            row = getattr(node, name)
            if not leaves.issuperset(map(type, row)):
                stack.append(row)


def own_blocks(children: Iterable[md.Flow]) -> tuple[md.Flow, ...]:
    """Return the blocks of a section or object itself: neither sections nor objects."""
    return tuple(node for node in children if not isinstance(node, (md.Section, md.Object)))


def fullname(node: md.Object) -> str:
    """Return the qualified name of an object, or its signature where it has none."""
    first = node.signatures[0] if node.signatures else None
    return (first.fullname or first.code) if first else ""


__all__ = ["PHRASING", "below", "branches", "edit", "edit_all", "fullname", "ids_of", "own_blocks", "walk"]
