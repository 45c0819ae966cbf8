"""The Markdown bundle: header, contents, provenance, links, duplicates, order."""

from __future__ import annotations

import re

import pytest
from markdown_it import MarkdownIt

from rstdown import tokens
from rstdown.bundling import assemble, render
from rstdown.errors import UsageError
from rstdown.link import Inventory, OneDocument, link_pages
from rstdown.model import Page, Project
from rstdown.options import BundleOptions, LinkOptions
from rstdown.verify import read_bundle

from .bundles import PEOPLE, REVISION, SHOP, TITLE, bundle_of, pages_of


def test_header_contents_boundaries_provenance():
    bundle = bundle_of(SHOP)
    text = render(bundle)
    assert text.startswith(f"# {TITLE}\n\n2 documents, converted from reStructuredText by rstdown ")
    assert "reference data, not instructions" in text.partition("\n## ")[0]
    first, second = bundle.documents
    assert (
        f"- [Queues](#queues) {first.tokens:,} o200k_base tokens\n- [People](#people) {second.tokens:,}\n"
        in text
    )
    assert re.search(
        r"^<!-- [0-9a-f]{8} 2/2 shop/people [0-9a-f]{12} -->\n\n## People\n\n"
        rf"Source: <https://example.org/{REVISION}/shop/people.rst>\n\n",
        text,
        re.MULTILINE,
    )
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


def test_counts_are_those_of_the_text():
    bundle = bundle_of(SHOP)
    assert bundle.tokens == tokens.count(render(bundle))
    for document in bundle.documents:
        assert document.tokens == tokens.count(document.markdown)
    assert bundle_of(SHOP, encoding="cl100k_base").tokens == tokens.count(
        render(bundle_of(SHOP, encoding="cl100k_base")), "cl100k_base"
    )


def test_headings_nest_below_the_documents():
    found = MarkdownIt("commonmark").parse(render(bundle_of(SHOP)))
    depths = [t.tag for t in found if t.type == "heading_open"]
    assert depths.count("h1") == 1
    assert depths.count("h2") == 3  # contents and two documents


def test_reproducible(monkeypatch):
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    text = render(bundle_of(SHOP))
    assert text == render(bundle_of(SHOP))
    assert not re.search(r"20\d\d-\d\d", text)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert " on 2023-11-14. " in render(bundle_of(SHOP))


def test_verified():
    found = read_bundle(render(bundle_of(SHOP)))
    assert [d.name for d in found] == ["shop/queue", "shop/people"]
    assert [d.markdown for d in found] == [d.markdown for d in bundle_of(SHOP).documents]
    assert REVISION in found[0].source


@pytest.mark.parametrize("mode", ["all", "external", "none"])
def test_links(mode):
    text = render(bundle_of(SHOP, links=mode))
    inner = re.findall(r"\]\(#([^)]*)\)", text.partition("<!-- ")[2])
    assert bool(inner) == (mode == "all")
    assert ("](https://example.com/x)" in text) == (mode != "none")
    assert "elsewhere" in text
    anchors = re.findall(r'<a id="([^"]*)">', text)
    assert len(anchors) == len(set(anchors))
    slugs = {
        re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in re.findall(r"^#+ (.*)$", text, re.M)
    }
    assert set(inner) <= {*anchors, *slugs}
    assert set(anchors) <= set(inner)


def test_titles_that_are_alike_get_anchors():
    same = "Same\n====\n\n{}\n"
    text = render(
        bundle_of({"a/x": same.format("one"), "b/x": same.format("two"), "c": "Contents\n========\n"})
    )
    assert "- [Same](#a-x)" in text
    assert "- [Same](#b-x)" in text
    assert "- [Contents](#c)" in text
    assert text.count('## <a id="a-x"></a>Same') == 1


def test_footnotes_are_told_apart():
    text = render(bundle_of(SHOP))
    labels = re.findall(r"^\[\^([^\]]+)\]:", text, re.MULTILINE)
    assert len(labels) == len(set(labels)) == 2
    for label in labels:
        assert text.count(f"[^{label}]") == 2


def test_links_to_what_was_left_out_become_text():
    text = render(bundle_of(SHOP, links="all", exclude=("*people",)))
    assert "people" not in re.findall(r"\]\(#([^)]*)\)", text)
    assert "see `open_shop()`" in text or "see [`open_shop()`]" in text


def test_duplicates_once():
    bundle = bundle_of({**SHOP, "copy": PEOPLE.replace(".. _people:", "").replace(".. module:: people", "")})
    assert len(bundle.documents) == 3  # other labels, but is the text the same?
    twice = {"a": "T\n=\n\nsame\n", "b": "T\n=\n\nsame\n", "c": "T\n=\n\nother\n"}
    bundle = bundle_of(twice)
    assert [d.docname for d in bundle.documents] == ["a", "c"]
    assert "Left out (duplicate): b, which repeats a." in render(bundle)
    assert [d.docname for d in bundle_of(twice, duplicates=True).documents] == ["a", "b", "c"]


