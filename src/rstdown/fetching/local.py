"""Files and folders on this machine."""

from __future__ import annotations

import hashlib
import os
import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import field
from pathlib import Path

from ..errors import FetchError
from ..files import read_regular
from ..frozen import dataclass
from . import project
from .matching import MAGIC, RST_SUFFIXES, matches, select
from .model import FetchFailure, LocalSource
from .naming import common_folder, docnames
from .paths import exists, is_below, is_folder, show
from .session import Session
from .tree import Entry, Got, Listing, Plan

_HIGHEST = 8
Order = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LocalTree:
    """A folder of this machine."""

    folder: Path
    limit: int
    label: str = ""
    revision: str = ""
    real: dict[str, str] = field(default_factory=dict, repr=False, compare=False)
    """Where the folders of files that have been read really are."""

    def prepare(self, paths: Sequence[str]) -> None:
        """Do nothing: the files are here."""

    def read(self, path: str) -> Got:
        """Return one file.  Raises `FetchError` unless it is a regular file that lies in the folder."""
        target = self.folder / path
        shown = show(target)
        try:
            real = self._resolved(target)
            if not (is_below(real, self.folder) or is_below(real, self.folder.resolve())):
                raise FetchError(shown, "a link that leads out of the folder; it was not read")
            data = read_regular(real, self.limit, "; see --max-size")
        except (OSError, ValueError, RuntimeError) as error:  # RuntimeError: a loop of links
            raise FetchError(shown, _reason(error)) from None
        return Got(target, hashlib.sha256(data).hexdigest(), len(data), shown, data)

    def _resolved(self, target: Path) -> str:
        """Return where *target* really is: in its folder, which is resolved once, or where it links to."""
        folder, name = os.path.split(target)
        if folder not in self.real:
            self.real[folder] = str(Path(folder).resolve(strict=True))
        path = os.path.join(self.real[folder], name)  # noqa: PTH118
        return str(Path(path).resolve(strict=True)) if os.path.islink(path) else path  # noqa: PTH114


