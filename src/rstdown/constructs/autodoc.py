"""Descriptions taken from code (``sphinx.ext.autodoc``, ``autosummary``, …), which is never imported.

Where the source lies below the document's root, docstrings and signatures are read from its syntax tree.  If
not, names, arguments and what the page itself says of an object are shown, and that docstrings are
missing is reported once per page.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, ClassVar

from docutils import nodes
from docutils.statemachine import StringList

from ..frozen import dataclass
from ..patterns import lazy
from ..rst import source
from ..rst.directive import RstDirective
from ..rst.docstrings import to_rst
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
OPTIONS = (
    "undoc-members",
    "private-members",
    "special-members",
    "show-inheritance",
    "member-order",
    "no-index",
)
GROUPS = ("exception", "class", "function", "method", "property", "attribute", "data", "type")
MEMBERS = frozenset({"py:method", "py:attribute", "py:property"})
DESCRIBED = lazy(r":(?:param|parameter|arg|keyword)[ \t]+([^:\s][^:\n]*):")
TYPED = lazy(r":(?:kw)?type (\w+):")
SIGNATURE = lazy(r"^(?:([\w.]+)::)?([\w.]*\.)?(\w+)\s*((?:\(|->|\[).*)?$", re.DOTALL)


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
        match = SIGNATURE.match(self.argument)
        if match is None:
            note_missing(self.env, self.name, self.lineno)
            return [nodes.paragraph("", "", nodes.literal("", self.argument)), *self.parse_content()]
        module, path = self.place(*(part or "" for part in match.groups()[:3]))
        given = match[4] or ""
        if found := source.find(self.env, module, path):
            asked = Asked(self.env, self.options, tuple(self.content))
            return parse_lines(self, documented(asked, found, given, module))
        note_missing(self.env, self.name, self.lineno)
        return self.bare(module, path + given)

    def place(self, module: str, path: str, name: str) -> tuple[str, str]:
        """Return the module and the name within it (Sphinx: ``resolve_name``)."""
        context = self.env.ref_context
        path = path.rstrip(".")
        if self.kind in MEMBERS:
            owner = path or context.get("py:class", "")
            if not module and not path:
                return context.get("py:module", ""), f"{owner}.{name}" if owner else name
            outer, _, owner = owner.rpartition(".")
            return module or outer or context.get("py:module", ""), f"{owner}.{name}" if owner else name
        if module:
            return module, f"{path}.{name}" if path else name
        return path or context.get("py:module", ""), name

    def bare(self, module: str, signature: str) -> list[nodes.Node]:
        """Describe what is known without the source."""
        env = self.env
        saved = dict(env.ref_context)
        env.ref_context["py:module"] = module
        env.ref_context["py:class"] = ""
        try:
            return delegate(self, py.DIRECTIVES[self.kind], self.kind, signature)
        finally:
            env.ref_context.replace(saved)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for with an object: options, and content of the page's own."""

    env: Env
    options: Mapping[str, Any]
    content: tuple[str, ...] = ()


def documented(asked: Asked, found: source.Found, given: str = "", module: str = "") -> list[str]:
    """Return the description of *found* as RST: directive, docstring, the page's own content, members."""
    env, options = asked.env, asked.options
    typehints = env.project.setting("autodoc_typehints", "signature")
    if typehints in {"description", "none"}:
        found = source.without_types(found)
    if isinstance(found.node, ast.ClassDef) and not found.signature:
        maker = source.inherited(env, found).get("__init__")
        maker = source.without_types(maker) if maker and typehints in {"description", "none"} else maker
        found = replace(found, signature=source.class_signature_of(maker) if maker else "")
    directive = f".. py:{found.kind}:: "
    signatures = (given,) if given else found.overloads or (found.signature,)
    lines = [directive + found.path + signatures[0]]
    lines += [" " * len(directive) + found.path + signature for signature in signatures[1:]]
    lines.append(f"   :module: {module or found.module.name}")
    lines += [f"   :{flag}:" for flag in found.flags]
    lines += [
        f"   :{name}: {value}" for name, value in (("type", found.type), ("value", found.value)) if value
    ]
    if {"noindex", "no-index"} & options.keys():
        lines.append("   :no-index:")
    body: list[str] = []
    if "show-inheritance" in options and found.bases:
        body += ["Bases: " + ", ".join(f":py:class:`{base}`" for base in found.bases), ""]
    body += [*docstring_lines(env, docstring(env, found)), "", *asked.content, ""]
    if typehints in {"description", "both"}:
        body += [*type_fields(found, body), ""]
    if found.kind in {"class", "exception"} and (wanted := wanted_members(asked, found)):
        for member in wanted:
            body += documented_member(env, member, options, module)
    return [*lines, "", *(f"   {line}" if line.strip() else "" for line in body), ""]


