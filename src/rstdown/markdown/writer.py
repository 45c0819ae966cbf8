"""Write a tree of core nodes as Markdown: one method per node class, values in, strings out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from . import escape, join, normal, phrasing
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
    Phrasing,
    Root,
    Table,
    ThematicBreak,
)


def write(root: Root) -> str:
    """Return a tree of core nodes as Markdown that ends with a line feed (or is empty).

    Raises TypeError on a node that is not core: an open `Xref`, or a semantic node not yet lowered.
    """
    written = Writer().flow(normal.blocks(root))
    return escape.clean(written)[0] + "\n" if written else ""


class Container(NamedTuple):
    """A kind of block that holds phrasing content: whether on *one_line*, and how that is *finished*."""

    one_line: bool
    finished: Callable[[str], str]


def _lines(written: str) -> str:
    """Return a paragraph's content so that no line of it starts another block."""
    if "\n" not in written:
        return escape.line_start(written)
    return "\n".join(map(escape.line_start, written.split("\n")))


PARAGRAPH = Container(False, _lines)
HEADING = Container(True, escape.heading_end)
CELL = Container(True, escape.table_cell)


def container(children: tuple[Phrasing, ...], kind: Container) -> str:
    """Write the phrasing content of a block."""
    return kind.finished(phrasing.container(children, kind.one_line))


class Writer:
    """Writes blocks: one method per node class, values in, strings out."""

    def container(self, children: tuple[Phrasing, ...], kind: Container) -> str:
        """Write the phrasing content of a block."""
        return container(children, kind)

    def flow(self, children: Sequence[Flow], tight: bool = False) -> str:
        """Write blocks with blank lines between them, or without where that is the same and *tight*."""
        out: list[str] = []
        previous: Flow | None = None
        alternate = False
        for node in children:
            if type(node) is List:
                # Two lists in a row have different markers, or they would be one.
                alternate = type(previous) is List and node.ordered == previous.ordered and not alternate
                written = self._list(node, alternate)
            elif type(node) is Paragraph:
                written = self.container(node.children, PARAGRAPH)
            else:
                written = _FLOW[type(node)](self, node)
            if previous is not None:
                out.append("\n" if tight and join.touch(previous, node) else "\n\n")
            out.append(written)
            previous = node
        return "".join(out)

    def _heading(self, node: Heading) -> str:
        if not 1 <= node.depth <= 6:
            raise ValueError(f"a heading has a depth of 1 to 6, not {node.depth}")
        return f"{'#' * node.depth} {self.container(node.children, HEADING)}".rstrip()

    def _thematic_break(self, node: ThematicBreak) -> str:
        return "---"

    def _blockquote(self, node: Blockquote) -> str:
        written = self.flow(node.children)
        if node.alert:
            gap = "\n" if node.children and isinstance(node.children[0], Paragraph) else "\n\n"
            written = f"[!{node.alert}]{gap}{written}".rstrip("\n")
        return "\n".join([f"> {line}" if line else ">" for line in written.split("\n")])

    def _list(self, node: List, alternate: bool = False) -> str:
        loose = join.is_loose(node)
        items = []
        for number, item in enumerate(node.children, node.start):
            if node.ordered:
                marker = f"{number}{')' if alternate else '.'}"
            else:
                marker = "*" if alternate else "-"
            items.append(self._item(item, marker, not loose))
        return ("\n\n" if loose else "\n").join(items)

    def _item(self, node: ListItem, marker: str, tight: bool = False) -> str:
        written = self.flow(node.children, tight)
        if "\n" not in written and written[:1] not in "-* ":  # as most
            return f"{marker} {written}"
        if node.children and isinstance(node.children[0], ThematicBreak):
            written = "___" + written[3:]  # ``- ---`` is a rule as a whole
        indented = _indent(written, " " * (len(marker) + 1))
        if not written.partition("\n")[0].strip("-* "):  # so is ``- - -``, and ``-`` alone holds no list
            return f"{marker}\n{' ' * (len(marker) + 1)}{indented}" if written else marker
        return f"{marker} {indented}"

    def _code(self, node: Code) -> str:
        info = escape.info_string(node.lang)
        fence = escape.fence(node.value, info)
        return f"{fence}{info}\n{node.value}\n{fence}" if node.value else f"{fence}{info}\n{fence}"

    def _math(self, node: Math) -> str:
        return f"$$\n{node.value}\n$$"

    def _table(self, node: Table) -> str:
        rows = [[self.container(cell.children, CELL) for cell in row.children] for row in node.children]
        width = len(rows[0])
        lines = ["| " + " | ".join((row + [""] * width)[:width]) + " |" for row in rows]
        lines.insert(1, "|" + "---|" * width)
        return "\n".join(lines)

    def _html(self, node: Html) -> str:
        return node.value

    def _footnote_definition(self, node: FootnoteDefinition) -> str:
        written = _indent(self.flow(node.children), "    ")
        gap = " " if node.children and isinstance(node.children[0], Paragraph) else "\n    "
        return f"[^{node.label}]:{gap}{written}".rstrip()


def _indent(written: str, prefix: str) -> str:
    """Put *prefix* before every line but the first, save blank ones."""
    if "\n" not in written:
        return written
    if "\n\n" not in written and written[-1] != "\n":
        return written.replace("\n", f"\n{prefix}")
    first, *rest = written.split("\n")
    return "\n".join([first, *[prefix + line if line else line for line in rest]])


_FLOW = phrasing.Handlers(
    {
        Heading: Writer._heading,
        ThematicBreak: Writer._thematic_break,
        Blockquote: Writer._blockquote,
        Code: Writer._code,
        Math: Writer._math,
        Table: Writer._table,
        Html: Writer._html,
        FootnoteDefinition: Writer._footnote_definition,
    }
)
