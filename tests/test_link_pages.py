"""Linked pages: links, titles, anchors, layouts, diagnostics."""

from __future__ import annotations

import re

import pytest

from rstdown.link import Folder, Inventory, OneDocument, link_pages
from rstdown.link.tree import walk
from rstdown.markdown import nodes as md
from rstdown.model import Page, Project
from rstdown.options import LinkOptions

from .linking import link, objects_inv

INDEX = """
Welcome
=======

.. _intro:

A `first` section
-----------------

See :ref:`intro`, :ref:`its name <intro>`, :doc:`lib/queue`, :class:`queue.Queue` and :meth:`queue.Queue.put`.

.. _para:

A paragraph, see :ref:`this one <para>`.
"""
QUEUE = """
Queues
======

.. module:: queue

.. class:: Queue

   .. method:: put(item)

      As :meth:`put`, see :doc:`/index` and :ref:`intro`.
"""
TEXTS = {"index": INDEX, "lib/queue": QUEUE}


def test_a_folder_has_relative_links() -> None:
    linked = link(TEXTS)
    assert "[A first section](#a-first-section)" in linked["index"]
    assert "[its name](#a-first-section)" in linked["index"]
    assert "[Queues](lib/queue.md)" in linked["index"]
    assert "[`queue.Queue`](lib/queue.md#queue.Queue)" in linked["index"]
    assert "[`queue.Queue.put()`](lib/queue.md#queue.Queue.put)" in linked["index"]
    assert "[`put()`](#queue.Queue.put)" in linked["lib/queue"]
    assert "[Welcome](../index.md)" in linked["lib/queue"]
    assert "[A first section](../index.md#a-first-section)" in linked["lib/queue"]
    assert linked.messages == []


def test_one_document_has_fragments() -> None:
    linked = link(TEXTS, layout=OneDocument(heading_offset=1))
    assert "[Queues](#queues)" in linked["index"]
    assert "[`queue.Queue`](#queue.Queue)" in linked["index"]
    assert "[Welcome](#welcome)" in linked["lib/queue"]


def test_only_linked_anchors_stay() -> None:
    linked = link(TEXTS)
    assert re.findall(r'<a id="([^"]*)">', linked["index"]) == ["para"]
    assert re.findall(r'<a id="([^"]*)">', linked["lib/queue"]) == ["queue.Queue", "queue.Queue.put"]
    assert "<a id" not in link(TEXTS, links="none")["lib/queue"]


@pytest.mark.parametrize("links", ["external", "none"])
def test_text_only_inside(links: str) -> None:
    linked = link(TEXTS, links=links)
    assert "See A first section, its name, Queues, `queue.Queue` and `queue.Queue.put()`." in linked["index"]
    assert linked.result.report.inside == 9  # counted all the same


def test_nothing_open_is_left() -> None:
    text = "T\n=\n\n.. toctree::\n\n   other\n\n:ref:`a <b>` |s|\n\n.. |s| replace:: :func:`f`\n"
    for links in ("all", "external", "none"):
        result = link({"index": text, "other": "Other\n=====\n"}, links=links).result
        for page in result.pages:
            assert not [n for n in walk(page.root) if isinstance(n, (md.Xref, md.Toctree))]


# -- titles and anchors ------------------------------------------------------------------------


def test_titles_of_equal_name_get_anchors_of_their_own() -> None:
    page = "{0}\n=====\n\n.. _{0}-more:\n\nMore\n----\n\nSee :ref:`One-more` and :ref:`Two-more`.\n"
    texts = {"a": page.format("One"), "b": page.format("Two")}
    folder = link(texts)
    assert "[More](#more)" in folder["a"] and "[More](b.md#more)" in folder["a"]
    one = link(texts, layout=OneDocument())
    targets = re.findall(r"\[More\]\(#(.*?)\)", one["a"])
    assert len(set(targets)) == 2
    for docname, target in zip("ab", targets, strict=True):
        assert f'<a id="{target}"></a>' in one[docname]


