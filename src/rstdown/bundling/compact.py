"""Spare tokens: leave out marks where the text itself says the same.

- the emphasis of a parameter that a signature of the document names;
- the code span of ``True``, ``False`` and ``None``;
- the module in the name of a member that stands below its class;
- the bold type of labels that begin a paragraph (``Changed in version 3.10:``, ``Note:``).

No word is lost but the repeated module names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from ..link.tree import LEAVES
from ..markdown import nodes as md
from .tree import branches, edit, edit_all, fullname

_WORD = re.compile(r"[^\W\d]\w*")
_CONSTANTS = ("True", "False", "None")
_SPARED = frozenset({md.Emphasis, md.InlineCode, md.Object, md.Signature})
_NAMED = frozenset({md.Signature, md.Paragraph})
_LABELLED = frozenset({md.Paragraph, md.Heading, md.Table})
_NO_OBJECTS = LEAVES | {md.Paragraph, md.Heading, md.Table}
_VERSION_LABEL = re.compile(r"(?:Added|Changed|Deprecated|Removed) (?:in|since) version .*\.")


def compact(section: md.Section) -> md.Section:
    """Return a semantic tree with fewer marks."""
    names = {
        word
        for node in branches(section, _NO_OBJECTS)
        if type(node) is md.Signature
        for word in _WORD.findall(node.code.partition("(")[2])
    }

    def visit(node: Any) -> Iterable[Any] | None:
        if isinstance(node, md.Emphasis):
            return node.children if md.plain_text(node.children).lstrip("*") in names else None
        if isinstance(node, md.InlineCode):
            return (md.Text(node.value),) if node.value in _CONSTANTS else None
        if isinstance(node, md.Object):
            return (edit(_shortened(node), visit, _SPARED),)
        return (node,) if isinstance(node, md.Signature) else None

    return edit(section, visit, _SPARED)


def _shortened(node: md.Object) -> md.Object:
    """Take the module from the names of members."""
    module = fullname(node).rpartition(".")[0]
    if node.domain != "py" or not module or node.objtype not in ("class", "exception"):
        return node

    def short(signature: md.Signature) -> md.Signature:
        if not signature.fullname.startswith(f"{fullname(node)}."):
            return signature
        children = signature.children
        if children and isinstance(first := children[0], md.InlineCode):
            children = (md.InlineCode(first.value.removeprefix(f"{module}.")), *children[1:])
        return replace(signature, code=signature.code.removeprefix(f"{module}."), children=children)

    def visit(child: Any) -> Iterable[Any] | None:
        return (short(child),) if isinstance(child, md.Signature) else (child,)

    return replace(node, children=edit_all(node.children, visit, _NAMED))


def plain_labels(root: md.Root) -> md.Root:
    """Return a core tree without the bold type of labels that begin a paragraph."""

    def visit(node: Any) -> Iterable[Any] | None:
        if not isinstance(node, md.Paragraph) or not node.children:
            return (node,)
        first, *rest = node.children
        if isinstance(first, md.Strong):
            label = md.plain_text(first.children)
            if (rest and label.endswith(":")) or _VERSION_LABEL.fullmatch(label):
                return (md.Paragraph((*first.children, *rest)),)
        return (node,)

    return edit(root, visit, _LABELLED)
