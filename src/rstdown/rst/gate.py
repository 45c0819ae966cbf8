"""The one gate through which documents may read other files.

Nothing outside the document's root is read, links on the way included; only regular files, only so many
bytes.  Each file asked for is remembered as a `Requirement`, so that caches know when a page is stale.
"""

from __future__ import annotations

import codecs
import hashlib
import os
import stat
from collections.abc import Callable
from functools import cached_property
from pathlib import Path, PurePosixPath

from ..model import Document, Requirement

MAX_FILE_BYTES = 20_000_000
"""How many bytes one document may read in all."""
MAX_FILES = 5_000
"""How many times one document may read a file."""
MORE = 65_536
"""How many bytes are read at once of what has been added to a file meanwhile."""
NOT_ENCODINGS = frozenset({"idna", "punycode", "undefined"})
"""Codecs of Python that are no encodings of files; the first two take quadratic time."""


class GateError(Exception):
    """A file may not be read or cannot be; the text says why."""


class Gate:
    """Reads files on behalf of one document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.requires: dict[str, Requirement] = {}
        self.bytes_read = 0
        self.files_read = 0
        self.on_read: Callable[[int], None] = _nothing

    @cached_property
    def root(self) -> Path | None:
        """The real path of the only folder that may be read from; most documents never ask."""
        return self.document.root.resolve() if self.document.root else None

    @cached_property
    def srcdir(self) -> Path | None:
        """The real path of the source folder."""
        folder = self.document.srcdir or self.document.root
        return folder.resolve() if folder and self.document.root else None

    def locate(self, name: str, base: Path | None = None) -> Path:
        """Return the real path of *name*: ``/x`` counts from the source folder, others from *base*.

        *base* is by default the document's own folder.  Raises `GateError` if the path leads outside
        the root.
        """
        if self.root is None or self.srcdir is None:
            raise GateError(f"{name}: this document has no folder that other files may be read from")
        if "\0" in name:
            raise GateError(f"{name!r}: not a file name")
        home = self.document.path.parent if self.document.path else self.srcdir
        parts = PurePosixPath(name.replace("\\", "/"))
        path = self.srcdir / str(parts).lstrip("/") if parts.is_absolute() else (base or home) / parts
        try:
            real = path.resolve()
        except (OSError, RuntimeError, ValueError):  # a loop of links; a name that is none
            raise GateError(f"{name!r}: not a file name") from None
        if not real.is_relative_to(self.root):
            raise GateError(f"{name}: outside the documentation's root")
        return real

    def names(self, suffix: str) -> list[str]:
        """Return the files below the source folder that end in *suffix*, as ``/name``, sorted."""
        if self.srcdir is None:
            return []
        found: list[str] = []
        for folder, _, names in os.walk(self.srcdir):
            inside = "".join(f"{part}/" for part in Path(folder).relative_to(self.srcdir).parts)
            found += [f"/{inside}{name}" for name in names if name.endswith(suffix)]
        return sorted(found)[:MAX_FILES]

    def read(self, name: str, base: Path | None = None, encoding: str = "utf-8-sig") -> tuple[str, Path]:
        """Return the text of *name* and its real path; NUL characters become U+FFFD.

        Raises `GateError` where it is refused, missing, too large, no regular file, or not in *encoding*.
        """
        path = self.locate(name, base)
        assert self.root is not None
        inside = path.relative_to(self.root)
        key = inside.as_posix()
        self.files_read += 1
        if self.files_read > MAX_FILES:
            raise GateError(f"{name}: more than {MAX_FILES:,} files are included")
        try:
            data = _read_regular(self.root, inside, MAX_FILE_BYTES - self.bytes_read)
        except FileNotFoundError:
            self.requires[key] = Requirement(key)
            raise GateError(f"{name}: no such file") from None
        except (OSError, ValueError) as error:
            self.requires[key] = Requirement(key)
            raise GateError(f"{name}: {getattr(error, 'strerror', None) or error}") from None
        self.bytes_read += len(data)
        self.on_read(len(data))
        self.requires[key] = Requirement(key, hashlib.sha256(data).hexdigest())
        return _decoded(data, encoding, name), path


def _nothing(size: int) -> None:
    """Where nobody wants to know how many bytes were read."""


def _decoded(data: bytes, encoding: str, name: str) -> str:
    try:
        if codecs.lookup(encoding).name in NOT_ENCODINGS:
            raise LookupError(f"{encoding} is no encoding of files")
        text = data.decode(encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise GateError(f"{name}: {error}") from None
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.replace("\0", "\ufffd")


def _read_regular(root: Path, inside: Path, limit: int) -> bytes:
    """Return the bytes of the regular file *inside* the folder *root*; both are resolved.

    No part of the path may have become a link since it was resolved, and what is opened is looked at, not
    what was there before.  Raises `OSError`; `ValueError` where it is no regular file or larger than *limit*.
    """
    flags = (
        os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    )
    if os.open in os.supports_dir_fd:
        handle = _open_below(root, inside.parts, flags | os.O_NOFOLLOW)
    else:
        handle = os.open(root / inside, flags)
    try:
        state = os.fstat(handle)
        if not stat.S_ISREG(state.st_mode):
            raise ValueError("not a regular file")
        # As much as there is, then what has been added meanwhile: room for *limit* bytes is too much.
        data = os.read(handle, min(limit, state.st_size) + 1)
        while len(data) <= limit and (more := os.read(handle, min(limit + 1 - len(data), MORE))):
            data += more
    finally:
        os.close(handle)
    if len(data) > limit:
        raise ValueError(f"more than {MAX_FILE_BYTES:,} bytes in all are included")
    return data


def _open_below(root: Path, parts: tuple[str, ...], flags: int) -> int:
    """Open a file part by part, following no links."""
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for part in parts[:-1]:
            inner = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
            os.close(folder)
            folder = inner
        return os.open(parts[-1] if parts else ".", flags, dir_fd=folder)
    finally:
        os.close(folder)
