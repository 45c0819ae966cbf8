"""Pages as bytes, for the cache and between processes.

Pickle carries them, because nothing else in the standard library is as fast for many small objects; but only
the classes named here come out of it, so that bytes that are not ours can at worst fail to load.
"""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from hashlib import blake2b
from io import BytesIO
from operator import attrgetter
from types import ModuleType
from typing import Any

from . import model
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


def encode(value: Page | Surface) -> bytes:
    """Return a page, or what linking must know of it, as bytes."""
    file = BytesIO()
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, DEPTH))
    try:
        _Pickler(file, protocol=5).dump(value)
    finally:
        sys.setrecursionlimit(limit)
    data = file.getvalue()
    return blake2b(data, digest_size=DIGEST).digest() + data


def decode(data: bytes) -> Page:
    """Return the page that `encode` made *data* of; raises `CodecError`."""
    page = _load(data)
    if (
        not isinstance(page, Page)
        or not isinstance(page.root, nodes.Root)
        or type(page.requires) is not tuple
    ):
        raise CodecError("no page")
    return page


def decode_surface(data: bytes) -> Surface:
    """Return the surface that `encode` made *data* of; raises `CodecError`."""
    surface = _load(data)
    if not isinstance(surface, Surface):
        raise CodecError("no surface")
    return surface


def _load(data: bytes) -> object:
    if blake2b(data[DIGEST:], digest_size=DIGEST).digest() != data[:DIGEST]:
        raise CodecError("damaged")
    try:
        return _Unpickler(BytesIO(memoryview(data)[DIGEST:])).load()
    except Exception as error:
        raise CodecError(str(error)) from None


def _values(cls: type) -> Callable[[Any], tuple[Any, ...]]:
    """Return the function that gives the fields of a dataclass as a tuple."""
    names = [field.name for field in fields(cls)]
    if not names:
        return lambda value: ()
    get = attrgetter(*names)
    return get if len(names) > 1 else lambda value: (get(value),)


def _reducer(cls: type) -> Callable[[Any], Any]:
    """Return how a dataclass is pickled: as a call with its fields, much faster than by its slots."""
    values = _values(cls)
    return lambda value: (cls, values(value))


def _classes(*modules: ModuleType) -> dict[tuple[str, str], type]:
    return {
        (value.__module__, name): value
        for module in modules
        for name, value in vars(module).items()
        if isinstance(value, type) and value.__module__ == module.__name__ and name[0] != "_"
    }


CLASSES = _classes(model, nodes, scan, surface)


class _Pickler(pickle.Pickler):
    dispatch_table = {cls: _reducer(cls) for cls in CLASSES.values() if is_dataclass(cls)}


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        """Return one of our classes, and nothing else."""
        try:
            return CLASSES[module, name]
        except KeyError:
            raise CodecError(f"{module}.{name} has no place in a page") from None
