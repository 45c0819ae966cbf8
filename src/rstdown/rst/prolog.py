"""What a project puts before and after each document, less the definitions that the document does not name.

Projects define dozens of substitutions in ``rst_prolog`` and ``rst_epilog``; to read them all again for each
page can take longer than the page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from ..model import Project
from ..patterns import lazy
from .lines import lines_of, without_nul

DEFINITION = lazy(r"\.\.[ ]\|(?P<name>[^|\s\\]+)\|[ ]")
"""The start of a substitution's definition; a name of several words may be spread over lines."""
NAMED = lazy(r"\|(?=([^|\s]+)\|)")
"""What may be the name of a substitution."""


class DefinitionNeededError(Exception):
    """A definition that was left out is needed: text that is not the document's own names it."""


Part = list[tuple[int, str]]
"""Lines of a text, each with its number, from 0."""


def whole(part: str) -> Part:
    """Return all lines of *part*."""
    return list(enumerate(lines_of(without_nul(part))))


def spared(project: Project, text: str) -> tuple[Part, Part, frozenset[str]]:
    """Return prolog and epilog without what *text* does not name, and the names left out, in lower case."""
    prolog, epilog, may_go = _read(project.rst_prolog, project.rst_epilog)
    unread = may_go.difference(map(str.lower, NAMED.findall(text))) if "|" in text else may_go
    return _without(prolog, unread), _without(epilog, unread), unread


def _without(part: list[tuple[str, Part]], unread: frozenset[str]) -> Part:
    return [line for name, lines in part if name not in unread for line in lines]


@lru_cache(8)
def _read(*parts: str) -> tuple[list[tuple[str, Part]], list[tuple[str, Part]], frozenset[str]]:
    """Take prolog and epilog apart: names of substitutions with their lines, other lines with no name.

    The last are the names that nothing but their own definition names.
    """
    prolog, epilog = (list(_definitions(part)) for part in parts)
    named = Counter(NAMED.findall("\n".join(parts).lower()))
    may_go = frozenset(name for name, _ in (*prolog, *epilog) if name and named[name] < 2)
    return prolog, epilog, may_go


def _definitions(part: str) -> Iterator[tuple[str, Part]]:
    """Take *part* apart; a definition begins after a blank line or another, and ends unindented."""
    may_begin, name = True, ""
    for number, line in whole(part):
        if not line or line[0].isspace():
            may_begin = may_begin or not line.strip()
        else:
            found = DEFINITION.match(line) if may_begin else None
            name = found["name"].lower() if found else ""
            may_begin = found is not None
        yield name, [(number, line)]
