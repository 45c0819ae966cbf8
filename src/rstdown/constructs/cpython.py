"""What CPython's documentation adds to Sphinx (``Doc/tools/extensions``), in the words of docs.python.org."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.statemachine import StringList

from ..markdown import nodes as md
from ..rst.directive import RstDirective
from ..rst.gate import GateError
from .include import missing, read_file
from .lowering import Handler, Lowered, Lowering
from .xref import pending_xref

ISSUE = re.compile(r"(?:issue #|bpo-)([0-9]+)", re.ASCII)
GITHUB_ISSUE = re.compile(r"gh-(?:issue-)?([0-9]+)", re.ASCII | re.IGNORECASE)
WHATS_NEW = re.compile(r"^what's new in (.*?)\??$", re.ASCII | re.IGNORECASE | re.MULTILINE)
NEWS_HEADER = "+++++++++++\nPython News\n+++++++++++\n"


class audit_event(nodes.container):  # noqa: N801
    """The note that a function raises an auditing event."""


def reference_to(title: str, role: str, target: str) -> pending_xref:
    """Return a reference to *target* that shows *title*."""
    node = pending_xref("", nodes.inline("", title))
    node.attributes.update(role=role, reftarget=target, refexplicit=True, scope=())
    return node


class Availability(RstDirective):
    """On which platforms something is available."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return ``Availability: platforms``, then what is said of them."""
        link = reference_to("Availability", "std:ref", "availability")
        line = nodes.paragraph("", "", link, nodes.Text(": "), *self.parse_inline(self.arguments[0]))
        self.set_source(line)
        return [line, *self.parse_content()]


class ImplementationDetail(RstDirective):
    """What holds for CPython only."""

    optional_arguments = 1  # text on the directive's own line

    def run(self) -> list[nodes.Node]:
        """Return the content, which starts with the label."""
        content = self.parse_content()
        if self.arguments:
            content.insert(0, nodes.paragraph("", "", *self.parse_inline(self.arguments[0])))
        if not content or not isinstance(content[0], nodes.paragraph):
            content.insert(0, nodes.paragraph())
        label = nodes.strong("", "CPython implementation detail:")
        content[0].insert(0, [label, nodes.Text(" ")])  # type: ignore[attr-defined]
        return [nodes.compound("", *content)]


class AuditEvent(RstDirective):
    """The auditing event that a function raises: name, arguments, and a target of the table of events."""

    required_arguments = 1
    optional_arguments = 2

    def run(self) -> list[nodes.Node]:
        """Return the content, or the sentence that Python's documentation has for it."""
        name, *more = self.arguments
        node = audit_event()
        self.set_source(node)
        if len(more) < 2 or not more[1].strip("\"'"):
            clean = re.sub(r"\W", "_", name)
            node["ids"].append(f"audit_event_{clean}_{self.env.new_serial('audit ' + name)}")
        if self.content:
            node += self.parse_content()
        else:
            arguments = [a for arg in more[0].strip("'\"").split(",") if (a := arg.strip())] if more else []
            node += nodes.paragraph("", "", *self.parse_inline(event_sentence(name, arguments)))
        return [node]


def event_sentence(name: str, arguments: list[str]) -> str:
    """Return the sentence, as RST, which says that the event *name* is raised with *arguments*."""
    shown = ", ".join(f"``{argument}``" for argument in arguments)
    what = ("no arguments", f"argument {shown}", f"arguments {shown}")[min(2, len(arguments))]
    return f"Raises an :ref:`auditing event <auditing>` ``{name}`` with {what}."


class MiscNews(RstDirective):
    """The changelog, made by blurb from Misc/NEWS.d."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Put the changelog's lines before those that come next."""
        try:
            text, source = read_file(self, self.arguments[0])
        except GateError as error:
            return missing(self, self.arguments[0], str(error))
        text = ISSUE.sub(r":issue:`\1`", text.removeprefix(NEWS_HEADER))
        text = WHATS_NEW.sub(r"\1", GITHUB_ISSUE.sub(r":gh:`\1`", text))
        self.state_machine.insert_input(text.splitlines(), source)
        return []


class LimitedApiList(RstDirective):
    """All names of the limited C API, from the file that the setting ``stable_abi_file`` names."""

    def run(self) -> list[nodes.Node]:
        """Return the list."""
        name = "/" + str(self.env.project.setting("stable_abi_file", "data/stable_abi.dat"))
        try:
            text, _ = read_file(self, name)
        except GateError as error:
            return missing(self, name, str(error))
        rows = [f"* :c:{row['role']}:`{row['name']}`" for row in csv.DictReader(text.splitlines())]
        container = nodes.Element()
        self.state.nested_parse(StringList(rows, Path(name).name), 0, container)
        return list(container.children)


def lower_audit_event(node: nodes.Element, ctx: Lowering) -> Lowered:
    """The sentence, marked so that selection may leave it out."""
    return md.Tagged("audit-event", ctx.flow(node))


DIRECTIVES: dict[str, Any] = {
    "availability": Availability,
    "impl-detail": ImplementationDetail,
    "audit-event": AuditEvent,
    "miscnews": MiscNews,
    "limited-api-list": LimitedApiList,
}
HANDLERS: dict[type, Handler] = {audit_event: lower_audit_event}
