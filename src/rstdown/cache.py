"""Pages kept on disk between runs.

    pages/<ab>/<key>    a page (see `rstdown.codec`) or a text; its key is the hash of all it was made from
    pages/swept         when old pages were last removed
    bundles/<key>       the last bundle of certain documents (see `rstdown.bundle_cache`)

An entry holds if the files that the page needed while it was made (`Page.requires`) are still what they were.
Any part may be deleted at any time, any number of processes may share it; each file appears whole, by
`os.replace`, and one that is damaged or cannot be read counts as missing.  The folder belongs to the user
alone: one that others may write to is not used.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import os
import stat
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from .codec import PAGES, CodecError, decode
from .files import read_regular
from .markdown.nodes import Node
from .model import Document, Page, Project
from .options import ConvertOptions

DAYS = 30
"""After how many days without use a page is removed."""
MAX_BYTES = 1_000_000_000
"""How large an entry, or a file that a page needed, may be."""
DATED = ("today", "date::")
"""What a text holds if its page depends on the day."""

_counter = itertools.count()


def cache_folder() -> Path:
    """Return the cache's folder: ``RSTDOWN_CACHE_DIR``, else the user's cache folder."""
    if folder := os.environ.get("RSTDOWN_CACHE_DIR"):
        return Path(os.path.expanduser(folder)).absolute()  # noqa: PTH111  (a Path raises for no user)
    import platformdirs

    return Path(platformdirs.user_cache_dir("rstdown", appauthor=False))


def open_cache(folder: Path | None = None) -> PageCache | None:
    """Return the cache in *folder* (default: `cache_folder`); None where there can be none."""
    home = (folder or cache_folder()) / "pages"
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        state = home.stat()
    except OSError:
        return None
    foreign = hasattr(os, "getuid") and state.st_uid != os.getuid()
    if foreign or (os.name == "posix" and stat.S_IMODE(state.st_mode) & 0o022):
        return None
    return PageCache(home)


class PageCache:
    """The pages in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: dict[Path, str] = {}
        self.bases: dict[tuple[int, ConvertOptions], tuple[Any, ...]] = {}
        self.stored = False

    def key(self, document: Document, project: Project, options: ConvertOptions) -> str:
        """Return the hash of all that the page of *document* is made from, but for the files it needs."""
        base = self._base(project, options)
        root, path, srcdir = document.root, document.path, document.srcdir
        place = tuple(_below(folder, root) for folder in (path, srcdir)) if root else ()
        dated = any(word in text for word in DATED for text in (document.text, base[1]))
        parts = (document.docname, document.provenance, place, bool(root), dated and _day())
        digest = hashlib.sha256(base[0])
        digest.update(repr(plain(parts)).encode("utf-8", "surrogatepass"))
        digest.update(document.text.encode("utf-8", "surrogatepass"))
        return digest.hexdigest()

    def _base(self, project: Project, options: ConvertOptions) -> tuple[Any, ...]:
        """Return the hash of what all documents of a project share, and the project's own text."""
        known = id(project), options
        if known not in self.bases:
            shown = repr((_stamp(), plain(project), plain(options)))
            found = hashlib.sha256(shown.encode("utf-8", "surrogatepass")).digest()
            # The project is kept, so that its id stays its own.
            self.bases[known] = (found, project.rst_prolog + project.rst_epilog, project)
        return self.bases[known]

    def get(self, key: str, root: Path | None) -> tuple[Page, bytes] | None:
        """Return the page with this key, and its bytes, if the files that it needed are unchanged."""
        file = self._file(key)
        try:
            data = read_regular(file, MAX_BYTES)
            page = decode(data)
        except (OSError, CodecError):
            return None
        if any(self.hash_of(root, needed.path) != needed.sha256 for needed in page.requires):
            return None
        with contextlib.suppress(OSError):
            if time.time() - file.stat().st_mtime > 86_400:
                os.utime(file)
        return page, data

    def text(self, key: str) -> str | None:
        """Return the text with this key."""
        try:
            found = PAGES.load(read_regular(self._file(key), MAX_BYTES))
        except (OSError, CodecError):
            return None
        return found if isinstance(found, str) else None

    def put(self, key: str, data: bytes) -> None:
        """Keep an encoded page or text; where that fails, there is just no entry."""
        self.write(self._file(key), data)

    def write(self, file: Path, data: bytes) -> None:
        """Write a file below the cache's folder whole, or not at all."""
        temporary = file.with_name(f".{os.getpid()}-{next(_counter)}.tmp")
        try:
            file.parent.mkdir(mode=0o700, exist_ok=True)
            temporary.write_bytes(data)
            temporary.replace(file)
        except OSError:
            with contextlib.suppress(OSError):
                temporary.unlink()
            return
        self.stored = True

    def close(self) -> None:
        """Remove pages that nobody has asked for in a month; at most once a day."""
        marker = self.folder / "swept"
        with contextlib.suppress(OSError):
            if not self.stored or (marker.exists() and time.time() - marker.stat().st_mtime < 86_400):
                return
            marker.touch()
            oldest = time.time() - DAYS * 86_400
            for file in (*self.folder.glob("??/*"), *self.folder.parent.glob("bundles/*")):
                with contextlib.suppress(OSError):
                    if file.stat().st_mtime < oldest:
                        file.unlink()

    def _file(self, key: str) -> Path:
        return self.folder / key[:2] / key

    def hash_of(self, root: Path | None, name: str) -> str:
        """Return the hash of a file below *root*, empty if it cannot be read; each is read once."""
        if root is None:
            return ""
        path = root / name
        if path not in self.files:
            try:
                self.files[path] = hashlib.sha256(read_regular(path, MAX_BYTES)).hexdigest()
            except OSError:
                self.files[path] = ""
        return self.files[path]


