"""Our Markdown as MyST-Parser reads it: the second reader of ``rstdown check --myst``.

MyST adds directives, roles, targets and comments to Markdown.  Ours has none, so what looks like one is text:
it is switched off here, and with it all that could read files, run code or load inventories.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from typing import Any

from docutils import frontend, nodes, utils

from ..errors import EngineUnavailable
from ..markdown.words import bare_html, split_words
from ..rst.limits import deep

EXTENSIONS = frozenset({"dollarmath", "strikethrough", "tasklist", "alert"})
SYNTAX_OF_MYST = ["myst_block_break", "myst_target", "myst_line_comment", "myst_role"]
MAX_NESTING = 1000
NOT_TEXT = (
    nodes.Invisible,
    nodes.system_message,
    nodes.label,
    nodes.footnote_reference,
    nodes.substitution_definition,
)


@deep()
def doctree_of(markdown: str) -> nodes.document:
    """Return the doctree of a Markdown text, before transforms.

    Raises `EngineUnavailable` where MyST-Parser is not installed.
    """
    try:
        from myst_parser.config.main import MdParserConfig
        from myst_parser.parsers.mdit import create_md_parser
    except ImportError:
        raise EngineUnavailable('reading MyST needs MyST-Parser: pip install "rstdown[myst]"') from None
    config = MdParserConfig(
        enable_extensions=set(EXTENSIONS),
        disable_syntax=SYNTAX_OF_MYST,
        all_links_external=True,
        dmath_allow_labels=False,
        heading_anchors=0,
    )
    parser = create_md_parser(config, _renderer())
    parser.options["maxNesting"] = MAX_NESTING
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    parser.options["document"] = document = utils.new_document("index", _settings())
    parser.render(markdown)
    return document


def words_of(markdown: str) -> Counter[str]:
    """Return how often a Markdown text says each word, as MyST-Parser reads it."""
    return split_words("\n".join(_shown(doctree_of(markdown))))


def _settings() -> Any:
    settings: Any = frontend.get_default_settings()
    settings._disable_config = True
    settings.file_insertion_enabled = settings.raw_enabled = False
    settings.report_level, settings.halt_level, settings.warning_stream = 5, 6, io.StringIO()
    settings.myst_suppress_warnings = ["myst"]
    return settings


def _renderer() -> Any:
    """Return MyST-Parser's renderer for docutils, with code that stays code."""
    from myst_parser.mdit_to_docutils.base import DocutilsRenderer

    class PlainRenderer(DocutilsRenderer):
        """Show code blocks whatever they are called (``{include}``); our Markdown has no front matter."""

        def render_fence(self, token: Any) -> None:
            block = nodes.literal_block(token.content, token.content, language=token.info.strip())
            self.current_node.append(block)

        render_code_block = render_fence

        def render_front_matter(self, token: Any) -> None:
            self.current_node.append(nodes.comment("", token.content))

    return PlainRenderer


def _shown(node: nodes.Node) -> Iterator[str]:
    if isinstance(node, nodes.raw):  # our own HTML: line breaks, anchors, tables
        yield bare_html(node.astext())
    elif isinstance(node, nodes.Text):
        yield node.astext()
    elif isinstance(node, nodes.image):
        yield node.get("alt", "")
    elif isinstance(node, NOT_TEXT):
        yield ""
    elif isinstance(node, nodes.TextElement):
        yield "".join(part for child in node.children for part in _shown(child))
    else:
        for child in node.children:
            yield from _shown(child)
