"""Section numbers and figure numbers of a whole project.

Follows ``TocTreeCollector.assign_section_numbers`` and ``assign_figure_numbers``: sections are numbered below
toctrees with ``:numbered:``, figures (tables, code blocks with captions, too) along the toctrees from the
root document, restarting with each numbered section.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..markdown import nodes as md
from ..model import Page, Project, Target
from .toctree import expand
from .tree import FLAT, parts

Number = tuple[int, ...]

# Role under which `rstdown.constructs.exports` lists what may be numbered: *name* is the enclosing section's
# id, *kind* ``figure``, ``table`` or ``code-block``.
NUMBERED = "numfig:item"
FORMATS = {"section": "Section %s", "figure": "Fig. %s", "table": "Table %s", "code-block": "Listing %s"}


class Numbers:
    """The numbers of all sections and figures: ``(docname, id) -> (1, 2)``."""

    def __init__(self, pages: Mapping[str, Page], project: Project) -> None:
        self.pages = pages
        self.sections: dict[tuple[str, str], Number] = {}
        self.figures: dict[tuple[str, str], Number] = {}
        self._depth = _secnum_depth(project)
        self._assigned: set[str] = set()
        for docname in sorted(pages):
            self._number_below(docname)
        if project.numfig:
            self._counters: dict[str, Counter[Number]] = {}
            self._walked: set[str] = set()
            self._figures_of(project.root_doc, ())

    def of(self, docname: str, id: str) -> str:
        """Return the number of a section or figure as text; empty if it has none."""
        number = self.sections.get((docname, id)) or self.figures.get((docname, id)) or ()
        return ".".join(map(str, number))

    # -- sections ------------------------------------------------------------------

    def _number_below(self, docname: str) -> None:
        page = self.pages[docname]
        if any(toctree.numbered for toctree in page.toctrees):
            self._assigned.add(docname)
        for toctree in page.toctrees:
            if toctree.numbered:
                counters = [0]
                self._number_entries(toctree.entries, docname, toctree.glob, toctree.numbered, counters)

    def _number_entries(
        self, entries: Iterable[md.TocEntry], here: str, glob: bool, depth: int, counters: list[int]
    ) -> None:
        if depth == 0:
            return
        for entry in expand(entries, here, self.pages, glob=glob):
            name = entry.target
            if entry.external or name == here or name in self._assigned or name not in self.pages:
                continue
            self._assigned.add(name)
            self._number(_outline(self.pages[name].root.children), name, depth, counters)

    def _number(self, blocks: Iterable[Any], docname: str, depth: int, counters: list[int]) -> None:
        for block in blocks:
            if isinstance(block, md.Toctree):
                self._number_entries(block.entries, docname, block.glob, depth, counters)
                continue
            counters[-1] += 1
            if depth > 0:
                self.sections.update({(docname, name): tuple(counters) for name in block.ids})
            counters.append(0)
            self._number(_outline(block.children), docname, depth - 1, counters)
            counters.pop()

    # -- figures -------------------------------------------------------------------

    def _figures_of(self, docname: str, section: Number) -> None:
        if docname in self._walked or docname not in self.pages:
            return
        self._walked.add(docname)
        page = self.pages[docname]
        items: dict[str, list[Target]] = {}
        for target in page.exports:
            if target.role == NUMBERED:
                items.setdefault(target.name, []).append(target)
        self._register(docname, items.pop("", ()), section)
        self._walk(docname, page.root.children, section, items)

    def _walk(
        self, docname: str, blocks: Iterable[Any], section: Number, items: dict[str, list[Target]]
    ) -> None:
        for block in _outline(blocks):
            if isinstance(block, md.Toctree):
                for entry in expand(block.entries, docname, self.pages, glob=block.glob):
                    self._figures_of(entry.target, section)
                continue
            number = next((n for i in block.ids if (n := self.sections.get((docname, i)))), section)
            for name in block.ids:
                self._register(docname, items.pop(name, ()), number)
            self._walk(docname, block.children, number, items)

    def _register(self, docname: str, items: Iterable[Target], section: Number) -> None:
        prefix = section[: self._depth]
        for target in items:
            counter = self._counters.setdefault(target.kind, Counter())
            counter[prefix] += 1
            self.figures[docname, target.id] = (*prefix, counter[prefix])


def _secnum_depth(project: Project) -> int:
    depth = project.setting("numfig_secnum_depth", 1)
    return depth if isinstance(depth, int) else 1


def _outline(blocks: Iterable[Any]) -> Iterator[md.Section | md.Toctree]:
    """Yield the sections and toctrees in blocks, without going into sections."""
    for block in blocks:
        if isinstance(block, (md.Section, md.Toctree)):
            yield block
        elif isinstance(block, tuple):
            yield from _outline(block)
        elif type(block) not in FLAT:
            for name in parts(type(block)):
                yield from _outline(getattr(block, name))
