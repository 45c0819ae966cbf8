"""What is written is read back: ``read(write(tree)) == normalise(tree)``, for any tree and any text."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rstdown.markdown import normal, normalise, read, write
from rstdown.markdown.nodes import (
    Blockquote,
    Code,
    Heading,
    InlineMath,
    List,
    ListItem,
    Paragraph,
    Phrasing,
    Root,
    Table,
    TableCell,
    TableRow,
    Text,
)
from rstdown.markdown.phrasing import careful
from rstdown.markdown.plain import plain
from tests import strategies

quick = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def check(tree: Root) -> None:
    written = write(tree)
    assert read(written) == normalise(tree)
    assert write(read(written)) == written
    assert normalise(normalise(tree)) == normalise(tree)


@quick
@given(strategies.contents)
def test_phrasing(children: tuple[Phrasing, ...]) -> None:
    check(Root((Paragraph(children),)))


@quick
@given(strategies.contents)
def test_phrasing_in_one_line(children: tuple[Phrasing, ...]) -> None:
    cell = TableCell(children)
    check(Root((Heading(2, children), Table((TableRow((cell, cell)), TableRow((cell, cell)))))))


@settings(parent=quick, max_examples=300)
@given(st.one_of(strategies.contents, strategies.plain_contents), st.booleans())
def test_plain_content_is_written_as_any_other(children: tuple[Phrasing, ...], one_line: bool) -> None:
    assert plain(children) in (None, careful(normal.phrasing(children), one_line))


@settings(parent=quick, max_examples=60)
@given(strategies.roots)
def test_flow(root: Root) -> None:
    check(root)


@quick
@given(
    strategies.math, st.sampled_from(["x ", "x", "1", "(", "$"]), st.sampled_from([" x", "x", "1", ")", "$"])
)
def test_formula(value: str, before: str, after: str) -> None:
    formula = InlineMath(value)
    check(Root((Paragraph((Text("x" + before), formula, formula, Text(after + "x"))),)))


@quick
@given(strategies.code_values, st.integers(0, 3), st.booleans())
def test_code_is_exact_at_any_depth(value: str, depth: int, ordered: bool) -> None:
    block: Code | List | Blockquote = Code(value, "python")
    for _ in range(depth):
        block = Blockquote((List((ListItem((Paragraph((Text("x"),)), block)),), ordered),))
    root = Root((block,))
    assert read(write(root)) == root


def test_depth() -> None:
    block: Paragraph | List | Blockquote = Paragraph((Text("x"),))
    for level in range(200):
        block = List((ListItem((block,)),)) if level % 2 else Blockquote((block,))
    written = write(Root((block,)))
    assert write(read(written)) == written


def test_width() -> None:
    """Time grows no faster than the text: 20,000 special characters take moments, not minutes."""
    for text in ("*a ", "_a_ ", "[", "a](b", "<a ", "- ", "--- x ", "`a", "$", "\\", "&amp;", "![", "# "):
        assert write(Root((Paragraph((Text(text * 20_000),)),)))
    many = tuple(node for _ in range(20_000) for node in (Text("a"), InlineMath("x")))
    assert write(Root((Paragraph(many),)))
