"""Which of many paths are meant: patterns as in Sphinx's ``exclude_patterns`` and shells' ``**``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from ..wildcards import ANY, FOLDERS, STAR, joined

RST_SUFFIXES = (".rst", ".rest")
MAGIC = re.compile(r"[*?\[]")
SKIPPED_FOLDERS = frozenset({"_build", "node_modules", "__pycache__", "site-packages"})


@lru_cache(maxsize=512)
def pattern(glob: str) -> re.Pattern[str]:
    """Return the expression for *glob*: ``*`` and ``?`` stop at ``/``, ``**`` does not."""
    out, at = [], 0
    while at < len(glob):
        if glob.startswith("**/", at):
            out.append(FOLDERS)
            at += 3
        elif glob.startswith("**", at):
            out.append(ANY)
            at += 2
        elif glob[at] == "*":
            out.append(STAR)
            at += 1
        elif glob[at] == "?":
            out.append("[^/]")
            at += 1
        elif glob[at] == "[" and (end := glob.find("]", at + 2)) > 0:
            inside = glob[at + 1 : end].replace("\\", r"\\")
            out.append(f"[{'^' + inside[1:] if inside[0] == '!' else inside}]")
            at = end + 1
        else:
            out.append(re.escape(glob[at]))
            at += 1
    expression = joined(out)
    try:
        return re.compile(re.escape(glob) if expression is None else expression, re.S)
    except re.error:
        return re.compile(re.escape(glob))


def matches(path: str, glob: str) -> bool:
    """Tell whether *glob* matches *path* or a folder that it lies in."""
    expression = pattern(glob.strip("/"))
    if expression.fullmatch(path):
        return True
    return any(expression.fullmatch(path[:at]) for at, c in enumerate(path) if c == "/")


def select(
    paths: Iterable[str],
    globs: Sequence[str],
    exclude: Sequence[str] = (),
    suffixes: Sequence[str] = RST_SUFFIXES,
) -> list[str]:
    """Return those of *paths* that *globs* (none: all) mean and *exclude* does not.

    They come in the order of the globs, sorted within each.  A glob with a suffix means all files that it
    matches, any other only files with one of *suffixes*, and none in hidden and build folders.
    """
    left = sorted(path for path in set(paths) if not any(matches(path, each) for each in exclude))
    found: dict[str, None] = {}
    for glob in globs or ("**",):
        found.update((path, None) for path in left if _means(glob.strip("/"), path, tuple(suffixes)))
    return list(found)


def _means(glob: str, path: str, suffixes: tuple[str, ...]) -> bool:
    has_suffix = re.search(r"\.\w+$", glob.rpartition("/")[2]) is not None
    if has_suffix and pattern(glob).fullmatch(path):
        return True
    return path.lower().endswith(suffixes) and matches(path, glob) and not _hidden(path, glob)


def _hidden(path: str, glob: str) -> bool:
    """Tell whether *path* lies in a hidden or build folder that *glob* does not name."""
    folders = path.split("/")[:-1]
    return any((part.startswith(".") or part in SKIPPED_FOLDERS) and part not in glob for part in folders)
