"""Images and figures."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes

from ..markdown import nodes as md
from ..patterns import lazy
from ..rst.directive import Later
from ..rst.env import Env
from ..rst.gate import GateError
from .external import relative
from .inline import emphasized
from .lowering import Handler, Lowered, Lowering, line_of

SUFFIXES = (".svg", ".png", ".gif", ".jpeg", ".jpg", ".webp")
ADDRESS = lazy(r"^[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def image(node: nodes.Element, ctx: Lowering) -> Lowered:
    """An image: a paragraph of its own unless it stands in text."""
    shown = md.Image(image_address(node, ctx.env), node.get("alt", ""))
    inline = isinstance(node.parent, (nodes.TextElement, nodes.Inline))
    return shown if inline else md.Paragraph((shown,))


def image_address(node: nodes.Element, env: Env) -> str:
    """Return the address of an image from its page; ``x.*`` means the file that a browser shows best."""
    uri: str = node["uri"]
    if ADDRESS.match(uri):
        return uri
    if uri.endswith(".*"):
        found = next((name for suffix in SUFFIXES if _exists(name := uri[:-2] + suffix, env)), "")
        if not found:
            env.diagnose("file-missing", f"image: {uri}: there is no such image", line_of(node))
        uri = found or uri
    return relative(uri, env)


def _exists(name: str, env: Env) -> bool:
    try:
        return env.gate.locate(name).is_file()
    except GateError:
        return False


def figure(node: nodes.Element, ctx: Lowering) -> Lowered:
    """A figure: the image, the caption below it in italics, the legend."""
    return ctx.flow(node)


def caption(node: nodes.TextElement, ctx: Lowering) -> Lowered:
    """What stands below a figure's image."""
    children = emphasized(ctx.phrasing(node))
    return md.Paragraph(children) if children else ()


def legend(node: nodes.Element, ctx: Lowering) -> Lowered:
    """What stands below a figure's caption."""
    return ctx.flow(node)


DIRECTIVES: dict[str, Any] = {"figure": Later("rstdown.constructs.figure", "Figure")}
HANDLERS: dict[type, Handler] = {
    nodes.image: image,
    nodes.figure: figure,
    nodes.caption: caption,
    nodes.legend: legend,
}
