"""What must not hang, crash or lose text, whatever a document holds; seconds are of processor time."""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import rstdown
from rstdown.errors import ConversionError
from rstdown.model import Document
from rstdown.rst.gate import Gate, GateError
from rstdown.rst.limits import Limits, conversion, deep


def convert(text: str, seconds: float = 2.0) -> rstdown.Conversion:
    begun = time.process_time()
    result = rstdown.convert(text)
    assert time.process_time() - begun < seconds
    return result


def nested(levels: int, indent: str, line: str) -> str:
    return "".join(indent * n + line.format(n) + "\n\n" for n in range(levels))


DEEP = {
    "bullets": ("  ", "- word{}"),
    "quotes": (" ", "word{}"),
    "enumerations": ("   ", "1. word{}"),
    "fields": ("  ", ":a{0}: word{0}"),
    "admonitions": ("   ", ".. note:: word{}"),
    "classes": ("   ", ".. py:class:: word{}"),
    "unknown directives": ("   ", ".. nobody-knows:: word{}"),
}


@pytest.mark.parametrize("kind", DEEP)
def test_two_hundred_levels_convert(kind: str) -> None:
    text = "Top\n\n" + nested(200, *DEEP[kind])
    markdown = convert(text).markdown
    assert all(f"word{n}" in markdown for n in range(200))


def test_two_hundred_levels_of_definitions() -> None:
    markdown = convert("".join("  " * n + f"word{n}\n" for n in range(200))).markdown
    assert all(f"word{n}" in markdown for n in range(200))


def test_small_and_deep() -> None:
    result = convert("- " * 164 + "x")
    assert "x" in result.markdown and not result.diagnostics


@pytest.mark.parametrize("text", ["- " * 4900 + "end", nested(600, "   ", ".. note::") + "   " * 600 + "end"])
def test_deeper_than_the_limit_is_kept_as_it_stands(text: str) -> None:
    result = convert(text, 5)
    assert "end" in result.markdown
    assert [d.code for d in result.diagnostics] == ["nesting-too-deep"]


UNCLOSED = ["*a ", "**a ", "``a ", "`a ", ":r:`a ", "|a ", "_`a ", "`a < ", "**a *b "]


