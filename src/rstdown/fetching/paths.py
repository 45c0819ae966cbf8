"""Files on this machine: asking without surprises."""

from __future__ import annotations

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


def show(path: Path) -> str:
    """Return *path* as a person here would write it: relative to the working folder if it is below it."""
    try:
        return path.relative_to(Path.cwd()).as_posix()
    except (ValueError, OSError):
        return path.as_posix()
