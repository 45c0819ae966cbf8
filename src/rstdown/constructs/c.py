"""The C domain (Sphinx: ``sphinx.domains.c``)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.utils import unescape

from ..rst.directive import RstDirective
from ..rst.env import Env, env_of
from .cfamily import Token, declared_name, display, name_parts, spaced, tokenise
from .desc import FLAGS, Named, ObjectDirective, desc_signature, row
from .fields import FieldType
from .xref import ANONYMOUS, pending

KEYWORDS = frozenset(
    """auto break case char const continue default do double else enum extern float for goto if inline int long
    register restrict return short signed sizeof static struct switch typedef union unsigned void volatile while
    _Alignas _Alignof _Atomic _Bool _Complex _Decimal32 _Decimal64 _Decimal128 _Generic _Imaginary _Noreturn
    _Static_assert _Thread_local alignas alignof bool complex imaginary noreturn static_assert thread_local
    """.split()
)
EVERYWHERE = ("NULL", "0", "nullptr")
PARENT = "c:parent"


def expression(text: str, env: Env, code: bool = True) -> list[nodes.Node]:
    """Return an expression or type whose identifiers are references (Sphinx: ``CExprRole``)."""
    found: list[nodes.Node] = []
    plain = ""
    qualified = ""
    shown = nodes.literal if code else nodes.inline
    for gap, token in spaced(tokenise(text)):
        linked = _is_identifier(token) and not plain.endswith("->")
        if token.text != "." and not (linked and plain == "."):
            qualified = ""
        if not linked:
            plain += gap + token.text
            continue
        plain += gap
        if plain:
            found.append(shown("", plain))
            plain = ""
        qualified = f"{qualified}.{token.text}" if qualified else token.text
        found.append(
            pending(
                "c:identifier",
                qualified,
                [shown("", ANONYMOUS.sub("[anonymous]", token.text))],
                scope=env.scope((PARENT,)),
            )
        )
    return [*found, shown("", plain)] if plain else found


def _is_identifier(token: Token) -> bool:
    return token.is_word and (token.text[0].isalpha() or token.text[0] in "_@") and token.text not in KEYWORDS


FIELDS = (
    FieldType(
        "Parameters",
        ("param", "parameter", "arg", "argument"),
        ("type",),
        grouped=True,
        link_type=expression,
    ),
    FieldType("Return values", ("retvals", "retval"), grouped=True, collapse=True),
    FieldType("Returns", ("returns", "return"), has_argument=False),
    FieldType("Return type", ("rtype",), has_argument=False),
)


class CObject(ObjectDirective):
    """Describe a C declaration.

    *kind* is Sphinx's name for what is declared (``var`` and ``member`` are one), *kind_word* stands before
    what is declared by its name alone.
    """

    option_spec = {**FLAGS, "single-line-parameter-list": directives.flag}
    field_types: ClassVar[Sequence[FieldType]] = FIELDS
    domain = "c"
    kind: ClassVar[str] = ""
    kind_word: ClassVar[str] = ""

    def read_signature(self, text: str) -> Named:
        """Read a declaration; its name is qualified by the structure or namespace around it."""
        tokens = tokenise(text)
        if self.kind == "type" and tokens and tokens[0].text == "typedef":
            del tokens[0]
        start, end = declared_name(tokens, names_only=bool(self.kind_word) or self.kind == "macro")
        prefix = self.kind_word
        if self.kind == "type":
            prefix = "type" if (start, end) == (0, len(tokens)) else "typedef"
        rooted = tokens[start].text == "."
        own = list(name_parts(tokens[start:end]))
        around = "" if rooted else self.env.ref_context.get(PARENT, "")
        fullname = ".".join(filter(None, (around, *own)))
        name = Token(fullname, True, True)
        code = "".join(gap + token.text for gap, token in spaced([*tokens[:start], name, *tokens[end:]]))
        code = ANONYMOUS.sub("[anonymous]", code)
        if prefix == "typedef":
            code, prefix = f"typedef {code}", ""
        return Named(code, fullname, prefix, fullname=fullname, context=around)

    def add_targets(self, named: Named, signature: desc_signature) -> None:
        """Export the qualified name; enumerators also under the scope of their enumeration."""
        node_id = f"c.{named.name}"
        names = {named.name: f"c:{self.kind}"}
        if self.kind == "enumerator" and named.context in _enumerations(self.env):
            outer = named.context.rpartition(".")[0]
            names[".".join(filter(None, (outer, named.name.rpartition(".")[2])))] = "c:enumerator"
        if node_id in self.state.document.ids:
            return
        self.add_target(signature, node_id, names)

    @property
    def no_index(self) -> bool:
        """C objects are always indexed, as in Sphinx."""
        return False

    def enter(self, named: list[Named]) -> None:
        """Make the object the one that its content is in."""
        self._around = self.env.ref_context.get(PARENT, "")
        if named:
            self.env.ref_context[PARENT] = named[-1].name
            if self.kind == "enum":
                _enumerations(self.env).update(one.name for one in named)

    def leave(self) -> None:
        """Go back to what is around the object."""
        self.env.ref_context[PARENT] = self._around


def _enumerations(env: Env) -> set[str]:
    return env.store.setdefault("c:enumerations", set())  # type: ignore[return-value]


class CNamespace(RstDirective):
    """Say in which scope what follows is declared (``c:namespace``, ``-push``, ``-pop``)."""

    optional_arguments = 1
    has_content = False
    action: ClassVar[str] = "set"
    parent: ClassVar[str] = PARENT
    separator: ClassVar[str] = "."

    def run(self) -> list[nodes.Node]:
        """Return nothing."""
        stack: list[str] = self.env.store.setdefault(f"{self.parent} stack", [])  # type: ignore[assignment]
        name = display(self.arguments[0]) if self.arguments else ""
        name = "" if name in EVERYWHERE else name.removeprefix(self.separator)
        if self.action == "set":
            stack[:] = [name] if name else []
        elif self.action == "push" and name:
            around = self.env.ref_context.get(self.parent, "")
            stack.append(f"{around}{self.separator}{name}" if around else name)
        elif self.action == "pop" and stack:
            stack.pop()
        elif self.action == "pop":
            self.env.diagnose("namespace-pop", "there is no namespace to go back from", self.lineno)
        self.env.ref_context[self.parent] = stack[-1] if stack else ""
        return []


def expression_role(code: bool) -> Any:
    """Return the role that shows an expression with its identifiers linked (``c:expr``, ``c:texpr``)."""

    def role(
        name: str,
        rawtext: str,
        text: str,
        lineno: int,
        inliner: Any,
        options: dict[str, Any] | None = None,
        content: Sequence[str] = (),
    ) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        return expression(unescape(text), env_of(inliner.document), code), []

    return role


DIRECTIVES: dict[str, Any] = {
    "c:function": row(CObject, objtype="function", kind="function"),
    "c:macro": row(CObject, objtype="macro", kind="macro"),
    "c:member": row(CObject, objtype="member", kind="member"),
    "c:var": row(CObject, objtype="var", kind="member"),
    "c:struct": row(CObject, objtype="struct", kind="struct", kind_word="struct"),
    "c:union": row(CObject, objtype="union", kind="union", kind_word="union"),
    "c:enum": row(CObject, objtype="enum", kind="enum", kind_word="enum"),
    "c:enumerator": row(CObject, objtype="enumerator", kind="enumerator", kind_word="enumerator"),
    "c:type": row(CObject, objtype="type", kind="type"),
    "c:namespace": CNamespace,
    "c:namespace-push": type("CNamespacePush", (CNamespace,), {"action": "push"}),
    "c:namespace-pop": type("CNamespacePop", (CNamespace,), {"action": "pop"}),
}
ROLES: dict[str, Any] = {"c:expr": expression_role(True), "c:texpr": expression_role(False)}
