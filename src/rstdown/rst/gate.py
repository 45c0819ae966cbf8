"""The one gate through which documents may read other files.

Nothing outside the document's root is read, after links have been resolved; only regular files, only
within the size limit.  Each file asked for is remembered as a `Requirement`, so that caches know when
a page is stale.
"""

from __future__ import annotations

import hashlib
from pathlib import Path, PurePosixPath

from ..model import Document, Requirement

MAX_FILE_BYTES = 20_000_000


class GateError(Exception):
    """A file may not be read or cannot be; the text says why."""


class Gate:
    """Reads files on behalf of one document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.root = document.root.resolve() if document.root else None
        self.srcdir = (document.srcdir or document.root or Path()).resolve() if self.root else None
        self.requires: dict[str, Requirement] = {}
        self.bytes_read = 0

    def locate(self, name: str, base: Path | None = None) -> Path:
        """Return the real path of *name*: ``/x`` counts from the source folder, others from *base* or the document.

        Raises `GateError` if it lies outside the root.
        """
        if self.root is None or self.srcdir is None:
            raise GateError(f"{name}: this document has no folder that other files may be read from")
        if "\0" in name:
            raise GateError(f"{name!r}: not a file name")
        home = self.document.path.parent if self.document.path else self.srcdir
        parts = PurePosixPath(name.replace("\\", "/"))
        path = self.srcdir / parts.relative_to("/") if parts.is_absolute() else (base or home) / parts
        real = path.resolve()
        if not real.is_relative_to(self.root):
            raise GateError(f"{name}: outside the documentation's root")
        return real

    def read(self, name: str, base: Path | None = None, encoding: str = "utf-8-sig") -> tuple[str, Path]:
        """Return the text of *name* and its real path.

        Raises `GateError` where it is refused, missing, too large, no regular file, or not in *encoding*.
        """
        path = self.locate(name, base)
        key = self._key(path)
        try:
            if not path.is_file():
                self.requires[key] = Requirement(key)
                raise GateError(
                    f"{name}: no such file" if not path.exists() else f"{name}: not a regular file"
                )
            if path.stat().st_size + self.bytes_read > MAX_FILE_BYTES:
                raise GateError(f"{name}: more than {MAX_FILE_BYTES:,} bytes in all are included")
            data = path.read_bytes()
        except OSError as error:
            raise GateError(f"{name}: {error.strerror or error}") from None
        self.bytes_read += len(data)
        self.requires[key] = Requirement(key, hashlib.sha256(data).hexdigest())
        try:
            text = data.decode(encoding)
        except (UnicodeDecodeError, LookupError) as error:
            raise GateError(f"{name}: {error}") from None
        return text.replace("\r\n", "\n").replace("\r", "\n"), path

    def _key(self, path: Path) -> str:
        assert self.root is not None
        return path.relative_to(self.root).as_posix()
