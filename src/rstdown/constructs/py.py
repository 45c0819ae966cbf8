"""The Python domain: one row for each directive (Sphinx: ``sphinx.domains.python``)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar, TypeAlias

from docutils import nodes
from docutils.parsers.rst import directives

from ..markdown import nodes as md
from ..model import Target
from ..rst.directive import RstDirective
from ..rst.env import Env
from . import py_signature
from .desc import FLAGS, Named, ObjectDirective, desc_signature, make_id, row
from .fields import FieldType
from .xref import pending

FLAG, TEXT = directives.flag, directives.unchanged
# Option → the word it adds before the name, in Sphinx's order.
FUNCTION_WORDS = {"async": "async"}
CLASS_WORDS = {"final": "final", "abstract": "abstract"}
METHOD_WORDS = {
    "final": "final",
    "abstract": "abstractmethod",
    "abstractmethod": "abstractmethod",
    "async": "async",
    "classmethod": "classmethod",
    "staticmethod": "static",
    "property": "property",  # until Sphinx 4
}
PROPERTY_WORDS = {"abstract": "abstract", "abstractmethod": "abstract", "classmethod": "class"}
DELIMITERS = re.compile(r"(\s*[\[\]\(\),](?:\s*o[rf]\s)?\s*|\s+o[rf]\s+|\s*\|\s*|\.\.\.)")
SCOPE = ("py:module", "py:class")
Scope: TypeAlias = tuple[tuple[str, str], ...]


def type_references(reftype: str) -> Any:
    """Return what turns the text of a type into references (Sphinx: ``PyXrefMixin``).

    Each name in ``dict[str, int] or None`` is a reference of the kind *reftype*; punctuation and what is
    within ``Literal[…]`` are not.
    """

    def link(text: str, env: Env) -> list[nodes.Node]:
        found: list[nodes.Node] = []
        in_literal = False
        for part in filter(None, DELIMITERS.split(" ".join(text.split()))):
            if in_literal or DELIMITERS.match(part):
                found.append(nodes.literal("", part))
            else:
                found.append(_type_reference(part, reftype, env))
            in_literal = in_literal or part in {"Literal", "typing.Literal", "~typing.Literal"}
        return found

    return link


def _type_reference(text: str, reftype: str, env: Env) -> nodes.Node:
    shown, target = py_signature.shown_type(text), py_signature.type_target(text)
    if shown != target and (target == "None" or target.startswith("typing.")):
        reftype = "obj"
    scope = (*env.scope(SCOPE), ("refspecific", "true"))
    return pending(f"py:{reftype}", target, [nodes.literal("", shown)], scope=scope)


FIELDS = (
    FieldType(
        "Parameters",
        ("param", "parameter", "arg", "argument", "keyword", "kwarg", "kwparam"),
        ("paramtype", "type"),
        grouped=True,
        collapse=True,
        link_type=type_references("class"),
    ),
    FieldType(
        "Variables",
        ("var", "ivar", "cvar"),
        ("vartype",),
        grouped=True,
        collapse=True,
        link_type=type_references("class"),
    ),
    FieldType(
        "Raises",
        ("raises", "raise", "exception", "except"),
        grouped=True,
        collapse=True,
        link_argument=type_references("exc"),
    ),
    FieldType("Returns", ("returns", "return"), has_argument=False),
    FieldType("Return type", ("rtype",), has_argument=False, link_body=type_references("class")),
)
# ``sphinx.ext.napoleon`` shows keyword arguments apart (its ``_patch_python_domain``).
NAPOLEON_FIELDS = (
    replace(FIELDS[0], names=FIELDS[0].names[:4]),
    *FIELDS[1:],
    FieldType(
        "Keyword Arguments",
        ("keyword", "kwarg", "kwparam"),
        ("paramtype", "kwtype"),
        grouped=True,
        collapse=True,
        link_type=type_references("obj"),
    ),
)


class PyObject(ObjectDirective):
    """Describe a Python object.

    *kind_word* stands before the name (``class``), *words* maps options to the words that they add before
    that, *always* names options that the directive itself stands for, *lead* is a word before all others;
    *sigil* is ``@`` for decorators; *callable_* adds ``()`` where no arguments are given; *nests* makes it
    the class that objects in its content belong to.
    """

    option_spec = {
        **FLAGS,
        "single-line-parameter-list": FLAG,
        "single-line-type-parameter-list": FLAG,
        "module": TEXT,
        "canonical": TEXT,
        "annotation": TEXT,
    }
    field_types = FIELDS
    domain = "py"
    kind_word: ClassVar[str] = ""
    words: ClassVar[dict[str, str]] = {}
    always: ClassVar[tuple[str, ...]] = ()
    lead: ClassVar[str] = ""
    sigil: ClassVar[str] = ""
    callable_: ClassVar[bool] = False
    nests: ClassVar[bool] = False

    @property
    def module(self) -> str:
        """The module that the object is in; empty if none is known."""
        return str(self.options.get("module", self.env.ref_context.get("py:module", "")))

    def read_signature(self, text: str) -> Named:
        """Read a signature; its name is qualified by the class and the module around it.

        Where a signature above has the same name, it is what Sphinx shows, without the class around it.
        """
        parts = py_signature.parse_signature(text)
        env, module = self.env, self.module
        around = env.ref_context.get("py:class", "")
        prefix = parts.prefix
        name = prefix + parts.name
        if around and (prefix == around or prefix.startswith(f"{around}.")):
            prefix = prefix[len(around) :].lstrip(".")
        elif around:
            name = f"{around}.{name}"
        qualified = f"{module}.{name}" if module else name
        shown = qualified if env.project.add_module_names else name
        short = prefix + parts.name if around or prefix else shown
        if name in self.names:
            shown = short  # the full name stands right above
        marked = self.sigil + shown + self._after_name(parts)
        words = self._words_before()
        if not py_signature.has_types(marked):
            return Named(marked, name, words, "", qualified, short, prefix)
        setting = env.project.setting
        marked = py_signature.displayed(
            marked,
            short_literals=bool(setting("python_display_short_literal_types")),
            unqualified=bool(setting("python_use_unqualified_type_names")),
        )
        code = py_signature.plain(marked)
        # Sphinx sets ``refspecific`` on types in signatures, so that they are searched for in all modules.
        scope = (*env.scope(SCOPE), ("refspecific", "true"))
        children = [_signature_part(piece, scope, self.lineno) for piece in py_signature.pieces(marked)]
        return Named(code, name, words, "", qualified, short, prefix, children)

    def _words_before(self) -> str:
        if not self.options and not self.always:
            return f"{self.lead} {self.kind_word}".strip()
        options = {*self.options, *self.always}
        words = dict.fromkeys(word for option, word in self.words.items() if option in options)
        return " ".join(filter(None, (self.lead, *words, self.kind_word)))

    def _after_name(self, parts: py_signature.PySignature) -> str:
        out = ""
        if parts.type_parameters:
            out += f"[{py_signature.format_type_parameters(parts.type_parameters)}]"
        if parts.arguments:
            out += f"({py_signature.format_arguments(parts.arguments)})"
        elif self.callable_ and "property" not in self.options:
            out += "()"
        if parts.returns:
            out += f" -> {py_signature.format_annotation(parts.returns)}"
        if not self.options:
            return out
        if annotation := self.options.get("annotation"):
            out += f" {annotation}"
        if (of_type := self.options.get("type")) and "type" in self.option_spec:
            out += f": {py_signature.format_annotation(of_type)}"
        if (value := self.options.get("value")) and "value" in self.option_spec:
            out += f" = {value}"
        if (canonical := self.options.get("canonical")) and self.objtype == "type":
            out += f" = {py_signature.format_annotation(canonical)}"
        return out

    def add_targets(self, named: Named, signature: desc_signature) -> None:
        """Export the qualified name, and the canonical one."""
        node_id = make_id(self.env, self.state.document, "", named.fullname)
        names = {named.fullname: f"py:{self.objtype}"}
        if (canonical := self.options.get("canonical")) and self.objtype != "type":
            names[canonical] = f"py:{self.objtype}"
        self.add_target(signature, node_id, names)

    def fields(self) -> Sequence[FieldType]:
        """Return the kinds of info fields, which depend on an extension."""
        return NAPOLEON_FIELDS if "sphinx.ext.napoleon" in self.env.project.extensions else FIELDS

    def enter(self, named: list[Named]) -> None:
        """Make a class, or the class that a signature names, the one that the content is in."""
        prefix = ""
        if named:
            prefix = named[-1].name if self.nests else named[-1].context.strip(".")
        if prefix:
            self.env.ref_context["py:class"] = prefix
            if self.nests:
                _classes(self.env).append(prefix)
        self._module_around = self.env.ref_context.get("py:module", "")
        if "module" in self.options:
            self.env.ref_context["py:module"] = self.options["module"]

    def leave(self) -> None:
        """Go back to the enclosing class and module."""
        classes = _classes(self.env)
        if self.nests and classes:
            classes.pop()
        self.env.ref_context["py:class"] = classes[-1] if classes else ""
        if "module" in self.options:
            self.env.ref_context["py:module"] = self._module_around


def _signature_part(piece: py_signature.Piece, scope: Scope, line: int) -> md.Phrasing:
    """Return a piece of a signature as code, or as a reference to the type that it names."""
    code = md.InlineCode(piece.text)
    if not piece.target:
        return code
    is_object = piece.target == "None" or piece.target.startswith("typing.")
    return md.Xref("py:obj" if is_object else "py:class", piece.target, (code,), scope=scope, line=line)


def _classes(env: Env) -> list[str]:
    return env.store.setdefault("py:classes", [])  # type: ignore[return-value]


class PyModule(RstDirective):
    """Declare the module that what follows is in; references to it lead here (``py:module``)."""

    required_arguments = 1
    final_argument_whitespace = False
    option_spec = {
        **FLAGS,
        "platform": TEXT,
        "synopsis": TEXT,
        "deprecated": FLAG,
    }
    domain: ClassVar[str] = "py"

    def run(self) -> list[nodes.Node]:
        """Return an anchor, then the content."""
        name = self.arguments[0].strip()
        self.env.ref_context[f"{self.domain}:module"] = name
        content = self.parse_content_with_sections()
        if "no-index" in self.options or "noindex" in self.options:
            return content
        node_id = make_id(self.env, self.state.document, "module", name)
        target = nodes.target("", "", ids=[node_id], ismod=True)
        self.set_source(target)
        self.state.document.note_explicit_target(target)
        self.env.export(Target(f"{self.domain}:module", name, node_id, line=self.lineno))
        return [target, *content]


class PyCurrentModule(RstDirective):
    """Say which module what follows is in; references to it lead elsewhere (``py:currentmodule``)."""

    required_arguments = 1
    final_argument_whitespace = False
    has_content = False

    def run(self) -> list[nodes.Node]:
        """Return nothing."""
        name = self.arguments[0].strip()
        self.env.ref_context["py:module"] = "" if name == "None" else name
        return []


_FUNCTION = {
    "callable_": True,
    "words": FUNCTION_WORDS,
    "option_spec": {**PyObject.option_spec, "async": FLAG},
}
_METHOD = {
    "callable_": True,
    "words": METHOD_WORDS,
    "option_spec": {**PyObject.option_spec, **dict.fromkeys(METHOD_WORDS, FLAG)},
}
_VARIABLE = {"option_spec": {**PyObject.option_spec, "type": TEXT, "value": TEXT}}
_CLASS = {
    "nests": True,
    "words": CLASS_WORDS,
    "option_spec": {**PyObject.option_spec, **dict.fromkeys(CLASS_WORDS, FLAG)},
}
_PROPERTY = {
    "kind_word": "property",
    "words": PROPERTY_WORDS,
    "option_spec": {**PyObject.option_spec, **dict.fromkeys(PROPERTY_WORDS, FLAG), "type": TEXT},
}

DIRECTIVES: dict[str, Any] = {
    "py:function": row(PyObject, objtype="function", **_FUNCTION),
    "py:decorator": row(PyObject, objtype="function", **{**_FUNCTION, "callable_": False}, sigil="@"),
    "py:data": row(PyObject, objtype="data", **_VARIABLE),
    "py:class": row(PyObject, objtype="class", kind_word="class", **_CLASS),
    "py:exception": row(PyObject, objtype="exception", kind_word="exception", **_CLASS),
    "py:method": row(PyObject, objtype="method", **_METHOD),
    "py:classmethod": row(PyObject, objtype="method", always=("classmethod",), **_METHOD),
    "py:staticmethod": row(PyObject, objtype="method", always=("staticmethod",), **_METHOD),
    "py:decoratormethod": row(PyObject, objtype="method", **{**_METHOD, "callable_": False}, sigil="@"),
    "py:attribute": row(PyObject, objtype="attribute", **_VARIABLE),
    "py:property": row(PyObject, objtype="property", **_PROPERTY),
    "py:type": row(PyObject, objtype="type", kind_word="type"),
    "py:module": PyModule,
    "py:currentmodule": PyCurrentModule,
}
