"""What our directives have in common."""

from __future__ import annotations

from typing import ClassVar, cast

from docutils import nodes
from docutils.parsers.rst import Directive

from .env import Env, env_of


class RstDirective(Directive):
    """A directive that knows its `Env` (Sphinx: ``SphinxDirective``)."""

    has_content: ClassVar[bool] = True  # type: ignore[misc]
    final_argument_whitespace = True

    @property
    def env(self) -> Env:
        """The environment of this parse."""
        return env_of(self.state.document)

    def parse_content(self) -> list[nodes.Node]:
        """Parse the content as body elements (no sections)."""
        container = nodes.Element()
        self.state.nested_parse(self.content, self.content_offset, container)
        return list(container.children)

    def parse_content_with_sections(self) -> list[nodes.Node]:
        """Parse the content, in which sections may stand (Sphinx: ``nested_parse_with_titles``)."""
        container = nodes.Element()
        memo = self.state.memo
        titles, level = memo.title_styles, memo.section_level
        memo.title_styles, memo.section_level = [], 0
        try:
            self.state.nested_parse(self.content, self.content_offset, container, match_titles=True)
        finally:
            memo.title_styles, memo.section_level = titles, level
        return list(container.children)

    def parse_inline(self, text: str) -> list[nodes.Node]:
        """Parse *text* as inline markup; messages about it go where they belong."""
        found, messages = self.state.inline_text(text, self.lineno)
        return [*found, *messages]

    def set_source(self, node: nodes.Element) -> None:
        """Note where *node* comes from."""
        node.source, node.line = self.state_machine.get_source_and_line(self.lineno)

    def add_name(self, node: nodes.Node) -> None:
        """Make the ``:name:`` option a target that leads to *node*."""
        super().add_name(cast(nodes.Element, node))  # type: ignore[no-untyped-call]
