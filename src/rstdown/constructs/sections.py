"""The document, its sections and paragraphs."""

from __future__ import annotations

from docutils import nodes

from ..markdown import nodes as md
from .lowering import Handler, Lowered, Lowering, line_of


def section(node: nodes.Element, ctx: Lowering) -> Lowered:
    """A section with its title."""
    title: tuple[md.Phrasing, ...] = ()
    blocks = []
    for child in node.children:
        if isinstance(child, nodes.title):
            title = ctx.phrasing(child)
        else:
            blocks.append(child)
    return md.Section(title, ctx.flow(blocks), tuple(node["ids"]), line_of(node))


def paragraph(node: nodes.TextElement, ctx: Lowering) -> Lowered:
    """A paragraph."""
    children = ctx.phrasing(node)
    return md.Paragraph(children) if children else ()


def transition(node: nodes.Element, ctx: Lowering) -> Lowered:
    """A transition."""
    return md.ThematicBreak()


def block_quote(node: nodes.Element, ctx: Lowering) -> Lowered:
    """A block quote, its attribution included."""
    children = ctx.flow(node)
    return md.Blockquote(children) if children else ()


def container(node: nodes.Element, ctx: Lowering) -> Lowered:
    """A container without meaning of its own."""
    return ctx.flow(node)


HANDLERS: dict[type, Handler] = {
    nodes.document: container,
    nodes.section: section,
    nodes.paragraph: paragraph,
    nodes.transition: transition,
    nodes.block_quote: block_quote,
    nodes.container: container,
    nodes.compound: container,
}
OWN_IDS = {nodes.document, nodes.section}
