"""Boxes of web pages: grids, cards, dropdowns, buttons, badges (sphinx-design, sphinx-panels, …)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from docutils import nodes
from docutils.statemachine import StringList
from docutils.utils import unescape

from ..patterns import lazy
from .external import URL
from .inline import Role, RoleResult, text_role
from .recipes import Recipe, dropped
from .xref import XrefRole, pending, split_title

HEADER = lazy(r"^\^{3,}\s*$")
FOOTER = lazy(r"^\+{3,}\s*$")
PANEL = lazy(r"^-{3,}\s*$")
COLOURS = (
    *(
        "primary",
        "secondary",
        "success",
        "info",
        "warning",
        "danger",
        "light",
        "muted",
        "dark",
        "white",
        "black",
    ),
)
ICONS = (
    *("octicon", "fa", "fas", "far", "fab", "opticon", "material-regular", "material-outlined"),
    *("material-round", "material-sharp", "material-twotone", "iconify"),
)
REF_TYPES = {"ref": "std:ref", "doc": "std:doc", "any": "any", "myst": "any"}


def link_to(target: str, kind: str, children: Iterable[nodes.Node], explicit: bool = True) -> nodes.Node:
    """Return a link to *target*, which is of *kind* ``url``, ``ref``, ``doc`` or ``any``."""
    if kind == "url" or (kind not in REF_TYPES and URL.match(target)):
        return nodes.reference("", "", *children, refuri=target)
    return pending(
        REF_TYPES.get(kind, "any"), target.lower() if kind == "ref" else target, children, explicit
    )


class Card(Recipe):
    """Show a card: images, header, title in bold (linked where the card is a link), content, footer."""

    def run(self) -> list[nodes.Node]:
        """Return what is on the card, from top to bottom."""
        header, content, footer = self.parts()
        found = [self.image("img-top"), *self.parse(header), self.title()]
        found += [*self.parse(content), *self.parse(footer), self.image("img-bottom")]
        return [node for node in found if node is not None]

    def parts(self) -> tuple[StringList, StringList, StringList]:
        """Return the lines of header, content and footer."""
        lines: Any = self.content
        header, footer = lines[:0], lines[:0]
        for n, line in enumerate(lines):
            if HEADER.match(line):
                header, lines = lines[:n], lines[n + 1 :]
                break
        for n, line in enumerate(lines):
            if FOOTER.match(line):
                footer, lines = lines[n + 1 :], lines[:n]
                break
        return header, lines, footer

    def parse(self, lines: StringList) -> list[nodes.Node]:
        """Parse some of the lines."""
        container = nodes.Element()
        self.state.nested_parse(lines, self.content_offset, container)
        return list(container.children)

    def title(self) -> nodes.Node | None:
        """Return the title's line."""
        link = self.options.get("link", "")
        text = self.argument or (self.options.get("link-alt", "") if link else "")
        if not text and not link:
            return None
        children = self.parse_inline(text) if text else [nodes.inline("", link)]
        if link:
            children = [link_to(link, self.options.get("link-type", "url"), children, explicit=bool(text))]
        return nodes.rubric("", "", *children)

    def image(self, option: str) -> nodes.Node | None:
        """Return an image that an option names."""
        uri = self.options.get(option)
        return nodes.image(uri=uri, alt=self.options.get(f"{option}-alt", "")) if uri else None


class Panels(Card):
    """Show cards that stand in one directive, with lines of hyphens between them (sphinx-panels)."""

    def run(self) -> list[nodes.Node]:
        """Return what is on the cards."""
        self.begin_below()
        lines: Any = self.content
        found: list[nodes.Node] = []
        borders = [n for n, line in enumerate(lines) if PANEL.match(line)]
        for start, end in zip([0, *(n + 1 for n in borders)], [*borders, len(lines)], strict=True):
            self.content = lines[start:end]
            header, content, footer = self.parts()
            found += [*self.parse(header), *self.parse(content), *self.parse(footer)]
        return found


class Button(Recipe):
    """Show a button that is a link: ``button-link``, ``button-ref``, ``link-button``."""

    def run(self) -> list[nodes.Node]:
        """Return a paragraph with the link."""
        given = self.options.get("ref-type") or self.options.get("type")
        kind = given or {"button-ref": "any"}.get(self.name.lower(), "url")
        text = " ".join(self.content) or self.options.get("text", "")
        children = self.parse_inline(text) if text else [nodes.inline("", self.argument)]
        return [nodes.paragraph("", "", link_to(self.argument, kind, children, explicit=bool(text)))]


def badge(rawtext: str, text: str) -> nodes.Node:
    """Return a badge of sphinx-panels: its text, without the classes after the comma."""
    return nodes.inline(rawtext, text.partition(",")[0])


def badge_link(kind: str) -> Role:
    """Return the role of a badge that is a link: ``text <target>``."""

    def role(
        name: str, rawtext: str, text: str, lineno: int, inliner: Any, options: Any = None, content: Any = ()
    ) -> RoleResult:
        if kind == "ref":
            return XrefRole("any", code=False)(name, rawtext, text, lineno, inliner)
        title, target = split_title(text) or (text, text)
        return [nodes.reference(rawtext, unescape(title), refuri=unescape(target))], []

    return role


DIRECTIVES: dict[str, Any] = {
    "grid": "content",
    "grid-item": "content",
    "grid-item-card": Card,
    "card": Card,
    "card-carousel": "content",
    "dropdown": "title",
    "tab-set": "content",
    "tab-set-code": "content",
    "tab-item": "title",
    "div": "content",
    "article-info": "drop:says who wrote the page",
    "button-link": Button,
    "button-ref": Button,
    "panels": Panels,
    "link-button": Button,
    "tabbed": "title",
    "toggle": "content",
    "toggle-header": "content",
    "collapse": "title",
    "details": "title",
}
ROLES: dict[str, Any] = {
    "bdg": "text",
    "badge": text_role(badge),
    "link-badge": badge_link("url"),
    **{f"bdg-{colour}{line}": "text" for colour in COLOURS for line in ("", "-line")},
    **{
        f"bdg-{kind}{colour}{line}": badge_link(kind)
        for kind in ("link", "ref")
        for colour in ("", *(f"-{c}" for c in COLOURS))
        for line in ("", "-line")
        if colour or not line
    },
    **dict.fromkeys(ICONS, dropped),
}
