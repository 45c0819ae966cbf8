"""The words that a document says, read off its doctree and not by way of the Markdown tree.

This is the other side of ``rstdown check``: what is compared with the words of our Markdown as a CommonMark
parser reads it.  Handlers, lowering, linking and the writer all stand between the two.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from docutils import nodes

from .. import constructs
from ..constructs.code import trim_doctest_flags
from ..constructs.desc import desc, desc_signature, in_cell, signature_in_cell
from ..constructs.lists import rcs_value
from ..constructs.sections import metadata
from ..constructs.vocabulary import vocabulary_of
from ..constructs.xref import pending_xref
from ..model import Document, Project
from ..rst.env import Env
from ..rst.gate import Gate
from ..rst.parser import parse

WORD = re.compile(r"(?<![\w\0])(?=_*[^\W_])\w+(?![\w\0])")
APART = " "  # what stands for a piece that is not shown
GLUE = "\0"  # what stands for a piece that is shown in other words; what touches it is a part of those
# Not shown by any writer, or (generated tables of contents) made anew by each.
INVISIBLE = (
    nodes.Invisible,
    nodes.system_message,
    nodes.raw,
    nodes.meta,
    nodes.decoration,
    nodes.label,
    nodes.footnote_reference,
    nodes.citation_reference,
    nodes.generated,
)
# References without a title of their own show what they lead to.
TITLED = frozenset({"std:ref", "std:doc", "std:numref", "std:term", "math:eq", "math:numref", "any"})


def words_of(document: Document, project: Project, *, compact: bool = False) -> Counter[str]:
    """Return how often *document* says each word; raises `ConversionError` where a limit is hit.

    A *compact* bundle does not repeat the module in the names of members, so it is not counted there.
    """
    env = Env(document, project, Gate(document))
    doctree = parse(env, vocabulary_of(project), constructs.TRANSFORMS)
    if compact:
        _shorten(doctree)
    if (fields := metadata(doctree)) is not None:
        doctree.remove(fields)
    return Counter(word for text in _shown(doctree) for word in WORD.findall(text))


def _shorten(doctree: nodes.document) -> None:
    """Take the module from the names of members (see `rstdown.bundling.compact`)."""
    for outer in doctree.findall(desc):
        if outer["domain"] == "py" and outer["objtype"] in ("class", "exception"):
            names = [node["fullname"] for node in outer.children if isinstance(node, desc_signature)]
            module = names[0].rpartition(".")[0] if names else ""
            for signature in outer.findall(desc_signature):
                if module and signature.parent is not outer:
                    signature["code"] = signature["code"].removeprefix(f"{module}.")


def _shown(node: nodes.Node) -> Iterator[str]:
    if isinstance(node, nodes.Text):
        yield node.astext()  # without the nulls that stand for backslashes
    elif isinstance(node, nodes.literal_block | nodes.doctest_block):
        yield trim_doctest_flags(node.astext())
    elif isinstance(node, nodes.field_body) and (value := rcs_value(node.astext())) is not None:
        yield value
    elif isinstance(node, INVISIBLE) and not isinstance(node, nodes.target):
        yield APART
    elif isinstance(node, desc_signature):
        yield signature_in_cell(node) if in_cell(node) else node["code"]
        yield node["prefix"]
    elif _is_replaced(node):
        yield GLUE
    else:
        if isinstance(node, nodes.image):
            yield node.get("alt", "")
        yield from _text_of_block(node)


def _text_of_block(node: nodes.Node) -> Iterator[str]:
    """Yield the text of an element; inline pieces are joined, so that no word is torn."""
    if isinstance(node, nodes.TextElement):
        yield "".join(part for child in node.children for part in _shown(child))
    else:
        for child in node.children:
            yield from _shown(child)


def _is_replaced(node: nodes.Node) -> bool:
    """Tell whether others decide what is shown here: a target's title, a table of contents."""
    if isinstance(node, pending_xref):
        return not node.get("refexplicit") and node.get("role") in TITLED
    return isinstance(node, nodes.topic) and "contents" in node["classes"]
