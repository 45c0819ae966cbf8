"""Regular expressions that are compiled when they are first used.

A run needs few of those that are for rare constructs and sources, and compiling all of them takes as long as
converting a page.  What nearly every run needs is compiled by `re` as ever.
"""

from __future__ import annotations

import re
from typing import Any, cast


def lazy(expression: str, flags: int = 0) -> re.Pattern[str]:
    """Return what can do all that ``re.compile(expression, flags)`` can, and compiles when it has to."""
    return cast("re.Pattern[str]", _Pattern(expression, flags))


class _Pattern:
    def __init__(self, expression: str, flags: int) -> None:
        self._expression = expression
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        """Take a method from the compiled expression, and keep it."""
        value = getattr(re.compile(self._expression, self._flags), name)
        setattr(self, name, value)
        return value
