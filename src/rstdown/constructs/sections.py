"""The document, its sections, paragraphs, quotes and line blocks."""

from __future__ import annotations

from typing import Any

from docutils import nodes

from ..markdown import nodes as md
from ..rst.directive import Later
from ..rst.phrased import Phrased
from .inline import nothing, strongly
from .lowering import Handler, Lowered, Lowering, line_of

INDENT = "\N{NO-BREAK SPACE}" * 4


def metadata(node: nodes.document) -> nodes.field_list | None:
    """Return the field list in front of a document, its metadata (Sphinx: ``MetadataCollector``)."""
    first = node.first_child_not_matching_class(nodes.PreBibliographic)  # type: ignore[arg-type]
    found = None if first is None else node.children[first]
    return found if isinstance(found, nodes.field_list) else None


def document(node: nodes.document, ctx: Lowering) -> Lowered:
    """The document without its metadata."""
    children = list(node.children)
    if (fields := metadata(node)) is not None:
        children.remove(fields)
        for field in fields.children:
            name = field.children[0].astext()
            ctx.env.orphan |= name == "orphan"
            if name == "tocdepth" and (depth := field.children[1].astext().strip()).isdecimal():
                ctx.env.tocdepth = int(depth[:3])
            ctx.env.record(f":{name}:", "dropped: metadata of the page")
    if not children or not isinstance(children[0], nodes.title):
        return ctx.flow(children)
    blocks = ctx.flow(children[1:])  # docutils has made a lone section's title the document's
    return md.Section(ctx.phrasing(children[0]), blocks, tuple(node["ids"]), line_of(children[0]))


def subtitle(node: nodes.TextElement, ctx: Lowering) -> Lowered:
    """A document's subtitle: a bold line."""
    return md.Paragraph(strongly(ctx.phrasing(node)))


def section(node: nodes.Element, ctx: Lowering) -> Lowered:
    """A section with its title."""
    title: tuple[md.Phrasing, ...] = ()
    blocks = node.children
    if place := next((n for n, child in enumerate(blocks, 1) if isinstance(child, nodes.title)), 0):
        title = ctx.phrasing(blocks[place - 1])
        blocks = [*blocks[: place - 1], *blocks[place:]]
    return md.Section(title, ctx.flow(blocks), tuple(node["ids"]), line_of(node))


def paragraph(node: nodes.TextElement, ctx: Lowering) -> Lowered:
    """A paragraph; most are one run."""
    children = node.children
    if len(children) == 1 and type(children[0]) is Phrased:
        return md.Paragraph(children[0].phrasing)
    found = ctx.phrasing(node)
    return md.Paragraph(found) if found else ()


def transition(node: nodes.Element, ctx: Lowering) -> Lowered:
    """A transition."""
    return md.ThematicBreak()


QUOTED = (md.Paragraph, md.Blockquote)


def block_quote(node: nodes.Element, ctx: Lowering) -> Lowered:
    """A block quote with its attribution; lists, code and tables that are merely indented are no quote."""
    children = ctx.flow(node)
    said = any(isinstance(child, QUOTED) for child in children) or node["classes"]
    return md.Blockquote(children) if children and said else children


def attribution(node: nodes.TextElement, ctx: Lowering) -> Lowered:
    """Who said what stands in a block quote."""
    return md.Paragraph((md.Text("— "), *ctx.phrasing(node)))


def line_block(node: nodes.Element, ctx: Lowering) -> Lowered:
    """Lines that keep their breaks and their indentation; an empty line parts stanzas."""
    stanzas: list[list[md.Phrasing]] = [[]]
    for depth, line in _lines(node, 0):
        children = ctx.phrasing(line)
        if not children:
            stanzas.append([])
            continue
        stanza = stanzas[-1]
        if stanza:
            stanza.append(md.Break())
        if depth:
            stanza.append(md.Text(INDENT * depth))
        stanza.extend(children)
    return tuple(md.Paragraph(tuple(stanza)) for stanza in stanzas if stanza)


def _lines(block: nodes.Element, depth: int) -> list[tuple[int, nodes.Element]]:
    """Return the lines of nested line blocks, each with its depth."""
    found: list[tuple[int, nodes.Element]] = []
    for child in block.children:
        if isinstance(child, nodes.line_block):
            found += _lines(child, depth + 1)
        elif isinstance(child, nodes.Element):
            found.append((depth, child))
    return found


def container(node: nodes.Element, ctx: Lowering) -> Lowered:
    """A container without meaning of its own."""
    return ctx.flow(node)


DIRECTIVES: dict[str, Any] = dict.fromkeys(
    ("cssclass", "rst-class"), Later("docutils.parsers.rst.directives.misc", "Class")
)
HANDLERS: dict[type, Handler] = {
    nodes.document: document,
    nodes.subtitle: subtitle,
    nodes.section: section,
    nodes.paragraph: paragraph,
    nodes.transition: transition,
    nodes.block_quote: block_quote,
    nodes.attribution: attribution,
    nodes.line_block: line_block,
    nodes.container: container,
    nodes.compound: container,
    nodes.header: nothing,
    nodes.footer: nothing,
}
OWN_IDS = {nodes.document, nodes.section}
