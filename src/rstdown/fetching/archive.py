"""Documents in zip and tar archives, on this machine or at an address.

Only regular files are read, only those wanted, only within limits; nothing is unpacked to names that an
archive gives.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

from ..errors import FetchError
from ..frozen import dataclass
from . import local
from .model import ArchiveSource
from .naming import docnames, redact, safe_path
from .project import Choice, choose
from .session import Session
from .tree import Entry, Got, Listing, is_safe

MAX_MEMBERS = 200_000
_XZ_MEMORY = 256 * 1024 * 1024
# What the standard library raises for archives that are cut, damaged, encrypted or packed in unknown ways.
_DAMAGES = (
    OSError,
    EOFError,
    ValueError,
    RuntimeError,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    tarfile.TarError,
)
Order = tuple[int, ...]


class DamagedArchive(Exception):  # noqa: N818  (says what the file is)
    """The archive cannot be read, or goes over a limit; the text says why."""


@dataclass(frozen=True, slots=True)
class Member:
    """A regular file in an archive; ``read(limit)`` gives at most that many bytes."""

    name: str
    read: Callable[[int], bytes]


class _Limited:
    """A file that a tar archive is read from: so far and no further, and no huge piece at once."""

    def __init__(self, file: IO[bytes], limit: int, largest: int) -> None:
        self._file = file
        self._limit = limit
        self._largest = largest

    def read(self, size: int = -1) -> bytes:
        """Read up to *size* bytes."""
        if size < 0 or size > self._largest:
            raise DamagedArchive("a header in the archive is too large")
        data = self._file.read(size)
        self._check(self._file.tell())
        return data

    def seek(self, position: int, whence: int = 0) -> int:
        """Go to *position*."""
        self._check(position)
        return self._file.seek(position, whence)

    def tell(self) -> int:
        """Return where the next read begins."""
        return self._file.tell()

    def _check(self, position: int) -> None:
        if position > self._limit:
            raise DamagedArchive(f"the archive is larger than {self._limit:,} bytes unpacked")


@contextmanager
def opened(path: Path, max_unpacked: int, max_size: int) -> Iterator[tuple[Iterator[Member], dict[str, str]]]:
    """Give the regular files of the archive at *path*, and its own properties (``comment``: git's commit).

    Raises `DamagedArchive`.
    """
    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                yield _zip_members(archive), {"comment": archive.comment.decode("ascii", "replace")}
        else:
            with _unpacked(path) as file:
                limited = cast(IO[bytes], _Limited(file, max_unpacked, max_size + 65_536))
                with tarfile.open(fileobj=limited, mode="r:") as tar:
                    yield _tar_members(tar), {k: str(v) for k, v in tar.pax_headers.items()}
                while limited.read(65_536):  # to the end, where checksums are compared
                    pass
    except tarfile.ReadError as error:
        raise DamagedArchive(f"no zip or tar archive, or a damaged one ({error})") from None
    except _DAMAGES as error:
        raise DamagedArchive(f"the archive is damaged ({error})") from None


@contextmanager
def _unpacked(path: Path) -> Iterator[IO[bytes]]:
    with path.open("rb") as raw:
        head = raw.read(65_536)
        raw.seek(0)
        if head.startswith(b"\x1f\x8b"):
            with gzip.GzipFile(fileobj=raw) as file:
                yield cast(IO[bytes], file)
        elif head.startswith(b"BZh"):
            with bz2.BZ2File(raw) as file:
                yield file
        elif head.startswith(b"\xfd7zXZ\0"):
            # Refuse a dictionary of gigabytes before any of it is used.
            lzma.LZMADecompressor(memlimit=_XZ_MEMORY).decompress(head, 1)
            with lzma.LZMAFile(raw) as file:
                yield file
        else:
            yield raw


def _zip_members(archive: zipfile.ZipFile) -> Iterator[Member]:
    infos = archive.infolist()
    if len(infos) > MAX_MEMBERS:
        raise DamagedArchive(f"the archive has more than {MAX_MEMBERS:,} files")
    for info in infos:
        kind = stat.S_IFMT(info.external_attr >> 16)
        if not info.is_dir() and kind in (0, stat.S_IFREG):
            yield Member(info.filename, lambda limit, info=info: _read_zip(archive, info, limit))  # type: ignore[misc]


def _read_zip(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limit: int) -> bytes:
    with archive.open(info) as file:
        data = file.read(limit)
        if len(data) < limit and file.read(1):  # to the end, where the checksum is compared
            raise DamagedArchive("the archive's sizes are wrong")
    return data


def _tar_members(archive: tarfile.TarFile) -> Iterator[Member]:
    for count, info in enumerate(archive):
        if count > MAX_MEMBERS:
            raise DamagedArchive(f"the archive has more than {MAX_MEMBERS:,} files")
        if info.isreg() and not info.issparse():
            yield Member(info.name, lambda limit, info=info: _read_tar(archive, info, limit))  # type: ignore[misc]
    file = cast(IO[bytes], archive.fileobj)
    file.seek(archive.offset)
    if not file.read(tarfile.BLOCKSIZE):
        raise DamagedArchive("the archive ends too early")


def _read_tar(archive: tarfile.TarFile, info: tarfile.TarInfo, limit: int) -> bytes:
    file = archive.extractfile(info)
    data = file.read(limit) if file else b""
    if len(data) < min(limit, info.size):
        raise DamagedArchive("the archive ends too early")
    return data


class ArchiveTree:
    """The files of an archive, below the one folder that most archives have at their top."""

    folder: Path | None = None

    def __init__(
        self,
        session: Session,
        archive: Got,
        label: str,
        revision: str = "",
        address: Callable[[str], str] | None = None,
    ) -> None:
        self.label = label
        self.revision = revision
        self.properties: dict[str, str] = {}
        self._session = session
        self._archive = archive
        self._address = address or (lambda path: f"{archive.uri}#{path}")
        self._found: dict[str, Got | str] = {}
        names = list(self._members(lambda members: [member.name for member in members]))
        self._top = _top_folder(names)
        self.names = [path for name in names if (path := self._path(name))]

    def _members(self, use: Callable[[Iterator[Member]], Any]) -> Any:
        options = self._session.options
        try:
            with opened(self._archive.path, options.max_unpacked, options.max_size) as (members, properties):
                self.properties = properties
                return use(members)
        except DamagedArchive as error:
            raise FetchError(self._archive.uri, str(error)) from None

    def _path(self, name: str) -> str:
        """Return the path of a member in the tree; empty for names that no honest archive has."""
        name = name.removeprefix("./")
        path = name.removeprefix(self._top)
        return path if is_safe(path) and not name.startswith("/") else ""

    def prepare(self, paths: Sequence[str]) -> None:
        """Read *paths* in one pass over the archive."""
        wanted = {path for path in paths if path not in self._found}
        if not wanted:
            return
        try:
            self._members(lambda members: self._keep(members, wanted))
        except FetchError as error:
            self._found |= dict.fromkeys(wanted - self._found.keys(), error.reason)

    def _keep(self, members: Iterator[Member], wanted: set[str]) -> None:
        limit = self._session.options.max_size
        for member in members:
            path = self._path(member.name)
            if path not in wanted:
                continue
            try:
                data = member.read(limit + 1)
            except (DamagedArchive, *_DAMAGES) as error:
                self._found[path] = f"damaged in the archive ({error})"
                continue
            if len(data) > limit:
                self._found[path] = f"larger than {limit:,} bytes; see --max-size"
                continue
            place, sha256 = self._session.store.put(data)
            self._found[path] = Got(place, sha256, len(data), self._address(path))

    def read(self, path: str) -> Got:
        """Return one file.  Raises `FetchError`."""
        if path not in self._found:
            self.prepare([path])
        found = self._found.get(path)
        if isinstance(found, Got):
            return found
        if found is None:
            raise FetchError(self._address(path), "not in the archive", status=404)
        raise FetchError(self._address(path), found)

    def text(self, path: str) -> str:
        """Return the text of a file as far as it can be read; empty if it cannot."""
        try:
            return self.read(path).path.read_text(encoding="utf-8", errors="replace")
        except (FetchError, OSError):
            return ""


def _top_folder(names: Sequence[str]) -> str:
    heads = {name.removeprefix("./").partition("/")[0] for name in names}
    nested = all("/" in name.removeprefix("./") for name in names)
    return f"{heads.pop()}/" if len(heads) == 1 and nested else ""


def entries(order: Order, choice: Choice) -> tuple[Entry, ...]:
    """Return the documents of a choice, named below its home."""
    names = docnames(choice.paths, root=f"{choice.home}/" if choice.home else "")
    return tuple(
        Entry((*order, at), path, name)
        for at, (path, name) in enumerate(zip(choice.paths, names, strict=True))
    )


def listing_of(
    order: Order, tree: ArchiveTree, globs: Sequence[str], exclude: Sequence[str], uri: str
) -> Listing:
    """List the documents of an archive.  Raises `FetchError` if there are none."""
    choice = choose(tree.names, globs, exclude, tree.text)
    if not choice.paths:
        what = f"file that matches {', '.join(globs)}" if globs else "reStructuredText file"
        raise FetchError(uri, f"holds no {what}")
    return Listing(tree, entries(order, choice), choice.home, choice.conf)


def listing(order: Order, source: ArchiveSource, session: Session) -> Listing:
    """List the documents of an archive at a path or an address."""
    exclude = (*source.exclude, *session.options.exclude)
    if "://" in source.location:
        got = session.get(source.location, limit=session.options.max_archive)
    else:
        path = Path(os.path.expanduser(source.location)).absolute()  # noqa: PTH111  (a Path raises for no user)
        got = local.LocalTree(path.parent, session.options.max_archive).read(path.name)
    if source.sha256 and got.sha256 != source.sha256.lower():
        raise FetchError(got.uri, "its SHA-256 is not the one given")
    name = Path(source.location.partition("?")[0]).name
    tree = ArchiveTree(session, got, f"archive/{safe_path(name)}-{got.sha256[:8]}")
    return listing_of(order, tree, source.globs, exclude, redact(source.location))
