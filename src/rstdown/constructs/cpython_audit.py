"""Auditing events in CPython's documentation: the notes on them, and the table of all."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from docutils import nodes

from ..markdown import nodes as md
from ..patterns import lazy
from ..rst.directive import RstDirective
from ..rst.env import Env
from ..rst.gate import GateError
from .lowering import Handler, Lowered, Lowering

MARK = ".. audit-event::"
EVENT = lazy(r"^[ \t]*\.\. audit-event::[ \t]+(\S.*)$", re.MULTILINE)
HEADER = ("Audit event", "Arguments", "References")


class audit_event(nodes.container):  # noqa: N801
    """The note that a function raises an auditing event."""


class AuditEvent(RstDirective):
    """The auditing event that a function raises: name, arguments, and a target of the table of events."""

    required_arguments = 1
    optional_arguments = 2

    def run(self) -> list[nodes.Node]:
        """Return the content, or the sentence that Python's documentation has for it."""
        name, arguments, target = read_event(self.arguments)
        node = audit_event()
        self.set_source(node)
        if not target:
            node["ids"].append(event_id(name, self.env.new_serial(f"audit {name}")))
        if self.content:
            node += self.parse_content()
        else:
            node += self.parse_paragraph(event_sentence(name, arguments))
        return [node]


class AuditEventTable(RstDirective):
    """All events that the documentation names, gathered from its sources."""

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        table = [_row(*([nodes.Text(name)] for name in HEADER))]
        for name, (arguments, places) in sorted(gather(self.env).items()):
            shown = [part for a in arguments for part in (nodes.Text(", "), nodes.literal("", a))][1:]
            links = [self.link(n, *place) for n, place in enumerate(sorted(places), 1)]
            table.append(_row([nodes.Text(name)], shown, links))
        group = nodes.tgroup("", *(nodes.colspec(colwidth=1) for _ in HEADER), cols=len(HEADER))
        group += nodes.thead("", table[0])
        group += nodes.tbody("", *table[1:])
        return [nodes.table("", group), *self.parse_content()]

    def link(self, number: int, docname: str, target: str) -> nodes.Node:
        """Return the reference to one place where an event is described."""
        folder = posixpath.dirname(self.env.docname)
        path = posixpath.relpath(docname, folder) if folder else docname
        return nodes.reference("", f"[{number}]", refuri=f"{path}.html#{target}")


def _row(*cells: Sequence[nodes.Node]) -> nodes.row:
    entries = [nodes.entry("", nodes.paragraph("", "", *cell)) for cell in cells]
    return nodes.row("", *entries)


def read_event(arguments: list[str]) -> tuple[str, list[str], str]:
    """Return an event's name, its arguments, and the id that describes it (empty: none is given)."""
    name, given, target = (*arguments, "", "")[:3]
    names = [argument for part in given.strip("'\"").split(",") if (argument := part.strip())]
    return name, names, target.strip("'\"")


def event_id(name: str, number: int) -> str:
    """Return the id of the note on an event that has no other."""
    return "audit_event_{}_{}".format(re.sub(r"\W", "_", name), number)


def event_sentence(name: str, arguments: list[str]) -> str:
    """Return the sentence, as RST, which says that the event *name* is raised with *arguments*."""
    shown = ", ".join(f"``{argument}``" for argument in arguments)
    what = ("no arguments", f"argument {shown}", f"arguments {shown}")[min(2, len(arguments))]
    return f"Raises an :ref:`auditing event <auditing>` ``{name}`` with {what}."


def gather(env: Env) -> dict[str, tuple[list[str], set[tuple[str, str]]]]:
    """Return the arguments of each event, and the documents and ids that describe it."""
    found: dict[str, tuple[list[str], set[tuple[str, str]]]] = {}
    for file in env.gate.names(".rst"):
        try:
            text, _ = env.gate.read(file)
        except GateError as error:
            env.diagnose("include-failed", f"audit-event-table: {error}")
            continue
        if MARK not in text:  # as in most files; the expression would look at each line
            continue
        docname = file.removeprefix("/").removesuffix(".rst")
        numbers: Counter[str] = Counter()
        for match in EVENT.finditer(text):
            name, arguments, target = read_event(match[1].split(None, 2))
            if not target:
                target = event_id(name, numbers[name])
                numbers[name] += 1
            found.setdefault(name, (arguments, set()))[1].add((docname, target))
    return found


def lower_audit_event(node: nodes.Element, ctx: Lowering) -> Lowered:
    """The sentence, marked so that selection may leave it out."""
    return md.Tagged("audit-event", ctx.flow(node))


DIRECTIVES: dict[str, Any] = {"audit-event": AuditEvent, "audit-event-table": AuditEventTable}
HANDLERS: dict[type, Handler] = {audit_event: lower_audit_event}
