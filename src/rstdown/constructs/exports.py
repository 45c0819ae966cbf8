"""What a page offers to references: labels with their titles, as Sphinx's standard domain collects them."""

from __future__ import annotations

from docutils import nodes

from ..markdown import nodes as md
from ..model import Target
from ..rst.env import Env


def collect_exports(doctree: nodes.document, env: Env, root: md.Root) -> None:
    """Enter the document itself and its explicit targets into ``env.exports`` (Sphinx: ``process_doc``)."""
    title = next((md.plain_text(b.title) for b in root.children if isinstance(b, md.Section)), "")
    env.export(Target("std:doc", env.docname, "", title, "document"))
    for name, explicit in doctree.nametypes.items():
        node_id = doctree.nameids.get(name)
        if not explicit or node_id is None:
            continue
        node = doctree.ids.get(node_id)
        if isinstance(node, nodes.target) and "refid" in node:
            node_id = node["refid"]
            node = doctree.ids.get(node_id)
        if node is None or isinstance(node, (nodes.footnote, nodes.citation)) or "refuri" in node:
            continue
        label_title = node.next_node(nodes.title) if isinstance(node, nodes.section) else None
        env.export(
            Target(
                "std:label",
                name,
                node_id,
                label_title.astext() if label_title else "",
                node.tagname,
                line=node.line or 0,
            )
        )
