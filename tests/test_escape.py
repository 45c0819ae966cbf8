"""Text survives every flavour of Markdown, with no more backslashes than it needs."""

from __future__ import annotations

import html
import re
from functools import cache

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

from rstdown.markdown import escape, normalise, read, write
from rstdown.markdown.nodes import (
    Anchor,
    Blockquote,
    Code,
    Emphasis,
    Flow,
    FootnoteDefinition,
    Heading,
    InlineCode,
    Link,
    List,
    ListItem,
    Math,
    Paragraph,
    Root,
    Strong,
    Table,
    TableCell,
    TableRow,
    Text,
)
from tests import strategies


def paragraph(text: str) -> Paragraph:
    return Paragraph((Text(text),))


def written(text: str) -> str:
    return write(Root((paragraph(text),))).removesuffix("\n")


# -- no backslash where none is needed --------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "f(*args, **kwargs)",
        "snake_case and _private and a_b_c",
        "a < b and a > b",
        "a<b",
        "List[int] and x[0][1]",
        "2 * 3 * 4",
        "x*y",
        "C# and #1",
        "It was in 1986. A great year.",
        "a | b",
        "R&D and AT&T;",
        "costs $5",
        r"C:\path\to",
        "~/.config and ~user",
        "a - b + c = d",
        "note: this",
        "say `so".replace("`", "'"),
        "https://example.org/a_b_c?d=e&f=g",
        "!important",
        "x^2",
        "{curly} @at %percent",
        "10% of 5--6...",
        "e.g. (this), that; these!",
        "-1 and +1",
        "1.5 times",
        "a * b",
        "...and so on",
        "2.x",
    ],
)
def test_bare(text: str) -> None:
    assert written(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("*a*", r"*a\*"),
        ("a*b*c", r"a\*b\*c"),
        ("_a_", r"_a\_"),
        ("__init__", r"__init\_\_"),
        ("~~a~~", r"~~a\~\~"),
        ("`a`", r"\`a\`"),
        ("1. a", r"1\. a"),
        ("1) a", r"1\) a"),
        ("- a", r"\- a"),
        ("+ a", r"\+ a"),
        ("* a", r"\* a"),
        ("# a", r"\# a"),
        ("#", r"\#"),
        ("> a", r"\> a"),
        (": a", r"\: a"),
        ("~ a", r"\~ a"),
        ("~~~", r"\~~~"),
        ("---", r"\---"),
        ("***", r"\***"),
        ("_ _ _", r"\_ _ _"),
        ("===", r"\==="),
        ("|---|", r"\|---|"),
        ("[a](b)", r"[a\](b)"),
        ("[a]: b", r"\[a]: b"),
        ("[^1]", r"\[^1]"),
        ("^[a]", r"\^[a]"),
        ("[ ] a", r"\[ ] a"),
        ("[!NOTE]", r"\[!NOTE]"),
        ("<b>", r"\<b>"),
        ("a <b> c", r"a \<b> c"),
        ("<http://a.b>", r"\<http://a.b>"),
        ("<!-- a -->", r"\<!-- a -->"),
        ("&amp;", r"\&amp;"),
        ("&#42;", r"\&#42;"),
        (r"\*", r"\\*"),
        ("$a$", r"\$a\$"),
    ],
)
def test_escaped(text: str, expected: str) -> None:
    assert written(text) == expected
    assert read(expected) == Root((paragraph(text),))


# -- nothing is lost in any flavour -------------------------------------------------------------


@cache
def hostile() -> MarkdownIt:
    """A renderer with every extension that could take text for something else."""
    md = MarkdownIt("commonmark", {"maxNesting": 200}).enable(["table", "strikethrough"])
    md.use(front_matter_plugin).use(footnote_plugin).use(deflist_plugin)
    return md.use(dollarmath_plugin, allow_digits=False)


@cache
def gfm() -> MarkdownIt:
    """GitHub's flavour: tables, strikethrough, bare addresses."""
    return MarkdownIt("gfm-like", {"linkify": False, "html": True})


def visible(markdown: str, renderer: MarkdownIt) -> str:
    """Return what a reader sees: no tags, no white space, one character for a formula's mark."""
    shown = renderer.render(markdown)
    assert "<s>" not in shown and 'class="math' not in shown and "footnote" not in shown
    return "".join(html.unescape(re.sub(r"<[^>]*>", "", shown)).split())


def cell_table(text: str) -> Table:
    cell = TableCell((Text(text),))
    return Table((TableRow((cell, cell)), TableRow((cell, cell))))