def test_order():
    texts = {"b": "B\n=\n", "a": "A\n=\n", "index": "I\n=\n\n.. toctree::\n\n   a\n   b\n"}
    assert [d.docname for d in bundle_of(texts, order="list").documents] == ["b", "a", "index"]
    assert [d.docname for d in bundle_of(texts).documents] == ["index", "a", "b"]  # there is a root document
    del texts["index"]
    assert [d.docname for d in bundle_of(texts).documents] == ["b", "a"]
    texts["index"] = "I\n=\n\n.. toctree::\n\n   a\n   b\n"
    assert [d.docname for d in bundle_of(texts, order="toctree").documents] == ["index", "a", "b"]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("no title at all\n", "doc"),
        ("A\n=\n\nB\n=\n", "doc"),
        ("before\n\nA\n=\n\nafter\n", "A"),
        ("", "doc"),
    ],
)
def test_every_document_is_one_section(text, title):
    bundle = bundle_of({"doc": text, "other": "O\n=\n"})
    assert bundle.documents[0].title == title
    assert [d.name for d in read_bundle(render(bundle))] == ["doc", "other"]
    for word in text.split():
        if word.isalpha():
            assert word in bundle.documents[0].markdown


def test_no_address_is_said_too():
    page = Page("doc", pages_of({"doc": "T\n=\n\nSource: <https://evil.example>\n"})[0].root)
    linked = link_pages(
        [page],
        inventory=Inventory.from_pages([page]),
        project=Project(),
        options=LinkOptions(),
        layout=OneDocument(),
    ).pages
    text = render(assemble(linked, title="T"))
    assert "\n\nSource: `doc`\n\nSource: " in text
    assert read_bundle(text)[0].source == "Source: `doc`"


def test_nothing_left():
    with pytest.raises(UsageError, match="no document's name matches 'x\\*'"):
        bundle_of(SHOP, include=("x*",))
    with pytest.raises(UsageError, match="no documents are left"):
        assemble([], title="T", options=BundleOptions())


def test_compact_spares_marks_and_no_words():
    full, spare = (render(bundle_of(SHOP, compact=compact)) for compact in (False, True))
    assert "at most *maxsize* customers" in full
    assert "at most maxsize customers" in spare
    assert "`None`" in full
    assert "or None." in spare
    assert "**Added in version 3.7.**" in full
    assert "\nAdded in version 3.7.\n" in spare
    assert "async `shop.Queue.get()`" in full
    assert "async `Queue.get()`" in spare
    assert "*interrupted*" in spare  # no parameter
    assert tokens.count(spare) < tokens.count(full)


def test_report_is_plain_data():
    import json

    report = json.loads(json.dumps(bundle_of(SHOP, exclude=("shop/people",)).report()))
    assert report["documents"][0]["source"]["revision"] == REVISION
    assert report["left_out"] == [
        {
            "kind": "document",
            "what": "shop/people",
            "why": "not selected",
            "docname": "shop/people",
            "tokens": 0,
        }
    ]


def test_boilerplate_once():
    boilerplate = " ".join(f"word{n}" for n in range(45))
    other = " ".join(f"word{n}" for n in range(20))
    texts = {f"d{n}": f"D{n}\n==\n\nOwn {n}.\n\n.. note:: {boilerplate}\n\n{other}\n" for n in range(4)}
    bundle = bundle_of(texts)
    text = render(bundle)
    assert text.count("word40") == 1
    assert text.count("word19 word20") == 1
    assert text.count("“word0 word1 word2 word3 word4 word5 …”: as in d0.\n") == 3
    assert text.count("Own ") == 4
    assert "Left out (repeated): “word0 word1 word2 word3 word4 word5 …” of d0 in 3 more documents." in text
    assert render(bundle_of(texts, duplicates=True)).count("word40") == 4
    assert render(bundle_of(texts, format="jsonl")).count("word40") == 4
    del texts["d3"], texts["d2"]
    assert render(bundle_of(texts)).count("word40") == 2


def test_types_in_signatures_are_links_only_where_all_are():
    texts = {
        "t": "T\n=\n\n.. module:: m\n\n.. class:: A\n\n   .. method:: f(x: A = None) -> A\n\n      Of *x*.\n"
    }
    assert "`A.f(x: A = None) -> A`" in render(bundle_of(texts))
    linked = render(bundle_of(texts, links="all"))
    assert linked.count("](#m.A)") == 2
    assert "`A.f(x: `[" in linked
    assert "None" in linked
    (row,) = [
        r for r in render(bundle_of(texts, format="jsonl", chunk_tokens=1)).splitlines() if "Of *x*" in r
    ]
    assert "`m.A.f(x: A = None) -> A`" in row
    assert '"references":["m.A"]' in row
