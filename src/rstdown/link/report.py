"""What became of the references of a run."""

from __future__ import annotations

from collections import Counter

from ..frozen import dataclass


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A reference that leads nowhere; *role* and *target* as the author wrote them."""

    role: str
    target: str
    docname: str
    line: int = 0

    def __str__(self) -> str:
        where = f"{self.docname}:{self.line}" if self.line else self.docname
        return f"{where}: {self.role} {self.target}"


@dataclass(frozen=True, slots=True)
class LinkReport:
    """How many *references* there were; how many lead *inside*, *outside*, and which nowhere.

    *plain* counts those that are not meant to lead anywhere (built-in types of Python, what the project's
    ``nitpick_ignore`` names).  References that lead somewhere count also where the options ask for text only.
    *files* beside the sources are what pages show or lead to, as paths from the documentation's root;
    whoever writes the pages may copy them to the same places.
    """

    references: int = 0
    inside: int = 0
    outside: int = 0
    plain: int = 0
    unresolved: tuple[Unresolved, ...] = ()
    files: tuple[str, ...] = ()

    def __str__(self) -> str:
        noun = "reference" if self.references == 1 else "references"
        return (
            f"{self.references:,} {noun}: {self.inside:,} inside, {self.outside:,} outside, "
            f"{len(self.unresolved):,} unresolved"
        )

    def by_role(self) -> list[tuple[str, int]]:
        """Return the roles of unresolved references with their numbers, most frequent first."""
        return Counter(u.role for u in self.unresolved).most_common()
