"""Hypothesis strategies for Markdown trees; the one home of such strategies."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from rstdown.markdown.nodes import (
    Admonition,
    Anchor,
    Blockquote,
    Break,
    Code,
    DefinitionItem,
    DefinitionList,
    Emphasis,
    Flow,
    FootnoteDefinition,
    FootnoteReference,
    Grid,
    GridCell,
    Heading,
    Image,
    InlineCode,
    Link,
    List,
    ListItem,
    Math,
    Object,
    Paragraph,
    Phrasing,
    Root,
    Section,
    Signature,
    Strong,
    Subscript,
    Superscript,
    Table,
    TableCell,
    TableRow,
    Tagged,
    Text,
    ThematicBreak,
    VersionNote,
)

# Each character means something somewhere in Markdown; two letters and a digit keep them company.
ALPHABET = "ab1._*`[]()<>&#!-+=~|\\:;/$^{} "

WORDS = [
    *("a", "b1", ".", "…", "é", "→", " ", "\n", "\xa0", "\\", "snake_case", "*args", "List[int]", "a < b"),
    *("*", "**", "_", "__", "~", "~~", "`", "$", "^", "&", "&amp;", "!", "<", ">", "<b>", "</", "-->"),
    *("[", "]", "(", ")", "](", "]:", "![", "[^1]", "[x]", "[!NOTE]", "http://a.b/c_d"),
    *("#", "1.", "1)", "-", "---", "+", "=", "|", ":"),
]
words = st.sampled_from(WORDS)
raw_text = st.one_of(
    st.text(ALPHABET, min_size=1, max_size=8), st.lists(words, min_size=1, max_size=6).map("".join)
)
texts = raw_text.map(Text)
codes = raw_text.map(InlineCode)
labels = st.sampled_from(["1", "note", "a-b", "x.y"])
urls = st.sampled_from(
    [
        "https://a.b/c",
        "#x",
        "a.md",
        "a(b).md",
        "a b.md",
        "x)",
        "<",
        "a*b_c",
        "$",
        "",
        "a\\",
        "mailto:a@b.cd",
        "javascript:x()",
    ],
)
titles = st.sampled_from(["", "t", 'a "b" \\', "&amp;", "a  b"])
math = st.sampled_from(["x", "a_b*c", r"\frac{a}{b}", "x|y", "a < b", r"\$", "x$y", "x\\"])

leaves = st.one_of(
    texts,
    texts,
    texts,
    codes,
    st.just(Break()),
    st.builds(Image, urls, raw_text, titles),
    st.builds(FootnoteReference, labels),
    st.sampled_from(["x", "a.b", 'q"<&']).map(Anchor),
)


def _spans(inner: SearchStrategy[Phrasing]) -> SearchStrategy[Phrasing]:
    children = st.lists(inner, max_size=4).map(tuple)
    return st.one_of(
        st.builds(Emphasis, children),
        st.builds(Strong, children),
        st.builds(Subscript, children),
        st.builds(Superscript, children),
        st.builds(Link, urls, children, titles),
    )


phrasing: SearchStrategy[Phrasing] = st.recursive(leaves, _spans, max_leaves=8)
contents = st.lists(phrasing, max_size=5).map(tuple)

# What documents mostly consist of.
_plain_texts = st.one_of(
    st.sampled_from(["a", "B2", "a.", "(a", "é", "→", "a  b", "snake_case", "a.b:", "https://a.b/c"]),
    st.sampled_from([" a", "a ", ": a ", ",", "a@b.cd", "__x__", "", " "]),
    st.sampled_from(["_a", "*a", "a!", "[a", "b]", "a <b> c", "&amp;", "^", "https://a.b/~c"]),
)
_plain_urls = st.sampled_from(
    ["https://a.b/c", "https://a.b/~c", "#x", "a.md#b_c", "a(b).md", "mailto:a@b.cd", "a b"]
)


def _plain_spans(inner: SearchStrategy[Phrasing]) -> SearchStrategy[Phrasing]:
    children = st.lists(inner, min_size=1, max_size=3).map(tuple)
    return st.one_of(
        st.builds(Emphasis, children), st.builds(Strong, children), st.builds(Link, _plain_urls, children)
    )


_plain_leaves = st.one_of(
    _plain_texts.map(Text),
    _plain_texts.map(InlineCode),
    st.sampled_from([Anchor("x"), FootnoteReference("1"), FootnoteReference("a b")]),
)
plain_contents = st.lists(st.recursive(_plain_leaves, _plain_spans, max_leaves=5), max_size=5).map(tuple)

code_lines = st.sampled_from(["", "x", "  y", "\tz", "```", "~~~~", "- a", "> b", "   ", "$$", "| a |"])
code_values = st.one_of(raw_text, st.lists(code_lines, max_size=4).map("\n".join))


@st.composite
def tables(draw: st.DrawFn) -> Table:
    width = draw(st.integers(1, 3))
    row = st.lists(st.builds(TableCell, contents), min_size=width, max_size=width).map(tuple).map(TableRow)
    return Table(tuple(draw(st.lists(row, min_size=1, max_size=3))))


flow_leaves: SearchStrategy[Flow] = st.one_of(
    st.builds(Paragraph, contents),
    st.builds(Paragraph, contents),
    st.builds(Heading, st.integers(1, 6), contents),
    st.just(ThematicBreak()),
    st.builds(Code, code_values, st.sampled_from(["", "python", "a`b", "c++ x", r"a\*b", "&amp;"])),
    st.builds(Math, math),
    tables(),
)


def _containers(inner: SearchStrategy[Flow]) -> SearchStrategy[Flow]:
    children = st.lists(inner, max_size=3).map(tuple)
    items = st.lists(st.builds(ListItem, children), min_size=1, max_size=3).map(tuple)
    return st.one_of(
        st.builds(Blockquote, children, st.sampled_from(["", "", "NOTE"])),
        st.builds(List, items, st.booleans(), st.sampled_from([1, 1, 0, 9, 99]), st.booleans()),
    )


flow: SearchStrategy[Flow] = st.recursive(flow_leaves, _containers, max_leaves=8)
definitions = st.builds(FootnoteDefinition, labels, st.lists(flow, max_size=3).map(tuple))
roots = st.builds(
    lambda body, notes: Root((*body, *notes)),
    st.lists(flow, max_size=5),
    st.lists(definitions, max_size=2, unique_by=lambda node: node.label),
)


# -- semantic trees -----------------------------------------------------------------------

plain = raw_text.map(lambda text: (Text(text),))
signatures = st.builds(
    Signature,
    raw_text,
    st.sampled_from(["", "class", "async"]),
    st.sampled_from(["", "final"]),
    ids=st.sampled_from([(), ("a.b",), ("a", "b")]),
)


def _semantic(inner: SearchStrategy[Flow]) -> SearchStrategy[Flow]:
    children = st.lists(inner, max_size=3).map(tuple)
    cells = st.builds(GridCell, children, st.integers(1, 2), st.integers(1, 2))
    rows = st.lists(st.lists(cells, max_size=3).map(tuple), max_size=3).map(tuple)
    terms = st.lists(plain, min_size=1, max_size=2).map(tuple)
    items = st.builds(DefinitionItem, terms, children, st.lists(plain, max_size=1).map(tuple))
    return st.one_of(
        st.builds(Section, plain, children, st.sampled_from([(), ("a",)])),
        st.builds(
            Object,
            st.just("py"),
            st.just("function"),
            st.lists(signatures, min_size=1, max_size=2).map(tuple),
            children,
        ),
        st.builds(Admonition, st.sampled_from(["note", "topic", "admonition"]), plain, children),
        st.builds(
            VersionNote, st.just("versionadded"), st.just("1"), st.just("Added in version 1"), children
        ),
        st.builds(DefinitionList, st.lists(items, max_size=2).map(tuple)),
        st.builds(Grid, rows, st.integers(0, 2), st.integers(0, 1), st.one_of(st.just(()), plain)),
        st.builds(Tagged, st.just("examples"), children),
        st.builds(Blockquote, children),
        st.builds(lambda *blocks: List((ListItem(blocks),)), inner, inner),
        st.builds(FootnoteDefinition, labels, children),
    )


semantic_leaves = st.one_of(
    plain.map(Paragraph),
    plain.map(Paragraph),
    st.builds(Code, code_values),
    st.sampled_from([Anchor("x"), Math("x")]),
)
semantic = st.lists(st.recursive(semantic_leaves, _semantic, max_leaves=10), max_size=4).map(tuple).map(Root)
