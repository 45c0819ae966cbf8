"""All that references can lead to: the pages at hand, and what ``objects.inv`` files know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field, replace

from ..frozen import dataclass
from ..model import Page
from .index import Index, Place
from .objects_inv import ObjectsInv, read_objects_inv
from .roles import GENERATED


@dataclass(frozen=True, slots=True)
class Inventory:
    """The targets of *pages* (by docname) in one `Index`, and *externals* in the order of preference.

    *base* is the public address of the pages themselves; it serves those that are indexed but not written.
    """

    pages: Mapping[str, Page] = field(default_factory=dict)
    index: Index = field(default_factory=Index)
    externals: tuple[ObjectsInv, ...] = ()
    base: str = ""

    @classmethod
    def from_pages(
        cls, pages: Iterable[Page], *, externals: Iterable[ObjectsInv] = (), base: str = ""
    ) -> Inventory:
        """Index *pages*; give all pages of a folder, also those that will not be written.

        They count in the order of their docnames, as Sphinx reads them, whatever order they come in.
        """
        by_name = {page.docname: page for page in pages}
        index = Index()
        for label, (docname, title) in GENERATED.items():
            index.add(Place("std:label", label, docname, "", title))
        for docname in sorted(by_name):
            page = by_name[docname]
            index.add(Place("std:doc", docname, docname, "", page.title))
            for t in page.exports:
                if t.role != "std:doc":
                    index.add(Place(t.role, t.name, docname, t.id, t.title, t.kind, t.number))
        return cls(by_name, index, tuple(externals), base)

    def with_file(self, data: bytes, base: str = "", key: str = "") -> Inventory:
        """Return the inventory with an ``objects.inv`` file added; its places count from the address *base*.

        *key* names it for ``:external+key:`` references.  Raises `InventoryError` if it is none.
        """
        return replace(self, externals=(*self.externals, read_objects_inv(data, base, key)))

    def is_whole(self, root_doc: str, project: str) -> bool:
        """Tell whether a whole project is known, so that a target that is missing is missing indeed."""
        at_hand = len(self.pages) > 1 and root_doc in self.pages
        return at_hand or any(project and inv.project == project for inv in self.externals)

    def public_uri(self, place: Place, project: str) -> str:
        """Return the public address of a place on a page at hand; empty if none is known."""
        for inv in self.externals:
            known = inv.index.get(place.role, place.name)
            if known is not None and f"/{place.docname}" in known.uri:
                return known.uri
        base = self.public_base(project)
        return f"{base}{place.docname}.html" + (f"#{place.id}" if place.id else "") if base else ""

    def public_base(self, project: str) -> str:
        """Return the public address that the pages of *project* count from; empty if none is known."""
        if self.base:
            return self.base.rstrip("/") + "/"
        return next((inv.base for inv in self.externals if self._is_own(inv, project)), "")

    def _is_own(self, inv: ObjectsInv, project: str) -> bool:
        """Tell whether an inventory is the project's own: by its name, or by its pages."""
        if project:
            return inv.project == project
        known = sum(inv.index.get("std:doc", docname) is not None for docname in self.pages)
        return known > 1 and 2 * known > len(self.pages)
