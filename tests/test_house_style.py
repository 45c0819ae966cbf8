"""The house style's pairs are what comes out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import rstdown

TEXT = (Path(__file__).parent.parent / "docs" / "house-style.md").read_text("utf-8")
PAIRS = re.findall(r"^```rst\n(.*?)^```\n\n(`{3,})markdown\n(.*?)^\2$", TEXT, re.DOTALL | re.MULTILINE)


def test_every_example_has_its_result() -> None:
    assert len(PAIRS) == TEXT.count("```rst\n") > 10


@pytest.mark.parametrize(
    ("source", "expected"), [(source, expected) for source, _, expected in PAIRS], ids=range(len(PAIRS))
)
def test_pair(source: str, expected: str) -> None:
    assert rstdown.convert(source).markdown == expected