def test_headings_that_get_a_number_get_an_anchor() -> None:
    text = "T\n=\n\n.. _x:\n\nUse-1\n-----\n\nUse\n---\n\nUse\n---\n\n:ref:`x`\n"
    linked = link({"index": text})["index"]
    (target,) = re.findall(r"\[Use-1\]\(#(.*?)\)", linked)
    assert target != "use-1" and f'id="{target}"' in linked


def test_reserved_anchors_are_left_alone() -> None:
    text = "Contents\n========\n\n:doc:`index`\n"
    linked = link({"index": text}, layout=OneDocument(reserved=frozenset({"contents"})))["index"]
    (target,) = re.findall(r"\[Contents\]\(#(.*?)\)", linked)
    assert target != "contents" and f'id="{target}"' in linked


def test_sections_too_deep_for_headings_have_anchors() -> None:
    adornments = "=-~^\"'+"
    text = "".join(f"S{i}\n{mark * 4}\n\n" for i, mark in enumerate(adornments))
    text = text.replace("S6\n", ".. _deep:\n\nS6\n") + ":ref:`deep`\n"
    linked = link({"index": text})["index"]
    assert '<a id="s6"></a>**S6**\n\n[S6](#s6)\n' in linked


def test_headings_with_references_are_known_by_what_they_read() -> None:
    text = "T\n=\n\n.. _x:\n\nAbout :doc:`other`\n------------------\n\n:ref:`x`\n"
    linked = link({"index": text, "other": "The other page\n==============\n"})["index"]
    assert "](#about-the-other-page)" in linked


def test_a_page_without_a_title_gets_an_anchor_at_its_top() -> None:
    texts = {"a": "T\n=\n\n:doc:`the b <b>`\n", "b": "Just text.\n"}
    assert "[the b](b.md)" in link(texts)["a"]
    one = link(texts, layout=OneDocument())
    assert "[the b](#b)" in one["a"]
    assert one["b"].startswith('<a id="b"></a>')


def test_equal_ids_of_two_pages_are_told_apart_in_one_document() -> None:
    texts = {
        d: f"{d}\n====\n\n.. glossary::\n\n   word\n      {d}\n\n.. _p:\n\nP\n\n:ref:`here <p>`\n"
        for d in ("da", "db")
    }
    one = link(texts, layout=OneDocument())
    assert "xref-ambiguous" in one.codes
    anchors = re.findall(r'<a id="([^"]*)">', one["da"] + one["db"])
    assert len(anchors) == len(set(anchors))


def test_fragments_with_odd_signs_are_quoted() -> None:
    text = "T\n=\n\n.. c:function:: void f(void)\n\n:c:func:`f`\n"
    assert "[`f()`](#c.f)" in link({"my page": text})["my page"]
    assert "[T](my%20page.md)" in link({"my page": text, "b": "B\n=\n\n:doc:`my page`\n"})["b"]


def test_footnotes_are_numbered_through() -> None:
    text = "T\n=\n\nOne [1]_ and [#name]_.\n\n.. [1] first\n.. [#name] second\n"
    one = link({"a": text, "b": text}, layout=OneDocument())
    labels = re.findall(r"^\[\^(.*?)\]:", one["a"] + one["b"], re.MULTILINE)
    assert len(labels) == 4 and len(set(labels)) == 4
    assert re.findall(r"\[\^(.*?)\][^:]", one["b"]) == labels[2:]


# -- text ----------------------------------------------------------------------------------------


