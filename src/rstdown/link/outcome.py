"""Decide what each reference becomes: which place it leads to, and what it shows."""

from __future__ import annotations

import builtins
import re
import typing
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import NamedTuple

from ..markdown import nodes as md
from ..model import Diagnostic, Project, Severity
from .index import Place
from .inventory import Inventory
from .numbering import FORMATS, Numbers
from .objects_inv import ObjectsInv
from .resolve import Request, find
from .roles import WARNED, object_types

# What Sphinx never reports: Python's built-in classes and the names of `typing` (``builtin_resolver``).
_BUILTIN = frozenset(
    {"None", *typing.__all__, *(n for n, v in vars(builtins).items() if isinstance(v, type))}
)
# Expressions are a project's own, and what it cannot have meant must not stop us.
_REPEATED_GROUP = re.compile(r"\)[*+{]|\(\?P?=|\\[1-9]")
_REPEATED = re.compile(r"[*+{]")
_MOST_REPEATS = 4
_LONGEST_NAME = 300
# Roles that show numbers, and roles that show titles.
_NUMBERED = frozenset({"std:numref", "math:eq", "eq", "math:numref", "numfig:caption"})
_TITLED = frozenset({"std:ref", "std:doc", "any"})
_VARIABLE = _NUMBERED | _TITLED
# Roles whose targets mean something else on each page.
_RELATIVE = frozenset({"std:doc", "any", "id", "numfig:caption"})
# Roles of which more than the target and its scope counts.
_PARTICULAR = _VARIABLE | _RELATIVE


class Outcome(NamedTuple):
    """What a reference becomes: *shown* stands there (None: the author's text), *place* is where it leads.

    Without a place it leads nowhere.  *problem* is a diagnostic code; *plain* says that the reference is not
    meant to lead anywhere.
    """

    shown: tuple[md.Phrasing, ...] | None = None
    place: Place | None = None
    problem: str = ""
    message: str = ""
    plain: bool = False


