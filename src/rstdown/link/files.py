"""Files beside the sources that pages show or lead to: images, downloads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from ..model import Page

MAX_BYTES = 20_000_000


def needed_files(pages: Iterable[Page], files: Iterable[str]) -> Mapping[str, Path]:
    """Return those of *files* (`LinkReport.files`) that exist: path from the sources' root → real path.

    Only pages that come from files of this machine have such a root.  Nothing outside it is returned, nor
    what is no regular file or has more than `MAX_BYTES`.
    """
    roots = {root for page in pages if (root := source_root(page)) is not None}
    found: dict[str, Path] = {}
    for name in files:
        for root in sorted(roots):
            try:
                path = (root / PurePosixPath(name)).resolve()
                if path.is_relative_to(root) and path.is_file() and path.stat().st_size <= MAX_BYTES:
                    found.setdefault(name, path)
            except (OSError, ValueError):
                continue
    return {name: path for name, path in found.items() if ".." not in PurePosixPath(name).parts}


def source_root(page: Page) -> Path | None:
    """Return the folder that a page's docname counts from; None if the page is of no file on this machine."""
    path = Path(page.provenance.uri)
    depth = page.docname.count("/")
    if not path.is_absolute() or path.stem != page.docname.rpartition("/")[2] or len(path.parents) <= depth:
        return None
    try:
        return path.parents[depth].resolve()
    except OSError:
        return None
