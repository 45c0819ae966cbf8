"""What the roles and directives show that a project defines itself, read from their source as recipes.

The source of a role is read like all of ``conf.py`` (see `static`), with stand-ins for its text and for
``docutils.nodes``; the nodes that it makes tell what it shows.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .static import UNKNOWN, Function, Interpreter, Namespace, dotted

TEXT = "\ue000"
"""Stands for the text of the role."""
FORMATS = {"literal": "code", "strong": "strong", "emphasis": "emphasis", "inline": "text", "Text": "text"}
BASES = {
    "CodeBlock": "code-block",
    "Figure": "figure",
    "Image": "image",
    "Include": "include",
    "ListTable": "list-table",
    "LiteralInclude": "literalinclude",
    "ParsedLiteral": "parsed-literal",
    "TocTree": "toctree",
    **{name.title(): name for name in ("attention", "caution", "danger", "error", "hint", "important")},
    **{name.title(): name for name in ("container", "note", "rubric", "sidebar", "tip", "topic", "warning")},
}
MAX_BASES = 5


@dataclass
class Recorder:
    """Stands for ``docutils.nodes`` and the like: notes the nodes that are made."""

    made: list[tuple[str, str, str]] = field(default_factory=list)

    def __call__(self, name: str, arguments: list[Any], keywords: dict[str, Any]) -> Any:
        """Do a call of ``nodes.name(…)``, ``utils.unescape(…)``, …"""
        if name in {"unescape", "int", "escape"}:
            return arguments[0]
        if name == "split_explicit_title":
            return (False, arguments[0], arguments[0])
        if name == "reference" or name in FORMATS:
            shown = [a for a in arguments[:2] if isinstance(a, str)]
            shown += [v for v in (keywords.get("text"),) if isinstance(v, str)]
            url = keywords.get("refuri")
            self.made.append((name, shown[-1] if shown else "", url if isinstance(url, str) else ""))
        return UNKNOWN

    def recipe(self) -> str:
        """Return the recipe of a role that made these nodes; empty if they do not tell."""
        for name, shown, url in self.made:
            if name == "reference" and TEXT in url:
                titles = (shown, *(text for kind, text, _ in self.made if kind != "reference"))
                title = next((text for text in titles if TEXT in text), TEXT)
                return f"link:{_template(url)}|{_template(title)}"
        leads = any(name == "reference" for name, _, _ in self.made)  # nobody knows where
        for name, shown, _ in self.made:
            if shown == TEXT and not leads:
                return FORMATS[name]
            if TEXT in shown and shown != TEXT:
                return f"text:{_template(shown)}"
        return ""


class RoleReader(Interpreter):
    """Reads the function of a role; ``….config.NAME`` is the project's setting."""

    def __init__(self, home: Interpreter, names: dict[str, Any], settings: Mapping[str, Any]) -> None:
        super().__init__({**home.names, **names}, self._imported)
        self.modules, self.origins = home.modules, home.origins
        self.home, self.stand_ins, self.settings = home, names, settings

    def _imported(self, module: str, name: str) -> Any:
        if module.startswith(("docutils", "sphinx")) and name in self.stand_ins:
            return self.stand_ins[name]
        return self.home.imported(module, name)

    def _attribute(self, node: ast.Attribute) -> Any:
        if dotted(node.value).rpartition(".")[2] in {"config", "cfg"}:
            return self.settings.get(node.attr, UNKNOWN)
        return super()._attribute(node)


def role_recipe(role: Any, settings: Mapping[str, Any]) -> str:
    """Return the recipe of *role*, a function or a class with ``run``; empty if its source does not tell."""
    if not isinstance(role, Function):
        return ""
    recorder = Recorder()
    stand_ins: dict[str, Any] = dict.fromkeys(("nodes", "utils", "roles", "int", "escape"), recorder)
    stand_ins |= dict.fromkeys(("unescape", "split_explicit_title", "reference", "literal", "Text"), recorder)
    body = role.node.body
    if isinstance(role.node, ast.ClassDef):
        run = role.method("run")
        body = run.body if run else []
        own = dict.fromkeys(("text", "title", "target", "rawtext"), TEXT)
        own |= {**_class_attributes(role), **role.attributes}
        stand_ins["self"] = Namespace(own, has_explicit_title=False, name="", options={})
    else:
        names = [argument.arg for argument in role.node.args.args]
        values: tuple[Any, ...] = ("", TEXT, TEXT, UNKNOWN, UNKNOWN, {}, [])
        stand_ins |= dict(zip(names, values, strict=False))
    RoleReader(role.home, stand_ins, settings).run_function(body)
    return recorder.recipe()


def _class_attributes(role: Function) -> dict[str, Any]:
    """Return what the class itself sets: ``URI = "https://…"``."""
    return {
        target.id: role.home.value(statement.value)
        for statement in role.node.body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name)
    }


def directive_recipe(directive: Any) -> str:
    """Return the directive that *directive*, a class, derives from; empty if that is none we know."""
    for base in _bases(directive, MAX_BASES):
        if base in BASES:
            return BASES[base]
    return ""


def _bases(found: Any, depth: int) -> Iterator[str]:
    if not isinstance(found, Function) or not isinstance(found.node, ast.ClassDef) or not depth:
        return
    for base in found.node.bases:
        yield dotted(base).rpartition(".")[2]
        yield from _bases(found.home.names.get(dotted(base)), depth - 1)


def _template(text: str) -> str:
    return text.replace("%", "%%").replace(TEXT, "%s")
