"""Pages are the same whether they are written before they are linked, but for gaps, or after it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from textwrap import indent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rstdown.codec import decode_draft, decode_surface, encode
from rstdown.drafts import Anchors, Content, Draft, Place, Reference, drafted
from rstdown.link import detached, surface_of
from rstdown.model import Document, Project
from rstdown.options import ConvertOptions, LinkOptions, RunOptions
from rstdown.pipeline import convert_documents, convert_page
from rstdown.results import Conversion, Settings

from .test_parser import CORPORA, FIXTURES, sources

OPTIONS = ConvertOptions()
ALONE = RunOptions(jobs=1, cache=False)


def assert_same(
    documents: Sequence[Document],
    convert: ConvertOptions = OPTIONS,
    links: str = "all",
    project: Project | None = None,
) -> dict[str, str]:
    settings = Settings(convert=convert, link=LinkOptions(links=links), run=ALONE)
    after = convert_documents(documents, project, settings)
    found: list[Conversion] = []
    before = convert_documents(documents, project, settings, sink=found.append)
    texts = {each.docname: each.markdown for each in found}
    assert texts == {each.docname: each.markdown for each in after.conversions}
    assert before.diagnostics == after.diagnostics
    assert list(map(str, before.failures)) == list(map(str, after.failures))
    return texts


def draft(text: str) -> Draft | None:
    page = convert_page(Document("index", text), Project(), OPTIONS)
    return drafted(surface_of(page), OPTIONS)


# -- what there is a gap for -------------------------------------------------------------------


def test_text_with_gaps() -> None:
    found = draft("Title\n=====\n\nText *a* and :func:`f` and ``b``.\n\n.. _there:\n\nMore.\n")
    assert found is not None
    first, between, after, last = found.texts
    assert (first, between, after, last) == ("# ", "Title\n\nText *a* and ", " and `b`.\n\n", "More.\n")
    assert found.gaps == (
        Place("title", "title", False),
        "`f()`",
        Place("there", None, False),
    )


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (":ref:`x`", Content),  # shows a title that is not known yet
        ("*a*\\ :func:`f`", Content),  # which delimiters are right depends on what follows
        (":doc:`*a* <b>` \\*", Content),
        (".. _a:\n\n::\n\n   code", Anchors),
        ("* - a\n\n  - b :func:`c`", str),
        (".. list-table::\n\n   * - :func:`f`", Reference),
        (":func:`f`\n   text", Content),  # bold only if it is a link
        ("`a <b.html>`__", Content),
    ],
)
def test_kinds_of_gaps(text: str, kind: type) -> None:
    found = draft(f"T\n=\n\n{text}\n")
    assert found is not None
    assert type(found.gaps[-1]) is kind


@pytest.mark.parametrize(
    "text",
    [
        "no title",
        "T\n=\n\n.. toctree::\n\n   a",
        "See :ref:`x`\n============",
        "T\n=\n\n- .. _a:\n\n  ::\n\n     code",
        "T\n=\n\n.. admonition:: See :func:`f`\n\n   text",
    ],
)
def test_not_before_it_is_linked(text: str) -> None:
    assert draft(text) is None


def test_drafts_as_bytes() -> None:
    page = convert_page(Document("a", "T\n=\n\n:func:`f` :ref:`g`\n\n.. _x:\n\n- y"), Project(), OPTIONS)
    surface = surface_of(page)
    found = drafted(surface, OPTIONS)
    assert found
    whole = detached(surface)
    assert decode_surface(encode(whole)) == whole
    assert decode_draft(encode(found)) == found


def test_an_anchor_at_the_end() -> None:
    pages = [Document("a", "T\n=\n\n.. _here:\n"), Document("b", "T\n=\n\n:ref:`x <here>`\n")]
    assert assert_same(pages)["a"] == '# T\n\n<a id="here"></a>\n'


# -- the same pages ----------------------------------------------------------------------------

PIECES = (
    "text ",
    "*a* ",
    "``b`` ",
    ":func:`f` ",
    ":func:`~m.f`, ",
    ":ref:`here` ",
    ":ref:`there <here>`",
    ":ref:`awk` ",
    ":doc:`b` ",
    ":term:`term` ",
    "**b**\\ :func:`f`\\ ``c`` ",
    ":func:`f`\\ :func:`no` ",
    ":class:`no_such_` ",
    "`x <b.html>`__ ",
    "`y <b.html#here>`__ ",
    "`z <no/where.txt>`__ ",
    "|bar| ",
    "\\* _x_ ",
    "- ",
    "# ",
    "_`mid` text ",
    "\x07\u202e bell ",
    ":func:`\u202e` ",
    "é — ✓ ",
    "[1]_ ",
)
BLOCKS = (
    ".. _here:",
    ".. _here2:\n\n::\n\n   code",
    ".. _here3:\n\n- item",
    "Titled {}\n---------------------------------------------------\n\n.. _below:\n\nDeep\n~~~~",
    ".. function:: f(x: T, y)\n              f(z)\n\n   {}",
    ".. class:: T\n\n   .. method:: m\n\n   {}",
    "{}\n   {}",
    ":func:`f`\n   {}",
    "* {}\n* {}\n\n  {}",
    "1. {}\n\n   * .. _deep:\n\n     {}",
    ".. note:: {}",
    ".. note::\n\n   .. _noted:\n\n   .. code::\n\n      x",
    ".. admonition:: {}\n\n   {}",
    ".. versionadded:: 1.0\n   {}",
    ".. list-table::\n\n   * - {}\n     - .. _cell:\n   * - .. _cell2:\n\n       {}\n     - {}",
    "+-------+------+\n| a     | b    |\n|       +------+\n| :r:`x`| c    |\n+-------+------+",
    "| {}\n| {}",
    "    {}\n\n    -- {}",
    ".. glossary::\n\n   term\n   {}\n      {}",
    ":field: {}",
    ".. [1] {}",
    ".. figure:: x.png\n   :name: fig\n\n   {}",
    ".. image:: {}.png",
    ".. toctree::\n\n   b",
    ".. math:: x\n   :label: eq",
    ":eq:`eq` and :numref:`fig`",
    "Head {}\n-----------------------------------------------------------",
    ".. _awk:\n\nAwk *a* [x] _y #\n-------------------",
    "Same\n----",
)

texts = st.lists(st.sampled_from(PIECES), min_size=1, max_size=5).map("".join).map(str.strip)


@st.composite
def documents(draw: st.DrawFn) -> list[Document]:
    return [Document(name, draw(page())) for name in ("a", "b")]


@st.composite
def page(draw: st.DrawFn) -> str:
    def block() -> str:
        pieces = draw(st.sampled_from(BLOCKS)).split("{}")
        return pieces[0] + "".join(draw(texts) + piece for piece in pieces[1:])

    found = ["T\n=" if draw(st.integers(0, 9)) else draw(texts)]
    for _ in range(draw(st.integers(0, 5))):
        one = block()
        if not draw(st.integers(0, 4)):
            one = "- " + indent(one, "  ")[2:]
        found.append(one)
    return "\n\n".join([*found, ".. |bar| replace:: :func:`f`"]) + "\n"


@given(
    documents(),
    st.builds(
        ConvertOptions,
        heading_offset=st.sampled_from([0, 4, 5]),
        admonition_style=st.sampled_from(["quote", "alert"]),
        object_style=st.sampled_from(["heading", "list"]),
        tables=st.sampled_from(["auto", "html", "records"]),
    ),
    st.sampled_from(["all", "all", "external", "none"]),
    st.booleans(),
)
def test_any_pages(found: list[Document], convert: ConvertOptions, links: str, numfig: bool) -> None:
    assert_same(found, convert, links, Project(numfig=numfig))


@pytest.mark.parametrize("family", sorted({p.relative_to(FIXTURES).parts[0] for p in sources(FIXTURES)}))
def test_fixtures(family: str) -> None:
    assert_same(list(_read(sources(FIXTURES / family), FIXTURES / family)))


@pytest.mark.skipif(not CORPORA.is_dir(), reason="the corpora are not beside the checkout")
@pytest.mark.parametrize("corpus", ["sphinx-9.1.1", "docutils-0.23", "cpython-3.13"])
def test_corpora(corpus: str) -> None:
    root = CORPORA / corpus / "src"
    paths = sources(root)
    if "RSTDOWN_ALL" not in os.environ:
        paths = [path for path in paths if path.stat().st_size < 60_000][::8]
    assert_same(list(_read(paths, root)))


def _read(paths: Iterable[Path], root: Path) -> Iterable[Document]:
    for path in paths:
        docname = path.relative_to(root).with_suffix("").as_posix()
        yield replace(Document(docname, path.read_text("utf-8")), path=path, root=root)
