"""The JavaScript domain (Sphinx: ``sphinx.domains.javascript``)."""

from __future__ import annotations

from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives

from ..rst.env import Env
from .desc import FLAGS, Named, ObjectDirective, desc_signature, make_id, row
from .fields import FieldType
from .py import PyModule
from .py_signature import format_loosely
from .xref import JS, pending


def class_reference(text: str, env: Env) -> list[nodes.Node]:
    """Return a reference to the class *text* (Sphinx: the role ``js:class``)."""
    target = text.lstrip("~.")
    shown = target.rpartition(".")[2] if text.startswith("~") else target
    return [pending("js:class", target, [nodes.literal("", shown)], scope=env.scope(JS))]


CALLABLE_FIELDS = (
    FieldType(
        "Arguments",
        ("argument", "arg", "parameter", "param"),
        ("paramtype", "type"),
        grouped=True,
        link_type=class_reference,
    ),
    FieldType("Throws", ("throws",), grouped=True, collapse=True, link_argument=class_reference),
    FieldType("Returns", ("returns", "return"), has_argument=False),
    FieldType("Return type", ("rtype",), has_argument=False),
)


class JSObject(ObjectDirective):
    """Describe a JavaScript object; *callable_* ones have arguments, *nests* ones contain others."""

    option_spec = {**FLAGS, "single-line-parameter-list": directives.flag}
    domain = "js"
    kind_word: ClassVar[str] = ""
    callable_: ClassVar[bool] = False
    nests: ClassVar[bool] = False

    def read_signature(self, text: str) -> Named:
        """Read a name, qualified by the object or module around it, and its arguments."""
        text = text.strip()
        member, _, arguments = text.partition("(") if text.endswith(")") else (text, "", "")
        around = self.env.ref_context.get("js:object", "")
        module = self.env.ref_context.get("js:module", "")
        member = member.strip()
        name = f"{around}.{member}" if around else member
        qualified = f"{module}.{name}" if module else name
        shown = f"({format_loosely(arguments[:-1].strip())})" if self.callable_ else ""
        return Named(
            qualified + shown, name, self.kind_word, fullname=qualified, context=name.rpartition(".")[0]
        )

    def add_targets(self, named: Named, signature: desc_signature) -> None:
        """Export the qualified name."""
        node_id = make_id(self.env, self.state.document, "", named.fullname)
        self.add_target(signature, node_id, {named.fullname: f"js:{self.objtype}"})

    def enter(self, named: list[Named]) -> None:
        """Make a class, or the object that a signature names, the one that the content is in."""
        prefix = (named[-1].name if self.nests else named[-1].context) if named else ""
        if prefix:
            self.env.ref_context["js:object"] = prefix
            if self.nests:
                _objects(self.env).append(prefix)

    def leave(self) -> None:
        """Go back to the enclosing object."""
        objects = _objects(self.env)
        if self.nests and objects:
            objects.pop()
        self.env.ref_context["js:object"] = objects[-1] if objects else ""


def _objects(env: Env) -> list[str]:
    return env.store.setdefault("js:objects", [])  # type: ignore[return-value]


class JSModule(PyModule):
    """Declare the module that what follows is in (``js:module``)."""

    domain = "js"


_CALLABLE: dict[str, Any] = {"callable_": True, "field_types": CALLABLE_FIELDS}
DIRECTIVES: dict[str, Any] = {
    "js:function": row(JSObject, objtype="function", **_CALLABLE),
    "js:method": row(JSObject, objtype="method", **_CALLABLE),
    "js:class": row(JSObject, objtype="class", kind_word="class", nests=True, **_CALLABLE),
    "js:data": row(JSObject, objtype="data"),
    "js:attribute": row(JSObject, objtype="attribute"),
    "js:module": JSModule,
}
