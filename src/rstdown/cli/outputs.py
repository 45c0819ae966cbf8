"""Where results go: mistakes about files and folders are found before the work, not after it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from ..errors import OutputError, UsageError

SUFFIXES = frozenset({".html", ".json", ".jsonl", ".markdown", ".md", ".rst", ".txt", ".xml"})
"""What the name of a file ends with; ``build/3.13`` may well be a folder."""


def looks_like_file(path: str) -> bool:
    """Tell whether *path* is meant to be a file: it is one, or is called like one and is no folder."""
    if path.endswith(("/", os.sep)) or os.path.isdir(path):  # noqa: PTH112  (a Path refuses long names)
        return False
    return Path(path).suffix.lower() in SUFFIXES or os.path.isfile(path)  # noqa: PTH113


def need_file(path: str, sources: Iterable[str] = ()) -> None:
    """Refuse a folder where a file is to be written, and one of the *sources*."""
    if not path:
        raise UsageError("-o needs a name; it is empty")
    if path.endswith(("/", os.sep)) or os.path.isdir(path):  # noqa: PTH112
        raise UsageError(f"{path}: is a folder; give the name of a file in it")
    if os.path.isfile(path):  # noqa: PTH113
        if any(os.path.isfile(each) and os.path.samefile(path, each) for each in sources):  # noqa: PTH113, PTH121
            raise UsageError(f"{path}: is the source itself; give another file")
        if Path(path).suffix.lower() == ".rst":
            raise UsageError(f"{path}: is a source, which nothing is written over; give another file")
    _need_place(Path(path).parent)


def need_folder(path: str) -> None:
    """Refuse a file where a folder is to be written."""
    if not path:
        raise UsageError("-o needs a name; it is empty")
    if path == "-":
        raise UsageError("several files cannot go to standard output: give a folder")
    if os.path.isfile(path):  # noqa: PTH113
        raise UsageError(f"{path}: is a file; give a folder")
    _need_place(Path(path))


def need_source(flag: str, path: str | None, *, folder: bool = False) -> None:
    """Refuse the *path* given with *flag* where there is no such file, or folder."""
    if path and not (os.path.isdir(path) if folder else os.path.isfile(path)):  # noqa: PTH112, PTH113
        raise UsageError(f"{flag} {path}: no such {'folder' if folder else 'file'}")


def _need_place(folder: Path) -> None:
    """Refuse a folder that can neither be made nor written to."""
    while not os.path.lexists(folder) and folder != folder.parent:
        folder = folder.parent
    if not os.path.isdir(folder):  # noqa: PTH112
        raise UsageError(f"{folder}: is a file, so nothing can be written into it")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise OutputError(f"cannot write into {folder}: permission denied; choose another -o")
