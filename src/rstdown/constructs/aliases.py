"""C and C++ declarations shown again elsewhere on their page (``c:alias``, ``cpp:alias``)."""

from __future__ import annotations

from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives

from ..markdown import nodes as md
from ..rst.directive import RstDirective
from ..rst.env import Env
from .c import C, Language, declared, names_of
from .cfamily import Token, declared_name, name_parts, tokenise, untokenise
from .cpp import CPP
from .desc import Named
from .lowering import Handler, Lowered, Lowering, line_of


class alias(nodes.General, nodes.Element):  # noqa: N801  (Sphinx: AliasNode)
    """A declaration shown again: ``signature``, ``scope``, ``language``, ``depth`` (0: all), ``noroot``."""


class Alias(RstDirective):
    """Show declarations that stand elsewhere again (``alias``)."""

    required_arguments = 1
    has_content = False
    option_spec = {"maxdepth": directives.nonnegative_int, "noroot": directives.flag}
    language: ClassVar[Language] = C

    def run(self) -> list[nodes.Node]:
        """Return a node for each declaration; lowering finds them, as they may follow."""
        found: list[nodes.Node] = []
        for line in self.arguments[0].split("\n"):
            node = alias(
                signature=line.strip(),
                scope=self.env.ref_context.get(self.language.scope, ""),
                language=self.language,
                depth=self.options.get("maxdepth", 1),
                noroot="noroot" in self.options,
            )
            self.set_source(node)
            found.append(node)
        return found


def lower_alias(node: alias, ctx: Lowering) -> Lowered:
    """Show the declarations that an alias means; one that is not on the page is shown as written."""
    language, signature = node["language"], node["signature"]
    found = _find_declared(signature, node["scope"], language, ctx.env)
    if not found:
        ctx.diagnose("alias-unknown", f"no declaration of {signature!r} on this page", node)
        return md.Object(language.domain, "alias", (md.Signature(signature),), (), line_of(node))
    if node["noroot"]:
        inner = (_shown_again(one, node["depth"], language, ctx.env).children for one in found)
        return tuple(child for children in inner for child in children)
    return tuple(_shown_again(one, node["depth"], language, ctx.env) for one in found)


def _find_declared(signature: str, scope: str, language: Language, env: Env) -> list[Named]:
    """Find by name, from the innermost scope outwards; a whole declaration picks one overload."""
    tokens = tokenise(signature)
    try:
        start, end = declared_name(tokens)
    except ValueError:
        return []
    name = language.separator.join(name_parts(tokens[start:end]))
    while True:
        fullname = language.separator.join(filter(None, (scope, name)))
        found = [one for _, one in declared(env, language.domain) if fullname in names_of(one, language)]
        if found or not scope:
            break
        scope = scope.rpartition(language.separator)[0]
    if len(tokens) == end - start:
        return found
    last = name.rpartition(language.separator)[2]
    shown = untokenise([*tokens[:start], Token(last, True, True), *tokens[end:]])
    return [one for one in found if one.code == shown]


def _shown_again(named: Named, depth: int, language: Language, env: Env) -> md.Object:
    children = []
    if depth != 1:
        inner = [one for _, one in declared(env, language.domain) if one.context == named.fullname]
        children = [_shown_again(one, max(depth - 1, 0), language, env) for one in inner]
    signature = md.Signature(named.code, named.prefix, named.suffix, named.fullname)
    return md.Object(language.domain, "alias", (signature,), tuple(children))


def alias_directive(language: Language) -> type[Alias]:
    """Return the directive that shows declarations of *language* again."""
    return type("Alias", (Alias,), {"language": language})


DIRECTIVES: dict[str, Any] = {"c:alias": alias_directive(C), "cpp:alias": alias_directive(CPP)}
HANDLERS: dict[type, Handler] = {alias: lower_alias}