def test_terms_keywords_options_and_equations() -> None:
    text = """
T
=

.. glossary::

   Iterator
      Gives items.

.. program:: prog

.. option:: -v <level>

.. math:: a = b
   :label: eq1

.. _if:

The if statement
----------------

:term:`iterator`, :term:`things <Iterator>`, :option:`-v`, :option:`prog -v`, :eq:`eq1`, :keyword:`if`
"""
    linked = link({"index": text})["index"].splitlines()[-1]
    assert linked == (
        "[iterator](#term-Iterator), [things](#term-Iterator), [`-v`](#cmdoption-prog-v), "
        "[`prog -v`](#cmdoption-prog-v), [(1)](#equation-eq1), [`if`](#the-if-statement)"
    )


def test_a_label_without_a_title_wants_one() -> None:
    linked = link({"index": "T\n=\n\n.. _p:\n\nPara.\n\n:ref:`p` and :ref:`this <p>`\n"})
    assert linked["index"].endswith("p and [this](#p)\n")
    assert linked.codes == ["xref-untitled"]


# -- what leads nowhere ---------------------------------------------------------------------------

MISSING = "T\n=\n\n:ref:`gone`, :func:`nope`, :class:`str`, :class:`typing.Any`, :py:obj:`None`\n"


def test_a_whole_project_lists_what_is_missing() -> None:
    linked = link({"index": MISSING, "b": "B\n=\n"})
    assert linked.messages == [
        f"index:4: {severity}: nothing is called '{name}' that :{role}: could lead to; "
        "its text is kept [xref-missing]"
        for severity, name, role in [("warning", "gone", "std:ref"), ("info", "nope", "py:func")]
    ]
    report = linked.result.report
    assert [str(u) for u in report.unresolved] == ["index:4: std:ref gone", "index:4: py:func nope"]
    assert (report.references, report.inside, report.outside, report.plain) == (5, 0, 0, 3)
    assert str(report) == "5 references: 0 inside, 0 outside, 2 unresolved"
    assert linked["index"].endswith("gone, `nope()`, `str`, `typing.Any`, `None`\n")


def test_a_page_alone_says_once_per_role_what_would_help() -> None:
    linked = link({"page": "T\n=\n\n:func:`a` :func:`b` :func:`a` :mod:`m`\n"})
    assert linked.codes == ["xref-elsewhere"] * 2
    assert linked.messages[0].startswith(
        "page:4: info: 3 references :py:func: lead to pages that are not at hand (a, b)"
    )


def test_what_the_project_ignores_is_not_reported() -> None:
    settings = {
        "nitpick_ignore": [("py:func", "nope")],
        "nitpick_ignore_regex": [("py:.*", r"x\..*"), ("(", "")],
    }
    linked = link(
        {"index": "T\n=\n\n:func:`nope` :class:`x.Y` :func:`x`\n", "b": "B\n=\n"},
        project=Project(settings=settings),
    )
    assert [u.target for u in linked.result.report.unresolved] == ["x"]


def test_ambiguous_references_are_reported() -> None:
    texts = {
        "index": "T\n=\n\n:func:`.run`\n\n.. _l:\n\nOne\n---\n\n:ref:`l`\n",
        "b": "B\n=\n\n.. function:: a.run()\n.. function:: b.run()\n\n.. _l:\n\nTwo\n---\n",
    }
    linked = link(texts)
    assert linked.codes == ["xref-ambiguous"] * 2
    assert "(py:function a.run, py:function b.run)" in linked.messages[0]
    assert "(b, index); index is taken" in linked.messages[1]  # the last one read, as Sphinx does
    assert "[`run()`](b.md#a.run)" in linked["index"]


# -- other projects --------------------------------------------------------------------------------

PYTHON = objects_inv(
    "open py:function 1 library/functions.html#$ -",
    "collections.abc.Iterator py:class 1 library/collections.abc.html#$ -",
    "comments std:label -1 reference/lexical.html#comments Comments",
    "tutorial/index std:doc -1 tutorial/index.html The Python Tutorial",
    "iterator std:term -1 glossary.html#term-iterator -",
    "genindex std:label -1 genindex.html Index",
    project="Python",
)
BASE = "https://docs.python.org/3/"
OUTSIDE = "T\n=\n\n:func:`open` :ref:`comments` :term:`Iterator` :doc:`tutorial/index` :class:`.Iterator`\n"


