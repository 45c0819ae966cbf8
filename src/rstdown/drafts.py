"""Pages that are written before they are linked: Markdown with gaps where it depends on other pages.

A page can be linked only when all others have been converted.  Little of its Markdown depends on that: the
addresses of references, and which anchors anything leads to.  So all else is written while the tree is at
hand, and a page waits for the others as text, not as a tree.

``tests/test_drafts.py`` holds that pages come out the same as without it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from itertools import chain
from typing import Any, NamedTuple, TypeAlias

from .link.outcome import shows_itself
from .link.rewrite import Rewriter
from .link.scan import Scan, scan
from .link.surface import Changes, Surface
from .link.tree import LEAVES, walk
from .markdown import escape, normal, phrasing
from .markdown import nodes as md
from .markdown.lower import UndecidedError, lower, settle
from .markdown.plain import linked, plain
from .markdown.writer import CELL, HEADING, PARAGRAPH, Container, Writer, container
from .options import ConvertOptions

BLANK_LINE = "\n\n"
MARK = "\0"
"""Where a gap is, in text that is being written; no document gets this character through."""
CONTAINERS = {"paragraph": PARAGRAPH, "heading": HEADING, "cell": CELL}
NAMES = {kind: name for name, kind in CONTAINERS.items()}


class Reference(NamedTuple):
    """A gap for the reference that has this *number* in the page's `Scan`, and shows this Markdown."""

    number: int
    shown: str
    in_cell: bool


class Place(NamedTuple):
    """A gap for the anchor of *id*, if anything leads there; *slug* is the one its heading has anyway."""

    id: str
    slug: str | None
    in_cell: bool


class Content(NamedTuple):
    """A gap for all that one block holds, because not only a reference itself depends on where it leads.

    *anchors* stand before its *children*, *kind* is the block's in `CONTAINERS`, *xrefs* and *authored* are
    the numbers of the references and addresses in it, in the page's `Scan`.  Where it is *flat*, linking can
    change nothing but the references among the children, which hold none themselves.
    """

    anchors: tuple[Place, ...]
    children: tuple[md.Phrasing, ...]
    kind: str
    xrefs: tuple[int, ...]
    authored: tuple[int, ...] = ()
    flat: bool = False


class Anchors(NamedTuple):
    """A gap for a paragraph of anchors only, with the blank line before or after it."""

    anchors: tuple[Place, ...]
    before: str = ""
    after: str = ""


Gap: TypeAlias = str | Reference | Place | Content | Anchors
"""A text is a `Reference` that shows it, outside cells, with the number that is next: as most have."""


class Draft(NamedTuple):
    """Markdown with gaps: each stands between two of the texts."""

    texts: tuple[str, ...]
    gaps: tuple[Gap, ...]


def drafted(surface: Surface, options: ConvertOptions) -> Draft | None:
    """Write a page, whose surface has the whole tree; None if its blocks depend on linking."""
    found = surface.scan
    drafter = _Drafter(found)
    try:
        if not found.titled or 0 not in found.sections.values():
            return None
        titles = [heading.title for heading in found.headings]
        if not (LEAVES.issuperset(map(type, chain.from_iterable(titles))) or all(map(_is_settled, titles))):
            return None
        lowered = lower(surface.page.root, options, linked=False)
        written = drafter.document(normal.blocks(lowered, normal.untouched))
    except UndecidedError:
        return None
    texts, gaps = f"{written}\n".split(MARK), drafter.gaps
    if len(texts) != len(gaps) + 1:
        return None
    if Anchors in map(type, gaps):
        for index, gap in enumerate(gaps):
            if isinstance(gap, Anchors):
                gaps[index] = _with_blank_line(gap, index, texts)
    return Draft(tuple(texts), tuple(gaps))


def _is_settled(title: tuple[md.Phrasing, ...]) -> bool:
    """Tell whether linking leaves the text of a heading as it is, from which its anchor is made."""
    if LEAVES.issuperset(map(type, title)):  # as of most
        return True
    return all(shows_itself(node) for node in walk(title) if isinstance(node, md.Xref))


