"""Which directive or role a name means, as Sphinx decides it, for one project.

Order (Sphinx: ``lookup_domain_element``): a name with a domain as it stands; else the default domain's, ``std``'s, ours without
domain, docutils' own; else the catch-all, which keeps what it is given and says that it did.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from docutils.parsers.rst import directives as docutils_directives
from docutils.parsers.rst import roles as docutils_roles
from docutils.parsers.rst.languages import en as english

from ..model import Project
from ..rst.env import Env


class Vocabulary:
    """The directives and roles of one project."""

    def __init__(self, directives: dict[str, Any], roles: dict[str, Any], unknown: Any) -> None:
        self.directives = directives
        self.roles = roles
        self.unknown = unknown

    def directive(self, name: str, env: Env) -> Any:
        """Return the directive class for *name* (never nothing: unknown ones have a class, too)."""
        name = name.lower()
        for key in _candidates(name, env):
            if key in self.directives:
                return self.directives[key]
        return _docutils_directive(name) or self.unknown.directive_class(name)

    def role(self, name: str, env: Env) -> Any:
        """Return the role function for *name*; the empty name is the default role."""
        local: dict[str, Any] = env.store.setdefault("roles", {})  # type: ignore[assignment]
        name = name.lower()
        if not name:
            name = (env.project.default_role or "").lower()
            if "" in local:
                return local[""]
            if not name:
                return _docutils_role("title-reference")
        if name in local:
            return local[name]
        for key in _candidates(name, env):
            if key in self.roles:
                return self.roles[key]
        return _docutils_role(name) or self.unknown.role_function(name)


def _candidates(name: str, env: Env) -> tuple[str, ...]:
    if ":" in name:
        return (name,)
    if env.default_domain:
        return (f"{env.default_domain}:{name}", f"std:{name}", name)
    return (f"std:{name}", name)


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


def vocabulary_of(project: Project) -> Vocabulary:
    """Return the vocabulary of *project*: ours plus what its settings add."""
    from . import DIRECTIVES, ROLES, unknown

    return Vocabulary(DIRECTIVES, ROLES, unknown)
