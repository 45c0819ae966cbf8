"""What linking must know of a page, without the page's text.

Linking looks at all pages of a project together, but at little of each: what it refers to, what may be
referred to, its outline.  So thousands of pages can be linked while their trees lie elsewhere, encoded.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from ..markdown import nodes as md
from ..model import Page
from .scan import Scan, scan
from .tree import copied, parts


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
    page = replace(surface.page, root=md.Root(_outline(surface.page.root.children)))
    # Identities mean nothing once the tree is gone.
    return Surface(page, replace(surface.scan, numbers={}, open=set()))


# What holds no sections, toctrees or objects.
FLAT = frozenset(
    {md.Paragraph, md.Code, md.Math, md.Html, md.Anchor, md.ThematicBreak, md.Table, md.FootnoteDefinition}
    | {md.Text, md.InlineCode, md.InlineMath, md.Break, md.Emphasis, md.Strong, md.Link, md.Image, md.Xref}
    | {md.FootnoteReference, md.Signature}
)


def _outline(blocks: Iterable[Any]) -> tuple[md.Flow, ...]:
    """Return the sections, toctrees and objects in blocks, with nothing in them but their like."""
    out: list[md.Flow] = []
    _gather(blocks, out)
    return tuple(out)


def _gather(blocks: Iterable[Any], out: list[md.Flow]) -> None:
    for block in blocks:
        kind = type(block)
        if kind in FLAT:
            continue
        if kind is md.Section:
            out.append(md.Section(block.title, _outline(block.children), block.ids, block.line))
        elif kind is md.Toctree:
            out.append(block)
        elif kind is md.Object:
            signatures = tuple([copied(s, {"children": ()}) if s.children else s for s in block.signatures])
            below = _outline(block.children)
            out.append(md.Object(block.domain, block.objtype, signatures, below, block.line))
        elif kind is tuple:
            _gather(block, out)
        else:
            for name in parts(kind):
                _gather(getattr(block, name), out)
