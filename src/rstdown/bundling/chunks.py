"""Documents cut into chunks for retrieval: at objects and sections, never inside code or tables.

A chunk is an object with its members if that fits into the tokens allowed, or else the object alone, its
members being chunks of their own; or the prose of a section, with its subsections where these hold no objects
and fit.  What is still too long is divided between blocks, and between the items of a list; a single
block that is too long stays whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from ..frozen import dataclass
from ..markdown import nodes as md
from ..markdown.slug import slug
from .tree import fullname, own_blocks, walk
from .units import referred, take_footnotes

Count = Callable[[md.Root], int]
"""Tokens of a tree once it is written."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a document that can stand alone.

    *id* says where it is in its document and stays the same while names and titles do.  *nodes* are its
    semantic tree; *path* are the titles above it; *lines* are those of the source (first, last; 0: unknown);
    *part* counts the parts of what had to be divided (0: it is whole).
    """

    id: str
    kind: str
    root: md.Root
    path: tuple[str, ...]
    name: str = ""
    domain: str = ""
    objtype: str = ""
    signatures: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    lines: tuple[int, int] = (0, 0)
    part: int = 0


def chunks_of(docname: str, section: md.Section, limit: int, count: Count) -> list[Chunk]:
    """Cut a document into chunks of at most *limit* tokens, as far as that is possible."""
    bare, notes = take_footnotes(section)
    cutter = _Cutter(limit, count, _line_ends(bare))
    found = list(cutter.section(bare, (), ""))
    ids: dict[str, int] = {}
    out = []
    for chunk in found:
        name = f"{docname}#{chunk.id}".replace("#@", "@").removesuffix("#")
        ids[name] = ids.get(name, 0) + 1
        unique = f"{name}~{ids[name]}" if ids[name] > 1 else name
        blocks = (*chunk.root.children, *referred(chunk.root, notes))
        out.append(replace(chunk, id=unique, root=md.Root(blocks)))
    return out


def _line_ends(section: md.Section) -> dict[int, int]:
    """Return the last line of each section and object, by identity: that before the next one begins."""
    marks = [node for node in walk(section) if isinstance(node, (md.Section, md.Object)) and node.line]
    ends: dict[int, int] = {}
    for node, after in zip(marks, [*marks[1:], None], strict=False):
        ends[id(node)] = max(node.line, after.line - 1) if after is not None else 0
    return ends


@dataclass(frozen=True, slots=True)
class _Cutter:
    limit: int
    count: Count
    ends: dict[int, int]

    def section(self, node: md.Section, path: tuple[str, ...], prefix: str) -> Iterator[Chunk]:
        """Yield the chunks of a section."""
        title = md.plain_text(node.title)
        name = f"{prefix}/{slug(title)}" if path else ""
        base = Chunk(name.strip("/"), "section", md.Root((node,)), path, name=title)
        holds_objects = any(isinstance(n, md.Object) for n in walk(node))
        if not holds_objects and self.count(base.root) <= self.limit:
            yield replace(base, lines=self.lines(node, list(walk(node))))
            return
        prose = own_blocks(node.children)
        if any(not isinstance(block, md.Anchor) for block in prose) or not node.children:
            yield from self.divided(base, node, prose)
        for child in node.children:
            if isinstance(child, md.Section):
                yield from self.section(child, (*path, title), name)
            elif isinstance(child, md.Object):
                yield from self.object(child, (*path, title))

    def object(self, node: md.Object, path: tuple[str, ...]) -> Iterator[Chunk]:
        """Yield the chunks of an object: one, if it fits with its members."""
        inner = [n for n in walk(node.children) if isinstance(n, md.Object)]
        base = Chunk(
            _object_id(node),
            "object",
            md.Root((node,)),
            path,
            name=fullname(node),
            domain=node.domain,
            objtype=node.objtype,
            signatures=tuple(" ".join(filter(None, (s.prefix, s.code, s.suffix))) for s in node.signatures),
        )
        if not inner or self.count(base.root) <= self.limit:
            if self.count(base.root) <= self.limit:
                members = tuple(map(fullname, inner))
                yield replace(base, members=members, lines=self.lines(node, [node, *inner]))
            else:
                yield from self.divided(base, node, node.children)
            return
        yield from self.divided(base, node, own_blocks(node.children))
        for child in node.children:
            if isinstance(child, md.Object):
                yield from self.object(child, (*path, fullname(node)))
            elif isinstance(child, md.Section):
                yield from self.section(child, (*path, fullname(node)), _object_id(node))

    def divided(
        self, base: Chunk, node: md.Section | md.Object, blocks: Sequence[md.Flow]
    ) -> Iterator[Chunk]:
        """Yield *node* with *blocks* only, in as many parts as it takes."""
        lines = self.lines(node, [node])
        groups = self.groups(node, list(_small(blocks, self.fits(node))))
        for number, group in enumerate(groups, 1):
            root = md.Root((replace(node, children=tuple(_joined(group))),))
            part = number if len(groups) > 1 else 0
            yield replace(
                base, root=root, part=part, lines=lines, id=f"{base.id}@{part}" if part > 1 else base.id
            )

    def fits(self, node: md.Section | md.Object) -> Callable[[md.Flow], bool]:
        """Return what tells whether a block fits into a chunk of *node*."""
        return lambda block: self.count(md.Root((replace(node, children=(block,)),))) <= self.limit

    def groups(self, node: md.Section | md.Object, blocks: list[md.Flow]) -> list[list[md.Flow]]:
        """Put as many blocks together as fit; anchors and lead-ins stay with what follows them."""
        out: list[list[md.Flow]] = []
        group: list[md.Flow] = []
        for bound in _bound(blocks):
            tried = [*group, *bound]
            if group and self.count(md.Root((replace(node, children=tuple(_joined(tried))),))) > self.limit:
                out.append(group)
                group = list(bound)
            else:
                group = tried
        return [*out, group] if group or not out else out

    def lines(self, node: Any, held: Iterable[Any]) -> tuple[int, int]:
        """Return the first and last line of *node* with those of what it *holds*."""
        ends = [self.ends[id(n)] for n in held if id(n) in self.ends]
        return (node.line, 0 if not ends or 0 in ends else max(ends))


def _object_id(node: md.Object) -> str:
    return fullname(node).replace(" ", "_")


def _bound(blocks: Sequence[md.Flow]) -> Iterator[list[md.Flow]]:
    """Group blocks that must not be parted: anchors, and ``For example:`` with what it introduces."""
    group: list[md.Flow] = []
    for block in blocks:
        group.append(block)
        introduces = isinstance(block, md.Paragraph) and md.plain_text(block.children).rstrip().endswith(":")
        if not introduces and not isinstance(block, md.Anchor):
            yield group
            group = []
    if group:
        yield group


def _small(blocks: Iterable[md.Flow], fits: Callable[[md.Flow], bool]) -> Iterator[md.Flow]:
    """Yield blocks, lists that do not fit item by item."""
    for block in blocks:
        if isinstance(block, (md.List, md.DefinitionList)) and len(block.children) > 1 and not fits(block):
            for number, item in enumerate(block.children):
                if isinstance(block, md.List):
                    yield replace(block, children=(item,), start=block.start + number)  # type: ignore[arg-type]
                else:
                    yield replace(block, children=(item,))  # type: ignore[arg-type]
        else:
            yield block


def _joined(blocks: Iterable[md.Flow]) -> Iterator[md.Flow]:
    """Yield blocks, the items of a list that `_small` took apart together again."""
    last: md.Flow | None = None
    for block in blocks:
        follows = (
            (isinstance(block, md.List) and isinstance(last, md.List) and block.ordered == last.ordered)
            and (not block.ordered or block.start == last.start + len(last.children))
        ) or (
            isinstance(block, md.DefinitionList)
            and isinstance(last, md.DefinitionList)
            and block.kind == last.kind
        )
        if follows:
            last = replace(last, children=(*last.children, *block.children))  # type: ignore[type-var,union-attr]
            continue
        if last is not None:
            yield last
        last = block
    if last is not None:
        yield last
