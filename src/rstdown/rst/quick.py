"""docutils' nodes, made without detours."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from types import FunctionType
from typing import Any, TypeVar

from docutils import nodes

_PARTS = re.compile("[a-z0-9]+").findall
_MAKERS: dict[type, Callable[..., Any]] = {}
_LISTS = ("ids", "classes", "names", "dupnames")
E = TypeVar("E", bound=nodes.Element)
F = TypeVar("F", bound=Callable[..., Any])


def element(cls: type[E], rawsource: str, children: list[Any], **attributes: Any) -> E:
    """Return what ``cls(rawsource, *children, **attributes)`` does; for a `TextElement`, with no text first.

    docutils asks for the document of each child, looks at each attribute whether it is a list, and passes
    each child through three functions: that takes three times as long.
    """
    make = _MAKERS.get(cls) or maker(cls)
    return make(rawsource, children, attributes)  # type: ignore[no-any-return]


def maker(cls: type[E]) -> Callable[..., E]:
    """Return the function that makes elements of *cls*: of raw source, children, and attributes, if any."""
    new = object.__new__
    tagname = None if cls.tagname else cls.__name__
    more_lists = tuple(name for name in cls.list_attributes if name not in _LISTS)

    def make(rawsource: str, children: list[Any], attributes: dict[str, Any] | None = None) -> Any:
        node: Any = new(cls)
        node.rawsource = rawsource
        node.children = children
        for child in children:
            child.parent = node
        said: dict[str, Any] = {"ids": [], "classes": [], "names": [], "dupnames": []}
        if more_lists:
            said.update((name, []) for name in more_lists)
        if attributes:
            said.update(attributes)
        node.attributes = said
        if tagname:
            node.tagname = tagname
        return node

    found = _MAKERS[cls] = of_its_own(make)
    return found


def of_its_own(function: F) -> F:
    """Return *function* with a copy of its code.

    Python adapts code to the class that it meets there, and only to one: to set an attribute then takes a
    fifth of the time.
    """
    stock: Any = function
    code, closure = stock.__code__.replace(), stock.__closure__
    copy: Any = FunctionType(code, stock.__globals__, stock.__name__, stock.__defaults__, closure)
    return copy  # type: ignore[no-any-return]


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


adopt_paragraph = of_its_own(adopt)
"""For paragraphs, and messages about them."""


def plain_id(name: str) -> str:
    """Return what ``docutils.nodes.make_id(name)`` does; empty if *name* is not ASCII."""
    return "-".join(_PARTS(name.lower())).lstrip("-0123456789") if name.isascii() else ""
