"""Frozen, slotted dataclasses that cost little to define and to make.

A command defines about a hundred of them before it does anything, and for each `dataclasses.dataclass`
compiles six functions, 0.6 ms together: a third of what converting a small file takes.  Here one is compiled,
and only if an object is made, the others are shared; to `fields`, `replace`, `asdict`, ``match`` and pickle
nothing differs.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import MISSING, Field, FrozenInstanceError
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(*, frozen: bool, slots: bool, kw_only: bool = False) -> Callable[[type], type]:
        """Do what `dataclasses.dataclass` does with ``frozen=True, slots=True``, which have to be given."""
        assert frozen and slots

        def decorate(cls: type) -> type:
            cls.__doc__ = cls.__doc__ or f"{cls.__name__}."  # or its signature would be worked out
            bare = dataclasses.dataclass(init=False, repr=False, eq=False, slots=True, kw_only=kw_only)
            made = bare(cls)
            for method in (_first_init(made), *_methods(made), __setattr__, __delattr__):
                if method.__name__ not in cls.__dict__:
                    setattr(made, method.__name__, method)
            return made

        return decorate


def _first_init(cls: type) -> Callable[..., None]:
    """Return what compiles ``__init__`` when the first object is made: of most classes, a run makes none."""

    def __init__(self: Any, *values: Any, **named: Any) -> None:  # noqa: N807
        init = _init(cls)
        setattr(cls, init.__name__, init)
        init(self, *values, **named)

    return __init__


def _init(cls: type) -> Callable[..., None]:
    """Compile ``__init__``; the descriptors of the slots are quicker than ``object.__setattr__``."""
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
    lines = [f"def __init__({parameters}):", *(f" {_setting(field)}" for field in fields), " return None"]
    exec("\n".join(lines), names)
    init: Callable[..., None] = names["__init__"]
    return init


def _parameter(field: Field[Any]) -> str:
    if field.default_factory is not MISSING:
        return f"{field.name}=MISSING"
    return field.name if field.default is MISSING else f"{field.name}=default_{field.name}"


def _setting(field: Field[Any]) -> str:
    name = field.name
    value = name if field.default_factory is MISSING else f"default_{name}() if {name} is MISSING else {name}"
    return f"set_{name}(self, {value})"


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
