"""Five thousand broken documents: nothing raised, slow, lost, unstable or leaked (`make fuzz` does more)."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks import fuzz, fuzz_checks, fuzz_inputs
from rstdown import convert
from rstdown.markdown.words import words_of

PARTS, EACH = 20, 250
FOUND = [
    "x |a|\n\n.. |a| replace:: |a| |a|\n",  # docutils replaces a circular definition twice, and fails
    ".. |a| replace:: |b| |b|\n.. |b| replace:: |a| |a| |b|\n",
    "x@1.-1\n",  # docutils' address, not CommonMark's
    ":pypi:`\x1b`\n",
    ".\n * -\n",  # a hyphen below text makes a heading of it
    "| :math:`x`, alpha\n|   beta 1\n",
    "`a < b>`__\n",
    ".. glossary::\n w\n    *\n  gamma\n",
    ".. |a| t:: beta\n\n gamma\n",
    ".. toctree:: \u202e://\n",
    ".. |x| rli::\n\n    alpha\n",
    ".. changelog:: .. changelog::\n",
    ".. py:function:: f\n\n   :param a: [#w6q]_\n",
    ".. button-ref::\n\n   _`alpha`\n",
    ".. contents:: [w]_\n",
    ".. contents:: [*]_\n",
    ".. contents:: [#]_ |x| `y`_ *z*\n",
    ".. figure:: a.png\n   :align: left\n\n   .. index:: b\n",
    ".. role::\n\n   w3q\n",
    "[alpha]_:>-`alpha <_>`_\n",
    ".. datatable:: :delim:\n",
    ".. class:: e\n\n   .. list-table::\n\n      * - .. attribute:: y\n",
    ".. parsed-literal::\n   [#w8q]_ p\n",
    "=== ===\n    alpha\nb   c\n=== ===\n",
    ".. function:: w()->#w0q\n",
    ".. flat-table:: w7q\n",
    "`w1q`:rspan:\n",
]
"""What fuzzing found."""


@pytest.mark.parametrize("part", range(PARTS))
def test_fuzz(part: int) -> None:
    for number in range(part * EACH, (part + 1) * EACH):
        text = fuzz_inputs.text_of(0, number)
        assert not fuzz_checks.problem_of(text), f"seed 0, number {number}: {text!r}"


@given(st.randoms(use_true_random=False).map(fuzz_inputs.composed))
@settings(derandomize=True, max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
def test_all_constructs(text: str) -> None:
    assert not fuzz_checks.problem_of(text)


@pytest.mark.parametrize("text", FOUND)
def test_what_was_found(text: str) -> None:
    assert not fuzz_checks.problem_of(text)


def test_a_table_may_begin_with_a_blank_cell() -> None:
    rows = convert("=== ===\n    alpha\nb   c\n=== ===\n").markdown.splitlines()
    assert rows[2:] == ["|  | alpha |", "| b | c |"]


def test_inputs_depend_on_their_number_only() -> None:
    assert fuzz_inputs.text_of(3, 7) == fuzz_inputs.text_of(3, 7) != fuzz_inputs.text_of(3, 8)
    assert len({fuzz_inputs.text_of(0, number) for number in range(100)}) > 90


def test_a_loss_would_be_found() -> None:
    text = "Some *words* are here, w1q.\n"
    assert not fuzz_checks.lost_words(text, "Some *words* are here, w1q.\n")
    assert set(fuzz_checks.lost_words(text, "Some words here, w1q.\n")) == {"are"}
    assert words_of("Some words")["words"] == 1
    assert fuzz_checks.lost_marks(text, convert("Some words.\n")) == []  # the doctree has it
    done = convert("Some words.\n")
    assert fuzz_checks.lost_marks("a (w2q).. w3q\n", done) == []


@pytest.mark.parametrize(
    "markdown", ["<script>x</script>", "a <b>", "[a](javascript:b)", "\x1b[1m", "<a onclick=x>"]
)
def test_a_leak_would_be_found(markdown: str) -> None:
    assert list(fuzz_checks.leaks(markdown))


def test_our_own_html_is_no_leak() -> None:
    markdown = 'a<br><a id="x"></a> H<sub>2</sub>O\n\n<table><tr><td rowspan="2">a &lt; b</td></tr></table>\n'
    assert not list(fuzz_checks.leaks(markdown))


def test_a_run_notes_hangs_and_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Worker processes that hang or die are replaced; a second run does only what is missing."""

    def judge(text: str) -> str:
        if "Second" in text:
            while True:
                pass
        if "Third" in text:
            raise SystemExit(7)
        return "odd: x" if "Fourth" in text and "q" in text else ""

    texts = ["First", "Second", "Third", "Fourth\nq\nr\n", "Fifth"]
    monkeypatch.setattr(fuzz, "STUCK", 0.5)
    monkeypatch.setattr(fuzz, "problem_of", judge)
    monkeypatch.setattr(fuzz, "text_of", lambda seed, number, bases: texts[number])
    (batch,) = fuzz.run(0, [fuzz.Batch(0, 5)], 1, tmp_path)
    assert [(found.number, found.problem.partition(":")[0]) for found in batch.findings] == [
        (1, "hangs"),
        (2, "dies"),
        (3, "odd"),
    ]
    assert batch.findings[2].text == "Fourthq"
    fuzz.save(tmp_path / "results.json", 0, {0: batch})
    assert fuzz.known(tmp_path / "results.json", 0) == {0: batch}