class TextCache:
    """What trees are as Markdown, kept beside the pages of *store*; *about* are the options (any values)."""

    def __init__(self, store: PageCache, *about: Any) -> None:
        self.store = store
        self.about = repr((_stamp(), plain(about))).encode("utf-8", "surrogatepass")

    def written(self, tree: Node, offset: int, write: Callable[[], str]) -> str:
        """Return the text of *tree* with headings *offset* levels down; *write* makes it if it is unknown."""
        key = hashlib.sha256(b"%d %b\0%b" % (offset, self.about, PAGES.dump(tree))).hexdigest()
        text = self.store.text(key)
        if text is None:
            text = write()
            self.store.put(key, PAGES.dump(text))
        return text


def plain(value: Any) -> Any:
    """Return *value* as something whose ``repr`` depends on nothing but what it holds."""
    if is_dataclass(value):
        return tuple(plain(getattr(value, field.name)) for field in fields(value))
    if isinstance(value, Mapping):
        return tuple(sorted((str(key), repr(plain(item))) for key, item in value.items()))
    if isinstance(value, (set, frozenset)):
        return tuple(sorted(repr(plain(item)) for item in value))
    if isinstance(value, (list, tuple)):
        return tuple(map(plain, value))
    return str(value) if isinstance(value, os.PathLike) else value


def _below(path: Path | None, root: Path) -> str:
    if path is None:
        return ""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()


def _day() -> str:
    return os.environ.get("SOURCE_DATE_EPOCH") or time.strftime("%Y-%m-%d", time.gmtime())


def _stamp() -> tuple[Any, ...]:
    """Return what identifies the code that makes pages: Python, docutils, and our files, by size and time."""
    here = Path(__file__).parent
    sources: Iterable[tuple[str, int, int]] = (
        (path.relative_to(here).as_posix(), state.st_size, state.st_mtime_ns)
        for path in here.rglob("*.py")
        for state in [path.stat()]
    )
    spec = find_spec("docutils")
    docutils = Path(spec.origin).stat().st_mtime_ns if spec and spec.origin else 0
    return sys.version, docutils, sorted(sources)
