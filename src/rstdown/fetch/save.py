"""Fetched documents as files in a folder of the user's."""

from __future__ import annotations

import os
from pathlib import Path

from .. import atomic
from ..errors import OutputError
from .lock import DEFAULT, render
from .model import FetchResult
from .naming import safe_path, unique
from .store import sweep


def save(result: FetchResult, folder: str | Path, *, lock: bool = True) -> tuple[Path, ...]:
    """Write the documents of *result* below *folder* as ``<docname>.rst``, and ``rstdown.lock``; return the paths.

    Names come from docnames only, within a fixed alphabet, and never collide.  Each file appears whole
    or not at all; nothing is written outside *folder*.  Text is UTF-8 with ``\\n`` line ends.  Raises
    `OutputError`.
    """
    top = Path(folder)
    _usable(top)
    names = unique((safe_path(document.docname), document.provenance.uri) for document in result.documents)
    written = []
    for name, document in zip(names, result.documents, strict=True):
        target = top / f"{name}.rst"
        _inside(target, top)
        data = document.text.encode("utf-8")
        if not _holds(target, data):
            atomic.write_bytes(target, data)
        written.append(target)
    if lock and result.lock:
        target = top / DEFAULT
        text = render(result.lock).encode("utf-8")
        if not _holds(target, text):
            atomic.write_bytes(target, text)
    return tuple(written)


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
