"""What a project puts before and after each document, less the definitions that the document does not name.

Projects define dozens of substitutions in ``rst_prolog`` and ``rst_epilog``; to read them all again for each
page can take longer than the page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..model import Project
from ..patterns import lazy

DEFINITION = lazy(r"\.\.[ ]\|(?P<name>[^|\s\\]+)\|[ ]")
"""The start of a substitution's definition; a name of several words may be spread over lines."""


class DefinitionNeededError(Exception):
    """A definition that was left out is needed: text that is not the document's own names it."""


def spared(project: Project, text: str) -> tuple[str, str, frozenset[str]]:
    """Return prolog and epilog without what *text* does not name, and the names left out, in lower case.

    The lines of what is left out are blank, so that the others keep their numbers.
    """
    parts = project.rst_prolog, project.rst_epilog
    if not any("|" in part for part in parts):
        return *parts, frozenset()
    own = "\n".join(parts).lower()
    around = text.lower()

    def is_named(name: str) -> bool:
        mark = f"|{name}|"
        return mark in around or own.count(mark) > 1

    unread: set[str] = set()
    prolog, epilog = ("\n".join(_lines(part, is_named, unread)) for part in parts)
    return prolog, epilog, frozenset(unread)


def _lines(part: str, is_named: Callable[[str], bool], unread: set[str]) -> Iterator[str]:
    """Yield the lines of *part*; a definition begins after a blank line or another, and ends unindented."""
    may_begin, drops = True, False
    for line in part.split("\n"):
        if line[:1].isspace() or not line:
            may_begin = may_begin or not line.strip()
            yield "" if drops else line
            continue
        found = DEFINITION.match(line) if may_begin else None
        name = found["name"].lower() if found else ""
        drops = bool(name) and not is_named(name)
        may_begin = found is not None
        if drops:
            unread.add(name)
        yield "" if drops else line
