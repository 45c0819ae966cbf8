"""Lines of text that know where they come from (``docutils.statemachine.StringList``), quickly cut."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from operator import itemgetter
from typing import Any, cast

from docutils.statemachine import StringList, UnexpectedIndentationError, string2lines

TAB_WIDTH = 8


def without_nul(text: str) -> str:
    """Return *text* with U+FFFD for NUL, which docutils uses for its own purposes."""
    return text.replace("\0", "\ufffd")


def lines_of(text: str) -> list[str]:
    """Return the lines of *text* as docutils wants them: tabs expanded, no white space at the end."""
    if any(mark in text for mark in "\t\v\f"):
        return string2lines(text, TAB_WIDTH, convert_whitespace=True)
    return list(map(str.rstrip, text.splitlines()))


def trim_top(block: StringList) -> int:
    """Take blank lines off the beginning of *block*; return how many there were."""
    blank = 0
    for line in block.data:
        if line and line.strip():
            break
        blank += 1
    if blank:
        block.trim_start(blank)
    return blank


def extent(data: list[str], begin: int) -> tuple[int, int, bool]:
    """Return where an indented block ends, its indent, and whether a blank line follows it.

    Its second line is *begin*, if it has one.
    """
    margin, indent = "", 0
    for end in range(begin, len(data)):
        line = data[end]
        if not line or (indent and line[:indent] == margin):
            continue
        if line[0] != " ":
            return end, indent, not data[end - 1].strip()
        if (text := line.lstrip()) and not 0 < indent <= len(line) - len(text):
            indent = len(line) - len(text)
            margin = line[:indent]
    return max(begin, len(data)), indent, True


@lru_cache(64)
def without(margin: int) -> Callable[[str], str]:
    """Return what takes the first *margin* characters off a line."""
    return itemgetter(slice(margin, None))


class Lines(StringList):
    """A `StringList` whose slices are made without detours."""

    def __iter__(self) -> Iterator[str]:
        """Go through the lines (docutils asks for one after the other, until there is none)."""
        return iter(self.data)

    def __getitem__(self, i: Any) -> Any:
        """Return a line, or a view of several (``ViewList.__getitem__``)."""
        if i.__class__ is not slice:
            return self.data[i]
        assert i.step in (None, 1), "cannot handle slice with stride"
        return self._view(i.start, i.stop)

    def _view(self, start: int | None, stop: int | None) -> Lines:
        view = Lines.__new__(Lines)
        view.data = self.data[start:stop]
        view.items = self.items[start:stop]
        view.parent = self
        view.parent_offset = start or 0
        return view

    def get_indented(
        self,
        start: int = 0,
        until_blank: bool = False,
        strip_indent: bool = True,
        block_indent: int | None = None,
        first_indent: int | None = None,
    ) -> tuple[Lines, int, bool]:
        """Return a block, its indent, and whether a blank line follows (``StringList.get_indented``)."""
        data = self.data
        indent = block_indent or 0
        margin = " " * indent
        if first_indent is None:
            first_indent = block_indent
        begin = start if first_indent is None else start + 1
        blank_finish = True
        for end in range(begin, len(data)):
            line = data[end]
            if not line or (indent and line[:indent] == margin):
                if until_blank and not line.strip():
                    break
            elif line[0] != " " or (block_indent is not None and line[:block_indent].strip()):
                blank_finish = end > start and not data[end - 1].strip()
                break
            elif line.isspace():
                if until_blank:
                    break
            elif block_indent is None:
                line_indent = len(line) - len(line.lstrip())
                if not indent or line_indent < indent:
                    margin, indent = line[:line_indent], line_indent
        else:
            end = max(begin, len(data))
        block = self._view(start, end)
        cut = block.data
        if indent and strip_indent and len(cut) > begin - start:
            cut[begin - start :] = map(without(indent), cut[begin - start :])
        if first_indent and cut:
            cut[0] = cut[0][first_indent:]
        return block, indent, blank_finish

    def trim_start(self, n: int = 1) -> None:
        """Take *n* lines off the beginning (``ViewList.trim_start``)."""
        del self.data[:n]
        del self.items[:n]
        if self.parent is not None:
            self.parent_offset += n

    def trim_end(self, n: int = 1) -> None:
        """Take *n* lines off the end (``ViewList.trim_end``)."""
        del self.data[-n:]
        del self.items[-n:]

    def get_2D_block(  # noqa: N802  (docutils' name)
        self, top: int, left: int, bottom: int, right: int, strip_indent: bool = True
    ) -> Lines:
        """Return a cell of a grid table (``StringList.get_2D_block``); plain lines are not looked through."""
        if not all(map(str.isascii, self.data[top:bottom])):
            return cast(Lines, super().get_2D_block(top, left, bottom, right, strip_indent))
        block: Lines = self[top:bottom]
        block.data = [line[left:right].rstrip() for line in block.data]
        indent = min((len(line) - len(line.lstrip()) for line in block.data if line), default=0)
        if strip_indent and 0 < indent < right:
            block.data = [line[indent:] for line in block.data]
        return block

    def pad_double_width(self, pad_char: str) -> None:
        """Pad characters of double width (``StringList.pad_double_width``)."""
        if not all(map(str.isascii, self.data)):
            super().pad_double_width(pad_char)

    def get_text_block(self, start: int, flush_left: bool = False) -> Lines:
        """Return the lines up to the next blank one (``StringList.get_text_block``)."""
        data = self.data
        end = start
        last = len(data)
        while end < last:
            line = data[end]
            if not line or line[0] == " ":
                if not line.strip():
                    break
                if flush_left:
                    source, offset = self.info(end)
                    raise UnexpectedIndentationError(self[start:end], source, (offset or 0) + 1)
            elif line.isspace():
                break
            end += 1
        return self[start:end]  # type: ignore[no-any-return]


class Cut:
    """The text of a directive, cut out of *lines*: its first line at *indent*, the others at *margin*."""

    def __init__(self, lines: Lines, first: int, end: int, indent: int, margin: int) -> None:
        data = lines.data
        while end > first + 1 and not data[end - 1].strip():
            end -= 1
        self.lines = lines
        self.first = first
        self.data = [data[first][indent:]]
        if end > first + 1:
            self.data += map(without(margin), data[first + 1 : end])

    def part(self, begin: int, end: int | None = None) -> Lines:
        """Return some of the lines."""
        part = Lines.__new__(Lines)
        part.data = self.data[begin:end]
        first = self.first + begin
        part.items = self.lines.items[first : first + len(part.data)]
        part.parent = self.lines
        part.parent_offset = first
        return part
