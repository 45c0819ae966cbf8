"""One run of the fetch stage: the cache, the lock and the client, behind ``get(url)``."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ..errors import FetchError
from ..options import FetchOptions
from .lock import Lock
from .model import LockEntry, Progress, ProgressCallback
from .naming import redact
from .store import Entry, Store, cache_folder, scratch
from .tree import Got

if TYPE_CHECKING:
    from .http import Client


class Session:
    """What all sources of one run share.  Safe to use from many threads."""

    def __init__(self, options: FetchOptions, run_key: str, progress: ProgressCallback | None = None) -> None:
        self.options = options
        self.lock = Lock.open(options)
        self.used: dict[str, LockEntry] = {}
        self.from_cache = 0
        self.total = 0
        self._done = 0
        self._run_key = run_key
        self._progress = progress
        self._mutex = threading.Lock()
        self._store: Store | None = None
        self._client: Client | None = None
        self._fresh_since = 0.0

    @property
    def store(self) -> Store:
        """The cache, opened when first needed."""
        with self._mutex:
            if self._store is None:
                self._store = Store(cache_folder(self.options.cache_dir) / "fetch")
                self._fresh_since = self._store.begin_run(self._run_key)
            return self._store

    @property
    def client(self) -> Client:
        """The HTTP client, opened when first needed."""
        with self._mutex:
            if self._client is None:
                from .http import Client  # a fifth of a second that runs on local files need not spend

                self._client = Client(self.options, self._notify)
            return self._client

    @property
    def requests(self) -> int:
        """How many requests were sent."""
        return self._client.requests if self._client else 0

    @property
    def received(self) -> int:
        """How many bytes of bodies came over the network."""
        return self._client.received if self._client else 0

    def finish(self) -> None:
        """Record that the run came to its end."""
        if self._store is not None:
            self._store.end_run(self._run_key)

    def stop(self) -> None:
        """End everything under way."""
        if self._client is not None:
            self._client.stop()

    def close(self) -> None:
        """Close all connections."""
        if self._client is not None:
            self._client.close()

    def step(self, uri: str) -> None:
        """Count one file as done."""
        with self._mutex:
            self._done += 1
        self._notify(uri, "")

    def _notify(self, uri: str, note: str) -> None:
        if self._progress is not None:
            self._progress(Progress(self._done, self.total, self.received, uri, note))

    def mirrored(self, url: str) -> str:
        """Return the address to fetch *url* from."""
        for row in self.options.mirrors:
            old, separator, new = row.partition("=")
            if separator and old and url.startswith(old):
                return new + url[len(old) :]
        return url

    def get(
        self,
        url: str,
        *,
        immutable: bool = False,
        limit: int = 0,
        accept: str = "",
        record: bool = True,
        patient: bool = True,
    ) -> Got:
        """Return the body at *url*, from the lock, the cache or the network.

        *immutable*: what was fetched once stays right; *limit* is in bytes; *record* puts it in the lock;
        not *patient*: one try, no waiting.
        Raises `FetchError`.
        """
        uri = redact(url)
        if not record:
            return self._from_web(
                self.mirrored(url), uri, immutable, limit or self.options.max_size, accept, patient
            )
        self.lock.check_known(uri)
        got = self._from_lock(uri, self.lock.sha256(uri)) or self._from_web(
            self.mirrored(url), uri, immutable, limit or self.options.max_size, accept, patient
        )
        self.check(got)
        return got

    def check(self, got: Got) -> None:
        """Hold a file against the lock and record it there.  Raises `FetchError` where the two differ."""
        self.lock.check_known(got.uri)
        if self.lock.sha256(got.uri) not in ("", got.sha256):
            reason = f"its content is no longer what {self.lock.name} says; --update accepts it"
            raise FetchError(got.uri, reason)
        self.record(LockEntry(got.uri, got.sha256, got.size))

    def record(self, entry: LockEntry) -> None:
        """Remember a row for the lock file."""
        with self._mutex:
            now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            self.used[entry.uri] = self.lock.dated(entry, now)

    def _from_lock(self, uri: str, sha256: str) -> Got | None:
        if not sha256 or self.options.refresh or (path := self.store.blob(sha256)) is None:
            return None
        self._count_cached()
        return Got(path, sha256, path.stat().st_size, uri)

    def _from_web(self, url: str, uri: str, immutable: bool, limit: int, accept: str, patient: bool) -> Got:
        store, options = self.store, self.options
        key = f"{url} {accept}" if accept else url
        entry = None if options.refresh else store.entry(key)
        if entry and entry.status == 404 and (options.offline or immutable):
            raise FetchError(uri, "HTTP 404 not found; check the address", status=404)
        body = store.blob(entry.sha256) if entry and entry.sha256 else None
        if entry and body:
            if options.offline or immutable or entry.fetched_at >= self._fresh_since:
                self._count_cached()
                return Got(body, entry.sha256, entry.size, uri)
        elif options.offline:
            raise FetchError(uri, "not in the cache, and --offline allows no download")
        headers = {"Accept": accept} if accept else {}
        if entry and body:
            headers |= {"If-None-Match": entry.etag} if entry.etag else {}
            headers |= {"If-Modified-Since": entry.last_modified} if entry.last_modified else {}
        with self._cache_errors(uri), scratch(store) as temporary:
            try:
                answer = self.client.download(url, temporary, headers, limit, patient=patient)
            except FetchError as error:
                if error.status == 404:
                    store.remember(key, Entry(uri, "", 0, fetched_at=time.time(), status=404))
                raise self._with_hint(error, uri, entry if body else None) from None
            if answer.status == 304 and entry and body:
                store.remember(key, replace(entry, fetched_at=time.time()))
                self._count_cached()
                return Got(body, entry.sha256, entry.size, uri)
            if answer.status == 304:
                raise FetchError(
                    uri, "the server says 304 although nothing was cached; try --refresh", status=304
                )
            path = store.keep(temporary, answer.sha256)
            etag, modified = answer.headers.get("etag", ""), answer.headers.get("last-modified", "")
            store.remember(key, Entry(uri, answer.sha256, answer.size, etag, modified, time.time()))
        return Got(path, answer.sha256, answer.size, uri)

    @contextmanager
    def _cache_errors(self, uri: str) -> Iterator[None]:
        """Turn a full or read-only disk into a failure of the file at hand."""
        try:
            yield
        except OSError as error:
            where = self.store.folder
            raise FetchError(uri, f"cannot be kept in {where}: {error.strerror or error}") from None

    def _with_hint(self, error: FetchError, uri: str, cached: Entry | None) -> FetchError:
        reason = error.reason
        if error.offline and cached is not None:
            day = datetime.fromtimestamp(cached.fetched_at, UTC).date()
            reason += f"; the cache has a copy of {day}: --offline uses it"
        return FetchError(uri, reason, offline=error.offline, status=error.status)

    def _count_cached(self) -> None:
        with self._mutex:
            self.from_cache += 1
