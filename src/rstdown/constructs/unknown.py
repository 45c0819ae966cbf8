"""What nobody knows: kept as readable text, and reported."""

from __future__ import annotations

from functools import cache

from docutils import nodes
from docutils.utils import unescape

from ..rst.env import env_of
from .inline import Role, RoleResult
from .recipes import Recipe


class UnknownDirective(Recipe):
    """Keep what an unknown directive says: its name and argument as a bold line, then its content."""

    def run(self) -> list[nodes.Node]:
        """Return the line and the content."""
        name, env = self.name.lower(), self.env
        options = f"; its options ({', '.join(self.options)}) are not shown" if self.options else ""
        env.diagnose(
            "directive-unknown", f"unknown directive {name!r}; its content is kept{options}", self.lineno
        )
        if self.in_substitution():
            return self.argument_nodes() or [nodes.Text(name)]
        label = [nodes.Text(f"{name}: " if self.argument else name), *self.argument_nodes()]
        line = nodes.paragraph("", "", nodes.strong("", "", *label))
        self.set_source(line)
        return [line, *self.parse_content_with_sections()]


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
        return [nodes.literal(rawtext, shown(unescape(text)))], []

    return unknown_role


def shown(text: str) -> str:
    """Return what a role would show: the title of ``title <target>``, the last part of ``~a.b``."""
    title, bracket, _ = text.rpartition(" <")
    if bracket and text.endswith(">"):
        return title
    if text.startswith("~"):
        return text[1:].rpartition(".")[2]
    return text.removeprefix("!")
