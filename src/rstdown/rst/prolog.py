"""What a project puts before and after each document, less the definitions that the document does not name.

Projects define dozens of substitutions in ``rst_prolog`` and ``rst_epilog``; to read them all again for each
page can take longer than the page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ..model import Project
from ..patterns import lazy
from .lines import lines_of

DEFINITION = lazy(r"\.\.[ ]\|(?P<name>[^|\s\\]+)\|[ ]")
"""The start of a substitution's definition; a name of several words may be spread over lines."""
NAMED = lazy(r"\|(?=([^|\s]+)\|)")
"""What may be the name of a substitution."""


class DefinitionNeededError(Exception):
    """A definition that was left out is needed: text that is not the document's own names it."""


Part = list[tuple[int, str]]
"""Lines of a text, each with its number, from 0."""


def whole(part: str) -> Part:
    """Return all lines of *part*; docutils uses NUL for its own purposes, so none may come from outside."""
    return list(enumerate(lines_of(part.replace("\0", "\ufffd"))))


def spared(project: Project, text: str) -> tuple[Part, Part, frozenset[str]]:
    """Return prolog and epilog without what *text* does not name, and the names left out, in lower case."""
    prolog, epilog = project.rst_prolog, project.rst_epilog
    if "|" not in prolog and "|" not in epilog:
        return whole(prolog), whole(epilog), frozenset()
    named = Counter(NAMED.findall(f"{prolog}\n{epilog}".lower()))
    named.update(dict.fromkeys(NAMED.findall(text.lower()), 2))
    # Its own definition names each once.
    unread: set[str] = set()
    parts = [list(_lines(part, named, unread)) for part in (prolog, epilog)]
    return parts[0], parts[1], frozenset(unread)


def _lines(part: str, named: Counter[str], unread: set[str]) -> Iterator[tuple[int, str]]:
    """Yield the lines of *part*; a definition begins after a blank line or another, and ends unindented."""
    may_begin, drops = True, False
    for number, line in whole(part):
        if not line or line[0].isspace():
            may_begin = may_begin or not line.strip()
        else:
            found = DEFINITION.match(line) if may_begin else None
            name = found["name"].lower() if found else ""
            drops = bool(name) and named[name] < 2
            may_begin = found is not None
            if drops:
                unread.add(name)
        if not drops:
            yield number, line
