"""Which object types a role may lead to: Sphinx's ``object_types`` tables, as data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from ..model import Project

# domain: {object type: roles that lead to it}
OBJECT_TYPES: Mapping[str, Mapping[str, str]] = {
    "py": {
        "function": "func obj",
        "data": "data const obj",
        "class": "class exc obj",
        "exception": "exc class obj",
        "method": "meth obj",
        "classmethod": "meth obj",
        "staticmethod": "meth obj",
        "attribute": "attr obj",
        "property": "attr _prop obj",
        "type": "type class obj",
        "module": "mod obj",
    },
    "c": {
        "member": "var member data identifier",
        "var": "var member data identifier",
        "function": "func identifier type",
        "macro": "macro identifier",
        "struct": "struct identifier type",
        "union": "union identifier type",
        "enum": "enum identifier type",
        "enumerator": "enumerator identifier",
        "type": "identifier type",
        "functionParam": "identifier var member data",
    },
    "cpp": {
        "class": "class struct identifier type",
        "union": "union identifier type",
        "function": "func identifier type",
        "member": "member var identifier",
        "type": "identifier type",
        "concept": "concept identifier",
        "enum": "enum identifier type",
        "enumerator": "enumerator identifier",
        "functionParam": "identifier member var",
        "templateParam": "identifier class struct union member var type",
    },
    "js": {
        "function": "func",
        "method": "meth",
        "class": "class",
        "data": "data",
        "attribute": "attr",
        "module": "mod",
    },
    "rst": {"directive": "dir", "directive:option": "dir", "role": "role"},
    "std": {
        "term": "term",
        "token": "token",
        "label": "ref keyword",
        "confval": "confval",
        "envvar": "envvar",
        "cmdoption": "option",
        "doc": "doc",
    },
}

# Roles whose missing target Sphinx always reports (``warn_dangling``); of the others only in nitpicky mode.
WARNED = frozenset(
    [
        "std:ref",
        "std:doc",
        "std:numref",
        "std:keyword",
        "std:term",
        "std:option",
        "std:confval",
        "eq",
        "math:eq",
        "math:numref",
        "any",
        "citation:ref",
        "id",
    ]
)

# Sphinx's generated pages, which exist wherever it builds HTML: label → (docname, title).
GENERATED = {
    "genindex": ("genindex", "Index"),
    "modindex": ("py-modindex", "Module Index"),
    "search": ("search", "Search Page"),
}


def object_types(project: Project) -> dict[str, tuple[str, ...]]:
    """Return role → object types, both with their domains, the project's own additions included.

    ``add_object_type(directive, role)`` and ``add_crossref_type(directive, role)`` add to ``std``.
    """
    found: defaultdict[str, list[str]] = defaultdict(list)
    for domain, types in OBJECT_TYPES.items():
        for objtype, roles in types.items():
            for role in roles.split():
                found[f"{domain}:{role}"].append(f"{domain}:{objtype}")
    for row in (*project.object_types, *project.crossref_types):
        directive, role = row[0], row[1]
        found[f"std:{role or directive}"].append(f"std:{directive}")
    return {role: tuple(types) for role, types in found.items()}
