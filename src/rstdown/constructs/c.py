"""The C domain (Sphinx: ``sphinx.domains.c``), and what the C++ domain shares with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, NamedTuple

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.utils import unescape

from ..markdown import nodes as md
from ..rst.directive import RstDirective
from ..rst.env import Env, env_of
from .cfamily import Token, declared_name, name_parts, spaced, tokenise
from .desc import FLAGS, Named, ObjectDirective, desc_signature, row
from .fields import FieldType, Linker
from .xref import ANONYMOUS, pending

SPECIFIERS = """
const volatile restrict struct union enum class typename static inline extern virtual explicit friend
constexpr register mutable thread_local typedef using
"""
KEYWORDS = """
auto break case char const continue default do double else enum extern float for goto if inline int
long register restrict return short signed sizeof static struct switch typedef union unsigned void
volatile while _Alignas _Alignof _Atomic _Bool _Complex _Decimal32 _Decimal64 _Decimal128 _Generic
_Imaginary _Noreturn _Static_assert _Thread_local alignas alignof bool complex imaginary noreturn
static_assert thread_local
"""
BEFORE_TYPES = frozenset(["", "(", ",", "<", *SPECIFIERS.split()])
EVERYWHERE = ("NULL", "0", "nullptr")


class Language(NamedTuple):
    """What tells C and C++ apart here; *scope* is the key of the reference context."""

    domain: str
    separator: str
    scope: str
    keywords: frozenset[str]


C = Language(
    "c",
    ".",
    "c:parent",
    frozenset(KEYWORDS.split()),
)


# -- expressions ----------------------------------------------------------------------------------


def expression(text: str, env: Env, language: Language, code: bool = True) -> list[nodes.Node]:
    """Return an expression or type whose identifiers are references (Sphinx: ``CExprRole``)."""
    shown = nodes.literal if code else nodes.inline
    found: list[nodes.Node] = []
    plain = qualified = ""
    for gap, token in spaced(tokenise(text), is_expression=True):
        if not _is_identifier(token, language) or plain.endswith(("->", " .")):
            plain += gap + token.text
            qualified = qualified if token.text == language.separator else ""
            continue
        if plain + gap:
            found.append(shown("", plain + gap))
        qualified += (language.separator if qualified else "") + token.text
        title = _shown_name(token.text)
        scope = env.scope((language.scope,))
        found.append(pending(f"{language.domain}:identifier", qualified, [shown("", title)], scope=scope))
        plain = ""
    return [*found, shown("", plain)] if plain else found


def _is_identifier(token: Token, language: Language) -> bool:
    first = token.text[0]
    if not token.is_word or token.text in language.keywords or not (first.isalpha() or first in "_@"):
        return False
    return "'" not in token.text and '"' not in token.text


def _shown_name(text: str) -> str:
    """Return *text* with anonymous entities in it under the name that they are shown by."""
    return ANONYMOUS.sub("[anonymous]", text) if "@" in text else text


def with_targets(tokens: list[Token], declared: range, language: Language) -> list[Token]:
    """Note which tokens name types: those where a type may begin, and what a *declared* name belongs to."""
    out: list[Token] = []
    qualified = previous = ""
    for index, token in enumerate(tokens):
        if token.text == language.separator:
            out.append(token)
        elif (
            index != declared[-1]
            and _is_identifier(token, language)
            and (
                index == declared[0]
                or (qualified if previous == language.separator else previous in BEFORE_TYPES)
            )
        ):
            if previous != language.separator:
                qualified = ""
            qualified += (language.separator if qualified else "") + token.text
            out.append(token._replace(target=qualified))
        else:
            qualified = ""
            out.append(token)
        previous = token.text
    return out


def scope_tokens(scope: str, separator: str) -> list[Token]:
    """Return the tokens of a scope in front of a name in it; no references, as it stands right above."""
    out: list[Token] = []
    for part in scope.split(separator):
        out += [Token(part, True, not out), Token(separator, False, False)]
    return out


def type_references(language: Language) -> Linker:
    """Return what turns the text of a type into references."""
    return lambda text, env: expression(text, env, language)


def expression_role(language: Language, code: bool) -> Any:
    """Return the role that shows an expression with its identifiers linked (``expr``, ``texpr``)."""

    def role(
        name: str,
        rawtext: str,
        text: str,
        lineno: int,
        inliner: Any,
        options: dict[str, Any] | None = None,
        content: Sequence[str] = (),
    ) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        found = expression(unescape(text), env_of(inliner.document), language, code)
        for node in found:
            node.line = lineno
        return found, []

    return role


# -- declarations ---------------------------------------------------------------------------------


class Declaration(ObjectDirective):
    """Describe a C or C++ declaration.

    *kind* is Sphinx's name for what is declared (``var`` and ``member`` are one); *kind_word* stands before
    declarations that start with the name they declare (``struct``).  Where it *qualifies*, what the name
    belongs to is shown, as in ``int Point.x``: only for members, as nothing else in C has such a name.
    """

    option_spec = {**FLAGS, "single-line-parameter-list": directives.flag}
    language: ClassVar[Language] = C
    kind: ClassVar[str] = ""
    kind_word: ClassVar[str] = ""
    qualifies: ClassVar[bool] = False
    scopes_enumerators: ClassVar[bool] = False

    @property
    def no_index(self) -> bool:
        """Declarations are always indexed, as in Sphinx."""
        return False

    def read_signature(self, text: str) -> Named:
        """Read a declaration; its name is qualified by what is around it."""
        tokens = self.prepare(tokenise(text))
        start, end = declared_name(tokens, names_only=bool(self.kind_word) or self.kind == "macro")
        separator = self.language.separator
        rooted = tokens[start].text == separator
        own = list(name_parts(tokens[start:end]))
        around = "" if rooted else self.env.ref_context.get(self.language.scope, "")
        fullname = separator.join(filter(None, (around, *own)))
        prefix = self.words_before(tokens, start, end)
        if not self.kind_word and self.kind != "macro":
            tokens = with_targets(tokens, range(start, end), self.language)
        if self.qualifies and around and "@" not in fullname:
            tokens[start:start] = scope_tokens(around, separator)
        tokens, prefix = self.show(tokens, prefix)
        shown = spaced(tokens)
        named = Named(
            _shown_name("".join([gap + token.text for gap, token in shown])),
            fullname,
            prefix,
            fullname=fullname,
            context=around,
            children=tuple(self._children(shown)),
        )
        declared(self.env, self.domain).append((self.objtype, named))
        return named

    def prepare(self, tokens: list[Token]) -> list[Token]:
        """Take off what Sphinx does not show as written."""
        return tokens[1:] if self.kind == "type" and tokens and tokens[0].text == "typedef" else tokens

    def words_before(self, tokens: list[Token], start: int, end: int) -> str:
        """Return the kind words: a type declared by its name alone is a ``type``, others a ``typedef``."""
        if self.kind == "type":
            return "type" if (start, end) == (0, len(tokens)) else "typedef"
        return self.kind_word

    def show(self, tokens: list[Token], prefix: str) -> tuple[list[Token], str]:
        """Return the code that is shown, and the kind words outside it."""
        return ([Token("typedef", True, True), *tokens], "") if prefix == "typedef" else (tokens, prefix)

    def _children(self, shown: list[tuple[str, Token]]) -> Iterator[md.Phrasing]:
        """Yield the code with its types as references."""
        scope, plain = self.env.scope((self.language.scope,)), ""
        for gap, token in shown:
            text = _shown_name(token.text)
            if not token.target:
                plain += gap + text
                continue
            if plain + gap:
                yield md.InlineCode(plain + gap)
            plain = ""
            role = f"{self.domain}:identifier"
            yield md.Xref(role, token.target, (md.InlineCode(text),), scope=scope, line=self.lineno)
        if plain:
            yield md.InlineCode(plain)

    def node_id(self, named: Named) -> str:
        """Return the id of a declaration."""
        return f"c.{named.name}"

    def add_targets(self, named: Named, signature: desc_signature) -> None:
        """Export the qualified name; enumerators also in the scope around their enumeration."""
        node_id = self.node_id(named)
        if node_id in self.state.document.ids:
            return
        role = f"{self.domain}:{self.kind}"
        names = dict.fromkeys(names_of(named, self.language), role)
        if self.kind == "enumerator" and named.context in self._enumerations():
            separator = self.language.separator
            outer = named.context.rpartition(separator)[0]
            names[separator.join(filter(None, (outer, named.name.rpartition(separator)[2])))] = role
        self.add_target(signature, node_id, names)

    def enter(self, named: list[Named]) -> None:
        """Make the object the one that its content is in."""
        self._around = self.env.ref_context.get(self.language.scope, "")
        if named:
            self.env.ref_context[self.language.scope] = named[-1].name
            if self.kind == "enum" and not self.scopes_enumerators:
                self._enumerations().update(one.name for one in named)

    def leave(self) -> None:
        """Go back to what is around the object."""
        self.env.ref_context[self.language.scope] = self._around

    def _enumerations(self) -> set[str]:
        key = f"{self.domain}:enumerations"
        return self.env.store.setdefault(key, set())  # type: ignore[return-value]


class Namespace(RstDirective):
    """Say in which scope what follows is declared (``namespace``, ``namespace-push``, ``namespace-pop``)."""

    optional_arguments = 1
    has_content = False
    action: ClassVar[str] = "set"
    language: ClassVar[Language] = C

    def run(self) -> list[nodes.Node]:
        """Return nothing."""
        scope, separator = self.language.scope, self.language.separator
        stack: list[str] = self.env.store.setdefault(f"{scope} stack", [])  # type: ignore[assignment]
        name = self._name()
        if self.action == "set":
            stack[:] = [name] if name else []
        elif self.action == "push" and name:
            stack.append(separator.join(filter(None, (self.env.ref_context.get(scope), name))))
        elif self.action == "pop" and stack:
            stack.pop()
        elif self.action == "pop":
            self.env.diagnose("namespace-pop", "there is no namespace to go back from", self.lineno)
        self.env.ref_context[scope] = stack[-1] if stack else ""
        return []

    def _name(self) -> str:
        if not self.arguments or self.arguments[0].strip() in EVERYWHERE:
            return ""
        tokens = tokenise(self.arguments[0])
        try:
            start, end = declared_name(tokens, names_only=True)
        except ValueError:
            self.env.diagnose("namespace-unread", f"not a namespace: {self.arguments[0]}", self.lineno)
            return ""
        return self.language.separator.join(name_parts(tokens[start:end]))


def namespace(language: Language, action: str) -> type[Namespace]:
    """Return the directive that changes the scope of *language*; *action* is set, push or pop."""
    return type("Namespace", (Namespace,), {"language": language, "action": action})


def declared(env: Env, domain: str) -> list[tuple[str, Named]]:
    """Return what is declared on the page, in order, as (object type, declaration)."""
    return env.store.setdefault(f"{domain}:declared", [])  # type: ignore[return-value]


def names_of(named: Named, language: Language) -> tuple[str, str]:
    """Return the qualified name, and the same without the anonymous entities that it passes through."""
    parts = named.fullname.split(language.separator)
    bare = [part for part in parts[:-1] if not part.startswith("@")]
    return named.fullname, language.separator.join([*bare, parts[-1]])


# -- the tables -----------------------------------------------------------------------------------

FIELDS = (
    FieldType(
        "Parameters",
        ("param", "parameter", "arg", "argument"),
        ("type",),
        grouped=True,
        link_type=type_references(C),
    ),
    FieldType("Return values", ("retvals", "retval"), grouped=True, collapse=True),
    FieldType("Returns", ("returns", "return"), has_argument=False),
    FieldType("Return type", ("rtype",), has_argument=False),
)


def _c(objtype: str, kind: str = "", **attributes: Any) -> type[ObjectDirective]:
    return row(Declaration, domain="c", objtype=objtype, kind=kind or objtype, **attributes)


DIRECTIVES: dict[str, Any] = {
    "c:function": _c("function", field_types=FIELDS),
    "c:macro": _c("macro", field_types=FIELDS),
    "c:member": _c("member", qualifies=True),
    "c:var": _c("var", "member"),
    "c:struct": _c("struct", kind_word="struct"),
    "c:union": _c("union", kind_word="union"),
    "c:enum": _c("enum", kind_word="enum"),
    "c:enumerator": _c("enumerator", kind_word="enumerator"),
    "c:type": _c("type"),
    "c:namespace": namespace(C, "set"),
    "c:namespace-push": namespace(C, "push"),
    "c:namespace-pop": namespace(C, "pop"),
}
ROLES: dict[str, Any] = {"c:expr": expression_role(C, True), "c:texpr": expression_role(C, False)}
