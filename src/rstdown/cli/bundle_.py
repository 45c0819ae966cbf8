"""``rstdown bundle``."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import SourceError, UsageError
from ..options import BundleOptions, ConvertOptions, FetchOptions, LinkOptions, RunOptions
from .console import Progress, counted, print_diagnostics, print_failures, say
from .options import Command, build, options_of
from .outputs import need_file, need_folder, need_source
from .project import project_options
from .report import write_report

if TYPE_CHECKING:
    from ..fetching import FetchResult, Source
    from ..results import BundleRun, Settings


@click.command("bundle", cls=Command)
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE|JOB.toml...")
@click.option(
    "-o",
    "--output",
    metavar="PATH",
    default="-",
    help="A file (for llms-txt a folder); default: standard output.",
)
@click.option("--root", metavar="DIR", help="The only folder that included files may be read from.")
@project_options
@click.option(
    "--report", metavar="FILE.json", help="Write what became of every document, directive, role and link."
)
@click.option(
    "--sample", metavar="DIR", help="Where no host can be reached, bundle this folder instead, and say so."
)
@click.option("-q", "--quiet", is_flag=True, help="Print no diagnostics.")
@click.option("-v", "--verbose", is_flag=True, help="Print all diagnostics, informational ones too.")
@options_of(BundleOptions, LinkOptions, ConvertOptions, RunOptions, FetchOptions)
def command(
    sources: tuple[str, ...],
    output: str,
    root: str | None,
    project: dict[str, Any],
    report: str | None,
    sample: str | None,
    quiet: bool,
    verbose: bool,
    overrides: dict[type, dict[str, Any]],
) -> int:
    """Fetch, convert and assemble one document for a language model.

    SOURCE is a folder, a file, an address, or anything else that rstdown fetch takes.  A job file (.toml)
    names sources and options of every stage; flags override it.

    \b
    Examples:
      rstdown bundle docs/ -o build/docs.md
      rstdown bundle jobs/python-concurrency.toml -o build/python-concurrency.md
      rstdown bundle jobs/python-concurrency.toml --base http://localhost:8000/ -o -
      rstdown bundle jobs/python-concurrency.toml --object asyncio.TaskGroup --depth 1
      rstdown bundle 'github:psf/requests@main:docs/**/*.rst' --max-tokens 50000 --over split -o r.md
      rstdown bundle docs/ --drop history,seealso | llm "how do I begin?"
      rstdown bundle docs/ --format jsonl --chunk-tokens 500 -o chunks.jsonl
    """
    from ..fetching import fetch

    items, title, settings, settings_of_project = _read(sources, overrides)
    _check(output, report, settings, sources)
    need_source("--root", root, folder=True)
    need_source("--sample", sample, folder=True)
    settings_of_project.update(project)
    with Progress("fetching") as progress:
        found = fetch(
            items, options=settings.fetch, root=Path(root) if root else None, progress=progress.fetched
        )
    if found.unreachable and sample:
        found, title, settings_of_project, output = _sample(found, Path(sample), output)
        settings = replace(settings, link=replace(settings.link, inventories=()))
    run = _bundle(found, title, settings, settings_of_project)
    written = _write(run, output)
    _say_not_dropped(run)
    print_failures(run.failures)
    doubts = print_diagnostics(run.diagnostics, quiet=quiet, verbose=verbose)
    if not quiet:
        more = f" and {counted(len(written) - 3, 'other')}" if len(written) > 3 else ""
        say(f"{', '.join(written[:3])}{more}: {run.summary()}" if written else run.summary())
    if report:
        write_report(
            Path(report),
            list(run.pages),
            list(run.diagnostics),
            links=run.links,
            failures=run.failures,
            bundle=run.bundle.report(),
        )
    missing = any(d.code == "inventory-missing" for d in run.notices)
    return 1 if run.failures or missing or (settings.run.strict and doubts) else 0


def _read(
    sources: tuple[str, ...], overrides: dict[type, dict[str, Any]]
) -> tuple[list[Source | str], str, Settings, dict[str, Any]]:
    """Return sources, title, options and project settings of the command line and of the job file on it."""
    from ..job import load_job
    from ..results import Settings

    jobs = [load_job(s) for s in sources if s.endswith(".toml") and "://" not in s]
    if len(jobs) > 1:
        raise UsageError("one job file at a time; sources can be listed beside it")
    if not jobs:
        base, title, project, items = Settings(), "", {}, list[Any](sources)
    else:
        job = jobs[0]
        base, title, project = Settings.of(job), job.title, dict(job.project)
        if not job.sources and len(sources) == 1:
            raise UsageError(f'{job.path}: names no sources; add sources = ["docs/"]')
        items = [
            x for s in sources for x in (job.sources if s.endswith(".toml") and "://" not in s else (s,))
        ]
    settings = Settings(
        fetch=build(base.fetch, overrides),
        convert=build(base.convert, overrides),
        link=build(base.link, overrides),
        bundle=build(base.bundle, overrides),
        run=build(base.run, overrides),
    )
    return items, overrides[BundleOptions].get("title", "") or title, settings, project


def _check(output: str, report: str | None, settings: Settings, sources: tuple[str, ...]) -> None:
    """Refuse before anything is fetched what could not be written after it."""
    if settings.convert.heading_offset > 4:
        raise UsageError("--heading-offset: at most 4, or the documents' titles would be no headings")
    if output == "-" and settings.bundle.format == "llms-txt":
        raise UsageError("llms-txt is a folder of files: add -o DIR")
    if output != "-":
        if settings.bundle.format == "llms-txt":
            need_folder(output)
        else:
            need_file(output, sources)
    if report:
        need_file(report)


def _sample(found: FetchResult, sample: Path, output: str) -> tuple[FetchResult, str, dict[str, Any], str]:
    """Fetch the sample instead; it goes beside the output, under its own name."""
    from ..fetching import fetch

    print_failures(found.failures)
    target = output if output == "-" else str(Path(output).with_name(f"sample{Path(output).suffix}"))
    say(
        f"No host can be reached. Bundling the sample documentation in {sample} instead, into {target}.",
        fg="yellow",
    )
    return fetch([str(sample)]), f"rstdown's sample documentation ({sample}; offline)", {}, target


def _bundle(found: FetchResult, title: str, settings: Settings, project: dict[str, Any]) -> BundleRun:
    from ..pipeline import bundle_documents

    if not found.documents:
        print_failures(found.failures)
        raise SourceError("nothing to bundle")
    with Progress("converting", len(found.documents)) as progress:
        return bundle_documents(
            found, title=title, settings=settings, overrides=project, on_done=progress.step, trees=False
        )


def _say_not_dropped(run: BundleRun) -> None:
    """Name the kinds to drop that are neither known nor anywhere: spelling mistakes, most likely."""
    from ..bundling.selection import KINDS, kinds_of

    options = run.bundle.options
    dropped = {item.what for item in run.bundle.left_out}
    for kind in kinds_of(options):
        if kind not in KINDS and kind not in dropped and options.over != "trim":
            import difflib

            near = difflib.get_close_matches(kind, KINDS, n=1)
            hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(KINDS)}"
            say(f"--drop {kind}: nothing is of that kind; {hint}", fg="yellow")


def _write(run: BundleRun, output: str) -> list[str]:
    """Write the bundle; return the files written (none for stdout)."""
    from ..bundling import volume_parts

    if output != "-":
        return [str(path) for path in run.save(output)]
    if len(run.bundle.volumes) > 1:
        raise UsageError("several volumes cannot go to stdout: add -o FILE")
    sys.stdout.writelines(volume_parts(run.bundle))
    return []
