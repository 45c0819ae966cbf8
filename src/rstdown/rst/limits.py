"""What one document may cost: limits that hold in any thread, without signals."""

from __future__ import annotations

import time
from dataclasses import dataclass

from ..errors import ConversionError


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one document."""

    seconds: float = 10.0
    nesting: int = 250


class Budget:
    """What is left of one document's limits while it is parsed."""

    __slots__ = ("deadline", "depth", "docname", "limits")

    def __init__(self, docname: str, limits: Limits) -> None:
        self.docname = docname
        self.limits = limits
        self.depth = 0
        self.deadline = time.monotonic() + limits.seconds

    def enter(self) -> bool:
        """Go one level down; false where that is too deep."""
        if self.depth >= self.limits.nesting:
            return False
        self.depth += 1
        return True

    def leave(self) -> None:
        """Come one level up."""
        self.depth -= 1

    def check(self) -> None:
        """Raise `ConversionError` once the time is over."""
        if time.monotonic() > self.deadline:
            raise ConversionError(self.docname, f"takes more than {self.limits.seconds:g} s")
