"""Which directive or role a name means, as Sphinx decides it, for one project.

Order (Sphinx: ``lookup_domain_element``): what the document defines; what a job file says; what the project's
settings add (``extlinks``, object types); a name with a domain as it stands, else the default domain's,
``std``'s, ours without a domain, docutils' own; else the catch-all, which keeps what it is given and says so.

Each look-up enters the name into the loss ledger as kept; what drops something records that instead.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from docutils.parsers.rst import directives as docutils_directives
from docutils.parsers.rst import roles as docutils_roles
from docutils.parsers.rst.languages import en as english

from ..model import Project
from ..rst.directive import Later, lenient
from ..rst.env import Env
from . import recipes, unknown
from .desc import object_type_directive
from .std import CrossReferenceTarget, crossref_type_directive
from .xref import crossref_role, external_role

MAX_ALIASES = 10


class Vocabulary:
    """The directives and roles of one project; values are classes and functions, or recipes for them."""

    def __init__(self, directives: Mapping[str, Any], roles: Mapping[str, Any]) -> None:
        self.directives = directives
        self.roles = roles
        # What a name means by default in a domain, and its entry in the ledger.
        self._known_directives: dict[tuple[str, str], tuple[Any, tuple[str, str]]] = {}
        self._known_roles: dict[tuple[str, str], tuple[Any, tuple[str, str]]] = {}

    def directive(self, name: str, env: Env) -> Any:
        """Return the directive class for *name* (never nothing: unknown ones have a class, too)."""
        key = name, env.default_domain
        known = self._known_directives.get(key)
        if known is None:
            name = name.lower()
            found = _find(name, key[1], self.directives, recipes.directive_class, _docutils_directive)
            cls = lenient(found) if found else unknown.directive_class(name)
            known = self._known_directives[key] = cls, (name, "kept")
        meaning, entry = known
        env.ledger[entry] += 1
        return meaning

    def role(self, name: str, env: Env) -> Any:
        """Return the role function for *name*; the empty name is the default role."""
        local: Any = env.store.get("roles")
        if not name and not (local and "" in local):
            name = env.project.default_role or "title-reference"
        if local and (lower := name.lower()) in local:
            env.ledger[f":{lower}:", "kept"] += 1
            return local[lower]
        key = name, env.default_domain
        known = self._known_roles.get(key)
        if known is None:
            name = name.lower()
            known = self._known_roles[key] = self._role(name, key[1]), (f":{name}:", "kept")
        meaning, entry = known
        env.ledger[entry] += 1
        return meaning

    def _role(self, name: str, domain: str) -> Any:
        found = _find(name, domain, self.roles, recipes.role_function, _docutils_role)
        if found is None:
            found = external_role(name, dict(self.roles), filter(None, (domain, "std")))
        return found or unknown.role_function(name)


def _find(
    name: str,
    domain: str,
    table: Mapping[str, Any],
    make: Callable[[str], Any],
    builtin: Callable[[str], Any],
) -> Any:
    """Return what *name* means: what *table* has, made by *make* if that is a recipe, else *builtin*'s."""
    for _ in range(MAX_ALIASES):
        found = next((table[key] for key in _candidates(name, domain) if key in table), None)
        found = found or builtin(name)
        if isinstance(found, Later):
            return found.load()
        if not isinstance(found, str):
            return found
        if made := make(found):
            return made
        name = found
    return None


def _candidates(name: str, domain: str) -> tuple[str, ...]:
    if ":" in name or not domain:
        return (name, f"std:{name}")
    return (f"{domain}:{name}", f"std:{name}", name)


def _docutils_directive(name: str) -> Any:
    canonical = english.directives.get(name, name)
    entry = docutils_directives._directive_registry.get(canonical)  # type: ignore[attr-defined]
    if entry is None:
        return None
    module, class_name = entry
    return getattr(import_module(f"docutils.parsers.rst.directives.{module}"), class_name)


def _docutils_role(name: str) -> Any:
    canonical = english.roles.get(name, name)
    return docutils_roles._role_registry.get(canonical)  # type: ignore[attr-defined]


_recent: deque[tuple[Project, Vocabulary]] = deque(maxlen=8)


def vocabulary_of(project: Project) -> Vocabulary:
    """Return the vocabulary of *project*: ours plus what its settings add; the last ones built are kept."""
    for known, vocabulary in _recent:
        if known is project or known == project:
            return vocabulary
    vocabulary = _build(project)
    _recent.append((project, vocabulary))
    return vocabulary


def _describes(known: Any) -> bool:
    """Tell whether a directive that is known already describes objects, and is no mere target."""
    return known is not None and not (isinstance(known, type) and issubclass(known, CrossReferenceTarget))


def _build(project: Project) -> Vocabulary:
    from . import DIRECTIVES, PROJECTS, ROLES

    directives, roles = dict(DIRECTIVES), dict(ROLES)
    for rows_of in PROJECTS:
        more_directives, more_roles = rows_of(project)
        directives |= more_directives
        roles |= more_roles
    for objtype, role, template in project.object_types:
        if not _describes(directives.get(f"std:{objtype}")):
            directives[f"std:{objtype}"] = object_type_directive("std", objtype, template)
        roles.setdefault(f"std:{role}", crossref_role(f"std:{role}"))
    for objtype, role in project.crossref_types:
        directives[f"std:{objtype}"] = crossref_type_directive(objtype)
        roles[f"std:{role}"] = crossref_role(f"std:{role}")
    for name, recipe in project.local_directives.items():
        directives.setdefault(name, recipe)
    roles |= project.local_roles
    for name, (url, caption) in project.extlinks.items():
        roles[name.lower()] = recipes.extlink(url, caption)
    directives |= {name.lower(): recipe for name, recipe in project.directives.items()}
    roles |= {name.lower(): recipe for name, recipe in project.roles.items()}
    return Vocabulary(directives, roles)
