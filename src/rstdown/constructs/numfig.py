"""Numbers of figures, tables and code blocks (Sphinx: ``numfig``)."""

from __future__ import annotations

from docutils import nodes
from docutils.transforms import Transform

from ..rst.env import env_of
from .xref import pending


class NumberCaptions(Transform):
    """Give what has a caption an id, and its caption a place for the number, which linking fills in.

    Source: ``sphinx.transforms.AutoNumbering``.
    """

    default_priority = 210
    changed = False

    def apply(self) -> None:
        """Do it if the project numbers its figures."""
        if not env_of(self.document).project.numfig:
            return
        for node in list(self.document.findall(nodes.Element)):
            kind, caption = enumerable_kind(node), caption_of(node)
            if kind and caption is not None:
                if not node["ids"]:
                    self.document.note_implicit_target(node)
                self.changed = True
                caption.insert(0, pending("numfig:caption", f"{kind}:{node['ids'][0]}", ()))


def enumerable_kind(node: nodes.Node) -> str:
    """Return ``figure``, ``table`` or ``code-block`` for what may have a number; else nothing."""
    if isinstance(node, nodes.figure):
        return "figure"
    if isinstance(node, nodes.table):
        return "table"
    if isinstance(node, nodes.container) and node.get("literal_block"):
        return "figure" if node.get("diagram") else "code-block"
    return ""


def caption_of(node: nodes.Node) -> nodes.TextElement | None:
    """Return the caption of a figure, table or code block."""
    if enumerable_kind(node):
        for child in node.children:
            if isinstance(child, (nodes.caption, nodes.title)):
                return child
    return None


def enclosing_section(node: nodes.Node) -> nodes.section | None:
    """Return the section that *node* stands in."""
    parent = node.parent
    while parent is not None and not isinstance(parent, nodes.section):
        parent = parent.parent
    return parent


TRANSFORMS = (NumberCaptions,)
