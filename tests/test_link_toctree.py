"""Toctrees as lists, the order that they give, and numbers that follow from them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rstdown.link import OneDocument, order_by_toctree
from rstdown.link.toctree import expand
from rstdown.markdown import nodes as md
from rstdown.model import Project

from .linking import convert_all, link, objects_inv


def toctree(*lines: str, **options: str) -> str:
    rows = [f"   :{name}: {value}".rstrip() for name, value in options.items()]
    return "\n".join([".. toctree::", *rows, "", *(f"   {line}" for line in lines), ""])


def page(title: str, *more: str) -> str:
    return "\n\n".join([f"{title}\n{'=' * len(title)}", *more]) + "\n"


TEXTS = {
    "guide/a": page("Page ``a``", "One\n---", "Deep\n~~~~", "Two\n---"),
    "guide/b": page("Page b", "Sub\n---", toctree("c")),
    "guide/c": page("Page c"),
}


def contents(tree: str, **more: str) -> str:
    linked = link({"index": page("Home", tree), **TEXTS, **more})
    return linked["index"].partition("# Home\n\n")[2]


def test_titles_of_all_levels() -> None:
    assert contents(toctree("guide/a", "Named <guide/b>")) == (
        "- [Page `a`](guide/a.md)\n"
        "  - [One](guide/a.md#one)\n"
        "    - [Deep](guide/a.md#deep)\n"
        "  - [Two](guide/a.md#two)\n"
        "- [Named](guide/b.md)\n"
        "  - [Sub](guide/b.md#sub)\n"
        "    - [Page c](guide/c.md)\n"
    )


def test_maxdepth_cuts() -> None:
    assert (
        contents(toctree("guide/a", "guide/b", maxdepth="1"))
        == "- [Page `a`](guide/a.md)\n- [Page b](guide/b.md)\n"
    )
    assert "Deep" not in contents(toctree("guide/a", maxdepth="2"))


def test_a_page_may_say_how_deep_it_is_shown() -> None:
    assert "Sub" not in contents(toctree("guide/b"), **{"guide/b": ":tocdepth: 1\n\n" + TEXTS["guide/b"]})
    assert "Deep" not in contents(toctree("guide/a"), **{"guide/a": ":tocdepth: 2\n\n" + TEXTS["guide/a"]})
    assert "Deep" in contents(toctree("guide/a"), **{"guide/a": ":tocdepth: all\n\n" + TEXTS["guide/a"]})


def test_sections_within_objects_are_no_lines() -> None:
    described = ".. function:: f()\n\n   Usage\n   -----\n\n   .. function:: g()\n\n   Text."
    text = page("Objects", described, "Last\n----")
    assert contents(toctree("o"), o=text) == (
        "- [Objects](o.md)\n  - [`f()`](o.md#f)\n    - [`g()`](o.md#g)\n  - [Last](o.md#last)\n"
    )


def test_titlesonly_leaves_documents() -> None:
    assert contents(toctree("guide/a", "guide/b", titlesonly="")) == (
        "- [Page `a`](guide/a.md)\n- [Page b](guide/b.md)\n  - [Page c](guide/c.md)\n"
    )


def test_captions_addresses_and_self() -> None:
    tree = toctree("self", "Other site <https://example.org>", caption="More", maxdepth="1")
    assert contents(tree) == "**More**\n\n- [Home](#home)\n- [Other site](https://example.org)\n"


def test_hidden_ones_show_nothing_but_includehidden_shows_theirs() -> None:
    assert contents(toctree("guide/a", hidden="")) == ""
    hidden = page("Page h", toctree("guide/c", hidden=""))
    assert "Page c" not in contents(toctree("h"), h=hidden)
    assert "Page c" in contents(toctree("h", includehidden=""), h=hidden)


def test_patterns_and_reversed_order() -> None:
    assert contents(toctree("guide/b", "guide/*", glob="", maxdepth="1")).split("\n")[:3] == [
        "- [Page b](guide/b.md)",
        "- [Page `a`](guide/a.md)",
        "- [Page c](guide/c.md)",
    ]
    assert contents(toctree("guide/a", "guide/c", reversed="", maxdepth="1")).startswith("- [Page c]")


def test_what_does_not_exist_is_left_out_and_reported() -> None:
    linked = link({"index": page("Home", toctree("gone", "guide/c", "genindex")), **TEXTS})
    assert linked["index"].endswith("- [Page c](guide/c.md)\n") and "gone" not in linked["index"]
    assert linked.messages == [
        "index: warning: the toctree names 'gone', which does not exist; the entry is left out "
        "[toctree-missing]"
    ]


def test_a_page_alone_keeps_the_names() -> None:
    linked = link({"page": page("Home", toctree("intro", "Titled <usage>"))})
    assert linked["page"].endswith("- intro\n- Titled\n")
    inv = objects_inv("intro std:doc -1 intro.html Introduction", project="P")
    known = link(
        {"page": page("Home", toctree("intro"))},
        inventory=[(inv, "https://e.org", "")],
        project=Project(name="P"),
    )
    assert known["page"].endswith("- [Introduction](https://e.org/intro.html)\n")


def test_circles_end() -> None:
    texts = {
        "index": page("Home", toctree("a")),
        "a": page("A", toctree("b")),
        "b": page("B", toctree("a", "index")),
    }
    assert link(texts)["index"].count("- [") == 3


def test_in_one_document_lists_lead_to_fragments_or_are_text() -> None:
    texts = {"index": page("Home", toctree("guide/c")), **TEXTS}
    assert link(texts, layout=OneDocument())["index"].endswith("- [Page c](#page-c)\n")
    assert link(texts, layout=OneDocument(), links="external")["index"].endswith("- Page c\n")


def test_objects_stand_in_contents_unless_the_project_says_no() -> None:
    texts = {
        "index": page("Home", toctree("m")),
        "m": page("M", ".. class:: C\n\n   .. method:: f(x)", "Sub\n---"),
    }
    assert "- [`C`](m.md#C)\n    - [`C.f()`](m.md#C.f)\n  - [Sub](m.md#sub)" in link(texts)["index"]
    settings = Project(settings={"toc_object_entries": False})
    assert "`C`" not in link(texts, project=settings)["index"]


@pytest.mark.parametrize(("parents", "name"), [("domain", "C.f"), ("hide", "f"), ("all", "pkg.C.f")])
def test_objects_are_called_by_as_much_of_their_names_as_the_project_says(parents: str, name: str) -> None:
    texts = {
        "index": page("Home", toctree("m")),
        "m": page("M", ".. module:: pkg", ".. class:: C\n\n   .. method:: f(x)", ".. envvar:: HOME"),
    }
    settings = Project(settings={"toc_object_entries_show_parents": parents})
    linked = link(texts, project=settings)["index"]
    assert f"- [`{name}()`](m.md#pkg.C.f)" in linked
    assert "HOME" not in linked, "Sphinx lists objects of programming languages"


def test_objects_in_contents_are_called_as_their_domains_call_them() -> None:
    texts = {
        "index": page("Home", toctree("m")),
        "m": page(
            "M",
            ".. rst:directive:: .. box:: title\n\n   .. rst:directive:option:: wide: yes",
            ".. rst:role:: big",
            ".. c:function:: int f(void)",
            ".. function:: hidden()\n   :no-index:",
        ),
    }
    assert link(texts)["index"].splitlines()[3:] == [
        "  - [`.. box::`](m.md#directive-box)",
        "    - [`:wide:`](m.md#directive-option-box-wide)",
        "  - [`:big:`](m.md#role-big)",
    ]


def test_documents_without_a_title_are_listed_by_their_name() -> None:
    texts = {"index": page("Home", toctree("m", "b")), "m": ".. automodule:: pkg", "b": page("B")}
    assert "- [m](m.md)\n- [B](b.md)" in link(texts)["index"]


# -- order ---------------------------------------------------------------------------------------


def test_order_is_depth_first_then_as_given() -> None:
    texts = {
        "z": page("Z"),
        "a": page("A", toctree("b", hidden="")),
        "index": page("I", toctree("c", "a"), toctree("z*", glob="")),
        "b": page("B"),
        "c": page("C", toctree("index", "d")),
        "d": page("D"),
    }
    assert order_by_toctree(convert_all(texts)) == ["index", "c", "d", "a", "b", "z"]
    assert order_by_toctree(convert_all({k: texts[k] for k in "ba"}), "gone") == ["b", "a"]


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("*", ["a", "b1"]),
        ("b?", ["b1"]),
        ("sub/*", ["sub/c"]),
        ("**", ["a", "b1", "sub/c", "sub/x/d"]),
        ("sub/**", ["sub/c", "sub/x/d"]),
        ("[ab]*", ["a", "b1"]),
        ("[!a]*", ["b1"]),
        ("[", []),
        ("[z-a]", []),
        ("*" * 11, ["a", "b1", "sub/c", "sub/x/d"]),
    ],
)
def test_patterns(pattern: str, names: list[str]) -> None:
    known = ["a", "b1", "sub/c", "sub/x/d", "here"]
    found = expand([md.TocEntry(pattern)], "here", known, glob=True)
    assert [entry.target for entry in found] == names


@given(st.text(alphabet="ab*?[]!^-/\\.", max_size=12))
def test_no_pattern_makes_it_fail(pattern: str) -> None:
    names = [entry.target for entry in expand([md.TocEntry(pattern)], "here", ["a", "ab", "a/b"], glob=True)]
    assert len(names) == len(set(names))


# -- numbers -----------------------------------------------------------------------------------------

FIGURES = """
.. _sec-{0}:

