"""Where the targets of modules belong."""

from __future__ import annotations

from docutils import nodes
from docutils.transforms import Transform


class MoveModuleTargets(Transform):
    """Let a module that begins a section be that section's id (Sphinx: ``MoveModuleTargets``)."""

    default_priority = 210  # before docutils propagates targets to what follows (260)

    def apply(self) -> None:
        """Move the ids."""
        for node in list(self.document.findall(nodes.target)):
            section = node.parent
            if "ismod" not in node or not node["ids"] or not isinstance(section, nodes.section):
                continue
            before = section.children[1 : section.index(node)]
            if all(isinstance(sibling, nodes.Invisible) for sibling in before):
                section["ids"][0:0] = node["ids"]
                for name in node["ids"]:
                    self.document.ids[name] = section
                section.remove(node)


TRANSFORMS = (MoveModuleTargets,)
