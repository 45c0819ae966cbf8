"""What is said to other builders, to search engines or to an index: dropped, and entered in the ledger."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from docutils import nodes

from ..markdown import nodes as md
from ..rst.directive import RstDirective
from .lowering import Handler, Lowered, Lowering
from .recipes import AnyOptions

LINE_BREAK = re.compile(r"\s*<br\s*/?>\s*", re.IGNORECASE)

REASONS = {
    "contents": "the headings say it",
    "sectnum": "headings are not numbered",
    "section-numbering": "headings are not numbered",
    "header": "of every printed page",
    "footer": "of every printed page",
    "title": "metadata of the page",
    "meta": "metadata of the page",
    "tabularcolumns": "for LaTeX",
    "sectionauthor": "Sphinx shows no authors",
    "codeauthor": "Sphinx shows no authors",
    "moduleauthor": "Sphinx shows no authors",
    "index": "entries of an index",
}


class Invisible(RstDirective):
    """Drop a directive that shows nothing; its ``:name:`` stays a target."""

    optional_arguments = 1
    option_spec: ClassVar[AnyOptions] = AnyOptions()

    def run(self) -> list[nodes.Node]:
        """Return a target, if the directive has a name."""
        name = self.name.lower()
        self.env.record(name, f"dropped: {REASONS[name]}")
        if "name" not in self.options:
            return []
        node = nodes.target()
        self.add_name(node)
        return [node]


class Raw(RstDirective):
    """Keep text of another format out of the page (docutils: ``raw``); no file is read."""

    required_arguments = 1
    option_spec: ClassVar[AnyOptions] = AnyOptions()

    def run(self) -> list[nodes.Node]:
        """Return the raw text, which lowering drops."""
        text = "\n".join(self.content)
        return [nodes.raw(text, text, format=" ".join(self.arguments[0].lower().split()))]


def raw(node: nodes.TextElement, ctx: Lowering) -> Lowered:
    """Raw text of another format: nothing, but for the line breaks that people write in HTML."""
    inline = isinstance(node.parent, nodes.TextElement)
    if inline and "html" in node.get("format", "") and LINE_BREAK.fullmatch(node.astext()):
        return md.Break()
    ctx.env.record("raw", f"dropped: {node.get('format', '')} is not shown")
    return ()


DIRECTIVES: dict[str, Any] = {"raw": Raw} | dict.fromkeys(REASONS, Invisible)
HANDLERS: dict[type, Handler] = {nodes.raw: raw}
