"""The pieces that a document can be cut into: objects, and the prose of sections between them.

Nothing is ever cut inside an object, a code block or a table, nor between two blocks of a section's prose.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from ..markdown import nodes as md
from ..markdown.escape import footnote_label
from .tree import edit, fullname, walk


def labels(section: md.Section) -> list[str]:
    """Return a name for each unit of a document, in order."""
    return list(_units(take_footnotes(section)[0], ()))


def _units(section: md.Section, path: tuple[str, ...]) -> Iterator[str]:
    path = (*path, md.plain_text(section.title))
    name = "section " + " > ".join(path)
    prose = empty = True
    for node in section.children:
        if isinstance(node, md.Section):
            yield from _units(node, path)
            prose = True
        elif isinstance(node, md.Object):
            yield f"object {fullname(node)}"
            prose = True
        elif prose and not isinstance(node, md.Anchor):
            yield name
            prose = False
        empty = False
    if empty:
        yield name


def cut(section: md.Section, first: int, last: int) -> md.Section:
    """Return *section* with its units from *first* up to *last* only, below their headings.

    The headings of what began in an earlier part say so.  Footnotes go where they are referred to; those
    that nothing refers to, with the last unit.
    """
    total = len(labels(section))
    if first <= 0 and last >= total:
        return section
    bare, notes = take_footnotes(section)
    part = _Cutter(first, last).section(bare) or replace(bare, children=())
    wanted = referred(part, notes)
    if last >= total:
        everywhere = referred(bare, notes)
        wanted += [note for note in notes.values() if note not in everywhere]
    return replace(part, children=(*part.children, *wanted))


@dataclass(slots=True)
class _Cutter:
    """Counts units as it goes and keeps those in a range."""

    first: int
    last: int
    at: int = 0

    def take(self) -> bool:
        """Count a unit; tell whether it is kept."""
        self.at += 1
        return self.first < self.at <= self.last

    def section(self, node: md.Section) -> md.Section | None:
        """Return what is kept of a section; None if nothing is."""
        begun = self.at < self.first
        kept: list[md.Flow] = []
        anchors: list[md.Flow] = []
        prose = True
        taking = False
        for child in node.children:
            if isinstance(child, md.Anchor):
                anchors.append(child)
                continue
            if isinstance(child, md.Section):
                found = self.section(child)
                taking, prose = found is not None, True
                child = found or child
            elif isinstance(child, md.Object):
                taking, prose = self.take(), True
            elif prose:
                taking, prose = self.take(), False
            if taking:
                kept += [*anchors, child]
            anchors = []
        if not node.children and self.take():
            return node
        if not kept:
            return None
        title = (*node.title, md.Text(" (continued)")) if begun else node.title
        return replace(node, title=title, ids=() if begun else node.ids, children=(*kept, *anchors))


def take_footnotes(section: md.Section) -> tuple[md.Section, dict[str, md.FootnoteDefinition]]:
    """Return *section* without its footnotes, and these by label."""
    notes: dict[str, md.FootnoteDefinition] = {}

    def visit(node: Any) -> Iterable[Any] | None:
        if isinstance(node, md.FootnoteDefinition):
            notes[footnote_label(node.label)] = node
            return ()
        return None

    return edit(section, visit), notes


def referred(
    root: md.Section | md.Root, notes: dict[str, md.FootnoteDefinition]
) -> list[md.FootnoteDefinition]:
    """Return the footnotes that *root* refers to, those that they refer to included, in that order."""
    found: dict[str, md.FootnoteDefinition] = {}
    queue: list[Any] = [root]
    while queue:
        for node in walk(queue.pop(0)):
            if isinstance(node, md.FootnoteReference):
                label = footnote_label(node.label)
                if label in notes and label not in found:
                    found[label] = notes[label]
                    queue.append(notes[label])
    return list(found.values())
