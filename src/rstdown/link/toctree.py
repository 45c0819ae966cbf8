"""Tables of contents: toctrees as nested lists of links, and the order that they give to documents.

Follows ``sphinx.environment.adapters.toctree`` and ``sphinx.environment.collectors.toctree``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..markdown import nodes as md
from ..model import Page, TocNode
from ..wildcards import ANY, STAR, joined
from .tree import FLAT, parts, unlinked

_GLOB = re.compile(r"[*?\[]")
_TOKEN = re.compile(r"\*\*|\[!?\]?[^\]]*\]|.", re.DOTALL)
_WILD = {"**": ANY, "*": STAR, "?": "[^/]"}
# Documents that list each other again and again could make tables of contents without end.
_ENTRIES = 10_000
_ENTRIES_PER_PAGE = 20
_DEEPEST = 30
_SPECIAL = frozenset({"genindex", "modindex", "search", "py-modindex"})


class TocItem(NamedTuple):
    """A line of a table of contents: its title, where it leads (*url*: another site), what is below it."""

    title: tuple[md.Phrasing, ...]
    docname: str = ""
    id: str = ""
    url: str = ""
    children: tuple[TocItem, ...] = ()


class Contents:
    """The tables of contents of all pages at hand; *left* counts how many entries may still be shown.

    *elsewhere* tells title and address of a document that is not at hand (None: unknown); *missing* is called
    with the docname and the entry that leads nowhere; *objects* adds object descriptions, as Sphinx's
    ``toc_object_entries`` does; *parents* is its ``toc_object_entries_show_parents``.
    """

    def __init__(
        self,
        pages: Mapping[str, Page],
        *,
        elsewhere: Callable[[str], tuple[str, str] | None] = lambda docname: None,
        missing: Callable[[str, str], None] = lambda docname, entry: None,
        objects: bool = False,
        parents: str = "domain",
    ) -> None:
        self.pages = pages
        self.elsewhere = elsewhere
        self.missing = missing
        self.objects = objects
        self.parents = parents
        self.left = _ENTRIES + _ENTRIES_PER_PAGE * len(pages)
        self._deepest = _DEEPEST
        self._alone: dict[tuple[str, bool], tuple[TocItem, ...]] = {}

    def items(self, docname: str, toctree: md.Toctree) -> tuple[TocItem, ...]:
        """Return the lines of a toctree that stands on page *docname*, as deep as it asks for."""
        self._deepest = toctree.maxdepth or _DEEPEST
        found = self._toctree(docname, toctree, (), toctree.titlesonly, toctree.includehidden)
        return _pruned(found, toctree.maxdepth)

    def _toctree(
        self, docname: str, toctree: md.Toctree, parents: tuple[str, ...], titlesonly: bool, hidden: bool
    ) -> tuple[TocItem, ...]:
        out: list[TocItem] = []
        for entry in expand(toctree.entries, docname, self.pages, glob=toctree.glob):
            out.extend(self._entry(docname, entry, parents, titlesonly, hidden))
        return tuple(reversed(out) if toctree.reversed else out)

    def _entry(
        self, here: str, entry: md.TocEntry, parents: tuple[str, ...], titlesonly: bool, hidden: bool
    ) -> Sequence[TocItem]:
        title = (md.Text(entry.title),) if entry.title else ()
        if entry.external:
            return [TocItem(title or (md.Text(entry.target),), url=entry.target)]
        if entry.target in ("self", here):
            return [TocItem(title or (md.Text(self.pages[here].title or here),), here)]
        page = self.pages.get(entry.target)
        if page is None:
            return self._absent(here, entry)
        self.left -= 1
        if entry.target in parents or len(parents) >= self._deepest or self.left < 0:  # a circle, or no end
            return []
        items = self._page(page, parents, titlesonly, hidden)
        if page.tocdepth:
            items = _pruned(items, page.tocdepth)
        if not page.title and not any(item.docname == page.docname for item in items):
            known = self.elsewhere(page.docname)  # its title may come from code
            items = (TocItem((md.Text((known and known[0]) or page.docname),), page.docname), *items)
        if title and len(items) == 1:
            items = (items[0]._replace(title=title),)
        return items

    def _absent(self, here: str, entry: md.TocEntry) -> Sequence[TocItem]:
        """Show a document that is not at hand by what is known of it."""
        known = self.elsewhere(entry.target)
        if known is None:
            if entry.target in _SPECIAL:
                return []
            self.missing(here, entry.target)
            return [TocItem((md.Text(entry.title or entry.target),))] if entry.title else []
        return [TocItem((md.Text(entry.title or known[0] or entry.target),), url=known[1])]

    def _page(
        self, page: Page, parents: tuple[str, ...], titlesonly: bool, hidden: bool
    ) -> tuple[TocItem, ...]:
        known = self._alone.get((page.docname, titlesonly))
        if known is not None:
            return known
        walker = _Outline(self, page, (page.docname, *parents), titlesonly, hidden)
        found = tuple(walker.items(page.root.children, top=True))
        if not page.toctrees:  # or what is above it would matter
            self._alone[page.docname, titlesonly] = found
        return found


@dataclass(slots=True)
class _Outline:
    """Collects the sections, toctrees and objects of one page."""

    contents: Contents
    page: Page
    parents: tuple[str, ...]
    titlesonly: bool
    hidden: bool
    first: bool = True
    inside: bool = False  # of a block, whose sections no table of contents shows

    def items(self, blocks: Iterable[Any], top: bool = False) -> list[TocItem]:
        """Return the lines for a run of blocks; below the top, *titlesonly* leaves the toctrees alone."""
        out: list[TocItem] = []
        for block in blocks:
            kind = type(block)
            if kind is md.Section:
                out += self._section(block, top)
            elif kind is md.Toctree:
                out += self._toctree(block)
            elif kind is md.Object:
                out += self._object(block)
            elif kind is tuple:
                out += self.items(block)
            elif kind not in FLAT:
                outer, self.inside = self.inside, True
                for name in parts(kind):
                    out += self.items(getattr(block, name))
                self.inside = outer
        return out

    def _section(self, node: md.Section, top: bool) -> list[TocItem]:
        anchor = "" if self.first else next(iter(node.ids), "")
        self.first = False
        below = self.items(node.children)
        if self.inside or (self.titlesonly and not top):
            return below
        return [TocItem(unlinked(node.title), self.page.docname, anchor, children=tuple(below))]

    def _toctree(self, node: md.Toctree) -> Iterable[TocItem]:
        if node.hidden and not self.hidden:
            return ()
        return self.contents._toctree(self.page.docname, node, self.parents, self.titlesonly, self.hidden)

    def _object(self, node: md.Object) -> list[TocItem]:
        outer, self.inside = self.inside, True
        below = self.items(node.children) if node.children else []
        self.inside = outer
        listed = node.domain in _LISTED or (node.domain, node.objtype) == ("std", "confval")
        if not (self.contents.objects and listed and node.signatures) or self.titlesonly:
            return below
        reachable = [signature for signature in node.signatures if signature.ids]
        if not reachable:
            return below
        lines = [self._signature(signature, node, ()) for signature in reachable[:-1]]
        return [*lines, self._signature(reachable[-1], node, tuple(below))]

    def _signature(self, node: md.Signature, described: md.Object, below: tuple[TocItem, ...]) -> TocItem:
        name = _entry_name(node, described, self.contents.parents)
        return TocItem((md.InlineCode(name),), self.page.docname, next(iter(node.ids), ""), "", below)


def _entry_name(node: md.Signature, described: md.Object, parents: str) -> str:
    """Return what a table of contents calls an object (Sphinx: ``_toc_entry_name``)."""
    if described.domain == "rst":
        name = node.fullname.rpartition(":")[2]
        return f".. {name}::" if described.objtype == "directive" else f":{name}:"
    name = node.fullname if parents == "all" else node.name or node.fullname
    if parents == "hide":
        name = name.rpartition(".")[2]
    return name + ("()" if described.objtype in ("function", "method") else "")


_LISTED = frozenset({"py", "cpp", "js", "rst"})  # Sphinx: the domains with ``_toc_entry_name``


def _pruned(items: tuple[TocItem, ...], depth: int) -> tuple[TocItem, ...]:
    """Cut a table of contents at *depth* levels (0: none)."""
    return tuple(_cut(item, depth) for item in items) if depth > 0 else items


def _cut(item: TocItem, depth: int) -> TocItem:
    if not item.children:
        return item
    below = _pruned(item.children, depth - 1) if depth > 1 else ()
    return TocItem(item.title, item.docname, item.id, item.url, below)


def show(
    items: Iterable[TocItem], link: Callable[[TocItem], tuple[md.Phrasing, ...]], caption: str = ""
) -> tuple[md.Flow, ...]:
    """Return a table of contents as a list; *link* makes the line of an item."""
    listed = _list(items, link)
    if not listed:
        return ()
    lead = (md.Paragraph((md.Strong((md.Text(caption),)),)),) if caption else ()
    return (*lead, *listed)


def _list(
    items: Iterable[TocItem], link: Callable[[TocItem], tuple[md.Phrasing, ...]]
) -> tuple[md.Flow, ...]:
    lines = []
    for item in items:
        line = md.Paragraph(link(item))
        lines.append(md.ListItem((line, *_list(item.children, link)) if item.children else (line,)))
    return (md.List(tuple(lines)),) if lines else ()


def expand(
    entries: Iterable[md.TocEntry], docname: str, known: Iterable[str], *, glob: bool
) -> Iterator[md.TocEntry]:
    """Yield the entries of a toctree with glob patterns replaced by the documents that they match.

    A pattern gives no document that stands in the toctree before it, nor the page itself.
    """
    seen = {docname}
    for entry in entries:
        if glob and not entry.external and not entry.title and _GLOB.search(entry.target):
            pattern = _pattern(entry.target)
            for name in sorted(n for n in known if n not in seen and pattern and pattern.match(n)):
                seen.add(name)
                yield md.TocEntry(name)
        else:
            seen.add(entry.target)
            yield entry


def _pattern(glob: str) -> re.Pattern[str] | None:
    """Translate a pattern as Sphinx does: only ``**`` matches slashes; None if it is malformed."""
    expression = joined(map(_translated, _TOKEN.findall(glob)))
    try:
        return None if expression is None else re.compile(expression + r"\Z")
    except re.error:
        return None


def _translated(token: str) -> str:
    if token in _WILD:
        return _WILD[token]
    if token[0] == "[" and len(token) > 2:
        negated, inner = token[1] == "!", token[1:-1].removeprefix("!")
        if re.search(r"[\[\\^&~|]|--", inner):  # signs that regular expressions give another meaning
            inner = re.escape(inner)
        return f"[^/{inner}]" if negated else f"[{inner}]"
    return re.escape(token)


def order_by_toctree(pages: Sequence[Page], root_doc: str = "index") -> list[str]:
    """Return the docnames of *pages* as a reader of the documentation's contents meets them.

    Depth first from *root_doc*; pages that no toctree reaches follow as they were given.
    """
    by_name = {page.docname: page for page in pages}
    order: dict[str, None] = {}
    ahead = [*reversed(by_name), root_doc]
    while ahead:
        docname = ahead.pop()
        if docname in by_name and docname not in order:
            order[docname] = None
            below = [n for t in by_name[docname].toctrees for n in _documents(t, docname, by_name)]
            ahead.extend(reversed(below))
    return list(order)


def _documents(toctree: TocNode, docname: str, known: Iterable[str]) -> list[str]:
    entries = expand(toctree.entries, docname, known, glob=toctree.glob)
    names = [entry.target for entry in entries if not entry.external]
    return names[::-1] if toctree.reversed else names
