"""What goes to the terminal: messages and progress on stderr, results on stdout."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterable
from types import TracebackType
from typing import TYPE_CHECKING

import click

from ..errors import RstdownError, UsageError

if TYPE_CHECKING:
    from ..fetching import FetchFailure
    from ..fetching import Progress as Fetching
    from ..model import Diagnostic

WIDTH = 78
UNREACHABLE = r"[^ ]+ cannot be reached[^;]*?\)"
SHOWN = 20  # diagnostics printed one by one; the others are counted


def colour() -> bool:
    """Tell whether stderr takes colour (https://no-color.org)."""
    return sys.stderr.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def visible(text: str) -> str:
    """Return foreign text with its control characters made visible."""
    return "".join(c if c in "\t\n" or c.isprintable() else f"U+{ord(c):04X}" for c in text)


def say(text: str, **style: bool | str) -> None:
    """Print a line on stderr; control characters of foreign text are shown, never sent."""
    safe = visible(text)
    click.echo(click.style(safe, **style) if style and colour() else safe, err=True)  # type: ignore[arg-type]


def print_error(text: str) -> None:
    """Print an error a person can act on."""
    say(f"rstdown: {text}", fg="red")


def print_failures(failures: Iterable[RstdownError | FetchFailure]) -> None:
    """Print one line for each failure, but one for all documents of a host that cannot be reached."""
    import re

    unreachable: dict[str, list[RstdownError | FetchFailure]] = {}
    for failure in failures:
        if getattr(failure, "offline", False) and (found := re.search(UNREACHABLE, str(failure))):
            unreachable.setdefault(found[0], []).append(failure)
        else:
            print_error(str(failure))
    for reason, folded in unreachable.items():
        first = str(folded[0]).partition(": ")[0]
        more = f" and {counted(len(folded) - 1, 'other')}" if len(folded) > 1 else ""
        cached = sum("--offline" in str(failure) for failure in folded)
        hint = f"; the cache has {cached:,} of them, which --offline uses" if cached else ""
        print_error(f"{reason}; check the network; not fetched: {first}{more}{hint}")


def counted(number: int, noun: str) -> str:
    """Return ``1 document``, ``2 documents``."""
    return f"{number:,} {noun}{'s' * (number != 1)}"


def exit_code_of(error: RstdownError) -> int:
    """Return the exit code for an error that ended the run."""
    return 2 if isinstance(error, UsageError) else 3


def print_diagnostics(
    diagnostics: Iterable[Diagnostic], *, quiet: bool = False, verbose: bool = False
) -> int:
    """Print warnings and errors (all with *verbose*) and a summary; return how many there were."""
    from ..model import Severity

    found = [d for d in diagnostics if verbose or d.severity is not Severity.INFO]
    if not quiet:
        for diagnostic in found if verbose else found[:SHOWN]:
            say(str(diagnostic))
        if len(found) > SHOWN and not verbose:
            rest = Counter(d.code for d in found[SHOWN:])
            say(
                f"… and {len(found) - SHOWN} more: "
                + ", ".join(f"{n} {code}" for code, n in rest.most_common())
            )
    return sum(d.severity is not Severity.INFO for d in found)


class Progress:
    """A counter on one line of stderr; silent where stderr is no terminal."""

    def __init__(self, verb: str, total: int = 0) -> None:
        self.verb, self.total, self.done = verb, total, 0
        self.live = sys.stderr.isatty()

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.live:
            click.echo("\r\x1b[K", nl=False, err=True)

    def step(self, name: str = "") -> None:
        """Count one more, and show its name."""
        self.done += 1
        self._show(f"{self.done}/{self.total} {name}" if self.total else f"{self.done} {name}")

    def fetched(self, state: Fetching) -> None:
        """Show how far a fetch is."""
        self._show(f"{state.done}/{state.total} ({state.size:,} bytes) {state.note or state.uri}")

    def _show(self, text: str) -> None:
        if self.live:
            shown = "".join(c if c.isprintable() else "?" for c in text)[: WIDTH - len(self.verb)]
            click.echo(f"\r\x1b[K{self.verb} {shown}", nl=False, err=True)
