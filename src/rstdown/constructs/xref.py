"""Cross-reference roles of all domains: one row each (Sphinx: ``XRefRole`` and its subclasses)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, TypeAlias

from docutils import nodes

from ..frozen import dataclass
from ..markdown import nodes as md
from ..rst.env import Env, Scope, env_of
from ..rst.inline import unescape
from ..rst.quick import element, text_element
from .lowering import Handler, Lowered, Lowering, line_of

WS = re.compile(r"\s+")
ANONYMOUS = re.compile(r"(@[a-zA-Z0-9_])[a-zA-Z0-9_]*\b")
PY = ("py:module", "py:class")
JS = ("js:module", "js:object")
C = ("c:parent",)
CPP = ("cpp:parent",)
PROGRAM = ("std:program",)
EVERYTHING = (*PY, *JS, *C, *CPP, *PROGRAM)


class pending_xref(nodes.Inline, nodes.Element):  # noqa: N801  (Sphinx's name)
    """A reference that linking resolves; attributes as in Sphinx."""


def split_title(text: str) -> tuple[str, str] | None:
    """Split ``title <target>``; None if *text* is not of that form (``\\<`` does not count)."""
    start = text.rfind("<")
    if start < 1 or not text.endswith(">") or text[start - 1] == "\0":
        return None
    return text[:start].rstrip() or text[0], text[start + 1 : -1]


def pending(
    role: str,
    target: str,
    children: Iterable[nodes.Node],
    explicit: bool = False,
    scope: Iterable[tuple[str, str]] = (),
    line: int | None = None,
) -> pending_xref:
    """Return a reference of *role* (``domain:reftype``) to *target* that shows *children*."""
    node = element(
        pending_xref,
        "",
        list(children),
        role=role,
        reftarget=WS.sub(" ", target),
        refexplicit=explicit,
        scope=tuple(scope),
    )
    node.line = line
    return node


_Reading: TypeAlias = tuple[str, str, bool, Scope, tuple[md.Phrasing, ...]]
"""What stands between a role's backquotes: title, target, whether they were told apart, what is added to the
scope of the place, and the title as it is shown."""


@dataclass(frozen=True, slots=True)
class XrefRole:
    """A role ``:role:`target``` or ``:role:`title <target>```.

    *role* is ``domain:reftype``; *code* shows the text as code; *fix_parens* adds ``()`` (Sphinx:
    ``fix_parens``), *lowercase* folds the target.  ``~`` shows only what follows the last *separator*;
    with *specific*, a leading dot asks for the nearest match.  *scope* names the parts of the reference
    context that resolution needs, *external* the inventory (``*`` for any) that it must be found in.
    *sigil* stands before the title; *anonymous* gives C's anonymous entities their shown name.
    """

    role: str
    code: bool = True
    fix_parens: bool = False
    lowercase: bool = False
    separator: str = ""
    specific: bool = False
    scope: tuple[str, ...] = ()
    external: str = ""
    sigil: str = ""
    anonymous: bool = False

    __hash__ = object.__hash__  # each is its own: looked up for each reference

    def __eq__(self, other: object) -> bool:
        return self is other

    def __call__(
        self,
        name: str,
        rawtext: str,
        text: str,
        lineno: int,
        inliner: Any,
        options: dict[str, Any] | None = None,
        content: Sequence[str] = (),
    ) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return a `pending_xref`, or the text alone where ``!`` asks for no link."""
        env = env_of(inliner.document)
        title, target, explicit, more, _ = _read(self, text, env.project.add_function_parentheses)
        shown = text_element(nodes.literal if self.code else nodes.inline, rawtext, title)
        if text.startswith("!"):
            return [shown], []
        scope = (*env.scope(self.scope), *more)
        return [pending(self.role, target, [shown], explicit, scope, lineno)], []

    def phrase(self, text: str, lineno: int, env: Env) -> tuple[md.Phrasing, ...]:
        """Return the `Xref` that shows the text (see `rstdown.rst.phrased`)."""
        _, target, explicit, more, shown = _known(self, text, env.project.add_function_parentheses)
        if text[0] == "!":
            return shown
        scope = env.scope(self.scope)
        return (md.Xref(self.role, target, shown, explicit, (*scope, *more) if more else scope, lineno),)

    def title(self, title: str, add_parens: bool) -> str:
        """Return what is shown of a target without a title of its own."""
        if self.fix_parens:
            title = title.removesuffix("()")
            title += "()" if add_parens and not title.endswith(")") else ""  # no more after f(int)
        if self.anonymous:
            title = ANONYMOUS.sub("[anonymous]", title)
        if self.specific:
            title = title.lstrip(".")
        if self.separator and title.startswith("~"):
            title = title[1:].rpartition(self.separator)[2]
        return self.sigil + title

    def target(self, target: str, explicit: bool) -> str:
        """Return what is referred to."""
        if self.lowercase:
            target = target.lower()
        if self.fix_parens:
            target = target.removesuffix("()")
        if self.separator and not explicit:
            target = target.lstrip("~")
        return target.removeprefix(".") if self.specific else target


