"""CMake's domain, as its manual's own extension defines it.

Each document of some folders describes one object (``prop_tgt/AUTOMOC.rst`` the target property ``AUTOMOC``);
only few have directives.  Names may hold ``<…>``, so that roles take for a target only what follows a space.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from docutils import nodes
from docutils.transforms import Transform
from docutils.utils import unescape

from ..model import Target
from ..patterns import lazy
from ..rst.env import env_of
from .desc import GenericObject, Named, row
from .include import Include
from .inline import RoleResult
from .xref import XrefRole, pending

TYPES = (
    *(
        "command",
        "cpack_gen",
        "envvar",
        "generator",
        "genex",
        "guide",
        "manual",
        "module",
        "policy",
        "variable",
    ),
    *("prop_cache", "prop_dir", "prop_gbl", "prop_inst", "prop_sf", "prop_test", "prop_tgt", "signature"),
)
SHARED = frozenset(("command", "envvar"))  # names that mean something without CMake's domain
BRACKET = lazy(r"#\[(=*)\[\.rst:")
SUBCOMMAND = lazy(r"([^()\s]+)\s*\([^()]*\)")
GENERATOR = lazy(r"\$<([^<>:]+)(?::[^<>]+)?>")
CALLED = {"command": SUBCOMMAND, "genex": GENERATOR}
TITLED = lazy(r"([^<]*(?:(?<!\s)<[^<]*)*)\s<(.*)>", re.DOTALL)
SECTION = lazy(r"[^<>/]+/([^<>]*)")


class CMakeModule(Include):
    """Insert what the comments of a module say (``cmake-module``)."""

    def _clip(self, text: str) -> str:
        return "\n".join(documented(text.splitlines())) + "\n"


def documented(lines: Iterable[str]) -> Iterator[str]:
    """Yield a line for each of *lines*: those of ``#[[.rst:`` comments as they are, the others empty."""
    end = ""
    for line in lines:
        shown = ""
        if end.startswith("]"):
            before, found, _ = line.partition(end)
            shown = "" if found and line.startswith("#") else before
            end = "" if found else end
        elif (match := BRACKET.fullmatch(line)) or line == "#.rst:":
            end = f"]{match[1]}]" if match else "#"
        elif end and (line == "#" or line.startswith("# ")):
            shown = line[2:]
        else:
            end = ""
        yield shown


class CMakeObject(GenericObject):
    """Describe a command, a variable, …"""

    domain: ClassVar[str] = "cmake"

    def read_signature(self, text: str) -> Named:
        """Read a name; that of a generator expression is its first word."""
        return Named(text, _name(self.objtype, text), fullname=_name(self.objtype, text))


def _name(objtype: str, text: str) -> str:
    if objtype == "command":
        return text.lower()
    match = GENERATOR.fullmatch(text) if objtype == "genex" else None
    return match[1] if match else text


def role(objtype: str) -> Any:
    """Return the role for objects of a type (CMake: ``CMakeXRefRole``)."""
    plain = XrefRole(f"cmake:{objtype}", fix_parens=objtype == "command", lowercase=objtype == "command")

    def cmake_role(
        name: str, rawtext: str, text: str, lineno: int, inliner: Any, options: Any = None, content: Any = ()
    ) -> RoleResult:
        called = CALLED.get(objtype)
        if called and (match := called.fullmatch(text)):
            text = f"{text} <{match[1]}>"
        elif objtype == "guide" and (match := SECTION.fullmatch(text)):
            text = f"{match[1]} <{text}>"
        if match := TITLED.fullmatch(text):
            title, target = unescape(match[1]), unescape(match[2])
            target = target.lower() if plain.lowercase else target
            return [pending(plain.role, target, [nodes.literal(rawtext, title)], True, line=lineno)], []
        return plain(name, rawtext, text.replace("<", "\0<"), lineno, inliner)

    return cmake_role


class DescribedDocuments(Transform):
    """Let references to an object lead to the document that describes it (CMake: ``CMakeTransform``)."""

    default_priority = 210
    changed = False

    def apply(self) -> None:
        """Export the document under its title."""
        env = env_of(self.document)
        objtype, slash, tail = env.docname.partition("/")
        if (
            not slash
            or objtype not in TYPES
            or "cmake" not in (env.project.primary_domain, env.project.name.lower())
        ):
            return
        title = next(self.document.findall(nodes.title), None)
        name = title.astext() if title is not None else tail.rpartition("/")[2]
        if objtype == "guide" and not tail.endswith("/index"):
            name = tail
        env.export(Target(f"cmake:{objtype}", _name(objtype, name), ""))


OBJECTS = {f"cmake:{name}": row(CMakeObject, objtype=name) for name in TYPES}

DIRECTIVES: dict[str, Any] = {
    **OBJECTS,
    **{name: f"cmake:{name}" for name in ("genex", "variable")},
    "cmake-module": CMakeModule,
}
ROLES: dict[str, Any] = {f"cmake:{name}": role(name) for name in (*TYPES, "cref")} | {
    name: f"cmake:{name}" for name in TYPES if name not in SHARED
}
TRANSFORMS = (DescribedDocuments,)
