"""The cache on disk: bodies by their hash, what is known of each address, snapshots of fetched trees.

    blobs/<ab>/<sha256>      a body; read only after its hash was found to agree with its name
    index/<ab>/<key>.json    address → sha256, ETag, Last-Modified, when
    trees/<label>/<digest>/  fetched files laid out as in their repository, for the includes in them
    runs/<key>               when an unfinished run began: what came since then need not be asked for again
    tmp/                     files being written, named after the process that writes them

Any part may be deleted at any time, and any number of processes may share it: every file appears whole,
by `os.replace`.  A body that a crash damaged fails its hash and is fetched again, so that bodies need
no slow flush to the disk.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
import os
import shutil
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

from ..errors import UsageError
from ..frozen import dataclass
from ..patterns import lazy
from .text import decode_json

_counter = itertools.count()
_LAYOUT = lazy(r"[0-9a-f]{16}")
_MONTH = 30 * 86_400
_token = os.urandom(4).hex()


@dataclass(frozen=True, slots=True)
class Entry:
    """What the cache knows of an address; *uri* is the address as it may be shown, *status* 200 or 404."""

    uri: str
    sha256: str
    size: int
    etag: str = ""
    last_modified: str = ""
    fetched_at: float = 0.0
    status: int = 200


def cache_folder(given: str = "") -> Path:
    """Return the cache's folder: *given*, else ``RSTDOWN_CACHE_DIR``, else the user's cache folder."""
    if folder := given or os.environ.get("RSTDOWN_CACHE_DIR", ""):
        return Path(os.path.expanduser(folder)).absolute()  # noqa: PTH111  (a Path raises for no user)
    import platformdirs

    return Path(platformdirs.user_cache_dir("rstdown", appauthor=False))


def sweep(folder: Path) -> None:
    """Remove what writers that are no longer alive left behind in *folder*."""
    with contextlib.suppress(OSError):
        for each in list(os.scandir(folder)):
            if not each.name.endswith(".rstdown-tmp"):
                continue
            pid = each.name.removesuffix(".rstdown-tmp").rpartition(".")[2].partition("-")[0]
            if pid.isdecimal() and not _alive(int(pid)):
                if each.is_dir(follow_symlinks=False):
                    shutil.rmtree(each.path, ignore_errors=True)
                else:
                    with contextlib.suppress(OSError):
                        Path(each.path).unlink()


def _alive(pid: int) -> bool:
    if os.name == "nt":  # no harmless probe there; the owner removes its files itself
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


class Store:
    """The fetch stage's part of the cache, below *folder*."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._made: set[Path] = set()
        self._lock = threading.Lock()
        try:
            self._folder(folder / "tmp")
            self._folder(folder / "runs")
            sweep(folder / "tmp")
            self._written(b"").unlink()  # see at once whether the folder can be written
        except OSError as error:
            raise UsageError(
                f"the cache folder {folder} cannot be used ({error.strerror}); set RSTDOWN_CACHE_DIR"
            ) from None

    def _folder(self, folder: Path) -> Path:
        if folder not in self._made:
            folder.mkdir(parents=True, exist_ok=True)
            self._made.add(folder)
        return folder

    def temporary(self) -> Path:
        """Return a path for a new file or folder that no one else uses, on the cache's file system."""
        return self.folder / "tmp" / f"file.{os.getpid()}-{_token}{next(_counter)}.rstdown-tmp"

    def _written(self, data: bytes) -> Path:
        """Return a new temporary file that holds *data*."""
        temporary = self.temporary()
        try:
            temporary.write_bytes(data)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        return temporary

    # Bodies

    def blob_path(self, sha256: str) -> Path:
        """Return where the body with this hash is, or would be."""
        return self.folder / "blobs" / sha256[:2] / sha256

    def keep(self, temporary: Path, sha256: str) -> Path:
        """Move a finished file into the store and return its place."""
        target = self.blob_path(sha256)
        self._folder(target.parent)
        temporary.replace(target)
        return target

    def put(self, data: bytes) -> tuple[Path, str]:
        """Store *data*; return its place and its hash."""
        sha256 = hashlib.sha256(data).hexdigest()
        if (found := self.blob(sha256)) is not None:
            return found, sha256
        return self.keep(self._written(data), sha256), sha256

    def blob(self, sha256: str) -> Path | None:
        """Return the body with this hash if it is there and undamaged."""
        path = self.blob_path(sha256)
        try:
            with path.open("rb") as file:
                actual = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError:
            return None
        return path if actual == sha256 else None

    # Addresses

    def _entry_path(self, url: str) -> Path:
        key = hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()
        return self.folder / "index" / key[:2] / f"{key}.json"

    def entry(self, url: str) -> Entry | None:
        """Return what is known of *url*."""
        try:
            entry = Entry(**decode_json(self._entry_path(url).read_bytes()))
            return entry if _is_sound(entry) else None
        except (OSError, ValueError, TypeError):
            return None

    def remember(self, url: str, entry: Entry) -> None:
        """Store what is known of *url*."""
        path = self._entry_path(url)
        self._folder(path.parent)
        self._written(json.dumps(asdict(entry)).encode()).replace(path)

    # Trees

    def snapshot(self, label: str, files: Mapping[str, tuple[Path, str]]) -> Path:
        """Lay *files* (path below the root → body and its hash) out as a folder and return it.

        The folder is named after its content, so it never changes once it is there, and equal fetches share
        it.  The paths must be safe already.
        """
        manifest = "".join(f"{path}\0{sha256}\n" for path, (_, sha256) in sorted(files.items()))
        folder = self.folder / "trees" / label / hashlib.sha256(manifest.encode()).hexdigest()[:16]
        if _intact(folder, files):
            os.utime(folder)
            return folder
        temporary = self.temporary()
        try:
            _copy(files, temporary)
            self._folder(folder.parent)
            with self._lock:
                _install(temporary, folder, files, self.temporary())
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            raise
        _forget(folder.parent, keep=folder)
        return folder

    # Unfinished runs

    def begin_run(self, key: str) -> float:
        """Return when the run *key* began: now, or earlier if it began within a day and never finished."""
        path = self._folder(self.folder / "runs") / key
        now = time.time()
        with contextlib.suppress(OSError, ValueError):
            began = float(path.read_text(encoding="ascii"))
            if now - 86_400 < began <= now:
                return began
        with contextlib.suppress(OSError):  # without it the next run asks for everything again: no harm
            self._written(repr(now).encode()).replace(path)
        return now

    def end_run(self, key: str) -> None:
        """Record that the run *key* was finished."""
        with contextlib.suppress(OSError):
            (self.folder / "runs" / key).unlink()


