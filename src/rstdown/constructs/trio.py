"""Callables as ``sphinxcontrib_trio`` shows them: how they are called stands around their names."""

from __future__ import annotations

from typing import Any

from ..model import Project
from .desc import Named, row
from .py import FLAG, METHOD_WORDS, TEXT, PyObject

EXTENSION = "sphinxcontrib_trio"
WORDS = ("abstractmethod", "staticmethod", "classmethod", "with", "async-with", "for", "async-for", "async")
OPTIONS = {
    **PyObject.option_spec,
    **dict.fromkeys((*METHOD_WORDS, "decorator"), FLAG),
    **dict.fromkeys(("with", "async-with", "for", "async-for"), TEXT),
}


class TrioCallable(PyObject):
    """Describe a callable: ``async with open() as file``, ``await sleep()``, ``for item in items()``."""

    callable_ = True
    option_spec = OPTIONS

    def read_signature(self, text: str) -> Named:
        """Read a signature; what ``with`` binds follows it."""
        if "decorator" in self.options:
            self.callable_ = False  # type: ignore[misc]
            self.sigil = "@"  # type: ignore[misc]
        named = super().read_signature(text)
        bound = self.options.get("with") or self.options.get("async-with")
        return named._replace(suffix=f"as {bound}") if bound else named

    def _words_before(self) -> str:
        return " ".join(self._word(option) for option in WORDS if option in {*self.options, *self.always})

    def _word(self, option: str) -> str:
        if option == "async":
            return "await"
        word = option.replace("-", " ")
        return f"{word} {self.options.get(option) or '...'} in" if option.endswith("for") else word


ROWS: dict[str, Any] = {
    "py:function": row(TrioCallable, objtype="function"),
    "py:method": row(TrioCallable, objtype="method"),
    "py:classmethod": row(TrioCallable, objtype="method", always=("classmethod",)),
    "py:staticmethod": row(TrioCallable, objtype="method", always=("staticmethod",)),
}


def rows_of_trio(project: Project) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the directives of a project that uses the extension."""
    return (ROWS, {}) if EXTENSION in project.extensions else ({}, {})


PROJECTS = (rows_of_trio,)
