"""Pages are the same whether paragraphs are read straight into phrasing content or by way of nodes."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from docutils import nodes
from hypothesis import given
from hypothesis import strategies as st

from rstdown.constructs.vocabulary import vocabulary_of
from rstdown.engines import docutils_
from rstdown.model import Document, Page, Project
from rstdown.options import ConvertOptions
from rstdown.rst import parser
from rstdown.rst.env import Env
from rstdown.rst.gate import Gate
from rstdown.rst.inline import Inliner
from rstdown.rst.parser import parse
from rstdown.rst.phrased import Phrased, PhrasedInliner
from rstdown.rst.prolog import spared, whole

from .test_parser import AWKWARD, CORPORA, FIXTURES, sources

PROJECT, OPTIONS = Project(extlinks={"issue": ("https://a.b/%s", "gh-%s")}), ConvertOptions()
MARKS = (
    "*",
    "**",
    "`",
    "``",
    "|",
    "_",
    "__",
    ":",
    ":r:",
    ":func:",
    ":ref:",
    ":file:",
    "<",
    ">",
    "!",
    "~",
    "\\",
)
TEXTS = (
    "a",
    "b c",
    " ",
    "\n",
    "(",
    ")",
    "'",
    '"',
    ".",
    "-",
    "{",
    "}",
    "é",
    "見",
    "http://a.b",
    "x@y.z",
    "[1]_",
)


def page(document: Document, inliner: type[Inliner], monkeypatch: pytest.MonkeyPatch) -> Page:
    with monkeypatch.context() as patch:
        patch.setattr(docutils_, "PhrasedInliner", inliner)
        return docutils_.convert(document, PROJECT, OPTIONS)


def assert_same(document: Document, monkeypatch: pytest.MonkeyPatch) -> None:
    straight = page(document, PhrasedInliner, monkeypatch)
    around = page(document, Inliner, monkeypatch)
    assert straight == around
    assert repr(straight) == repr(around)  # which tells lines, too


@pytest.mark.parametrize("name", AWKWARD)
def test_awkward(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert_same(Document("index", AWKWARD[name]), monkeypatch)


@pytest.mark.parametrize("family", sorted({p.relative_to(FIXTURES).parts[0] for p in sources(FIXTURES)}))
def test_fixtures(family: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in sources(FIXTURES / family):
        document = Document(path.stem, path.read_text("utf-8"), path=path, root=FIXTURES / family)
        assert_same(document, monkeypatch)


@pytest.mark.skipif(not CORPORA.is_dir(), reason="the corpora are not beside the checkout")
@pytest.mark.parametrize("part", range(8))
@pytest.mark.parametrize("corpus", ["sphinx-9.1.1", "docutils-0.23", "cpython-3.13"])
def test_corpora(corpus: str, part: int, monkeypatch: pytest.MonkeyPatch) -> None:
    root = CORPORA / corpus / "src"
    paths = sources(root)[part::8]
    if "RSTDOWN_ALL" not in os.environ:
        paths = [path for path in paths if path.stat().st_size < 60_000][:12]
    for path in paths:
        assert_same(Document(path.stem, path.read_text("utf-8"), path=path, root=root), monkeypatch)


@given(st.lists(st.sampled_from(MARKS + TEXTS), max_size=30))
def test_any_markup(pieces: list[str]) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        assert_same(Document("index", "".join(pieces)), monkeypatch)


def test_one_run_and_what_is_none() -> None:
    document = Document("index", "See :func:`a`, *b* and ``c``; d_ is not **e**.\n\n.. _d: f")
    env = Env(document, PROJECT, Gate(document))
    tree = parse(env, vocabulary_of(PROJECT), (), PhrasedInliner)
    paragraph = tree.children[0]
    assert [type(node) for node in paragraph.children] == [Phrased, nodes.reference, Phrased]
    assert paragraph.astext() == "See a(), b and c; d is not e."


PROLOG = """\
.. |loom| replace:: a *loom*
.. |thread| replace:: a thread
   of |loom|
.. |two words| replace:: two

Shown |thread| always
.. |no| definition

.. |pattern| image:: p.png
   :alt: |q|

.. |q| replace:: q
"""


@pytest.mark.parametrize(
    ("text", "unread"),
    [
        ("nothing", {"pattern"}),
        ("|Pattern|", set()),
        ("|two\nwords| |LOOM|", {"pattern"}),
        (".. |pattern| replace:: mine\n\n|pattern|", set()),
        (".. include:: more.txt", {"pattern"}),
        (".. substitution-code::\n\n   |pattern|", set()),
    ],
)
def test_definitions_that_nobody_names(
    text: str, unread: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = Project(rst_prolog=PROLOG, rst_epilog=".. |end| replace:: e")
    (tmp_path / "more.txt").write_text("More |pattern|, |end|.\n")
    document = Document("index", text, path=tmp_path / "index.rst", root=tmp_path)
    assert spared(project, text)[2] == unread | ({"end"} - set(text.split("|")))
    sparing = docutils_.convert(document, project, OPTIONS)
    monkeypatch.setattr(
        parser, "spared", lambda project, text: (whole(project.rst_prolog), whole(project.rst_epilog), ())
    )
    everything = docutils_.convert(document, project, OPTIONS)
    assert repr(replace(sparing, ledger=())) == repr(replace(everything, ledger=()))
