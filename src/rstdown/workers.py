"""Worker processes that can be killed: what one document takes too much for, it alone has to do without.

Each worker is a process with a pipe.  It says when a document is done, so the one at work is known: when it
takes too long or its process dies, that document fails, by name, and a new worker goes on with the rest.
"""

from __future__ import annotations

import contextlib
import gc
import math
import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from .errors import RstdownError
from .model import Document
from .rst.limits import Limits, on_extension

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

AHEAD = 3
"""How many documents a worker has at hand, so that it need not wait for the next."""
PATIENCE = 5
"""How many times the limit of processor time a document may take by the clock, on a busy machine."""


class Failure(NamedTuple):
    """Why a document has no result."""

    docname: str
    reason: str


class Work(Protocol):
    """What workers do to *documents*, which they are told by index; it has to be picklable."""

    @property
    def documents(self) -> Sequence[Document]:
        """What is to be worked on."""

    def prepare(self) -> None:
        """Import what will be needed, once for all copies of this process."""

    def do(self, index: int) -> object:
        """Return what becomes of a document: plain data, or a `Failure`."""


def run_in_workers(work: Work, todo: Sequence[int], jobs: int = 0) -> Iterator[tuple[int, Any]]:
    """Yield an index and what became of its document as they get ready.

    *jobs* is the number of worker processes (0: one per core).  Raises `RstdownError` where none can be had.
    """
    pool = _Pool(work, todo, min(jobs or cores(), len(todo)))
    try:
        yield from pool.run()
    finally:
        pool.close()


def cores() -> int:
    """Return how many processors this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def can_fork() -> bool:
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
            args=(theirs, [*inherited, ours] if pool.forked else [], pool.work),
            name="rstdown-worker",
            daemon=True,
        )
        with _signals_held():
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

    def __init__(self, work: Work, todo: Sequence[int], jobs: int) -> None:
        import multiprocessing

        # Workers are told indexes only: what they are sent never fills a pipe that they do not read.
        self.work = work
        self.documents = work.documents
        self.queue = deque(todo)
        self.forked = can_fork()
        if self.forked:
            work.prepare()
        self.context: Any = multiprocessing.get_context("fork" if self.forked else "spawn")
        self.workers: list[_Worker] = []
        for _ in range(jobs):
            self.workers.append(_Worker(self))
        self.deaths = 0

    def run(self) -> Iterator[tuple[int, Any]]:
        """Yield results as they come."""
        from multiprocessing.connection import wait

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

    def _receive(self, worker: _Worker) -> tuple[int, Any]:
        try:
            index, result = worker.pipe.recv()
        except (EOFError, OSError):
            return self._bury(worker)
        worker.given.remove(index)
        worker.since = time.monotonic()
        self.deaths = 0
        return index, result

    def _bury(self, worker: _Worker) -> tuple[int, Any]:
        """Give up the document that *worker* was at, and put a new worker in its place."""
        code = worker.kill()
        index = worker.given.popleft()
        self.queue.extendleft(reversed(worker.given))
        self.workers.remove(worker)
        self.deaths += 1
        if self.deaths > 2 * len(self.documents) + 10:
            raise RstdownError("worker processes cannot be started; try --jobs 1")
        self.workers.append(_Worker(self))
        return index, Failure(self.documents[index].docname, self._reason(index, code))

    def _patience(self, index: int) -> float:
        return PATIENCE * _limits(self.documents[index]).seconds

    def _reason(self, index: int, code: int | None) -> str:
        limits = _limits(self.documents[index])
        if code is None or code == -getattr(signal, "SIGXCPU", 0):
            return f"took more than {limits.seconds:.0f} s (the limit)"
        if code == -getattr(signal, "SIGKILL", 0):
            return f"was stopped by the system, perhaps for its memory (limit {limits.memory >> 20} MiB)"
        return f"ended its worker process (code {code})"


def _limits(document: Document) -> Limits:
    return Limits.of_size(len(document.text))


ENDING = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


@contextlib.contextmanager
def _signals_held() -> Iterator[None]:
    """Hold back what ends processes, so that a new worker does not meet it with this process's handlers."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _work(pipe: Connection, inherited: Iterable[Connection], work: Work) -> None:
    """Do the documents whose indexes come through *pipe*: what a worker process does."""
    for number in ENDING:  # at an interrupt it goes on, and ends when the pipe does
        signal.signal(number, signal.SIG_IGN if number == signal.SIGINT else signal.SIG_DFL)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
    for other in inherited:
        other.close()
    work.prepare()
    on_extension.append(_more_time)
    gc.disable()
    with contextlib.suppress(EOFError, OSError):
        while True:
            index = pipe.recv()
            _limit_process(work.documents[index])
            pipe.send((index, work.do(index)))


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