Section {0}
-----------

.. _fig-{0}:

.. figure:: x.png

   Caption of {0}

.. table:: Table of {0}
   :name: tab-{0}

   == ==
   a  b
   == ==

.. code-block:: python
   :caption: Code of {0}
   :name: code-{0}

   pass
"""
REFERENCES = """
:numref:`fig-b`, :numref:`tab-a`, :numref:`code-b`, :numref:`sec-b`,
:numref:`see {number}, {name} <fig-a>`, :numref:`no. %s <tab-b>`, :ref:`fig-a`, :ref:`code-a`
"""


def numbered(**project: object) -> list[str]:
    texts = {
        "index": page("Home", toctree("a", "b", numbered=""), "References\n----------", REFERENCES),
        "a": page("A", FIGURES.format("a")),
        "b": page("B", FIGURES.format("b")),
    }
    linked = link(texts, project=Project(**project))  # type: ignore[arg-type]
    last = linked["index"].splitlines()[-1]
    return [part.partition("](")[0].lstrip("[") for part in last.split(", ")] + [linked["b"]] + linked.codes


def test_numbers_restart_with_numbered_sections() -> None:
    found = numbered(numfig=True)
    assert found[:4] == ["Fig. 2.1", "Table 1.1", "Listing 2.1", "Section 2.1"]
    assert found[4:9] == ["see 1.1", "Caption of a", "no. 2.1", "Caption of a", "Code of a"]
    assert "Fig. 2.1 Caption of b" in found[-1] and "Table 2.1 Table of b" in found[-1]


def test_without_numfig_there_are_section_numbers_only() -> None:
    found = numbered()
    assert found[3] == "Section 2.1"
    assert found.count("xref-unnumbered") == 5
    assert "Fig." not in "".join(found[:3])


def test_formats_of_the_project() -> None:
    assert numbered(numfig=True, numfig_format={"figure": "Figure {number}"})[0] == "Figure 2.1"
    assert numbered(numfig=True, settings={"numfig_secnum_depth": 0})[0] == "Fig. 2"
