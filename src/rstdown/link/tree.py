"""Walk the syntax tree without knowing each node type."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from typing import Any

from ..markdown import nodes as md

_PARTS: dict[type, tuple[str, ...]] = {}
_SHAPES: dict[type, tuple[tuple[str, bool], ...]] = {}
LEAVES = frozenset({md.Text, md.InlineCode, md.InlineMath, md.Break, md.Code, md.Math, md.Html})
# What holds no sections, toctrees or objects.
FLAT = frozenset(
    {md.Paragraph, md.Code, md.Math, md.Html, md.Anchor, md.ThematicBreak, md.Table, md.FootnoteDefinition}
    | {md.Text, md.InlineCode, md.InlineMath, md.Break, md.Emphasis, md.Strong, md.Link, md.Image, md.Xref}
    | {md.FootnoteReference, md.Signature}
)


def parts(kind: type) -> tuple[str, ...]:
    """Return the names of the fields of a node type that hold nodes (tuples, possibly of tuples)."""
    names = _PARTS.get(kind)
    if names is None:
        names = tuple(
            f.name for f in fields(kind) if str(f.type).startswith("tuple[") and "str" not in str(f.type)
        )
        _PARTS[kind] = names
    return names


def shape(kind: type) -> tuple[tuple[str, bool], ...]:
    """Return the names of all fields of a node type, in order, and whether each holds nodes."""
    found = _SHAPES.get(kind)
    if found is None:
        found = _SHAPES[kind] = tuple((f.name, f.name in parts(kind)) for f in fields(kind))
    return found


def copied(node: Any, changes: Mapping[str, Any]) -> Any:
    """Return a node with some fields changed: `dataclasses.replace`, only quicker."""
    kind = type(node)
    return kind(*[changes[name] if name in changes else getattr(node, name) for name, _ in shape(kind)])


def walk(node: Any) -> Iterator[Any]:
    """Yield *node* and all below it in document order; tuples are passed through."""
    stack = [node]
    while stack:
        node = stack.pop()
        kind = type(node)
        if kind is tuple:
            stack.extend(reversed(node))
            continue
        yield node
        if kind not in LEAVES:
            stack.extend(getattr(node, name) for name in reversed(parts(kind)))


def title_of(root: md.Root) -> tuple[md.Phrasing, ...]:
    """Return the title of a page: that of its first section."""
    for block in root.children:
        if isinstance(block, md.Section):
            return block.title
    return ()


def unlinked(children: Iterable[md.Phrasing]) -> tuple[md.Phrasing, ...]:
    """Return a title as lists of contents show it: without links, anchors, images and notes."""
    out: list[md.Phrasing] = []
    for node in children:
        if isinstance(node, (md.Link, md.Xref)):
            out.extend(unlinked(node.children))
        elif isinstance(node, (md.Emphasis, md.Strong, md.Subscript, md.Superscript)):
            out.append(type(node)(unlinked(node.children)))
        elif not isinstance(node, (md.Anchor, md.FootnoteReference, md.Image)):
            out.append(node)
    return tuple(out)
