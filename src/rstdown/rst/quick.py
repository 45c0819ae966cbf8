"""docutils' nodes, made without detours."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, TypeVar

from docutils import nodes

_PARTS = re.compile("[a-z0-9]+").findall
_COMMON = nodes.Element.list_attributes if len(nodes.Element.list_attributes) == 4 else None
E = TypeVar("E", bound=nodes.Element)


def element(cls: type[E], rawsource: str, children: list[Any], **attributes: Any) -> E:
    """Return what ``cls(rawsource, *children, **attributes)`` does; for a `TextElement`, with no text first.

    docutils asks for the document of each child, looks at each attribute whether it is a list, and passes
    each child through three functions: that takes twice as long.
    """
    node: Any = cls.__new__(cls)
    node.rawsource = rawsource
    node.children = children
    for child in children:
        child.parent = node
    node.attributes = {"ids": [], "classes": [], "names": [], "dupnames": [], **attributes}
    if cls.list_attributes is not _COMMON:
        for name in cls.list_attributes:
            node.attributes.setdefault(name, [])
    if cls.tagname is None:
        node.tagname = cls.__name__
    return node  # type: ignore[no-any-return]


def text_element(cls: type[E], rawsource: str, text: str) -> E:
    """Return what ``cls(rawsource, text)`` does."""
    return element(cls, rawsource, [str.__new__(nodes.Text, text)] if text else [])


def adopt(parent: Any, children: Sequence[Any]) -> None:
    """Do what ``parent += children`` does; docutils asks *parent* for its document three times per child."""
    document = parent._document
    if document is None and parent.parent is not None:
        document = parent.document
    for child in children:
        child.parent = parent
        if document is not None:
            child._document = document
            if child.source is None:
                child.source = document.current_source
            if child.line is None:
                child.line = document.current_line
    parent.children += children


def plain_id(name: str) -> str:
    """Return what ``docutils.nodes.make_id(name)`` does; empty if *name* is not ASCII."""
    return "-".join(_PARTS(name.lower())).lstrip("-0123456789") if name.isascii() else ""
