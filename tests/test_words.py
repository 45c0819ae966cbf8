"""No word of the doctree is missing in the Markdown, as markdown-it and as MyST-Parser read it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from rstdown.engines import words as source_words
from rstdown.engines.myst import doctree_of
from rstdown.engines.myst import words_of as words_of_myst
from rstdown.fetching import fetch
from rstdown.markdown.words import words_of
from rstdown.model import Document, Project
from rstdown.options import ConvertOptions, LinkOptions
from rstdown.pipeline import convert_page, link_page, to_markdown
from rstdown.projects import project_of
from rstdown.rst.limits import deep
from tests.golden import Case, cases, make, render

CORPORA = Path(__file__).parents[2] / "shared" / "corpora"
FOLDERS = {"cpython-3.13": "src/Doc", "sphinx-9.1.1": "src/doc", "docutils-0.23": "src/docs"}
PARTS = {"cpython-3.13": 64, "sphinx-9.1.1": 12, "docutils-0.23": 4}
"""One page in so many is read here; `rstdown check` reads all (docs/guide.md has the figures)."""

MISSING = {
    "include/markdown": ({"script", "x"}, "raw HTML of an included Markdown file is left out"),
    "roles/defined": ({"na", "ve"}, "raw HTML with a character reference is the character: one word"),
}
MISREAD = {"admonitions/alerts": ({"NOTE"}, "MyST-Parser knows the marks of GitHub's alerts")}

pytest.importorskip("myst_parser", reason="the extra myst is not installed")


@pytest.mark.parametrize("case", cases(), ids=str)
def test_fixtures(case: Case) -> None:
    settings, path = case.settings(), case.path
    document = Document(path.stem, path.read_text("utf-8"), path=path, root=path.parent, srcdir=path.parent)
    markdown = render(case).markdown
    with deep():
        said = source_words.words_of(document, make(Project, settings.get("project", {})))
        read, read_by_myst = words_of(markdown), words_of_myst(markdown)
    assert set(said - read) == MISSING.get(str(case), (set(),))[0]
    assert set(read - read_by_myst) == MISREAD.get(str(case), (set(),))[0]
    assert not read_by_myst - read


def pages() -> list[object]:
    if not CORPORA.exists():
        return [pytest.param("", "", marks=pytest.mark.skip(reason="no corpora beside the checkout"))]
    return [
        pytest.param(
            name, path.relative_to(CORPORA / name / FOLDERS[name]).as_posix(), id=f"{name}/{path.stem}"
        )
        for name, part in PARTS.items()
        for path in sorted((CORPORA / name / FOLDERS[name]).rglob("*.rst"))[::part]
    ]


@cache
def corpus(name: str) -> tuple[dict[str, Document], Project]:
    found = fetch([str(CORPORA / name / FOLDERS[name])], root=CORPORA / name / "src")
    project, _ = project_of(found, None, None)
    return {f"{document.docname}.rst": document for document in found.documents}, project


@pytest.mark.parametrize(("name", "page"), pages())
@pytest.mark.parametrize("read", [words_of, words_of_myst], ids=["markdown-it", "myst"])
def test_corpora(name: str, page: str, read: Callable[[str], dict[str, int]]) -> None:
    documents, project = corpus(name)
    if page not in documents:
        pytest.skip("the project excludes the page")
    options = ConvertOptions()
    linked = link_page(convert_page(documents[page], project, options), project, LinkOptions())
    with deep():
        markdown = to_markdown(linked, options)
        assert not source_words.words_of(documents[page], project) - read(markdown)


@pytest.mark.parametrize(
    "markdown",
    [
        "```{include} /etc/hostname\n```\n",
        "```{eval-rst}\n.. include:: /etc/hostname\n```\n",
        ":::{include} /etc/hostname\n:::\n",
        "```{code-block} python\n:name: x\nword\n```\n",
        "{literalinclude}`/etc/hostname`\n",
        "{raw}`x`\n",
        "[a](inv:python:py:function#map) <project:#x> [b](path:/etc/hostname)\n",
        "% a comment\n",
        "(a target)=\n",
        "+++ a break\n",
        "---\ntitle: x\n---\n\ntext\n",
    ],
)
def test_nothing_of_myst_is_run(markdown: str) -> None:
    doctree = doctree_of(markdown)
    shown = doctree.pformat()
    assert Path("/etc/hostname").read_text().strip() not in shown
    assert "system_message" not in shown
    if "title:" not in markdown:
        assert words_of_myst(markdown) == words_of(markdown)
