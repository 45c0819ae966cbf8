"""What a page offers to references: labels with their titles, as Sphinx's standard domain collects them."""

from __future__ import annotations

from collections.abc import Iterator

from docutils import nodes

from ..markdown import nodes as md
from ..model import Target
from ..rst.env import Env
from .numfig import caption_of, enclosing_section, enumerable_kind
from .toctree import toctree

AUTOSECTIONLABEL = "sphinx.ext.autosectionlabel"


def collect_exports(doctree: nodes.document, env: Env, root: md.Root) -> None:
    """Enter the document, its labels and its numbered figures into ``env.exports``.

    Source: ``StandardDomain.process_doc``.  Objects, terms, options, equations and citations have been
    entered by their own directives.
    """
    title = next((md.plain_text(b.title) for b in root.children if isinstance(b, md.Section)), "")
    env.export(Target("std:doc", env.docname, "", title, "document"))
    for target in _labels(doctree):
        env.export(target)
    if AUTOSECTIONLABEL in env.project.extensions:
        for target in _section_labels(doctree, env):
            env.export(target)
    if env.project.numfig:
        for target in _numbered(doctree):
            env.export(target)


def _labels(doctree: nodes.document) -> Iterator[Target]:
    """Yield the explicit targets of a page; those without a title want references with one."""
    titles: dict[nodes.Element, str] = {}
    for name, explicit in doctree.nametypes.items():
        node_id = doctree.nameids.get(name)
        if not explicit or node_id is None:
            continue
        node = doctree.ids.get(node_id)
        if isinstance(node, nodes.target) and "refid" in node:
            node_id = node["refid"]
            node = doctree.ids.get(node_id)
        if node is None or _is_no_label(node):
            continue
        kind = "section" if isinstance(node, nodes.section) else enumerable_kind(node)
        if kind and kind != "section":
            node_id = node["ids"][0]  # the one that its number is known by
        if node not in titles:
            titles[node] = label_title(node)
        yield Target("std:label", name, node_id, titles[node], kind, line=node.line or 0)


def _is_no_label(node: nodes.Element) -> bool:
    return (
        isinstance(node, (nodes.footnote, nodes.citation))
        or "refuri" in node
        or node.tagname.startswith("desc_")
    )


def label_title(node: nodes.Element) -> str:
    """Return what a reference to *node* shows: a title, a caption, a term; empty if it needs its own."""
    if isinstance(node, (nodes.section, nodes.document)):
        return clean_text(node.next_node(nodes.title))
    if isinstance(node, nodes.rubric):
        return clean_text(node)
    if isinstance(node, (nodes.figure, nodes.table, nodes.container)):
        return clean_text(caption_of(node))
    first: nodes.Node = node
    if isinstance(first, (nodes.definition_list, nodes.field_list)) and first.children:
        first = first.children[0]
    if isinstance(first, (nodes.field, nodes.definition_list_item)) and first.children:
        first = first.children[0]
    if isinstance(first, (nodes.term, nodes.field_name)):
        return clean_text(first)
    contents = next(iter(node.findall(toctree)), None)
    return str(contents.get("caption", "")) if contents is not None else ""


def clean_text(node: nodes.Node | None) -> str:
    """Return the text of a title, images and raw parts left out (Sphinx: ``clean_astext``)."""
    if node is None:
        return ""
    if isinstance(node, nodes.Text):
        return node.astext()
    if isinstance(node, (nodes.image, nodes.raw, nodes.system_message)):
        return ""
    return " ".join("".join(clean_text(child) for child in node.children).split())


def _section_labels(doctree: nodes.document, env: Env) -> Iterator[Target]:
    """Yield a label for each section, called as its title (Sphinx: ``sphinx.ext.autosectionlabel``)."""
    prefix = f"{env.docname}:" if env.project.setting("autosectionlabel_prefix_document") else ""
    deepest = env.project.setting("autosectionlabel_maxdepth")
    for section in doctree.findall(nodes.section):
        title = section.next_node(nodes.title)
        depth = _depth(section)
        if title is None or not section["ids"] or (isinstance(deepest, int) and deepest and depth >= deepest):
            continue
        name = nodes.fully_normalize_name(prefix + (title.rawsource or title.astext()))
        yield Target(
            "std:label", name, section["ids"][0], clean_text(title), "section", line=section.line or 0
        )


def _depth(node: nodes.Node) -> int:
    """Return the depth of a section; the page's top section has 1 (Sphinx: ``get_node_depth``)."""
    depth = 0
    while node.parent is not None:
        node = node.parent
        depth += 1
    return depth


def _numbered(doctree: nodes.document) -> Iterator[Target]:
    """Yield what gets a number, in document order; *name* is the id of the section that it stands in."""
    for node in doctree.findall(nodes.Element):
        if (kind := enumerable_kind(node)) and node["ids"] and (caption := caption_of(node)) is not None:
            section = enclosing_section(node)
            name = section["ids"][0] if section is not None and section["ids"] else ""
            yield Target("numfig:item", name, node["ids"][0], clean_text(caption), kind, line=node.line or 0)
