"""Find the place that a reference means, by the rules of Sphinx's domains.

Each finder takes an `Index` and a `Request` and returns the places found, best first: none, one, or several
where the reference is ambiguous (the first is Sphinx's own choice).  The functions are named after the domain
methods that they follow (``PythonDomain.find_obj``, ``StandardDomain._resolve_option_xref``, …).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import NamedTuple

from .index import Index, Place

Types = Mapping[str, tuple[str, ...]]


class Request(NamedTuple):
    """An open reference: `Xref`'s *role*, *target* and *scope*, and the page it stands on."""

    role: str
    target: str
    scope: Mapping[str, str]
    docname: str
    explicit: bool = False


def docname_join(base: str, name: str) -> str:
    """Return the docname that *name* means on page *base* (``/x`` counts from the source folder)."""
    return posixpath.normpath(posixpath.join("/" + base, "..", name)).lstrip("/")


def find(index: Index, types: Types, request: Request) -> list[Place]:
    """Return the places that *request* may mean, best first."""
    return _finder(request.role)(index, types, request)


@cache
def _finder(role: str) -> Finder:
    return ROLES.get(role) or DOMAINS.get(role.partition(":")[0]) or generic


def _one(place: Place | None) -> list[Place]:
    return [place] if place is not None else []


# -- std -----------------------------------------------------------------------


def ref(index: Index, types: Types, request: Request) -> list[Place]:
    """A label; one without a title will do only where the reference brings its own."""
    place = index.get("std:label", request.target) or index.folded("std:label", request.target)
    return _one(place)


def doc(index: Index, types: Types, request: Request) -> list[Place]:
    """A document by its docname, relative to the page."""
    return _one(index.get("std:doc", docname_join(request.docname, request.target)))


def term(index: Index, types: Types, request: Request) -> list[Place]:
    """A glossary term; letters' case counts only where both exist."""
    return _one(index.get("std:term", request.target) or index.folded("std:term", request.target))


def option(index: Index, types: Types, request: Request) -> list[Place]:
    """A program option, with or without its value, of the current or of a named program."""

    def get(program: str, name: str) -> Place | None:
        return index.get("std:cmdoption", f"{program}.{name}" if program else name)

    target, program = request.target.strip(), request.scope.get("std:program", "")
    stems = (target.partition(needle)[0] for needle in ("=", "[=", " ") if needle in target)
    for name in (target, *stems):
        if place := get(program, name):
            return [place]
    words = target.split()
    for i in range(1, len(words)):
        if place := get("-".join(words[:i]), " ".join(words[i:])):
            return [place]
    return []


def equation(index: Index, types: Types, request: Request) -> list[Place]:
    """An equation by its label."""
    return _one(index.get("math:equation", request.target))


def citation(index: Index, types: Types, request: Request) -> list[Place]:
    """A citation by its label."""
    return _one(index.get("citation:label", request.target))


def std(index: Index, types: Types, request: Request) -> list[Place]:
    """Any other object of the standard domain, also of types that the project adds."""
    for role in types.get(request.role, (request.role,)):
        if place := index.get(role, request.target):
            return [place]
    if request.role not in types:
        known = {t for names in types.values() for t in names}
        return _first(index, (r for r in index.typed if r.startswith("std:") and r not in known), request)
    return []


def _first(index: Index, roles: Iterator[str], request: Request) -> list[Place]:
    return next(([place] for role in roles if (place := index.get(role, request.target))), [])


# -- py, js --------------------------------------------------------------------


def py(index: Index, types: Types, request: Request) -> list[Place]:
    """A Python object: exact, in the class, in the module, in both; fuzzy for ``.name``."""
    kind = request.role.removeprefix("py:")
    found = find_py(index, types, request, kind)
    for other in () if found else _PY_OTHERS.get(kind, ()):
        found = found or find_py(index, types, request, other)
    return found


_PY_OTHERS = {"class": ("data", "attr"), "attr": ("meth",), "meth": ("_prop",)}


def find_py(index: Index, types: Types, request: Request, kind: str) -> list[Place]:
    """Search as ``PythonDomain.find_obj`` does."""
    name = request.target.removesuffix("()")
    objects = index.domain("py")
    if not name or not objects:
        return []
    module, cls = request.scope.get("py:module", ""), request.scope.get("py:class", "")
    if "refspecific" not in request.scope:
        if name in objects:
            return [objects[name]]
        if kind == "mod":
            return []
        place = cls and objects.get(f"{cls}.{name}")
        place = place or (module and objects.get(f"{module}.{name}"))
        place = place or (cls and module and objects.get(f"{module}.{cls}.{name}"))
        return [place] if place else []
    allowed = types.get(f"py:{kind}", ()) if kind else tuple(r for r in index.typed if r.startswith("py:"))
    full = (cls and module and f"{module}.{cls}.{name}", module and f"{module}.{name}", name)
    for candidate in full:
        if candidate and candidate in objects and objects[candidate].role in allowed:
            return [objects[candidate]]
    return [place for place in index.ending("py", name) if place.role in allowed]


