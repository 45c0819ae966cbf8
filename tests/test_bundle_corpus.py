"""CPython's concurrency pages in every format: read by others' parsers, judged, counted."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import pytest
from lxml import etree
from markdown_it import MarkdownIt

from rstdown import tokens
from rstdown.bundling import assemble, files, render, reserved_anchors
from rstdown.link import Folder, Inventory, OneDocument, link_pages
from rstdown.model import Document, Provenance
from rstdown.options import BundleOptions, LinkOptions, RunOptions
from rstdown.pipeline import make_pages
from rstdown.results import Settings
from rstdown.rst.conf import read_conf
from rstdown.verify import read_bundle

SHARED = Path(__file__).parents[2] / "shared"
CORPUS = SHARED / "corpora" / "cpython-3.13"
TITLE = "Concurrency in Python"
BARE_WORDS = 154_481  # o200k tokens of what the pages say: python -m fidelity plain
REVISION = "0123456789abcdef0123456789abcdef01234567"

pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="no corpora beside the checkout")


def source(name: str) -> Document:
    root = CORPUS / "src"
    path = root / "Doc" / f"{name}.rst"
    data = path.read_bytes()
    address = f"https://raw.githubusercontent.com/python/cpython/{REVISION}/Doc/{name}.rst"
    where = Provenance(address, REVISION, hashlib.sha256(data).hexdigest(), len(data))
    return Document(name, data.decode(), where, path, root, root / "Doc")


@pytest.fixture(scope="module")
def pages():
    project, _ = read_conf(CORPUS / "src" / "Doc" / "conf.py", CORPUS / "src")
    names = (CORPUS / "seed-pages.txt").read_text().split()
    found, failures = make_pages(
        list(map(source, names)), project, Settings(run=RunOptions(jobs=1, cache=False))
    )
    assert not failures
    return project, found


@pytest.fixture(scope="module")
def linked(pages):
    return {
        one: link_pages(
            pages[1],
            inventory=Inventory.from_pages(pages[1]),
            project=pages[0],
            options=LinkOptions(links="all"),
            layout=OneDocument(1, reserved_anchors(TITLE)) if one else Folder(),
        ).pages
        for one in (True, False)
    }


def bundled(linked, links="external", **options):
    one_document = options.get("format") != "llms-txt"
    return assemble(linked[one_document], title=TITLE, options=BundleOptions(**options), links=links)


def test_markdown_costs_little_and_loses_nothing(linked, tmp_path):
    bundle = bundled(linked)
    text = render(bundle)
    assert tokens.count(text) == bundle.tokens <= 1.15 * BARE_WORDS
    found = MarkdownIt("commonmark").enable("table").parse(text)
    assert [t.tag for t in found].count("h2") == 2 * (32 + 1)  # where it opens and closes
    for document in read_bundle(text):
        target = tmp_path / f"{document.name}.md"
        target.parent.mkdir(exist_ok=True)
        target.write_text(document.markdown)
    scores = judged(tmp_path)
    assert scores["text_recall"] >= 0.997
    assert scores["code"] >= 0.999
    assert scores["artefacts"] >= 0.99


def judged(folder: Path) -> dict[str, float]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(SHARED))
        patch.setattr(sys, "dont_write_bytecode", True)
        from fidelity.score import Judge

        judge = Judge(CORPUS / "reference.jsonl.gz", folder, 1, one_document=True)
        return judge.run((CORPUS / "seed-pages.txt").read_text().split())["scores"]


def test_xml(linked):
    bundle = bundled(linked, format="xml")
    root = etree.fromstring(render(bundle).encode())
    assert len(root.findall("document")) == 32
    assert [int(d.get("tokens")) for d in root.findall("document")] == [d.tokens for d in bundle.documents]


def test_jsonl(linked):
    rows = [json.loads(line) for line in render(bundled(linked, format="jsonl")).splitlines()]
    assert len({row["docname"] if "docname" in row else row["source"]["docname"] for row in rows}) == 32
    assert len({row["id"] for row in rows}) == len(rows)
    parser = MarkdownIt("commonmark").enable("table")
    for row in rows:
        assert row["tokens"] <= 1000, row["id"]
        # A fence that was cut would run to the end and show in the block's lines.
        for token in parser.parse(row["text"]):
            if token.type == "fence" and token.level == 0:
                lines = row["text"].split("\n")[token.map[0] : token.map[1]]
                assert lines[-1].strip().startswith(token.markup), row["id"]
    by_name = {row["name"]: row for row in rows}
    assert by_name["asyncio.TaskGroup"]["kind"] == "object"
    assert "asyncio.create_task" in by_name["asyncio.TaskGroup"]["references"]


def test_llms_txt(linked):
    found = dict(files(bundled(linked, format="llms-txt", links="all")))
    assert len(found) == 34
    assert len(read_bundle(found["llms-full.txt"])) == 32


@pytest.mark.parametrize("limit", [20_000, 60_000])
def test_budgets(linked, limit):
    volumes = bundled(linked, max_tokens=limit, over="split")
    assert max(volumes.counts) <= limit
    names = [d.name.partition("#")[0] for text in render(volumes).values() for d in read_bundle(text)]
    assert len(dict.fromkeys(names)) == 32
    trimmed = bundled(linked, max_tokens=limit, over="trim")
    assert trimmed.tokens <= limit
    assert tokens.count(render(trimmed)) == trimmed.tokens
    whole = {item.docname for item in trimmed.left_out if item.kind == "document"}
    assert len(trimmed.documents) + len(whole) == 32


def test_a_symbol_with_what_it_refers_to(linked):
    bundle = bundled(linked, objects=("asyncio.TaskGroup",), depth=1)
    text = render(bundle)
    assert "class `asyncio.TaskGroup`" in text
    assert "`asyncio.create_task(coro, *, name=None, context=None)`" in text
    assert bundle.tokens < 2000