def test_outside_links_take_titles_from_the_inventory() -> None:
    linked = link({"page": OUTSIDE}, inventory=[(PYTHON, BASE, "python")], project=Project(name="Python"))
    assert linked["page"].splitlines()[-1] == (
        f"[`open()`]({BASE}library/functions.html#open) [Comments]({BASE}reference/lexical.html#comments) "
        f"[Iterator]({BASE}glossary.html#term-iterator) [The Python Tutorial]({BASE}tutorial/index.html) "
        f"[`Iterator`]({BASE}library/collections.abc.html#collections.abc.Iterator)"
    )
    assert linked.result.report.outside == 5


def test_another_project_is_not_searched_for_documents_or_fuzzily() -> None:
    linked = link({"page": OUTSIDE}, inventory=[(PYTHON, BASE, "python")], project=Project(name="Mine"))
    assert f"[`open()`]({BASE}library/functions.html#open)" in linked["page"]
    assert "tutorial/index `Iterator`" in linked["page"]


def test_named_inventories() -> None:
    other = objects_inv("open py:function 1 mine.html#$ -", project="Other")
    text = "T\n=\n\n:external+python:func:`open` :external:func:`open` "
    text += ":func:`python:open` :doc:`python:tutorial/index`\n"
    linked = link(
        {"page": text},
        inventory=[(other, "https://other.org", "other"), (PYTHON, BASE, "python")],
        project=Project(name="Mine"),
    )
    assert linked["page"].count("library/functions.html#open") == 2
    assert "(https://other.org/mine.html#open)" in linked["page"]
    assert f"({BASE}tutorial/index.html)" in linked["page"]


def test_own_pages_come_first() -> None:
    text = "T\n=\n\n.. function:: open()\n\n:func:`open`\n"
    assert "[`open()`](#open)" in link({"p": text}, inventory=[(PYTHON, BASE, "python")])["p"]


def test_pages_that_are_not_written_are_linked_at_their_public_address() -> None:
    texts = {
        "index": "T\n=\n\n:doc:`other` :func:`f` :ref:`genindex`\n",
        "other": "Other page\n==========\n\n.. function:: f()\n",
    }
    inv = objects_inv("x py:data 1 x.html#$ -", "genindex std:label -1 genindex.html Index", project="Mine")
    project = Project(name="Mine")
    external = link(
        texts, write_only=["index"], inventory=[(inv, BASE, "")], project=project, links="external"
    )
    assert external["index"].splitlines()[-1] == "Other page `f()` Index"
    linked = link(texts, write_only=["index"], inventory=[(inv, BASE, "")], project=project, links="all")
    assert linked["index"].splitlines()[-1] == (
        f"[Other page]({BASE}other.html) [`f()`]({BASE}other.html#f) [Index]({BASE}genindex.html)"
    )
    unknown = link(texts, write_only=["index"], project=project)
    assert unknown["index"].splitlines()[-1] == "Other page `f()` Index"


# -- addresses by hand ---------------------------------------------------------------------------


def test_relative_addresses_of_what_is_not_at_hand_count_from_the_published_pages() -> None:
    text = "T\n=\n\n`a <../ref.html#x>`__ `b <../../COPYING.txt>`__ `c <beside.txt>`__ "
    text += ":download:`../../d.zip`\n"
    texts = {"index": "T\n=\n", "sub/page": text, "sub/more": "T\n=\n"}
    lines = (f"{name} std:doc -1 {name}.html T" for name in texts)
    linked = link(texts, inventory=[(objects_inv(*lines, project="x"), "https://x.org/d/", "")])
    assert linked["sub/page"].splitlines()[-1] == (
        "[a](https://x.org/d/ref.html#x) [b](https://x.org/COPYING.txt) [c](beside.txt) `../../d.zip`"
    )


