"""What every kind of source comes down to: documents at paths in a tree of files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import Protocol

from ..frozen import dataclass
from .model import FetchFailure
from .naming import safe_part


@dataclass(frozen=True, slots=True)
class Got:
    """A file that is here: its body on disk, and what is known of it; its *data*, if read already."""

    path: Path
    sha256: str
    size: int
    uri: str
    data: bytes | None = field(default=None, repr=False, compare=False)

    def body(self) -> bytes:
        """Return the file's body.  Raises `OSError`."""
        return self.path.read_bytes() if self.data is None else self.data


class Tree(Protocol):
    """A folder of files at one revision, somewhere.

    *label* names it on disk; *folder* is where the files are already, if they are on this machine.
    """

    @property
    def label(self) -> str:
        """A short path, safe on disk, that tells one tree from another."""

    @property
    def revision(self) -> str:
        """The commit or version; empty if unknown."""

    @property
    def folder(self) -> Path | None:
        """Where the files are, if on this machine."""

    def prepare(self, paths: Sequence[str]) -> None:
        """Make ready for reading *paths*, where reading many at once is cheaper."""

    def read(self, path: str) -> Got:
        """Return one file.  Raises `FetchError`."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A document to fetch: its path in the tree, its name, and its place in the order asked."""

    order: tuple[int, ...]
    path: str
    docname: str
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """Documents of one tree; *srcdir* is Sphinx's source folder in it, *conf* the path of its ``conf.py``."""

    tree: Tree
    entries: tuple[Entry, ...]
    srcdir: str = ""
    conf: str = ""
    root: Path | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be fetched, and what is known already not to be had."""

    listings: list[Listing] = field(default_factory=list)
    failures: list[tuple[tuple[int, ...], FetchFailure]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Row:
    """A document that is here."""

    entry: Entry
    got: Got
    text: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """What of a listing is here: documents, and other files by their path (included ones, ``conf.py``)."""

    listing: Listing
    rows: list[Row] = field(default_factory=list)
    extras: dict[str, Got] = field(default_factory=dict)


def laid_out(fetched: Fetched) -> Mapping[str, tuple[Path, str]]:
    """Return the files of a tree for a folder on disk: path → body and hash.

    Documents come first; what cannot lie beside them, be it that a name differs in case only or that a
    file would have to be a folder too, is left out.
    """
    files = {row.entry.path: row.got for row in fetched.rows}
    taken = {path.casefold() for path in files}
    folders = {parent for path in taken for parent in parents(path)}
    for path, got in sorted(fetched.extras.items()):
        key = path.casefold()
        if key in taken or key in folders or not taken.isdisjoint(parents(key)):
            continue
        files[path] = got
        taken.add(key)
        folders.update(parents(key))
    return {path: (got.path, got.sha256) for path, got in files.items()}


def parents(path: str) -> list[str]:
    """Return the folders that *path* lies in, outermost first."""
    return [path[:at] for at, sign in enumerate(path) if sign == "/"]


def is_safe(path: str) -> bool:
    """Tell whether *path* can be a name on disk as it is."""
    return bool(path) and all(part == safe_part(part) for part in path.split("/"))
