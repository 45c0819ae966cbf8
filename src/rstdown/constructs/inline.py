"""Inline markup: text, emphasis, literals, references, and the roles that only format."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any, TypeAlias, cast

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.utils import unescape

from ..markdown import nodes as md
from ..rst.env import Env
from ..rst.phrased import Phrased
from .lowering import Handler, Lowered, Lowering

RoleResult: TypeAlias = tuple[list[nodes.Node], list[nodes.system_message]]
Role: TypeAlias = Callable[..., RoleResult]


class literal_strong(nodes.strong):  # noqa: N801  (Sphinx's name)
    """Text that Sphinx shows bold and never touches: a command, a make variable."""


class literal_emphasis(nodes.emphasis):  # noqa: N801
    """Text that Sphinx shows slanted and never touches: a mail header, a MIME type."""


# -- roles ------------------------------------------------------------------------

ACCELERATOR = re.compile(r"(?<!&)&(?![&\s])")
BRACES = re.compile(r"(\\\\|\\{|\\}|{|})")
SHOWN = 512
"""How many texts of a role are remembered as they are shown."""


def text_role(make: Callable[[str, str], nodes.Node], show: Handler | None = None) -> Role:
    """Return a role that makes one node of its raw and its unescaped text.

    *show* is the handler of the node if that needs no `Lowering` (see `rstdown.rst.phrased`).
    """

    def role(
        name: str,
        rawtext: str,
        text: str,
        lineno: int,
        inliner: Any,
        options: dict[str, Any] | None = None,
        content: Sequence[str] = (),
    ) -> RoleResult:
        node = make(rawtext, unescape(text))
        if isinstance(node, nodes.Element):
            node["classes"] += (options or {}).get("class", [])
        return [node], []

    @lru_cache(SHOWN)
    def shown(text: str) -> tuple[md.Phrasing, ...]:
        found = cast(Any, show)(make("", text), None)
        return found if isinstance(found, tuple) else (found,)

    def phrase(text: str, lineno: int, env: Env) -> tuple[md.Phrasing, ...]:
        return shown(text)

    role.options = {"class": directives.class_option}  # type: ignore[attr-defined]
    if show is not None:
        role.phrase = phrase  # type: ignore[attr-defined]
    return role


def code(rawtext: str, text: str) -> nodes.Node:
    """Return what the ``code`` role shows."""
    return nodes.literal(rawtext, text)


def guilabel(rawtext: str, text: str) -> nodes.Node:
    """Return a label of a user interface without its accelerator marks (Sphinx: ``GUILabel``)."""
    return nodes.inline(rawtext, ACCELERATOR.sub("", text).replace("&&", "&"), classes=["guilabel"])


def menuselection(rawtext: str, text: str) -> nodes.Node:
    """Return a path through menus, its steps set apart by triangles (Sphinx: ``MenuSelection``)."""
    return guilabel(rawtext, text.replace("-->", "\N{TRIANGULAR BULLET}"))


def abbreviation_of(rawtext: str, text: str) -> nodes.Node:
    """Return an abbreviation with the explanation that stands in parentheses at its end."""
    short, parenthesis, rest = text.partition("(")
    if parenthesis and rest.endswith(")"):
        return nodes.abbreviation(rawtext, short.strip(), explanation=rest[:-1])
    return nodes.abbreviation(rawtext, text)


def emphasized_literal(rawtext: str, text: str) -> nodes.Node:
    """Return literal text whose parts in braces are variable (Sphinx: ``EmphasizedLiteral``)."""
    return nodes.literal(rawtext, "", *variable_parts(text))


def variable_parts(text: str) -> list[nodes.Node]:
    """Split ``print 1+{variable}`` into text and emphasis; braces that do not pair stay text."""
    found: list[nodes.Node] = []
    plain, variable = "", None
    for part in BRACES.split(text):
        if part == "{" and variable is None:
            variable = ""
        elif part == "}" and variable:
            found += [nodes.Text(plain)] * bool(plain)
            found.append(nodes.emphasis("", variable))
            plain, variable = "", None
        elif part == "}" and variable == "":
            plain, variable = plain + "{}", None
        else:
            literal_part = part[1:] if part in ("\\\\", "\\{", "\\}") else part
            if variable is None:
                plain += literal_part
            else:
                variable += literal_part
    plain += "" if variable is None else "{" + variable
    return [*found, nodes.Text(plain)] if plain else found


def index_role(rawtext: str, text: str) -> nodes.Node:
    """Return the text that an index entry is set at; the entry itself is not shown."""
    shown, bracket, _ = text.rpartition("<")
    explicit = shown and bracket and text.endswith(">")
    return nodes.inline(rawtext, (shown.rstrip() or shown[0]) if explicit else text)


# -- handlers ---------------------------------------------------------------------


def Text(node: nodes.Text, ctx: Lowering) -> Lowered:
    """Plain text; docutils' line breaks within a paragraph are spaces."""
    return md.Text(line_of_text(node))


def line_of_text(node: nodes.Node) -> str:
    """Return a node's text in one line."""
    text = node if type(node) is nodes.Text and "\0" not in node else node.astext()
    return text.replace("\n", " ")


def run(node: Phrased, ctx: Lowering) -> Lowered:
    """A run of text and markup that the parser has read as what it is."""
    return node.phrasing


def emphasis(node: nodes.TextElement, ctx: Lowering) -> Lowered:
    """Emphasis."""
    return emphasized(ctx.phrasing(node))


def strong(node: nodes.TextElement, ctx: Lowering) -> Lowered:
    """Strong emphasis."""
    return strongly(ctx.phrasing(node))


