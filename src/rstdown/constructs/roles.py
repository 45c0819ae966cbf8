"""Directives that say what names mean: ``role``, ``default-role``, ``default-domain``."""

from __future__ import annotations

from typing import Any, cast

from docutils import nodes
from docutils.parsers.rst import Directive, directives
from docutils.parsers.rst.roles import CustomRole, generic_custom_role
from docutils.parsers.rst.states import MarkupError

from ..patterns import lazy
from ..rst.directive import RstDirective
from ..rst.env import Env

DEFINITION = lazy(r"^(?P<name>[\w.:+-]+)\s*(?:\(\s*(?P<base>[\w.:+-]+)\s*\)\s*)?$")


def local_roles(env: Env) -> dict[str, Any]:
    """Return the roles that this document has defined; the empty name is its default role."""
    return cast(dict[str, Any], env.store.setdefault("roles", {}))


class RoleDirective(RstDirective):
    """Define a role for the rest of the document (docutils: ``role``), never for the process."""

    def run(self) -> list[nodes.Node]:
        """Return nothing."""
        begins = bool(self.content) and self.content_offset <= self.lineno
        match = DEFINITION.match(self.content[0].strip()) if begins else None
        if match is None:
            raise self.error(
                f'"{self.name}" needs the name of a role, and a base role in parentheses at most'
            )
        base: Any = generic_custom_role
        if match["base"]:
            base = self.state.memo.vocabulary.role(match["base"], self.env)
        name = match["name"].lower()
        local_roles(self.env)[name] = CustomRole(name, base, self.role_options(base, name), None)
        return []

    def role_options(self, base: Any, name: str) -> dict[str, Any]:
        """Read the options below the definition, those that *base* understands."""
        spec = {"class": directives.class_option} | (getattr(base, "options", None) or {})
        reader = type("RoleOptions", (Directive,), {"option_spec": spec})
        try:
            state: Any = self.state
            options = state.parse_directive_block(self.content[1:], self.content_offset, reader, {})[1]
        except MarkupError as error:
            raise self.error(f'"{self.name}": {error}') from None
        options.setdefault("class", [nodes.make_id(name)])
        return cast(dict[str, Any], options)


class DefaultRole(RstDirective):
    """Say what text in single backquotes means from here on (docutils: ``default-role``)."""

    optional_arguments = 1
    has_content = False

    def run(self) -> list[nodes.Node]:
        """Return nothing."""
        roles = local_roles(self.env)
        if self.arguments:
            roles[""] = self.state.memo.vocabulary.role(self.arguments[0], self.env)
        else:
            roles.pop("", None)
        return []


class DefaultDomain(RstDirective):
    """Say to which domain names without one belong from here on (Sphinx: ``default-domain``)."""

    required_arguments = 1
    has_content = False

    def run(self) -> list[nodes.Node]:
        """Return nothing."""
        name = self.arguments[0].lower()
        self.env.default_domain = "" if name == "none" else name
        return []


DIRECTIVES: dict[str, Any] = {
    "role": RoleDirective,
    "default-role": DefaultRole,
    "default-domain": DefaultDomain,
}
