"""What nobody knows: kept as readable text, and reported."""

from __future__ import annotations

import re
from functools import cache

from docutils import nodes
from docutils.utils import unescape

from ..rst.directive import RstDirective
from ..rst.env import env_of
from .desc import GenericObject, Named, desc_signature, make_id, row
from .external import URL
from .inline import Role, RoleResult
from .recipes import AnyOptions, Recipe
from .xref import pending, split_title


class UnknownDirective(Recipe):
    """Keep what an unknown directive says: its name and argument as a bold line, then its content."""

    def run(self) -> list[nodes.Node]:
        """Return the line and the content."""
        name, env = self.name.lower(), self.env
        inline = self.in_substitution()
        named = [option for option in self.options if not (inline and option == "alt")]  # docutils adds that
        options = f"; its options ({', '.join(named)}) are not shown" if named else ""
        env.diagnose(
            "directive-unknown", f"unknown directive {name!r}; its content is kept{options}", self.lineno
        )
        if inline:
            return self.inline_nodes() or [nodes.Text(name)]
        label = [nodes.Text(f"{name}: " if self.argument else name), *self.argument_nodes()]
        line = nodes.paragraph("", "", nodes.strong("", "", *label))
        self.set_source(line)
        return [line, *self.parse_content_with_sections()]


class UnknownObject(GenericObject):
    """Describe what a directive of an unknown domain (``php:class``) describes, as any object."""

    required_arguments = 0
    optional_arguments = 1
    option_spec = AnyOptions()

    def run(self) -> list[nodes.Node]:
        """Return the description."""
        self.env.diagnose(
            "directive-unknown",
            f"unknown directive {self.name.lower()!r}; read as the description of an object",
            self.lineno,
        )
        return super().run() if self.arguments else self.parse_content_with_sections()

    def add_targets(self, named: Named, signature: desc_signature) -> None:
        """Export the name, alone and with its parameters: nobody knows where it ends."""
        node_id = make_id(self.env, self.state.document, self.objtype, named.name)
        names = (named.name, re.split(r"[\s(<\[]", named.name)[0])
        self.add_target(
            signature, node_id, dict.fromkeys(filter(None, names), f"{self.domain}:{self.objtype}")
        )


@cache
def directive_class(name: str) -> type[RstDirective]:
    """Return the catch-all for the directive *name*."""
    domain, colon, objtype = name.partition(":")
    if not colon or not objtype:
        return UnknownDirective
    return row(UnknownObject, domain=domain, objtype=objtype)


@cache
def role_function(name: str) -> Role:
    """Return the catch-all for the role *name*: its text as code, its title if it has one."""

    def unknown_role(
        role: str,
        rawtext: str,
        text: str,
        lineno: int,
        inliner: object,
        options: object = None,
        content: object = (),
    ) -> RoleResult:
        env = env_of(inliner.document)  # type: ignore[attr-defined]
        env.diagnose("role-unknown", f"unknown role {name!r}; its text is kept as code", lineno)
        text = unescape(text)
        parts = split_title(text)
        node: nodes.Element = nodes.literal(rawtext, shown(text))
        if parts and URL.match(parts[1]):
            node = nodes.reference(rawtext, parts[0], refuri=parts[1])
        elif parts and ":" not in name and len(parts[0].split()) > 1:
            node = nodes.inline(rawtext, parts[0])
        elif ":" in name and not text.startswith("!"):  # may lead to an object of its domain
            target = parts[1] if parts else text.removeprefix("~").removesuffix("()")
            node = pending(name, target, [node], bool(parts), line=lineno)
        return [node], []

    return unknown_role


def shown(text: str) -> str:
    """Return what a role would show: the title of ``title <target>``, the last part of ``~a.b``."""
    if parts := split_title(text):
        return parts[0]
    if text.startswith("~"):
        return text[1:].rpartition(".")[2]
    return text.removeprefix("!")
