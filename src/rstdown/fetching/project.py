"""Where a project's documentation is, and which of its files are documents.

A ``conf.py`` is read as a syntax tree; it is never run.
"""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Callable, Collection, Sequence

from ..frozen import dataclass
from ..rst.static import Interpreter
from .matching import matches, select
from .naming import DOCS_FOLDERS, docs_root

EXCLUDING = ("exclude_patterns", "templates_path")  # Sphinx reads no documents from these


@dataclass(frozen=True, slots=True)
class Layout:
    """Which files of a source folder are documents."""

    suffixes: tuple[str, ...] = (".rst", ".rest")
    exclude: tuple[str, ...] = ()


def layout(conf: str) -> Layout:
    """Return the layout that the text of a ``conf.py`` gives; what cannot be read keeps its default."""
    try:
        module = ast.parse(conf)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Layout()
    reader = Interpreter({"__file__": "conf.py"})
    reader.run(module.body)
    found = reader.names
    suffixes = _suffixes(found.get("source_suffix"))
    exclude = (name for setting in EXCLUDING for name in _strings(found.get(setting)))
    return Layout(suffixes or Layout().suffixes, tuple(exclude))


def _suffixes(value: object) -> tuple[str, ...]:
    if isinstance(value, dict):
        value = [k for k, parser in value.items() if parser in (None, "restructuredtext")]
    names = (value,) if isinstance(value, str) else _strings(value)
    return tuple(name for name in names if name not in (".md", ".markdown", ".ipynb"))


def _strings(value: object) -> tuple[str, ...]:
    return tuple(v for v in value if isinstance(v, str)) if isinstance(value, (list, tuple)) else ()


@dataclass(frozen=True, slots=True)
class Choice:
    """Documents chosen in a tree of files, the folder that their names count from, their ``conf.py``."""

    paths: tuple[str, ...]
    home: str = ""
    conf: str = ""


def choose(
    names: Collection[str], globs: Sequence[str], exclude: Sequence[str], text_of: Callable[[str], str]
) -> Choice:
    """Choose the documents among the files *names* of a repository or archive.

    Without *globs* the documentation is found by itself: the folder with a ``conf.py`` (in ``docs/`` rather
    than elsewhere, high rather than deep), else ``docs/``, else everything.  *text_of* reads a file.
    """
    if globs:
        paths = select(names, globs, exclude)
        conf = nearest_conf(names, posixpath.dirname(posixpath.commonprefix([f"{p}" for p in paths])))
    else:
        folder, conf = _docs_folder(names)
        known = layout(text_of(conf)) if conf else Layout()
        paths = select(names, (folder or "**",), exclude, known.suffixes)
        inside = f"{folder}/" if folder else ""
        paths = [p for p in paths if not any(matches(p.removeprefix(inside), each) for each in known.exclude)]
    home = posixpath.dirname(conf) if conf else docs_root(paths).rstrip("/")
    return Choice(tuple(paths), home, conf)


def nearest_conf(names: Collection[str], folder: str) -> str:
    """Return the ``conf.py`` in *folder* or the nearest folder above; empty if there is none."""
    known = set(names)
    while True:
        path = f"{folder}/conf.py" if folder else "conf.py"
        if path in known or not folder:
            return path if path in known else ""
        folder = posixpath.dirname(folder)


def _docs_folder(names: Collection[str]) -> tuple[str, str]:
    """Return the folder of a project's documentation and its ``conf.py``."""
    documents = [name for name in names if name.lower().endswith((".rst", ".rest", ".txt"))]
    confs = [name for name in names if posixpath.basename(name) == "conf.py"]
    best = min((row for conf in confs if (row := _rank(conf, documents))), default=None)
    if best is not None:
        return posixpath.dirname(best[-1]), best[-1]
    folders = {posixpath.dirname(name) for name in documents if name.lower().endswith((".rst", ".rest"))}
    tops = {
        folder[: len(folder) - len(rest)]
        for folder in folders
        for rest in [_below_docs(folder)]
        if rest is not None
    }
    return min(tops, key=lambda top: (top.count("/"), top), default="").rstrip("/"), ""


def _below_docs(folder: str) -> str | None:
    parts = folder.split("/")
    at = next((i for i, part in enumerate(parts) if part.lower() in DOCS_FOLDERS), None)
    return None if at is None else "".join(f"/{part}" for part in parts[at + 1 :])


def _rank(conf: str, documents: Sequence[str]) -> tuple[int, int, int, str] | None:
    """Return how well a ``conf.py`` stands for the project's documentation; the least is the best."""
    folder = posixpath.dirname(conf)
    count = sum(1 for name in documents if not folder or name.startswith(f"{folder}/"))
    parts = [part.lower() for part in folder.split("/")]
    aside = any(part.startswith(("test", "example", "template", ".")) for part in parts)
    outside = not any(part in DOCS_FOLDERS for part in parts)
    return (2 * aside + outside, len(parts), -count, conf) if count else None
