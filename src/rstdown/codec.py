"""Pages, and more, as bytes: for the cache and between processes.

Pickle carries them, because nothing else in the standard library is as fast for many small objects; but only
the classes named here come out of it, so that bytes that are not ours can at worst fail to load.
"""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from hashlib import blake2b
from io import BytesIO
from types import ModuleType
from typing import Any

from . import drafts, model
from .drafts import Draft
from .link import scan, surface
from .link.surface import Surface
from .markdown import nodes
from .model import Page

DIGEST = 16
"""Bytes of the digest that goes before the data: what is cut off or damaged does not get as far as pickle."""
DEPTH = 30_000
"""How deep Python may recurse while it pickles a deeply nested page."""


class CodecError(ValueError):
    """These bytes are no page."""


class Codec:
    """Values of the classes that *modules* define, in tuples, lists and dicts, as bytes and back."""

    def __init__(self, *modules: ModuleType) -> None:
        self.classes = _classes(*modules)
        self.reducers: dict[type, Callable[[Any], Any]] = {}
        for cls in self.classes.values():
            if is_dataclass(cls):
                self.reducers[cls] = _reducer(cls, [field.name for field in fields(cls)])
            elif issubclass(cls, tuple):
                self.reducers[cls] = _reducer(cls, cls._fields)  # type: ignore[attr-defined]
            elif issubclass(cls, Enum):  # which Python 3.11.2, for one, pickles as ``getattr`` of its class
                self.reducers[cls] = _member

    def dump(self, value: object) -> bytes:
        """Return *value* as bytes."""
        file = BytesIO()
        pickler = pickle.Pickler(file, protocol=5)
        pickler.dispatch_table = self.reducers
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(max(limit, DEPTH))
        try:
            pickler.dump(value)
        finally:
            sys.setrecursionlimit(limit)
        data = file.getvalue()
        return blake2b(data, digest_size=DIGEST).digest() + data

    def load(self, data: bytes) -> object:
        """Return the value that `dump` made *data* of; raises `CodecError`."""
        if blake2b(data[DIGEST:], digest_size=DIGEST).digest() != data[:DIGEST]:
            raise CodecError("damaged")
        try:
            return _Unpickler(data[DIGEST:], self.classes).load()
        except Exception as error:
            raise CodecError(str(error)) from None


class _Unpickler(pickle.Unpickler):
    def __init__(self, data: bytes, classes: Mapping[tuple[str, str], type]) -> None:
        super().__init__(BytesIO(data))
        self.classes = classes

    def find_class(self, module: str, name: str) -> Any:
        """Return one of our classes, and nothing else."""
        try:
            return self.classes[module, name]
        except KeyError:
            raise CodecError(f"{module}.{name} has no place here") from None


def _reducer(cls: type, names: Iterable[str]) -> Callable[[Any], Any]:
    """Return how a class is pickled: as a call with its fields, faster than by slots or ``__reduce_ex__``.

    It is compiled, as it is called for each node of each page.
    """
    values = "".join(f"value.{name}, " for name in names)
    found: Callable[[Any], Any] = eval(f"lambda value: (cls, ({values}))", {"cls": cls})
    return found


def _member(member: Enum) -> Any:
    return type(member), (member.value,)


def _classes(*modules: ModuleType) -> dict[tuple[str, str], type]:
    return {
        (value.__module__, name): value
        for module in modules
        for name, value in vars(module).items()
        if isinstance(value, type) and value.__module__ == module.__name__ and name[0] != "_"
    }


PAGES = Codec(model, nodes, scan, surface, drafts)


def encode(value: Page | Surface | Draft) -> bytes:
    """Return a page, what linking must know of it, or what has been written of it, as bytes."""
    return PAGES.dump(value)


def decode(data: bytes) -> Page:
    """Return the page that `encode` made *data* of; raises `CodecError`."""
    page = PAGES.load(data)
    if (
        not isinstance(page, Page)
        or not isinstance(page.root, nodes.Root)
        or type(page.requires) is not tuple
    ):
        raise CodecError("no page")
    return page


def decode_surface(data: bytes) -> Surface:
    """Return the surface that `encode` made *data* of; raises `CodecError`."""
    surface = PAGES.load(data)
    if not isinstance(surface, Surface):
        raise CodecError("no surface")
    return surface


def decode_draft(data: bytes) -> Draft:
    """Return the draft that `encode` made *data* of; raises `CodecError`."""
    draft = PAGES.load(data)
    if not isinstance(draft, Draft):
        raise CodecError("no draft")
    return draft
