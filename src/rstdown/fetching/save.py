"""Fetched documents as files in a folder of the user's."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from .. import atomic
from ..errors import OutputError, UsageError
from ..files import read_regular
from ..model import Document
from .lock import DEFAULT, read, render
from .model import FetchResult
from .naming import safe_path, unique
from .paths import exists
from .store import sweep
from .tree import is_safe


def save(result: FetchResult, folder: str | Path, *, lock: bool = True) -> tuple[Path, ...]:
    """Write what was fetched below *folder*, so that it can be converted from there; return the paths.

    Documents become ``<docname>.rst``, byte for byte as they came; with them go the files that they include,
    ``conf.py`` and ``rstdown.lock``.  Names are within a fixed alphabet and never collide.  Each file
    appears whole or not at all; nothing is written outside *folder*.  Raises `OutputError`; also where a
    name that a document chose, that of an included file, is taken by a file of the user's.
    """
    top = Path(folder)
    _usable(top)
    names = unique((safe_path(document.docname), document.provenance.uri) for document in result.documents)
    files = {f"{name}.rst": _bytes(document) for name, document in zip(names, result.documents, strict=True)}
    taken = {name.casefold() for name in (*files, DEFAULT)}
    ours = _earlier(top)
    for path, file in result.companions:
        if path.casefold() not in taken and is_safe(path):
            files[path] = file.read_bytes()
            _free(top / path, files[path], ours)
    if lock and result.lock:
        files[DEFAULT] = render(result.lock).encode("utf-8")
    return tuple(_write(top, name, data) for name, data in files.items())


def _earlier(top: Path) -> set[str]:
    """Return the hashes of what an earlier run wrote into *top*."""
    try:
        return {entry.sha256 for entry in read(top / DEFAULT).values()}
    except UsageError:
        return set()


def _free(target: Path, data: bytes, ours: set[str]) -> None:
    """Refuse to replace a file that did not come from an earlier run."""
    if exists(target) and not _holds(target, data):
        try:
            found = hashlib.sha256(read_regular(target, 1 << 30)).hexdigest()
        except OSError:
            found = ""
        if found not in ours:
            raise OutputError(f"{target}: is not from an earlier fetch; choose another folder, or remove it")


def _bytes(document: Document) -> bytes:
    """Return a document's bytes as they came; the text where the file has gone or changed."""
    try:
        data = document.path.read_bytes() if document.path else b""
    except OSError:
        data = b""
    same = hashlib.sha256(data).hexdigest() == document.provenance.sha256
    return data if same else document.text.encode("utf-8")


def _write(top: Path, name: str, data: bytes) -> Path:
    target = top / name
    _inside(target, top)
    if not _holds(target, data):
        atomic.write_bytes(target, data)
    return target


def _usable(top: Path) -> None:
    try:
        top.mkdir(parents=True, exist_ok=True)
        for here, _, _ in os.walk(top):
            sweep(Path(here))
    except OSError as error:
        raise OutputError(f"cannot write into {top}: {error.strerror or error}") from None


def _inside(target: Path, top: Path) -> None:
    """Refuse to follow a link out of the folder, be it one of its folders or the file itself."""
    real = top.resolve()
    parent = target.parent.resolve()
    if parent != real and not parent.is_relative_to(real):
        raise OutputError(f"{target}: leads out of {top} through a link; nothing was written there")
    if target.is_symlink():
        raise OutputError(f"{target}: is a link; remove it, then try again")


def _holds(path: Path, data: bytes) -> bool:
    try:
        return path.is_file() and path.stat().st_size == len(data) and path.read_bytes() == data
    except OSError:
        return False
