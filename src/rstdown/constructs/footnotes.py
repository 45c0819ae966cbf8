"""Footnotes and citations."""

from __future__ import annotations

from docutils import nodes
from docutils.transforms import Transform

from ..markdown import nodes as md
from ..model import Target
from ..rst.env import env_of
from .lowering import Handler, Lowered, Lowering, line_of
from .xref import pending_xref

# What docutils numbers symbol footnotes with, in words: GitHub takes no such signs in a label.
SYMBOLS = {
    "*": "star",
    "†": "dagger",
    "‡": "double-dagger",
    "§": "section",
    "¶": "paragraph",
    "#": "number",
    "♠": "spade",
    "♡": "heart",
    "♢": "diamond",
    "♣": "club",
}


class Citations(Transform):
    """Leave references to citations open: other pages may have them (Sphinx: ``CitationReferenceTransform``).

    Unlike a footnote's, a citation's label is to be read where it stands, so it is not left to a footnote.
    """

    default_priority = 619  # before docutils' Footnotes (620)
    changed = False

    def apply(self) -> None:
        """Export the citations of this page; replace all references to citations."""
        for citation in self.document.citations:
            label = citation.children[0].astext()
            for node_id in citation["ids"][:1]:
                line = citation.line or 0
                env_of(self.document).export(
                    Target("citation:label", label, node_id, f"[{label}]", line=line)
                )
        for references in self.document.citation_refs.values():
            for reference in references:
                # docutils leaves out what it has noted: where it takes back a name, or shows no title
                if reference.parent is not None and reference in reference.parent.children:
                    _leave_open(reference)
                    self.changed = True
        self.document.citation_refs.clear()


class MarksInCode(Transform):
    """Show references in literal blocks (``parsed-literal``) as their marks, as code holds no references."""

    default_priority = 650  # after docutils' Footnotes (620) has numbered them
    changed = False

    def apply(self) -> None:
        """Replace the references; notes that are referred to from code only stay where they are."""
        for block in self.document.findall(nodes.literal_block):
            marks = list(block.findall(nodes.footnote_reference)) if len(block.children) > 1 else ()
            for reference in marks:
                note = self.document.ids.get(reference.get("refid", ""))
                if note is not None:
                    note["backrefs"] = [at for at in note["backrefs"] if at not in reference["ids"]]
                self.changed = True
                reference.parent.replace(
                    reference, nodes.Text(f"[{reference.astext() or reference.get('refname', '')}]")
                )


def _leave_open(reference: nodes.citation_reference) -> None:
    label = reference.astext()
    node = pending_xref(label, nodes.inline(label, f"[{label}]"))
    node.attributes.update(role="citation:ref", reftarget=label, refexplicit=True, scope=())
    node.line = line_of(reference)
    reference.replace_self(node)


def footnote_label(label: str) -> str:
    """Return a footnote's label as Markdown can write it: numbers and names stay, symbols become words."""
    if label[:1] not in SYMBOLS:
        return label
    return "-".join(SYMBOLS.get(sign, sign) for sign in label)


def footnote_reference(node: nodes.TextElement, ctx: Lowering) -> Lowered:
    """A reference to a footnote of this page."""
    return md.FootnoteReference(footnote_label(node.astext()))


def footnote(node: nodes.Element, ctx: Lowering) -> Lowered:
    """A footnote; citations and what nothing refers to stay in place, as Markdown would drop it."""
    label = node.children[0].astext() if isinstance(node.children[0], nodes.label) else ""
    children = ctx.flow(child for child in node.children if not isinstance(child, nodes.label))
    anchors = tuple(map(md.Anchor, node["ids"]))
    if node["backrefs"]:
        return md.FootnoteDefinition(footnote_label(label), (*anchors, *children))
    mark = md.Text(f"[{label}] ")
    if children and isinstance(children[0], md.Paragraph):
        return (*anchors, md.Paragraph((mark, *children[0].children)), *children[1:])
    return (*anchors, md.Paragraph((mark,)), *children)


TRANSFORMS = (Citations, MarksInCode)
HANDLERS: dict[type, Handler] = {
    nodes.footnote: footnote,
    nodes.citation: footnote,
    nodes.footnote_reference: footnote_reference,
}
OWN_IDS = {nodes.footnote, nodes.citation, nodes.footnote_reference}
