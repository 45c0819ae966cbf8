"""Write a tree of core nodes as Markdown: one function per node class, values in, strings out."""

from __future__ import annotations

from collections.abc import Sequence

from . import escape, join, normal
from .nodes import (
    Blockquote,
    Code,
    Flow,
    FootnoteDefinition,
    Heading,
    Html,
    List,
    ListItem,
    Math,
    Paragraph,
    Root,
    Table,
    TableCell,
    ThematicBreak,
)
from .phrasing import Handlers, container


def write(root: Root) -> str:
    """Return a tree of core nodes as Markdown that ends with a line feed (or is empty).

    Raises TypeError on a node that is not core: an open `Xref`, or a semantic node not yet lowered.
    """
    written = _flow(normal.blocks(root))
    return escape.clean(written)[0] + "\n" if written else ""


def _flow(children: Sequence[Flow], tight: bool = False) -> str:
    """Write blocks with blank lines between them, or without where that is the same and *tight*."""
    out: list[str] = []
    previous: Flow | None = None
    alternate = False
    for node in children:
        # Two lists in a row have different markers, or they would be one.
        if type(node) is List:
            alternate = type(previous) is List and node.ordered == previous.ordered and not alternate
            written = _list(node, alternate)
        else:
            alternate = False
            written = _FLOW[type(node)](node)
        if previous is not None:
            out.append("\n" if tight and join.touch(previous, node) else "\n\n")
        out.append(written)
        previous = node
    return "".join(out)


def _indent(written: str, prefix: str) -> str:
    """Put *prefix* before every line but the first, save blank ones."""
    if "\n" not in written:
        return written
    first, *rest = written.split("\n")
    return "\n".join([first, *(prefix + line if line else line for line in rest)])


def _paragraph(node: Paragraph) -> str:
    written = container(node.children)
    if "\n" not in written:
        return escape.line_start(written)
    return "\n".join(map(escape.line_start, written.split("\n")))


def _heading(node: Heading) -> str:
    if not 1 <= node.depth <= 6:
        raise ValueError(f"a heading has a depth of 1 to 6, not {node.depth}")
    return f"{'#' * node.depth} {escape.heading_end(container(node.children, one_line=True))}".rstrip()


def _thematic_break(node: ThematicBreak) -> str:
    return "---"


def _blockquote(node: Blockquote) -> str:
    written = _flow(node.children)
    if node.alert:
        gap = "\n" if node.children and isinstance(node.children[0], Paragraph) else "\n\n"
        written = f"[!{node.alert}]{gap}{written}".rstrip("\n")
    return "\n".join(f"> {line}" if line else ">" for line in written.split("\n"))


def _list(node: List, alternate: bool = False) -> str:
    loose = join.is_loose(node)
    items = []
    for number, item in enumerate(node.children, node.start):
        if node.ordered:
            marker = f"{number}{')' if alternate else '.'}"
        else:
            marker = "*" if alternate else "-"
        items.append(_item(item, marker, not loose))
    return ("\n\n" if loose else "\n").join(items)


def _item(node: ListItem, marker: str, tight: bool = False) -> str:
    written = _flow(node.children, tight)
    if node.children and isinstance(node.children[0], ThematicBreak):
        written = "___" + written[3:]  # ``- ---`` is a rule as a whole
    indented = _indent(written, " " * (len(marker) + 1))
    if not written.partition("\n")[0].strip("-* "):  # so is ``- - -``, and ``-`` alone holds no list
        return f"{marker}\n{' ' * (len(marker) + 1)}{indented}" if written else marker
    return f"{marker} {indented}"


def _code(node: Code) -> str:
    info = escape.info_string(node.lang)
    fence = escape.fence(node.value, info)
    return f"{fence}{info}\n{node.value}\n{fence}" if node.value else f"{fence}{info}\n{fence}"


def _math(node: Math) -> str:
    return f"$$\n{node.value}\n$$"


def _table(node: Table) -> str:
    rows = [[_cell(cell) for cell in row.children] for row in node.children]
    width = len(rows[0])
    lines = ["| " + " | ".join((row + [""] * width)[:width]) + " |" for row in rows]
    lines.insert(1, "|" + "---|" * width)
    return "\n".join(lines)


def _cell(node: TableCell) -> str:
    return escape.table_cell(container(node.children, one_line=True))


def _html(node: Html) -> str:
    return node.value


def _footnote_definition(node: FootnoteDefinition) -> str:
    written = _indent(_flow(node.children), "    ")
    gap = " " if node.children and isinstance(node.children[0], Paragraph) else "\n    "
    return f"[^{node.label}]:{gap}{written}".rstrip()


_FLOW = Handlers(
    {
        Paragraph: _paragraph,
        Heading: _heading,
        ThematicBreak: _thematic_break,
        Blockquote: _blockquote,
        Code: _code,
        Math: _math,
        Table: _table,
        Html: _html,
        FootnoteDefinition: _footnote_definition,
    }
)
