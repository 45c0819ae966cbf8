"""The house style: what each semantic node looks like in Markdown."""

from __future__ import annotations

from collections import Counter
from textwrap import dedent

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rstdown.markdown import lower, normalise, read, write
from rstdown.markdown.nodes import (
    Admonition,
    Anchor,
    Blockquote,
    Code,
    DefinitionItem,
    DefinitionList,
    Flow,
    FootnoteDefinition,
    FootnoteReference,
    Grid,
    GridCell,
    InlineCode,
    InlineMath,
    List,
    ListItem,
    Math,
    Object,
    Paragraph,
    Phrasing,
    Root,
    Section,
    Signature,
    Tagged,
    Text,
    TocEntry,
    Toctree,
    VersionNote,
)
from rstdown.options import ConvertOptions
from tests import strategies


def line(*parts: str | Phrasing) -> tuple[Phrasing, ...]:
    return tuple(Text(part) if isinstance(part, str) else part for part in parts)


def p(*parts: str | Phrasing) -> Paragraph:
    return Paragraph(line(*parts))


def section(title: str, *children: Flow, ids: tuple[str, ...] = ()) -> Section:
    return Section(line(title), children, ids)


def bullets(*items: Flow | tuple[Flow, ...]) -> List:
    return List(tuple(ListItem(item if isinstance(item, tuple) else (item,)) for item in items))


def function(name: str, *children: Flow) -> Object:
    return Object("py", "function", (Signature(f"{name}()"),), children)


def check(expected: str, *children: Flow, **options: object) -> None:
    """Compare, and see that the Markdown says what the tree does."""
    tree = lower(Root(children), ConvertOptions(**options))  # type: ignore[arg-type]
    written = write(tree)
    assert written == dedent(expected).lstrip("\n")
    assert read(written) == normalise(tree)


# -- sections -----------------------------------------------------------------------------------


def test_sections_are_headings_by_depth() -> None:
    check(
        """
        # A

        x

        ## B

        y

        # C
        """,
        section("A", p("x"), section("B", p("y"))),
        section("C"),
    )


def test_headings_are_shifted() -> None:
    check("## A\n\n### B\n", section("A", section("B")), heading_offset=1)


def test_what_is_deeper_than_six_is_bold() -> None:
    check(
        """
        ###### A

        **B**

        - `f()`

          x
        """,
        section("A", section("B", function("f", p("x")))),
        heading_offset=5,
    )


def test_a_section_within_a_quote_is_bold() -> None:
    check("> **A**\n>\n> x\n", Blockquote((section("A", p("x")),)))


def test_only_ids_that_are_no_slug_need_an_anchor() -> None:
    check(
        """
        # Top of it

        ## <a id="other"></a>Twice

        ## <a id="twice"></a>Twice

        ## Twice
        """,
        section(
            "Top of it",
            section("Twice", ids=("twice", "other")),
            section("Twice", ids=("twice",)),
            section("Twice", ids=("twice-2",)),
            ids=("top-of-it",),
        ),
    )


# -- objects ------------------------------------------------------------------------------------


def test_an_object_is_a_heading_below_its_section() -> None:
    check(
        """
        # A

        ## <a id="m.C"></a>class `m.C(x=1)`

        x

        ### async `m.C.get()` final

        y
        """,
        section(
            "A",
            Object(
                "py",
                "class",
                (Signature("m.C(x=1)", "class", fullname="m.C", ids=("m.C",)),),
                (p("x"), Object("py", "method", (Signature("m.C.get()", "async", "final"),), (p("y"),))),
            ),
        ),
    )


def test_every_signature_has_its_heading() -> None:
    signatures = (Signature("f(x)"), Signature("f(x, y)"))
    check("# `f(x)`\n\n# `f(x, y)`\n\nz\n", Object("py", "function", signatures, (p("z"),)))


def test_a_rule_closes_the_scope_of_an_object() -> None:
    check(
        """
        # A

        ## `f()`

        x

        ## `g()`

        y

        ---

        Prose.

        ## `h()`

        ## B
        """,
        section("A", function("f", p("x")), function("g", p("y")), p("Prose."), function("h"), section("B")),
    )


def test_what_is_shown_elsewhere_needs_no_rule() -> None:
    check(
        """
        # `f()`

        # `g()`

        [^1]: x
        """,
        function("f"),
        FootnoteDefinition("1", (p("x"),)),
        Toctree((TocEntry("a"),), hidden=True),
        Tagged("examples", (function("g"),)),
    )


