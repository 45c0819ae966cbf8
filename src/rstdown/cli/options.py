"""Flags from dataclasses: each field of an options class is one flag, its metadata the help text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, Field, fields, replace
from functools import wraps
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")


def flag_of(field: Field[Any]) -> str:
    """Return the flag of a field: ``--heading-offset``."""
    flag: str = field.metadata.get("flag", "--" + field.name.replace("_", "-"))
    return flag


def default_of(field: Field[Any]) -> Any:
    """Return the default value of a field."""
    if field.default_factory is not MISSING:
        return field.default_factory()
    return field.default


def options_of(*classes: type) -> Callable[[F], F]:
    """Add the flags of *classes* to a command.

    The command gets one keyword argument, ``overrides``: class → ``{field: value}`` of the flags that
    were given (so that a job file's values stay where the command line is silent); `build` makes the
    options of them.
    """

    def decorate(command: F) -> F:
        shown = [(cls, f) for cls in classes for f in fields(cls) if "help" in f.metadata]

        @wraps(command)
        def wrapper(**given: Any) -> Any:
            overrides: dict[type, dict[str, Any]] = {cls: {} for cls in classes}
            for cls, field in shown:
                value = given.pop(_parameter(cls, field))
                if value is not None and value != ():
                    overrides[cls][field.name] = value
            return command(overrides=overrides, **given)

        for cls, field in reversed(shown):
            wrapper = _flag(cls, field)(wrapper)
        return wrapper  # type: ignore[return-value]

    return decorate


def _parameter(cls: type, field: Field[Any]) -> str:
    return f"{cls.__name__.lower()}_{field.name}"


def _flag(cls: type, field: Field[Any]) -> Callable[[Any], Any]:
    default, flag, name = default_of(field), flag_of(field), _parameter(cls, field)
    extra: dict[str, Any] = {
        "default": None,
        "help": field.metadata["help"],
        "hidden": field.metadata.get("hidden", False),
    }
    if isinstance(default, bool):
        opposite = flag.replace("--", "--no-", 1)
        return click.option(f"{flag}/{opposite}", name, **extra)
    if isinstance(default, tuple):
        return click.option(flag, name, multiple=True, **extra)
    if choices := field.metadata.get("choices"):
        return click.option(flag, name, type=click.Choice(choices), **extra)
    if default not in (None, "", 0):
        extra["help"] += f"  [default: {default}]"
    kind = field.metadata.get("type") or (str if default is None else type(default))
    return click.option(flag, name, type=kind, metavar=field.metadata.get("metavar"), **extra)


def build(options: T, overrides: dict[type, dict[str, Any]]) -> T:
    """Return *options* with what the command line says of its class."""
    return replace(options, **overrides.get(type(options), {}))  # type: ignore[type-var]