def _read(role: XrefRole, text: str, add_parens: bool) -> _Reading:
    """Read what stands between the backquotes."""
    text = text.removeprefix("!")
    parts = split_title(text)
    title, target = (unescape(part) for part in parts or (text, text))
    scope: Scope = ()
    if role.specific and target.lstrip("~").startswith("."):  # asks for the nearest match
        scope += (("refspecific", "true"),)
    if role.external:
        scope += (("external", role.external),)
    if parts is None:
        title = role.title(title, add_parens)
    shown: tuple[md.Phrasing, ...] = ()
    if line := title.replace("\n", " "):
        shown = (md.InlineCode(line) if role.code else md.Text(line),)
    target = WS.sub(" ", role.target(target, explicit=parts is not None))
    return title, target, parts is not None, scope, shown


_known = lru_cache(maxsize=4096)(_read)
"""Pages refer to the same things again and again."""


def crossref_role(role: str, code: bool = True, **more: Any) -> XrefRole:
    """Return the role of a kind of object that a project adds (Sphinx: ``app.add_object_type``)."""
    return XrefRole(role, code, **more)


def external_role(name: str, roles: dict[str, Any], domains: Iterable[str]) -> XrefRole | None:
    """Return the role ``external[+inventory]:[domain:]role``; None if *name* is not such a role.

    *roles* is the table to look it up in, *domains* are tried where the name gives none.
    Source: ``sphinx.ext.intersphinx``.
    """
    head, _, rest = name.partition(":")
    if not rest or not (head == "external" or head.startswith("external+")):
        return None
    inventory = head.partition("+")[2] or "*"
    for candidate in (rest,) if ":" in rest else (*(f"{domain}:{rest}" for domain in domains), rest):
        if isinstance(role := roles.get(candidate), XrefRole):
            return replace(role, external=inventory)
    return None


def lower_pending_xref(node: pending_xref, ctx: Lowering) -> Lowered:
    """Turn a reference into an `Xref`."""
    get = node.attributes
    return md.Xref(
        get["role"], get["reftarget"], ctx.phrasing(node), get["refexplicit"], get["scope"], line_of(node)
    )


def _py(reftype: str, **more: Any) -> XrefRole:
    return XrefRole(f"py:{reftype}", separator=".", specific=True, scope=PY, **more)


def _js(reftype: str, **more: Any) -> XrefRole:
    return XrefRole(f"js:{reftype}", separator=".", specific=True, scope=JS, **more)


def _c(reftype: str, **more: Any) -> XrefRole:
    return XrefRole(f"c:{reftype}", separator=".", anonymous=True, scope=C, **more)


def _cpp(reftype: str, **more: Any) -> XrefRole:
    return XrefRole(f"cpp:{reftype}", separator="::", anonymous=True, scope=CPP, **more)


ROLES: dict[str, Any] = {
    "any": XrefRole("any", scope=EVERYTHING),
    "eq": XrefRole("math:eq"),
    "math:numref": XrefRole("math:eq"),
    "std:ref": XrefRole("std:ref", code=False, lowercase=True),
    "std:numref": XrefRole("std:numref", lowercase=True),
    "std:doc": XrefRole("std:doc", code=False),
    "std:term": XrefRole("std:term", code=False),
    "std:keyword": XrefRole("std:keyword"),
    "std:token": XrefRole("std:token", separator=":"),
    "std:option": XrefRole("std:option", scope=PROGRAM),
    "std:envvar": XrefRole("std:envvar"),
    "std:confval": XrefRole("std:confval"),
    "py:attr": _py("attr"),
    "py:class": _py("class"),
    "py:const": _py("const"),
    "py:data": _py("data"),
    "py:deco": _py("deco", sigil="@"),
    "py:exc": _py("exc"),
    "py:func": _py("func", fix_parens=True),
    "py:meth": _py("meth", fix_parens=True),
    "py:mod": _py("mod"),
    "py:obj": _py("obj"),
    "py:type": _py("type"),
    "c:data": _c("data"),
    "c:enum": _c("enum"),
    "c:enumerator": _c("enumerator"),
    "c:func": _c("func", fix_parens=True),
    "c:macro": _c("macro"),
    "c:member": _c("member"),
    "c:struct": _c("struct"),
    "c:type": _c("type"),
    "c:union": _c("union"),
    "c:var": _c("var"),
    "cpp:any": _cpp("any"),
    "cpp:class": _cpp("class"),
    "cpp:concept": _cpp("concept"),
    "cpp:enum": _cpp("enum"),
    "cpp:enumerator": _cpp("enumerator"),
    "cpp:func": _cpp("func", fix_parens=True),
    "cpp:member": _cpp("member"),
    "cpp:struct": _cpp("struct"),
    "cpp:type": _cpp("type"),
    "cpp:union": _cpp("union"),
    "cpp:var": _cpp("var"),
    "js:attr": _js("attr"),
    "js:class": _js("class"),
    "js:data": _js("data"),
    "js:func": _js("func", fix_parens=True),
    "js:meth": _js("meth", fix_parens=True),
    "js:mod": _js("mod"),
    "rst:dir": XrefRole("rst:dir"),
    "rst:role": XrefRole("rst:role"),
}
HANDLERS: dict[type, Handler] = {pending_xref: lower_pending_xref}