def test_relative_addresses_lead_to_pages_at_hand() -> None:
    text = (
        "T\n=\n\n`a <../b.html>`__ `b <../b.html#sub>`__ `c <../b.rst>`__ "
        "`d <https://x.org/b.html>`__ `e <../b/>`__ "
        "`f <../b.html#gone>`__ `g <page.html>`__ `h <mailto:a@b.org>`__\n"
    )
    texts = {"dir/page": text, "b": "B\n=\n\nSub\n---\n"}
    linked = link(texts)
    assert linked["dir/page"].splitlines()[-1] == (
        "[a](../b.md) [b](../b.md#sub) [c](../b.md) [d](https://x.org/b.html) [e](../b/) "
        "[f](../b.md) [g](#t) [h](mailto:a@b.org)"
    )
    assert linked.codes == ["anchor-missing"]
    assert linked.result.report.files == ("b/index",)


def test_files_are_linked_at_their_source_if_it_has_an_address() -> None:
    texts = {"dir/page": "T\n=\n\n:download:`x <../code.py>`\n\n.. image:: pic.png\n"}
    source = {"dir/page": "https://raw.example.org/abc/docs/dir/page.rst"}
    linked = link(texts, uris=source)
    assert "(https://raw.example.org/abc/docs/code.py)" in linked["dir/page"]
    assert "(https://raw.example.org/abc/docs/dir/pic.png)" in linked["dir/page"]
    local = link(texts)
    assert "(../code.py)" in local["dir/page"] and "(pic.png)" in local["dir/page"]
    assert set(local.result.report.files) == {"code.py", "dir/pic.png"}
    one = link(texts, layout=OneDocument())
    assert "(code.py)" in one["dir/page"] and "(dir/pic.png)" in one["dir/page"]


def test_files_outside_the_documentation_are_text() -> None:
    text = "T\n=\n\n`code <../../code.py>`__\n"
    linked = link({"sub/page": text, "index": "I\n=\n"})
    assert linked["sub/page"].endswith("code\n") and linked.codes == ["file-elsewhere"]
    assert "[code](../../code.py)" in link({"sub/page": text})["sub/page"]
    source = {"sub/page": "https://raw.example.org/abc/docs/sub/page.rst"}
    assert "(https://raw.example.org/abc/code.py)" in link({"sub/page": text}, uris=source)["sub/page"]


def test_links_are_not_put_into_links() -> None:
    page = Page(
        "index",
        md.Root(
            (md.Paragraph((md.Link("https://x.org", (md.Xref("std:doc", "other", (md.Text("t"),)),)),)),)
        ),
        "Title",
    )
    other = Page("other", md.Root(()), "Title")
    result = link_pages(
        [page, other],
        inventory=Inventory.from_pages([page, other]),
        project=Project(),
        options=LinkOptions(links="all"),
        layout=Folder(),
    )
    assert result.pages[0].root == md.Root((md.Paragraph((md.Link("https://x.org", (md.Text("Title"),)),)),))


def test_citations_of_other_pages_are_linked() -> None:
    texts = {
        "index": "T\n=\n\nSee [Knuth]_ and `Knuth`_.\n\n.. [Knuth] Book\n",
        "b": "B\n=\n\nAlso [Knuth]_, not [Gone]_.\n",
    }
    linked = link(texts)
    assert "See [[Knuth]](#knuth) and [Knuth](#knuth)." in linked["index"]
    assert '<a id="knuth"></a>[Knuth] Book' in linked["index"]
    assert linked["b"].endswith("Also [[Knuth]](index.md#knuth), not [Gone].\n")
    assert linked.codes == ["xref-missing"]


def test_a_page_called_as_a_folder_above() -> None:
    texts = {"install/how/old": "Old\n===\n\n:doc:`/install`\n", "install": "Install\n=======\n"}
    assert "[Install](../../install.md)" in link(texts)["install/how/old"]
