"""Code: ``code-block`` and its kin, ``highlight``, literal and doctest blocks, ``parsed-literal``.

Languages follow Sphinx: a block without one has that of the last ``highlight`` directive above it in document
order, else ``highlight_language``.  Lowering walks in that order and keeps the language in ``Env.highlight``.
"""

from __future__ import annotations

import ast
import re
import textwrap
import warnings
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives

from ..markdown import nodes as md
from ..rst.directive import RstDirective
from ..rst.quick import text_element
from .lowering import Handler, Lowered, Lowering

NO_LANGUAGE = frozenset({"", "none", "text", "plain", "plaintext", "txt", "guess"})
PYTHON = frozenset({"python", "python3", "py", "py3", "sage", "default"})
PYCON = frozenset({"pycon", "pycon3", "python-console", "doctest"})
FENCE_NAMES = {"rest": "rst", "restructuredtext": "rst", "udiff": "diff", "ipython3": "ipython"}
INFO_STRING = re.compile(r"[\w+#./-]+")
BLANKLINE = re.compile(r"^[^\S\n]*<BLANKLINE>", re.MULTILINE)
DOCTEST_FLAGS = re.compile(r"(?<![ \t])[ \t]*+#[^\S\n]*doctest:.+$", re.MULTILINE)


def optional_int(argument: str | None) -> int | None:
    """Convert an option's value to an integer, or None if it has none; raises ValueError."""
    return int(argument) if argument and argument.strip() else None


class highlightlang(nodes.Element):  # noqa: N801  (Sphinx's name)
    """Where the language of the blocks that follow changes; attribute ``lang``."""


class captioned_block(nodes.container):  # noqa: N801
    """A code block with its caption (Sphinx: a ``container`` with ``literal_block`` set)."""


class Highlight(RstDirective):
    """Set the language of the blocks that follow (Sphinx: ``highlight``)."""

    has_content = False
    required_arguments = 1
    option_spec: ClassVar[dict[str, Any]] = {
        "force": directives.flag,
        "linenothreshold": directives.unchanged,
    }

    def run(self) -> list[nodes.Node]:
        """Return a marker that takes effect when the doctree is lowered."""
        return [highlightlang(lang=self.arguments[0].strip())]


class CodeBlock(RstDirective):
    """A block of code (Sphinx: ``code-block``, ``sourcecode``; docutils: ``code``).

    Line numbers and emphasis have no counterpart in Markdown and are accepted without effect.
    """

    optional_arguments = 1
    option_spec: ClassVar[dict[str, Any]] = {
        "force": directives.flag,
        "linenos": directives.unchanged,
        "number-lines": directives.unchanged,
        "lineno-start": directives.unchanged,
        "linenostart": directives.unchanged,
        "emphasize-lines": directives.unchanged,
        "dedent": optional_int,
        "caption": directives.unchanged,
        "class": directives.class_option,
        "name": directives.unchanged,
    }

    def run(self) -> list[nodes.Node]:
        """Return the block, in a container if it has a caption."""
        language = self.arguments[0].strip() if self.arguments else ""
        lines = list(self.content)
        if not lines and (language.count("\n") or not INFO_STRING.fullmatch(language)):
            # The author forgot the blank line: what looks like the argument is the code.
            lines, language = language.split("\n"), ""
        text = "\n".join(lines)
        if "dedent" in self.options:
            text = dedent(text, self.options["dedent"])
        return [code_node(self, text, language.split(" ")[0])]


class ParsedLiteral(RstDirective):
    """Literal text in which inline markup works (docutils: ``parsed-literal``)."""

    option_spec: ClassVar[dict[str, Any]] = {
        "class": directives.class_option,
        "name": directives.unchanged,
    }

    def run(self) -> list[nodes.Node]:
        """Return the block with its markup parsed."""
        text = "\n".join(self.content)
        found, messages = self.state.inline_text(text, self.lineno)
        block = nodes.literal_block(text, "", *found)
        self.set_source(block)
        self.add_name(block)
        return [block, *messages]


