"""What fetching needs to know of a project's ``conf.py``, read as literals; it is never run."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Layout:
    """Which files of a source folder are documents."""

    suffixes: tuple[str, ...] = (".rst", ".rest")
    exclude: tuple[str, ...] = ()


def layout(conf: str) -> Layout:
    """Return the layout that the text of a ``conf.py`` gives; what cannot be read keeps its default."""
    found: dict[str, Any] = {}
    try:
        module = ast.parse(conf)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Layout()
    for statement in module.body:
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            target = statement.targets[0]
            if isinstance(target, ast.Name) and target.id in ("source_suffix", "exclude_patterns"):
                try:
                    found[target.id] = ast.literal_eval(statement.value)
                except (ValueError, TypeError, RecursionError, MemoryError):
                    continue
    suffixes = _suffixes(found.get("source_suffix"))
    return Layout(suffixes or Layout().suffixes, _strings(found.get("exclude_patterns")))


def _suffixes(value: object) -> tuple[str, ...]:
    if isinstance(value, dict):
        value = [k for k, parser in value.items() if parser in (None, "restructuredtext")]
    names = (value,) if isinstance(value, str) else _strings(value)
    return tuple(name for name in names if name not in (".md", ".markdown", ".ipynb"))


def _strings(value: object) -> tuple[str, ...]:
    return tuple(v for v in value if isinstance(v, str)) if isinstance(value, (list, tuple)) else ()
