"""Document structure: what golden pairs cannot show (exports, ledgers, evaluation, safety)."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from docutils import nodes
from docutils.parsers.rst import roles as docutils_roles
from hypothesis import given
from hypothesis import strategies as st

from rstdown.constructs.conditional import holds
from rstdown.constructs.inline import variable_parts
from rstdown.constructs.math import displayed
from rstdown.engines.docutils_ import convert
from rstdown.markdown import nodes as md
from rstdown.model import Document, Page, Project
from rstdown.options import ConvertOptions
from tests.golden import FIXTURES


def page_of(text: str, docname: str = "page", root: Path | None = None, **project: object) -> Page:
    path = root / f"{docname}.rst" if root else None
    document = Document(docname, text, path=path, root=root)
    return convert(document, Project(**project), ConvertOptions())  # type: ignore[arg-type]


def walk(node: object) -> Iterator[object]:
    if isinstance(node, tuple):
        for child in node:
            yield from walk(child)
    elif hasattr(node, "__slots__"):
        yield node
        for name in node.__slots__:
            yield from walk(getattr(node, name))


# -- only -----------------------------------------------------------------------------------

TAGS = st.sampled_from(["html", "latex", "draft", "builder_html", "format_html"])
EXPRESSIONS = st.recursive(
    TAGS,
    lambda inner: st.one_of(
        inner.map(lambda e: f"not {e}"),
        inner.map(lambda e: f"({e})"),
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(" ".join),
    ),
    max_leaves=12,
)


@given(EXPRESSIONS)
def test_only_agrees_with_python(expression: str) -> None:
    names = {"html": True, "latex": False, "draft": False, "builder_html": True, "format_html": True}
    assert holds(expression, ("html",)) == eval(expression, {"__builtins__": {}}, names)


@given(st.text(alphabet="abhtml ()notrd\n.'[]=%", max_size=40))
def test_only_refuses_what_it_cannot_read(expression: str) -> None:
    try:
        assert holds(expression, ("html",)) in (True, False)
    except ValueError as error:
        assert str(error)


@pytest.mark.parametrize(
    "expression", ["", "html or", "html latex", "(html", "html)", "__import__('os')", "(" * 9999]
)
def test_only_says_what_is_wrong(expression: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        holds(expression, ("html",))


def test_content_for_other_builders_leaves_a_trace_in_the_ledger() -> None:
    page = page_of(".. only:: latex\n\n   Gone.\n")
    assert page.root == md.Root(())
    assert ("only", "dropped: for latex", 1) in page.ledger


# -- roles ------------------------------------------------------------------------------------


def test_roles_of_one_document_are_unknown_to_the_next() -> None:
    before = dict(docutils_roles._roles)
    first = page_of(".. role:: mine(code)\n.. default-role:: code\n\n:mine:`a` `b`\n")
    second = page_of(":mine:`a` `b`\n")
    assert docutils_roles._roles == before
    assert first.root.children == (md.Paragraph((md.InlineCode("a"), md.Text(" "), md.InlineCode("b"))),)
    assert [d.code for d in second.diagnostics] == ["role-unknown"]
    assert second.root.children[0].children[-1] == md.Emphasis((md.Text("b"),))


@given(st.text(alphabet="ab{}\\ ", max_size=20))
def test_variable_parts_keep_all_other_characters(text: str) -> None:
    parts = variable_parts(text)
    assert all(part.astext() for part in parts)
    assert "".join(p.astext() for p in parts).translate({123: None, 125: None, 92: None}) == text.translate(
        {123: None, 125: None, 92: None}
    )
    if not set(text) & set("{}\\"):
        assert all(isinstance(part, nodes.Text) for part in parts)


def test_an_abbreviation_is_explained_once_a_page() -> None:
    page = page_of(":abbr:`A (alpha)` :abbr:`A (alpha)` :abbr:`A (another)`")
    assert md.plain_text(page.root.children[0].children) == "A (alpha) A A (another)"  # type: ignore[union-attr]


# -- what pages offer ---------------------------------------------------------------------------


def exported(page: Page, role: str) -> dict[str, str]:
    return {target.name: target.id for target in page.exports if target.role == role}


def test_terms_equations_and_citations_are_exported() -> None:
    page = page_of(
        ".. glossary::\n\n   one\n   Two words\n      Meaning.\n\n"
        ".. math:: a\n   :label: first\n\n.. math:: b\n   :label: second\n\n"
        "See [Key2000]_.\n\n.. [Key2000] Text.\n"
    )
    assert exported(page, "std:term") == {"one": "term-one", "Two words": "term-Two-words"}
    assert exported(page, "math:equation") == {"first": "equation-first", "second": "equation-second"}
    assert exported(page, "citation:label") == {"Key2000": "key2000"}
    assert [t.number for t in page.exports if t.role == "math:equation"] == ["1", "2"]


def test_toctrees_are_noted_with_all_they_say() -> None:
    page = page_of(
        ".. toctree::\n   :glob:\n   :hidden:\n   :reversed:\n   :numbered: 2\n   :caption: Parts\n\n"
        "   intro.rst\n   Title <../other>\n   sub/*\n   https://example.org/\n   self\n",
        docname="guide/index",
    )
    (toc,) = page.toctrees
    assert (toc.glob, toc.hidden, toc.reversed, toc.numbered, toc.caption) == (True, True, True, 2, "Parts")
    assert toc.entries == (
        md.TocEntry("guide/intro"),
        md.TocEntry("other", "Title"),
        md.TocEntry("guide/sub/*"),
        md.TocEntry("https://example.org/", external=True),
        md.TocEntry("guide/index"),
    )


def test_metadata_is_not_shown_but_known() -> None:
    page = page_of(":orphan:\n:tocdepth: 2\n\nTitle\n=====\n")
    assert page.orphan
    assert page.tocdepth == 2
    assert page.title == "Title"
    assert len(page.root.children) == 1
    assert (":tocdepth:", "dropped: metadata of the page", 1) in page.ledger


@given(st.lists(st.sampled_from(["[1]_", "[#]_", "[#a]_", "[*]_", "[C]_"]), max_size=6))
def test_each_footnote_has_a_reference_and_each_reference_a_footnote(marks: list[str]) -> None:
    definitions = "".join(f".. {mark[:-1]} Text.\n" for mark in dict.fromkeys(marks))
    extra = "".join(
        f".. {mark[:-1]} Text.\n" for mark in ("[#]", "[*]") for _ in range(marks.count(f"{mark}_") - 1)
    )
    page = page_of(f"{' '.join(marks)}\n\n{definitions}{extra}.. [99] Unused.\n")
    found = list(walk(page.root))
    references = {node.label for node in found if isinstance(node, md.FootnoteReference)}
    labels = [node.label for node in found if isinstance(node, md.FootnoteDefinition)]
    assert set(labels) == references
    assert len(labels) == len(references)


def test_the_date_of_a_run_can_be_fixed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "997920000")
    page = page_of("|d| |today|\n\n.. |d| date:: %Y-%m-%d\n")
    assert md.plain_text(page.root.children[0].children) == "2001-08-16 Aug 16, 2001"  # type: ignore[union-attr]


# -- files ----------------------------------------------------------------------------------------


def test_tables_come_from_files_of_the_root_only(tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("password\n")
    root = tmp_path / "docs"
    root.mkdir()
    (root / "link.csv").symlink_to(tmp_path / "secret.csv")
    (root / "good.csv").write_text("a,b\n")
    text = "".join(
        f".. csv-table::\n   :file: {f}\n\n" for f in ("good.csv", "link.csv", "../secret.csv", "/etc/passwd")
    )
    page = page_of(text, root=root)
    assert [d.code for d in page.diagnostics] == ["file-missing"] * 3
    assert "password" not in repr(page.root)
    assert [r.path for r in page.requires if r.sha256] == ["good.csv"]


def test_images_count_from_the_page(tmp_path: Path) -> None:
    (tmp_path / "pic.png").write_bytes(b"")
    (tmp_path / "guide").mkdir()
    page = page_of(
        ".. image:: /pic.*\n.. image:: near.png\n.. image:: https://example.org/x.*\n",
        docname="guide/start",
        root=tmp_path,
    )
    urls = [node.url for node in walk(page.root) if isinstance(node, md.Image)]
    assert urls == ["../pic.png", "near.png", "https://example.org/x.*"]


# -- the rest ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("latex", "shown"),
    [
        ("a = b", "a = b"),
        ("a\n\n\n", "a"),
        (r"a \\ b", r"\begin{split}a \\ b\end{split}"),
        ("a\n\nb", "\\begin{align}\\begin{aligned}a\\\\\nb\\end{aligned}\\end{align}"),
    ],
)
def test_formulas_get_the_environment_they_need(latex: str, shown: str) -> None:
    assert displayed(latex) == shown
    assert displayed(latex, wrap=False) == latex.strip()


def test_damaged_documents_are_converted() -> None:
    """No mutation of a fixture makes conversion fail; what is wrong is a diagnostic."""
    chance = random.Random(20010816)
    texts = [path.read_text("utf-8") for path in sorted(FIXTURES.glob("*/*.rst"))]
    lines = [line for text in texts for line in text.split("\n")]
    for _ in range(300):
        damaged = chance.choice(texts).split("\n")
        for _ in range(chance.randint(1, 6)):
            at = chance.randrange(len(damaged))
            line = damaged[at]
            cut = chance.randrange(len(line) + 1)
            damaged[at : at + 1] = chance.choice(
                [
                    [],
                    [line, chance.choice(lines)],
                    [line[:cut]],
                    [line[:cut] + chance.choice('`*_|:\\[<{.=- "') + line[cut:]],
                ]
            )
            damaged = damaged or [""]
        page_of("\n".join(damaged))
