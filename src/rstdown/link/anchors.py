"""Where places end up in what is written: fragments, and the anchors that must stand there.

A section is reached by the anchor that GitHub and Markdown viewers give to its heading, if no other heading
of the written document gets the same; everything else by an explicit anchor, which exists only if something
leads to it.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Protocol
from urllib.parse import quote

from ..frozen import dataclass
from ..markdown import nodes as md
from ..markdown.slug import slug
from .scan import Scan

DEEPEST_HEADING = 6
_NUMBERED = re.compile(r"(.*)-\d+")
PATH = "/~!$&'()*+,;=@"  # what needs no quoting in a relative path
_VARIABLE = frozenset({md.InlineMath, md.Image, md.Html})
"""What viewers make different anchors of."""
_UNSAFE = re.compile(r"[\x00-\x20<>\"'`\\^{|}%]")


class Layout(Protocol):
    """How pages are laid out in what is written."""

    @property
    def heading_offset(self) -> int:
        """How many levels headings are shifted down."""

    @property
    def reserved(self) -> frozenset[str]:
        """Anchors that others use in the written documents."""

    @property
    def one_document(self) -> bool:
        """Tell whether all pages are written into one document."""

    def url(self, here: str, there: str, fragment: str) -> str:
        """Return the address of *fragment* (empty: the top) on page *there* as page *here* writes it."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of ``DOCNAME.md`` files that link to each other by relative paths."""

    suffix: str = ".md"
    heading_offset: int = 0
    reserved: frozenset[str] = frozenset()
    one_document: bool = False

    def url(self, here: str, there: str, fragment: str) -> str:
        """Return ``../path.md#fragment``; within a page ``#fragment``."""
        anchor = f"#{fragment_quote(fragment)}" if fragment else ""
        if anchor and here == there:
            return anchor
        return _relative(here, there, self.suffix) + anchor


@dataclass(frozen=True, slots=True)
class OneDocument:
    """All pages one after another in one document; links are bare fragments.

    *heading_offset* is that of the pages' own headings; *reserved* holds anchors (of headings, too) that
    the document has besides those of the pages.
    """

    heading_offset: int = 0
    reserved: frozenset[str] = frozenset()
    one_document: bool = True

    def url(self, here: str, there: str, fragment: str) -> str:
        """Return ``#fragment``."""
        return f"#{fragment_quote(fragment)}"


@lru_cache(maxsize=20_000)
def _relative(here: str, there: str, suffix: str) -> str:
    return _path(here.rpartition("/")[0] or ".", there + suffix)


@lru_cache(maxsize=20_000)
def _path(folder: str, file: str) -> str:
    return quote(posixpath.relpath(file, folder), safe=PATH)


@lru_cache(maxsize=20_000)
def fragment_quote(fragment: str) -> str:
    """Percent-encode what may not stand in an address; letters of all scripts stay readable."""
    return _UNSAFE.sub(lambda m: f"%{ord(m[0]):02X}", fragment)


