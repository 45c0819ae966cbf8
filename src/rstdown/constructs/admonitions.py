"""Admonitions and other boxes: notes of all kinds, topics, sidebars, quotes that stand out, rubrics."""

from __future__ import annotations

from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives

from ..markdown import nodes as md
from ..rst.directive import RstDirective
from ..rst.quick import element
from .inline import strongly
from .lowering import Handler, Lowered, Lowering


class seealso(nodes.Admonition, nodes.Element):  # noqa: N801  (Sphinx's name)
    """An admonition that points elsewhere."""


class centered(nodes.Part, nodes.TextElement):  # noqa: N801
    """A centred line."""


TITLES: dict[type, str] = {
    nodes.attention: "Attention",
    nodes.caution: "Caution",
    nodes.danger: "Danger",
    nodes.error: "Error",
    nodes.hint: "Hint",
    nodes.important: "Important",
    nodes.note: "Note",
    nodes.tip: "Tip",
    nodes.warning: "Warning",
    seealso: "See also",
}


class AdmonitionDirective(RstDirective):
    """Make an admonition whose kind is its title (docutils: ``BaseAdmonition``)."""

    node_class: ClassVar[type[nodes.Element]]
    option_spec: ClassVar[dict[str, Any]] = {
        "class": directives.class_option,
        "collapsible": directives.unchanged,
        "name": directives.unchanged,
    }

    def run(self) -> list[nodes.Node]:
        """Return the admonition."""
        node = element(self.node_class, "", [])
        self.parse_content(node)
        self.set_source(node)
        self.add_name(node)
        return [node]


class TitledAdmonition(AdmonitionDirective):
    """Make an admonition with a title of its own (docutils: ``admonition``)."""

    node_class = nodes.admonition
    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the admonition, its title in front."""
        found = super().run()
        title = nodes.title(self.arguments[0], "", *self.parse_inline(self.arguments[0]))
        found[0].insert(0, title)  # type: ignore[attr-defined]
        return found


def directive_for(node: type[nodes.Element]) -> type[AdmonitionDirective]:
    """Return the directive that makes admonitions of class *node*."""
    return type(f"{node.__name__.title()}Directive", (AdmonitionDirective,), {"node_class": node})


class Centered(RstDirective):
    """Make a centred line (Sphinx: ``centered``)."""

    required_arguments = 1
    has_content = False

    def run(self) -> list[nodes.Node]:
        """Return the line."""
        return [centered(self.arguments[0], "", *self.parse_inline(self.arguments[0]))]


class Rubric(RstDirective):
    """Make an informal heading (docutils: ``rubric``; Sphinx adds ``:heading-level:``)."""

    required_arguments = 1
    has_content = False
    option_spec: ClassVar[dict[str, Any]] = {
        "class": directives.class_option,
        "name": directives.unchanged,
        "heading-level": directives.positive_int,
    }

    def run(self) -> list[nodes.Node]:
        """Return the rubric."""
        node = nodes.rubric(self.arguments[0], "", *self.parse_inline(self.arguments[0]))
        self.add_name(node)
        return [node]


def admonition(node: nodes.Element, ctx: Lowering) -> Lowered:
    """An admonition whose kind is its title."""
    return md.Admonition(type(node).__name__, (md.Text(TITLES[type(node)]),), ctx.flow(node))


def titled(node: nodes.Element, ctx: Lowering) -> Lowered:
    """An admonition, topic or sidebar with a title of its own; a subtitle is a bold line."""
    title: tuple[md.Phrasing, ...] = ()
    blocks: list[md.Flow] = []
    for child in node.children:
        if isinstance(child, nodes.title) and not title:
            title = ctx.phrasing(child)
        elif isinstance(child, nodes.subtitle):
            blocks.append(md.Paragraph(strongly(ctx.phrasing(child))))
        else:
            blocks.extend(ctx.flow((child,)))
    return md.Admonition(type(node).__name__, title, tuple(blocks))


def bold_line(node: nodes.Element, ctx: Lowering) -> Lowered:
    """A rubric or a centred line: a bold line."""
    children = strongly(ctx.phrasing(node))
    return md.Paragraph(children) if children else ()


DIRECTIVES: dict[str, Any] = {
    "admonition": TitledAdmonition,
    "centered": Centered,
    "rubric": Rubric,
    **{node.__name__: directive_for(node) for node in TITLES},
}
HANDLERS: dict[type, Handler] = {
    nodes.admonition: titled,
    nodes.topic: titled,
    nodes.sidebar: titled,
    nodes.rubric: bold_line,
    centered: bold_line,
    **dict.fromkeys(TITLES, admonition),
}
