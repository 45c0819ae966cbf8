"""What one document may cost: limits that hold in any thread, without signals.

They are soft: looked at while docutils parses, between its steps.  A worker process (`rstdown.pool`) holds
the hard ones, which stop a document wherever it is.
"""

from __future__ import annotations

import gc
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from ..errors import ConversionError
from ..frozen import dataclass

RECURSION = 30_000
"""Python's recursion limit during a conversion: what `Limits.nesting` levels need, several times over.

Calls from Python to Python take no C stack since Python 3.11, so this does not ask for a larger one.
"""


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one document.

    *seconds* of processor time, *memory* in bytes on top of what the process has, *output* in characters,
    *nesting* in levels of markup, *expansions* of substitutions within substitutions, *messages* about
    inline markup.
    """

    seconds: float = 10.0
    memory: int = 512 * 2**20
    output: int = 10_000_000
    nesting: int = 250
    expansions: int = 20_000
    messages: int = 1_000

    @classmethod
    def of_size(cls, size: int) -> Limits:
        """Return the limits of a document of *size* characters."""
        return cls(10 + size / 1e6, 512 * 2**20 + 40 * size, 10_000_000 + 100 * size)


def too_much(docname: str, source: int, output: int) -> ConversionError | None:
    """Return the error for a document of *source* characters whose Markdown has *output*, if that is one."""
    most = Limits.of_size(source).output
    if output <= most:
        return None
    return ConversionError(docname, f"makes {output:,} characters of Markdown; {most:,} is the limit")


on_extension: list[Callable[[float], None]] = []
"""Called with the further seconds that a document's includes are worth: workers move their hard limit."""


STEPS = 16
"""How many steps of the parser pass between two looks at the clock."""


class Budget:
    """What is left of one document's limits; *depth* is how deep in it the parser is."""

    __slots__ = ("deadline", "depth", "docname", "limits", "messages", "steps")

    def __init__(self, docname: str, limits: Limits) -> None:
        self.docname = docname
        self.limits = limits
        self.depth = 0
        self.messages = 0
        self.steps = 0
        self.deadline = time.thread_time() + limits.seconds

    def extend(self, size: int) -> None:
        """Allow for *size* more bytes, of a file that the document includes."""
        more = Limits.of_size(size).seconds - Limits.of_size(0).seconds
        self.limits = replace(self.limits, seconds=self.limits.seconds + more)
        self.deadline += more
        for listener in on_extension:
            listener(more)

    def check(self) -> None:
        """Raise `ConversionError` once the time is over; looking at the clock costs more than most steps."""
        self.steps += 1
        if self.steps % STEPS == 0 and time.thread_time() > self.deadline:
            raise ConversionError(self.docname, f"took more than {self.limits.seconds:.0f} s (the limit)")


class _Settings:
    """Interpreter-wide settings, changed while at least one conversion runs in any thread."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.running = 0
        self.recursion = 0
        self.collecting = False

    def enter(self) -> None:
        with self.lock:
            self.running += 1
            if self.running == 1:
                self.recursion, self.collecting = sys.getrecursionlimit(), gc.isenabled()
                sys.setrecursionlimit(max(self.recursion, RECURSION))
                gc.disable()

    def leave(self) -> None:
        with self.lock:
            self.running -= 1
            if self.running == 0:
                sys.setrecursionlimit(self.recursion)
                if self.collecting:
                    gc.enable()


_settings = _Settings()


@contextmanager
def deep() -> Iterator[None]:
    """Let a deeply nested page be worked on; also a decorator."""
    _settings.enter()
    try:
        yield
    finally:
        _settings.leave()


@contextmanager
def conversion(docname: str) -> Iterator[None]:
    """Let a deep document be converted, without garbage collection; whatever fails is a `ConversionError`.

    A doctree is given back by `rstdown.rst.parser.discard`, not by the collector, which would look at all
    of it again and again while it grows.
    """
    _settings.enter()
    try:
        yield
    except ConversionError:
        raise
    except RecursionError:
        raise ConversionError(docname, "is nested too deeply") from None
    except MemoryError:
        raise ConversionError(docname, "takes more memory than there is") from None
    except Exception as error:
        problem = f"cannot be converted ({type(error).__name__}: {error}); this is a bug, please report it"
        raise ConversionError(docname, problem) from error
    finally:
        _settings.leave()
