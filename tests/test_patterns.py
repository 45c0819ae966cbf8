"""Patterns that are compiled on first use do what compiled ones do."""

from __future__ import annotations

import re

import pytest

from rstdown.patterns import lazy


def test_a_lazy_pattern_is_a_pattern() -> None:
    made, compiled = lazy("(a)(b)?", re.IGNORECASE), re.compile("(a)(b)?", re.IGNORECASE)
    for _ in range(2):
        assert made.sub(r"<\1>", "xAby") == compiled.sub(r"<\1>", "xAby")
        assert made.findall("abA") == compiled.findall("abA")
        assert [found.span() for found in made.finditer("abA")] == [(0, 2), (2, 3)]
    assert made.pattern == compiled.pattern
    assert made.flags == compiled.flags


def test_a_mistake_in_a_lazy_pattern_is_found_on_use() -> None:
    made = lazy("(")
    with pytest.raises(re.error):
        made.match("")
