"""Inline markup: text, emphasis, literals, references, and roles that only format."""

from __future__ import annotations

from docutils import nodes

from ..markdown import nodes as md
from .lowering import Handler, Lowered, Lowering


def Text(node: nodes.Text, ctx: Lowering) -> Lowered:
    """Plain text; docutils' line breaks within a paragraph are spaces."""
    return md.Text(node.astext().replace("\n", " "))


def emphasis(node: nodes.TextElement, ctx: Lowering) -> Lowered:
    """Emphasis."""
    return md.Emphasis(ctx.phrasing(node))


def strong(node: nodes.TextElement, ctx: Lowering) -> Lowered:
    """Strong emphasis."""
    return md.Strong(ctx.phrasing(node))


def literal(node: nodes.TextElement, ctx: Lowering) -> Lowered:
    """Inline literal text."""
    return md.InlineCode(node.astext())


def subscript(node: nodes.TextElement, ctx: Lowering) -> Lowered:
    """Subscript."""
    return md.Subscript(ctx.phrasing(node))


def superscript(node: nodes.TextElement, ctx: Lowering) -> Lowered:
    """Superscript."""
    return md.Superscript(ctx.phrasing(node))


def inline(node: nodes.TextElement, ctx: Lowering) -> Lowered:
    """Inline content with classes only."""
    return ctx.phrasing(node)


def reference(node: nodes.TextElement, ctx: Lowering) -> Lowered:
    """A reference: to an address, or to a place of this page (then it stays open until linking)."""
    children = ctx.phrasing(node)
    if uri := node.get("refuri"):
        return md.Link(uri, children)
    if refid := node.get("refid"):
        return md.Xref("id", refid, children, explicit=True)
    return children


def target(node: nodes.TextElement, ctx: Lowering) -> Lowered:
    """A target: its text; its ids become anchors."""
    return ctx.phrasing(node)


def problematic(node: nodes.TextElement, ctx: Lowering) -> Lowered:
    """Markup that docutils could not read: the text as the author wrote it."""
    return ctx.phrasing(node)


def nothing(node: nodes.Node, ctx: Lowering) -> Lowered:
    """No content."""
    return ()


HANDLERS: dict[type, Handler] = {
    nodes.Text: Text,
    nodes.emphasis: emphasis,
    nodes.title_reference: emphasis,
    nodes.strong: strong,
    nodes.literal: literal,
    nodes.subscript: subscript,
    nodes.superscript: superscript,
    nodes.inline: inline,
    nodes.generated: inline,
    nodes.abbreviation: inline,
    nodes.acronym: inline,
    nodes.reference: reference,
    nodes.target: target,
    nodes.problematic: problematic,
    nodes.comment: nothing,
    nodes.system_message: nothing,
    nodes.substitution_definition: nothing,
    nodes.pending: nothing,
    nodes.meta: nothing,
    nodes.decoration: nothing,
}
