"""What nobody knows: kept as readable text, and reported."""

from __future__ import annotations

from functools import cache
from typing import Any

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.utils import unescape

from ..rst.directive import RstDirective
from ..rst.env import env_of


class AnyOptions(dict[str, Any]):
    """An option specification that takes every option as it stands."""

    def __getitem__(self, key: str) -> Any:
        return directives.unchanged

    def __contains__(self, key: object) -> bool:
        return True

    def __bool__(self) -> bool:
        return True


class UnknownDirective(RstDirective):
    """Keep arguments and content of a directive that is not known; its content is parsed as RST."""

    optional_arguments = 1
    option_spec = AnyOptions()
    known_as = ""

    def run(self) -> list[nodes.Node]:
        """Return the argument as a paragraph, then the content."""
        name = self.known_as
        self.env.diagnose(
            "directive-unknown", f"unknown directive {name!r}; its content is kept", self.lineno
        )
        self.env.record(name, "kept")
        found: list[nodes.Node] = []
        if self.arguments:
            found.append(nodes.paragraph("", "", nodes.strong("", "", *self.parse_inline(self.arguments[0]))))
        return found + self.parse_content()


@cache
def directive_class(name: str) -> type[UnknownDirective]:
    """Return the catch-all class for the directive *name*."""
    return type("UnknownDirective", (UnknownDirective,), {"known_as": name})


@cache
def role_function(name: str) -> Any:
    """Return the catch-all for the role *name*: its text as code."""

    def unknown_role(
        role: str,
        rawtext: str,
        text: str,
        lineno: int,
        inliner: Any,
        options: Any = None,
        content: Any = None,
    ) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        env = env_of(inliner.document)
        env.diagnose("role-unknown", f"unknown role {name!r}; its text is kept as code", lineno)
        env.record(f":{name}:", "kept")
        return [nodes.literal(rawtext, unescape(text))], []

    return unknown_role