def test_members_are_items_where_their_owner_has_more_to_say() -> None:
    check(
        """
        # A

        ## `C()`

        Before.

        - `f()`

          x
        - `g()`

        After.

        ---

        Of the section.
        """.replace("x\n        - ", "x\n\n        - "),
        section(
            "A",
            function("C", p("Before."), function("f", p("x")), function("g"), p("After.")),
            p("Of the section."),
        ),
    )


def test_list_style() -> None:
    check(
        """
        # A

        - `f()`\\
          `f(x)`

          x

          - `g()`

            y

        Prose.
        """,
        section(
            "A",
            Object(
                "py",
                "function",
                (Signature("f()"), Signature("f(x)")),
                (p("x"), function("g", p("y"))),
            ),
            p("Prose."),
        ),
        object_style="list",
    )


def test_objects_within_containers_are_items() -> None:
    check(
        """
        > - `f()`
        >
        >   x

        - a
          - `g()`

        | - `h()`<br>\xa0\xa0y |
        |---|
        """,
        Blockquote((function("f", p("x")),)),
        bullets((p("a"), function("g"))),
        Grid(((GridCell((function("h", p("y")),)),),), head=1),
    )


# -- notes --------------------------------------------------------------------------------------


def test_admonition() -> None:
    note = Admonition("note", line("Note"), (p("x"), p("y")))
    check("> **Note:** x\n>\n> y\n", note)
    check("> [!NOTE]\n> x\n>\n> y\n", note, admonition_style="alert")


def test_admonition_that_begins_with_no_paragraph() -> None:
    check("> **Note**\n>\n> - x\n", Admonition("note", line("Note"), (bullets(p("x")),)))


def test_admonition_with_a_title_of_its_own() -> None:
    check("> **Why?** x\n", Admonition("admonition", line("Why?"), (p("x"),)), admonition_style="alert")
    check(
        "> [!TIP]\n> **Mine**\n>\n> x\n",
        Admonition("tip", line("Mine"), (p("x"),)),
        admonition_style="alert",
    )


def test_topic_and_untitled_sidebar() -> None:
    check("> **T**\n>\n> x\n", Admonition("topic", line("T"), (p("x"),)))
    check("> x\n", Admonition("sidebar", (), (p("x"),)))


def test_version_notes() -> None:
    label = "Changed in version 3.10"
    check(f"**{label}:** x\n\ny\n", VersionNote("versionchanged", "3.10", label, (p("x"), p("y"))))
    check(f"**{label}.**\n", VersionNote("versionchanged", "3.10", label, ()))
    check(f"**{label}:**\n\n- x\n", VersionNote("versionchanged", "3.10", label, (bullets(p("x")),)))


# -- lists --------------------------------------------------------------------------------------


def test_definition_list() -> None:
    check(
        """
        - **a**: x
        - <a id="i"></a>**b**: y

          z
        - `--opt`: w
        - **empty**
        - **code**:

          ```
          c
          ```
        """.replace("x\n", "x\n\n")
        .replace("z\n", "z\n\n")
        .replace("w\n", "w\n\n")
        .replace("empty**\n", "empty**\n\n"),
        DefinitionList(
            (
                DefinitionItem((line("a"),), (p("x"),)),
                DefinitionItem((line("b"),), (p("y"), p("z")), ids=("i",)),
                DefinitionItem((line(InlineCode("--opt")),), (p("w"),)),
                DefinitionItem((line("empty"),), ()),
                DefinitionItem((line("code"),), (Code("c"),)),
            )
        ),
    )


def test_terms_that_share_a_definition_and_classifiers() -> None:
    check(
        """
        - **a**\\
          **b** *int*\\
          x
        - **c**: y
        """,
        DefinitionList(
            (
                DefinitionItem((line("a"), line("b")), (p("x"),), (line("int"),)),
                DefinitionItem((line("c"),), (p("y"),)),
            )
        ),
    )


def test_toctree_that_nothing_has_resolved() -> None:
    entries = (TocEntry("a"), TocEntry("b", "B"), TocEntry("https://x.y/", "X", external=True))
    check("**Contents**\n\n- a\n- B\n- [X](https://x.y/)\n", Toctree(entries, caption="Contents"))


# -- tables -------------------------------------------------------------------------------------


def row(*cells: str | Flow | GridCell) -> tuple[GridCell, ...]:
    return tuple(
        cell if isinstance(cell, GridCell) else GridCell((p(cell) if isinstance(cell, str) else cell,))
        for cell in cells
    )


