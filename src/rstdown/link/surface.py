"""What linking must know of a page, without the page's text.

Linking looks at all pages of a project together, but at little of each: what it refers to, what may be
referred to, its outline.  So thousands of pages can be linked while their trees lie elsewhere, encoded.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from ..markdown import nodes as md
from ..model import Page
from .scan import Scan, scan


@dataclass(slots=True)
class Surface:
    """A *page* (its tree may be cut down to its outline), and the *scan* of its whole tree."""

    page: Page
    scan: Scan


@dataclass(frozen=True, slots=True)
class Changes:
    """What linking makes of one page: plain data, so that the page may be rewritten in another process.

    *xrefs*, *toctrees* and *authored* say what becomes of the nodes in the lists of the page's `Scan` that
    are called so: for a reference its address (empty: it becomes text) and what it shows (None: what it has
    shown), for a toctree the blocks in its place, for what an author addressed the address (empty: as for
    references).  *sections* are the anchors that headings need, by their number, *anchors* those of all else,
    by id, *top* that of the page itself.  *labels* renames footnotes.
    """

    xrefs: tuple[tuple[str, tuple[md.Phrasing, ...] | None], ...] = ()
    toctrees: tuple[tuple[md.Flow, ...], ...] = ()
    authored: tuple[str, ...] = ()
    sections: dict[int, str] = field(default_factory=dict)
    anchors: dict[str, str] = field(default_factory=dict)
    top: str = ""
    labels: dict[str, str] = field(default_factory=dict)


def surface_of(page: Page, *, footnotes: bool = False, signatures: bool = True) -> Surface:
    """Return what linking must know of *page*, with the whole tree (see `scan` for the flags)."""
    return Surface(page, scan(page.root, footnotes=footnotes, signatures=signatures))


def detached(surface: Surface) -> Surface:
    """Return *surface* without the page's text: only the outline of its tree is left."""
    found = surface.scan
    page = replace(surface.page, root=md.Root(found.outline))
    # Identities mean nothing once the tree is gone.
    return Surface(page, replace(found, numbers={}, open=set(), outline=()))
