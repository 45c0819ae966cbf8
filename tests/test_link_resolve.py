"""References find what Sphinx would find; each case names the rule of the domain that it shows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rstdown.link.index import Index, Place
from rstdown.link.resolve import Request, docname_join, find
from rstdown.link.roles import object_types
from rstdown.model import Project

from .linking import link

TYPES = object_types(
    Project(object_types=(("setting", "setting", ""),), crossref_types=(("topic", "topic"),))
)


def index_of(*places: str) -> Index:
    """Make an index of ``role name`` rows."""
    index = Index()
    for row in places:
        role, _, name = row.partition(" ")
        index.add(Place(role, name, "page", f"id-{name}", title=f"Title of {name}"))
    return index


PYTHON = index_of(
    "py:module queue",
    "py:class queue.Queue",
    "py:method queue.Queue.put",
    "py:method queue.LifoQueue.put",
    "py:function open",
    "py:function os.open",
    "py:method os.File.open",
    "py:attribute a.B.prop",
    "py:data a.Alias",
    "py:property a.B.size",
)


@pytest.mark.parametrize(
    ("role", "target", "scope", "found"),
    [
        # PythonDomain.find_obj, searchmode 0: exact, class.name, module.name, module.class.name
        ("py:func", "open", {}, ["open"]),
        ("py:func", "open()", {}, ["open"]),
        ("py:func", "open", {"py:module": "os"}, ["open"]),
        ("py:class", "Queue", {"py:module": "queue"}, ["queue.Queue"]),
        ("py:meth", "put", {"py:module": "queue", "py:class": "Queue"}, ["queue.Queue.put"]),
        ("py:meth", "Queue.put", {"py:module": "queue"}, ["queue.Queue.put"]),
        ("py:meth", "put", {}, []),
        # the type of object does not count in an exact search
        ("py:data", "queue.Queue.put", {}, ["queue.Queue.put"]),
        # modules are found by their full names only
        ("py:mod", "queue", {}, ["queue"]),
        ("py:mod", "Queue", {"py:module": "queue"}, []),
        # searchmode 1 (leading dot): nearest first, then fuzzy
        ("py:func", "open", {"py:module": "os", "refspecific": "true"}, ["os.open"]),
        ("py:meth", "put", {"refspecific": "true"}, ["queue.Queue.put", "queue.LifoQueue.put"]),
        ("py:meth", "Queue.put", {"refspecific": "true"}, ["queue.Queue.put"]),
        ("py:func", "put", {"refspecific": "true"}, []),
        # fallbacks: class → data (type aliases), meth → property
        ("py:class", "Alias", {"refspecific": "true"}, ["a.Alias"]),
        ("py:meth", "size", {"refspecific": "true"}, ["a.B.size"]),
        ("py:meth", "prop", {"refspecific": "true"}, []),
    ],
)
def test_python(role: str, target: str, scope: dict[str, str], found: list[str]) -> None:
    assert [p.name for p in find(PYTHON, TYPES, Request(role, target, scope, "page"))] == found


STANDARD = index_of(
    "std:label some-label",
    "std:doc howto/functional",
    "std:doc index",
    "std:term Iterator",
    "std:cmdoption -v",
    "std:cmdoption python.-c",
    "std:cmdoption git-commit.-m",
    "std:cmdoption python.--check",
    "std:envvar PATH",
    "std:token grammar:expr",
    "std:setting DEBUG",
    "std:topic cats",
    "std:unheard-of thing",
    "math:equation euler",
    "citation:label Knuth",
)


@pytest.mark.parametrize(
    ("role", "target", "scope", "found"),
    [
        ("std:ref", "some-label", {}, ["some-label"]),
        ("std:ref", "other", {}, []),
        ("std:doc", "functional", {}, ["howto/functional"]),
        ("std:doc", "/index", {}, ["index"]),
        ("std:doc", "../index", {}, ["index"]),
        ("std:term", "Iterator", {}, ["Iterator"]),
        ("std:term", "iterator", {}, ["Iterator"]),
        # StandardDomain._resolve_option_xref
        ("std:option", "-v", {}, ["-v"]),
        ("std:option", "-c", {"std:program": "python"}, ["python.-c"]),
        ("std:option", "-c", {}, []),
        ("std:option", "--check=all", {"std:program": "python"}, ["python.--check"]),
        ("std:option", "--check[=all]", {"std:program": "python"}, ["python.--check"]),
        ("std:option", "--check all", {"std:program": "python"}, ["python.--check"]),
        ("std:option", "git commit -m", {}, ["git-commit.-m"]),
        ("std:envvar", "PATH", {}, ["PATH"]),
        ("std:token", "grammar:expr", {}, ["grammar:expr"]),
        ("std:setting", "DEBUG", {}, ["DEBUG"]),
        ("std:topic", "cats", {}, ["cats"]),
        # a role of a project whose settings are not known
        ("std:mystery", "thing", {}, ["thing"]),
        ("std:mystery", "PATH", {}, []),
        ("math:eq", "euler", {}, ["euler"]),
        ("citation:ref", "Knuth", {}, ["Knuth"]),
        ("any", "functional", {}, ["howto/functional"]),
        ("any", "Some-Label", {}, ["some-label"]),
        ("any", "PATH", {}, ["PATH"]),
    ],
)
def test_standard(role: str, target: str, scope: dict[str, str], found: list[str]) -> None:
    assert [p.name for p in find(STANDARD, TYPES, Request(role, target, scope, "howto/intro"))] == found


OTHERS = index_of(
    "c:function PyList_New",
    "c:struct PyObject",
    "c:member PyObject.ob_type",
    "c:member ob_type",
    "cpp:class ns::Vec",
    "cpp:function ns::Vec::size",
    "cpp:function C::f",
    "js:function f",
    "js:method mod.Cls.f",
    "js:class mod.Cls",
    "rst:directive note",
    "rst:role math",
    "rst:directive math",
    "http:get /users",
)


@pytest.mark.parametrize(
    ("role", "target", "scope", "found"),
    [
        ("c:func", "PyList_New", {}, ["PyList_New"]),
        ("c:func", "PyList_New()", {}, ["PyList_New"]),
        ("c:type", "struct PyObject", {}, ["PyObject"]),
        ("c:type", "PyObject *", {}, ["PyObject"]),
        ("c:member", "ob_type", {"c:parent": "PyObject"}, ["PyObject.ob_type"]),
        ("c:member", "ob_type", {}, ["ob_type"]),
        ("c:member", ".ob_type", {"c:parent": "PyObject"}, ["ob_type"]),
        ("c:member", "PyObject.ob_type", {}, ["PyObject.ob_type"]),
        ("cpp:func", "Vec::size", {"cpp:parent": "ns"}, ["ns::Vec::size"]),
        ("cpp:class", "Vec<int>", {"cpp:parent": "ns"}, ["ns::Vec"]),
        ("cpp:class", "template<typename T> ns::Vec", {}, ["ns::Vec"]),
        ("cpp:func", "void C::f(int) const", {}, ["C::f"]),
        ("cpp:func", "::C::f", {}, ["C::f"]),
        # JavaScriptDomain.find_obj: the most qualified name wins, with a leading dot the least
        ("js:func", "f", {"js:module": "mod", "js:object": "Cls"}, ["mod.Cls.f"]),
        ("js:func", "f", {"js:module": "mod", "js:object": "Cls", "refspecific": "true"}, ["f"]),
        ("rst:dir", "note", {}, ["note"]),
        ("rst:role", "math", {}, ["math"]),
        ("http:get", "/users", {}, ["/users"]),
        ("http:post", "/users", {}, ["/users"]),
    ],
)
def test_other_domains(role: str, target: str, scope: dict[str, str], found: list[str]) -> None:
    assert [p.name for p in find(OTHERS, TYPES, Request(role, target, scope, "page"))] == found


def test_any_tells_all_that_it_may_mean() -> None:
    index = index_of("std:label x", "py:function x", "js:function x")
    assert [p.role for p in find(index, TYPES, Request("any", "x", {}, "page"))] == [
        "std:label",
        "js:function",
        "py:function",
    ]


def test_the_last_of_two_wins_but_the_first_option() -> None:
    index = Index()
    for role in ("py:function", "std:cmdoption"):
        for docname in ("a", "b"):
            index.add(Place(role, "-x", docname, "i"))
    assert index.get("py:function", "-x").docname == "b"  # type: ignore[union-attr]
    assert index.get("std:cmdoption", "-x").docname == "a"  # type: ignore[union-attr]
    assert len(index.duplicates) == 2


@pytest.mark.parametrize(
    ("base", "name", "docname"),
    [
        ("a/b", "c", "a/c"),
        ("a/b", "/c", "c"),
        ("a/b", "../c", "c"),
        ("a", "../../c", "c"),
        ("a/b/c", "./d", "a/b/d"),
    ],
)
def test_docname_join(base: str, name: str, docname: str) -> None:
    assert docname_join(base, name) == docname


ROLES = [
    "any",
    "py:func",
    "py:meth",
    "py:mod",
    "std:ref",
    "std:option",
    "std:term",
    "c:func",
    "cpp:func",
    "js:func",
    "x:y",
]


@given(
    st.sampled_from(ROLES),
    st.text(alphabet="abQ.:<>()~ =-[]*&ü\t", max_size=20),
    st.dictionaries(
        st.sampled_from(["py:module", "py:class", "refspecific", "cpp:parent"]),
        st.text(alphabet="a.:", max_size=5),
    ),
)
def test_no_target_makes_it_fail(role: str, target: str, scope: dict[str, str]) -> None:
    for index in (PYTHON, STANDARD, OTHERS):
        for place in find(index, TYPES, Request(role, target, scope, "page")):
            assert index.typed[place.role][place.name] == place


def test_documents_of_cmake_are_the_objects_that_they_describe() -> None:
    linked = link(
        {
            "prop_tgt/AUTOMOC": "AUTOMOC\n=======\n",
            "command/weave": "weave\n=====\n",
            "guide/tour/index": "The Tour\n========\n",
            "guide/tour/First Step": "First\n=====\n",
            "a": ":prop_tgt:`AUTOMOC` :command:`weave(ALL)` :guide:`The Tour` :guide:`tour/First Step`\n",
        },
        project=Project(name="CMake", primary_domain="cmake"),
    )
    assert linked["a"] == (
        "[`AUTOMOC`](prop_tgt/AUTOMOC.md) [`weave(ALL)`](command/weave.md) "
        "[`The Tour`](guide/tour/index.md) [`First Step`](guide/tour/First%20Step.md)\n"
    )
