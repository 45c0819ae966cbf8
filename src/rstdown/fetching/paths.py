"""Files on this machine: asking without surprises."""

from __future__ import annotations

import os
from pathlib import Path


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


def is_below(path: str, folder: Path) -> bool:
    """Tell whether *path* is *folder* or lies in it; both are absolute."""
    return path.startswith(f"{folder}{os.sep}") or Path(path).is_relative_to(folder)


def show(path: Path) -> str:
    """Return *path* as a person here would write it: relative to the working folder if it is below it."""
    text = path.as_posix()
    try:
        here = os.getcwd()  # noqa: PTH109  (a Path for each file takes longer than to read it)
    except OSError:
        return text
    below = f"{here.replace(os.sep, '/').rstrip('/')}/"
    return text.removeprefix(below) if text.rstrip("/") != below[:-1] else "."
