"""Lower a doctree to the Markdown syntax tree: dispatch to the handlers of ``rstdown.constructs``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import chain
from typing import Any, TypeAlias

from docutils import nodes

from ..markdown import nodes as md
from ..rst.env import Env
from ..rst.phrased import Phrased

Lowered: TypeAlias = "md.Node | tuple[md.Node, ...]"
Handler: TypeAlias = "Callable[[Any, Lowering], Lowered]"

PHRASING = (
    md.Text,
    md.Emphasis,
    md.Strong,
    md.Subscript,
    md.Superscript,
    md.InlineCode,
    md.InlineMath,
    md.Break,
    md.Link,
    md.Image,
    md.FootnoteReference,
    md.Xref,
)
_PHRASING = frozenset(PHRASING)
_INLINE = _PHRASING | {md.Anchor}  # which stands among blocks, too


class Lowering:
    """What a handler is given besides its node.

    A handler is a function ``(node, ctx) -> node or tuple of nodes`` named after the docutils class.
    It calls ``ctx.flow(node)`` or ``ctx.phrasing(node)`` for its children.  Ids of a node become
    `Anchor` in front of what its handler returns, unless the handler's class is in *own_ids* (then
    the handler places them itself).
    """

    def __init__(self, env: Env, handlers: Mapping[type, Handler], own_ids: frozenset[type]) -> None:
        self.env = env
        self.handlers = handlers
        self.own_ids = own_ids
        self._known: dict[type, tuple[Handler, bool]] = {}

    def flow(self, parent: nodes.Node | Iterable[nodes.Node]) -> tuple[md.Flow, ...]:
        """Lower children as blocks; a run of inline content becomes a paragraph."""
        out: list[md.Flow] = []
        run: list[md.Phrasing] = []
        child: Any
        found: Any
        known = self._known
        for child in parent.children if isinstance(parent, nodes.Node) else parent:
            kind = type(child)
            handler, has_no_ids = known.get(kind) or self._learn(kind)
            found = handler(child, self)
            if not has_no_ids and (ids := child.attributes["ids"]):
                found = (*map(md.Anchor, ids), *(found if type(found) is tuple else (found,)))
            elif type(found) is not tuple:
                if not run and type(found) not in _PHRASING:  # as most children are
                    out.append(found)
                    continue
                found = (found,)
            for node in found:
                if type(node) in (_INLINE if run else _PHRASING):
                    run.append(node)
                    continue
                if run:
                    out.append(md.Paragraph(tuple(run)))
                    run = []
                out.append(node)
        if run:
            out.append(md.Paragraph(tuple(run)))
        return tuple(out)

    def phrasing(self, parent: nodes.Node | Iterable[nodes.Node]) -> tuple[md.Phrasing, ...]:
        """Lower children as inline content; blocks among them give their inline content."""
        children = parent.children if isinstance(parent, nodes.Node) else tuple(parent)
        if len(children) == 1:  # as in most paragraphs
            only = children[0]
            if type(only) is Phrased:
                return only.phrasing
            found: tuple[Any, ...] = self.lower(only)
            if len(found) == 1 and type(found[0]) in _INLINE:
                return found
        else:
            runs = [child.phrasing if type(child) is Phrased else self.lower(child) for child in children]
            found = tuple(chain.from_iterable(runs))
        out: list[md.Phrasing] = []
        for node in found:
            if type(node) in _INLINE:
                out.append(node)
            else:
                out += inline_of(node)
        return tuple(out)

    def lower(self, node: Any) -> tuple[md.Node, ...]:
        """Lower one doctree node."""
        kind = type(node)
        handler, has_no_ids = self._known.get(kind) or self._learn(kind)
        result = handler(node, self)
        found = result if isinstance(result, tuple) else (result,)
        if has_no_ids or not (ids := node.attributes["ids"]):
            return found
        return (*map(md.Anchor, ids), *found)

    def _learn(self, kind: type) -> tuple[Handler, bool]:
        """Find the handler of a class or of its nearest base; tell whether there are no ids to place."""
        handler = next(filter(None, map(self.handlers.get, kind.__mro__)), unknown_node)
        found = self._known[kind] = handler, issubclass(kind, nodes.Text) or kind in self.own_ids
        return found

    def diagnose(self, code: str, message: str, node: nodes.Node | None = None) -> None:
        """Report a loss or a doubt about *node*."""
        self.env.diagnose(code, message, line_of(node))


def unknown_node(node: nodes.Node, ctx: Lowering) -> Lowered:
    """Keep the children of a node that nobody knows, and say so."""
    ctx.diagnose("node-unknown", f"no handler for {node.__class__.__name__}; its content is kept", node)
    if isinstance(node, nodes.TextElement):
        return ctx.phrasing(node)
    return ctx.flow(node)


def line_of(node: nodes.Node | None) -> int:
    """Return the source line of *node* or of its nearest ancestor that has one; 0 if none has."""
    while node is not None:
        if node.line:
            return int(node.line)
        node = node.parent
    return 0


def inline_of(node: md.Node) -> tuple[md.Phrasing, ...]:
    """Return the inline content of a block, for places that can hold no blocks."""
    if isinstance(node, (md.Code, md.Math, md.Html)):
        return (md.InlineCode(node.value),)
    out: list[md.Phrasing] = []
    for child in getattr(node, "children", ()):
        if type(child) in _INLINE:
            out.append(child)
        else:
            if out:
                out.append(md.Text(" "))
            out.extend(inline_of(child))
    return tuple(out)
