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
    for name, text in files.items():
        write_text(below(base, name), text)


def below(folder: Path, name: str) -> Path:
    """Return the path of *name* in *folder*; raises `OutputError` where a link leads out of *folder*."""
    path, real = folder / name, folder.resolve()
    with contextlib.suppress(OSError, RuntimeError):  # what writing finds fault with, too
        if not path.resolve().is_relative_to(real):
            raise OutputError(f"{path}: leads out of {folder} through a link; nothing was written there")
    return path


def _write(path: Path, chunks: Iterable[bytes]) -> None:
    try:
        if _is_special(path):  # a pipe, a terminal, /dev/stdout: there is nothing to replace
            with path.open("wb") as file:
                file.writelines(chunks)
            return
        target = path.resolve() if path.is_symlink() else path
        target.parent.mkdir(parents=True, exist_ok=True)
        _replace(target, chunks)
    except (OSError, RuntimeError) as error:  # the latter: a link to itself
        reason = getattr(error, "strerror", None) or str(error)
        raise OutputError(f"cannot write {path}: {reason}; what was there before is unchanged") from error


def _replace(target: Path, chunks: Iterable[bytes]) -> None:
    mode = _mode_of(target)
    temporary = target.with_name(f".{target.name[:80]}.{os.getpid()}-{_token}{next(_counter)}.rstdown-tmp")
    try:
        with temporary.open("xb") as file:
            for chunk in chunks:
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            temporary.chmod(mode)
        os.replace(temporary, target)  # noqa: PTH105  (what tests make fail, by its name)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)


def _is_special(path: Path) -> bool:
    try:
        kind = path.stat().st_mode
    except OSError:
        return False
    return not stat.S_ISREG(kind) and not stat.S_ISDIR(kind)


def _mode_of(path: Path) -> int | None:
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        return None


def _sync_folder(folder: Path) -> None:
    # The new name is in place already: a system that cannot flush folders loses nothing but durability.
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
