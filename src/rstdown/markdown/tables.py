"""Show grids as pipe tables, or as HTML or records where pipes cannot hold them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import NamedTuple

from .nodes import (
    Blockquote,
    Break,
    Code,
    Emphasis,
    Flow,
    Grid,
    GridCell,
    Heading,
    Html,
    InlineCode,
    InlineMath,
    Link,
    List,
    ListItem,
    Math,
    Paragraph,
    Phrasing,
    Strong,
    Table,
    TableCell,
    TableRow,
    Term,
    Text,
    ThematicBreak,
    Xref,
)

Line = tuple[Phrasing, ...]


class Spot(NamedTuple):
    """A position of a grid: its cell, and whether it is the cell's first column, and its first row."""

    cell: GridCell
    first_column: bool
    first_row: bool


def show(grid: Grid, style: str) -> tuple[Flow, ...]:
    """Return a grid of core nodes as core nodes; *style* is ``auto``, ``html`` or ``records``."""
    if not grid.rows:
        return ()
    if style != "html" and (table := _pipes(grid)) is not None:
        return (table,)
    return _records(grid) if style == "records" else tuple(_html(grid))


def defined(lead: Line, blocks: Sequence[Flow]) -> tuple[Flow, ...]:
    """Return blocks led by *lead* and a colon, in their first line if that is a paragraph's."""
    if not blocks:
        return (Paragraph(lead),)
    colon = "" if _ends_in_colon(lead) else ":"
    if isinstance(first := blocks[0], Paragraph):
        return (Paragraph((*lead, *after(f"{colon} ", first.children))), *blocks[1:])
    return (Paragraph((*lead, *((Text(colon),) if colon else ()))), *blocks)


def after(gap: str, children: Line) -> Line:
    """Return phrasing content with the text *gap* in front of it."""
    if children and isinstance(first := children[0], Text):
        return (Text(gap + first.value), *children[1:])
    return (Text(gap), *children)


def _ends_in_colon(lead: Line) -> bool:
    """Tell whether an author has ended a term with a colon; one in code is part of a name."""
    last = lead[-1] if lead else None
    while isinstance(last, (Strong, Emphasis, Link, Xref, Term)):
        last = last.children[-1] if last.children else None
    return isinstance(last, Text) and last.value.endswith(":")


# -- positions ---------------------------------------------------------------------------


def spots(grid: Grid) -> list[list[Spot]]:
    """Return the rows of *grid* with each spanned position filled, all of the same width."""
    if len({len(row) for row in grid.rows}) == 1 and not any(map(_spans, chain.from_iterable(grid.rows))):
        return [[Spot(cell, True, True) for cell in row] for row in grid.rows]
    rows: list[dict[int, Spot]] = [{} for _ in grid.rows]
    for r, cells in enumerate(grid.rows):
        column = 0
        for cell in cells:
            while column in rows[r]:
                column += 1
            for down in range(min(max(cell.rowspan, 1), len(rows) - r)):
                for right in range(max(cell.colspan, 1)):
                    rows[r + down].setdefault(column + right, Spot(cell, right == 0, down == 0))
            column += max(cell.colspan, 1)
    width = max((max(row, default=-1) + 1 for row in rows), default=0)
    blank = Spot(GridCell(()), True, True)
    return [[row.get(column, blank) for column in range(width)] for row in rows]


def _spans(cell: GridCell) -> bool:
    return cell.colspan > 1 or cell.rowspan > 1


# -- pipes -------------------------------------------------------------------------------


def _pipes(grid: Grid) -> Table | None:
    """Return a pipe table, or nothing if some cell has content that does not go on one line."""
    lines = {id(cell): _lines(cell.children) for row in grid.rows for cell in row}
    if any(found is None for found in lines.values()):
        return None
    rows = []
    for r, row in enumerate(spots(grid)):
        cells = []
        for spot in row:
            # A cell over several rows says its text in each of them, one over columns in the first,
            # save in the header, where it names the columns.
            shown = (lines.get(id(spot.cell)) or []) if spot.first_column or r < grid.head else []
            cells.append(TableCell(_broken(shown)))
        rows.append(TableRow(tuple(cells)))
    if not rows[0].children:
        return None
    if not grid.head:
        rows.insert(0, TableRow(tuple(TableCell(()) for _ in rows[0].children)))
    return Table(tuple(rows))


