"""Flags that say what a ``conf.py`` would: name, version, and so on."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from .options import Flag
from .outputs import need_source

SECTION = "The project (what its conf.py says, unless given here)"

# Flag, field of `rstdown.model.Project`, help.
FLAGS = (
    ("--conf", "conf", "conf.py to read settings from (never run); default: the one found with the sources."),
    ("--project", "name", "The project's name."),
    ("--project-version", "version", "What |version| stands for."),
    ("--project-release", "release", "What |release| stands for."),
    ("--default-role", "default_role", "The role of text in single backticks."),
    (
        "--default-domain",
        "primary_domain",
        "The domain of directives and roles without one (py, c, cpp, js).",
    ),
    ("--highlight-language", "highlight_language", "Language of code blocks that name none."),
)


def project_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the flags; the command gets ``project``: field → value of those given."""

    @wraps(command)
    def wrapper(**given: Any) -> Any:
        project = {field: given.pop(f"project_{field}") for _, field, _ in FLAGS}
        need_source("--conf", project["conf"])
        return command(project={k: v for k, v in project.items() if v is not None}, **given)

    for flag, field, help_text in reversed(FLAGS):
        metavar = "FILE" if field == "conf" else "TEXT"
        wrapper = click.option(
            flag, f"project_{field}", cls=Flag, section=SECTION, metavar=metavar, help=help_text
        )(wrapper)
    return wrapper
