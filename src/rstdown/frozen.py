"""Frozen, slotted dataclasses that cost little to define and to make.

A command defines about a hundred of them before it does anything, and for each `dataclasses.dataclass`
compiles six functions, 0.6 ms together: a third of what converting a small file takes.  Here one is compiled,
and only if an object is made, the others are shared; to `fields`, `replace`, `asdict`, ``match`` and pickle
nothing differs.

A conversion makes a hundred times more nodes than other values.  That nobody changes them is for the type
checker to see, and in Python's development mode (``python -X dev``) for Python: a class that refuses
assignments takes twice as long to fill its fields, 3 % of a conversion.
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable
from dataclasses import MISSING, Field, FrozenInstanceError
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NoReturn

__all__ = ["dataclass", "node"]

if TYPE_CHECKING:
    from dataclasses import dataclass
    from dataclasses import dataclass as node
else:

    def dataclass(*, frozen: bool, slots: bool, kw_only: bool = False) -> Callable[[type], type]:
        """Do what `dataclasses.dataclass` does with ``frozen=True, slots=True``, which have to be given."""
        assert frozen and slots
        return partial(_made, kw_only=kw_only, refuses=True)

    def node(*, frozen: bool, slots: bool) -> Callable[[type], type]:
        """Do what `dataclass` does, but refuse assignments only in Python's development mode."""
        assert frozen and slots
        return partial(_made, kw_only=False, refuses=sys.flags.dev_mode)


def _made(cls: type, *, kw_only: bool, refuses: bool) -> type:
    """Return *cls* as a dataclass; does it refuse assignments?"""
    cls.__doc__ = cls.__doc__ or f"{cls.__name__}."  # or its signature would be worked out
    made: type = dataclasses.dataclass(init=False, repr=False, eq=False, slots=True, kw_only=kw_only)(cls)
    guards = (__setattr__, __delattr__) if refuses else ()
    for method in (_first_init(made, refuses), *_methods(made), *guards):
        if method.__name__ not in cls.__dict__:
            setattr(made, method.__name__, method)
    return made


def _first_init(cls: type, refuses: bool) -> Callable[..., None]:
    """Return what compiles ``__init__`` when the first object is made: of most classes, a run makes none."""

    def __init__(self: Any, *values: Any, **named: Any) -> None:  # noqa: N807
        init = _init(cls, refuses)
        setattr(cls, init.__name__, init)
        init(self, *values, **named)

    return __init__


def _init(cls: type, refuses: bool) -> Callable[..., None]:
    """Compile ``__init__``; if *cls* refuses assignments, it calls the descriptors of the slots.

    These are quicker than ``object.__setattr__``.
    """
    fields = dataclasses.fields(cls)
    names: dict[str, Any] = {"MISSING": MISSING}
    for field in fields:
        names[f"set_{field.name}"] = getattr(cls, field.name).__set__
        names[f"default_{field.name}"] = (
            field.default if field.default_factory is MISSING else field.default_factory
        )
    plain = [_parameter(field) for field in fields if not field.kw_only]
    named = [_parameter(field) for field in fields if field.kw_only]
    parameters = ", ".join(["self", *plain, *(["*"] if named else []), *named])
    settings = (f" {_setting(field, refuses)}" for field in fields)
    lines = [f"def __init__({parameters}):", *settings, " return None"]
    exec("\n".join(lines), names)
    init: Callable[..., None] = names["__init__"]
    return init


def _parameter(field: Field[Any]) -> str:
    if field.default_factory is not MISSING:
        return f"{field.name}=MISSING"
    return field.name if field.default is MISSING else f"{field.name}=default_{field.name}"


def _setting(field: Field[Any], refuses: bool) -> str:
    name = field.name
    value = name if field.default_factory is MISSING else f"default_{name}() if {name} is MISSING else {name}"
    return f"set_{name}(self, {value})" if refuses else f"self.{name} = {value}"


def _methods(cls: type) -> tuple[Callable[..., Any], ...]:
    """Return the methods that differ by the fields they look at, and by nothing else."""
    fields = dataclasses.fields(cls)
    names = [field.name for field in fields]
    compared = _values([field.name for field in fields if field.compare])
    values = _values(names)

    def __eq__(self: Any, other: Any) -> Any:  # noqa: N807
        if other.__class__ is not self.__class__:
            return NotImplemented
        return compared(self) == compared(other)

    def __hash__(self: Any) -> int:  # noqa: N807
        return hash(compared(self))

    def __repr__(self: Any) -> str:  # noqa: N807
        shown = ", ".join(f"{name}={value!r}" for name, value in zip(names, values(self), strict=True))
        return f"{cls.__qualname__}({shown})"

    def __reduce__(self: Any) -> Any:  # noqa: N807
        return partial(cls, **dict(zip(names, values(self), strict=True))), ()

    return __eq__, __hash__, __repr__, __reduce__


def _values(names: list[str]) -> Callable[[Any], tuple[Any, ...]]:
    """Return the function that gives these attributes of an object."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda value: tuple(getattr(value, name) for name in names)


def __setattr__(self: Any, name: str, value: Any) -> NoReturn:  # noqa: N807
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def __delattr__(self: Any, name: str) -> NoReturn:  # noqa: N807
    raise FrozenInstanceError(f"cannot delete field {name!r}")
