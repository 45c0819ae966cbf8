"""What the writer writes, node by node."""

from __future__ import annotations

import pytest

from rstdown.markdown import read, write
from rstdown.markdown.nodes import (
    Blockquote,
    Break,
    Code,
    Emphasis,
    Flow,
    Heading,
    Html,
    Image,
    InlineCode,
    InlineMath,
    Link,
    List,
    ListItem,
    Math,
    Object,
    Paragraph,
    Phrasing,
    Root,
    Section,
    Strong,
    Subscript,
    Text,
    ThematicBreak,
    Xref,
)


def p(*parts: str | Phrasing) -> Paragraph:
    return Paragraph(tuple(Text(part) if isinstance(part, str) else part for part in parts))


def em(*parts: str | Phrasing) -> Emphasis:
    return Emphasis(p(*parts).children)


def strong(*parts: str | Phrasing) -> Strong:
    return Strong(p(*parts).children)


def written(*children: Flow) -> str:
    return write(Root(children)).removesuffix("\n")


def bullets(*items: tuple[Flow, ...], ordered: bool = False, start: int = 1, spread: bool = False) -> List:
    return List(tuple(map(ListItem, items)), ordered, start, spread)


def test_nothing_is_nothing() -> None:
    assert write(Root(())) == ""
    assert write(Root((p("", " "),))) == ""


# -- emphasis is valid in every neighbourhood ---------------------------------------------------


@pytest.mark.parametrize(
    ("paragraph", "expected"),
    [
        (p("a ", em("b"), " c"), "a *b* c"),
        (p("a", em("b"), "c"), "a*b*c"),
        (p("a ", strong("b:"), " c"), "a **b:** c"),
        (p("a ", strong("b:"), "c"), "a <strong>b:</strong>c"),
        (p("a", em("(b)"), "c"), "a<em>(b)</em>c"),
        (p("(", em("b"), ")"), "(*b*)"),
        (p(strong(em("b"))), "**_b_**"),
        (p(em(strong("b"))), "*__b__*"),
        (p(em("a ", strong("b"), " c")), "*a **b** c*"),
        (p(em("a"), strong("b")), "_a_**b**"),
        (p(em(" a ")), "*a*"),
        (p("x", em(" a "), "y"), "x *a* y"),
        (p(em("a*b")), r"*a\*b*"),
        (p("*", em("a")), r"\*_a_"),
        (p(em("a"), " f(*args)"), "*a* f(*args)"),
        (p(em(), "a", strong(" ")), "a"),
        (p(strong("a ", InlineCode("b"), " c")), "**a `b` c**"),
        (p("H", Subscript((Text("2"),)), "O"), "H<sub>2</sub>O"),
    ],
)
def test_emphasis(paragraph: Paragraph, expected: str) -> None:
    assert written(paragraph) == expected
    assert write(read(expected)) == expected + "\n"


# -- other phrasing content ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("paragraph", "expected"),
    [
        (p("a\n  b"), "a b"),
        (p("a", Break(), "b"), "a\\\nb"),
        (p("a", Break(), "- b"), "a\\\n\\- b"),
        (p("a", Break()), "a"),
        (p(Link("https://a.b/", (Text("https://a.b/"),))), "<https://a.b/>"),
        (p(Link("mailto:a@b.cd", (Text("a@b.cd"),))), "<a@b.cd>"),
        (p(Link("a b", (Text("[x]"),), 'say "t"')), '[[x]](a%20b "say \\"t\\"")'),
        (p(Link("#a", (Text("x]"),))), r"[x\]](#a)"),
        (p(Link("#a", (InlineCode("x"),))), "[`x`](#a)"),
        (p(Link("#a", (InlineCode("]:"), Break(), Text("x")))), "[`]:`<br>x](#a )"),
        (p("see!", Link("#a", (Text("x"),))), r"see\![x](#a)"),
        (p(Link("javascript:a", (em("x"),))), "*x*"),
        (p(Image("a.png", "an *alt*", "t")), r'![an \*alt\*](a.png "t")'),
        (p(Image("data:x", "alt")), "alt"),
        (p(InlineMath(r"\alpha")), r"$\alpha$"),
        (p("2", InlineMath("x"), "3"), "2<!-- -->$x$<!-- -->3"),
        (p(InlineMath("a$b")), "`a$b`"),
        (p("costs $5 or ", InlineMath("x")), r"costs \$5 or $x$"),
    ],
)
def test_phrasing(paragraph: Paragraph, expected: str) -> None:
    assert written(paragraph) == expected
    assert write(read(expected)) == expected + "\n"


# -- flow content ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (Heading(2, p("a #b #").children), "## a #b \\#"),
        (Heading(1, ()), "#"),
        (Heading(1, p("a", Break(), "b").children), "# a<br>b"),
        (Code("a\n\n  b\t", "python"), "```python\na\n\n  b\t\n```"),
        (Code(""), "```\n```"),
        (Math("a\n\nb"), "$$\na\nb\n$$"),
        (Math("a $$ b"), "```latex\na $$ b\n```"),
        (Blockquote(()), ">"),
        (Blockquote((p("a"), Code("\n"))), "> a\n>\n> ```\n>\n>\n> ```"),
        (bullets((p("a"),), (p("b"),)), "- a\n- b"),
        (bullets((p("a"),), (p("b"),), spread=True), "- a\n\n- b"),
        (bullets((p("a"), bullets((p("b"),)))), "- a\n  - b"),
        (bullets((p("a"), p("b")), (p("c"),)), "- a\n\n  b\n\n- c"),
        (bullets((p("a"),), (p("b"),), ordered=True, start=9), "9. a\n10. b"),
        (bullets((Code(" x\n\ty"),)), "- ```\n   x\n  \ty\n  ```"),
        (bullets((ThematicBreak(),)), "- ___"),
        (bullets((), (p("a"),)), "-\n- a"),
        (bullets((bullets((bullets(()),)),)), "-\n  -\n    -"),
    ],
)
def test_flow(block: Flow, expected: str) -> None:
    assert written(block) == expected
    assert write(read(expected)) == expected + "\n"


def test_lists_in_a_row_stay_apart() -> None:
    one = bullets((p("a"),))
    numbers = bullets((p("a"),), ordered=True)
    assert written(one, one, one) == "- a\n\n* a\n\n- a"
    assert written(numbers, numbers) == "1. a\n\n1) a"
    assert written(one, numbers) == "- a\n\n1. a"


def test_html_is_written_as_it_is() -> None:
    assert written(Html("<table>\n</table>"), p("a")) == "<table>\n</table>\n\na"


@pytest.mark.parametrize(
    "node",
    [Paragraph((Xref("py:func", "f", (Text("f"),)),)), Section((), ()), Object("py", "function", (), ())],
)
def test_what_is_not_core_is_refused(node: Flow) -> None:
    with pytest.raises(TypeError, match="link and lower the tree first"):
        write(Root((node,)))


@pytest.mark.parametrize("depth", [0, 7])
def test_depth_is_checked(depth: int) -> None:
    with pytest.raises(ValueError, match="depth of 1 to 6"):
        write(Root((Heading(depth, ()),)))