def _with_blank_line(gap: Anchors, index: int, texts: list[str]) -> Anchors:
    """Take the blank line that belongs to a gap from the text after it, or before it at the end."""
    if texts[index + 1].startswith(BLANK_LINE):
        texts[index + 1] = texts[index + 1].removeprefix(BLANK_LINE)
        return gap._replace(after=BLANK_LINE)
    texts[index] = texts[index].removesuffix(BLANK_LINE)
    return gap._replace(before=BLANK_LINE)


class _Drafter(Writer):
    """Writes blocks that are not linked: as `Writer` does, but for *gaps*."""

    def __init__(self, found: Scan) -> None:
        self.found = found
        self.xrefs = (*found.xrefs, None)
        self.next = 0
        self.gaps: list[Gap] = []
        self.places: set[str | int] = set()
        self.in_cell = False
        self.blocks: Sequence[md.Flow] = ()

    def document(self, blocks: Sequence[md.Flow]) -> str:
        """Write all blocks."""
        self.blocks = blocks
        return self.flow(blocks)

    def _may_vanish(self, children: tuple[md.Phrasing, ...]) -> bool:
        """Tell whether a paragraph may come to nothing: between blocks that are in no other, most may."""
        for before, node in zip((None, *self.blocks), self.blocks, strict=False):
            if isinstance(node, md.Paragraph) and node.children is children:
                return not isinstance(before, md.List)  # else two lists may come to stand in a row
        return False

    def container(self, children: tuple[md.Phrasing, ...], kind: Container) -> str:
        """Write the phrasing content of a block, with gaps."""
        self.in_cell = kind is CELL
        if children and type(children[0]) is md.Anchor:
            return self._anchored(children, kind)
        kept, number = len(self.gaps), self.next
        written = plain(children, self)
        if written is not None and (len(self.gaps) == kept or self._is_safe(written, kept, kind)):
            return written if kind is PARAGRAPH and written[:1].isalpha() else _finished(written, kind)
        del self.gaps[kept:]
        self.next = number
        return self._content([], children, kind) if self._is_open(children) else _written(children, kind)

    def _anchored(self, children: tuple[md.Phrasing, ...], kind: Container) -> str:
        """Write the content of a block that begins with anchors."""
        anchors, rest = self._anchors(children)
        if not rest:
            if not self._may_vanish(children):
                raise UndecidedError  # without an anchor there would be no block
            self.gaps.append(Anchors(tuple(anchors)))
            return MARK
        kept, number = len(self.gaps), self.next
        self.gaps += anchors
        written = plain(rest, self)
        if (
            written is not None
            and self._is_safe(written, kept + len(anchors), kind)
            and (not anchors or self._fits(rest, written, kind))
        ):
            return MARK * len(anchors) + _finished(written, kind)
        del self.gaps[kept:]
        self.next = number
        if anchors or self._is_open(rest):
            return self._content(anchors, rest, kind)
        return _written(rest, kind)

    def _anchors(self, children: tuple[md.Phrasing, ...]) -> tuple[list[Place], tuple[md.Phrasing, ...]]:
        """Split off the anchors at the beginning of a block, as gaps."""
        found: list[Place] = []
        for count, node in enumerate(children):
            if type(node) is not md.Anchor:
                return found, children[count:]
            number = self.found.sections.get(node.id)
            if node.slug is not None or number is None:
                self._note(node.id if number is None else number)
                found.append(Place(node.id, node.slug, self.in_cell))
        return found, ()

    def _note(self, place: str | int) -> None:
        if place in self.places:  # only the first of them is written
            raise UndecidedError
        self.places.add(place)

    def _is_safe(self, written: str, first: int, kind: Container) -> bool:
        """Tell whether nothing has to be escaped at the ends of a block, whatever gaps there become."""
        if kind is PARAGRAPH:
            if written[:1] != MARK:
                return True
            shown = self._text_of(first) + written[1:]
            return shown[:1] == "`" or kind.finished(shown) == shown
        return not (written[-1:] == MARK and kind is HEADING and self._text_of(-1).endswith("#"))

    def _text_of(self, index: int) -> str:
        gap = self.gaps[index]
        return gap if isinstance(gap, str) else gap.shown if isinstance(gap, Reference) else ""

    def _fits(self, rest: tuple[md.Phrasing, ...], written: str, kind: Container) -> bool:
        """Tell whether content is written alike with an anchor before it and without."""
        if kind is PARAGRAPH and kind.finished(written) != written:
            return False
        first = rest[0]
        if isinstance(first, md.Text):
            if not escape.is_suspect(first.value):
                return True
        elif not isinstance(first, (md.Emphasis, md.Strong)):
            return True
        kept, number = len(self.gaps), self.next
        same = plain(rest, self, ">") == written
        del self.gaps[kept:]
        self.next = number
        return same

    def reference(self, node: md.Xref) -> str | None:
        """Make a gap for a reference, unless more depends on it."""
        children = node.children
        if len(children) != 1 or not shows_itself(node):
            return None
        only: Any = children[0]
        kind: Any = type(only)
        shown = _shown(only.value, kind) if kind is md.InlineCode or kind is md.Text else None
        if shown is None:
            return None
        if self.xrefs[self.next] is node and not self.in_cell:  # as for most
            self.next += 1
            self.gaps.append(shown)
        else:
            self.gaps.append(Reference(self._number(node), shown, self.in_cell))
        return MARK

    def _number(self, node: md.Xref) -> int:
        """Return the number of a reference; most are written in the order in which they were found."""
        number = self.next
        if self.xrefs[number] is not node:
            number = self.numbers.get(id(node), -1)
            if number < 0:  # references to types in signatures are not always links
                raise UndecidedError
        self.next = number + 1
        return number

    @cached_property
    def numbers(self) -> dict[int, int]:
        """The numbers of references by their identities."""
        return {id(xref): number for number, xref in enumerate(self.found.xrefs)}

    @cached_property
    def authored(self) -> dict[int, int]:
        """The numbers of links and images whose addresses an author wrote, by their identities."""
        return {id(node): number for number, node in enumerate(self.found.authored)}

    def may_change(self, node: md.Link | md.FootnoteReference) -> bool:
        """Tell whether linking may change a link, or the mark of a footnote."""
        return id(node) in self.found.open

    def _is_open(self, children: Iterable[Any]) -> bool:
        """Tell whether linking may change any of the content of a block."""
        for node in children:
            kind = type(node)
            if kind is md.Xref or kind is md.Anchor or id(node) in self.found.open:
                return True
            if kind in _SPANS and self._is_open(node.children):
                return True
        return False

    def _content(self, anchors: list[Place], children: tuple[md.Phrasing, ...], kind: Container) -> str:
        """Make a gap for all that a block holds."""
        flat = self._references(children)
        found = _scanned(children)[1] if flat is None else Scan(flat)
        if not _says_something(children) and any(map(_may_vanish, (*found.xrefs, *found.authored))):
            raise UndecidedError  # there might be no block
        for id_ in found.ids:
            self._note(id_)
        xrefs = tuple(map(self._number, found.xrefs))
        authored = tuple([self.authored[id(node)] for node in found.authored])
        self.gaps.append(Content(tuple(anchors), children, NAMES[kind], xrefs, authored, flat is not None))
        return MARK

    def _references(self, children: Iterable[Any]) -> list[md.Xref] | None:
        """Return the references among these; None if linking may change what is in them, or anything else."""
        found: list[md.Xref] = []
        for node in children:
            if type(node) is md.Xref:
                if self._is_open(node.children):
                    return None
                found.append(node)
            elif type(node) not in LEAVES and self._is_open((node,)):
                return None
        return found


