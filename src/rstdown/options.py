"""Options: one frozen dataclass per stage.

CLI flags, job-file keys and the reference in ``docs/`` derive from these fields: ``help`` in a
field's metadata is the text that a person reads, ``flag`` overrides the flag's name, ``choices`` lists
the values allowed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


def _option(default: Any, help: str, **more: Any) -> Any:
    return field(default=default, metadata={"help": help, **more})


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvertOptions:
    """How documents become pages, and pages Markdown."""

    engine: str = _option("docutils", "What parses RST.", choices=("docutils", "pandoc"))
    object_style: str = _option(
        "heading",
        "Show object descriptions as headings or as list items.",
        choices=("heading", "list"),
    )
    admonition_style: str = _option(
        "quote",
        "Show admonitions as block quotes with a bold title or as GitHub alerts.",
        choices=("quote", "alert"),
    )
    tables: str = _option(
        "auto",
        "Tables that pipes cannot hold: auto chooses HTML; records makes lists.",
        choices=("auto", "html", "records"),
    )
    heading_offset: int = _option(0, "Shift all headings this many levels down.")
    comments: bool = _option(False, "Keep RST comments as HTML comments.", hidden=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkOptions:
    """What becomes of cross-references."""

    links: str = _option(
        "all",
        "all: every reference that can be resolved is a link; external: only links that lead outside; "
        "none: text only.",
        choices=("all", "external", "none"),
    )
    inventories: tuple[str, ...] = _option(
        (), "An objects.inv FILE_OR_URL[=BASE] to resolve references with.", flag="--inventory"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """How a conversion runs."""

    jobs: int = _option(0, "Worker processes; 0 means one per core.")
    cache: bool = _option(True, "Reuse pages converted before.")
    strict: bool = _option(False, "Fail (exit code 1) if there is any warning.")
