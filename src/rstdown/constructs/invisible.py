"""What is said to other builders, to search engines or to an index: dropped, and entered in the ledger."""

from __future__ import annotations

import re
from html import unescape
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives

from ..markdown import nodes as md
from ..rst.directive import RstDirective
from .lowering import Handler, Lowered, Lowering
from .recipes import AnyOptions

LINE_BREAK = re.compile(r"\s*<br\s*/?>\s*", re.IGNORECASE)


class Index(RstDirective):
    """Drop entries of an index; their ``:name:`` stays a target (Sphinx: ``index``)."""

    optional_arguments = 1
    option_spec: ClassVar[dict[str, Any]] = {"name": directives.unchanged}

    def run(self) -> list[nodes.Node]:
        """Return a target, if the entries have a name."""
        self.env.record("index", "dropped: entries of an index")
        if "name" not in self.options:
            return []
        node = nodes.target()
        self.add_name(node)
        return [node]


class Contents(RstDirective):
    """Drop a table of contents, as the headings say it; its name stays a target (docutils: ``contents``)."""

    optional_arguments = 1
    option_spec: ClassVar[AnyOptions] = AnyOptions()

    def run(self) -> list[nodes.Node]:
        """Return a target, unless something else has the name."""
        self.env.record("contents", "dropped: the headings say it")
        document = self.state.document
        title = self.parse_inline(self.arguments[0] if self.arguments else "contents")
        name = nodes.fully_normalize_name("".join(node.astext() for node in title))
        unseen: list[nodes.Node] = []
        if not all(
            isinstance(node, nodes.Text) for node in title
        ):  # marks of notes have their turn with others
            unseen = [nodes.decoration("", nodes.paragraph("", "", *title))]
        if document.has_name(name):
            return unseen
        node = nodes.target(names=[name])
        document.note_implicit_target(node)
        return [*unseen, node]


class PageMargin(RstDirective):
    """Keep what stands above or below each printed page out of sight (docutils: ``header``, ``footer``)."""

    def run(self) -> list[nodes.Node]:
        """Return the content, which lowering drops: anonymous references in it take their targets."""
        self.env.record(self.name.lower(), "dropped: of every printed page")
        return [nodes.decoration("", *self.parse_content())]


class Author(RstDirective):
    """Name an author, if the project's ``show_authors`` is set (Sphinx: ``Author``)."""

    required_arguments = 1
    option_spec: ClassVar[AnyOptions] = AnyOptions()
    words: ClassVar[dict[str, str]] = {
        "codeauthor": "Code author",
        "moduleauthor": "Module author",
        "sectionauthor": "Section author",
    }

    def run(self) -> list[nodes.Node]:
        """Return an emphasised line, or nothing."""
        if not self.env.project.setting("show_authors"):
            self.env.record(self.name, "dropped: show_authors is not set")
            return []
        label = nodes.Text(f"{self.words[self.name]}: ")
        return [nodes.paragraph("", "", nodes.emphasis("", "", label, *self.parse_inline(self.arguments[0])))]


class Raw(RstDirective):
    """Keep text of another format out of the page (docutils: ``raw``); no file is read."""

    required_arguments = 1
    option_spec: ClassVar[AnyOptions] = AnyOptions()

    def run(self) -> list[nodes.Node]:
        """Return the raw text, which lowering drops."""
        text = "\n".join(self.content)
        return [nodes.raw(text, text, format=" ".join(self.arguments[0].lower().split()))]


def raw(node: nodes.TextElement, ctx: Lowering) -> Lowered:
    """Raw text of another format: nothing, but for line breaks and text without tags in HTML."""
    if isinstance(node.parent, nodes.TextElement) and "html" in node.get("format", ""):
        if LINE_BREAK.fullmatch(text := node.astext()):
            return md.Break()
        if "<" not in text:
            return md.Text(unescape(text))
    ctx.env.record("raw", f"dropped: {node.get('format', '')} is not shown")
    return ()


DIRECTIVES: dict[str, Any] = {
    "codeauthor": Author,
    "contents": Contents,
    "footer": PageMargin,
    "header": PageMargin,
    "index": Index,
    "meta": "drop:metadata of the page",
    "moduleauthor": Author,
    "raw": Raw,
    "sectionauthor": Author,
    "tabularcolumns": "drop:for LaTeX",
    "title": "drop:metadata of the page",
}
HANDLERS: dict[type, Handler] = {nodes.raw: raw}
