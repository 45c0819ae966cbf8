"""Files that are either wholly written or untouched.

The text goes to a temporary file beside the target, is flushed to the disk, and takes the target's name
in one step (`os.replace`), after which the folder is flushed too.  Whatever fails, the old file stays as
it was and no stray file is left.  The scheme is SQLite's and git's for their files.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path

from .errors import OutputError

_counter = itertools.count()
_token = os.urandom(4).hex()


def write_text(path: str | Path, text: str) -> None:
    """Write *text* to *path* as UTF-8 with ``\\n`` line ends, making its folder if need be.

    Raises `OutputError`.
    """
    write_parts(path, (text,))


def write_bytes(path: str | Path, data: bytes) -> None:
    """Write *data* to *path*, making its folder if need be; raises `OutputError`."""
    _write(Path(path), (data,))


def write_parts(path: str | Path, parts: Iterable[str]) -> None:
    """Write the concatenation of *parts* to *path* as they come; raises `OutputError`.

    An exception out of *parts* leaves the old file too.
    """
    _write(Path(path), (part.encode("utf-8") for part in parts))


def write_tree(folder: str | Path, files: Mapping[str, str]) -> None:
    """Write *files* (relative path → text) below *folder*, each one atomically, in the order given.

    Raises `OutputError`; also for a path that would leave *folder*.
    """
    base = Path(folder)
    for name in files:
        if Path(name).is_absolute() or ".." in Path(name).parts:
            raise OutputError(f"{name}: not a path below {base}; nothing was written")
    inside = Inside(base)
    for name, text in files.items():
        write_text(inside.path(name), text)


class Inside:
    """A folder that files are written into: no link in it leads their writer elsewhere."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self._real = self.folder.resolve()
        self._inner: dict[str, bool] = {}  # the folders in it: do they really lie in it?

    def path(self, name: str) -> Path:
        """Return the path of *name* in the folder; raises `OutputError` where a link leads out of it."""
        path = self.folder / name
        parent = os.path.dirname(path)  # noqa: PTH120
        if parent not in self._inner:
            self._inner[parent] = self._holds(path.parent)
        if (os.path.islink(path) or not self._inner[parent]) and not self._holds(path):  # noqa: PTH114
            reason = f"leads out of {self.folder} through a link; nothing was written there"
            raise OutputError(f"{path}: {reason}")
        return path

    def _holds(self, path: Path) -> bool:
        try:
            return path.resolve().is_relative_to(self._real)
        except (OSError, RuntimeError):  # what writing finds fault with, too
            return True


def _write(path: Path, chunks: Iterable[bytes]) -> None:
    try:
        mode = _mode_of(path)
        if mode is not None and not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
            with path.open("wb") as file:  # a pipe, a terminal, /dev/stdout: there is nothing to replace
                file.writelines(chunks)
            return
        target = path.resolve() if os.path.islink(path) else path  # noqa: PTH114
        if mode is None and not os.path.isdir(target.parent):  # noqa: PTH112
            target.parent.mkdir(parents=True, exist_ok=True)
        _replace(target, mode, chunks)
    except (OSError, RuntimeError) as error:  # the latter: a link to itself
        reason = getattr(error, "strerror", None) or str(error)
        raise OutputError(f"cannot write {path}: {reason}; what was there before is unchanged") from error


def _replace(target: Path, mode: int | None, chunks: Iterable[bytes]) -> None:
    temporary = target.with_name(f".{target.name[:80]}.{os.getpid()}-{_token}{next(_counter)}.rstdown-tmp")
    try:
        with temporary.open("xb") as file:
            for chunk in chunks:
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            temporary.chmod(stat.S_IMODE(mode))
        os.replace(temporary, target)  # noqa: PTH105  (what tests make fail, by its name)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)


def _mode_of(path: Path) -> int | None:
    """Return type and mode of what is at *path*, or of what it links to; None if there is nothing."""
    try:
        return os.stat(path).st_mode  # noqa: PTH116
    except OSError:
        return None


def _sync_folder(folder: Path) -> None:
    # The new name is in place already: a system that cannot flush folders loses nothing but durability.
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
