"""Reports for machines: what became of every document, directive, role and link."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from ..model import Diagnostic, Page


def page_report(page: Page) -> dict[str, Any]:
    """Return the loss ledger of one page: every directive and role with its outcome and how often."""
    return {
        "docname": page.docname,
        "title": page.title,
        "engine": page.engine,
        "provenance": asdict(page.provenance),
        "ledger": [{"name": n, "outcome": o, "times": t} for n, o, t in page.ledger],
        "diagnostics": [diagnostic_report(d) for d in page.diagnostics],
    }


def diagnostic_report(diagnostic: Diagnostic) -> dict[str, Any]:
    """Return a diagnostic as plain data."""
    return asdict(diagnostic)


def totals(pages: list[Page], diagnostics: list[Diagnostic]) -> dict[str, Any]:
    """Return what the pages add up to: outcomes by kind, diagnostics by code."""
    outcomes: Counter[str] = Counter()
    for page in pages:
        for _, outcome, times in page.ledger:
            outcomes[outcome] += times
    return {
        "documents": len(pages),
        "outcomes": dict(outcomes.most_common()),
        "diagnostics": dict(Counter(d.code for d in diagnostics).most_common()),
    }


def write_report(path: Path, pages: list[Page], diagnostics: list[Diagnostic], **more: Any) -> None:
    """Write the report of a run to *path*; *more* are further parts (``links``, ``failures``, …)."""
    from ..atomic import write_text

    report = {
        "totals": totals(pages, diagnostics),
        "documents": [page_report(p) for p in pages],
        **{name: plain(value) for name, value in more.items()},
    }
    write_text(path, dumps(report))


def print_json(value: Any) -> None:
    """Print *value* on stdout."""
    click.echo(dumps(plain(value)), nl=False)


def dumps(value: Any) -> str:
    """Return *value* as readable JSON; characters that deceive or harm a terminal are escaped."""
    import json

    from ..markdown.escape import UNFIT

    text = json.dumps(value, indent=2, ensure_ascii=False, default=str)
    return UNFIT.sub(lambda match: json.dumps(match[0])[1:-1], text) + "\n"


def plain(value: Any) -> Any:
    """Turn frozen dataclasses into plain data."""
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, BaseException):
        return str(value)
    return value
