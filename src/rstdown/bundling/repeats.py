"""What documents repeat is said once: whole documents, and passages that many of them have."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from ..markdown import nodes as md
from .documents import Part
from .model import LeftOut
from .tree import edit, own_blocks, walk

MANY = 3
"""In how many documents a passage stands that counts as boilerplate."""
LONG = 40
"""How many words it has at least; shorter ones are cheaper to repeat than to refer to."""

_SHOWN = 6


def documents_once(parts: Sequence[Part], text_of: Callable[[Part], str]) -> tuple[list[Part], list[LeftOut]]:
    """Leave out documents that are, word for word, one that came before."""
    first: dict[str, str] = {}
    kept, out = [], []
    for part in parts:
        same = first.setdefault(text_of(part), part.docname)
        if same == part.docname:
            kept.append(part)
        else:
            what = f"{part.docname}, which repeats {same}"
            out.append(LeftOut("duplicate", what, "duplicate", part.docname))
    return kept, out


def passages_once(parts: Sequence[Part]) -> tuple[list[Part], list[LeftOut]]:
    """Replace boilerplate by a reference to the first document that has it.

    A passage is a block of a section's own prose: a paragraph, a note, a list, ….
    """
    places: dict[md.Flow, dict[str, None]] = {}
    for part in parts:
        for block in _passages(part.section):
            places.setdefault(block, {})[part.docname] = None
    repeated = {
        block: list(docnames)
        for block, docnames in places.items()
        if len(docnames) >= MANY and len(_words(block)) >= LONG
    }
    if not repeated:
        return list(parts), []
    out = [LeftOut("duplicate", _what(block, names), "repeated") for block, names in repeated.items()]
    return [_referring(part, repeated) for part in parts], out


def _passages(section: md.Section) -> Iterator[md.Flow]:
    yield from own_blocks(section.children)
    for child in section.children:
        if isinstance(child, md.Section):
            yield from _passages(child)


def _words(block: md.Flow) -> list[str]:
    inside = block.children if isinstance(block, md.Admonition) else block
    texts = (node.value for node in walk(inside) if isinstance(node, (md.Text, md.InlineCode, md.Code)))
    return " ".join(texts).split()


def _start(block: md.Flow) -> str:
    return f"“{' '.join(_words(block)[:_SHOWN])} …”"


def _what(block: md.Flow, docnames: Sequence[str]) -> str:
    return f"{_start(block)} of {docnames[0]} in {len(docnames) - 1} more documents"


def _referring(part: Part, repeated: dict[md.Flow, list[str]]) -> Part:
    def visit(node: Any) -> Iterable[Any] | None:
        if not isinstance(node, md.Section):
            return None
        children = tuple(map(shortened, node.children))
        return (edit(replace(node, children=children), visit),) if children != node.children else None

    def shortened(block: md.Flow) -> md.Flow:
        if (
            isinstance(block, (md.Section, md.Object))
            or repeated.get(block, [part.docname])[0] == part.docname
        ):
            return block
        return md.Paragraph((md.Text(f"{_start(block)}: as in {repeated[block][0]}."),))

    found = visit(part.section)
    return (
        replace(part, section=next(iter(found)))
        if found
        else replace(part, section=edit(part.section, visit))
    )
