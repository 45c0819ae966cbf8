"""Five thousand broken documents: nothing raised, hung, lost or unstable (`make fuzz` does more)."""

from __future__ import annotations

import pytest

from benchmarks import fuzz
from rstdown.markdown.words import words_of

PARTS, EACH = 20, 250


@pytest.mark.parametrize("part", range(PARTS))
def test_fuzz(part: int) -> None:
    for number in range(part * EACH, (part + 1) * EACH):
        text = fuzz.text_of(0, number)
        assert not fuzz.problem_of(text), f"seed 0, number {number}: {text!r}"


def test_inputs_depend_on_their_number_only() -> None:
    assert fuzz.text_of(3, 7) == fuzz.text_of(3, 7) != fuzz.text_of(3, 8)
    assert len({fuzz.text_of(0, number) for number in range(100)}) > 90


def test_a_loss_would_be_found() -> None:
    text = "Some *words* are here.\n"
    assert not fuzz.lost_words(text, "Some *words* are here.\n")
    assert set(fuzz.lost_words(text, "Some words here.\n")) == {"are"}
    assert words_of("Some words")["words"] == 1