POSITIONS: dict[str, tuple[int, object]] = {
    "alone": (1, lambda text: (paragraph(text),)),
    "after a paragraph": (1, lambda text: (paragraph("x"), paragraph(text))),
    "before a paragraph": (1, lambda text: (paragraph(text), paragraph("x"))),
    "around a list": (
        2,
        lambda text: (paragraph(text), List((ListItem((paragraph("x"),)),)), paragraph(text)),
    ),
    "in items": (
        2,
        lambda text: (paragraph("x"), List((ListItem((paragraph(text),)), ListItem((paragraph(text),))))),
    ),
    "in a quote": (1, lambda text: (Blockquote((paragraph(text),)),)),
    "in a heading": (1, lambda text: (Heading(2, (Text(text),)),)),
    "in a table": (4, lambda text: (cell_table(text),)),
    "in emphasis": (1, lambda text: (Paragraph((Text("x "), Emphasis((Text(text),)), Text(" x"))),)),
    "between words": (1, lambda text: (Paragraph((Text("x"), Strong((Text(text),)), Text("x"))),)),
    "in a link": (1, lambda text: (Paragraph((Link("#x", (Text(text),)), Text("x"))),)),
    "between code": (1, lambda text: (Paragraph((InlineCode("x"), Text(text), InlineCode("x"))),)),
    "after emphasis": (1, lambda text: (Paragraph((Emphasis((Text("x"),)), Text(text))),)),
}


@pytest.mark.parametrize("position", POSITIONS)
@given(st.text(strategies.ALPHABET + "\n", max_size=12))
@settings(max_examples=40, deadline=None)
@example("a\n---")
@example("---\na: b\n---")
@example("$a$ $1$")
@example("^]:")
def test_visible_everywhere(position: str, text: str) -> None:
    times, make = POSITIONS[position]
    text = text if text.strip() else "y"
    children: tuple[Flow, ...] = make(text)  # type: ignore[operator]
    root = Root(children)
    markdown = write(root)
    assert read(markdown) == normalise(root)
    bare = "".join(text.split())
    for renderer in (hostile(), gfm()):
        assert visible(markdown, renderer).replace("x", "") == bare * times


# -- constructs ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a", "`a`"),
        ("a`b", "``a`b``"),
        ("`", "`` ` ``"),
        ("``", "` `` `"),
        (" a ", "`  a  `"),
        (" a", "` a`"),
        (" ", "` `"),
        ("a\nb", "`a b`"),
        ("a``b`c", "```a``b`c```"),
    ],
)
def test_code_span(value: str, expected: str) -> None:
    assert escape.code_span(value) == expected


@pytest.mark.parametrize(
    ("value", "info", "expected"),
    [
        ("a", "", "```"),
        ("```", "", "````"),
        ("a ```` b", "c", "`````"),
        ("~~~", "a`b", "~~~~"),
        ("~~~", "", "```"),
    ],
)
def test_fence(value: str, info: str, expected: str) -> None:
    assert escape.fence(value, info) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.b/c_(d)", "https://a.b/c_(d)"),
        ("a)", "<a)>"),
        ("", "<>"),
        ("a\\", "a\\\\"),
        ("a&copy;", "a\\&copy;"),
    ],
)
def test_destination(url: str, expected: str) -> None:
    assert escape.destination(url) == expected


@pytest.mark.parametrize(
    "url",
    ["http://a", "HTTPS://a", "mailto:a@b.c", "#a", "a.md", "../a.md#b", "/a", "?q", "", "//a.b"],
)
def test_safe(url: str) -> None:
    assert escape.is_safe(url)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a",
        "javascript:x",
        "JavaScript:x",
        " javascript:x",
        "java\nscript:x",
        "\x01javascript:x",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "x-y:z",
        "ssh://a",
        "tel:1",
    ],
)
def test_unsafe(url: str) -> None:
    assert not escape.is_safe(url)
    assert write(Root((Paragraph((Link(url, (Text("shown"),)),)),))) == "shown\n"


def test_clean() -> None:
    assert escape.clean("plain \t\n é 👩‍💻 \u200c") == ("plain \t\n é 👩‍💻 \u200c", 0)
    assert escape.clean("a\x00b\u202ec\U000e0041\ud800\x9b") == ("aU+0000bU+202EcU+E0041U+D800U+009B", 5)


@given(st.text())
def test_nothing_unfit_is_written(text: str) -> None:
    note = FootnoteDefinition(text, (Code(text, text), Math(text)))
    link = Link(text, (InlineCode(text), Anchor(text)), text)
    assert escape.clean(write(Root((paragraph(text), Paragraph((link,)), note))))[1] == 0
