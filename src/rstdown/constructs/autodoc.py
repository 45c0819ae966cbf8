"""Descriptions taken from code (``sphinx.ext.autodoc``, ``autosummary``, …), which is not imported here.

Names, arguments and what the page itself says of an object are shown as any description is.  That docstrings
are missing is reported once per page.
"""

from __future__ import annotations

import re
from typing import Any, ClassVar

from docutils import nodes

from ..rst.directive import RstDirective
from ..rst.env import Env
from . import py
from .recipes import AnyOptions, Recipe
from .xref import PY, pending

KINDS = {
    "autofunction": "py:function",
    "autodecorator": "py:decorator",
    "autoclass": "py:class",
    "autoexception": "py:exception",
    "autoenum": "py:class",
    "autointerface": "py:class",
    "autodata": "py:data",
    "autotype": "py:type",
    "automethod": "py:method",
    "autoattribute": "py:attribute",
    "autoproperty": "py:property",
    "autonamedtuple": "py:class",
    "autotypeddict": "py:class",
    "autoprotocol": "py:class",
    "autotypevar": "py:data",
    "autotrait": "py:attribute",
    "autopydantic_model": "py:class",
    "autopydantic_settings": "py:class",
    "autopydantic_field": "py:attribute",
    "autopydantic_validator": "py:method",
}
MEMBERS = frozenset({"py:method", "py:attribute", "py:property"})
SIGNATURE = re.compile(r"^(?:([\w.]+)::)?([\w.]*\.)?(\w+)\s*((?:\(|->|\[).*)?$", re.DOTALL)


def note_missing(env: Env, what: str, line: int) -> None:
    """Report, for the first time on a page only, that something would have to be imported."""
    if "autodoc" not in env.store:
        env.store["autodoc"] = True
        env.diagnose("import-needed", f"{what}: docstrings of code that is not imported are left out", line)


class AutoObject(Recipe):
    """Describe an object by its name, as the domain's directive would (*kind*), under the module it is in."""

    kind: ClassVar[str] = ""

    def run(self) -> list[nodes.Node]:
        """Return the description."""
        env = self.env
        note_missing(env, self.name, self.lineno)
        match = SIGNATURE.match(self.argument)
        if match is None:
            return [nodes.paragraph("", "", nodes.literal("", self.argument)), *self.parse_content()]
        module, path, name, rest = (part or "" for part in match.groups())
        path = path.rstrip(".")
        if self.kind in MEMBERS and not module:
            module, _, owner = path.rpartition(".")
            name = f"{owner}.{name}" if owner else name
        elif not module:
            module = path
        elif path:
            name = f"{path}.{name}"
        saved = dict(env.ref_context)
        if module:
            env.ref_context["py:module"] = module
            env.ref_context.pop("py:class", None)
        try:
            return self.described(name + rest)
        finally:
            env.ref_context.clear()
            env.ref_context.update(saved)

    def described(self, signature: str) -> list[nodes.Node]:
        """Run the domain's directive on *signature*."""
        return delegate(self, py.DIRECTIVES[self.kind], self.kind, signature)


def delegate(directive: Recipe, cls: type[RstDirective], name: str, argument: str) -> list[nodes.Node]:
    """Return what the directive *name* makes of *argument*, and of the options and content of *directive*."""
    known: Any = cls.option_spec
    return list(
        cls(
            name,
            [argument],
            {option: value for option, value in directive.options.items() if option in known},
            directive.content,
            directive.lineno,
            directive.content_offset,
            directive.block_text,
            directive.state,
            directive.state_machine,
        ).run()
    )


class AutoModule(Recipe):
    """Describe a module (``automodule``): a target, and the content."""

    def run(self) -> list[nodes.Node]:
        """Return the target and the content."""
        note_missing(self.env, self.name, self.lineno)
        return delegate(self, py.DIRECTIVES["py:module"], "py:module", self.argument)


class AutoSummary(Recipe):
    """List objects (``autosummary``); their summaries are not known here."""

    def run(self) -> list[nodes.Node]:
        """Return a list of references."""
        note_missing(self.env, self.name, self.lineno)
        names = [
            line.split()[0] for line in self.content if line.strip() and not line.strip().startswith("..")
        ]
        items = [nodes.list_item("", nodes.paragraph("", "", self.entry(name))) for name in names]
        return [nodes.bullet_list("", *items, bullet="*")] if items else []

    def entry(self, name: str) -> nodes.Node:
        """Return the reference to one object; ``~`` shows the last part of its name."""
        target = name.removeprefix("~")
        shown = target.rpartition(".")[2] if name.startswith("~") else target
        return pending(
            "py:obj", target, [nodes.literal("", shown)], scope=self.env.scope(PY), line=self.lineno
        )


class AutoOther(Recipe):
    """Name what would be documented from code that no domain describes: programs, web routes, packages."""

    def run(self) -> list[nodes.Node]:
        """Return a line that names it, and the content."""
        note_missing(self.env, self.name, self.lineno)
        what = self.argument or self.options.get("prog") or self.options.get("module") or ""
        line = [nodes.paragraph("", "", nodes.literal("", what))] if what else []
        return [*line, *self.parse_content_with_sections()]


def auto_object(kind: str) -> type[AutoObject]:
    """Return the directive for objects of *kind*."""
    return type(
        "AutoObject",
        (AutoObject,),
        {"__doc__": AutoObject.__doc__, "kind": kind, "option_spec": AnyOptions()},
    )


OTHERS = (
    *("argparse", "click", "autoprogram", "typer", "autocli", "autoconfig", "autosimple", "autoapi"),
    *("autoflask", "autobottle", "autotornado", "autopackage", "automodapi", "automodsumm", "apidoc"),
    *("doxygenfile", "doxygenindex", "doxygengroup", "doxygenpage", "autodoc2-object", "autodoc2-summary"),
    *("doxygenclass", "doxygenstruct", "doxygenfunction", "doxygenenum", "doxygentypedef", "doxygendefine"),
    *("doxygenvariable", "doxygennamespace", "doxygenunion", "doxygeninterface", "doxygenenumvalue"),
    *("minigallery", "configurables", "autoservice", "js:autofunction", "js:autoclass", "js:autoattribute"),
)
DIRECTIVES: dict[str, Any] = {
    **{name: auto_object(kind) for name, kind in KINDS.items()},
    "automodule": AutoModule,
    "autosummary": AutoSummary,
    **dict.fromkeys(OTHERS, AutoOther),
}
ROLES: dict[str, Any] = {"autolink": "py:obj"}
