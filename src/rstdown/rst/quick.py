"""docutils' nodes, made without detours."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, TypeVar

from docutils import nodes

_PARTS = re.compile("[a-z0-9]+").findall
_LISTS = ("ids", "classes", "names", "dupnames")
_KINDS: dict[type, tuple[str | None, tuple[str, ...]]] = {}
_new = object.__new__
E = TypeVar("E", bound=nodes.Element)


def element(cls: type[E], rawsource: str, children: list[Any], **attributes: Any) -> E:
    """Return what ``cls(rawsource, *children, **attributes)`` does; for a `TextElement`, with no text first.

    docutils asks for the document of each child, looks at each attribute whether it is a list, and passes
    each child through three functions: that takes twice as long.
    """
    node: Any = _new(cls)
    node.rawsource = rawsource
    node.children = children
    for child in children:
        child.parent = node
    node.attributes = {"ids": [], "classes": [], "names": [], "dupnames": [], **attributes}
    tagname, more_lists = _KINDS.get(cls) or _learn(cls)
    for name in more_lists:
        node.attributes.setdefault(name, [])
    if tagname:
        node.tagname = tagname
    return node  # type: ignore[no-any-return]


def _learn(cls: type[nodes.Element]) -> tuple[str | None, tuple[str, ...]]:
    """Return the name that elements of *cls* are given, and which other lists they have."""
    more_lists = tuple(name for name in cls.list_attributes if name not in _LISTS)
    found = _KINDS[cls] = None if cls.tagname else cls.__name__, more_lists
    return found


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
