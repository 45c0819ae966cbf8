"""Convert many documents: from the cache, in worker processes that can be killed, or by any `Executor`."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from .cache import PageCache, open_cache
from .codec import decode, decode_surface, encode
from .drafts import Draft, drafted
from .errors import ConversionError, RstdownError
from .frozen import dataclass
from .link import Surface, detached, surface_of
from .model import Document, Page, Project
from .options import ConvertOptions
from .rst.limits import deep
from .workers import Failure, can_fork, run_in_workers

if TYPE_CHECKING:
    from concurrent.futures import Executor

BATCH_BYTES = 100_000
BATCH_DOCUMENTS = 20
"""How much goes to an `Executor` at once: a task of Dask's costs some 7 ms, a page takes 45."""
_INCLUDING = re.compile(r"\.\. \w+:: +(\S*/\S*) *$", re.MULTILINE)
SMALL = 50_000
"""Up to how much text it is not worth to start a process from nothing."""


class Sealed(NamedTuple):
    """A page as bytes, its surface and its draft as bytes; empty what is not asked for, or is not there."""

    page: bytes
    surface: bytes = b""
    draft: bytes = b""


class Held(NamedTuple):
    """A page between converting and writing: what linking must know of it, and its Markdown so far.

    The *draft* is bytes where it came as such: it is looked at where it is written.  Where there is none,
    *data* is the page as bytes, which take little memory; where there are neither, *surface* has the whole
    tree.
    """

    surface: Surface
    draft: Draft | bytes | None = None
    data: bytes = b""


class Purpose(Enum):
    """What pages are converted for: to be returned, to be linked and returned, to be linked and written."""

    PAGES = "pages"
    LINKED = "linked"
    WRITTEN = "written"


@dataclass(frozen=True, slots=True)
class Converting:
    """The work of converting documents (`rstdown.workers.Work`).

    *signatures* tells whether references in signatures are to be links; *stored* asks for the bytes of pages
    in any case.
    """

    documents: Sequence[Document]
    project: Project
    options: ConvertOptions
    purpose: Purpose = Purpose.PAGES
    signatures: bool = False
    stored: bool = False

    def prepare(self) -> None:
        """Import the engine."""
        from .pipeline import engine

        with contextlib.suppress(RstdownError):
            engine(self.options.engine)

    def do(self, index: int) -> Sealed | Failure:
        """Convert a document."""
        page = self.page(index)
        try:
            return self.sealed(page) if isinstance(page, Page) else page
        except MemoryError:
            return Failure(self.documents[index].docname, "takes more memory than there is")

    def page(self, index: int) -> Page | Failure:
        """Convert a document to a page."""
        from .pipeline import convert_page

        try:
            return convert_page(self.documents[index], self.project, self.options)
        except ConversionError as error:
            return Failure(error.docname, error.reason)

    def sealed(self, page: Page) -> Sealed:
        """Return a page as bytes."""
        if self.purpose is Purpose.PAGES:
            return Sealed(encode(page))
        surface = self.surface(page)
        draft = self.draft(surface)
        data = b"" if draft and not self.stored else encode(page)
        return Sealed(data, encode(detached(surface)), encode(draft) if draft else b"")

    def kept(self, page: Page, data: bytes = b"") -> Page | Held | ConversionError:
        """Return what is kept of a page that stays in this process; *data* are its bytes, if at hand."""
        if self.purpose is Purpose.PAGES:
            return page
        try:
            surface = self.surface(page)
            if self.purpose is Purpose.LINKED:
                return Held(surface)
            draft = self.draft(surface)
            return Held(detached(surface), draft, b"" if draft else data or encode(page))
        except MemoryError:
            return ConversionError(page.docname, "takes more memory than there is")

    def surface(self, page: Page) -> Surface:
        """Return what linking must know of a page that is written into a folder, with the whole tree."""
        return surface_of(page, signatures=self.signatures)

    def draft(self, surface: Surface) -> Draft | None:
        """Return what can be written of a page before it is linked."""
        if self.purpose is Purpose.LINKED:
            return None
        try:
            with deep():
                return drafted(surface, self.options)
        except RecursionError:  # which will be reported where the page is written
            return None


def convert_documents(
    documents: Sequence[Document],
    project: Project,
    options: ConvertOptions,
    *,
    jobs: int = 0,
    cache: bool | PageCache = True,
    executor: Executor | None = None,
    on_done: Callable[[str], None] | None = None,
) -> tuple[Page | ConversionError, ...]:
    """Return each document's page, or why it has none, in the order given.

    *jobs* is the number of worker processes (0: one per core; 1: none, all happens here, where limits can be
    looked at only between steps).  *executor* runs the work elsewhere.  *on_done* is called with each
    docname, in the order in which they get ready.
    """
    store = _store(cache)
    found: dict[int, Page | ConversionError] = {}
    work = Converting(documents, project, options, stored=store is not None)
    for index, result in _results(work, jobs, store, executor, on_done):
        assert not isinstance(result, Held)
        found[index] = decode(result.page) if isinstance(result, Sealed) else result
    return tuple(found[index] for index in range(len(documents)))


