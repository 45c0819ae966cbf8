"""``rstdown convert``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from ..errors import UsageError
from ..options import ConvertOptions, FetchOptions, LinkOptions, RunOptions
from .console import Progress, print_diagnostics, print_error, say
from .options import build, options_of
from .project import project_options
from .report import write_report

# Of the fetch stage's flags, those that mean something for files that are already here.
CONVERT = (ConvertOptions, LinkOptions, RunOptions)


@click.command("convert")
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option(
    "-o", "--output", metavar="PATH", help="A folder (mirrors docnames as .md), or a file for one input."
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

    INPUT is a file, a folder, an archive, or - for standard input.  One file without -o is printed.

    \b
    Examples:
      rstdown convert README.rst
      cat notes.rst | rstdown convert -
      rstdown convert docs/ -o build/md --links all
      rstdown convert a.rst b.rst -o build/md --engine pandoc
      rstdown convert docs/ -o build/md --inventory https://docs.python.org/3/objects.inv
    """
    from ..pipeline import Settings, convert_bytes, convert_files

    settings = Settings(
        convert=build(ConvertOptions(), overrides),
        link=build(LinkOptions(), overrides),
        run=build(RunOptions(), overrides),
        fetch=FetchOptions(),
    )
    if "-" in inputs:
        if len(inputs) > 1:
            raise UsageError("- (standard input) cannot be combined with other inputs")
        result = convert_bytes(sys.stdin.buffer.read(), settings=settings, overrides=project)
    else:
        with Progress("converting") as progress:
            result = convert_files(
                inputs, root=root, settings=settings, overrides=project, on_done=progress.step
            )
    single = len(result.conversions) + len(result.failures) == 1 and not any(Path(i).is_dir() for i in inputs)
    if not output and not single and len(result.conversions) + len(result.failures) > 1:
        raise UsageError("several documents need a folder to go to: add -o DIR")
    _write(result, output, single)
    for failure in result.failures:
        print_error(str(failure))
    doubts = print_diagnostics(result.diagnostics, quiet=quiet, verbose=verbose)
    if output and not quiet:
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


def _write(result: Any, output: str | None, single: bool) -> None:
    from ..atomic import write_text

    if output is None:
        for conversion in result.conversions:
            click.echo(conversion.markdown, nl=False)
        return
    target = Path(output)
    if single and not target.is_dir() and not output.endswith("/") and target.suffix:
        for conversion in result.conversions:
            write_text(target, conversion.markdown)
        return
    for conversion in result.conversions:
        write_text(target / f"{conversion.docname}.md", conversion.markdown)
