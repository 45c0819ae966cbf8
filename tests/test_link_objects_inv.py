"""objects.inv files: both versions, odd names, damage, bombs."""

from __future__ import annotations

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rstdown.errors import InventoryError
from rstdown.link import objects_inv as module
from rstdown.link import read_objects_inv

from .linking import objects_inv


def test_rows_are_read() -> None:
    inv = read_objects_inv(
        objects_inv(
            "queue.Queue py:class 1 library/queue.html#$ -",
            "a label std:label -1 page.html#a-label A title, with words",
            "-x, --exclude std:cmdoption 1 cmd.html#cmdoption-x -",
            "index std:doc -1 index.html Welcome",
        ),
        "https://example.org/3",
    )
    assert (inv.project, inv.version, inv.base) == ("Other", "1.0", "https://example.org/3/")
    place = inv.index.get("py:class", "queue.Queue")
    assert place is not None and place.uri == "https://example.org/3/library/queue.html#queue.Queue"
    place = inv.index.get("std:label", "a label")
    assert place is not None and place.title == "A title, with words"
    assert inv.index.get("std:cmdoption", "-x, --exclude") is not None
    assert inv.index.domain("std").keys() >= {"a label", "index"}


def test_version_1() -> None:
    data = b"# Sphinx inventory version 1\n# Project: Old\n# Version: 0.5\n"
    data += b"sys mod sys.html\nsys.exit function sys.html\n"
    inv = read_objects_inv(data, "https://example.org/")
    assert inv.index.get("py:module", "sys").uri == "https://example.org/sys.html#module-sys"  # type: ignore[union-attr]
    assert inv.index.get("py:function", "sys.exit").uri == "https://example.org/sys.html#sys.exit"  # type: ignore[union-attr]


def test_without_an_address_places_are_known_but_lead_nowhere() -> None:
    place = read_objects_inv(objects_inv("x py:data 1 x.html#$ -")).index.get("py:data", "x")
    assert place is not None and place.uri == ""


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "no header"),
        (b"<html>not found</html>", "no header"),
        (b"# Sphinx inventory version 3\n# Project: x\n# Version: 1\n# zlib\n", "unknown version"),
        (b"# Sphinx inventory version 2\n# Project: x\n# Version: 1\n# plain\nx", "zlib"),
        (b"# Sphinx inventory version 2\n# Project: x\n# Version: 1\n# zlib\nrubbish", "damaged"),
        (objects_inv("x py:data 1 x.html#$ -")[:-9], "cut off"),
    ],
)
def test_what_is_no_inventory_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(InventoryError, match=says):
        read_objects_inv(data, key="other")


def test_bombs_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_BYTES", 10_000)
    with pytest.raises(InventoryError, match="more than 10,000 bytes"):
        read_objects_inv(objects_inv("a" * 50_000))


def test_long_lines_are_skipped() -> None:
    inv = read_objects_inv(objects_inv(" ".join("ab" * 4000), "x py:data 1 x.html#$ -"))
    assert set(inv.index.typed) == {"py:data"}


@given(st.binary(max_size=300))
def test_any_body_is_read_or_refused(body: bytes) -> None:
    head = b"# Sphinx inventory version 2\n# Project: x\n# Version: 1\n# zlib\n"
    for data in (head + body, head + zlib.compress(body)):
        try:
            read_objects_inv(data, "https://example.org/")
        except InventoryError as error:
            assert "objects.inv" in str(error)
