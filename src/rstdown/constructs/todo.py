"""Notes that authors leave for themselves (``sphinx.ext.todo``): shown if ``todo_include_todos`` says so."""

from __future__ import annotations

from typing import Any

from docutils import nodes

from .recipes import Recipe


class Todo(Recipe):
    """Show a note if the project publishes them."""

    def run(self) -> list[nodes.Node]:
        """Return an admonition, or nothing."""
        if not self.env.project.setting("todo_include_todos", False):
            self.env.record(self.name.lower(), "dropped: todo_include_todos is not set")
            return []
        content = self.parse_content()
        if self.argument:
            content.insert(0, nodes.paragraph("", "", *self.argument_nodes()))
        node = nodes.admonition("", nodes.title("", "Todo"), *content)
        self.set_source(node)
        self.add_name(node)
        return [node]


DIRECTIVES: dict[str, Any] = {
    "todo": Todo,
    "todolist": "drop:gathers the notes of all pages",
}