def documented_member(env: Env, found: source.Found, options: Mapping[str, Any], module: str) -> list[str]:
    """Return the description of a member, and of its members, as RST."""
    inherited = {key: options[key] for key in OPTIONS if key in options}
    inherited |= {"members": ""} if "members" in options else {}
    return documented(Asked(env, inherited), found, module=module)


def type_fields(found: source.Found, body: list[str]) -> Iterator[str]:
    """Yield fields with the types of arguments and result, where *body* does not give them itself."""
    text = "\n".join(body)
    described = {words.split()[-1].lstrip("\\*") for words in DESCRIBED.findall(text)}
    typed = set(TYPED.findall(text))
    for name, annotation in source.types_of(found):
        if name == "return":
            if annotation != "None" and ":rtype:" not in text:
                yield f":rtype: {annotation}"
            continue
        if name not in described:
            yield f":param {name}:"
        if name not in typed:
            yield f":type {name}: {annotation}"


def docstring(env: Env, found: source.Found) -> str:
    """Return the docstring of *found*; of a class, as ``autoclass_content`` says, that of ``__init__``."""
    wanted = env.project.setting("autoclass_content", "class")
    if found.kind not in {"class", "exception"} or wanted == "class":
        return found.docstring
    maker = next((m for m in source.members(found) if m.name == "__init__"), None)
    texts = [found.docstring] if wanted == "both" or not maker else []
    return "\n\n".join(filter(None, [*texts, maker.docstring if maker else ""]))


def docstring_lines(env: Env, text: str) -> list[str]:
    """Return a docstring as RST."""
    styled = {"sphinx.ext.napoleon", "sphinxcontrib.napoleon", "numpydoc"} & {*env.project.extensions}
    return (to_rst(text) if styled else text).expandtabs(8).split("\n")


def wanted_members(asked: Asked, found: source.Found | source.Module) -> list[source.Found]:
    """Return the members that the directive's options ask for, in the order that they or the settings say."""
    env = asked.env
    defaults = env.project.setting("autodoc_default_options", {})
    options = {**(defaults if isinstance(defaults, dict) else {}), **asked.options}
    if "members" not in options or options["members"] is False:
        return []
    named = [
        name.strip() for name in str(options["members"] or "").split(",") if name.strip() not in {"", "True"}
    ]
    excluded = {name.strip() for name in str(options.get("exclude-members") or "").split(",")}
    public = source.exported(found) if isinstance(found, source.Module) else None
    candidates = candidates_of(env, found, "inherited-members" in options)
    chosen = [m for m in candidates if m.name not in excluded and is_wanted(m, options, named, public)]
    order = options.get("member-order") or env.project.setting("autodoc_member_order", "alphabetical")
    if order == "alphabetical":
        chosen.sort(key=lambda member: member.name.lower())
    elif order == "groupwise":
        chosen.sort(key=lambda member: (GROUPS.index(member.kind), member.name.lower()))
    return chosen


def candidates_of(env: Env, found: source.Found | source.Module, with_bases: bool) -> list[source.Found]:
    """Return all members: those that ``__all__`` names, wherever they are; those of bases if asked for.

    A method without a docstring has that of the method that it overrides (``autodoc_inherit_docstrings``).
    """
    own = list(source.members(found))
    here = {member.name for member in own}
    if isinstance(found, source.Module):
        others = (
            source.find(env, found.name, name) for name in source.exported(found) or () if name not in here
        )
        return [*own, *filter(None, others)]
    above = source.inherited(env, found)
    if env.project.setting("autodoc_inherit_docstrings", True):
        own = [
            m if m.docstring or m.name not in above else replace(m, docstring=above[m.name].docstring)
            for m in own
        ]
    if with_bases:
        own += [replace(m, path=f"{found.path}.{name}") for name, m in above.items() if name not in here]
    return own


