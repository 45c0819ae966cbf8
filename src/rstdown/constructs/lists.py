"""Lists of every kind: bullets, numbers, definitions, fields, options; Sphinx's ``hlist``, ``acks``."""

from __future__ import annotations

from typing import Any, ClassVar

from docutils import nodes
from docutils.transforms.frontmatter import DocInfo

from ..markdown import nodes as md
from ..rst.directive import RstDirective
from .lowering import Handler, Lowered, Lowering


class hlist(nodes.General, nodes.Element):  # noqa: N801  (Sphinx's name)
    """A list that is set in columns."""


class HList(RstDirective):
    """Keep a list that pages show in columns as the list it is (Sphinx: ``hlist``)."""

    option_spec: ClassVar[dict[str, Any]] = {"columns": int}

    def run(self) -> list[nodes.Node]:
        """Return the content."""
        return [hlist("", *self.parse_content())]


class Acks(RstDirective):
    """Keep a list of names (Sphinx: ``acks``)."""

    def run(self) -> list[nodes.Node]:
        """Return the content."""
        return self.parse_content()


def bullet_list(node: nodes.Element, ctx: Lowering) -> Lowered:
    """A bullet list."""
    return _list(node, ctx, ordered=False)


def enumerated_list(node: nodes.Element, ctx: Lowering) -> Lowered:
    """A numbered list; letters and Roman numerals become numbers, which is all that Markdown has."""
    return _list(node, ctx, ordered=True)


def _list(node: nodes.Element, ctx: Lowering, *, ordered: bool) -> md.Node:
    items = []
    spread = False
    for child in node.children:
        if isinstance(child, nodes.list_item):
            blocks = ctx.flow(child)
            spread = spread or _is_loose(blocks)
            if ids := child.attributes["ids"]:
                blocks = (*map(md.Anchor, ids), *blocks)
            items.append(md.ListItem(blocks))
    return md.List(tuple(items), ordered, int(node.attributes.get("start", 1)), spread)


def _is_loose(blocks: tuple[md.Flow, ...]) -> bool:
    """Tell whether an item holds more than one block, lists below its first one aside."""
    if len(blocks) < 2:
        return False
    shown = [block for block in blocks if not isinstance(block, md.Anchor)]
    return any(not isinstance(block, md.List) or block.spread for block in shown[1:])


def hlist_of(node: nodes.Element, ctx: Lowering) -> Lowered:
    """A list in columns."""
    return ctx.flow(node)


def definition_list(node: nodes.Element, ctx: Lowering) -> Lowered:
    """A definition list."""
    return md.DefinitionList(tuple(definition_item(child, ctx) for child in node.children))


def definition_item(node: nodes.Node, ctx: Lowering) -> md.DefinitionItem:
    """Lower one item: its terms, their classifiers, and the definition."""
    terms = [child for child in node.children if isinstance(child, nodes.term)]
    classifiers = [child for child in node.children if isinstance(child, nodes.classifier)]
    definitions = [child for child in node.children if isinstance(child, nodes.definition)]
    return md.DefinitionItem(
        tuple(ctx.phrasing(term) for term in terms),
        tuple(block for definition in definitions for block in ctx.flow(definition)),
        tuple(ctx.phrasing(classifier) for classifier in classifiers),
        tuple(
            node_id for owner in (node, *terms) for node_id in getattr(owner, "attributes", {}).get("ids", ())
        ),
    )


def field_body(node: nodes.Node, ctx: Lowering) -> tuple[md.Flow, ...]:
    """Lower the body of a field; where it is but a keyword of RCS, its value (docutils: ``DocInfo``)."""
    value = rcs_value(node.astext())
    return ctx.flow(node) if value is None else (md.Paragraph((md.Text(value),)),)


def rcs_value(text: str) -> str | None:
    """Return the value of a keyword of RCS (``$Revision: 2 $``), nothing for other text."""
    if text.startswith("$") and text.endswith("$"):
        for pattern, value in DocInfo.rcs_keyword_substitutions:
            if match := pattern.fullmatch(text):
                return match.expand(value)
    return None


def field_list(node: nodes.Element, ctx: Lowering) -> Lowered:
    """A field list that is not the page's metadata."""
    items = [
        md.DefinitionItem(
            (ctx.phrasing(field.children[0]),), field_body(field.children[1], ctx), (), tuple(field["ids"])
        )
        for field in node.children
        if isinstance(field, nodes.field)
    ]
    return md.DefinitionList(tuple(items), "field")


def option_list(node: nodes.Element, ctx: Lowering) -> Lowered:
    """A list of command-line options; those that mean the same share a term, a comma between them."""
    items = []
    for item in node.children:
        group, description = item.children
        term: list[md.Phrasing] = []
        for option in group.children:
            term += [md.Text(", ")] * bool(term) + [
                md.InlineCode("".join(part.astext() for part in option.children))
            ]
        items.append(md.DefinitionItem((tuple(term),), ctx.flow(description)))
    return md.DefinitionList(tuple(items), "option")


DIRECTIVES: dict[str, Any] = {"hlist": HList, "acks": Acks}
HANDLERS: dict[type, Handler] = {
    nodes.bullet_list: bullet_list,
    nodes.enumerated_list: enumerated_list,
    nodes.definition_list: definition_list,
    nodes.field_list: field_list,
    nodes.option_list: option_list,
    hlist: hlist_of,
}
