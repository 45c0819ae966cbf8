"""Tables of every kind: grid and simple tables, ``table``, ``list-table``, ``csv-table``."""

from __future__ import annotations

from itertools import takewhile
from typing import Any

from docutils import nodes
from docutils.parsers.rst.directives.tables import CSVTable as DocutilsCSVTable
from docutils.utils import SystemMessagePropagation

from ..markdown import nodes as md
from ..rst.env import env_of
from ..rst.gate import GateError
from .lowering import Handler, Lowered, Lowering


class CSVTable(DocutilsCSVTable):
    """A table from comma-separated values; files are read through the gate, addresses never."""

    def run(self) -> list[Any]:
        """Return the table, or a line that names the data that could not be had."""
        source = self.options.get("file") or self.options.get("url")
        if not source or self.content:
            return list(super().run())
        env = env_of(self.state.document)
        try:
            if "url" in self.options:
                raise GateError(f"{source}: tables are not fetched from addresses")
            self.rows, _ = env.gate.read(source, encoding=self.options.get("encoding", "utf-8-sig"))
        except GateError as error:
            env.diagnose("file-missing", f"csv-table: {error}", self.lineno)
            env.record("csv-table", "dropped: its file could not be read")
            return [nodes.paragraph("", "", nodes.Text("Table not included: "), nodes.literal("", source))]
        settings = self.state.document.settings
        allowed, settings.file_insertion_enabled = settings.file_insertion_enabled, True
        try:
            return list(super().run())
        finally:
            settings.file_insertion_enabled = allowed

    def get_csv_data(self) -> tuple[Any, str]:
        """Return the lines of the data, and where they come from."""
        if self.content:
            return self.content, self.content.source(0) or ""
        if "file" in self.options:
            return self.rows.splitlines(), self.options["file"]
        block = nodes.literal_block(self.block_text, self.block_text)
        raise SystemMessagePropagation(
            self.reporter.warning(f'The "{self.name}" directive has no content.', block, line=self.lineno)
        )


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
    return tuple(
        md.GridCell(ctx.flow(entry), entry.get("morecols", 0) + 1, entry.get("morerows", 0) + 1)
        for entry in node.children
        if isinstance(entry, nodes.entry)
    )


DIRECTIVES: dict[str, Any] = {"csv-table": CSVTable}
HANDLERS: dict[type, Handler] = {nodes.table: table}
