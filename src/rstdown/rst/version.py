"""Where projects keep their version, read as data, for a ``conf.py`` that computes it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..patterns import lazy

MAX_BYTES = 1_000_000
DEFINE = lazy(r"^[ \t]*#define[ \t]+PY_(\w+)[ \t]+(\w+)", re.MULTILINE)
LEVELS = {"ALPHA": "alpha", "BETA": "beta", "GAMMA": "candidate", "FINAL": "final"}
SUFFIXES = {"alpha": "a", "beta": "b", "candidate": "rc"}
ASSIGNED = lazy(r"^__version__[ \t]*+(?::[ \t]*\w+[ \t]*+)?=[ \t]*[\"']([\w.+!-]+)[\"']", re.MULTILINE)
HEADER = lazy(r"^Version:\s*(\S+)\s*$", re.MULTILINE)
SETUP_CFG = lazy(r"^version\s*=\s*(\d[\w.+!-]*)\s*$", re.MULTILINE)
PLAIN = lazy(r"\s*v?(\d+(?:\.\w+)+[\w.+!-]*)\s*")


def find_version(start: Path, root: Path) -> str:
    """Return the version of the project whose documentation is in *start*; empty if it is nowhere.

    Looks in *start* and the folders around it up to *root*: ``PKG-INFO``, ``pyproject.toml``, ``setup.cfg``,
    ``VERSION``, ``__version__ = "…"`` in a package's ``__init__``, ``_version`` or ``__about__``.
    """
    for place in _around(start, root):
        for name, pattern in (("PKG-INFO", HEADER), ("setup.cfg", SETUP_CFG)):
            if match := pattern.search(_text(place / name, root)):
                return match[1]
        if version := _pyproject(_text(place / "pyproject.toml", root)):
            return version
        for name in ("VERSION", "VERSION.txt", "version.txt"):
            if match := PLAIN.fullmatch(_text(place / name, root)):
                return match[1]
        for folder in ("", "src/", "lib/"):
            for name in ("__init__", "_version", "__about__", "version", "__version__"):
                for file in sorted(place.glob(f"{folder}*/{name}.py")):
                    if match := ASSIGNED.search(_text(file, root)):
                        return match[1]
    return ""


def patchlevel(folder: Path, root: Path) -> dict[str, Any]:
    """Return what CPython's ``Include/patchlevel.h`` states: its numbers, ``version``, ``release``."""
    for place in _around(folder, root):
        defined = dict(DEFINE.findall(_text(place / "Include" / "patchlevel.h", root)))
        numbers = [defined.get(f"{part}_VERSION", "") for part in ("MAJOR", "MINOR", "MICRO")]
        if not all(number.isdecimal() and len(number) < 10 for number in numbers):
            continue
        level = LEVELS.get(defined.get("RELEASE_LEVEL", "").removeprefix("PY_RELEASE_LEVEL_"), "final")
        suffix = SUFFIXES.get(level, "") and SUFFIXES[level] + defined.get("RELEASE_SERIAL", "")
        major, minor, micro = map(int, numbers)
        return {
            "major": major,
            "minor": minor,
            "micro": micro,
            "releaselevel": level,
            "version": f"{major}.{minor}",
            "release": f"{major}.{minor}.{micro}{suffix}",
        }
    return {}


def _around(folder: Path, root: Path) -> Iterator[Path]:
    for place in (folder, *folder.parents):
        if not place.is_relative_to(root):
            return
        yield place


def _text(path: Path, root: Path) -> str:
    try:
        if not path.is_file() or not path.resolve().is_relative_to(root) or path.stat().st_size > MAX_BYTES:
            return ""
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""


def _pyproject(text: str) -> str:
    import tomllib  # most pages come without a pyproject.toml

    try:
        tables = tomllib.loads(text)
    except (ValueError, RecursionError):  # the former also for numbers of too many digits
        return ""
    tools = tables.get("tool")
    for table in (tables.get("project"), tools.get("poetry") if isinstance(tools, dict) else None):
        if isinstance(table, dict) and isinstance(version := table.get("version"), str):
            return version
    return ""
