"""The fetch stage: sources → documents."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from ..errors import FetchError, OutputError, SourceError, UsageError
from ..model import Diagnostic, Document, Provenance
from ..options import FetchOptions
from . import local, urls
from .includes import Includes
from .model import (
    ArchiveSource,
    FetchFailure,
    FetchResult,
    GitHubSource,
    LocalSource,
    ProgressCallback,
    PypiSource,
    Source,
    SphinxSource,
    UrlSource,
)
from .naming import safe_path, unique
from .parse import parse_sources
from .session import Session
from .text import NotText, decode
from .tree import Entry, Fetched, Got, Listing, Plan, Row, laid_out

T = TypeVar("T")
U = TypeVar("U")
Order = tuple[int, ...]
Placed = tuple[Row, Fetched, Path | None]


def fetch(
    sources: Sequence[Source | str],
    *,
    options: FetchOptions | None = None,
    root: Path | None = None,
    progress: ProgressCallback | None = None,
) -> FetchResult:
    """Fetch documents from *sources*, in the order given.

    A string is read as on the command line.  Local documents may include files below *root* (default: the
    folder given, or that of their ``conf.py``).  What cannot be had is an entry of ``failures``; raises
    `UsageError` only for a source or an option that makes no sense.  A `KeyboardInterrupt` keeps what
    is finished, and the next run does the rest.
    """
    options = options or FetchOptions()
    parsed = parse_sources(sources, options)
    key = hashlib.sha256(repr((parsed, options.base, options.mirrors, options.exclude)).encode()).hexdigest()
    session = Session(options, key[:32], progress)
    try:
        result = _Run(session, root).run(parsed)
        session.finish()
        return result
    finally:
        session.close()


def get_file(url: str, options: FetchOptions | None = None) -> bytes:
    """Return the bytes at one address (an inventory, say), through the same cache, lock and limits.

    Raises `FetchError`.
    """
    session = Session(options or FetchOptions(), hashlib.sha256(url.encode()).hexdigest()[:32])
    try:
        body = session.get(url).path.read_bytes()
        used = {uri: replace(entry, extra=True) for uri, entry in session.used.items()}
        session.lock.save(used, complete=False)
        session.finish()
        return body
    finally:
        session.close()


class _Run:
    """The steps of one fetch."""

    def __init__(self, session: Session, root: Path | None) -> None:
        self.session = session
        self.root = root
        self.failures: list[tuple[Order, FetchFailure]] = []
        self.diagnostics: list[Diagnostic] = []

    def run(self, sources: Sequence[Source]) -> FetchResult:
        plan = make_plan(sources, self.session, self.root)
        self.failures += plan.failures
        fetched = self.read_documents(plan.listings)
        includes = Includes(self.session, self.each)
        if self.session.options.includes:
            includes.close_over(fetched)
        self.diagnostics += includes.diagnostics
        given = self.given_conf(fetched)
        confs = [self.found_conf(each) for each in fetched]
        folders = [self.lay_out(each) for each in fetched]
        conf = next((f / c for f, c in zip(folders, confs, strict=True) if f and c), None)
        if isinstance(given, Path):
            conf = given
        elif given is not None:
            conf = next(
                f / given[1] for f, each in zip(folders, fetched, strict=True) if each is given[0] and f
            )
        rows = [
            (row, each, folder) for each, folder in zip(fetched, folders, strict=True) for row in each.rows
        ]
        rows.sort(key=lambda item: item[0].entry.order)
        return self.result(rows, conf, companions(fetched, folders))

    def read_documents(self, listings: Sequence[Listing]) -> list[Fetched]:
        """Read all documents, many at a time."""
        jobs = [(at, entry) for at, listing in enumerate(listings) for entry in _distinct(listing)]
        self.session.total = len(jobs)
        for listing in listings:
            listing.tree.prepare([entry.path for entry in listing.entries])
        local = all(listing.tree.folder is not None for listing in listings)
        answers = self.each(lambda job: self.read(listings[job[0]], job[1].path), jobs, at_once=not local)
        fetched = [Fetched(listing) for listing in listings]
        for (at, entry), answer in zip(jobs, answers, strict=True):
            if isinstance(answer, FetchFailure):
                self.failures.append((entry.order, answer))
                continue
            try:
                text = decode(answer.body())
            except (NotText, OSError) as error:
                self.failures.append((entry.order, FetchFailure(answer.uri, str(error))))
                continue
            fetched[at].rows.append(Row(entry, answer, text))
        return fetched

    def read(self, listing: Listing, path: str) -> Got | FetchFailure:
        """Read one file of a listing's tree; those of this machine are held against the lock here."""
        try:
            got = listing.tree.read(path)
            if listing.tree.folder is not None and self.session.lock.path is not None:
                self.session.check(got)
        except FetchError as error:
            return FetchFailure(error.uri, error.reason, error.offline, error.status)
        return got

    def each(self, function: Callable[[T], U], items: Iterable[T], at_once: bool = True) -> list[U]:
        """Call *function* for all items, many *at_once*; an interruption ends what is under way.

        Files of this machine are read one by one: threads would wait for each other longer than for the disk.
        """
        items = list(items)
        workers = min(self.session.options.connections, len(items))
        if workers < 2 or not at_once:
            return [self.one(function, item) for item in items]
        from concurrent.futures import ThreadPoolExecutor, as_completed

        with ThreadPoolExecutor(workers, thread_name_prefix="fetch") as executor:
            try:
                futures = [executor.submit(function, item) for item in items]
            except RuntimeError as error:  # it could not start a thread
                raise SourceError(f"the system gives too little to work with ({error})") from None
            try:
                for future in as_completed(futures):
                    answer = future.result()
                    self.session.step(getattr(answer, "uri", ""))
            except BaseException:
                self.session.stop()
                executor.shutdown(wait=False, cancel_futures=True)
                raise
        return [future.result() for future in futures]

    def one(self, function: Callable[[T], U], item: T) -> U:
        """Call *function* in this thread; an interruption ends what is under way."""
        try:
            answer = function(item)
        except BaseException:
            self.session.stop()
            raise
        self.session.step(getattr(answer, "uri", ""))
        return answer

    def given_conf(self, fetched: Sequence[Fetched]) -> tuple[Fetched, str] | Path | None:
        """Fetch the ``conf.py`` that the options name, and its companions, into the tree that they are in."""
        options = self.session.options
        if not options.conf:
            return None
        if "://" not in options.conf and not options.base:
            return Path(options.conf)
        for companion in options.companions:
            self.beside(urls.absolute(companion, options.base), fetched, required=False)
        return self.beside(urls.absolute(options.conf, options.base), fetched, required=True)

    def beside(self, url: str, fetched: Sequence[Fetched], *, required: bool) -> tuple[Fetched, str] | None:
        """Fetch one file into the tree that its address lies in."""
        for each in fetched:
            tree = each.listing.tree
            if not isinstance(tree, urls.UrlTree) or not each.rows or not (path := tree.place(url)):
                continue
            answer = self.read(each.listing, path)
            if isinstance(answer, Got):
                each.extras[path] = answer
                return each, path
            if required:
                self.failures.append(((1 << 30,), answer))
            return None
        return None

    def found_conf(self, fetched: Fetched) -> str:
        """Return the path of a tree's own ``conf.py``, once it is here; empty if there is none."""
        listing = fetched.listing
        if not listing.conf or listing.tree.folder is not None:
            return listing.conf
        answer = self.read(listing, listing.conf)
        if isinstance(answer, FetchFailure):
            return ""
        fetched.extras[listing.conf] = answer
        return listing.conf

    def lay_out(self, fetched: Fetched) -> Path | None:
        """Return the folder that a tree's files are in, on this machine."""
        tree = fetched.listing.tree
        if tree.folder is not None:
            return tree.folder
        if not fetched.rows:
            return None
        label = f"{tree.label}@{safe_path(tree.revision)[:12]}" if tree.revision else tree.label
        store = self.session.store
        try:
            return store.snapshot(label, laid_out(fetched))
        except OSError as error:
            reason = error.strerror or error
            raise OutputError(f"cannot write into the cache folder {store.folder}: {reason}") from None

    def result(
        self,
        rows: Sequence[Placed],
        conf: Path | None,
        beside: tuple[tuple[str, Path], ...],
    ) -> FetchResult:
        session = self.session
        names = unique((row.entry.docname, row.got.uri) for row, _, _ in rows)
        documents = []
        for (row, fetched, folder), name in zip(rows, names, strict=True):
            documents.append(_document(row, fetched, folder, name))
            if not row.text or row.text.isspace():
                self.diagnostics.append(Diagnostic("document-empty", "the file is empty", docname=name))
        failures = [failure for _, failure in sorted(self.failures, key=lambda item: item[0])]
        failures = failures or session.lock.unused(session.used)
        session.lock.save(session.used, complete=not failures)
        return FetchResult(
            documents=tuple(documents),
            failures=tuple(failures),
            diagnostics=tuple(self.diagnostics),
            conf=conf,
            lock=tuple(session.used.values()),
            companions=beside,
            requests=session.requests,
            received=session.received,
            from_cache=session.from_cache,
        )


