"""Convert many documents: from the cache, in worker processes that can be killed, or by any `Executor`.

Each worker is a process with a pipe.  It says when a document is done, so the one at work is known: when it
takes too long or its process dies, that document fails, by name, and a new worker goes on with the rest.
"""

from __future__ import annotations

import contextlib
import gc
import math
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, as_completed
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from .cache import PageCache, open_cache
from .codec import decode, encode
from .errors import ConversionError, RstdownError
from .model import Document, Page, Project
from .options import ConvertOptions

Result = bytes | tuple[str, str]
"""What comes out of a worker: an encoded page, or the name of a document and why it has none."""
Found = Page | ConversionError

BATCH_BYTES = 100_000
BATCH_DOCUMENTS = 20
"""How much goes to an `Executor` at once: a task of Dask's costs some 7 ms, a page takes 45."""
SMALL = 50_000
"""Up to how much text it is not worth to start a process from nothing."""
AHEAD = 3
"""How many documents a worker has at hand, so that it need not wait for the next."""
PATIENCE = 5
"""How many times the limit of processor time a document may take by the clock, on a busy machine."""


def convert_documents(
    documents: Sequence[Document],
    project: Project,
    options: ConvertOptions,
    *,
    jobs: int = 0,
    cache: bool | PageCache = True,
    executor: Executor | None = None,
    on_done: Callable[[str], None] | None = None,
) -> tuple[Found, ...]:
    """Return each document's page, or why it has none, in the order given.

    *jobs* is the number of worker processes (0: one per core; 1: none, all happens here, where limits can be
    looked at only between steps).  *executor* runs the work elsewhere.  *on_done* is called with each
    docname, in the order in which they get ready.
    """
    store = open_cache() if cache is True else cache or None
    found: dict[int, Found] = {}
    keys: dict[int, str] = {}
    for index, document in enumerate(documents):
        if store:
            keys[index] = store.key(document, project, options)
            if page := store.get(keys[index], document.root):
                found[index] = page
                _tell(on_done, document)
    # Big ones first, so that none is left over when the others are done.
    todo = sorted(
        (index for index in range(len(documents)) if index not in found),
        key=lambda index: -len(documents[index].text),
    )
    for index, result in _run(documents, todo, project, options, jobs, executor):
        document = documents[index]
        if isinstance(result, bytes):
            found[index] = decode(result)
            if store:
                store.put(keys[index], result)
        else:
            found[index] = result if isinstance(result, Page) else ConversionError(*result)
            if store and isinstance(result, Page):
                store.put(keys[index], encode(result))
        _tell(on_done, document)
    if store:
        store.close()
    return tuple(found[index] for index in range(len(documents)))


def convert_batch(documents: Sequence[Document], project: Project, options: ConvertOptions) -> list[Result]:
    """Convert documents one after the other: the task that an `Executor` runs, plain data in and out."""
    return [_convert(document, project, options) for document in documents]


def _tell(on_done: Callable[[str], None] | None, document: Document) -> None:
    if on_done:
        on_done(document.docname)


def _run(
    documents: Sequence[Document],
    todo: Sequence[int],
    project: Project,
    options: ConvertOptions,
    jobs: int,
    executor: Executor | None,
) -> Iterator[tuple[int, Result | Page]]:
    """Yield the results of the documents *todo* as they get ready."""
    if not todo:
        return
    if executor is not None:
        yield from _by_executor(documents, todo, project, options, executor)
        return
    few = not _can_fork() and sum(len(documents[index].text) for index in todo) < SMALL
    if jobs == 1 or (jobs == 0 and few):
        for index in todo:
            yield index, _page(documents[index], project, options)
        return
    pool = _Pool(documents, todo, project, options, min(jobs or _cores(), len(todo)))
    try:
        yield from pool.run()
    finally:
        pool.close()


def _by_executor(
    documents: Sequence[Document],
    todo: Sequence[int],
    project: Project,
    options: ConvertOptions,
    executor: Executor,
) -> Iterator[tuple[int, Result]]:
    futures = {}
    for batch in _batches(documents, todo):
        task = executor.submit(convert_batch, [documents[index] for index in batch], project, options)
        futures[task] = batch
    for future in as_completed(futures):
        batch = futures[future]
        try:
            results = future.result()
        except Exception as error:
            problem = f"the executor gave it up: {type(error).__name__}: {error}"
            results = [(documents[index].docname, problem) for index in batch]
        yield from zip(batch, results, strict=True)


def _batches(documents: Sequence[Document], todo: Sequence[int]) -> Iterator[list[int]]:
    batch: list[int] = []
    size = 0
    for index in todo:
        batch.append(index)
        size += len(documents[index].text)
        if size >= BATCH_BYTES or len(batch) >= BATCH_DOCUMENTS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _page(document: Document, project: Project, options: ConvertOptions) -> Page | tuple[str, str]:
    from .pipeline import convert_page

    try:
        return convert_page(document, project, options)
    except ConversionError as error:
        return error.docname, error.reason


def _convert(document: Document, project: Project, options: ConvertOptions) -> Result:
    page = _page(document, project, options)
    try:
        return encode(page) if isinstance(page, Page) else page
    except MemoryError:
        return document.docname, "takes more memory than there is"


