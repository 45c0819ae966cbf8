"""``rstdown fetch``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ..options import FetchOptions
from .console import Progress, counted, print_diagnostics, print_failures, say
from .options import Command, build, options_of
from .outputs import need_folder
from .report import plain, print_json


@click.command("fetch", cls=Command, short_help="Download raw .rst documents.")
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option("-o", "--output", required=True, metavar="DIR", help="Folder for the raw documents.")
@click.option("--json", "as_json", is_flag=True, help="Print a report for machines on stdout.")
@options_of(FetchOptions)
def command(
    sources: tuple[str, ...], output: str, as_json: bool, overrides: dict[type, dict[str, Any]]
) -> int:
    """Download raw .rst documents, with the files that they include and the project's conf.py.

    \b
    SOURCE is one of:
      https://host/path/page.rst          an address; also of a file or folder on github.com
      github:OWNER/REPO@REF:GLOB          files of a repository at a branch, tag or commit
      sphinx:https://host/docs/           the sources of a documentation site built by Sphinx
      pypi:NAME[==VERSION]                the docs in a package's source distribution
      docs/  page.rst  docs.zip           a folder, a file, an archive (path or address)
      @list.txt  -                        a list of sources, one a line, in a file or on standard input
      job.toml                            the sources that a job file names

    \b
    Examples:
      rstdown fetch 'github:python/cpython@3.13:Doc/library/asyncio*.rst' -o build/rst
      rstdown fetch https://raw.githubusercontent.com/python/cpython/main/Doc/library/queue.rst -o build/rst
      rstdown fetch sphinx:https://docs.python-requests.org/en/latest/ -o build/requests
      rstdown fetch jobs/python-concurrency.toml --lock rstdown.lock -o build/rst
    """
    from ..fetching import fetch, save
    from ..job import resolve_sources

    need_folder(output)
    items, options = resolve_sources(sources)
    options = build(options, overrides)
    with Progress("fetching") as progress:
        result = fetch(items, options=options, progress=progress.fetched)
    saved = save(result, Path(output)) if result.documents else ()
    print_failures(result.failures)
    print_diagnostics(result.diagnostics)
    if result.documents:
        say(
            f"{output}: {counted(len(result.documents), 'document')}, {len(result.failures)} failed;"
            f" {result.received:,} bytes received, {counted(result.from_cache, 'file')} from the cache"
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
