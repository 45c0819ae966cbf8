"""Cross-reference roles of all domains: one row each (Sphinx: ``XRefRole``)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from docutils import nodes
from docutils.utils import unescape

from ..markdown import nodes as md
from ..rst.env import env_of
from .lowering import Handler, Lowered, Lowering, line_of

EXPLICIT = re.compile(r"^(.+?)\s*(?<!\x00)<([^<]*?)>$", re.DOTALL)
WS = re.compile(r"\s+")


class pending_xref(nodes.Inline, nodes.Element):  # noqa: N801  (Sphinx's name)
    """A reference that linking resolves; attributes as in Sphinx."""


@dataclass(frozen=True)
class XrefRole:
    """A role ``:role:`target``` or ``:role:`title <target>```.

    *role* is ``domain:reftype``; *code* shows the text as code; *fix_parens* adds ``()`` (Sphinx:
    ``fix_parens``), *lowercase* folds the target, *scope* names the parts of the reference context that
    resolution needs, *split_dots* gives ``~`` and a leading ``.`` their meaning.
    """

    role: str
    code: bool = True
    fix_parens: bool = False
    lowercase: bool = False
    split_dots: bool = False
    scope: tuple[str, ...] = ()

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
        """Return a `pending_xref`, or plain text where ``!`` asks for no link."""
        env = env_of(inliner.document)
        match = EXPLICIT.match(text)
        explicit = match is not None
        title, target = (unescape(match[1]), unescape(match[2])) if match else (unescape(text),) * 2
        if target.startswith("!") or title.startswith("!"):
            title, target = title.removeprefix("!"), target.removeprefix("!")
            return [
                self._shown(rawtext, self._with_parens(title, explicit, env.project.add_function_parentheses))
            ], []
        scope = list(env.scope(self.scope))
        if self.split_dots and not explicit:
            title = title.lstrip(".")
            target = target.lstrip("~")
            if title.startswith("~"):
                title = title[1:].rpartition(".")[2]
        if self.split_dots and target.startswith("."):
            target = target[1:]
            scope.append(("refspecific", "true"))
        if self.fix_parens:
            title = self._with_parens(title, explicit, env.project.add_function_parentheses)
            target = target.removesuffix("()")
        if self.lowercase:
            target = target.lower()
        node = pending_xref(rawtext, self._shown(rawtext, title))
        node.attributes.update(
            role=self.role, reftarget=WS.sub(" ", target), refexplicit=explicit, scope=tuple(scope)
        )
        node.line = lineno
        return [node], []

    def _with_parens(self, title: str, explicit: bool, wanted: bool) -> str:
        if not self.fix_parens or explicit:
            return title
        bare = title.removesuffix("()")
        return f"{bare}()" if wanted else bare

    def _shown(self, rawtext: str, title: str) -> nodes.Node:
        return nodes.literal(rawtext, title) if self.code else nodes.inline(rawtext, title)


def lower_pending_xref(node: pending_xref, ctx: Lowering) -> Lowered:
    """Turn a reference into an `Xref`."""
    return md.Xref(
        node["role"], node["reftarget"], ctx.phrasing(node), node["refexplicit"], node["scope"], line_of(node)
    )


_PY = ("py:module", "py:class")
ROLES: dict[str, Any] = {
    "std:ref": XrefRole("std:ref", code=False, lowercase=True),
    "std:doc": XrefRole("std:doc", code=False),
    "std:term": XrefRole("std:term", code=False),
    "py:func": XrefRole("py:func", fix_parens=True, split_dots=True, scope=_PY),
}
HANDLERS: dict[type, Handler] = {pending_xref: lower_pending_xref}