@pytest.mark.parametrize("unit", UNCLOSED)
def test_unclosed_markup_takes_linear_time(unit: str) -> None:
    result = convert(unit * (60_000 // len(unit)), 1)
    assert result.markdown.count("a") >= 60_000 // len(unit)
    assert len(result.diagnostics) < 200
    assert any("times more" in d.message for d in result.diagnostics)


UNRESOLVED = ["a__ ", "[1]_ ", "[#]_ ", "[x]_ ", "a_ ", "|a| ", ":r:`a` ", "`a`_ ", "`a <b>`_ "]
UNRESOLVED += ["http://a.b/c ", "a@b.c "]


@pytest.mark.parametrize("unit", UNRESOLVED)
def test_many_references_take_linear_time(unit: str) -> None:
    result = convert(unit * 5_000, 2)
    assert len(result.diagnostics) < 200


BAIT = {
    "parts of a name": "a-" * 20_000 + "_x",
    "parts of a mail address": "a-" * 20_000 + "@\u00e9",
    "parts of a scheme": "a:" * 20_000 + "\u00e9",
    "blanks in a phrase": "`a" + " " * 20_000 + "<b`_",
    "escapes in a phrase": "`a <" + "\\<" * 20_000 + "`_",
    "parts of a role": ":a" * 20_000 + ":`x",
    "a long address": "http://" + "a" * 50_000,
    "field marker": ":" + "a:" * 20_000 + "x",
    "option marker": "-a " + "-b, " * 20_000,
    "enumerator": "1" * 50_000 + ". x",
    "roman enumerator": "i" * 50_000 + ". x",
    "name of a target": ".. _a\n" + "   b\n" * 5_000 + "\nx",
    "name of a substitution": ".. |a\n" + "   b\n" * 5_000 + "\nx",
    "label": ".. [" + "a-" * 20_000 + "\n\nx",
    "rows of signs": "\n\n".join(c * 20_000 for c in "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"),
}


@pytest.mark.parametrize("name", BAIT)
def test_no_pattern_takes_quadratic_time(name: str) -> None:
    convert(BAIT[name], 1)


MANY = {
    "equal titles": ("Title\n=====\n\n" * 5_000, 4),
    "a grid table": ("+---+---+\n" + "| a | b |\n+---+---+\n" * 1_000, 3),
    "a simple table": ("=== ===\n" + "abc def\n" * 4_000 + "=== ===\n", 4),
    "a csv table": (".. csv-table::\n\n" + "   a,b,c\n" * 2_000, 4),
    "a list table": (".. list-table::\n\n" + "   * - a\n     - b\n" * 2_000, 4),
    "bullets": ("- item\n" * 10_000, 4),
    "an enumeration": ("".join(f"{n}. x\n" for n in range(1, 5_000)), 3),
    "enumerations": ("".join(f"{n}. x\n\n" for n in range(5_000, 1, -1)), 3),
    "definitions": ("a\n  b\n" * 5_000, 4),
    "comments": (".. a\n" * 10_000, 3),
    "targets": (".. _a:\n" * 2_000 + "\nx\n", 4),
    "one paragraph": ("some words on a line\n" * 20_000, 2),
    "transitions": ("x\n\n----\n\n" * 1_000, 3),
}


@pytest.mark.parametrize("name", MANY)
def test_much_of_the_same(name: str) -> None:
    text, seconds = MANY[name]
    convert(text, seconds)


def bomb(levels: int, width: int) -> str:
    lines = [f".. |x{n}| replace:: " + f"|x{n + 1}| " * width for n in range(levels)]
    return "Start |x0| end.\n\n" + "\n".join(lines) + f"\n.. |x{levels}| replace:: lol\n"


def test_a_substitution_bomb_does_not_go_off() -> None:
    result = convert(bomb(10, 10), 1)
    assert result.markdown == "Start x0 end.\n"
    assert "substitution-limit" in {d.code for d in result.diagnostics}


def test_a_small_tree_of_substitutions_grows() -> None:
    result = convert(bomb(3, 3), 1)
    assert result.markdown.count("lol") == 27 and not result.diagnostics


def test_an_amplifier_stays_within_the_limit() -> None:
    text = "|x| " * 3_000 + "\n\n.. |x| replace:: " + "word " * 1_980 + "\n"
    result = convert(text, 3)
    assert 1_000_000 < len(result.markdown) < Limits.of_size(len(text)).output
    assert "substitution-limit" in {d.code for d in result.diagnostics}


def test_circles_of_substitutions_end() -> None:
    result = convert("|a| |b|\n\n.. |a| replace:: x |b|\n.. |b| replace:: y |a|\n")
    assert result.diagnostics


def test_a_chain_of_targets() -> None:
    chain = "".join(f".. _t{n}: t{n + 1}_\n" for n in range(3_000))
    assert "http://x.y" in convert(f"t0_\n\n{chain}.. _t3000: http://x.y\n").markdown
    assert "t0" in convert(f"t0_\n\n{chain}.. _t3000: t0_\n").markdown


@pytest.mark.parametrize("text", ["word " * 60_000, "x" * 300_000, "::\n\n   " + "y" * 10_001])
def test_long_lines_are_kept(text: str) -> None:
    longest = max(text.split(), key=len)
    result = convert(text)
    assert longest in result.markdown and len(result.markdown) > len(text) - 20
    assert not result.diagnostics


def test_odd_characters_are_kept_or_shown() -> None:
    result = convert(
        "a\0b *c\0d* \ud800 \x1b[31m\x07 \u202e \U000e0041 z\n\n|s|\n\n.. |s| unicode:: 0xD800\n"
    )
    assert result.markdown.encode("utf-8")
    assert "a\ufffdb *c\ufffdd*" in result.markdown and "z" in result.markdown
    assert "control-character" in {d.code for d in result.diagnostics}


def test_the_same_thing_is_said_fifty_times_at_most() -> None:
    result = convert("".join(f"Section {n}\n==========\n\n:nix:`role`\n\n" for n in range(300)), 3)
    assert len(result.diagnostics) < 120
    assert any("(and 250 times more)" in d.message for d in result.diagnostics)


def test_time_is_limited_between_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Limits, "of_size", classmethod(lambda cls, size: cls(seconds=0.05)))
    with pytest.raises(ConversionError, match="index: took more than 0 s"):
        rstdown.convert("- item\n\n  - other\n\n" * 20_000)


def test_settings_of_the_interpreter_are_given_back() -> None:
    before = sys.getrecursionlimit(), gc.isenabled()
    with (
        pytest.raises(ConversionError, match="doc: cannot be converted"),
        conversion("doc"),
    ):
        assert sys.getrecursionlimit() > before[0] and not gc.isenabled()
        raise KeyError("x")
    with deep(), deep():
        pass
    assert (sys.getrecursionlimit(), gc.isenabled()) == before


@pytest.mark.parametrize(("error", "words"), [(RecursionError, "deeply"), (MemoryError, "memory")])
def test_running_out_is_named(error: type[Exception], words: str) -> None:
    with pytest.raises(ConversionError, match=words), conversion("doc"):
        raise error


# -- the gate ---------------------------------------------------------------------


@pytest.fixture
def tree(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "secret.txt").write_text("CANARY")
    root = tmp_path / "docs"
    (root / "sub").mkdir(parents=True)
    (root / "part.txt").write_text("part\0 of\r\nit")
    (root / "sub" / "deep.txt").write_text("deep")
    yield root


def gate(root: Path) -> Gate:
    return Gate(Document("index", "", path=root / "index.rst", root=root))


def test_the_gate_reads_below_the_root(tree: Path) -> None:
    found = gate(tree)
    assert found.read("part.txt")[0] == "part\ufffd of\nit"
    assert found.read("/sub/deep.txt")[0] == found.read("sub/../sub/deep.txt")[0] == "deep"
    assert set(found.requires) == {"part.txt", "sub/deep.txt"}


REFUSED = ["../secret.txt", "/../secret.txt", "..\\secret.txt", "sub/../../secret.txt"]
REFUSED += ["{root}/../secret.txt", "\0", "\ud800", "x" * 5_000, "", ".", "sub", "nothing.txt"]
REFUSED += ["part.txt/x", "link.txt", "out/secret.txt", "loop", "/etc/passwd", "file:///etc/passwd"]
REFUSED += ["~/x", "/dev/zero", "fifo", "http://127.0.0.1:9/"]


@pytest.mark.parametrize("name", REFUSED)
def test_the_gate_refuses(tree: Path, name: str) -> None:
    (tree / "link.txt").symlink_to(tree.parent / "secret.txt")
    (tree / "out").symlink_to(tree.parent)
    (tree / "loop").symlink_to("loop")
    os.mkfifo(tree / "fifo")
    with pytest.raises(GateError) as caught:
        gate(tree).read(name.replace("{root}", str(tree)))
    assert "CANARY" not in str(caught.value)


def test_links_that_stay_below_the_root_may_be_followed(tree: Path) -> None:
    (tree / "link.txt").symlink_to("sub/deep.txt")
    assert gate(tree).read("link.txt")[0] == "deep"


def test_a_link_put_in_place_after_the_check_is_not_followed(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = gate(tree)
    path = found.locate("part.txt")
    path.unlink()
    path.symlink_to(tree.parent / "secret.txt")
    monkeypatch.setattr(found, "locate", lambda name, base=None: path)
    with pytest.raises(GateError):
        found.read("part.txt")


def test_the_gate_counts(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rstdown.rst.gate.MAX_FILE_BYTES", 20)
    found = gate(tree)
    found.read("part.txt")
    with pytest.raises(GateError, match="more than 20 bytes"):
        found.read("part.txt")
    monkeypatch.setattr("rstdown.rst.gate.MAX_FILES", 2)
    with pytest.raises(GateError, match="more than 2 files"):
        found.read("sub/deep.txt")


@pytest.mark.parametrize("encoding", ["hex", "punycode", "idna", "undefined", "no-such", "ascii"])
def test_odd_encodings_are_refused(tree: Path, encoding: str) -> None:
    (tree / "part.txt").write_bytes(b"abc\xff")
    with pytest.raises(GateError):
        gate(tree).read("part.txt", encoding=encoding)