def _is_sound(entry: Entry) -> bool:
    """Tell whether an entry is of the kind that is written here; its tags go into headers."""
    texts = (entry.uri, entry.sha256, entry.etag, entry.last_modified)
    numbers = (entry.size, entry.fetched_at, entry.status)
    return (
        all(isinstance(text, str) for text in texts)
        and all(type(number) in (int, float) for number in numbers)
        and all(text.isprintable() and text.isascii() for text in texts[1:])
    )


def _copy(files: Mapping[str, tuple[Path, str]], folder: Path) -> None:
    made = {folder}
    folder.mkdir()
    for path, (body, _) in files.items():
        target = folder / path
        if target.parent not in made:
            target.parent.mkdir(parents=True, exist_ok=True)
            made.add(target.parent)
        shutil.copyfile(body, target)


def _forget(label: Path, keep: Path) -> None:
    """Remove the layouts of a tree that no run has used for a month."""
    with contextlib.suppress(OSError):
        for each in list(label.iterdir()):
            if each != keep and _LAYOUT.fullmatch(each.name) and time.time() - each.stat().st_mtime > _MONTH:
                shutil.rmtree(each, ignore_errors=True)


def _intact(folder: Path, files: Mapping[str, tuple[Path, str]]) -> bool:
    """Tell whether *folder* holds exactly these bytes."""
    try:
        return all(
            hashlib.sha256((folder / path).read_bytes()).hexdigest() == sha256
            for path, (_, sha256) in files.items()
        )
    except OSError:
        return False


def _install(temporary: Path, folder: Path, files: Mapping[str, tuple[Path, str]], aside: Path) -> None:
    """Give a finished tree its name; one that another process made meanwhile is as good."""
    for _ in range(3):
        try:
            temporary.rename(folder)
        except OSError:
            if _intact(folder, files):
                shutil.rmtree(temporary, ignore_errors=True)
                return
            with contextlib.suppress(OSError):
                folder.rename(aside)
                shutil.rmtree(aside, ignore_errors=True)
        else:
            return
    shutil.rmtree(temporary, ignore_errors=True)
    raise UsageError(f"the cache folder {folder} cannot be written; delete it and try again")


def copy_limited(chunks: Iterable[bytes], file: BinaryIO, limit: int) -> tuple[int, str]:
    """Write *chunks* to *file*; return their size and SHA-256.  Raises `ValueError` over *limit* bytes."""
    size, sha256 = 0, hashlib.sha256()
    for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise ValueError(f"larger than {limit:,} bytes")
        sha256.update(chunk)
        file.write(chunk)
    return size, sha256.hexdigest()


@contextlib.contextmanager
def scratch(store: Store) -> Iterator[Path]:
    """Give a path for a temporary file that is gone afterwards, unless it was moved into the store."""
    path = store.temporary()
    try:
        yield path
    finally:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
