"""Paths in Python source that is read, not run: ``pathlib`` as far as settings use it."""

from __future__ import annotations

import posixpath
from typing import Any

MAX_PARENTS = 20


class PathText(str):
    """A path, as the text that it is; calls are its methods."""

    def __call__(self, method: str, arguments: list[Any], keywords: dict[str, Any]) -> Any:
        """Return what ``path.method(…)`` is; raises `AttributeError` for what asks the file system."""
        if method in {"resolve", "absolute", "expanduser"}:
            return PathText(posixpath.normpath(self))
        if method in {"as_posix", "__str__", "__fspath__"}:
            return str(self)
        if method == "joinpath":
            return PathText(posixpath.join(self, *arguments))
        if method in {"with_name", "with_suffix"}:
            start = posixpath.dirname(self) if method == "with_name" else posixpath.splitext(self)[0]
            return PathText(
                posixpath.join(start, arguments[0]) if method == "with_name" else start + arguments[0]
            )
        raise AttributeError(method)

    def attribute(self, name: str) -> Any:
        """Return ``path.name``; raises `AttributeError` for what a path does not have."""
        if name == "parent":
            return self.parents()[0]
        if name == "parents":
            return self.parents()
        if name == "name":
            return posixpath.basename(self)
        if name in {"stem", "suffix"}:
            return posixpath.splitext(posixpath.basename(self))[name == "suffix"]
        raise AttributeError(name)

    def parents(self) -> list[PathText]:
        """Return the folders around it, the nearest first."""
        found = [PathText(posixpath.normpath(posixpath.join(self, "..")))]
        while len(found) < MAX_PARENTS:
            found.append(PathText(posixpath.normpath(posixpath.join(found[-1], ".."))))
        return found


def path(*parts: Any) -> PathText:
    """Return ``Path(*parts)``; raises `TypeError` unless they are texts."""
    return PathText(posixpath.join(*parts) if parts else ".")
