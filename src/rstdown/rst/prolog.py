"""What a project puts before and after each document, less the definitions that the document does not name.

Projects define dozens of substitutions in ``rst_prolog`` and ``rst_epilog``; to read them all again for each
page can take longer than the page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
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


Line = tuple[str, int, str]
Part = tuple[Sequence[int], list[str]]
"""Lines of a text: the number of each, from 0, and what they say."""


def whole(part: str) -> Part:
    """Return all lines of *part*."""
    lines = lines_of(without_nul(part))
    return range(len(lines)), lines


def spared(project: Project, text: str) -> tuple[Part, Part, frozenset[str]]:
    """Return prolog and epilog without what *text* does not name, and the names left out, in lower case."""
    prolog, epilog = project.rst_prolog, project.rst_epilog
    *_, may_go = _read(prolog, epilog)
    unread = may_go.difference(map(str.lower, NAMED.findall(text))) if "|" in text else may_go
    return *_without(unread, prolog, epilog), unread


@lru_cache(8)
def _without(unread: frozenset[str], *parts: str) -> tuple[Part, Part]:
    """Return prolog and epilog without the definitions *unread*; most documents name none."""
    prolog, epilog, _ = _read(*parts)
    return _rest(prolog, unread), _rest(epilog, unread)


def _rest(part: list[Line], unread: frozenset[str]) -> Part:
    kept = [(number, line) for name, number, line in part if name not in unread]
    return [number for number, _ in kept], [line for _, line in kept]


@lru_cache(8)
def _read(*parts: str) -> tuple[list[Line], list[Line], frozenset[str]]:
    """Take prolog and epilog apart: lines with the name of the substitution that they define, if any.

    The last are the names that nothing but their own definition names.
    """
    prolog, epilog = (list(_definitions(part)) for part in parts)
    named = Counter(NAMED.findall("\n".join(parts).lower()))
    may_go = frozenset(name for name, *_ in (*prolog, *epilog) if name and named[name] < 2)
    return prolog, epilog, may_go


def _definitions(part: str) -> Iterator[Line]:
    """Take *part* apart; a definition begins after a blank line or another, and ends unindented."""
    may_begin, name = True, ""
    for number, line in zip(*whole(part), strict=True):
        if not line or line[0].isspace():
            may_begin = may_begin or not line.strip()
        else:
            found = DEFINITION.match(line) if may_begin else None
            name = found["name"].lower() if found else ""
            may_begin = found is not None
        yield name, number, line