def make_plan(sources: Sequence[Source], session: Session, root: Path | None) -> Plan:
    """Find out which files the sources mean; those of one kind together."""
    numbered = [((at,), source) for at, source in enumerate(sources)]
    plan = local.plan([(o, s) for o, s in numbered if isinstance(s, LocalSource)], session, root)
    by_url = urls.plan([(o, s) for o, s in numbered if isinstance(s, UrlSource)], session)
    plan = Plan(plan.listings + by_url.listings, plan.failures + by_url.failures)
    for order, source in numbered:
        if isinstance(source, (LocalSource, UrlSource)):
            continue
        try:
            plan.listings.append(_listing(order, source, session))
        except FetchError as error:
            failure = FetchFailure(error.uri, error.reason, error.offline, error.status)
            plan.failures.append((order, failure))
    return plan


def _listing(
    order: Order, source: GitHubSource | ArchiveSource | PypiSource | SphinxSource, session: Session
) -> Listing:
    if isinstance(source, GitHubSource):
        from . import github

        return github.listing(order, source, session)
    if isinstance(source, ArchiveSource):
        from . import archive

        return archive.listing(order, source, session)
    if isinstance(source, PypiSource):
        from . import pypi

        return pypi.listing(order, source, session)
    if isinstance(source, SphinxSource):
        from . import sphinx_site

        return sphinx_site.listing(order, source, session)
    raise UsageError(f"{source!r} is no source")