def _cores() -> int:
    """Return how many processors this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def _can_fork() -> bool:
    """Tell whether a worker can be a copy of this process, there in no time: on Linux, without threads."""
    return sys.platform == "linux" and threading.active_count() == 1


class _Worker:
    """A process, the pipe to it, and the documents that it has been given."""

    def __init__(self, pool: _Pool) -> None:
        ours, theirs = pool.context.Pipe()
        inherited = [worker.pipe for worker in pool.workers] if pool.forked else []
        self.pipe: Connection = ours
        self.given: deque[int] = deque()
        self.since = time.monotonic()
        self.process = pool.context.Process(
            target=_work,
            args=(theirs, [*inherited, ours] if pool.forked else [], *pool.material),
            name="rstdown-worker",
            daemon=True,
        )
        self.process.start()
        theirs.close()

    def give(self, index: int) -> None:
        if not self.given:
            self.since = time.monotonic()
        self.given.append(index)
        with contextlib.suppress(OSError):  # it has died, which its pipe will tell
            self.pipe.send(index)

    def kill(self) -> int | None:
        """End the process; return how it had ended by itself (None: it had not)."""
        self.process.join(0.2)
        code: int | None = self.process.exitcode
        if code is None:
            self.process.kill()
            self.process.join()
        self.pipe.close()
        return code


class _Pool:
    """Worker processes for one set of documents."""

    def __init__(
        self,
        documents: Sequence[Document],
        todo: Sequence[int],
        project: Project,
        options: ConvertOptions,
        jobs: int,
    ) -> None:
        self.documents = documents
        self.queue = deque(todo)
        self.forked = _can_fork()
        if self.forked:
            _warm_up(options)
        self.context: Any = multiprocessing.get_context("fork" if self.forked else "spawn")
        # Workers are told indexes only: what they are sent never fills a pipe that they do not read.
        self.material = (documents, project, options)
        self.workers: list[_Worker] = []
        for _ in range(jobs):
            self.workers.append(_Worker(self))
        self.deaths = 0

    def run(self) -> Iterator[tuple[int, Result]]:
        """Yield results as they come."""
        while True:
            self._hand_out()
            busy = {worker.pipe: worker for worker in self.workers if worker.given}
            if not busy:
                return
            for pipe in wait(list(busy), timeout=1):
                yield self._receive(busy[pipe])  # type: ignore[index]
            for worker in list(self.workers):
                if worker.given and time.monotonic() - worker.since > self._patience(worker.given[0]):
                    yield self._bury(worker)

    def close(self) -> None:
        """End all workers."""
        for worker in self.workers:
            worker.process.kill()
            worker.process.join()
            worker.pipe.close()

    def _hand_out(self) -> None:
        for _ in range(AHEAD):
            for worker in self.workers:
                if self.queue and len(worker.given) < AHEAD:
                    worker.give(self.queue.popleft())

    def _receive(self, worker: _Worker) -> tuple[int, Result]:
        try:
            index, result = worker.pipe.recv()
        except (EOFError, OSError):
            return self._bury(worker)
        worker.given.remove(index)
        worker.since = time.monotonic()
        self.deaths = 0
        return index, result

    def _bury(self, worker: _Worker) -> tuple[int, Result]:
        """Give up the document that *worker* was at, and put a new worker in its place."""
        code = worker.kill()
        index = worker.given.popleft()
        self.queue.extendleft(reversed(worker.given))
        self.workers.remove(worker)
        self.deaths += 1
        if self.deaths > 2 * len(self.documents) + 10:
            raise RstdownError("worker processes cannot be started; try --jobs 1")
        self.workers.append(_Worker(self))
        return index, (self.documents[index].docname, self._reason(index, code))

    def _patience(self, index: int) -> float:
        seconds: float = _limits(self.documents[index]).seconds
        return PATIENCE * seconds

    def _reason(self, index: int, code: int | None) -> str:
        limits = _limits(self.documents[index])
        if code is None or code == -getattr(signal, "SIGXCPU", 0):
            return f"took more than {limits.seconds:.0f} s (the limit)"
        if code == -getattr(signal, "SIGKILL", 0):
            return f"was stopped by the system, perhaps for its memory (limit {limits.memory >> 20} MiB)"
        return f"ended its worker process (code {code})"


def _limits(document: Document) -> Any:
    from .rst.limits import Limits

    return Limits.of_size(len(document.text))


def _warm_up(options: ConvertOptions) -> None:
    """Import what conversions need, once for all copies of this process."""
    from .pipeline import engine

    with contextlib.suppress(RstdownError):
        engine(options.engine)


def _work(
    pipe: Connection,
    inherited: Iterable[Connection],
    documents: Sequence[Document],
    project: Project,
    options: ConvertOptions,
) -> None:
    """Convert the documents whose indexes come through *pipe*: what a worker process does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it ends when the pipe does
    for other in inherited:
        other.close()
    from .rst.limits import on_extension

    _warm_up(options)
    on_extension.append(_more_time)
    gc.freeze()
    with contextlib.suppress(EOFError, OSError):
        while True:
            index = pipe.recv()
            _limit_process(documents[index])
            pipe.send((index, _convert(documents[index], project, options)))


def _more_time(seconds: float) -> None:
    """Move the system's limit for this process, as the parser has moved its own."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
        if soft != resource.RLIM_INFINITY:
            resource.setrlimit(resource.RLIMIT_CPU, (soft + math.ceil(seconds), hard))


def _limit_process(document: Document) -> None:
    """Let the system stop this process where one document takes too much; soft limits can be moved again."""
    try:
        import resource
    except ImportError:
        return
    limits = _limits(document)
    used = resource.getrusage(resource.RUSAGE_SELF)
    # The parser looks at the same limit itself, and says more than a killed process can.
    seconds = int(used.ru_utime + used.ru_stime + limits.seconds) + 2
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.getrlimit(resource.RLIMIT_CPU)[1]))
        size = int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        resource.setrlimit(resource.RLIMIT_AS, (size + limits.memory, hard))
