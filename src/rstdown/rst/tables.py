"""docutils' parsers of tables, which lose nothing."""

from __future__ import annotations

from typing import Any

from docutils.parsers.rst.tableparser import SimpleTableParser


class CompleteTableParser(SimpleTableParser):
    """A first row may begin with a blank first column; docutils leaves such lines out."""

    block: Any
    columns: list[tuple[int, int]]

    def parse_table(self) -> None:
        """Find the columns, then the rows (``SimpleTableParser.parse_table``)."""
        self.columns = self.parse_columns(self.block[0], 0)
        self.border_end = self.columns[-1][1]
        first = slice(*self.columns[0])
        start, in_row = 1, False
        for offset, line in enumerate(self.block[1:], 1):
            if self.span_pat.match(line):
                self.parse_row(self.block[start:offset], start, (line.rstrip(), offset))
                start, in_row = offset + 1, False
            elif line[first].strip() or (line.strip() and not in_row):
                if in_row and offset != start:
                    self.parse_row(self.block[start:offset], start)
                start, in_row = offset, True
            elif not in_row:
                start = offset + 1
