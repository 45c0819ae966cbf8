"""docutils' nodes, made without detours."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from types import FunctionType
from typing import Any, TypeVar

from docutils import nodes

_PARTS = re.compile("[a-z0-9]+").findall
_LISTS = ("ids", "classes", "names", "dupnames")
E = TypeVar("E", bound=nodes.Element)


def element(cls: type[E], rawsource: str, children: list[Any], **attributes: Any) -> E:
    """Return what ``cls(rawsource, *children, **attributes)`` does; for a `TextElement`, with no text first.

    docutils asks for the document of each child, looks at each attribute whether it is a list, and passes
    each child through three functions: that takes three times as long.
    """
    node: Any = maker(cls)(rawsource, children)
    if attributes:
        node.attributes.update(attributes)
    return node  # type: ignore[no-any-return]


@cache
def maker(cls: type[nodes.Element]) -> Callable[[str, list[Any]], Any]:
    """Return the function that makes elements of *cls* of their raw source and children.

    Each class has its own copy of the code: Python adapts code to the class that it meets there, and only to
    one, so that to set an attribute takes a fifth of the time.
    """
    new = object.__new__
    tagname = None if cls.tagname else cls.__name__
    more_lists = tuple(name for name in cls.list_attributes if name not in _LISTS)

    def make(rawsource: str, children: list[Any]) -> Any:
        node: Any = new(cls)
        node.rawsource = rawsource
        node.children = children
        for child in children:
            child.parent = node
        node.attributes = {"ids": [], "classes": [], "names": [], "dupnames": []}
        for name in more_lists:
            node.attributes[name] = []
        if tagname:
            node.tagname = tagname
        return node

    code = make.__code__.replace(co_name=f"make_{cls.__name__}")
    return FunctionType(code, make.__globals__, closure=make.__closure__)


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
    parent.children.extend(children)


def plain_id(name: str) -> str:
    """Return what ``docutils.nodes.make_id(name)`` does; empty if *name* is not ASCII."""
    return "-".join(_PARTS(name.lower())).lstrip("-0123456789") if name.isascii() else ""