def _distinct(listing: Listing) -> list[Entry]:
    """Return a listing's documents, one that was asked for twice under one name only once."""
    found: dict[tuple[str, str], Entry] = {}
    for entry in listing.entries:
        found.setdefault((entry.path, entry.docname if entry.fixed else ""), entry)
    return list(found.values())


def _once(rows: Sequence[Placed]) -> list[Placed]:
    """Keep the first of the rows that are the same document, unless the user named both."""
    seen: set[str] = set()
    kept = []
    for row in rows:
        uri, entry = row[0].got.uri, row[0].entry
        if uri not in seen or entry.fixed:
            kept.append(row)
        seen.add(uri)
    return kept


def companions(fetched: Sequence[Fetched], folders: Sequence[Path | None]) -> tuple[tuple[str, Path], ...]:
    """Return the files that came along with documents, by their paths below the source folder."""
    return tuple(
        (path[len(inside) :], folder / path)
        for each, folder in zip(fetched, folders, strict=True)
        for inside in [f"{each.listing.srcdir}/" if each.listing.srcdir else ""]
        for path in sorted(each.extras)
        if folder is not None and path.startswith(inside)
    )


def _document(row: Row, fetched: Fetched, folder: Path | None, name: str) -> Document:
    got, listing = row.got, fetched.listing
    assert folder is not None
    return Document(
        docname=name,
        text=row.text,
        provenance=Provenance(got.uri, listing.tree.revision, got.sha256, got.size),
        path=folder / row.entry.path,
        root=listing.root or folder,
        srcdir=folder / listing.srcdir if listing.srcdir else folder,
    )
