"""The kernel's tables written as lists with spans (``flat-table``, roles ``cspan`` and ``rspan``)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, cast

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.utils import unescape

from ..rst.directive import RstDirective
from .inline import RoleResult
from .lowering import Handler, Lowered, Lowering

MAX_SPAN = 1_000
MAX_CELLS = 100_000


class span(nodes.Inline, nodes.Element):  # noqa: N801  (as docutils names its nodes)
    """How many columns or rows more a cell takes: ``morecols`` or ``morerows``."""


def span_role(attribute: str) -> Any:
    """Return the role that says how many columns or rows more the cell takes in which it stands."""

    def role(
        name: str, rawtext: str, text: str, lineno: int, inliner: Any, options: Any = None, content: Any = ()
    ) -> RoleResult:
        number = text.strip()
        if not number.isdecimal():
            return [nodes.Text(unescape(text))], []
        return [span("", **{attribute: min(int(number[:9]), MAX_SPAN)})], []

    return role


class FlatTable(RstDirective):
    """Make a table of a list of rows, each a list of cells; the last cell of a short row takes the rest."""

    optional_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar[dict[str, Any]] = {
        "name": directives.unchanged,
        "class": directives.class_option,
        "header-rows": directives.nonnegative_int,
        "stub-columns": directives.nonnegative_int,
        "widths": directives.unchanged,
        "fill-cells": directives.flag,
    }

    def run(self) -> list[nodes.Node]:
        """Return the table; what is no list of lists stays as it is, and is reported."""
        content = self.parse_content()
        listed = next((node for node in content if isinstance(node, nodes.bullet_list)), None)
        rows = [_cells(item) for item in listed.children] if listed is not None else []
        if not any(rows):
            self.env.diagnose("rst-syntax", f"{self.name}: no list of lists", self.lineno)
            title = [nodes.paragraph("", "", *node.children) for node in self._title()]
            return [*title, *content]
        width = _place(rows, fill="fill-cells" in self.options)
        table = nodes.table("", *self._title(), _group(rows, width, self.options))
        self.set_source(table)
        self.add_name(table)
        return [table]

    def _title(self) -> list[nodes.Node]:
        return [nodes.title("", "", *self.parse_inline(self.arguments[0]))] if self.arguments else []


def _cells(item: nodes.Node) -> list[nodes.entry]:
    """Return the cells of a row."""
    inner = next((node for node in item.children if isinstance(node, nodes.bullet_list)), None)
    return [_entry(cell) for cell in inner.children] if inner is not None else []


def _entry(cell: nodes.Node) -> nodes.entry:
    entry = nodes.entry("", *cell.children)
    for mark in list(entry.findall(span)):
        entry.attributes.update(mark.non_default_attributes())
        parent = mark.parent
        parent.remove(mark)
        first = parent.children[0] if parent.children else None
        if isinstance(first, nodes.Text):
            parent.replace(first, cast(nodes.Text, first.lstrip()))
    return entry


def _place(rows: Sequence[list[nodes.entry]], fill: bool) -> int:
    """Complete short rows; return how many columns the table has."""
    taken: dict[int, int] = {}  # column → rows that a cell above still takes
    ends = []
    for row in rows:
        end, below = 0, dict(taken)
        for cell in row:
            while below.get(end):
                end += 1
            stop = end + 1 + cell.get("morecols", 0)
            taken.update(dict.fromkeys(range(end, stop), cell.get("morerows", 0) + 1))
            end = stop
        while below.get(end):
            end += 1
        ends.append(end)
        taken = {column: left - 1 for column, left in taken.items() if left > 1}
    width = max(ends)
    for row, end in zip(rows, ends, strict=True):
        missing = width - end
        if missing and (fill or not row) and len(rows) * width <= MAX_CELLS:
            row += [nodes.entry() for _ in range(missing)]
        elif missing and row:
            row[-1]["morecols"] = row[-1].get("morecols", 0) + missing
    return width


def _group(rows: Sequence[list[nodes.entry]], width: int, options: dict[str, Any]) -> nodes.tgroup:
    group = nodes.tgroup(cols=width)
    for n in range(width):
        column = nodes.colspec(colwidth=1)
        if n < options.get("stub-columns", 0):
            column["stub"] = 1
        group += column
    heads = options.get("header-rows", 0)
    if heads and rows[:heads]:
        group += nodes.thead("", *_rows(rows[:heads]))
    group += nodes.tbody("", *_rows(rows[heads:]))
    return group


def _rows(rows: Sequence[list[nodes.entry]]) -> Iterator[nodes.row]:
    return (nodes.row("", *row) for row in rows)


def lower_span(node: span, ctx: Lowering) -> Lowered:
    """Outside of a table it means nothing."""
    return ()


DIRECTIVES: dict[str, Any] = {"flat-table": FlatTable}
ROLES: dict[str, Any] = {"cspan": span_role("morecols"), "rspan": span_role("morerows")}
HANDLERS: dict[type, Handler] = {span: lower_span}
