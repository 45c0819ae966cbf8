"""What is written is read back: ``read(write(tree)) == normalise(tree)``, for any tree and any text."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rstdown.markdown import normalise, read, write
from rstdown.markdown.nodes import (
    Blockquote,
    Emphasis,
    Heading,
    InlineMath,
    List,
    ListItem,
    Paragraph,
    Root,
    Strong,
    Table,
    TableCell,
    TableRow,
    Text,
)
from tests import strategies

settings.register_profile(
    "quick",
    max_examples=300,
    deadline=None,
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("quick")


def check(tree: Root) -> None:
    written = write(tree)
    assert read(written) == normalise(tree)
    assert write(read(written)) == written


@given(strategies.contents)
def test_phrasing(children: tuple) -> None:
    check(Root((Paragraph(children),)))


@given(strategies.contents)
def test_phrasing_in_one_line(children: tuple) -> None:
    cell = TableCell(children)
    check(Root((Heading(2, children), Table((TableRow((cell, cell)), TableRow((cell, cell)))))))


@given(strategies.roots)
def test_flow(root: Root) -> None:
    check(root)
