"""The standard domain's objects: options, environment variables, settings (``sphinx.domains.std``)."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives

from ..model import Target
from ..rst.directive import RstDirective
from .desc import (
    FLAGS,
    Named,
    ObjectDirective,
    desc_signature,
    make_id,
    normalise_name,
    object_type_directive,
)

PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
OPTION = re.compile(r"((?:/|--|-|\+)?[^\s=]+)(=?\s*.*)")


class Option(ObjectDirective):
    """Describe a command-line option with all its spellings (``option``, ``cmdoption``)."""

    domain = "std"
    objtype = "option"

    def read_signature(self, text: str) -> Named:
        """Read ``-f FILE, --file=FILE``; the names are what stands before the arguments."""
        shown, names = [], []
        for part in (piece.strip() for piece in text.split(", ")):
            match = OPTION.match(part)
            if match is None:
                self.env.diagnose("option-malformed", f"not an option: {part!r}", self.lineno)
                shown.append(part)
                continue
            name, arguments = match.groups()
            if name.endswith("[") and arguments.endswith("]"):
                name, arguments = name[:-1], f"[{arguments}"
            names.append(name)
            if self.env.project.setting("option_emphasise_placeholders"):
                arguments = PLACEHOLDER.sub(r"\1", arguments)
            shown.append(name + arguments)
        if not names:
            raise ValueError(text)
        return Named(", ".join(shown), names[0], fullname=names[0], context="\n".join(names))

    def add_targets(self, named: Named, signature: desc_signature) -> None:
        """Export each spelling, under the program that ``program`` names."""
        program = self.env.ref_context.get("std:program", "")
        names = named.context.split("\n")
        for name in names:
            parts = ["cmdoption", program, "" if name.startswith(("-", "/")) else "arg"]
            signature["ids"].append(
                make_id(self.env, self.state.document, "-".join(filter(None, parts)), name)
            )
            self.state.document.note_explicit_target(signature)
        self.add_target(
            signature,
            signature["ids"][0],
            {f"{program}.{name}" if program else name: "std:cmdoption" for name in names},
        )


class Program(RstDirective):
    """Name the program that the options that follow belong to."""

    required_arguments = 1
    has_content = False

    def run(self) -> list[nodes.Node]:
        """Return nothing."""
        name = re.sub(r"\s+", "-", self.arguments[0].strip())
        self.env.ref_context["std:program"] = "" if name == "None" else name
        return []


class ConfigurationValue(ObjectDirective):
    """Describe a setting, its type and its default (``confval``)."""

    option_spec = {**FLAGS, "type": directives.unchanged_required, "default": directives.unchanged_required}
    domain = "std"
    objtype = "confval"

    def read_signature(self, text: str) -> Named:
        """Take the signature as it stands."""
        return Named(text, normalise_name(text), fullname=normalise_name(text))

    def add_targets(self, named: Named, signature: desc_signature) -> None:
        """Export the name."""
        node_id = make_id(self.env, self.state.document, "confval", named.name)
        self.add_target(signature, node_id, {named.name: "std:confval"})

    def extra_content(self) -> list[nodes.Node]:
        """Return type and default as a field list."""
        fields = [
            nodes.field(
                "",
                nodes.field_name("", label),
                nodes.field_body("", nodes.paragraph("", "", *self.parse_inline(self.options[option]))),
            )
            for option, label in (("type", "Type"), ("default", "Default"))
            if option in self.options
        ]
        return [nodes.field_list("", *fields)] if fields else []


class CrossReferenceTarget(RstDirective):
    """A place that a kind of reference leads to, which a project adds (Sphinx: ``add_crossref_type``)."""

    required_arguments = 1
    has_content = False
    objtype: ClassVar[str] = ""

    def run(self) -> list[nodes.Node]:
        """Return the target."""
        name = normalise_name(self.arguments[0].strip())
        node_id = make_id(self.env, self.state.document, f"std-{self.objtype}", name)
        node = nodes.target("", "", ids=[node_id])
        self.set_source(node)
        self.state.document.note_explicit_target(node)
        self.env.export(Target(f"std:{self.objtype}", name, node_id, line=self.lineno))
        return [node]


def crossref_type_directive(objtype: str) -> type[CrossReferenceTarget]:
    """Return the directive of a kind of target that a project adds (Sphinx: ``app.add_crossref_type``)."""
    return type("CrossReferenceTarget", (CrossReferenceTarget,), {"objtype": objtype})


DIRECTIVES: dict[str, Any] = {
    "std:option": Option,
    "std:cmdoption": Option,
    "std:program": Program,
    "std:confval": ConfigurationValue,
    "std:envvar": object_type_directive("std", "envvar"),
}
