"""The reStructuredText domain (Sphinx: ``sphinx.domains.rst``)."""

from __future__ import annotations

from typing import Any

from docutils.parsers.rst import directives

from ..patterns import lazy
from ..rst.env import Env
from .desc import FLAGS, Named, ObjectDirective, desc_signature, make_id

DIRECTIVE = lazy(r"\.\. (.+?)::(.*)$")


class RstObject(ObjectDirective):
    """Describe a directive, an option or a role; the name is exported under its kind."""

    domain = "rst"

    def add_targets(self, named: Named, signature: desc_signature) -> None:
        """Export the name; an option's with its directive before it."""
        prefix = f"{self.objtype}-{named.context}" if named.context else self.objtype
        node_id = make_id(self.env, self.state.document, prefix, named.name)
        self.add_target(signature, node_id, {named.fullname: f"rst:{self.objtype}"})


class DirectiveDescription(RstObject):
    """Describe a directive (``rst:directive``)."""

    objtype = "directive"

    def read_signature(self, text: str) -> Named:
        """Read ``.. name:: arguments`` or just ``name``."""
        match = DIRECTIVE.match(text.strip())
        name, arguments = match.groups() if match else (text, "")
        name, arguments = name.strip(), arguments.strip()
        shown = f".. {name}:: {arguments}" if arguments else f".. {name}::"
        return Named(shown, name, fullname=name)

    def enter(self, named: list[Named]) -> None:
        """Make the directive the one that options in the content belong to."""
        if named:
            _directives(self.env).append(named[0].name)

    def leave(self) -> None:
        """Go back to the enclosing directive."""
        if around := _directives(self.env):
            around.pop()


class OptionDescription(RstObject):
    """Describe an option of a directive (``rst:directive:option``)."""

    option_spec = {**FLAGS, "type": directives.unchanged}
    objtype = "directive:option"

    def read_signature(self, text: str) -> Named:
        """Read ``name: argument``."""
        name, _, argument = " ".join(text.split()).partition(": ")
        name = name.rstrip()
        shown = f":{name}: {argument}" if argument else f":{name}:"
        if of_type := self.options.get("type"):
            shown += f" ({of_type})"
        around = "".join(_directives(self.env)[-1:])
        return Named(shown, name, fullname=f"{around}:{name}" if around else name, context=around)


class RoleDescription(RstObject):
    """Describe a role (``rst:role``)."""

    objtype = "role"

    def read_signature(self, text: str) -> Named:
        """Take the signature as the name."""
        return Named(f":{text}:", text, fullname=text)


def _directives(env: Env) -> list[str]:
    return env.store.setdefault("rst:directives", [])  # type: ignore[return-value]


DIRECTIVES: dict[str, Any] = {
    "rst:directive": DirectiveDescription,
    "rst:directive:option": OptionDescription,
    "rst:role": RoleDescription,
}
