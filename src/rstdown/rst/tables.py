"""docutils' parsers of tables, which lose nothing."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from docutils.parsers.rst import tableparser


class GridTableParser(tableparser.GridTableParser):
    """A plain grid is cut along its lines; in others, docutils traces each cell."""

    block: Any
    cells: Any

    def parse_table(self) -> None:
        """Find the cells (``GridTableParser.parse_table``)."""
        lines: list[str] = self.block.data
        columns = [place for place, char in enumerate(lines[0]) if char == "+"]
        borders = [place for place, line in enumerate(lines) if line[0] == "+"]
        if not _is_plain(lines, columns, borders):
            super().parse_table()
            return
        for top, bottom in pairwise(borders):
            for left, right in pairwise(columns):
                cell = self.block.get_2D_block(top + 1, left + 1, bottom, right)
                cell.disconnect()
                self.cells.append((top, left, bottom, right, cell))
        self.rowseps, self.colseps = dict.fromkeys(borders, columns), dict.fromkeys(columns, borders)


def _is_plain(lines: list[str], columns: list[int], borders: list[int]) -> bool:
    """Tell whether all rows have the same columns, and all cells have room for something."""
    return (
        len(borders) > 1
        and all(map(str.isascii, lines))
        and not lines[0].strip("+-")
        and all(lines[border] == lines[0] for border in borders)
        and all(after - before > 1 for before, after in (*pairwise(columns), *pairwise(borders)))
        and all(line[column] == "|" for line in lines if line[0] != "+" for column in columns)
    )


class CompleteTableParser(tableparser.SimpleTableParser):
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
