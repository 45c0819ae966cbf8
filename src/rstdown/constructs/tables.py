"""Tables of every kind: grid and simple tables, ``table``, ``list-table``, ``csv-table``."""

from __future__ import annotations

from itertools import takewhile
from typing import Any

from docutils import nodes

from ..markdown import nodes as md
from ..rst.directive import Later
from .lowering import Handler, Lowered, Lowering


def table(node: nodes.Element, ctx: Lowering) -> Lowered:
    """A table: its caption, and the rows of each of its groups."""
    title: tuple[md.Phrasing, ...] = ()
    grids: list[md.Flow] = []
    for child in node.children:
        if isinstance(child, nodes.title):
            title = ctx.phrasing(child)
        elif isinstance(child, nodes.tgroup):
            grids.append(grid(child, title, ctx))
    return tuple(grids)


def grid(group: nodes.Element, title: tuple[md.Phrasing, ...], ctx: Lowering) -> md.Grid:
    """Lower one group of rows."""
    rows: list[tuple[md.GridCell, ...]] = []
    head = 0
    for part in group.children:
        if isinstance(part, (nodes.thead, nodes.tbody)):
            rows += [row(child, ctx) for child in part.children]
            head += len(part.children) if isinstance(part, nodes.thead) else 0
    columns = [child for child in group.children if isinstance(child, nodes.colspec)]
    stub = sum(1 for _ in takewhile(lambda column: column.get("stub"), columns))
    return md.Grid(tuple(rows), head, stub, title)


def row(node: nodes.Node, ctx: Lowering) -> tuple[md.GridCell, ...]:
    """Lower one row."""
    cells: list[md.GridCell] = []
    for entry in node.children:
        if isinstance(entry, nodes.entry):
            said = entry.attributes
            cells.append(
                md.GridCell(ctx.flow(entry), said.get("morecols", 0) + 1, said.get("morerows", 0) + 1)
            )
    return tuple(cells)


DIRECTIVES: dict[str, Any] = {"csv-table": Later("rstdown.constructs.csv_table", "CSVTable")}
HANDLERS: dict[type, Handler] = {nodes.table: table}
