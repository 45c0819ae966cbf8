"""Frozen dataclasses behave as those of the standard library."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from rstdown.frozen import dataclass, node


def classes(decorator: Callable[..., Any]) -> tuple[type, type, type]:
    """Return classes as the *decorator* makes them: plain ones, one without fields, one with keywords."""

    @decorator(frozen=True, slots=True)
    class Pair:
        left: int
        right: tuple[int, ...] = ()
        line: int = dataclasses.field(default=0, compare=False)
        notes: list[str] = dataclasses.field(default_factory=list, compare=False)

    @decorator(frozen=True, slots=True)
    class Nothing:
        """No fields."""

    @decorator(frozen=True, slots=True, kw_only=True)
    class Options:
        jobs: int = 1
        name: str

        def __repr__(self) -> str:
            return self.name

    return Pair, Nothing, Options


OURS, STOCK = classes(dataclass), classes(dataclasses.dataclass)


@dataclass(frozen=True, slots=True)
class Point:
    """At the top of a module, where pickle finds it."""

    x: int
    y: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    name: str
    x: int = 1


def made(pair: Any, nothing: Any, options: Any) -> list[Any]:
    return [
        pair(1),
        pair(1, (2,), 3),
        pair(left=1, right=(2,), line=4),
        pair(2),
        nothing(),
        options(name="a"),
        options(name="a", jobs=2),
    ]


def test_equality_order_of_fields_and_text_are_those_of_dataclasses() -> None:
    ours, stock = made(*OURS), made(*STOCK)
    assert [repr(o) for o in ours] == [repr(s) for s in stock]
    assert [[a == b for a in ours] for b in ours] == [[a == b for a in stock] for b in stock]
    assert [[hash(a) == hash(b) for a in ours] for b in ours] == [
        [hash(a) == hash(b) for a in stock] for b in stock
    ]
    assert [dataclasses.asdict(o) for o in ours] == [dataclasses.asdict(s) for s in stock]
    for o, s in zip(OURS, STOCK, strict=True):
        assert o.__match_args__ == s.__match_args__
        assert o.__slots__ == s.__slots__
        assert [f.name for f in dataclasses.fields(o)] == [f.name for f in dataclasses.fields(s)]


def test_each_value_has_a_list_of_its_own() -> None:
    pair = OURS[0]
    assert pair(1).notes is not pair(1).notes


@pytest.mark.parametrize("cls", OURS)
def test_nothing_can_be_changed(cls: Any) -> None:
    value = {"Pair": lambda: cls(1), "Nothing": cls, "Options": lambda: cls(name="a")}[cls.__name__]()
    with pytest.raises(dataclasses.FrozenInstanceError):
        value.left = 2
    with pytest.raises(dataclasses.FrozenInstanceError):
        del value.left
    assert not hasattr(value, "__dict__")


@node(frozen=True, slots=True)
class Leaf:
    x: int
    line: int = dataclasses.field(default=0, compare=False)


def test_nodes_are_values_and_refuse_changes_in_development_mode() -> None:
    assert Leaf(1, 2) == Leaf(1, 3) != Leaf(2)
    assert hash(Leaf(1, 2)) == hash(Leaf(1, 3))
    assert not hasattr(Leaf(1), "__dict__")
    program = "from rstdown.markdown.nodes import Text; Text('a').value = 'b'"
    run = subprocess.run([sys.executable, "-X", "dev", "-c", program], capture_output=True, text=True)
    assert "FrozenInstanceError: cannot assign to field 'value'" in run.stderr


@pytest.mark.parametrize("value", [Point(1, 2), Named(name="a", x=2), Leaf(1, 2)])
def test_copies_equal_what_they_are_made_from(value: Any) -> None:
    assert pickle.loads(pickle.dumps(value)) == value
    assert copy.deepcopy(value) == value == copy.copy(value)
    assert dataclasses.replace(value, x=5).x == 5


def test_wrong_arguments_are_refused() -> None:
    pair, _, options = OURS
    for wrong in (pair, lambda: pair(1, extra=2), lambda: options("a")):
        with pytest.raises(TypeError):
            wrong()