class Resolver:
    """Resolves references against an `Inventory`, as Sphinx would for the whole project."""

    def __init__(self, inventory: Inventory, project: Project) -> None:
        self.inventory = inventory
        self.project = project
        self.types = object_types(project)
        self.ignored = _ignored(project)
        self._known: dict[tuple[object, ...], Outcome] = {}
        self._leading: dict[int, Outcome] = {}

    @cached_property
    def numbers(self) -> Numbers:
        """The numbers of sections and figures, worked out when first asked for."""
        return Numbers(self.inventory.pages, self.project)

    def outcomes(self, xrefs: Iterable[md.Xref], docname: str) -> list[Outcome]:
        """Resolve the references of page *docname*; those that ask the same have the same outcome."""
        known, out = self._known, []
        key: tuple[object, ...]
        for xref in xrefs:
            role, scope = xref.role, xref.scope
            if role in _PARTICULAR:
                here = docname if role in _RELATIVE else ""
                text = md.plain_text(xref.children) if role == "std:numref" else ""  # for the number
                key = role, xref.target, scope, xref.explicit, here, text
            else:
                key = role, xref.target, scope
            found = known.get(key)
            if found is None:
                found = known[key] = self._outcome(xref, docname)
            out.append(found)
        return out

    def _outcome(self, xref: md.Xref, docname: str) -> Outcome:
        if xref.role == "id":
            return Outcome(place=Place("id", xref.target, docname, xref.target))
        if xref.role == "numfig:caption":
            return self._caption(xref, docname)
        request = Request(xref.role, xref.target, dict(xref.scope), docname, xref.explicit)
        places = self._search(request)
        if not places:
            return self._missing(xref)
        place = places[0]
        known = self._leading.get(id(place)) if len(places) == 1 and shows_itself(xref) else None
        if known is not None:
            return known
        outcome = self._found(xref, place, self._ambiguity(xref, places))
        if outcome.shown is None and not outcome.problem:
            return self._leading.setdefault(id(place), outcome)  # the same one, whatever leads there
        return outcome

    # -- finding -------------------------------------------------------------------

    def _search(self, request: Request) -> list[Place]:
        wanted = request.scope.get("external", "")
        if not wanted and (found := find(self.inventory.index, self.types, request)):
            return found
        for inv in self.inventory.externals:
            called = wanted in ("", "*") or self._is_called(inv, wanted)
            if called and (found := self._in_external(inv, request)):
                return found
        key, colon, rest = request.target.partition(":")
        if colon and not wanted:
            for inv in self.inventory.externals:
                if self._is_called(inv, key) and (
                    found := find(inv.index, self.types, request._replace(target=rest))
                ):
                    return found
        return []

    def _is_called(self, inv: ObjectsInv, key: str) -> bool:
        """Tell whether *key* means an inventory: by its own, or by the project's ``intersphinx_mapping``."""
        address, _ = self.project.intersphinx_mapping.get(key, ("", ""))
        return inv.key == key or bool(address and inv.base == address.rstrip("/") + "/")

    def _in_external(self, inv: ObjectsInv, request: Request) -> list[Place]:
        """Search another project's inventory: no fuzzy search, and documents only if asked for by name.

        The project's own published inventory (same project name, or none known) is searched like its pages.
        """
        own = not self.project.name or inv.project == self.project.name
        if request.role == "std:numref" or (
            request.role == "std:doc" and not own and "external" not in request.scope
        ):
            return []
        if not own and "refspecific" in request.scope:
            scope = {k: v for k, v in request.scope.items() if k != "refspecific"}
            request = request._replace(scope=scope)
        return find(inv.index, self.types, request)

    # -- showing -------------------------------------------------------------------

    def _found(self, xref: md.Xref, place: Place, message: str) -> Outcome:
        role = xref.role
        problem = "xref-ambiguous" if message else ""
        if role in _NUMBERED:
            if role == "std:numref":
                return self._numbered(xref, place)
            return Outcome((md.Text(self._equation(place)),), place, problem, message)
        if xref.explicit or role not in _TITLED or not _shows_title(role, place):
            return Outcome(None, place, problem, message)
        if place.title:
            return Outcome((md.Text(place.title),), place, problem, message)
        if place.role == "std:doc" or not place.docname:
            return Outcome(None, place, problem, message)
        return Outcome(
            problem="xref-untitled",
            message=f"the label {xref.target!r} has no title; write :ref:`title <{xref.target}>`",
        )

    def _ambiguity(self, xref: md.Xref, places: list[Place]) -> str:
        place = places[0]
        if len(places) > 1:
            others = ", ".join(f"{p.role} {p.name}" for p in places)
            return f"{xref.target!r} may mean several things ({others}); the first is taken"
        same = self.inventory.index.duplicates.get((place.role, place.name))
        if not same or not place.docname:
            return ""
        where = ", ".join(dict.fromkeys(p.docname for p in same))
        return f"{xref.target!r} is defined more than once ({where}); {place.docname} is taken"

    def _equation(self, place: Place) -> str:
        number = place.number or place.title.strip("()")
        wanted = self.project.setting("math_eqref_format")
        if isinstance(wanted, str) and "{number}" in wanted:
            return wanted.replace("{number}", number)
        return f"({number})"

    def _numbered(self, xref: md.Xref, place: Place) -> Outcome:
        """Show ``Fig. 1``, ``Section 2.1`` in the project's formats (Sphinx: ``_resolve_numref_xref``)."""
        kind = place.kind if place.kind in FORMATS else ""
        number = self.numbers.of(place.docname, place.id) if kind else ""
        if not number:
            if kind and kind != "section" and not self.project.numfig:
                message = f"{xref.target!r} has no number, as the project does not number figures (numfig)"
            else:
                message = f"{xref.target!r} has no number"
            return Outcome(None, place if xref.explicit else None, "xref-unnumbered", message)
        text = md.plain_text(xref.children) if xref.explicit else self._format(kind)
        return Outcome((md.Text(_fill(text, number, place.title)),), place)

    def _caption(self, xref: md.Xref, docname: str) -> Outcome:
        """Return the number that stands before a caption (``Fig. 1``)."""
        kind, _, id = xref.target.partition(":")
        number = self.numbers.of(docname, id)
        return Outcome((md.Text(_fill(self._format(kind), number, "") + " "),) if number else (), plain=True)

    def _format(self, kind: str) -> str:
        return str(self.project.numfig_format.get(kind, FORMATS.get(kind, "%s")))

    # -- missing -------------------------------------------------------------------

    def _missing(self, xref: md.Xref) -> Outcome:
        if self._is_plain(xref):
            return Outcome(plain=True)
        message = f"nothing is called {xref.target!r} that :{xref.role}: could lead to; its text is kept"
        return Outcome(problem="xref-missing", message=message)

    def _is_plain(self, xref: md.Xref) -> bool:
        domain, _, reftype = xref.role.rpartition(":")
        if (
            domain == "py"
            and reftype in ("class", "obj", "exc")
            and xref.target.removeprefix("typing.") in _BUILTIN
        ):
            return True
        names = (xref.role, reftype) if domain in ("", "std") else (xref.role,)
        if xref.role == "c:identifier":
            names = (
                *names,
                "c:type",
                "c:struct",
            )  # of signatures; projects name those types by their own roles
        return any(self.ignored(name, xref.target) for name in names)


