"""Patterns of file names: the same as by trying all ways, and never slow."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rstdown.fetching.matching import matches
from rstdown.link.toctree import expand
from rstdown.markdown.nodes import TocEntry
from rstdown.wildcards import ANY, FOLDERS, STAR, joined

PARTS = st.lists(st.sampled_from([STAR, ANY, FOLDERS, "a", "b", "/", "[^/]"]), max_size=7)


@given(PARTS, st.text("ab/", max_size=9))
@settings(max_examples=2_000, deadline=None)
def test_what_matches_is_what_matched(parts: list[str], name: str) -> None:
    expression = joined(parts)
    if expression is not None:
        assert bool(re.fullmatch(expression, name)) == bool(re.fullmatch("".join(parts), name))


@pytest.mark.parametrize(
    "glob", ["*a" * 100, "a*" * 200 + "b", "**a" * 50 + "b", "**/a/" * 50 + "b", "**a*" * 30]
)
def test_no_pattern_is_slow(glob: str) -> None:
    begun = time.process_time()
    assert not matches("a" * 250 + "c", glob + "x")
    assert not matches("a/" * 500 + "c", glob + "x")
    assert list(expand([TocEntry(glob + "x")], "index", ["a" * 250, "a/" * 500], glob=True)) == []
    assert time.process_time() - begun < 1