class Anchors:
    """Hands out fragments, and so learns which anchors the pages need."""

    def __init__(self, scans: Mapping[str, Scan], layout: Layout) -> None:
        self.scans = scans
        self.layout = layout
        # By page: explicit anchors of sections (by the numbers of their headings), and of all else (by id).
        self.sections: dict[str, dict[int, str]] = {docname: {} for docname in scans}
        self.explicit: dict[str, dict[str, str]] = {docname: {} for docname in scans}
        self.tops: dict[str, str] = {}  # pages that need an anchor at their top
        self._slugs: dict[str, dict[str, int]] = {}  # by the written document: how many headings get each
        self._stable: dict[str, list[str]] = {}  # by page: each heading's anchor if viewers agree on it
        self._own: set[tuple[str, str]] = set()  # ids of objects that their own headings get
        for docname, scan in scans.items():
            self._note_headings(docname, scan)
        self._taken: dict[str, set[str]] = {}
        self._ids: dict[str, dict[int, str]] = {}  # the first id of each section, by the page
        self._places: dict[tuple[str, str], tuple[str | None, bool]] = {}

    def url(self, here: str, there: str, id: str) -> tuple[str, bool]:
        """Return the address of *id* (empty: the top) on page *there*, and whether the page has it.

        Where it does not, the address is that of the page's top.
        """
        fragment, found = self._places.get((there, id)) or self._place(there, id)
        if fragment is None:
            is_own = here == there or self.layout.one_document
            fragment = self._top(there) if is_own else ""
        return self.layout.url(here, there, fragment), found

    def _place(self, docname: str, id: str) -> tuple[str | None, bool]:
        """Return the fragment of *id* (None: the top of the page), and whether the page has it."""
        scan = self.scans[docname]
        place = scan.place(id) if id else None
        is_top = place is None or (scan.titled and place == 0)
        fragment = None if is_top else self._fragment(docname, place)
        found = self._places[docname, id] = fragment, not id or place is not None
        return found

    def _note_headings(self, docname: str, scan: Scan) -> None:
        slugs = self._slugs.setdefault(self._document(docname), dict.fromkeys(self.layout.reserved, 1))
        stable = self._stable[docname] = []
        deepest = DEEPEST_HEADING - self.layout.heading_offset
        for heading in scan.headings:
            name = ""
            if heading.depth <= deepest:
                text = md.plain_text(heading.title)
                name = slug(text)
                slugs[name] = slugs.get(name, 0) + 1
                if not _is_stable(text, name):
                    name = ""
                elif name in heading.ids:
                    self._own.add((docname, name))
            stable.append(name)

    def _document(self, docname: str) -> str:
        return "" if self.layout.one_document else docname

    def _top(self, docname: str) -> str:
        if self.scans[docname].titled:
            return self._fragment(docname, 0)
        if docname not in self.tops:
            self.tops[docname] = self._unused(docname, _plain(docname))
        return self.tops[docname]

    def _fragment(self, docname: str, place: int | str | None) -> str:
        if isinstance(place, str):
            explicit = self.explicit[docname]
            if place not in explicit:
                explicit[place] = self._unused(docname, place)
            return explicit[place]
        number = place or 0
        sections = self.sections[docname]
        if number in sections:
            return sections[number]
        name = self._slug(docname, number)
        if not name:
            if docname not in self._ids:
                by_id = self.scans[docname].sections.items()
                self._ids[docname] = {n: i for i, n in reversed(by_id)}
            own = self._ids[docname].get(number, f"section-{number + 1}")
            name = sections[number] = self._unused(docname, own)
        return name

    def _slug(self, docname: str, number: int) -> str:
        """Return the anchor of a heading if it can be relied on, that is, if no other could get it."""
        name = self._stable[docname][number]
        slugs = self._slugs[self._document(docname)]
        title = self.scans[docname].headings[number].title
        if not name or slugs[name] > 1 or not _VARIABLE.isdisjoint(map(type, title)):
            return ""
        if name[-1].isdecimal() and (numbered := _NUMBERED.fullmatch(name)):
            return "" if slugs.get(numbered[1], 0) > 1 else name
        return name

    def _unused(self, docname: str, name: str) -> str:
        document = self._document(docname)
        taken = self._taken.setdefault(document, set())
        slugs = self._slugs[document]
        for candidate in _variants(name, docname):
            times = slugs.get(candidate, 0)
            is_free = not times or (times == 1 and (docname, candidate) in self._own)
            if is_free and candidate not in taken:
                taken.add(candidate)
                return candidate
        raise AssertionError("variants never end")


def _plain(docname: str) -> str:
    return slug(docname.replace("/", "-"))


def _is_stable(text: str, name: str) -> bool:
    """Tell whether viewers agree on a heading's anchor: not on signs beyond ASCII, nor on doubled spaces."""
    return (
        bool(name) and "  " not in text and (text.isascii() or all(c.isascii() or c.isalnum() for c in text))
    )


def _variants(name: str, docname: str) -> Iterable[str]:
    yield name
    yield f"{_plain(docname)}-{name}"
    number = 2
    while True:
        yield f"{_plain(docname)}-{name}-{number}"
        number += 1
