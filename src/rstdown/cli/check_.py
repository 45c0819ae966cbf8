"""``rstdown check``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from ..errors import SourceError, UsageError, VerificationError
from .console import counted, print_error, say
from .outputs import need_source

RECURSION = 3_000


@click.command("check", short_help="Prove that a bundle is what it says it is.")
@click.argument("path", metavar="PATH")
@click.option(
    "--links", is_flag=True, help="Follow every link inside the bundle or folder; list the dead ones."
)
@click.option(
    "--source", metavar="SOURCE", help="Compare words with these RST documents; list those that are missing."
)
@click.option(
    "--myst",
    is_flag=True,
    help="Read the Markdown with MyST-Parser: it says the same words (with --source: all of them).",
)
@click.option(
    "--root", metavar="DIR", help="The only folder that included files may be read from (with --source)."
)
def command(path: str, links: bool, source: str | None, myst: bool, root: str | None) -> int:
    """Prove that a bundle or a folder of .md files is what it says it is.

    A bundle (any format) is checked for its documents: as many as recorded, each with the recorded hash.
    Exit code 1 if anything is wrong.

    \b
    Examples:
      rstdown check build/python-concurrency.md
      rstdown check build/md --links
      rstdown check build/md --source docs/
      rstdown check build/md --myst
    """
    need_source("--root", root, folder=True)
    target = Path(path)
    if not os.path.exists(path):  # noqa: PTH110  (a Path refuses long names)
        raise SourceError(f"{path}: no such file or folder")
    # What a page that is as deep as can be takes; markdown-it's time grows with the square of the depth.
    sys.setrecursionlimit(max(sys.getrecursionlimit(), RECURSION))
    try:
        problems = _problems(target, links, source, myst, root)
    except RecursionError:
        raise SourceError(f"{path}: nested too deeply to be read") from None
    for problem in problems:
        print_error(problem)
    return 1 if problems else 0


def _problems(target: Path, links: bool, source: str | None, myst: bool, root: str | None) -> list[str]:
    problems = _bundle(target) if _is_bundle(target) else []
    if target.is_dir() and not _is_bundle(target) and not (links or source or myst):
        raise UsageError(f"{target}: a folder of pages; say what to check: --links, --source DIR, --myst")
    if links:
        problems += _links(target)
    if source:
        problems += _words(target, source, root, myst)
    elif myst:
        problems += _myst(target)
    return problems


def _is_bundle(path: Path) -> bool:
    return (path / "llms.txt").is_file() if path.is_dir() else True


def _bundle(path: Path) -> list[str]:
    from ..verify import check_bundle

    try:
        found = check_bundle(path)
    except VerificationError as error:
        return str(error).split("\n")
    say(f"{path}: {counted(len(found), 'document')}, all as recorded")
    return []


def _links(path: Path) -> list[str]:
    from ..link.check import check_links

    report = check_links(path)
    say(f"{path}: {report}")
    return [str(dead) for dead in report.dead]


def _myst(path: Path) -> list[str]:
    from ..verify import misread_words

    checked, misread = misread_words(path)
    say(f"{path}: {counted(checked, 'document')} read with MyST-Parser, {len(misread)} lack words")
    return [f"{docname}: MyST-Parser does not read: {', '.join(words)}" for docname, words in misread.items()]


def _words(path: Path, source: str, root: str | None, myst: bool) -> list[str]:
    from ..verify import missing_words

    checked, missing = missing_words(path, source, root=root, myst=myst)
    say(f"{path}: {counted(checked, 'document')} compared with {source}, {len(missing)} lack words")
    return [f"{docname}: missing: {', '.join(words)}" for docname, words in missing.items()]
