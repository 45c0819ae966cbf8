"""XML, JSONL chunks, llms.txt folders."""

from __future__ import annotations

import json
import re

import pytest
from lxml import etree
from markdown_it import MarkdownIt

from rstdown import tokens
from rstdown.bundling import files, render
from rstdown.verify import read_bundle

from .bundles import REVISION, SHOP, TITLE, bundle_of


def rows_of(texts, **options):
    return [json.loads(line) for line in render(bundle_of(texts, format="jsonl", **options)).splitlines()]


def by_id(rows):
    return {row["id"]: row for row in rows}


def test_xml():
    bundle = bundle_of(SHOP, format="xml")
    root = etree.fromstring(render(bundle).encode())
    assert root.tag == "documents"
    assert root.get("title") == TITLE
    assert "not instructions" in root.get("notice")
    first = root[0]
    assert [child.tag for child in first] == ["source", "document_content"]
    assert first.findtext("source") == f"https://example.org/{REVISION}/shop/queue.rst"
    assert first.find("source").get("revision") == REVISION
    assert first.findtext("document_content").startswith("\n# Queues\n")
    assert int(first.get("tokens")) == tokens.count(bundle.documents[0].markdown)
    assert bundle.tokens == tokens.count(render(bundle))


def test_xml_says_what_was_left_out():
    root = etree.fromstring(render(bundle_of(SHOP, format="xml", drop=("seealso",))))
    assert [e.text for e in root.findall("left_out")] == ["seealso"]


def test_chunks_of_objects():
    rows = by_id(rows_of(SHOP, chunk_tokens=70))
    assert list(rows) == [
        "shop/queue",
        "shop/queue#shop.Queue",
        "shop/queue#shop.Queue.get",
        "shop/queue#shop.Queue.size",
        "shop/queue#shop.open_shop",
        "shop/queue#shop.ring",
        *[i for i in rows if i.startswith("shop/queue#examples")],
        *[i for i in rows if i.startswith("shop/people")],
    ]
    get = rows["shop/queue#shop.Queue.get"]
    assert get["kind"] == "object"
    assert get["name"] == "shop.Queue.get"
    assert (get["domain"], get["objtype"]) == ("py", "method")
    assert get["signatures"] == ["async shop.Queue.get()"]
    assert get["path"] == ["Queues", "shop.Queue"]
    assert get["versions"] == [{"kind": "versionchanged", "version": "3.9", "text": "It may be interrupted."}]
    assert get["references"] == ["people.Person"]
    assert get["text"].startswith("# async `shop.Queue.get()`\n\nRemove and return")
    assert get["source"]["uri"].endswith("shop/queue.rst")
    lines = SHOP["shop/queue"].split("\n")
    first, last = get["source"]["lines"]
    assert ".. method:: get()" in lines[first - 1]
    assert "It may be" in "\n".join(lines[first - 1 : last])
    assert ".. attribute:: size" not in "\n".join(lines[first - 1 : last - 1])
    assert rows["shop/people#people.Person"]["references"] == ["shop.open_shop", "https://example.com/x"]
    assert rows["shop/queue"]["references"] == ["shop.open_shop", "shop/people"]


def test_chunks_are_whole_where_they_fit():
    rows = by_id(rows_of(SHOP, chunk_tokens=1000))
    queue = rows["shop/queue#shop.Queue"]
    assert queue["members"] == ["shop.Queue.get", "shop.Queue.size"]
    assert "async `shop.Queue.get()`" in queue["text"]
    assert "shop/queue#shop.Queue.get" not in rows
    # A note is of its own chunk only, but a class has those of its members.
    assert [v["version"] for v in queue["versions"]] == ["3.7", "3.9"]


@pytest.mark.parametrize("limit", [1, 60, 1000])
def test_chunks_lose_nothing(limit):
    rows = rows_of(SHOP, chunk_tokens=limit)
    words = re.findall(r"\w+", " ".join(row["text"] for row in rows))
    for text in SHOP.values():
        for sentence in re.findall(r"^ *([A-Z][a-z ]+)\.$", text, re.MULTILINE):
            assert " ".join(sentence.split()) in " ".join(words), sentence
    assert len({row["id"] for row in rows}) == len(rows)
    for row in rows:
        assert row["tokens"] == tokens.count(row["text"])
        assert "](#" not in row["text"]
        assert "<a id" not in row["text"]


