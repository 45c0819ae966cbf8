"""Make a bundle fit into a number of tokens: split it into volumes, or trim it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..errors import BudgetError
from ..frozen import dataclass
from ..markdown import nodes as md
from .documents import Part
from .units import cut, labels

Size = Callable[[Part, md.Section, int], int]
"""Tokens of (part of) a document as it stands in the output: the part, what is taken of it, its number."""


@dataclass(frozen=True, slots=True)
class Slice:
    """What a volume has of a document: its units from *first* to *last*; *number* counts parts, 0 is all."""

    part: Part
    section: md.Section
    number: int = 0


def split(parts: Sequence[Part], room: int, size: Size) -> list[list[Slice]]:
    """Distribute documents over volumes of at most *room* tokens.

    A document is cut only if it does not fit into a volume of its own.  Raises `BudgetError` if an object or
    a section's prose alone does not.
    """
    volumes: list[list[Slice]] = [[]]
    left = room
    for part in parts:
        tokens = size(part, part.section, 0)
        if tokens > room:
            left = _spread(part, room, left, size, volumes)
            continue
        if tokens > left:
            volumes.append([])
            left = room
        volumes[-1].append(Slice(part, part.section))
        left -= tokens
    return [volume for volume in volumes if volume]


def _spread(part: Part, room: int, left: int, size: Size, volumes: list[list[Slice]]) -> int:
    """Cut a document over as many volumes as it needs; return the room that is left in the last one."""
    names = labels(part.section)
    at = 0
    number = 1
    while at < len(names):
        taken = _most(part, at, len(names), number, left, size)
        if taken == at:
            if not volumes[-1]:
                tokens = size(part, cut(part.section, at, at + 1), number)
                raise BudgetError(
                    f"{part.docname}: {names[at]} alone has {tokens:,} tokens with its headings, a volume "
                    f"has room for {room:,}; raise --max-tokens, or leave something out with --drop"
                )
            volumes.append([])
            left = room
            continue
        section = cut(part.section, at, taken)
        volumes[-1].append(Slice(part, section, number))
        left -= size(part, section, number)
        at = taken
        number += 1
        if at < len(names):
            volumes.append([])
            left = room
    return left


def _most(part: Part, first: int, total: int, number: int, room: int, size: Size) -> int:
    """Return the last unit up to which units from *first* on fit into *room*."""
    low, high = first, total
    while low < high:
        middle = (low + high + 1) // 2
        if size(part, cut(part.section, first, middle), number) <= room:
            low = middle
        else:
            high = middle - 1
    return low


def trim(parts: Sequence[Part], room: int, size: Size) -> tuple[list[Part], list[tuple[Part, list[str]]]]:
    """Leave out units from the end until all fits into *room*.

    Return what stays, and the names of what goes: all units of a document (it goes whole) or its last ones.
    """
    kept: list[Part] = []
    gone: list[tuple[Part, list[str]]] = []
    left = room
    for part in parts:
        names = labels(part.section)
        tokens = size(part, part.section, 0)
        if gone or tokens > left:
            taken = 0 if gone else _most(part, 0, len(names), 0, left, size)
            gone.append((part, names[taken:]))
            if taken:
                kept.append(Part(part.page, cut(part.section, 0, taken)))
            continue
        kept.append(part)
        left -= tokens
    return kept, gone
