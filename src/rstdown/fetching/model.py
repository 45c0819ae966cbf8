"""The values of the fetch stage: what to fetch, what came of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ..frozen import dataclass
from ..model import Diagnostic, Document


@dataclass(frozen=True, slots=True, kw_only=True)
class UrlSource:
    """One document at an address.

    *url* is absolute, or relative to *base* (which ``FetchOptions.base`` overrides, so that a job can run
    against a mirror without its documents changing their names).
    """

    url: str
    base: str = ""
    docname: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GitHubSource:
    """The files of a GitHub repository at *ref* that match *globs*; no ref: the default branch."""

    owner: str
    repo: str
    ref: str = "HEAD"
    globs: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    docname: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalSource:
    """A file, a folder (with *globs* relative to it) or a pattern on this machine.

    *root* widens the folder that includes may be read from; by default it is the folder given.
    """

    path: str
    globs: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    docname: str = ""
    root: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveSource:
    """The documents in a zip or tar archive, at a path or an address; *sha256* is checked if given."""

    location: str
    globs: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PypiSource:
    """The documentation in a package's source distribution; no *version*: the latest."""

    name: str
    version: str = ""
    globs: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SphinxSource:
    """The sources that a site built by Sphinx publishes under ``_sources/``."""

    url: str
    globs: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


Source = UrlSource | GitHubSource | LocalSource | ArchiveSource | PypiSource | SphinxSource


@dataclass(frozen=True, slots=True)
class FetchFailure:
    """Something asked for that could not be had.

    *offline* is true where the host could not be reached at all; *status* is the HTTP status, if any.
    """

    uri: str
    reason: str
    offline: bool = False
    status: int = 0

    def __str__(self) -> str:
        return f"{self.uri}: {self.reason}"


@dataclass(frozen=True, slots=True)
class LockEntry:
    """One row of the lock file: which bytes *uri* stood for, at which *revision*, since when.

    *extra*: not part of the documents' fetch, but of the job all the same (an inventory).
    """

    uri: str
    sha256: str
    size: int
    revision: str = ""
    fetched_at: str = ""
    extra: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a fetch is: *done* of *total* files, *size* bytes; *note*: what it waits for."""

    done: int
    total: int
    size: int
    uri: str = ""
    note: str = ""


ProgressCallback = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class FetchResult:
    """What came of a fetch: documents in the order asked, failures, and what it took.

    *conf* is the project's ``conf.py`` on disk (data, never to be executed), *companions* the files that
    came along because documents include them (path below the source folder → file), *lock* the rows for
    a lock file; *requests* and *received* (bytes) count what the network was used for.
    """

    documents: tuple[Document, ...] = ()
    failures: tuple[FetchFailure, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    conf: Path | None = None
    lock: tuple[LockEntry, ...] = ()
    companions: tuple[tuple[str, Path], ...] = ()
    requests: int = 0
    received: int = 0
    from_cache: int = 0

    @property
    def unreachable(self) -> bool:
        """Tell whether nothing at all was fetched because no host could be reached."""
        return not self.documents and bool(self.failures) and all(each.offline for each in self.failures)
