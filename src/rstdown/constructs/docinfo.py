"""docutils' own front matter: a promoted title, a subtitle, bibliographic fields.

Sphinx switches the transforms off that make them; a project that is not Sphinx's has them with the settings
``doctitle_xform`` and ``docinfo_xform`` (docutils: ``frontmatter.DocTitle``, ``frontmatter.DocInfo``).
"""

from __future__ import annotations

from itertools import chain

from docutils import nodes
from docutils.languages.en import labels

from ..markdown import nodes as md
from .lists import field_body
from .lowering import Handler, Lowered, Lowering


def docinfo(node: nodes.Element, ctx: Lowering) -> Lowered:
    """The bibliographic fields, under the names that docutils shows."""
    return md.DefinitionList(tuple(bibliographic(child, ctx) for child in node.children), "field")


def bibliographic(node: nodes.Node, ctx: Lowering) -> md.DefinitionItem:
    """Lower one field; authors are one line, an address keeps its lines."""
    if isinstance(node, nodes.field):
        return md.DefinitionItem((ctx.phrasing(node.children[0]),), field_body(node.children[1], ctx))
    name = type(node).__name__
    term = (md.Text(labels.get(name, name.title())),)
    if isinstance(node, nodes.authors):
        names = [(md.Text("; "), *ctx.phrasing(author)) for author in node.children]
        return md.DefinitionItem((term,), (md.Paragraph(tuple(chain(*names))[1:]),))
    if isinstance(node, nodes.address):
        return md.DefinitionItem((term,), (md.Code(node.astext()),))
    return md.DefinitionItem((term,), (md.Paragraph(ctx.phrasing(node)),))


HANDLERS: dict[type, Handler] = {nodes.docinfo: docinfo}
