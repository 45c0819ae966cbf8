"""Grammars: ``productionlist`` of Sphinx, and CPython's ``grammar-snippet``."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives

from ..model import Target
from ..rst.directive import RstDirective

TOKEN = re.compile(r"`(~?(?:[\w-]*:)?\w+)`")
SNIPPET_TOKEN = re.compile(r"`([^\s`]+)`")
CONTINUED = re.compile(r"\\\n")
UNSAFE = re.compile(r"[^a-zA-Z0-9._]+")


def token_text(match: re.Match[str]) -> str:
    """Return what a token in backquotes shows: ``~group:name`` only its name (Sphinx: ``token_xrefs``)."""
    token = match[1]
    if token.startswith("~"):
        return token.partition(":")[2] or token[1:]
    return token.removeprefix(":")


class Grammar(RstDirective):
    """A grammar, shown as one block of code; the name of each rule is a target."""

    def grammar(self, text: str, group: str, names: list[str]) -> list[nodes.Node]:
        """Return the block that shows *text*, and export the *names* of its rules."""
        block = nodes.literal_block(text, text, language="none")
        self.set_source(block)
        for name in filter(None, names):
            node_id = UNSAFE.sub("-", f"grammar-token-{group}-{name}")
            block["ids"].append(node_id)
            full = f"{group}:{name}" if group else name
            self.env.export(Target("std:token", full, node_id, full, "token", line=self.lineno))
        return [block]


class ProductionList(Grammar):
    """Grammar rules (Sphinx: ``productionlist``), aligned at ``::=``, or at ``:`` as CPython has it."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the rules as code."""
        lines = CONTINUED.sub("", self.arguments[0]).splitlines() + list(self.content)
        lines = [line for line in lines if line.strip()]
        group = lines.pop(0).strip() if len(lines) > 1 and ":" not in lines[0] else ""
        rules = [line.partition(":") if ":" in line else ("", "", line) for line in lines]
        names = [name.strip() for name, _, _ in rules]
        width = max(map(len, names), default=0)
        if "grammar_snippet" in self.env.project.extensions:
            shown = [
                f"{name + ':' if name else '':<{width + 1}}{tokens}"
                for name, (_, _, tokens) in zip(names, rules, strict=True)
            ]
            return self.grammar(
                "\n".join(SNIPPET_TOKEN.sub(token_text, line) for line in shown), group, names
            )
        shown = [
            f"{name:<{width}} {'::=' if name else '   '} {TOKEN.sub(token_text, tokens.strip())}"
            for name, (_, _, tokens) in zip(names, rules, strict=True)
        ]
        return self.grammar("\n".join(shown), group, names)


class GrammarSnippet(Grammar):
    """Grammar shown as it is written but for the backquotes around tokens (CPython: ``grammar-snippet``)."""

    optional_arguments = 1
    option_spec: ClassVar[dict[str, Any]] = {"group": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        """Return the rules as code."""
        names = [m[0] for line in self.content if (m := re.match(r"[a-zA-Z0-9_]+(?=:)", line))]
        text = SNIPPET_TOKEN.sub(token_text, "\n".join(self.content))
        return self.grammar(text, self.options.get("group", ""), names)


DIRECTIVES: dict[str, Any] = {
    "productionlist": ProductionList,
    "std:productionlist": ProductionList,
    "grammar-snippet": GrammarSnippet,
}
