"""Targets before an element as the element's own names, in linear time however many stand in a row."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from docutils import nodes
from docutils.transforms import references


class PropagateTargets(references.PropagateTargets):
    """Propagate empty internal targets to the next element (docutils: the class of this name).

    docutils copies what it has collected so far from each target of a row to the next; here it is handed on.
    """

    def apply(self) -> None:
        """Hand on the names and ids of each target; the last in a row gives all of them to the element."""
        carried: dict[Any, tuple[int, int]] = {}
        for target in self.document.findall(nodes.target):
            if isinstance(target.parent, nodes.TextElement) or target.children or _leads(target):
                continue  # inline ones, too, in what is no `TextElement`
            heir = self._heir(target)
            said = target.attributes
            ids, names = said["ids"], said["names"]
            old_ids, old_names = carried.pop(target, (0, 0))
            if heir is None:
                self._settle(ids, target)
                continue
            _mark(target, heir, "id", ids[: len(ids) - old_ids])
            _mark(target, heir, "name", names[: len(names) - old_names])
            if isinstance(heir, nodes.target) and not _leads(heir):
                carried[heir] = len(ids), len(names)
            else:
                self._settle(ids, heir)
            taken = heir.attributes
            taken["ids"], taken["names"] = [*taken["ids"], *ids], [*taken["names"], *names]
            if isinstance(target.parent, nodes.figure) and isinstance(heir, nodes.caption):
                target.parent.remove(target)
                continue
            said["refid"], said["ids"], said["names"] = ids[0], [], []
            self.document.note_refid(target)

    def _heir(self, target: Any) -> Any:
        """Return the element that *target* stands before, if it may take names and ids."""
        found = _after(target)
        while isinstance(found, nodes.system_message):
            found = _after(found)
        other = isinstance(found, (nodes.Invisible, nodes.Targetable)) and not isinstance(found, nodes.target)
        return None if other else found

    def _settle(self, ids: list[str], holder: Any) -> None:
        document: Any = self.document
        document.ids.update(dict.fromkeys(ids, holder))


def _mark(target: Any, heir: Any, kind: str, keys: Iterable[str]) -> None:
    """Let references to *keys* mark *target*, and those to what came before it what they would have."""
    attribute = f"expect_referenced_by_{kind}"
    expected = target.__dict__.pop(attribute, {})
    for key in keys:
        expected.setdefault(key, target)
    if known := getattr(heir, attribute, None):
        known.update(expected)
    else:
        setattr(heir, attribute, expected)


def _after(node: Any) -> Any:
    """Return the node behind *node* and all that is in it, if there is any."""
    while node.parent is not None:
        siblings = node.parent.children
        place = node.parent.index(node) + 1
        if place < len(siblings):
            return siblings[place]
        node = node.parent
    return None


def _leads(target: Any) -> bool:
    said = target.attributes
    return "refid" in said or "refuri" in said or "refname" in said
