"""Content for some builders or settings: ``only``, ``ifconfig``."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

from docutils import nodes

from ..rst.directive import RstDirective
from ..rst.static import COMPARISONS

TOKEN = re.compile(r"\s*(?:([()])|([\w.:-]+))")
MAX_TOKENS = 200
BUILDER = ("format_", "builder_")


def holds(expression: str, tags: tuple[str, ...]) -> bool:
    """Evaluate tags joined by ``and``, ``or``, ``not`` and parentheses (Sphinx: ``Tags.eval_condition``).

    Raises `ValueError` for anything else.
    """
    tokens = list(_tokens(expression))
    if len(tokens) > MAX_TOKENS:
        raise ValueError("too long")
    value, rest = _or(tokens, tags)
    if rest:
        raise ValueError(f"unexpected {rest[0]!r}")
    return value


def _tokens(expression: str) -> Iterator[str]:
    at, text = 0, expression.strip()
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None:
            raise ValueError(f"unexpected {text[at]!r}")
        yield match[0].strip()
        at = match.end()


def _or(tokens: list[str], tags: tuple[str, ...]) -> tuple[bool, list[str]]:
    value, tokens = _and(tokens, tags)
    while tokens[:1] == ["or"]:
        other, tokens = _and(tokens[1:], tags)
        value = value or other
    return value, tokens


def _and(tokens: list[str], tags: tuple[str, ...]) -> tuple[bool, list[str]]:
    value, tokens = _not(tokens, tags)
    while tokens[:1] == ["and"]:
        other, tokens = _not(tokens[1:], tags)
        value = value and other
    return value, tokens


def _not(tokens: list[str], tags: tuple[str, ...]) -> tuple[bool, list[str]]:
    if not tokens:
        raise ValueError("it ends too early")
    first, rest = tokens[0], tokens[1:]
    if first == "not":
        value, rest = _not(rest, tags)
        return not value, rest
    if first == "(":
        value, rest = _or(rest, tags)
        if rest[:1] != [")"]:
            raise ValueError("a parenthesis is not closed")
        return value, rest[1:]
    if first in (")", "and", "or"):
        raise ValueError(f"unexpected {first!r}")
    return any(first in (tag, *(prefix + tag for prefix in BUILDER)) for tag in tags), rest


class Only(RstDirective):
    """Keep content whose tags hold (Sphinx: ``only``); sections in it take their place among the others."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the content, or nothing."""
        expression = self.arguments[0]
        try:
            wanted = holds(expression, self.env.project.tags)
        except ValueError as error:
            self.env.diagnose(
                "only-expression", f"only: {expression!r} makes no sense ({error}); content kept", self.lineno
            )
            wanted = True
        if not wanted:
            self.env.record("only", f"dropped: for {expression}")
            return []
        return self.kept()

    def kept(self) -> list[nodes.Node]:
        """Parse the content; where its sections are of a level that the page has already, put them there."""
        memo = self.state.memo
        outer = memo.title_styles
        content = nodes.Element()
        memo.title_styles = []
        try:
            self.state.nested_parse(self.content, self.content_offset, content, match_titles=True)
            inner = memo.title_styles
        finally:
            memo.title_styles = outer
        parent = self.state.parent
        if not inner or inner[0] not in outer or parent is None:
            return list(content.children)
        depth = len(parent.section_hierarchy())
        for _ in range(depth - outer.index(inner[0])):
            parent = parent.parent
        parent.extend(content.children)
        return []


class IfConfig(RstDirective):
    """Keep content if an expression about settings holds, or cannot be told (``sphinx.ext.ifconfig``)."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the content, or nothing."""
        project = self.env.project
        known = {
            "builder": "html",
            "language": project.language,
            "project": project.name,
            "release": project.release,
            "version": project.version,
        }
        try:
            with warnings.catch_warnings(action="ignore"):
                tree = ast.parse(self.arguments[0].strip(), mode="eval")
            names = {**project.settings, **{name: value for name, value in known.items() if value}}
            wanted = bool(evaluated(tree.body, names))
        except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError):
            wanted = True
        if not wanted:
            self.env.record("ifconfig", f"dropped: {self.arguments[0]} does not hold")
            return []
        return self.parse_content_with_sections()


def evaluated(node: ast.expr, settings: Mapping[str, object]) -> Any:
    """Return the value of an expression that only compares *settings*; `ValueError` if it does more."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name) and node.id in settings:
        return settings[node.id]
    if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
        return [evaluated(item, settings) for item in node.elts]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return not evaluated(node.operand, settings)
    if isinstance(node, ast.BoolOp):
        found = [evaluated(value, settings) for value in node.values]
        return all(found) if isinstance(node.op, ast.And) else any(found)
    if isinstance(node, ast.Compare) and all(type(op) in COMPARISONS for op in node.ops):
        values = [evaluated(value, settings) for value in (node.left, *node.comparators)]
        return all(
            COMPARISONS[type(op)](a, b) for op, a, b in zip(node.ops, values, values[1:], strict=False)
        )
    raise ValueError(ast.dump(node))


DIRECTIVES: dict[str, Any] = {"only": Only, "ifconfig": IfConfig}
