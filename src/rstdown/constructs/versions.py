"""Version notes, in Sphinx's words (Sphinx: ``VersionChange``)."""

from __future__ import annotations

from typing import Any

from docutils import nodes

from ..markdown import nodes as md
from ..rst.directive import RstDirective
from ..rst.quick import element
from .lowering import Handler, Lowered, Lowering

LABELS = {
    "versionadded": "Added in version {}",
    "versionchanged": "Changed in version {}",
    "deprecated": "Deprecated since version {}",
    "versionremoved": "Removed in version {}",
}
ALIASES = {
    "version-added": "versionadded",
    "version-changed": "versionchanged",
    "version-deprecated": "deprecated",
    "version-removed": "versionremoved",
}


class versionmodified(nodes.Admonition, nodes.Element):  # noqa: N801  (Sphinx's name)
    """What changed when; attributes ``type`` and ``version`` as in Sphinx, ``label`` is the text in front."""


class VersionChange(RstDirective):
    """Note that something was added, changed, deprecated or removed in a version."""

    required_arguments = 1
    optional_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the note; the second argument is the start of its text."""
        name = self.name.lower()
        kind = ALIASES.get(name, name)
        version = self.arguments[0]
        first: list[nodes.Node] = [self.parse_paragraph(text) for text in self.arguments[1:]]
        label = LABELS[kind].format(version)
        node = element(versionmodified, "", first, type=kind, version=version, label=label)
        self.parse_content(node)
        self.set_source(node)
        return [node]


def version_note(node: nodes.Element, ctx: Lowering) -> Lowered:
    """A version note."""
    said = node.attributes
    return md.VersionNote(said["type"], said["version"], said["label"], ctx.flow(node))


DIRECTIVES: dict[str, Any] = dict.fromkeys((*LABELS, *ALIASES), VersionChange)
HANDLERS: dict[type, Handler] = {versionmodified: version_note}
