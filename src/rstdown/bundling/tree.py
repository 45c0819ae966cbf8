"""Edit syntax trees."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any, TypeVar, get_args

from ..link.tree import LEAVES, parts, walk
from ..markdown import nodes as md

N = TypeVar("N")
Visit = Callable[[Any], Iterable[Any] | None]

# What says nothing once it is empty.
_CONTAINERS = (
    md.Admonition,
    md.Blockquote,
    md.DefinitionList,
    md.List,
    md.ListItem,
    md.Paragraph,
    md.Tagged,
    md.VersionNote,
)


PHRASING = get_args(md.Phrasing)


def edit(node: N, visit: Visit) -> N:
    """Return *node* with what is below it edited; what does not change is shared.

    *visit* returns what stands in a node's stead (nothing, several), or None to keep it and to go below it.
    A container that is emptied goes, too.
    """
    if type(node) in LEAVES:
        return node
    changes: dict[str, Any] = {}
    for name in parts(type(node)):
        old = getattr(node, name)
        new = edit_all(old, visit)
        if new is not old:
            changes[name] = new
    return replace(node, **changes) if changes else node  # type: ignore[type-var]


def edit_all(nodes: tuple[Any, ...], visit: Visit) -> tuple[Any, ...]:
    """Edit nodes that stand next to each other."""
    out: list[Any] = []
    changed = False
    for node in nodes:
        if isinstance(node, tuple):
            new = edit_all(node, visit)
        elif (found := visit(node)) is not None:
            out.extend(found)
            changed = True
            continue
        else:
            new = edit(node, visit)
            if new is not node and isinstance(new, _CONTAINERS) and not new.children:
                changed = True
                continue
        changed = changed or new is not node
        out.append(new)
    return tuple(out) if changed else nodes


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


def ids_of(node: Any) -> tuple[str, ...]:
    """Return the anchors that a node itself has."""
    if isinstance(node, md.Anchor):
        return (node.id,)
    if isinstance(node, (md.Section, md.Signature, md.DefinitionItem)):
        return node.ids
    return ()


def own_blocks(children: Iterable[md.Flow]) -> tuple[md.Flow, ...]:
    """Return the blocks of a section or object itself: neither sections nor objects."""
    return tuple(node for node in children if not isinstance(node, (md.Section, md.Object)))


def fullname(node: md.Object) -> str:
    """Return the qualified name of an object, or its signature where it has none."""
    first = node.signatures[0] if node.signatures else None
    return (first.fullname or first.code) if first else ""


__all__ = ["PHRASING", "below", "edit", "edit_all", "fullname", "ids_of", "own_blocks", "walk"]