def _finished(written: str, kind: Container) -> str:
    if kind is PARAGRAPH and not written:
        raise UndecidedError  # there would be no block
    return kind.finished(written)


def _written(children: tuple[md.Phrasing, ...], kind: Container) -> str:
    return _finished(phrasing.container(children, kind.one_line), kind)


@lru_cache(4096)
def _shown(value: str, kind: Any) -> str | None:
    """Return what a reference shows; None if it must be written otherwise where it is a link."""
    shown = plain((kind(value),))
    if shown is None or "]:" in shown or (kind is md.Text and (":" in shown or "@" in shown)):
        return None
    return shown


_SPANS = frozenset({md.Emphasis, md.Strong, md.Subscript, md.Superscript, md.Link, md.Term})


def _scanned(children: tuple[md.Phrasing, ...]) -> tuple[md.Root, Scan]:
    root = md.Root((md.Paragraph(children),))
    return root, scan(root)


def _says_something(children: Iterable[md.Phrasing]) -> bool:
    return any(isinstance(node, (md.Text, md.InlineCode)) and node.value.strip() for node in children)


def _may_vanish(node: md.Xref | md.Link | md.Image) -> bool:
    if isinstance(node, md.Image):
        return not normal.phrasing((node,))
    return not md.plain_text(node.children).strip()


