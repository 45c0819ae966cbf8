"""Many documents: results in order, whoever runs them; one document's end is not that of the others."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any

import pytest

from rstdown import pool, workers, writing
from rstdown.errors import ConversionError, RstdownError
from rstdown.model import Document, Page, Project
from rstdown.options import ConvertOptions, RunOptions
from rstdown.pipeline import convert_documents
from rstdown.results import Conversion, Settings
from rstdown.rst.limits import Limits

PROJECT = Project()
OPTIONS = ConvertOptions()


def some(count: int = 7) -> list[Document]:
    return [
        Document(f"page{n}", f"Page {n}\n======\n\n" + f"Text {n} with *markup*.\n\n" * (n * 7 % 5))
        for n in range(count)
    ]


def run(documents: list[Document], **options: Any) -> tuple[Any, ...]:
    return pool.convert_documents(documents, PROJECT, OPTIONS, **{"cache": False, **options})


ALONE = run(some(), jobs=1)


def test_alone() -> None:
    assert [page.docname for page in ALONE] == [d.docname for d in some()]
    assert all(isinstance(page, Page) and page.title.startswith("Page") for page in ALONE)


@pytest.mark.parametrize("jobs", [0, 2, 3, 20])
def test_processes_give_the_same(jobs: int) -> None:
    done: list[str] = []
    assert run(some(), jobs=jobs, on_done=done.append) == ALONE
    assert sorted(done) == sorted(d.docname for d in some())


@pytest.mark.parametrize(
    ("jobs", "little", "forked"), [(1, 9999, True), (2, 9999, True), (2, 0, True), (2, 0, False)]
)
def test_kept_and_written_give_the_same(
    monkeypatch: pytest.MonkeyPatch, jobs: int, little: int, forked: bool
) -> None:
    monkeypatch.setattr(writing, "LITTLE", little)
    if not forked:
        monkeypatch.setattr(workers, "can_fork", lambda: False)
        monkeypatch.setattr(writing, "can_fork", lambda: False)
    documents = [
        Document("a", "A\n=\n\nSee :doc:`b`, :ref:`there` and `b <b.html>`__.\n"),
        Document(
            "b", "B\n=\n\n.. _there:\n\nThere\n-----\n\n.. py:function:: f(x: T) -> T\n\n.. py:class:: T\n"
        ),
        Document("c", "C\n=\n\n.. toctree::\n\n   a\n"),
    ]
    expected = convert_documents(documents, settings=Settings(run=RunOptions(jobs=2, cache=False)))
    settings = Settings(run=RunOptions(jobs=jobs, cache=False))
    assert convert_documents(documents, settings=settings) == expected
    found: list[Conversion] = []
    outlines = convert_documents(documents, settings=settings, sink=found.append)
    texts = {conversion.docname: conversion.markdown for conversion in found}
    assert texts == {conversion.docname: conversion.markdown for conversion in expected.conversions}
    assert all("Paragraph" not in repr(conversion.page.root) for conversion in outlines.conversions)


def test_spawned_processes_give_the_same() -> None:
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)  # with a second thread, forking is not safe
    thread.start()
    try:
        assert not workers.can_fork()
        assert run(some(3), jobs=2) == ALONE[:3]
    finally:
        stop.set()
        thread.join()


def test_any_executor() -> None:
    with ThreadPoolExecutor(3) as threads:
        assert run(some(), executor=threads) == ALONE
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as processes:
        assert run(some(), executor=processes) == ALONE


class Broken(Executor):
    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_exception(RuntimeError("no cluster"))
        return future


def test_a_broken_executor_is_named() -> None:
    results = run(some(2), executor=Broken())
    assert [type(r) for r in results] == [ConversionError] * 2
    assert "no cluster" in str(results[0]) and "page0" in str(results[0])


def test_batches_keep_all() -> None:
    documents = some(50)
    batches = list(pool._batches(documents, range(50)))
    assert [index for batch in batches for index in batch] == list(range(50))
    assert max(map(len, batches)) <= pool.BATCH_DOCUMENTS
    big = [Document("a", "x" * pool.BATCH_BYTES), Document("b", "x")]
    assert list(pool._batches(big, range(2))) == [[0], [1]]


def with_engine(monkeypatch: pytest.MonkeyPatch, act: Any) -> None:
    """Let the document named ``bad`` do *act* in a worker (forked, so that it has this patch)."""
    if not workers.can_fork():
        pytest.skip("needs forked workers")
    original = pool.Converting.page

    def page(work: pool.Converting, index: int) -> Any:
        if work.documents[index].docname == "bad":
            act()
        return original(work, index)

    monkeypatch.setattr(pool.Converting, "page", page)


def bad_among(count: int = 6) -> list[Document]:
    documents = some(count)
    documents[2] = Document("bad", "x" * 1000)
    return documents


def others(results: tuple[Any, ...]) -> tuple[Any, ...]:
    return results[:2] + results[3:]


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda: os.kill(os.getpid(), signal.SIGKILL), "stopped by the system"),
        (lambda: os.kill(os.getpid(), signal.SIGTERM), "ended its worker process"),
        (lambda: os._exit(3), "code 3"),
    ],
)
def test_a_dead_worker_costs_one_document(monkeypatch: pytest.MonkeyPatch, act: Any, words: str) -> None:
    with_engine(monkeypatch, act)
    results = run(bad_among(), jobs=2)
    assert isinstance(results[2], ConversionError)
    assert results[2].docname == "bad" and words in results[2].reason
    assert others(results) == others(ALONE[:6])


def hang() -> None:
    while True:
        pass


def test_a_hanging_document_is_killed_by_its_processor_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Limits, "of_size", classmethod(lambda cls, size: cls(seconds=0.1)))
    monkeypatch.setattr(workers, "PATIENCE", 1000)
    with_engine(monkeypatch, hang)
    results = run(bad_among(), jobs=2)
    assert isinstance(results[2], ConversionError) and "took more than" in results[2].reason
    assert others(results) == others(ALONE[:6])


def test_a_sleeping_document_is_killed_by_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Limits, "of_size", classmethod(lambda cls, size: cls(seconds=1)))
    monkeypatch.setattr(workers, "PATIENCE", 1)
    with_engine(monkeypatch, lambda: time.sleep(600))
    results = run(bad_among(), jobs=2)
    assert isinstance(results[2], ConversionError) and "took more than" in results[2].reason
    assert others(results) == others(ALONE[:6])


def test_memory_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Limits, "of_size", classmethod(lambda cls, size: cls(memory=64 * 2**20)))

    def grow() -> None:
        from rstdown.rst.limits import conversion

        with conversion("bad"):
            bytearray(2**30)

    with_engine(monkeypatch, grow)
    monkeypatch.setattr(pool.Converting, "do", guarded(pool.Converting.do))
    results = run(bad_among(), jobs=2)
    assert isinstance(results[2], ConversionError) and "memory" in results[2].reason
    assert others(results) == others(ALONE[:6])


def guarded(do: Any) -> Any:
    def convert_or_say(*args: Any) -> Any:
        try:
            return do(*args)
        except ConversionError as error:
            return workers.Failure(error.docname, error.reason)

    return convert_or_say


def test_workers_that_never_work(monkeypatch: pytest.MonkeyPatch) -> None:
    if not workers.can_fork():
        pytest.skip("needs forked workers")
    monkeypatch.setattr(workers, "_work", lambda *args: os._exit(1))
    results: Any
    try:
        results = run(some(3), jobs=2)
    except RstdownError as error:
        results = [error]
    assert all(isinstance(result, RstdownError) for result in results)


def test_workers_end_with_the_run() -> None:
    run(some(), jobs=3)
    assert not [p for p in multiprocessing.active_children() if p.name == "rstdown-worker"]


def test_workers_end_when_the_caller_stops() -> None:
    def stop(docname: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(some(), jobs=2, on_done=stop)
    assert not [p for p in multiprocessing.active_children() if p.name == "rstdown-worker"]


def test_bugs_are_named_not_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    from rstdown.engines import docutils_

    def broken(*args: Any, **options: Any) -> Any:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr(docutils_, "parse", broken)
    (result,) = run(some(1), jobs=1)
    assert isinstance(result, ConversionError) and "oops" in result.reason


@pytest.mark.filterwarnings("default")
def test_a_dask_cluster() -> None:
    distributed = pytest.importorskip("distributed", reason="Dask is not installed")
    cluster = distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None)
    with cluster, distributed.Client(cluster) as client:
        assert run(some(), executor=client.get_executor(pure=False)) == ALONE
