"""Link pages: every open reference becomes a link, code or text, every toctree a list."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from urllib.parse import quote, urljoin

from ..frozen import dataclass
from ..markdown import nodes as md
from ..model import Diagnostic, Page, Project, Severity
from ..options import LinkOptions
from ..rst.limits import deep
from .anchors import PATH, Anchors, Layout
from .authored import is_address, read_local
from .footnotes import relabel
from .index import Place
from .inventory import Inventory
from .outcome import Outcome, Resolver, diagnostic
from .report import LinkReport, Unresolved
from .rewrite import Rewriter
from .scan import Scan
from .surface import Changes, Surface, surface_of
from .toctree import Contents, TocItem, show

Target = tuple[str, tuple[md.Phrasing, ...] | None]
"""What a reference becomes, as `Changes` has it: its address, and what it shows."""
_SHOWN = 5  # targets that a summary names


@dataclass(frozen=True, slots=True)
class LinkResult:
    """Linked *pages*, in the order given, diagnostics included; the new *diagnostics*; the *report*."""

    pages: tuple[Page, ...]
    report: LinkReport
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class LinkPlan:
    """What linking will make of each page, and what it has found, by docname; the *report*."""

    changes: Mapping[str, Changes]
    diagnostics: Mapping[str, Sequence[Diagnostic]]
    report: LinkReport


def link_pages(
    pages: Sequence[Page],
    *,
    inventory: Inventory,
    project: Project,
    options: LinkOptions,
    layout: Layout,
) -> LinkResult:
    """Link *pages*, which are written together as *layout* says.

    *inventory* may know more pages than are written: references to those lead to their public address, if
    one is known.  No `Xref` and no `Toctree` is left, and no anchor that nothing leads to.
    """
    with deep():
        surfaces = [
            surface_of(page, footnotes=layout.one_document, signatures=options.links == "all")
            for page in pages
        ]
        plan = plan_links(surfaces, inventory=inventory, project=project, options=options, layout=layout)
        linked = tuple(apply_links(surface, plan) for surface in surfaces)
        new = tuple(d for page in pages for d in plan.diagnostics[page.docname])
        return LinkResult(linked, plan.report, new)


def plan_links(
    surfaces: Sequence[Surface],
    *,
    inventory: Inventory,
    project: Project,
    options: LinkOptions,
    layout: Layout,
) -> LinkPlan:
    """Find what every reference of pages becomes, from what is known of them alone (see `link_pages`)."""
    with deep():
        return _Linking(surfaces, inventory, project, options, layout).plan()


def apply_links(surface: Surface, plan: LinkPlan) -> Page:
    """Return a page, whose surface has the whole tree, linked as planned."""
    page = surface.page
    root = Rewriter(surface.scan, plan.changes[page.docname]).root(page.root)
    return replace(page, root=root, diagnostics=(*page.diagnostics, *plan.diagnostics[page.docname]))


class _Linking:
    def __init__(
        self,
        surfaces: Sequence[Surface],
        inventory: Inventory,
        project: Project,
        options: LinkOptions,
        layout: Layout,
    ) -> None:
        self.pages = [surface.page for surface in surfaces]
        self.scans = {surface.page.docname: surface.scan for surface in surfaces}
        self.inventory = inventory
        self.project = project
        self.links = options.links
        self.layout = layout
        self.whole = inventory.is_whole(project.root_doc, project.name)
        self.resolver = Resolver(inventory, project)
        self.outcomes: dict[str, list[Outcome]] = {}  # by page, in the order of its references
        self.diagnostics: dict[str, list[Diagnostic]] = {docname: [] for docname in self.scans}
        self.absent: dict[str, list[tuple[str, md.Xref]]] = {}
        self.unresolved: list[Unresolved] = []
        self.files: dict[str, None] = {}
        self.missing_entries: set[tuple[str, str]] = set()
        self.counts: Counter[str] = Counter(inside=0, outside=0, plain=0)

    def plan(self) -> LinkPlan:
        """Resolve, then work out addresses, and so which anchors are needed."""
        for docname, found in self.scans.items():
            self._resolve(docname, found)
        self._summarise()
        self._settle_headings()
        self.anchors = Anchors(self.scans, self.layout)
        labels = relabel({d: s.footnotes for d, s in self.scans.items()})
        # All addresses first: those on one page decide which anchors another one needs.
        replaced = {page.docname: self._replaced(page) for page in self.pages}
        changes = {
            docname: replace(
                some,
                sections=self.anchors.sections[docname],
                anchors=self.anchors.explicit[docname],
                top=self.anchors.tops.get(docname, ""),
                labels=labels[docname],
            )
            for docname, some in replaced.items()
        }
        return LinkPlan(changes, self.diagnostics, self._report())

    def _report(self) -> LinkReport:
        total = self.counts.total() + len(self.unresolved)
        return LinkReport(total, unresolved=tuple(self.unresolved), files=tuple(self.files), **self.counts)

    def _replaced(self, page: Page) -> Changes:
        """Return what each reference, toctree and relative address of a page becomes."""
        found = self.scans[page.docname]
        return Changes(
            tuple(self._references(page.docname, found.xrefs)),
            tuple(self._listed(page.docname, toctree) for toctree in found.toctrees),
            tuple(self._authored(node, page) for node in found.authored),
        )

    def _references(self, docname: str, xrefs: Iterable[md.Xref]) -> Iterator[Target]:
        """Yield what each reference of a page becomes; most refer to the same things again and again."""
        known: dict[int, Target] = {}
        for xref, outcome in zip(xrefs, self.outcomes[docname], strict=True):
            target = known.get(id(outcome))
            if target is None:
                url, is_sure = self._url(docname, outcome.place, xref.line)
                target = url, outcome.shown
                if is_sure:
                    known[id(outcome)] = target
            yield target

    def _listed(self, docname: str, toctree: md.Toctree) -> tuple[md.Flow, ...]:
        items = () if toctree.hidden else self._contents_of(docname, toctree)
        return show(items, partial(self.entry, docname), toctree.caption)

    def _authored(self, node: md.Link | md.Image, page: Page) -> str:
        """Return the address that a relative one becomes; empty if it is to be text."""
        local = read_local(node.url, page.docname, self.inventory.pages)
        if local is None:
            return node.url
        if local.docname and isinstance(node, md.Link):
            place = Place("id", local.fragment, local.docname, local.fragment)
            return self._url(page.docname, place, 0)[0]
        if self.public and isinstance(node, md.Link) and _is_beside_pages(node, local.path):
            return urljoin(self.public, posixpath.join(posixpath.dirname(page.docname), node.url))
        if is_address(page.provenance.uri):
            return urljoin(page.provenance.uri, node.url)
        if local.path.startswith("../") and self.whole:  # a page alone may stay where its source is
            message = f"{node.url} lies outside the documentation; there is no address that could lead to it"
            found = Diagnostic("file-elsewhere", message, Severity.INFO, page.docname)
            self.diagnostics[page.docname].append(found)
            return ""
        self.files[local.path] = None
        return quote(local.path, safe=PATH) if self.layout.one_document else node.url

    def _contents_of(self, docname: str, toctree: md.Toctree) -> tuple[TocItem, ...]:
        items = self.contents.items(docname, toctree)
        if self.contents.left < 0:
            message = "the toctrees list documents again and again; what was too much is left out"
            self.diagnostics[docname].append(Diagnostic("toctree-endless", message, docname=docname))
        return items

    @cached_property
    def public(self) -> str:
        """The public address that the project's pages count from; empty if none is known."""
        return self.inventory.public_base(self.project.name)

    @cached_property
    def contents(self) -> Contents:
        """The tables of contents of all pages at hand."""
        return Contents(
            self.inventory.pages,
            elsewhere=self._elsewhere,
            missing=self._entry_missing,
            objects=bool(self.project.setting("toc_object_entries", True)),
            parents=str(self.project.setting("toc_object_entries_show_parents", "domain")),
        )

    # -- resolving -----------------------------------------------------------------

    def _resolve(self, docname: str, found: Scan) -> None:
        scans = self.scans
        outcomes = self.outcomes[docname] = self.resolver.outcomes(found.xrefs, docname)
        inside = outside = plain = 0
        for xref, outcome in zip(found.xrefs, outcomes, strict=True):
            if outcome.problem:
                self._doubt(docname, xref, outcome)
            place = outcome.place
            if place is not None:
                if place.docname in scans:
                    inside += 1
                else:
                    outside += 1
            elif outcome.plain:
                plain += 1
            else:
                self.unresolved.append(Unresolved(xref.role, xref.target, docname, xref.line))
        self.counts.update(inside=inside, outside=outside, plain=plain)

    def _doubt(self, docname: str, xref: md.Xref, outcome: Outcome) -> None:
        if self.whole or outcome.problem != "xref-missing":
            self.diagnostics[docname].append(diagnostic(outcome, xref, docname))
        else:
            self.absent.setdefault(xref.role, []).append((docname, xref))

    def _summarise(self) -> None:
        """Where only some pages are at hand, say once per role what is missing, and what would help."""
        for role, missing in self.absent.items():
            docname, first = missing[0]
            names = list(dict.fromkeys(xref.target for _, xref in missing))
            listed = ", ".join(names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")
            message = (
                f"{len(missing)} references :{role}: lead to pages that are not at hand ({listed}); their "
                "text is kept; convert the whole folder or give --inventory to have links"
            )
            self.diagnostics[docname].append(
                Diagnostic("xref-elsewhere", message, Severity.INFO, docname, first.line)
            )

    def _settle_headings(self) -> None:
        """Put the text of references into headings, which decide their anchors."""
        for docname, found in self.scans.items():
            open_ones = [h for h in found.headings if md.Xref in map(type, h.title)]
            if open_ones:
                outcomes = dict(zip(map(id, found.xrefs), self.outcomes[docname], strict=True))
                for heading in open_ones:
                    heading.title = tuple(_settled(heading.title, outcomes))

    # -- addresses -----------------------------------------------------------------

    def _url(self, here: str, place: Place | None, line: int) -> tuple[str, bool]:
        """Return the address that a reference on page *here* leads to; empty where it is to be text.

        Where the page lacks the place, that is reported, and the address is not what was asked for.
        """
        if place is None or self.links != "all":
            return "", True  # ``external`` links are the addresses that authors give
        if place.docname in self.scans:
            url, found = self.anchors.url(here, place.docname, place.id)
            if not found:
                message = f"{place.role} {place.name} has no place on page {place.docname}; its top is taken"
                self.diagnostics[here].append(
                    Diagnostic("anchor-missing", message, Severity.INFO, here, line)
                )
            return url, found
        return place.uri or self._public(place), True

    def _public(self, place: Place) -> str:
        return self.inventory.public_uri(place, self.project.name) if place.docname else ""

    def entry(self, here: str, item: TocItem) -> tuple[md.Phrasing, ...]:
        """Return the line of a table of contents on page *here*."""
        url = item.url
        if item.docname in self.scans:
            url = self.anchors.url(here, item.docname, item.id)[0] if self.links == "all" else ""
        elif item.docname and self.links != "none":
            known = self._elsewhere(item.docname)
            url = known[1] + (f"#{item.id}" if item.id else "") if known and known[1] else ""
        return (md.Link(url, item.title),) if url and self.links != "none" else item.title

    def _elsewhere(self, docname: str) -> tuple[str, str] | None:
        """Return title and public address of a document that is not written, or has no title here."""
        place = self.inventory.index.get("std:doc", docname)
        if place is not None and place.title:
            return place.title, self.inventory.public_uri(place, self.project.name)
        for inv in self.inventory.externals:
            known = inv.index.get("std:doc", docname)
            if known is not None and (not self.project.name or inv.project == self.project.name):
                return known.title, known.uri
        return None if self.whole else (docname, "")

    def _entry_missing(self, here: str, entry: str) -> None:
        if here in self.diagnostics and (here, entry) not in self.missing_entries:
            self.missing_entries.add((here, entry))
            message = f"the toctree names {entry!r}, which does not exist; the entry is left out"
            self.diagnostics[here].append(Diagnostic("toctree-missing", message, Severity.WARNING, here))


def _settled(title: Iterable[md.Phrasing], outcomes: Mapping[int, Outcome]) -> Iterator[md.Phrasing]:
    """Yield a title with the text of its references; *outcomes* are by their identities."""
    for node in title:
        if isinstance(node, md.Xref):
            shown = outcomes[id(node)].shown
            yield from node.children if shown is None else shown
        else:
            yield node


def _is_beside_pages(node: md.Link, path: str) -> bool:
    """Tell whether an address counts from the published page: HTML, and what the sources' folder has not.

    A download (its text is code) counts from the source.
    """
    is_download = all(isinstance(child, md.InlineCode) for child in node.children)
    return path.endswith((".html", ".htm")) or (path.startswith("../") and not is_download)
