"""Glossaries."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList

from ..markdown import nodes as md
from ..model import Target
from ..rst.directive import RstDirective
from ..rst.env import Env
from .desc import make_id
from .lists import definition_item
from .lowering import Handler, Lowered, Lowering


class glossary(nodes.definition_list):  # noqa: N801  (Sphinx's name)
    """A definition list whose terms are targets."""


@dataclass
class Entry:
    """Some terms, each with its line, and the lines of what they mean."""

    terms: list[tuple[str, str, int]] = field(default_factory=list)
    definition: StringList = field(default_factory=StringList)
    indent: int = 0


class Glossary(RstDirective):
    """A definition list in which several terms may share a definition (Sphinx: ``glossary``)."""

    option_spec: ClassVar[dict[str, Any]] = {"sorted": directives.flag}

    def run(self) -> list[nodes.Node]:
        """Return the list."""
        items = [self.item(entry) for entry in self.entries()]
        if "sorted" in self.options:
            items.sort(key=lambda item: item.children[0].astext().lower())
        return [glossary("", *items)]

    def entries(self) -> list[Entry]:
        """Read the content: lines at the margin are terms, those below them the definition."""
        found: list[Entry] = []
        comment = False
        for line, (source, offset) in zip(self.content, self.content.items, strict=True):
            if not found and not comment:
                line = line.lstrip()  # what Sphinx calls misformatted, and leaves out
            if line and not line[0].isspace():
                if comment := line.startswith(".. "):
                    continue
                if not found or found[-1].definition:
                    found.append(Entry())
                found[-1].terms.append((line, source, offset))
            elif found and not comment and (line or found[-1].definition):
                entry = found[-1]
                if not entry.definition:
                    entry.indent = len(line) - len(line.lstrip())
                indent = min(entry.indent, len(line) - len(line.lstrip()))
                entry.definition.append(line[indent:], source, offset)
        return found

    def item(self, entry: Entry) -> nodes.definition_list_item:
        """Parse an entry."""
        terms = [self.term(*term) for term in entry.terms]
        meaning = nodes.definition()
        if entry.definition:
            self.state.nested_parse(entry.definition, entry.definition.items[0][1], meaning)
        return nodes.definition_list_item("", *terms, meaning)

    def term(self, line: str, source: str, offset: int) -> nodes.term:
        """Parse a term and make it a target; what follows `` : `` only sorts an index."""
        shown = re.split("(?<! ) ++: ", line, maxsplit=1)[0]
        found, messages = self.state.inline_text(shown, offset + 1)
        node = nodes.term(line, "", *found, *messages)
        node.source, node.line = source, offset + 1
        note_term(node, self.state.document, self.env)
        return node


def note_term(node: nodes.term, document: nodes.document, env: Env) -> None:
    """Give a term Sphinx's id, and make it known to ``:term:`` on all pages."""
    text = node.astext()
    node_id = make_id(env, document, "term", text)
    node["ids"].append(node_id)
    document.note_explicit_target(node)
    env.export(Target("std:term", text, node_id, text, line=node.line or 0))


def glossary_list(node: nodes.Element, ctx: Lowering) -> Lowered:
    """A glossary."""
    return md.DefinitionList(tuple(definition_item(child, ctx) for child in node.children), "glossary")


DIRECTIVES: dict[str, Any] = {"std:glossary": Glossary}
HANDLERS: dict[type, Handler] = {glossary: glossary_list}