def hold_documents(
    documents: Sequence[Document],
    project: Project,
    options: ConvertOptions,
    *,
    purpose: Purpose,
    signatures: bool,
    jobs: int = 0,
    cache: bool | PageCache = True,
    executor: Executor | None = None,
    on_done: Callable[[str], None] | None = None,
) -> tuple[Held | ConversionError, ...]:
    """Convert as `convert_documents` does; keep of each page what linking and writing it takes."""
    store = _store(cache)
    found: dict[int, Held | ConversionError] = {}
    work = Converting(documents, project, options, purpose, signatures, store is not None)
    for index, result in _results(work, jobs, store, executor, on_done):
        assert not isinstance(result, Page)
        if isinstance(result, Sealed):
            surface, draft = decode_surface(result.surface), result.draft or None
            found[index] = Held(surface, draft, b"" if draft else result.page)
        else:
            found[index] = result
    return tuple(found[index] for index in range(len(documents)))


def convert_batch(
    documents: Sequence[Document],
    project: Project,
    options: ConvertOptions,
    purpose: Purpose,
    signatures: bool,
    stored: bool,
) -> list[Sealed | Failure]:
    """Convert documents one after the other: the task that an `Executor` runs, plain data in and out."""
    work = Converting(documents, project, options, purpose, signatures, stored)
    return [work.do(index) for index in range(len(documents))]


def _store(cache: bool | PageCache) -> PageCache | None:
    return open_cache() if cache is True else cache or None


def _results(
    work: Converting,
    jobs: int,
    store: PageCache | None,
    executor: Executor | None,
    on_done: Callable[[str], None] | None,
) -> Iterator[tuple[int, Page | Sealed | Held | ConversionError]]:
    """Yield what becomes of documents as they get ready, from the cache first; fill the cache."""
    documents = work.documents
    todo, keys = [], {}
    for index, document in enumerate(documents):
        if store:
            keys[index] = store.key(document, work.project, work.options)
        hit = store.get(keys[index], document.root) if store else None
        if hit is None:
            todo.append(index)
            continue
        yield index, work.kept(*hit)
        if on_done:
            on_done(document.docname)
    todo = big_first(documents, todo)
    for index, result in _run(work, todo, jobs, executor):
        if isinstance(result, Failure):
            yield index, ConversionError(*result)
        else:
            data = b"" if store is None else encode(result) if isinstance(result, Page) else result.page
            if store:
                store.put(keys[index], data)
            yield index, work.kept(result, data) if isinstance(result, Page) else result
        if on_done:
            on_done(documents[index].docname)
    if store:
        store.close()


def _run(
    work: Converting, todo: Sequence[int], jobs: int, executor: Executor | None
) -> Iterator[tuple[int, Page | Sealed | Failure]]:
    """Yield what becomes of the documents *todo* as they get ready."""
    if not todo:
        return
    if executor is not None:
        yield from _by_executor(work, todo, executor)
    elif jobs == 1 or (jobs == 0 and is_small(work.documents, todo)):
        for index in todo:
            yield index, work.page(index)
    else:
        yield from run_in_workers(work, todo, jobs)


def big_first(documents: Sequence[Document], todo: Iterable[int]) -> list[int]:
    """Return *todo* with the most work first, so that none of it is left over when all else is done."""
    return sorted(todo, key=lambda index: -_weight(documents[index]))


def _weight(document: Document) -> int:
    """Return how much text a document has, with files that it names: a changelog may be just an include."""
    size = len(document.text)
    if document.path and document.root:
        for name in _INCLUDING.findall(document.text):
            with contextlib.suppress(OSError, ValueError):
                size += (document.path.parent / name).stat().st_size
    return size


def is_small(documents: Sequence[Document], todo: Sequence[int]) -> bool:
    """Tell whether worker processes would cost more than they save."""
    return not can_fork() and sum(len(documents[index].text) for index in todo) < SMALL


def _by_executor(
    work: Converting, todo: Sequence[int], executor: Executor
) -> Iterator[tuple[int, Sealed | Failure]]:
    from concurrent.futures import as_completed

    futures = {}
    for batch in _batches(work.documents, todo):
        texts = [work.documents[index] for index in batch]
        about = work.purpose, work.signatures, work.stored
        task = executor.submit(convert_batch, texts, work.project, work.options, *about)
        futures[task] = batch
    for future in as_completed(futures):
        batch = futures[future]
        try:
            results = future.result()
        except Exception as error:
            problem = f"the executor gave it up: {type(error).__name__}: {error}"
            results = [Failure(work.documents[index].docname, problem) for index in batch]
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