DIAGRAMS = frozenset({"dot", "mermaid", "plantuml"})  # with a caption they count as figures


def code_node(directive: RstDirective, text: str, language: str = "") -> nodes.Element:
    """Return the node for code shown by *directive*, whose ``caption`` and ``name`` options count."""
    block = text_element(nodes.literal_block, text, text)
    block.attributes["xml:space"] = "preserve"
    directive.set_source(block)
    if language:
        block["language"] = language
    node: nodes.Element = block
    if caption := directive.options.get("caption"):
        node = captioned_block("", nodes.caption("", "", *directive.parse_inline(caption)), block)
        node["literal_block"] = True
        node["diagram"] = language in DIAGRAMS
        directive.set_source(node)
    directive.add_name(node)
    return node


def dedent(text: str, columns: int | None) -> str:
    """Take *columns* off each line, or the indentation that all share (Sphinx: ``dedent_lines``)."""
    if columns is None:
        return textwrap.dedent(text)
    return "\n".join(line[columns:] for line in text.split("\n"))


def trim_doctest_flags(text: str) -> str:
    """Take out what only doctest reads (Sphinx: ``trim_doctest_flags``)."""
    if "<BLANKLINE>" in text:
        text = BLANKLINE.sub("", text)
    return DOCTEST_FLAGS.sub("", text) if "doctest:" in text else text


def fence_language(language: str, text: str) -> str:
    """Return the info string for code that Sphinx would highlight as *language*.

    Python with prompts is ``pycon``.  ``default`` is Python where *text* is valid Python (Sphinx: where
    its lexer finds no error), else nothing.
    """
    name = language.strip().lower()
    prompted = text.lstrip("\n").startswith(">>>")
    if name in PYCON or (name in PYTHON and prompted):
        return "pycon"
    if name in NO_LANGUAGE or (name == "default" and not is_python(text)):
        return ""
    if name in PYTHON:
        return "python"
    name = FENCE_NAMES.get(name, name)
    return name if INFO_STRING.fullmatch(name) else ""


def is_python(text: str) -> bool:
    """Tell whether *text* is valid Python, or could be a part of a dictionary."""
    return _parses(textwrap.dedent(text)) or (":" in text and _parses(f"{{\n{text}\n}}"))


def _parses(text: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True


def literal_block(node: nodes.TextElement, ctx: Lowering) -> Lowered:
    """A literal block; one with inline markup in it has no language, as in Sphinx."""
    text = node.astext()
    plain = node.rawsource == text
    language = fence_language(node.get("language") or ctx.env.highlight, text) if plain else ""
    if language == "pycon" and node.get("trim_flags", ctx.env.project.setting("trim_doctest_flags", True)):
        text = trim_doctest_flags(text)
    text = text.rstrip("\n")
    return md.Code(text, language) if text.strip() else ()


def doctest_block(node: nodes.TextElement, ctx: Lowering) -> Lowered:
    """A doctest block."""
    text = node.astext()
    if ctx.env.project.setting("trim_doctest_flags", True):
        text = trim_doctest_flags(text)
    return md.Code(text.rstrip("\n"), "pycon")


def lower_highlightlang(node: nodes.Element, ctx: Lowering) -> Lowered:
    """Nothing to see; the blocks that follow have another language."""
    ctx.env.highlight = node["lang"]
    return ()


def lower_captioned_block(node: nodes.Element, ctx: Lowering) -> Lowered:
    """The caption as a bold line, then the block."""
    caption, block = node.children
    return (md.Paragraph((md.Strong(ctx.phrasing(caption)),)), *ctx.lower(block))


DIRECTIVES: dict[str, Any] = {
    "code": CodeBlock,
    "code-block": CodeBlock,
    "sourcecode": CodeBlock,
    "highlight": Highlight,
    "highlightlang": Highlight,
    "parsed-literal": ParsedLiteral,
}
HANDLERS: dict[type, Handler] = {
    nodes.literal_block: literal_block,
    nodes.doctest_block: doctest_block,
    highlightlang: lower_highlightlang,
    captioned_block: lower_captioned_block,
}
