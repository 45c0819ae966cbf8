"""``rstdown convert``."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import UsageError
from ..files import read_stdin
from ..options import ConvertOptions, FetchOptions, LinkOptions, RunOptions
from .console import Progress, print_diagnostics, print_failures, say
from .options import Command, build, options_of
from .outputs import looks_like_file, need_file, need_folder, need_source
from .project import project_options
from .report import write_report

if TYPE_CHECKING:
    from ..results import Conversion, ConversionSet

# Of the fetch stage's flags, those that mean something for files that are already here.
CONVERT = (ConvertOptions, LinkOptions, RunOptions)


@click.command("convert", cls=Command)
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option(
    "-o",
    "--output",
    metavar="PATH",
    help="A folder (each a/b.rst becomes a/b.md in it), or a file for one input.",
)
@click.option("--root", metavar="DIR", help="The only folder that included files may be read from.")
@project_options
@click.option("--report", metavar="FILE.json", help="Write what became of every directive, role and link.")
@click.option("-q", "--quiet", is_flag=True, help="Print no diagnostics.")
@click.option("-v", "--verbose", is_flag=True, help="Print all diagnostics, informational ones too.")
@options_of(*CONVERT)
def command(
    inputs: tuple[str, ...],
    output: str | None,
    root: str | None,
    project: Any,
    report: str | None,
    quiet: bool,
    verbose: bool,
    overrides: dict[type, dict[str, Any]],
) -> int:
    """Convert RST files to Markdown.

    INPUT is a file, a folder, an archive, or - for the text itself on standard input.  One file without -o
    is printed.  A conf.py beside or above the files is read, never run.

    \b
    Examples:
      rstdown convert README.rst                          print it as Markdown
      rstdown convert docs/ -o build/md                   a folder; links between pages work
      cat notes.rst | rstdown convert - > notes.md
      rstdown convert docs/ -o build/md --inventory https://docs.python.org/3/objects.inv
      rstdown convert docs/ -o build/md --strict --report build/report.json
    """
    from ..pipeline import convert_bytes, convert_files
    from ..results import Settings

    settings = Settings(
        convert=build(ConvertOptions(), overrides),
        link=build(LinkOptions(), overrides),
        run=build(RunOptions(), overrides),
        fetch=FetchOptions(),
    )
    output = None if output == "-" else output
    alone = _check(inputs, output)
    need_source("--root", root, folder=True)
    if report:
        need_file(report)
    folder = Path(output) if output and not (alone and looks_like_file(output)) else None
    sink = _sink(folder) if folder else None
    if "-" in inputs:
        data = read_stdin(settings.fetch.max_size)
        result = convert_bytes(data, settings=settings, overrides=project, sink=sink)
    else:
        with Progress("converting") as progress:
            result = convert_files(
                inputs, root=root, settings=settings, overrides=project, on_done=progress.step, sink=sink
            )
    if folder:
        _copy_needed(result, folder)
    elif len(result.conversions) > 1:
        raise UsageError(_folder_needed(output))
    else:
        _write(result, output)
    print_failures(result.failures)
    doubts = print_diagnostics(result.diagnostics, quiet=quiet, verbose=verbose)
    if output and result.conversions and not quiet:
        say(result.summary())
    if report:
        pages = [c.page for c in result.conversions]
        write_report(
            Path(report), pages, list(result.diagnostics), links=result.links, failures=result.failures
        )
    if not result.conversions and result.failures:
        return 3
    missing = any(d.code == "inventory-missing" for d in result.notices)
    return 1 if result.failures or missing or (settings.run.strict and doubts) else 0


def _check(inputs: tuple[str, ...], output: str | None) -> bool:
    """Refuse what cannot work before anything is done; tell whether there is one input, and no folder."""
    if "-" in inputs and len(inputs) > 1:
        raise UsageError("- (standard input) cannot be combined with other inputs")
    if job := next((i for i in inputs if i.endswith(".toml")), None):
        raise UsageError(f"{job}: is a job file; use rstdown bundle {job}, or rstdown fetch {job} -o DIR")
    alone = len(inputs) == 1 and not os.path.isdir(inputs[0])  # noqa: PTH112  (a Path refuses long names)
    if not alone and (not output or looks_like_file(output)):
        raise UsageError(_folder_needed(output))
    if output and looks_like_file(output):
        need_file(output, inputs)
    elif output is not None:
        need_folder(output)
    return alone


def _folder_needed(output: str | None) -> str:
    if output:
        return f"{output}: several documents need a folder to go to, and this is the name of a file"
    return "several documents need a folder to go to: add -o DIR"


def _sink(folder: Path) -> Callable[[Conversion], None]:
    """Return what writes a conversion into *folder*."""
    from ..atomic import Inside, write_text

    inside = Inside(folder)

    def write(conversion: Conversion) -> None:
        write_text(inside.path(f"{conversion.docname}.md"), conversion.markdown)

    return write


def _copy_needed(result: ConversionSet, folder: Path) -> None:
    """Copy what pages show or lead to, such as images, to the same places in *folder*."""
    from ..atomic import Inside, write_bytes
    from ..link.files import needed_files

    written = {f"{conversion.docname}.md" for conversion in result.conversions}
    files = needed_files((c.page for c in result.conversions), result.links.files if result.links else ())
    inside = Inside(folder)
    for name, path in files.items():
        if name not in written:
            write_bytes(inside.path(name), path.read_bytes())


def _write(result: ConversionSet, output: str | None) -> None:
    """Write the one document that there is to a file or to stdout."""
    from ..atomic import write_text

    for conversion in result.conversions:
        if output:
            write_text(Path(output), conversion.markdown)
        else:
            click.echo(conversion.markdown, nl=False)
