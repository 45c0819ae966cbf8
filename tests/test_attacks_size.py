"""Much of the same, in constructs where docutils or we have taken quadratic time or memory."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

import rstdown
from rstdown.errors import ConversionError, SourceError
from rstdown.model import Document, Project
from rstdown.options import ConvertOptions
from rstdown.pipeline import convert_page

from .test_parser import assert_equal

MANY = {
    "targets in a row": ("".join(f".. _t{n}:\n" for n in range(6_000)) + "\nlastword t5_\n", 3),
    "references to targets in a row": (
        "".join(f".. _t{n}:\n" for n in range(3_000))
        + "\nlastword "
        + "".join(f"t{n}_ " for n in range(3_000)),
        3,
    ),
    "targets before a section": (
        "".join(f".. _t{n}:\n" for n in range(3_000)) + "\nTitle\n=====\n\nlastword :ref:`t7`\n",
        3,
    ),
    "uses of a substitution": (".. |s| replace:: x *y*\n\n" + "|s| " * 5_000 + "lastword\n", 4),
    "columns of a grid table": (
        f"+{'---+' * 2_000}\n|{' a |' * 2_000}\n+{'---+' * 2_000}\n\nlastword\n",
        4,
    ),
    "labelled sections of one title": (
        "".join(f"Title\n=====\n\n:ref:`x{n}`\n\n.. _x{n}:\n\n" for n in range(3_000))
        + "End\n===\n\nlastword\n",
        4,
    ),
}


@pytest.mark.parametrize("name", MANY)
def test_much_of_the_same_takes_linear_time(name: str) -> None:
    text, seconds = MANY[name]
    begun = time.process_time()
    assert "lastword" in rstdown.convert(text).markdown
    assert time.process_time() - begun < seconds


ROWS = {
    "two": ".. _a:\n.. _b:\n\ntext a_ b_\n",
    "anonymous": ".. _a:\n__\n.. _b:\n\ntext a_ b_ c__\n",
    "an address among them": ".. _a:\n.. _b: http://x\n.. _c:\n\ntext a_ b_ c_\n",
    "before a comment": ".. _a:\n.. _b:\n\n.. comment\n\ntext a_ b_\n",
    "at the end": "text a_ b_\n\n.. _a:\n.. _b:\n",
    "before a figure's caption": ".. figure:: x.png\n\n   .. _a:\n   .. _b:\n\n   caption\n\na_ b_\n",
    "before a footnote": ".. _a:\n.. _b:\n\n.. [1] note\n\ntext a_ b_ [1]_\n",
    "duplicates": ".. _a:\n.. _a:\n.. _b:\n\ntext a_ b_\n\n.. _b:\n\nmore\n",
    "an indirect one": ".. _a:\n.. _b: c_\n.. _c:\n\ntext a_ b_ c_\n",
    "before a section": ".. _a:\n.. _b:\n\nTitle\n=====\n\na_ b_ Title_\n",
    "in nested lists": "- .. _a:\n  .. _b:\n\n  - .. _c:\n\n    text a_ b_ c_\n",
}


@pytest.mark.parametrize("name", ROWS)
def test_targets_in_a_row_are_those_of_docutils(name: str) -> None:
    assert_equal(Document(name, ROWS[name]))


AMPLIFIER = f".. _a: https://x/{'w' * 9_000}\n\n{'a_ ' * 3_000}\n"


def test_what_grows_beyond_all_measure_is_refused_in_the_library_too() -> None:
    with pytest.raises(ConversionError, match="makes 27,"):
        rstdown.convert(AMPLIFIER)


def test_what_grows_beyond_all_measure_leaves_the_rest_of_a_bundle(tmp_path: Path) -> None:
    (tmp_path / "good.rst").write_text("Good\n====\n\nlastword\n")
    (tmp_path / "bomb.rst").write_text(AMPLIFIER)
    settings = rstdown.Settings(run=rstdown.RunOptions(cache=False))
    run = rstdown.bundle([tmp_path], settings=settings)
    assert [str(failure).partition(" makes")[0] for failure in run.failures] == ["bomb:"]
    assert ("lastword" in run.text, len(run.text) < 10_000) == (True, True)
    with pytest.raises(SourceError, match="no document to bundle: bomb"):
        rstdown.bundle([tmp_path / "bomb.rst"], settings=settings)


def test_tabs_are_only_so_wide(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one\ttwo\n" * 100)
    names = (".. include:: a.txt", ".. include:: a.txt\n   :literal:", ".. literalinclude:: a.txt")
    text = "".join(f"{name}\n   :tab-width: 999999999\n\n" for name in names)
    document = Document("index", text, path=tmp_path / "index.rst", root=tmp_path)
    assert len(repr(convert_page(document, Project(), ConvertOptions()).root)) < 100_000
