"""Types in signatures lead to where they are described."""

from __future__ import annotations

from .linking import link


def test_c_types_of_qualified_members() -> None:
    text = (
        "T\n=\n\n.. c:type:: binaryfunc\n\n.. c:struct:: Methods\n\n"
        ".. c:member:: binaryfunc Methods.add\n\n.. c:function:: int f(const Methods *m)\n"
    )
    linked = link({"index": text, "b": "B\n=\n"})
    assert "[`binaryfunc`](#c.binaryfunc)` `[`Methods`](#c.Methods)`.add`" in linked["index"]
    assert "`int f(const `[`Methods`](#c.Methods)` *m)`" in linked["index"]
    assert linked.messages == []


def test_python_types_are_searched_for_in_all_modules() -> None:
    text = "T\n=\n\n.. class:: types.CodeType\n\n.. function:: m.f(code: CodeType) -> None\n"
    linked = link({"index": text, "b": "B\n=\n"})
    assert "`m.f(code: `[`CodeType`](#types.CodeType)`) -> None`" in linked["index"]
    assert "`m.f(code: CodeType) -> None`" in link({"index": text}, links="external")["index"]
    assert linked.messages == []
