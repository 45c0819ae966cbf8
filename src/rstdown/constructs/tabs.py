"""Tabs (sphinx-tabs, sphinx-inline-tabs and the like): each tab's name in bold, then its content."""

from __future__ import annotations

from typing import Any

from docutils import nodes

from .code import code_node
from .recipes import Recipe, Title

NAMES = {
    "c": "C",
    "c++": "C++",
    "cpp": "C++",
    "css": "CSS",
    "html": "HTML",
    "js": "JavaScript",
    "py": "Python",
}


class CodeTab(Recipe):
    """Show a tab with code: ``code-tab:: language name``."""

    def run(self) -> list[nodes.Node]:
        """Return the tab's name and the code."""
        language, _, title = self.argument.partition(" ")
        title = title.strip() or NAMES.get(language, language.title())
        return [nodes.rubric("", title), code_node(self, "\n".join(self.content), language)]


class TabContainer(Title):
    """Show a tab whose name is an option (sphinxcontrib-contentui)."""

    def run(self) -> list[nodes.Node]:
        """Return the tab's name and its content."""
        if title := self.options.get("title"):
            self.arguments = [title]
        return super().run()


DIRECTIVES: dict[str, Any] = {
    "tabs": "content",
    "tab": "title",
    "group-tab": "title",
    "code-tab": CodeTab,
    "content-tabs": "content",
    "tab-container": TabContainer,
    "example-code": "content",
    "example-block": "title",
}