def test_chunk_footnotes_come_along():
    rows = rows_of(SHOP, chunk_tokens=40)
    for row in rows:
        used = set(re.findall(r"\[\^(\w+)\](?!:)", row["text"]))
        defined = set(re.findall(r"^\[\^(\w+)\]:", row["text"], re.MULTILINE))
        assert used == defined
    assert sum("grandmother" in row["text"] for row in rows) == 1


LONG = """
Long
====

{paragraphs}

Look at this:

.. code-block:: python

{code}

=====  =====
a      b
=====  =====
{table}
=====  =====

{items}
""".format(
    paragraphs="\n\n".join(f"Paragraph {n} has a few words to say." for n in range(12)),
    code="\n".join(f"   line({n})" for n in range(60)),
    table="\n".join(f"x{n:<4}  y{n}" for n in range(30)),
    items="\n".join(f"{n}. item number {n} of a long list" for n in range(1, 40)),
)


def test_long_sections_are_divided_between_blocks():
    rows = rows_of({"long": LONG}, chunk_tokens=150)
    assert len(rows) > 5
    assert [row["id"] for row in rows][:2] == ["long", "long@2"]
    assert [row["part"] for row in rows] == list(range(1, len(rows) + 1))
    parser = MarkdownIt("commonmark").enable("table")
    found = [token for row in rows for token in parser.parse(row["text"])]
    (code,) = [token for token in found if token.type == "fence"]
    assert code.content.count("line(") == 60
    assert len([token for token in found if token.type == "table_open"]) == 1
    assert "Look at this:\n\n```python" in "".join(row["text"] for row in rows)
    numbers = [token.attrs.get("start", 1) for token in found if token.type == "ordered_list_open"]
    assert len(numbers) > 1
    assert sum(token.type == "list_item_open" for token in found) == 39
    assert numbers == sorted(numbers)
    for row in rows:
        assert row["tokens"] <= 150 or "```" in row["text"] or "|---|" in row["text"]
    shorter = rows_of({"long": LONG.replace("Paragraph 3 has", "Paragraph 3 had")}, chunk_tokens=150)
    assert [row["id"] for row in shorter] == [row["id"] for row in rows]


def test_equal_names_get_different_ids():
    twice = "T\n=\n\n.. py:function:: f()\n\n   One.\n\n.. py:function:: f(x)\n   :no-index:\n\n   Two.\n"
    assert [row["id"] for row in rows_of({"t": twice}, chunk_tokens=20)][-2:] == ["t#f", "t#f~2"]


def test_llms_txt_folder():
    bundle = bundle_of(
        {**SHOP, "intro": "Intro\n=====\n\nRead :doc:`shop/queue`.\n"}, format="llms-txt", links="all"
    )
    found = dict(files(bundle))
    assert list(found) == ["llms.txt", "llms-full.txt", "shop/queue.md", "shop/people.md", "intro.md"]
    assert render(bundle) == found
    index = found["llms.txt"]
    assert index.startswith(f"# {TITLE}\n\n> 3 documents")
    assert f"## shop\n\n- [Queues](shop/queue.md): {bundle.documents[0].tokens:,} tokens\n" in index
    assert "## Docs\n\n- [Intro](intro.md)" in index
    assert found["shop/queue.md"].startswith("# Queues\n")
    assert "[people](people.md" in found["shop/queue.md"].lower() or "](people.md" in found["shop/queue.md"]
    assert "](shop/people.md" in found["llms-full.txt"]  # which stands elsewhere
    assert "](shop/queue.md)" in found["intro.md"]
    assert [d.name for d in read_bundle(found["llms-full.txt"])] == ["shop/queue", "shop/people", "intro"]
    for page in found:
        for path in re.findall(r"\]\((?!#|https?:)([^)#]+)", found[page]):
            folder = page.rpartition("/")[0]
            assert f"{folder}/{path}".strip("/") in found or path in found, (page, path)