def js(index: Index, types: Types, request: Request) -> list[Place]:
    """A JavaScript object; Sphinx tries all qualifications and keeps the last that fits."""
    objects = index.domain("js")
    name = request.target.removesuffix("()")
    module, prefix = request.scope.get("js:module", ""), request.scope.get("js:object", "")
    names = [name]
    if prefix:
        names.append(f"{prefix}.{name}")
    if module:
        names.append(f"{module}.{name}")
    if module and prefix:
        names.append(f"{module}.{prefix}.{name}")
    if "refspecific" not in request.scope:
        names.reverse()
    return next(([objects[n]] for n in names if n in objects), [])


# -- c, cpp --------------------------------------------------------------------

_C_WORDS = re.compile(r"^(?:(?:struct|union|enum|const|volatile|class|typename)\s+)+")
_TEMPLATE = re.compile(r"<[^<>]*>")
_DEEPEST_TEMPLATE = 20


def c(index: Index, types: Types, request: Request) -> list[Place]:
    """A C entity: in the enclosing declarations, innermost first; ``.name`` only at the top."""
    return _nested(index.domain("c"), _c_name(request.target), request, ".")


def cpp(index: Index, types: Types, request: Request) -> list[Place]:
    """A C++ entity by its name, in the enclosing scopes; template arguments and parameters do not count."""
    objects = index.domain("cpp")
    name = _c_name(_without_template_head(request.target))
    found = _nested(objects, name, request, "::")
    for _ in range(_DEEPEST_TEMPLATE):
        shorter = _TEMPLATE.sub("", name)
        if found or shorter == name:
            break
        name = shorter.strip()
        found = _nested(objects, name, request, "::")
    return found


def _c_name(target: str) -> str:
    """Return the bare name in a target: no keywords, parameters, pointers, return types."""
    name = _C_WORDS.sub("", target.strip())
    if not name.endswith("operator()"):
        name = name.partition("(")[0]
    name = name.strip("*& ")
    return name if "<" in name or "operator" in name else name.split(" ")[-1]


def _without_template_head(target: str) -> str:
    """Return a declaration without ``template<…>`` in front."""
    while target.lstrip().startswith("template"):
        depth = 0
        for i, sign in enumerate(target):
            depth += (sign == "<") - (sign == ">")
            if sign == ">" and depth == 0:
                target = target[i + 1 :].lstrip()
                break
        else:
            return target
    return target


def _nested(objects: Mapping[str, Place], name: str, request: Request, dot: str) -> list[Place]:
    if name.startswith(dot):
        return _one(objects.get(name.removeprefix(dot)))
    domain = request.role.partition(":")[0]
    scope = request.scope.get(f"{domain}:parent_key") or request.scope.get(f"{domain}:parent", "")
    while scope:
        if place := objects.get(f"{scope}{dot}{name}"):
            return [place]
        if scope.split(dot)[-1] == name and scope in objects:
            return [objects[scope]]
        scope = scope.rpartition(dot)[0]
    return _one(objects.get(name))


# -- rst, other domains, any -----------------------------------------------------


def generic(index: Index, types: Types, request: Request) -> list[Place]:
    """An object of any other domain: of the role's types, else of the role's name, else by name alone."""
    for role in (*types.get(request.role, ()), request.role):
        if place := index.get(role, request.target):
            return [place]
    if request.role in types:
        return []
    return _one(index.domain(request.role.partition(":")[0]).get(request.target))


def any_(index: Index, types: Types, request: Request) -> list[Place]:
    """Whatever has that name, documents and labels first (Sphinx: ``_resolve_pending_any_xref``)."""
    found = doc(index, types, request)
    label = ref(index, types, request._replace(target=request.target.lower()))
    if label and (label[0].title or request.explicit):
        found += label
    found += option(index, types, request)
    for role in [r for r in index.typed if r.startswith("std:") and r not in _NOT_ANY]:
        name = request.target.lower() if role == "std:term" else request.target
        found += _one(index.get(role, name))
    scope = {**request.scope, "refspecific": "true"}
    for domain in sorted(index.domains.keys() - {"std", "py"}):
        finder = DOMAINS.get(domain) or (equation if domain == "math" else generic)
        found += finder(index, types, request._replace(role=f"{domain}:any", scope=scope))
    found += find_py(index, types, request._replace(role="py:any", scope=scope), "")
    return list(dict.fromkeys(found))


_NOT_ANY = frozenset({"std:doc", "std:label", "std:cmdoption"})
Finder = Callable[[Index, Types, Request], list[Place]]
DOMAINS: Mapping[str, Finder] = {"py": py, "js": js, "c": c, "cpp": cpp, "std": std, "rst": generic}
ROLES: Mapping[str, Finder] = {
    "std:ref": ref,
    "std:numref": ref,
    "std:keyword": ref,
    "std:doc": doc,
    "std:term": term,
    "std:option": option,
    "eq": equation,
    "math:eq": equation,
    "math:numref": equation,
    "citation:ref": citation,
    "any": any_,
}