def _broken(lines: Iterable[Line]) -> Line:
    """Join lines by breaks."""
    joined = chain.from_iterable((Break(), *line) for line in lines)
    next(joined, None)
    return tuple(joined)


def _lines(blocks: Iterable[Flow]) -> list[Line] | None:
    """Return blocks as lines of phrasing content, or nothing if they do not go on lines."""
    out: list[Line] = []
    for block in blocks:
        found = _block_lines(block)
        if found is None:
            return None
        out += found
    return out


def _block_lines(block: Flow) -> list[Line] | None:
    if isinstance(block, Paragraph):
        return [block.children]
    if isinstance(block, Heading):
        return [(Strong(block.children),)]
    if isinstance(block, List):
        return _list_lines(block)
    if isinstance(block, Blockquote):
        return _lines(block.children)
    if isinstance(block, Code) and "\n" not in block.value:
        return [(InlineCode(block.value),)]
    if isinstance(block, Math):
        return [(InlineMath(block.value),)]
    return [] if isinstance(block, ThematicBreak) else None


def _list_lines(node: List) -> list[Line] | None:
    """Return a list as lines with bullets or numbers; what is nested is indented by hard spaces."""
    out: list[Line] = []
    for number, item in enumerate(node.children, node.start):
        lines = _lines(item.children)
        if lines is None:
            return None
        mark = Text(f"{number}. " if node.ordered else "- ")
        first, *rest = lines or [()]
        out.append((mark, *first))
        out += [(Text("\xa0\xa0"), *line) for line in rest]
    return out


# -- HTML --------------------------------------------------------------------------------


def _html(grid: Grid) -> Iterable[Flow]:
    """Yield an HTML table with Markdown in its cells, which blank lines set off from the tags."""
    tags = ["<table>"]
    for r, row in enumerate(grid.rows):
        if grid.head and r in (0, grid.head):
            tags.append("<thead>" if r == 0 else "<tbody>")
        tags.append("<tr>")
        for c, cell in enumerate(row):
            name = "th" if r < grid.head or c < grid.stub else "td"
            tags.append(f"<{name}{_span('colspan', cell.colspan)}{_span('rowspan', cell.rowspan)}>")
            if cell.children:
                yield Html("\n".join(tags))
                yield from cell.children
                tags = []
            tags.append(f"</{name}>")
        tags.append("</tr>")
        if grid.head and r in (grid.head - 1, len(grid.rows) - 1):
            tags.append("</thead>" if r == grid.head - 1 else "</tbody>")
    tags.append("</table>")
    yield Html("\n".join(tags))


def _span(name: str, value: int) -> str:
    return f' {name}="{value}"' if value > 1 else ""


# -- records -----------------------------------------------------------------------------


def _records(grid: Grid) -> tuple[Flow, ...]:
    """Return each row as a list of its cells, named by their columns' headers."""
    rows = spots(grid)
    names = _names(rows[: grid.head]) if 0 < grid.head < len(rows) else None
    body = rows if names is None else rows[grid.head :]
    items = []
    for row in body:
        blocks: list[Flow] = []
        for c, spot in enumerate(row):
            if not spot.first_column:
                continue
            name = _joined(names[c : c + max(spot.cell.colspan, 1)], " / ") if names else ()
            blocks += defined((Strong(name),), spot.cell.children) if name else spot.cell.children
        items.append(ListItem(tuple(blocks)))
    return (List(tuple(items), spread=True),)


def _names(head: Sequence[Sequence[Spot]]) -> list[Line] | None:
    """Return the headers of the columns on one line each, or nothing if they do not go on one."""
    names: list[Line] = []
    for column in zip(*head, strict=True):
        lines: list[Line] = []
        for spot in column:
            found = _lines(spot.cell.children)
            if found is None:
                return None
            lines += found if spot.first_row else []
        names.append(_joined(lines, " "))
    return names


def _joined(lines: Iterable[Line], gap: str) -> Line:
    out: list[Phrasing] = []
    for line in filter(None, lines):
        out += [Text(gap), *line] if out else line
    return tuple(out)
