"""``rstdown fetch``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ..options import FetchOptions
from .console import Progress, print_diagnostics, print_error, say
from .options import build, options_of
from .report import plain, print_json


@click.command("fetch")
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option("-o", "--output", required=True, metavar="DIR", help="Folder for the raw documents.")
@click.option("--json", "as_json", is_flag=True, help="Print a report for machines on stdout.")
@options_of(FetchOptions)
def command(
    sources: tuple[str, ...], output: str, as_json: bool, overrides: dict[type, dict[str, Any]]
) -> int:
    """Download raw .rst documents.

    SOURCE is an address, a list file (@FILE, or - for standard input; blank lines and # comments are
    fine), github:OWNER/REPO@REF:GLOB, an address of a file or folder on github.com, a local path, a zip or
    tar archive, pypi:NAME[==VERSION], sphinx:https://host/docs/, or a job file (.toml).

    \b
    Examples:
      rstdown fetch github:python/cpython@3.13:Doc/library/asyncio*.rst -o build/rst
      rstdown fetch https://raw.githubusercontent.com/python/cpython/main/Doc/library/queue.rst -o build/rst
      rstdown fetch pypi:click -o build/click
      rstdown fetch jobs/python-concurrency.toml --lock rstdown.lock -o build/rst
    """
    from ..fetch import fetch, save
    from ..job import resolve_sources

    items, options = resolve_sources(sources)
    options = build(options, overrides)
    with Progress("fetching") as progress:
        result = fetch(items, options=options, progress=progress.fetched)
    saved = save(result, Path(output))
    for failure in result.failures:
        print_error(str(failure))
    print_diagnostics(result.diagnostics)
    say(
        f"{len(result.documents)} documents in {output}"
        f" ({result.received:,} bytes received, {result.from_cache} from the cache,"
        f" {len(result.failures)} failed)"
    )
    if as_json:
        print_json(
            {
                "documents": [
                    {"docname": d.docname, "provenance": plain(d.provenance)} for d in result.documents
                ],
                "failures": [plain(f) for f in result.failures],
                "diagnostics": [plain(d) for d in result.diagnostics],
                "files": [str(path) for path in saved],
                "requests": result.requests,
                "received": result.received,
                "from_cache": result.from_cache,
            }
        )
    if not result.documents and result.failures:
        return 3
    return 1 if result.failures else 0
