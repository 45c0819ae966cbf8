"""The C++ domain (Sphinx: ``sphinx.domains.cpp``).

Declarations are shown as written, their white space normalised; ids are Sphinx's where they do not depend on
the types of parameters or on templates, else made of the name.
"""

from __future__ import annotations

from typing import Any

from docutils.parsers.rst import directives

from .c import Declaration, Language, declared, expression_role, namespace, type_references
from .cfamily import Token, after_templates
from .desc import FLAGS, Named, ObjectDirective, desc_signature, make_id, row
from .fields import FieldType

KEYWORDS = """
alignas alignof and and_eq asm auto bitand bitor bool break case catch class compl concept continue
char char8_t char16_t char32_t const const_cast consteval constexpr constinit decltype default
delete do double dynamic_cast else enum explicit export extern false float for friend goto if inline
int long mutable namespace new noexcept not not_eq nullptr operator or or_eq private protected
public register reinterpret_cast requires return short signed sizeof static static_assert
static_cast struct switch template this thread_local throw true try typedef typeid typename union
unsigned using virtual void volatile wchar_t while xor xor_eq
"""
CPP = Language(
    "cpp",
    "::",
    "cpp:parent",
    frozenset(KEYWORDS.split()),
)
VISIBILITIES = {"public", "protected", "private"}
TEMPLATE_FIELD = FieldType("Template Parameters", ("tparam",), grouped=True, collapse=True)
FIELDS = (TEMPLATE_FIELD,)
FUNCTION_FIELDS = (
    TEMPLATE_FIELD,
    FieldType("Parameters", ("param", "parameter", "arg", "argument"), grouped=True, collapse=True),
    FieldType(
        "Throws",
        ("throws", "throw", "exception"),
        grouped=True,
        collapse=True,
        link_argument=type_references(CPP),
    ),
    FieldType("Return values", ("retvals", "retval"), grouped=True, collapse=True),
    FieldType("Returns", ("returns", "return"), has_argument=False),
)


class CppDeclaration(Declaration):
    """Describe a C++ declaration; its name is shown as written, because its classes may be templates."""

    option_spec = {
        **FLAGS,
        "tparam-line-spec": directives.flag,
        "single-line-parameter-list": directives.flag,
    }
    field_types = FIELDS
    domain = "cpp"
    language = CPP

    def prepare(self, tokens: list[Token]) -> list[Token]:
        """Take off ``public``, and ``typedef`` or ``using`` that the directive stands for."""
        if tokens and tokens[0].text == "public":
            tokens = tokens[1:]
        at = after_templates(tokens)
        if self.kind == "type" and at < len(tokens) and tokens[at].text in {"typedef", "using"}:
            tokens = [*tokens[:at], *tokens[at + 1 :]]
        return tokens

    def words_before(self, tokens: list[Token], start: int, end: int) -> str:
        """Return the kind words: types are ``using A = B``, ``typedef``, or a ``type`` known by name."""
        if self.kind != "type":
            return self.kind_word
        if any(token.text == "=" for token in tokens[end : end + 1]):
            return "using"
        return "type" if (start, end) == (after_templates(tokens), len(tokens)) else "typedef"

    def show(self, tokens: list[Token], prefix: str) -> tuple[list[Token], str]:
        """Put the kind words behind templates and visibility, where C++ has them."""
        at = after_templates(tokens)
        if at < len(tokens) and tokens[at].text in VISIBILITIES:
            at += 1
        words = [Token(word, True, True) for word in prefix.split()]
        if at or prefix in {"using", "typedef"}:
            return [*tokens[:at], *words, *tokens[at:]], ""
        return tokens, prefix

    def add_targets(self, named: Named, signature: desc_signature) -> None:
        """Export the qualified name; overloads each have an id of their own, references lead to the first."""
        if self.kind == "function" or "<" in named.name:
            node_id = make_id(self.env, self.state.document, "cpp", named.name)
            first = [one.name for _, one in declared(self.env, "cpp")].count(named.name) == 1
            self.add_target(signature, node_id, {named.name: f"cpp:{self.kind}"} if first else {})
        else:
            super().add_targets(named, signature)

    def node_id(self, named: Named) -> str:
        """Return Sphinx's id, which follows the names of the Itanium C++ ABI."""
        parts = [f"{len(part)}{part}" for part in named.name.split("::")]
        return f"_CPPv4{parts[0]}" if len(parts) == 1 else f"_CPPv4N{''.join(parts)}E"


def _cpp(objtype: str, kind: str = "", **attributes: Any) -> type[ObjectDirective]:
    return row(CppDeclaration, objtype=objtype, kind=kind or objtype, **attributes)


DIRECTIVES: dict[str, Any] = {
    "cpp:class": _cpp("class", kind_word="class"),
    "cpp:struct": _cpp("struct", "class", kind_word="struct"),
    "cpp:union": _cpp("union", kind_word="union"),
    "cpp:function": _cpp("function", field_types=FUNCTION_FIELDS),
    "cpp:member": _cpp("member"),
    "cpp:var": _cpp("var", "member"),
    "cpp:type": _cpp("type"),
    "cpp:concept": _cpp("concept", kind_word="concept"),
    "cpp:enum": _cpp("enum", kind_word="enum"),
    "cpp:enum-struct": _cpp("enum-struct", "enum", kind_word="enum struct", scopes_enumerators=True),
    "cpp:enum-class": _cpp("enum-class", "enum", kind_word="enum class", scopes_enumerators=True),
    "cpp:enumerator": _cpp("enumerator", kind_word="enumerator"),
    "cpp:namespace": namespace(CPP, "set"),
    "cpp:namespace-push": namespace(CPP, "push"),
    "cpp:namespace-pop": namespace(CPP, "pop"),
}
ROLES: dict[str, Any] = {"cpp:expr": expression_role(CPP, True), "cpp:texpr": expression_role(CPP, False)}
