"""Names → places, as Sphinx's domains keep them."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple


class Place(NamedTuple):
    """Where a reference may lead.

    *role* and *name* as in ``objects.inv``.  A place of a page at hand has *docname* and *id* (empty: the
    page's top), one that is known from an ``objects.inv`` has *uri* only (empty: its address is unknown).
    *title* and *kind* as in `rstdown.model.Target`.
    """

    role: str
    name: str
    docname: str = ""
    id: str = ""
    title: str = ""
    kind: str = ""
    number: str = ""
    uri: str = ""


class Index:
    """Places by object type and name, and by domain and name.

    Of several places with one name the last wins, as in Sphinx (of program options, the first);
    ``duplicates`` keeps them all.
    """

    __slots__ = ("_endings", "_folded", "_rows", "domains", "duplicates", "typed")

    def __init__(self) -> None:
        self.typed: dict[str, dict[str, Place]] = {}
        self.domains: dict[str, dict[str, Place]] = {}
        self.duplicates: dict[tuple[str, str], list[Place]] = {}
        self._rows: dict[
            str, tuple[dict[str, Place], dict[str, Place]]
        ] = {}  # by role: of its type, its domain
        self._endings: dict[str, dict[str, list[str]]] = {}
        self._folded: dict[str, dict[str, Place]] = {}

    def add(self, place: Place) -> None:
        """Enter a place."""
        role, name = place.role, place.name
        names, same_domain = self._rows.get(role) or self._row(role)
        old = names.get(name)
        if old is not None:
            if (old.docname, old.id, old.uri) != (place.docname, place.id, place.uri):
                self.duplicates.setdefault((role, name), [old]).append(place)
            if role == "std:cmdoption" or (old.title and not place.title):
                return
        names[name] = same_domain[name] = place

    def _row(self, role: str) -> tuple[dict[str, Place], dict[str, Place]]:
        names = self.typed.setdefault(role, {})
        found = self._rows[role] = names, self.domains.setdefault(role.partition(":")[0], {})
        return found

    def get(self, role: str, name: str) -> Place | None:
        """Return the place of the object type *role* called *name*."""
        names = self.typed.get(role)
        return names.get(name) if names else None

    def folded(self, role: str, name: str) -> Place | None:
        """Return the place called *name* whatever its letters' case (the last one, as Sphinx does)."""
        if role not in self._folded:
            self._folded[role] = {n.lower(): place for n, place in self.typed.get(role, {}).items()}
        return self._folded[role].get(name.lower())

    def domain(self, name: str) -> dict[str, Place]:
        """Return all places of a domain by name, whatever their object types."""
        return self.domains.get(name, {})

    def ending(self, domain: str, name: str) -> list[Place]:
        """Return the places of a domain whose names end in ``.name`` (Sphinx's fuzzy search)."""
        if domain not in self._endings:
            endings = defaultdict(list)
            for full in self.domain(domain):
                endings[full.rpartition(".")[2]].append(full)
            self._endings[domain] = endings
        suffix = f".{name}"
        places = self.domain(domain)
        last = name.rpartition(".")[2]
        return [places[n] for n in self._endings[domain].get(last, ()) if n.endswith(suffix)]
