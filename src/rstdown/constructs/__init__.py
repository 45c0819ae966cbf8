"""The constructs of reStructuredText and Sphinx: THE place to add one.

Each module is a family: docutils node classes, directives, roles, and the handlers that lower nodes to the
Markdown syntax tree, in up to six tables:

``DIRECTIVES``  name → directive class (``note``, ``py:function``: the domain is part of the name)
``ROLES``       name → role function, docutils' signature (``kbd``, ``py:func``)
``HANDLERS``    node class → ``handler(node, ctx)``
``OWN_IDS``     node classes whose handlers place the ids themselves
``TRANSFORMS``  docutils transforms to apply besides docutils' own
``PROJECTS``    functions that return more directives and roles for a project's settings

A value in ``DIRECTIVES`` and ``ROLES`` may also be a recipe, such as ``"note"`` or ``"code:console"`` (see
``rstdown.constructs.recipes``), and in ``DIRECTIVES`` a class that is imported on first use (`Later`).

`MODULES` names the families; their tables are merged here, and a key that occurs twice is an error.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from .lowering import Handler

MODULES = (
    "inline",
    "broken",
    "external",
    "roles",
    "sections",
    "lists",
    "docinfo",
    "admonitions",
    "versions",
    "tables",
    "images",
    "footnotes",
    "substitutions",
    "math",
    "glossary",
    "toctree",
    "invisible",
    "conditional",
    "xref",
    "desc",
    "py",
    "std",
    "c",
    "cpp",
    "aliases",
    "js",
    "rst_domain",
    "code",
    "include",
    "grammar",
    "numfig",
    "targets",
    "cpython",
    "cpython_audit",
    "doctest",
    "design",
    "tabs",
    "diagrams",
    "todo",
    "notebooks",
    "autodoc",
    "http",
    "changelog",
    "trio",
    "ecosystems",
    "releases",
    "extensions",
    "cmake",
    "flat_table",
    "projects",
)


_FAMILIES = [import_module(f"{__name__}.{name}") for name in MODULES]


def _merge(table: str) -> dict[Any, Any]:
    merged: dict[Any, Any] = {}
    for family in _FAMILIES:
        rows: dict[Any, Any] = getattr(family, table, {})
        if twice := merged.keys() & rows.keys():
            raise RuntimeError(f"{table} of {family.__name__}: {sorted(map(str, twice))} are already there")
        merged.update(rows)
    return merged


DIRECTIVES: dict[str, Any] = _merge("DIRECTIVES")
ROLES: dict[str, Any] = _merge("ROLES")
HANDLERS: dict[type, Handler] = _merge("HANDLERS")
TRANSFORMS: tuple[Any, ...] = tuple(
    transform for family in _FAMILIES for transform in getattr(family, "TRANSFORMS", ())
)
PROJECTS: tuple[Any, ...] = tuple(rows for family in _FAMILIES for rows in getattr(family, "PROJECTS", ()))
OWN_IDS: frozenset[type] = frozenset().union(*(getattr(family, "OWN_IDS", ()) for family in _FAMILIES))
