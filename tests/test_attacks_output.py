"""What documents may not bring into the output: HTML, and links that do more than lead somewhere."""

from __future__ import annotations

import pytest
from markdown_it import MarkdownIt

from rstdown import convert


def html(source: str) -> str:
    """Render our Markdown as a reader does that knows no math and refuses no link."""
    reader = MarkdownIt("commonmark").enable("table")
    reader.validateLink = lambda url: True  # type: ignore[method-assign]
    return reader.render(convert(source).markdown)


@pytest.mark.parametrize(
    "formula",
    ["<script>alert(1)</script>", "x<img src=x onerror=y>", "<!-- c", "[l](javascript:x)", "<a b='c>d'"],
)
def test_formulas_are_no_html_and_no_links(formula: str) -> None:
    for source in (f":math:`{formula}`\n", f"x :math:`{formula}` y > z\n", f".. math::\n\n   {formula}\n"):
        shown = html(source)
        assert "<script" not in shown
        assert "<img" not in shown
        assert "<!--" not in shown
        assert "href" not in shown


def test_formulas_stay_as_they_are_where_nothing_could_be_mistaken() -> None:
    assert convert(":math:`a<b` and :math:`a_i<3`").markdown == "$a<b$ and $a_i<3$\n"


@pytest.mark.parametrize("space", ["\u3000", "\u2003", "\u2028", "\u200b", "\ufeff"])
@pytest.mark.parametrize(
    "source",
    [":download:`x <{}>`", ".. image:: {}", ".. card:: T\n   :link: {}\n\n   x", "`a <{}>`__"],
    ids=["download", "image", "card", "reference"],
)
def test_no_space_of_unicode_hides_a_scheme(space: str, source: str) -> None:
    shown = html(source.format(f"{space}javascript:alert(1)"))
    assert 'href="javascript' not in shown
    assert 'src="javascript' not in shown
