"""Files on this machine: asking and reading without surprises."""

from __future__ import annotations

import os
import stat
from pathlib import Path


def read_regular(path: Path, limit: int) -> bytes:
    """Return the bytes of a regular file of at most *limit* bytes; anything else raises `OSError` at once."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with open(descriptor, "rb") as file:  # noqa: PTH123  (from a descriptor: a pipe must not block)
        kind = os.fstat(file.fileno())
        if not stat.S_ISREG(kind.st_mode):
            raise OSError("not a regular file")
        data = file.read(limit + 1)
    if len(data) > limit:
        raise OSError(f"larger than {limit:,} bytes; see --max-size")
    return data


def is_folder(path: Path) -> bool:
    """Tell whether *path* is a folder; what cannot even be asked about (a name too long) is none."""
    try:
        return path.is_dir()
    except OSError:
        return False


def exists(path: Path) -> bool:
    """Tell whether there is anything at *path*."""
    try:
        return path.exists()
    except OSError:
        return False


def show(path: Path) -> str:
    """Return *path* as a person here would write it: relative to the working folder if it is below it."""
    try:
        return path.relative_to(Path.cwd()).as_posix()
    except (ValueError, OSError):
        return path.as_posix()