def is_wanted(
    member: source.Found, options: Mapping[str, Any], named: list[str], public: Iterable[str] | None
) -> bool:
    """Tell whether *member* is shown (Sphinx: ``filter_members``)."""
    if named:
        return member.name in named
    if public is not None and member.name not in public:
        return False
    if member.name.startswith("__") and member.name.endswith("__"):
        special = options.get("special-members")
        return special == "" or member.name in re.split(r"[,\s]+", str(special))
    if member.name.startswith("_") and "private-members" not in options:
        return False
    return bool(member.docstring.strip()) or "undoc-members" in options


def parse_lines(directive: Recipe, lines: list[str]) -> list[nodes.Node]:
    """Parse lines of RST that were made for *directive*."""
    container = nodes.Element()
    made = StringList(lines, f"{directive.name} {directive.argument}")
    state: Any = directive.state
    memo = state.memo
    titles, level = memo.title_styles, memo.section_level
    memo.title_styles, memo.section_level = [], 0
    try:
        state.nested_parse(made, directive.content_offset, container, match_titles=True)
    finally:
        memo.title_styles, memo.section_level = titles, level
    return list(container.children)


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
    """Describe a module (``automodule``): a target, its docstring, the content, its members."""

    def run(self) -> list[nodes.Node]:
        """Return the description."""
        target = delegate(self, py.DIRECTIVES["py:module"], "py:module", self.argument)
        module = source.find_module(self.env, self.argument)
        if module is None:
            note_missing(self.env, self.name, self.lineno)
            return target
        lines = [*docstring_lines(self.env, source.module_docstring(module)), ""]
        for member in wanted_members(Asked(self.env, self.options), module):
            lines += documented_member(self.env, member, self.options, module.name)
        return [*target, *parse_lines(self, lines)]


class AutoSummary(Recipe):
    """List objects with the first sentences of their docstrings (``autosummary``)."""

    def run(self) -> list[nodes.Node]:
        """Return a list of references."""
        self.begin_below()
        names = [
            line.split()[0] for line in self.content if line.strip() and not line.strip().startswith("..")
        ]
        items = [nodes.list_item("", self.entry(name)) for name in names]
        return [nodes.bullet_list("", *items, bullet="*")] if items else []

    def entry(self, name: str) -> nodes.Node:
        """Return the reference to one object and its summary; ``~`` shows the last part of its name."""
        target = name.removeprefix("~")
        shown = target.rpartition(".")[2] if name.startswith("~") else target
        scope = self.env.scope(PY)
        link = pending("py:obj", target, [nodes.literal("", shown)], scope=scope, line=self.lineno)
        found = next(filter(None, (source.find(self.env, *place) for place in self.places(target))), None)
        if found is None:
            note_missing(self.env, self.name, self.lineno)
        text = summary(found.docstring) if found else ""
        return nodes.paragraph("", "", link, *([nodes.Text(": "), *self.parse_inline(text)] if text else []))

    def places(self, name: str) -> Iterator[tuple[str, str]]:
        """Yield where the object may be: module and name within it."""
        full = (
            [name, f"{self.env.ref_context['py:module']}.{name}"]
            if self.env.ref_context.get("py:module")
            else [name]
        )
        for text in full:
            parts = text.split(".")
            yield from ((".".join(parts[:n]), ".".join(parts[n:])) for n in range(len(parts) - 1, 0, -1))


def summary(text: str) -> str:
    """Return the first sentence of a docstring (Sphinx: ``extract_summary``)."""
    paragraph = " ".join(text.strip().split("\n\n")[0].split())
    match = re.match(r".*?[.!?](?=\s|$)", paragraph)
    return match[0] if match else paragraph


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
