"""Diagrams written as text: a fenced block in their language, which is what a model reads best."""

from __future__ import annotations

from typing import Any

from docutils import nodes

from .code import code_node
from .recipes import Code, Recipe

LANGUAGES = {
    "mermaid": "mermaid",
    "graphviz": "dot",
    "uml": "plantuml",
    "plantuml": "plantuml",
    "aafig": "text",
    "ditaa": "text",
    "svgbob": "text",
    "tikz": "latex",
    "wavedrom": "json",
    "vega-lite": "json",
    "d2": "d2",
    "actdiag": "actdiag",
    "blockdiag": "blockdiag",
    "nwdiag": "nwdiag",
    "packetdiag": "packetdiag",
    "rackdiag": "rackdiag",
    "seqdiag": "seqdiag",
}


class Digraph(Recipe):
    """Show a graph whose name is the argument (``sphinx.ext.graphviz``: ``graph``, ``digraph``)."""

    def run(self) -> list[nodes.Node]:
        """Return the graph as Graphviz reads it."""
        body = "\n".join(self.content)
        return [code_node(self, f"{self.name.lower()} {self.argument} {{\n{body}\n}}", "dot")]


class Kroki(Code):
    """Show a diagram whose argument is its language, or a file."""

    def run(self) -> list[nodes.Node]:
        """Return the block."""
        return [code_node(self, "\n".join(self.content), self.options.get("type") or self.argument)]


class InheritanceDiagram(Recipe):
    """Name the classes of a diagram that only imported code could tell."""

    def run(self) -> list[nodes.Node]:
        """Return one line."""
        self.env.diagnose(
            "import-needed", f"{self.name}: the diagram is made from imported code and left out", self.lineno
        )
        names = [nodes.literal("", name) for name in self.argument.split()]
        separated = [part for name in names for part in (nodes.Text(", "), name)][1:]
        line = nodes.paragraph("", "", nodes.Text("Inheritance diagram of "), *separated, nodes.Text("."))
        return [*([line] if names else []), *self.parse_content()]


DIRECTIVES: dict[str, Any] = {
    **{name: f"code:{language}" for name, language in LANGUAGES.items()},
    "graph": Digraph,
    "digraph": Digraph,
    "kroki": Kroki,
    "inheritance-diagram": InheritanceDiagram,
    "autoclasstree": InheritanceDiagram,
    "drawio-image": "image",
    "drawio-figure": "figure",
}