def test_pipe_table() -> None:
    check(
        """
        **T**

        | a | b\\|c |
        |---|---|
        | x<br>y | - i<br>\xa0\xa0- j<br>- k |
        |  | `a\\|b` |
        """,
        Grid(
            (
                row("a", "b|c"),
                row(GridCell((p("x"), p("y"))), bullets((p("i"), bullets(p("j"))), p("k"))),
                row(GridCell(()), p(InlineCode("a|b"))),
            ),
            head=1,
            title=line("T"),
        ),
    )


def test_spans_repeat_in_the_header_and_downwards() -> None:
    check(
        """
        | a | a | b |
        |---|---|---|
        | x | y |  |
        | x | z | w |
        """,
        Grid(
            (
                row(GridCell((p("a"),), colspan=2), "b"),
                row(GridCell((p("x"),), rowspan=2), GridCell((p("y"),), colspan=2)),
                row("z", "w"),
            ),
            head=1,
        ),
    )


def test_a_table_without_header_has_a_blank_one() -> None:
    check("|  |  |\n|---|---|\n| a | b |\n", Grid((row("a", "b"),)))


BLOCKS = Grid((row("A", "B"), row("x", Code("1\n2", "python")), row("y", GridCell(()))), head=1, stub=1)


def test_html_table_holds_markdown() -> None:
    check(
        """
        <table>
        <thead>
        <tr>
        <th>

        A

        </th>
        <th>

        B

        </th>
        </tr>
        </thead>
        <tbody>
        <tr>
        <th>

        x

        </th>
        <td>

        ```python
        1
        2
        ```

        </td>
        </tr>
        <tr>
        <th>

        y

        </th>
        <td>
        </td>
        </tr>
        </tbody>
        </table>
        """,
        BLOCKS,
    )


def test_records() -> None:
    check(
        """
        - **A**: x

          **B**:

          ```python
          1
          2
          ```

        - **A**: y

          **B**
        """,
        BLOCKS,
        tables="records",
    )


def test_broken_spans_do_no_harm() -> None:
    wide = GridCell((p("x"),), colspan=3, rowspan=9)
    check("| x | x | x |\n|---|---|---|\n| x |  |  |\n", Grid((row(wide), ()), head=1))


# -- anchors, footnotes ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (p("x"), '<a id="i"></a>x\n'),
        (section("A"), '# <a id="i"></a>A\n'),
        (bullets(p("x"), p("y")), '- <a id="i"></a>x\n- y\n'),
        (Blockquote((p("x"),)), '> <a id="i"></a>x\n'),
        (Grid((row("x"),), head=1), '| <a id="i"></a>x |\n|---|\n'),
        (Code("x"), '<a id="i"></a>\n\n```\nx\n```\n'),
        (function("f"), '# <a id="i"></a>`f()`\n'),
    ],
)
def test_an_anchor_goes_into_the_block_that_follows(block: Flow, expected: str) -> None:
    check(expected, Anchor("i"), block)


def test_an_anchor_at_the_end_stands_alone() -> None:
    check('x\n\n<a id="i"></a>\n', p("x"), Anchor("i"))


def test_footnotes_go_to_the_end() -> None:
    check(
        """
        a[^1]

        > b

        c

        [^1]: x

            y
        """,
        p("a", FootnoteReference("1")),
        Blockquote((p("b"), FootnoteDefinition("1", (p("x"), p("y"))))),
        p("c"),
    )


# -- any tree -------------------------------------------------------------------------------------


def letters(node: object) -> Counter[str]:
    """Count the letters and digits that a tree shows."""
    if isinstance(node, tuple):
        return sum(map(letters, node), Counter())
    if isinstance(node, (Text, InlineCode, InlineMath, Code, Math, VersionNote)):
        shown = node.label if isinstance(node, VersionNote) else node.value
        more = letters(node.children) if isinstance(node, VersionNote) else Counter()
        return Counter(filter(str.isalnum, shown)) + more
    if isinstance(node, Signature):
        return Counter(filter(str.isalnum, node.prefix + node.code + node.suffix))
    shown = ("title", "signatures", "terms", "classifiers", "rows", "children")
    return sum((letters(getattr(node, name, ())) for name in shown), Counter())


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    strategies.semantic,
    st.builds(
        ConvertOptions,
        object_style=st.sampled_from(["heading", "list"]),
        admonition_style=st.sampled_from(["quote", "alert"]),
        tables=st.sampled_from(["auto", "html", "records"]),
        heading_offset=st.sampled_from([0, 4]),
    ),
)
def test_nothing_is_lost(root: Root, options: ConvertOptions) -> None:
    tree = lower(root, options)
    markdown = write(tree)
    assert read(markdown) == normalise(tree)
    assert write(read(markdown)) == markdown
    lost = letters(root) - letters(read(markdown))
    assert not lost