def _reason(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "no such file; check its name"
    if isinstance(error, IsADirectoryError):
        return "a folder, not a file"
    return getattr(error, "strerror", None) or str(error)


def plan(sources: Sequence[tuple[Order, LocalSource]], session: Session, root: Path | None) -> Plan:
    """List the documents of local sources; single files that share a folder are named together."""
    result = Plan()
    files: list[tuple[Order, LocalSource, Path]] = []
    for order, source in sources:
        path = _absolute(os.path.expanduser(source.path))  # noqa: PTH111  (a Path raises for no user)
        if is_folder(path):
            result.listings.append(_folder(order, source, path, session, result, root))
        elif MAGIC.search(source.path) and not exists(path):
            found = _glob(path)
            kept = [each for each in found if each.is_file() and not _excluded(each.name, source, session)]
            if not kept:
                failure = FetchFailure(source.path, "matches no file; check the pattern")
                result.failures.append((order, failure))
            files += [((*order, at), source, each) for at, each in enumerate(kept)]
        else:
            files.append((order, source, path))
    result.listings.extend(_files(files, session, root))
    return result


def _absolute(path: str) -> Path:
    """Return *path* below the working folder, unless it begins at the top: `Path.absolute`, quicker."""
    return Path(path if os.path.isabs(path) else os.path.join(os.getcwd(), path))  # noqa: PTH109, PTH117, PTH118


def _glob(path: Path) -> list[Path]:
    """Return what matches a pattern; nothing where the system finds fault with it."""
    try:
        return sorted(Path(path.anchor).glob(str(path.relative_to(path.anchor))))
    except (OSError, ValueError, RecursionError):
        return []


def _excluded(name: str, source: LocalSource, session: Session) -> bool:
    return any(matches(name, each) for each in (*source.exclude, *session.options.exclude))


def find_conf(folder: Path) -> Path | None:
    """Return the nearest ``conf.py`` at or above *folder*, within its repository."""
    for here in (folder, *folder.parents)[:_HIGHEST]:
        if (here / "conf.py").is_file():
            return here / "conf.py"
        if (here / ".git").exists():
            break
    return None


def _files(
    files: Sequence[tuple[Order, LocalSource, Path]], session: Session, root: Path | None
) -> list[Listing]:
    """Make one listing per source folder (that of the nearest ``conf.py``, else the files' own)."""
    groups: dict[tuple[Path, Path | None, Path | None], list[tuple[Order, LocalSource, str]]] = {}
    confs: dict[str, tuple[Path, Path | None]] = {}  # by folder: the source folder, and its ``conf.py``
    roots: dict[str, Path | None] = {}
    loose = []
    for order, source, path in files:
        text = path.as_posix()
        folder = posixpath.dirname(text)
        if folder not in confs:
            conf = find_conf(path.parent)
            confs[folder] = conf.parent if conf else path.parent, conf
        if source.root not in roots:
            roots[source.root] = _root(source, root)
        top, conf = confs[folder]
        groups.setdefault((top, conf, roots[source.root]), []).append((order, source, text))
        if conf is None:
            loose.append(text)
    shared = "".join(f"{part}/" for part in common_folder(loose))
    result = []
    for (top, conf, includes), rows in groups.items():
        prefix = f"{top.as_posix().rstrip('/')}/"
        names = docnames([text for *_, text in rows], root=prefix if conf else shared)
        entries = tuple(
            Entry(order, text.removeprefix(prefix), source.docname or name, bool(source.docname))
            for (order, source, text), name in zip(rows, names, strict=True)
        )
        tree = LocalTree(top, session.options.max_size)
        result.append(_with_conf(tree, entries, conf, top, includes))
    return result


def _root(source: LocalSource, root: Path | None) -> Path | None:
    """Return the folder that includes may be read from, if the user named one."""
    return Path(source.root).absolute() if source.root else root.absolute() if root else None


def _folder(
    order: Order, source: LocalSource, folder: Path, session: Session, result: Plan, root: Path | None
) -> Listing:
    conf = find_conf(folder) or _conf_below(folder)
    known = project.layout(_text(conf)) if conf else project.Layout()
    home = conf.parent if conf and conf.parent.is_relative_to(folder) else folder
    paths = [path.relative_to(folder).as_posix() for path in _walk(folder)]
    exclude = (*source.exclude, *session.options.exclude)
    chosen = select(paths, source.globs, exclude, known.suffixes or RST_SUFFIXES)
    if not source.globs:
        chosen = [p for p in chosen if not _conf_excludes(folder / p, home, known.exclude)]
    if not chosen:
        what = f"files that match {', '.join(source.globs)}" if source.globs else "reStructuredText files"
        result.failures.append((order, FetchFailure(source.path, f"holds no {what}")))
    top = conf.parent if conf and folder.is_relative_to(conf.parent) else folder
    naming = home if all((folder / p).is_relative_to(home) for p in chosen) else folder
    names = docnames([(folder / p).relative_to(naming).as_posix() for p in chosen], root="")
    prefix = folder.relative_to(top).as_posix()
    entries = tuple(
        Entry((*order, at), path if prefix == "." else f"{prefix}/{path}", name)
        for at, (path, name) in enumerate(zip(chosen, names, strict=True))
    )
    tree = LocalTree(top, session.options.max_size)
    return _with_conf(tree, entries, conf, naming, _root(source, root))


def _with_conf(
    tree: LocalTree, entries: tuple[Entry, ...], conf: Path | None, home: Path, root: Path | None
) -> Listing:
    srcdir = conf.parent if conf and conf.parent.is_relative_to(tree.folder) else home
    inside = srcdir.relative_to(tree.folder).as_posix() if srcdir.is_relative_to(tree.folder) else ""
    path = conf.as_posix() if conf else ""
    return Listing(tree, entries, "" if inside == "." else inside, path, root or tree.folder)


def _conf_excludes(path: Path, home: Path, patterns: Sequence[str]) -> bool:
    if not path.is_relative_to(home):
        return False
    inside = path.relative_to(home).as_posix()
    return any(matches(inside, each) for each in patterns)


def _walk(folder: Path) -> Iterator[Path]:
    """Give all files below *folder*; linked folders are not entered."""
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != ".git")
        yield from (Path(here) / name for name in names)


def _conf_below(folder: Path) -> Path | None:
    """Return the only ``conf.py`` in a documentation folder below *folder*, if there is just one."""
    places = [
        folder / docs / source for docs in ("", "doc", "docs", "Doc") for source in ("", "source", "src")
    ]
    found = {place / "conf.py" for place in places if (place / "conf.py").is_file()}
    return found.pop() if len(found) == 1 else None


def _text(path: Path) -> str:
    try:
        return read_regular(path, 1_000_000).decode("utf-8", "replace")
    except OSError:
        return ""
