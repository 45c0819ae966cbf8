"""Flags from dataclasses: each field of an options class is one flag, its metadata the help text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, Field, fields, replace
from functools import wraps
from typing import Any, TypeVar

import click

from ..options import BundleOptions, ConvertOptions, FetchOptions, LinkOptions, RunOptions

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")

SECTIONS = {
    BundleOptions: "What goes into the bundle",
    ConvertOptions: "How RST becomes Markdown",
    LinkOptions: "Cross-references",
    RunOptions: "The run",
    FetchOptions: "Fetching",
}


class Flag(click.Option):
    """An option that ``--help`` shows in the *section* of its stage; of a switch, the half worth giving."""

    def __init__(self, *arguments: Any, section: str = "", on: bool = False, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.section = section
        self.on = on

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the flag and its help: ``--offline``, but ``--[no-]cache`` for what is on by default."""
        record = super().get_help_record(ctx)
        if record is None or not self.secondary_opts:
            return record
        flag = self.opts[0]
        if self.on:
            return flag.replace("--", "--[no-]", 1), f"{record[1]}  [default: on]"
        return flag, record[1]


class Command(click.Command):
    """A command that lists its options by section."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options: the command's own first, then those of each stage."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            if isinstance(parameter, click.Option) and (record := parameter.get_help_record(ctx)):
                sections.setdefault(getattr(parameter, "section", ""), []).append(record)
        for title, records in sections.items():
            with formatter.section(title or "Options"):
                formatter.write_dl(records, col_max=26)


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
    default, flag = default_of(field), flag_of(field)
    extra: dict[str, Any] = {
        "cls": Flag,
        "section": SECTIONS[cls],
        "default": None,
        "help": field.metadata["help"],
        "hidden": field.metadata.get("hidden", False),
        "metavar": field.metadata.get("metavar"),
    }
    if isinstance(default, bool):
        return _switch(flag, _parameter(cls, field), default, extra)
    choices = field.metadata.get("choices")
    if isinstance(default, tuple):
        extra["multiple"] = True
    elif choices:
        extra["type"] = click.Choice(choices)
    elif isinstance(default, (int, float)):
        extra |= {"type": type(default), "callback": _not_negative, "metavar": extra["metavar"] or "N"}
    if default not in (None, "", 0, ()):
        shown = default if isinstance(default, str) else f"{default:,}".removesuffix(".0")
        extra["help"] += f"  [default: {shown}]"
    return click.option(flag, _parameter(cls, field), **extra)


def _not_negative(ctx: click.Context, parameter: click.Parameter, value: float | None) -> float | None:
    if value is not None and value < 0:
        raise click.BadParameter("must not be negative")
    return value


def _switch(flag: str, name: str, default: bool, extra: dict[str, Any]) -> Callable[[Any], Any]:
    """Return a flag that can be given both ways, as a job file may say the one or the other."""
    return click.option(f"{flag}/{flag.replace('--', '--no-', 1)}", name, on=default, **extra)


def build(options: T, overrides: dict[type, dict[str, Any]]) -> T:
    """Return *options* with what the command line says of its class."""
    return replace(options, **overrides.get(type(options), {}))  # type: ignore[type-var]
