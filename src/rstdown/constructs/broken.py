"""What docutils gives up on, references without a target and unreadable markup: kept, and reported."""

from __future__ import annotations

import re

from docutils import nodes
from docutils.transforms import Transform

from ..markdown import nodes as md
from ..patterns import lazy
from ..rst.env import env_of
from .lowering import Handler, Lowered, Lowering, line_of

LEFTOVER = lazy(
    r"""^(?: `(?P<phrase>.+?)(?:\s+<(?!\s)[^<>]*(?<!\s)>)?`__?
           | (?P<note>\[[^]]*\])_ | (?P<word>\w[\w.:+-]*?)__? )$""",
    re.DOTALL | re.VERBOSE,
)
WORD = re.compile(r"\w+")
LOST = 3  # the level of docutils' messages (error) from which what they are about is not in the doctree
LOST_TOO = lazy(  # and its warnings of which that is true
    r'Content block expected|The "[^"]+" directive (?:has no|requires) content'
    r'|Substitution definition ".*" (?:missing contents|empty or invalid)'
)


class UnknownTargets(Transform):
    """Turn references to targets that the page does not have into what they show."""

    default_priority = 845  # before docutils' DanglingReferences (850), which would show them as written
    changed = False

    def apply(self) -> None:
        """Replace the references, and report each."""
        env, known = env_of(self.document), self.document.nameids
        for kind in (nodes.reference, nodes.footnote_reference):
            for node in list(self.document.findall(kind)):
                name = node.get("refname")
                if (
                    name is None
                    or getattr(node, "resolved", False)
                    or self.document.nameids.get(name) is not None
                ):
                    continue
                why = "has more than one target" if name in known else "has no target on this page"
                env.diagnose("target-unknown", f"reference {name!r} {why}; its text is kept", line_of(node))
                shown = node.children
                if isinstance(node, nodes.footnote_reference):
                    shown = [nodes.Text(f"[{node.astext() or name}]")]
                node.parent.replace(node, list(shown))
                self.changed = True


def problematic(node: nodes.TextElement, ctx: Lowering) -> Lowered:
    """Markup that docutils could not read; of a reference that leads nowhere just the text."""
    text = node.astext().replace("\n", " ")
    if found := LEFTOVER.match(text):
        return md.Text(found["phrase"] or found["word"] or found["note"])
    return ctx.phrasing(node)


def system_message(node: nodes.Element, ctx: Lowering) -> Lowered:
    """A message of docutils; the text that it could not read is shown as it stands."""
    if isinstance(node.parent, nodes.TextElement) or not _is_lost(node):
        return ()
    return tuple(
        md.Code(child.astext().strip("\n"), "rst")
        for child in node.children
        if isinstance(child, nodes.literal_block) and child.astext().strip()
    )


def _is_lost(node: nodes.Element) -> bool:
    """Tell whether what a message is about is nowhere else: not in the block before it, either."""
    if node.get("level", 0) >= LOST:
        return True
    if not LOST_TOO.match(node.children[0].astext()):
        return False
    content = set(WORD.findall(node.children[-1].astext().partition("::")[2]))
    place = node.parent.index(node)
    before = node.parent.children[place - 1].astext() if place else ""
    return not content or not content.issubset(WORD.findall(before))


TRANSFORMS = (UnknownTargets,)
HANDLERS: dict[type, Handler] = {nodes.problematic: problematic, nodes.system_message: system_message}
