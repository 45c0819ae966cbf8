"""``rstdown bundle``."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import SourceError, UsageError
from ..options import BundleOptions, ConvertOptions, FetchOptions, LinkOptions, RunOptions
from .console import Progress, print_diagnostics, print_error, say
from .options import build, options_of
from .project import project_options
from .report import write_report

if TYPE_CHECKING:
    from ..fetch import FetchResult, Source
    from ..pipeline import BundleRun, Settings


@click.command("bundle")
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE|JOB.toml...")
@click.option(
    "-o", "--output", metavar="PATH", default="-", help="A file, a folder for llms-txt, or - for stdout."
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

    SOURCE is anything that fetch takes (see rstdown fetch --help); a job file names sources and options of
    every stage, and flags override it.

    \b
    Examples:
      rstdown bundle docs/ -o build/docs.md
      rstdown bundle jobs/python-concurrency.toml -o build/python-concurrency.md
      rstdown bundle jobs/python-concurrency.toml --base http://localhost:8000/ -o -
      rstdown bundle github:psf/requests@main:docs/**/*.rst --max-tokens 100000 --over split -o r.md
      rstdown bundle docs/ --format jsonl --chunk-tokens 500 -o chunks.jsonl
      rstdown bundle docs/ --object asyncio.TaskGroup --depth 1 | llm "how do I use it?"
    """
    from ..fetch import fetch

    items, title, settings, settings_of_project = _read(sources, overrides)
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
    for failure in run.failures:
        print_error(str(failure))
    doubts = print_diagnostics(run.diagnostics, quiet=quiet, verbose=verbose)
    if not quiet:
        say(f"{', '.join(written)}: {run.summary()}" if written else run.summary())
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
    from ..pipeline import Settings

    jobs = [load_job(s) for s in sources if s.endswith(".toml") and "://" not in s]
    if len(jobs) > 1:
        raise UsageError("one job file at a time; sources can be listed beside it")
    if not jobs:
        base, title, project, items = Settings(), "", {}, list[Any](sources)
    else:
        job = jobs[0]
        base, title, project = Settings.of(job), job.title, dict(job.project)
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


def _sample(found: FetchResult, sample: Path, output: str) -> tuple[FetchResult, str, dict[str, Any], str]:
    """Fetch the sample instead; it goes beside the output, under its own name."""
    from ..fetch import fetch

    first = found.failures[0]
    say(f"No host can be reached: {first}", fg="yellow", bold=True)
    target = output if output == "-" else str(Path(output).with_name(f"sample{Path(output).suffix}"))
    say(f"Bundling the sample documentation in {sample} instead, into {target}.", fg="yellow", bold=True)
    return fetch([str(sample)]), f"rstdown's sample documentation ({sample}; offline)", {}, target


def _bundle(found: FetchResult, title: str, settings: Settings, project: dict[str, Any]) -> BundleRun:
    from ..pipeline import bundle_documents

    if not found.documents:
        for failure in found.failures:
            print_error(str(failure))
        raise SourceError(
            "nothing could be fetched" + (": no host can be reached" if found.unreachable else "")
        )
    with Progress("converting", len(found.documents)) as progress:
        return bundle_documents(
            found, title=title, settings=settings, overrides=project, on_done=progress.step
        )


def _write(run: BundleRun, output: str) -> list[str]:
    """Write the bundle; return the files written (none for stdout)."""
    from ..atomic import write_parts, write_tree
    from ..bundle import render, volume_parts

    bundle = run.bundle
    if bundle.options.format != "llms-txt" and len(bundle.volumes) == 1:
        if output == "-":
            sys.stdout.writelines(volume_parts(bundle))
            return []
        write_parts(Path(output), volume_parts(bundle))
        return [output]
    if output == "-":
        raise UsageError("several files cannot go to stdout: add -o PATH")
    folder = Path(output) if bundle.options.format == "llms-txt" else Path(output).parent
    files = render(bundle, Path(output).stem)
    assert isinstance(files, dict)
    write_tree(folder, files)
    return [str(folder / name) for name in files][:8]
