"""Where the targets of modules belong."""

from __future__ import annotations

from docutils import nodes
from docutils.transforms import Transform


class MoveModuleTargets(Transform):
    """Let a module that begins a section be that section's id (Sphinx: ``MoveModuleTargets``)."""

    default_priority = 210  # before docutils propagates targets to what follows (260)
    changed = False  # but for attributes

    def apply(self) -> None:
        """Move the ids."""
        for section in self.document.findall(nodes.section):
            node = section.children[1] if len(section.children) > 1 else None
            if isinstance(node, nodes.target) and "ismod" in node:
                section["ids"][0:0] = node["ids"]
                for name in node["ids"]:
                    self.document.ids[name] = section
                # It stays without ids, as Sphinx's index node does: a transition after it begins no section.
                node["refid"], node["ids"] = node["ids"][0], []


TRANSFORMS = (MoveModuleTargets,)
