"""Mathematics: inline, displayed, labelled."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives

from ..markdown import nodes as md
from ..model import Target
from ..rst.directive import RstDirective
from .lowering import Handler, Lowered, Lowering

BLANK_LINES = re.compile(r"\n\s*\n")


class MathDirective(RstDirective):
    """Display LaTeX (Sphinx: ``math``); a label gets the number that references show."""

    optional_arguments = 1
    option_spec: ClassVar[dict[str, Any]] = {
        "label": directives.unchanged,
        "name": directives.unchanged,
        "class": directives.class_option,
        "no-wrap": directives.flag,
        "nowrap": directives.flag,
    }

    def run(self) -> list[nodes.Node]:
        """Return the formula."""
        latex = "\n".join(self.content)
        if self.arguments and self.arguments[0]:
            latex = f"{self.arguments[0]}\n\n{latex}".rstrip("\n")
        wrap = not self.options.keys() & {"no-wrap", "nowrap"}
        node = nodes.math_block(latex, latex, wrap=wrap)
        self.set_source(node)
        self.add_name(node)
        label = self.options.get("label", self.options.get("name"))
        if label is not None:
            self.number(node, label)
        return [node]

    def number(self, node: nodes.math_block, label: str) -> None:
        """Number the formula and make it a target."""
        env = self.env
        number = str(env.new_serial("equation") + 1)
        label = label or f"{env.docname}:{int(number) - 1}"
        node["number"] = number
        node["ids"].append(nodes.make_id(f"equation-{label}"))
        self.state.document.note_explicit_target(node)
        env.export(
            Target("math:equation", label, node["ids"][-1], f"({number})", "equation", number, self.lineno)
        )


def displayed(latex: str, *, wrap: bool = True) -> str:
    """Return *latex* with the environments that several lines or formulas need (Sphinx: ``mathjax``)."""
    parts = [part.strip() for part in BLANK_LINES.split(latex) if part.strip()]
    if not wrap:
        return latex.strip()
    lines = [rf"\begin{{split}}{part}\end{{split}}" if r"\\" in part else part for part in parts]
    if len(lines) < 2:
        return "".join(lines)
    body = "\\\\\n".join(lines)
    return f"\\begin{{align}}\\begin{{aligned}}{body}\\end{{aligned}}\\end{{align}}"


def math(node: nodes.TextElement, ctx: Lowering) -> Lowered:
    """A formula in text."""
    latex = " ".join(node.astext().split())
    return md.InlineMath(latex) if latex else ()


def math_block(node: nodes.Element, ctx: Lowering) -> Lowered:
    """A displayed formula with its number."""
    latex = displayed(node.astext(), wrap=node.get("wrap", True))
    if number := node.get("number"):
        latex += rf" \tag{{{number}}}"
    return md.Math(latex) if latex else ()


DIRECTIVES: dict[str, Any] = {"math": MathDirective}
HANDLERS: dict[type, Handler] = {nodes.math: math, nodes.math_block: math_block}