# -- filling the gaps -------------------------------------------------------------------------


def filled(draft: Draft, found: Scan, changes: Changes) -> str:
    """Return the Markdown of a page that is scanned, linked as planned."""
    text = draft.texts[0]
    out = [text]
    number = 0
    for gap, following in zip(draft.gaps, draft.texts[1:], strict=True):
        if type(gap) is str:
            written = _linked(gap, number, found, changes)
            number += 1
        else:
            written = _FILLED[type(gap)](gap, found, changes)
            number = _next(gap, number)
            if "\n" in written and isinstance(gap, Content):  # which has begun a line
                written = written.replace("\n", "\n" + _continuation(text.rpartition("\n")[2]))
        out += (written, following)
        text = following
    return "".join(out)


def _continuation(line: str) -> str:
    """Return what a block's further lines begin with if its first one begins with *line*."""
    if line.startswith("[^"):
        return "    "
    return re.sub("[^>]", " ", line)


def _next(gap: Gap, number: int) -> int:
    """Return the number of the reference after a gap, *number* being that before it."""
    if isinstance(gap, Reference):
        return gap.number + 1
    return gap.xrefs[-1] + 1 if isinstance(gap, Content) and gap.xrefs else number


def _linked(shown: str, number: int, found: Scan, changes: Changes) -> str:
    """Return a reference that shows this Markdown."""
    url = changes.xrefs[number][0]
    if not url:
        return shown
    return linked(url, shown) or container((md.Link(url, found.xrefs[number].children),), HEADING)


def _reference(gap: Reference, found: Scan, changes: Changes) -> str:
    written = _linked(gap.shown, gap.number, found, changes)
    return CELL.finished(written) if gap.in_cell else written


def _place(gap: Place, found: Scan, changes: Changes) -> str:
    name = _name(gap, found, changes)
    if not name:
        return ""
    written = escape.clean(escape.anchor(name))[0]
    return CELL.finished(written) if gap.in_cell else written


def _anchors(gap: Anchors, found: Scan, changes: Changes) -> str:
    written = "".join(_place(place, found, changes) for place in gap.anchors)
    return f"{gap.before}{written}{gap.after}" if written else ""


def _name(gap: Place, found: Scan, changes: Changes) -> str:
    """Return the anchor to write; empty for none."""
    number = found.sections.get(gap.id) if gap.slug is not None else None
    name = changes.anchors.get(gap.id, "") if number is None else changes.sections.get(number, "")
    return "" if name == gap.slug else name


def _content(gap: Content, found: Scan, changes: Changes) -> str:
    names = filter(None, (_name(place, found, changes) for place in gap.anchors))
    children = (_put_in(gap, changes) if gap.flat else None) or _rewritten(gap, found, changes)
    return escape.clean(container((*map(md.Anchor, names), *children), CONTAINERS[gap.kind]))[0]


def _put_in(gap: Content, changes: Changes) -> list[md.Phrasing] | None:
    """Return content with its references replaced; None if what they are to show takes care."""
    numbers = iter(gap.xrefs)
    out: list[md.Phrasing] = []
    for node in gap.children:
        if isinstance(node, md.Xref):
            url, title = changes.xrefs[next(numbers)]
            shown = node.children if title is None else title
            if not LEAVES.issuperset(map(type, shown)):
                return None
            out += (md.Link(url, shown, resolved=True),) if url else shown
        else:
            out.append(node)
    return out


def _rewritten(gap: Content, found: Scan, changes: Changes) -> tuple[md.Phrasing, ...]:
    root, here = _scanned(gap.children)
    here.sections = found.sections
    some = Changes(
        xrefs=tuple(changes.xrefs[number] for number in gap.xrefs),
        authored=tuple(changes.authored[number] for number in gap.authored),
        anchors=changes.anchors,
    )
    blocks: Any = Rewriter(here, some).root(root).children
    return settle(blocks[0].children if blocks else ())


_FILLED: dict[type, Any] = {Reference: _reference, Place: _place, Content: _content, Anchors: _anchors}