def emphasized(children: Iterable[md.Phrasing]) -> tuple[md.Phrasing, ...]:
    """Return *children* emphasised; emphasis in it would be the same again and is taken off."""
    flat = tuple(inner for c in children for inner in (c.children if isinstance(c, md.Emphasis) else (c,)))
    return (md.Emphasis(flat),) if flat else ()


def strongly(children: Iterable[md.Phrasing]) -> tuple[md.Phrasing, ...]:
    """Return *children* in bold; bold in it would be the same again and is taken off."""
    flat = tuple(inner for c in children for inner in (c.children if isinstance(c, md.Strong) else (c,)))
    return (md.Strong(flat),) if flat else ()


def literal(node: nodes.TextElement, ctx: Lowering) -> Lowered:
    """Inline literal text; emphasis in it (``samp``) is emphasised code between code."""
    parts: Sequence[nodes.Node] = node.children
    if len(parts) > 1 and not any(isinstance(part, nodes.emphasis) for part in parts):
        parts = (node,)
    found: list[md.Phrasing] = []
    for child in parts:
        span = md.InlineCode(line_of_text(child))
        if span.value:
            found.append(md.Emphasis((span,)) if isinstance(child, nodes.emphasis) else span)
    return tuple(found)


def literal_name(node: nodes.TextElement, ctx: Lowering) -> Lowered:
    """A name that a program reads: code."""
    return md.InlineCode(line_of_text(node))


def subscript(node: nodes.TextElement, ctx: Lowering) -> Lowered:
    """Subscript."""
    return md.Subscript(ctx.phrasing(node))


def superscript(node: nodes.TextElement, ctx: Lowering) -> Lowered:
    """Superscript."""
    return md.Superscript(ctx.phrasing(node))


def inline(node: nodes.TextElement, ctx: Lowering) -> Lowered:
    """Inline content with classes only; labels of user interfaces are bold."""
    children = ctx.phrasing(node)
    return strongly(children) if "guilabel" in node["classes"] else children


def generated(node: nodes.TextElement, ctx: Lowering) -> Lowered:
    """A number that docutils made, as of a section (``sectnum``)."""
    return md.Text(" ".join(node.astext().split()) + " ")


def abbreviation(node: nodes.TextElement, ctx: Lowering) -> Lowered:
    """An abbreviation; the first time on a page with its explanation, which HTML hides in a tooltip."""
    explanation = node.get("explanation", "")
    explained = cast(set[tuple[str, str]], ctx.env.store.setdefault("explained", set()))
    key = node.astext(), explanation
    if not explanation or key in explained:
        return ctx.phrasing(node)
    explained.add(key)
    return (*ctx.phrasing(node), md.Text(f" ({explanation})"))


def reference(node: nodes.TextElement, ctx: Lowering) -> Lowered:
    """A reference: to an address, or to a place of this page (then it stays open until linking)."""
    block = not isinstance(node.parent, (nodes.TextElement, nodes.Inline))
    children = ctx.phrasing(node)
    found: tuple[md.Phrasing, ...] = children
    if uri := node.get("refuri"):
        found = (md.Link(uri, children),)
    elif refid := node.get("refid"):
        found = (md.Xref("id", refid, children, explicit=True),)
    return md.Paragraph(found) if block else found


def target(node: nodes.TextElement, ctx: Lowering) -> Lowered:
    """A target: its text, and a place to lead to unless the target itself leads elsewhere."""
    elsewhere = "refuri" in node or "refid" in node
    anchors = () if elsewhere else tuple(map(md.Anchor, node["ids"]))
    return (*anchors, *ctx.phrasing(node))


def comment(node: nodes.Element, ctx: Lowering) -> Lowered:
    """A comment: nothing."""
    ctx.env.record("comment", "dropped: the author's note to authors")
    return ()


def nothing(node: nodes.Node, ctx: Lowering) -> Lowered:
    """No content."""
    return ()


def _class_only(node_class: type[nodes.TextElement], show: Handler | None = None) -> Role:
    return text_role(lambda rawtext, text: node_class(rawtext, text), show)


code_role = text_role(code, literal)
code_role.options |= {"language": directives.unchanged}  # type: ignore[attr-defined]
ROLES: dict[str, Any] = {
    "abbr": text_role(abbreviation_of),
    "code": code_role,
    "command": _class_only(literal_strong, literal_name),
    "dfn": _class_only(nodes.emphasis),
    "file": text_role(emphasized_literal, literal),
    "guilabel": text_role(guilabel),
    "index": text_role(index_role),
    "kbd": _class_only(nodes.literal, literal),
    "mailheader": _class_only(literal_emphasis, literal_name),
    "makevar": _class_only(literal_strong, literal_name),
    "menuselection": text_role(menuselection),
    "mimetype": _class_only(literal_emphasis, literal_name),
    "newsgroup": _class_only(literal_strong, literal_name),
    "program": _class_only(literal_strong, literal_name),
    "regexp": _class_only(nodes.literal, literal),
    "samp": text_role(emphasized_literal, literal),
}
HANDLERS: dict[type, Handler] = {
    nodes.Text: Text,
    Phrased: run,
    nodes.emphasis: emphasis,
    nodes.title_reference: emphasis,
    nodes.strong: strong,
    nodes.literal: literal,
    literal_strong: literal_name,
    literal_emphasis: literal_name,
    nodes.subscript: subscript,
    nodes.superscript: superscript,
    nodes.inline: inline,
    nodes.generated: generated,
    nodes.abbreviation: abbreviation,
    nodes.acronym: inline,
    nodes.reference: reference,
    nodes.target: target,
    nodes.comment: comment,
    nodes.substitution_definition: nothing,
    nodes.pending: nothing,
    nodes.meta: nothing,
    nodes.decoration: nothing,
}
OWN_IDS = {nodes.target}