def shows_itself(xref: md.Xref) -> bool:
    """Tell whether a reference shows its children, whatever it leads to."""
    role = xref.role
    return role not in _VARIABLE or (xref.explicit and role in _TITLED)


def _shows_title(role: str, place: Place) -> bool:
    return role != "any" or place.role in ("std:label", "std:doc")


def _fill(text: str, number: str, name: str) -> str:
    """Put a number into a format of either of Sphinx's styles, ``Fig. %s`` and ``Fig. {number} {name}``."""
    if "{name}" in text or "{number}" in text:
        return text.replace("{number}", number).replace("{name}", name)
    return text.replace("%s", number)


def _ignored(project: Project) -> Callable[[str, str], bool]:
    """Return the test that the project's ``nitpick_ignore`` and ``nitpick_ignore_regex`` make."""
    exact = {tuple(map(str, row)) for row in _rows(project.setting("nitpick_ignore"))}
    rows = _rows(project.setting("nitpick_ignore_regex"))
    patterns = [(r, t) for row in rows if (r := _pattern(row[0])) and (t := _pattern(row[1]))]

    def ignored(role: str, target: str) -> bool:
        if (role, target) in exact:
            return True
        return len(role) + len(target) < _LONGEST_NAME and any(
            r.fullmatch(role) and t.fullmatch(target) for r, t in patterns
        )

    return ignored


def _pattern(text: object) -> re.Pattern[str] | None:
    """Compile a project's own expression; None if it is malformed, or could take for ever to match."""
    expression = str(text)
    if _REPEATED_GROUP.search(expression) or len(_REPEATED.findall(expression)) > _MOST_REPEATS:
        return None
    try:
        return re.compile(expression)
    except (re.error, OverflowError, RecursionError):
        return None


def _rows(value: object) -> list[tuple[object, ...]]:
    if not isinstance(value, (list, tuple, set, frozenset)):
        return []
    return [tuple(row) for row in value if isinstance(row, (list, tuple)) and len(row) == 2]


def diagnostic(outcome: Outcome, xref: md.Xref, docname: str) -> Diagnostic:
    """Return the diagnostic for what is wrong with a reference; Sphinx's nitpicky ones only inform."""
    severity = Severity.WARNING
    if outcome.problem == "xref-missing" and xref.role not in WARNED:
        severity = Severity.INFO
    return Diagnostic(outcome.problem, outcome.message, severity, docname, xref.line)
