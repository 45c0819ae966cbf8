"""``rstdown tokens``."""

from __future__ import annotations

import os
from pathlib import Path

import click

from ..errors import SourceError
from ..files import read_regular, read_stdin
from ..options import BundleOptions
from .console import visible
from .report import print_json

MAX_BYTES = 200_000_000
SUFFIXES = {".md", ".rst", ".txt", ".markdown"}


@click.command("tokens", short_help="Count tokens per folder, document and section.")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--encoding",
    type=click.Choice(["o200k_base", "cl100k_base"]),
    default=BundleOptions().encoding,
    show_default=True,
    help="What tokens are counted in; both are exact, offline.",
)
@click.option("--depth", type=int, default=0, metavar="N", help="Show N levels only; 0 shows all.")
@click.option("--json", "as_json", is_flag=True, help="Print the tree for machines.")
def command(paths: tuple[str, ...], encoding: str, depth: int, as_json: bool) -> int:
    """Count tokens per folder, document and section, to see what to leave out.

    PATH is a file of Markdown, RST or text, a folder of them, or - for standard input.

    \b
    Examples:
      rstdown tokens build/python-concurrency.md
      rstdown tokens build/md --depth 2
      rstdown convert README.rst | rstdown tokens -
    """
    from ..tokens import Counter, TokenNode, token_tree

    counter = Counter(encoding)
    tree = token_tree(_documents(paths), counter)
    counter.save()

    def show(node: TokenNode, level: int) -> None:
        click.echo(f"{node.tokens:>11,}  {'  ' * level}{visible(node.name) or f'total ({encoding})'}")
        if not depth or level < depth:
            for child in node.children:
                show(child, level + 1)

    if as_json:
        print_json(_plain(tree))
    else:
        show(tree, 0)
    return 0


def _plain(node: object) -> dict[str, object]:
    from ..tokens import TokenNode

    assert isinstance(node, TokenNode)
    return {
        "name": node.name,
        "tokens": node.tokens,
        **({"children": [_plain(child) for child in node.children]} if node.children else {}),
    }


def _documents(paths: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return (name, text) of the files at *paths*."""
    found = []
    for name in paths:
        path = Path(name)
        if name == "-":
            found.append(("stdin", read_stdin(MAX_BYTES).decode("utf-8-sig", "replace")))
        elif os.path.isdir(name):  # noqa: PTH112  (a Path refuses long names)
            files = sorted(p for p in path.rglob("*") if p.suffix in SUFFIXES and p.is_file())
            if not files:
                raise SourceError(f"{name}: holds no files of {', '.join(sorted(SUFFIXES))}")
            found += [(p.relative_to(path).as_posix(), _text(p)) for p in files]
        else:
            found.append((path.name if path.is_absolute() else path.as_posix(), _text(path)))
    return found


def _text(path: Path) -> str:
    try:
        return read_regular(path, MAX_BYTES).decode("utf-8-sig", "replace")
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror or error}") from None
