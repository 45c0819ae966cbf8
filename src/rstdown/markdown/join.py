"""Decide what stands between two blocks: a blank line, or none."""

from __future__ import annotations

from itertools import pairwise

from .nodes import Blockquote, Code, Flow, Heading, Html, List, Math, Paragraph, Table


def touch(left: Flow, right: Flow) -> bool:
    """Tell whether *right* may follow *left* on the very next line and both stay what they are."""
    if isinstance(right, (Table, Html)) or isinstance(left, (Table, Html, Math)):
        return False
    if isinstance(left, Paragraph):
        if isinstance(right, List):
            # Only a list that starts with 1 and with content interrupts a paragraph.
            return _begins_with_content(right) and (not right.ordered or right.start == 1)
        return isinstance(right, (Code, Blockquote, Heading))
    if isinstance(left, (Blockquote, List)):
        # A paragraph would be a lazy continuation of what stands before it, and so would a formula.
        return not isinstance(right, (Paragraph, Math, type(left)))
    return True


def _begins_with_content(node: List) -> bool:
    """Tell whether something follows the first marker on its line, which a list in a list may not."""
    first = node.children[0].children[:1]
    if first and isinstance(first[0], List) and not first[0].ordered:
        return _begins_with_content(first[0])
    return bool(first)


def is_loose(node: List) -> bool:
    """Tell whether blank lines stand in a list: it asks for them, or some item's blocks need them."""
    if node.spread and _has_paragraph(node):
        return True
    for item in node.children:
        for left, right in pairwise(item.children):
            if not touch(left, right):
                return True
    return False


def shows_spread(node: List) -> bool:
    """Tell whether a reader sees the list as loose: only paragraphs between blank lines show it."""
    several = len(node.children) > 1 or len(node.children[0].children) > 1
    return several and _has_paragraph(node) and is_loose(node)


def _has_paragraph(node: List) -> bool:
    for item in node.children:
        for block in item.children:
            if type(block) is Paragraph:
                return True
    return False
