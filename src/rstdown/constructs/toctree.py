"""Tables of contents: ``toctree``; what only repeats the headings is dropped."""

from __future__ import annotations

import posixpath
import re
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives

from ..markdown import nodes as md
from ..model import TocNode
from ..rst.directive import RstDirective
from .lowering import Handler, Lowered, Lowering
from .xref import split_title

ADDRESS = re.compile(r"(?P<schema>.+)://.*")
PATTERN = re.compile(r".*[*?\[].*")


def levels(argument: str | None) -> int:
    """Return how many levels ``:numbered:`` numbers; without a number, all."""
    return int(argument) if argument else 999


class toctree(nodes.General, nodes.Element):  # noqa: N801  (Sphinx's name)
    """A toctree; attributes as in Sphinx, ``entries`` are `TocEntry`."""


class TocTree(RstDirective):
    """Read the entries of a toctree (Sphinx: ``TocTree``); patterns stay what they are until linking."""

    option_spec: ClassVar[dict[str, Any]] = {
        "maxdepth": int,
        "name": directives.unchanged,
        "class": directives.class_option,
        "caption": directives.unchanged_required,
        "glob": directives.flag,
        "hidden": directives.flag,
        "includehidden": directives.flag,
        "numbered": levels,
        "titlesonly": directives.flag,
        "reversed": directives.flag,
    }

    def run(self) -> list[nodes.Node]:
        """Return the toctree, and note it for the order of the pages."""
        names = ("glob", "hidden", "includehidden", "titlesonly", "reversed")
        flags = {name: name in self.options for name in names}
        entries = tuple(self.entry(line) for line in self.content if line.strip())
        caption = self.options.get("caption", "")
        depth = max(0, self.options.get("maxdepth", 0))
        node = toctree("", entries=entries, caption=caption, maxdepth=depth, **flags)
        self.set_source(node)
        self.add_name(node)
        self.env.toctrees.append(
            TocNode(
                entries,
                self.options.get("numbered", 0),
                flags["glob"],
                flags["hidden"],
                caption,
                flags["reversed"],
            )
        )
        return [node]

    def entry(self, line: str) -> md.TocEntry:
        """Read ``docname``, ``Title <docname>``, ``self``, an address or a pattern."""
        line = line.strip()
        explicit = split_title(line)
        title, target = explicit or ("", line)
        if ADDRESS.match(line):
            return md.TocEntry(target, title, external=True)
        if target == "self":
            return md.TocEntry(self.env.docname, title)
        if not ("glob" in self.options and not explicit and PATTERN.match(line)):
            for suffix in self.env.project.source_suffix:
                if target.endswith(suffix):
                    target = target.removesuffix(suffix)
                    break
        return md.TocEntry(absolute(target, self.env.docname), title)


def absolute(name: str, docname: str) -> str:
    """Return the docname or pattern that *name* means on page *docname* (Sphinx: ``docname_join``)."""
    return posixpath.normpath(posixpath.join("/" + docname, "..", name)).lstrip("/")


def lower_toctree(node: nodes.Element, ctx: Lowering) -> Lowered:
    """A toctree, to be filled with titles by linking."""
    keys = ("entries", "caption", "maxdepth", "hidden", "titlesonly", "glob", "reversed", "includehidden")
    return md.Toctree(**{key: node[key] for key in keys})


DIRECTIVES: dict[str, Any] = {"toctree": TocTree}
HANDLERS: dict[type, Handler] = {toctree: lower_toctree}
