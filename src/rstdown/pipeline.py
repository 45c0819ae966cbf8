"""The stages put together: sources → documents → pages → linked pages → Markdown.

The functions here are the library's public face; they print nothing and raise only `RstdownError`.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import ConversionError, RstdownError, SourceError, UsageError
from .model import Diagnostic, Document, Page, Project
from .options import BundleOptions, ConvertOptions, LinkOptions, RunOptions
from .projects import project_of
from .results import BundleRun, Conversion, ConversionSet, Settings
from .rst.limits import conversion, deep, too_much

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from .bundle_cache import BundleCache
    from .bundling import Bundle
    from .cache import TextCache
    from .fetching import FetchFailure, FetchResult, Source
    from .inventories import InventoryFile
    from .link import Layout, LinkReport

ENGINES = {"docutils": "docutils_", "pandoc": "pandoc"}


def engine(name: str) -> Callable[[Document, Project, ConvertOptions], Page]:
    """Return the ``convert`` function of the engine *name*.

    Raises `UsageError` for an unknown name, `EngineUnavailable` where what it needs is not installed.
    """
    if name not in ENGINES:
        raise UsageError(f"unknown engine {name!r}; there are: {', '.join(ENGINES)}")
    found: Callable[[Document, Project, ConvertOptions], Page] = import_module(
        f".engines.{ENGINES[name]}", __package__
    ).convert
    return found


def convert_page(document: Document, project: Project, options: ConvertOptions) -> Page:
    """Convert one document to a page whose references are still open.

    Raises `ConversionError` where a limit is hit.
    """
    with conversion(document.docname):
        return engine(options.engine)(document, project, options)


@deep()
def link_page(page: Page, project: Project, options: LinkOptions, heading_offset: int = 0) -> Page:
    """Link a page that stands alone, and whose headings will be shifted by *heading_offset*."""
    from .link import Folder, Inventory, link_pages

    result = link_pages(
        [page],
        inventory=Inventory.from_pages([page]),
        project=project,
        options=replace(options, links=options.links or "all"),
        layout=Folder(heading_offset=heading_offset),
    )
    return result.pages[0]


@deep()
def to_markdown(page: Page, options: ConvertOptions) -> str:
    """Write a linked page."""
    from .markdown import lower, write

    return write(lower(page.root, options))


def convert(
    text: str,
    *,
    docname: str = "index",
    options: ConvertOptions | None = None,
    links: LinkOptions | None = None,
    project: Project | None = None,
) -> Conversion:
    """Convert one RST text to Markdown.

    It may include no files.  Raises `ConversionError` where a limit is hit.
    """
    document = Document(docname, text)
    options = options or ConvertOptions()
    project = project or Project()
    page = convert_page(document, project, options)
    page = link_page(page, project, links or LinkOptions(), options.heading_offset)
    markdown = to_markdown(page, options)
    if error := too_much(docname, len(text), len(markdown)):
        raise error
    return Conversion(docname, markdown, page)


def convert_file(
    path: str | Path,
    *,
    root: str | Path | None = None,
    options: ConvertOptions | None = None,
    links: LinkOptions | None = None,
    project: Project | None = None,
) -> Conversion:
    """Convert one file; it may include files below *root* (default: its folder).

    Settings come from the ``conf.py`` at or above the file, read statically, unless *project* is given.
    Raises `SourceError` where the file cannot be read, `ConversionError` where a limit is hit.
    """
    settings = Settings(
        convert=options or ConvertOptions(), link=links or LinkOptions(), run=RunOptions(jobs=1, cache=False)
    )
    result = convert_files([path], root=root, settings=settings, project=project)
    for failure in result.failures:
        if isinstance(failure, RstdownError):
            raise failure
        raise _source_error(failure)
    return result.conversions[0]


def convert_bytes(
    data: bytes,
    *,
    settings: Settings | None = None,
    overrides: Mapping[str, Any] | None = None,
    sink: Callable[[Conversion], None] | None = None,
) -> ConversionSet:
    """Convert one document given as bytes (standard input); it may include no files."""
    from .errors import SourceError
    from .fetching import decode

    settings = settings or Settings()
    changes = dict(overrides or {})
    conf = changes.pop("conf", None)
    project = Project()
    notices: tuple[Diagnostic, ...] = ()
    if conf is not None:
        from .rst.conf import read_conf

        project, notices = read_conf(Path(conf), Path(conf).parent, changes)
    try:
        text = decode(data)
    except SourceError as error:
        return ConversionSet((), (error,))
    project = replace(project, **changes)
    done = convert_documents([Document("<stdin>", text)], project, settings, sink=sink)
    return replace(done, notices=(*notices, *done.notices))


def convert_files(
    sources: Sequence[str | Path | Source],
    *,
    root: str | Path | None = None,
    settings: Settings | None = None,
    project: Project | None = None,
    overrides: Mapping[str, Any] | None = None,
    executor: Executor | None = None,
    on_done: Callable[[str], None] | None = None,
    sink: Callable[[Conversion], None] | None = None,
) -> ConversionSet:
    """Convert files, folders, archives or any other sources; links between them work as in a folder.

    *overrides* replaces single settings of the project (``{"version": "3.13"}``, ``{"conf": path}``).
    *executor* runs the conversions (default: processes on this machine); *on_done* is called with each
    docname; *sink* gets each conversion (see `convert_documents`).  One document's failure is an entry of
    ``failures``, not an exception.
    """
    from .fetching import fetch

    settings = settings or Settings()
    found = fetch([_source(s) for s in sources], options=settings.fetch, root=Path(root) if root else None)
    project, notices = project_of(found, project, overrides)
    done = convert_documents(
        found.documents, project, settings, executor=executor, on_done=on_done, sink=sink
    )
    return replace(
        done,
        failures=(*found.failures, *done.failures),
        notices=(*found.diagnostics, *notices, *done.notices),
    )


@deep()
def convert_documents(
    documents: Sequence[Document],
    project: Project | None = None,
    settings: Settings | None = None,
    *,
    executor: Executor | None = None,
    on_done: Callable[[str], None] | None = None,
    sink: Callable[[Conversion], None] | None = None,
) -> ConversionSet:
    """Convert documents that are at hand and link them with one another, as pages of one folder.

    With a *sink*, each conversion is given to it as it gets ready, in any order, and is not kept: its page,
    and those in the set returned, have just the outline of their trees, and the set has no Markdown.
    """
    from .inventories import known_targets, read_inventories
    from .link import Folder, plan_links
    from .pool import Purpose, hold_documents
    from .writing import Writing, write_documents

    settings, project = settings or Settings(), project or Project()
    link = replace(settings.link, links=settings.link.links or "all")
    signatures = link.links == "all"
    found = hold_documents(
        documents,
        project,
        settings.convert,
        purpose=Purpose.LINKED if sink is None else Purpose.WRITTEN,
        signatures=signatures,
        jobs=settings.run.jobs,
        cache=settings.run.cache,
        executor=executor,
        on_done=on_done,
    )
    failures = [each for each in found if isinstance(each, ConversionError)]
    pairs = [(d, h) for d, h in zip(documents, found, strict=True) if not isinstance(h, ConversionError)]
    converted, pages = [d for d, _ in pairs], [h for _, h in pairs]
    surfaces = [held.surface for held in pages]
    files, notices = read_inventories(project, link, settings.fetch)
    inventory, more = known_targets([s.page for s in surfaces], files)
    layout = Folder(heading_offset=settings.convert.heading_offset)
    plan = plan_links(surfaces, inventory=inventory, project=project, options=link, layout=layout)
    work = Writing(converted, pages, plan, settings.convert, signatures, trees=sink is None)
    done: dict[int, Conversion] = {}
    for result in write_documents(work, settings.run.jobs):
        if isinstance(result, ConversionError):
            failures.append(result)
            continue
        index, markdown, page = result
        done[index] = Conversion(page.docname, markdown, page)
        if sink is not None:
            sink(done[index])
            done[index] = Conversion(page.docname, "", page)
    conversions = tuple(done[index] for index in sorted(done))
    return ConversionSet(conversions, tuple(failures), plan.report, (*notices, *more))


def bundle(
    sources: Sequence[str | Path | Source],
    *,
    title: str = "",
    root: str | Path | None = None,
    settings: Settings | None = None,
    project: Project | None = None,
    overrides: Mapping[str, Any] | None = None,
    executor: Executor | None = None,
) -> BundleRun:
    """Fetch, convert and assemble documents into one bundle.

    Raises `SourceError` where no document could be had at all, `UsageError` where the selection leaves
    nothing.
    """
    from .fetching import fetch

    settings = settings or Settings()
    found = fetch([_source(s) for s in sources], options=settings.fetch, root=Path(root) if root else None)
    return bundle_documents(
        found, title=title, settings=settings, project=project, overrides=overrides, executor=executor
    )


@deep()
def bundle_documents(
    found: FetchResult,
    *,
    title: str = "",
    settings: Settings | None = None,
    project: Project | None = None,
    overrides: Mapping[str, Any] | None = None,
    executor: Executor | None = None,
    on_done: Callable[[str], None] | None = None,
    trees: bool = True,
) -> BundleRun:
    """Assemble what was fetched into one bundle (see `bundle`).

    Who needs no *trees* of pages and documents may say so: where nothing has changed since the last run, its
    result comes from the cache then, without them.
    """
    from .inventories import read_inventories

    settings = settings or Settings()
    project, notices = project_of(found, project, overrides)
    files, missing = read_inventories(project, settings.link, settings.fetch)
    before = (*found.diagnostics, *notices, *missing)
    kept = None if trees else _kept(found.documents, title, project, settings, (_hashes(files), missing))
    done = kept.get() if kept else None
    if done is not None:
        made = replace(done.bundle, options=bundle_options(settings), convert=settings.convert)
        return BundleRun(made, done.pages, found.failures, done.links, (*before, *done.notices))
    pages, failures = make_pages(found.documents, project, settings, executor=executor, on_done=on_done)
    if not pages:
        reasons = [*found.failures, *failures]
        raise SourceError(f"no document to bundle: {reasons[0] if reasons else 'the sources hold none'}")
    made, linked, report, more = _assembled(pages, title, project, settings, files)
    sizes = {document.docname: len(document.text) for document in found.documents}
    checked = (too_much(d.docname, sizes.get(d.docname, 0), len(d.markdown)) for d in made.documents)
    if over := tuple(error for error in checked if error):
        failures = (*failures, *over)
        pages = [page for page in pages if page.docname not in {error.docname for error in over}]
        if not pages:
            raise SourceError(f"no document to bundle: {over[0]}")
        made, linked, report, more = _assembled(pages, title, project, settings, files)
    if kept and not failures:
        kept.put(made, linked, report, tuple(more), pages)
    return BundleRun(made, linked, (*found.failures, *failures), report, (*before, *more))


def _kept(
    documents: Sequence[Document], title: str, project: Project, settings: Settings, inventories: object
) -> BundleCache | None:
    """Return where the bundle of these documents is kept between runs, if it is."""
    from .bundle_cache import BundleCache
    from .cache import open_cache

    store = open_cache() if settings.run.cache else None
    if store is None:
        return None
    dated = os.environ.get("SOURCE_DATE_EPOCH", "")
    about = (title, settings.bundle, settings.link, inventories, dated)
    return BundleCache(store, documents, project, settings.convert, about)


def _hashes(files: Sequence[InventoryFile]) -> list[tuple[str, str, str]]:
    return [(hashlib.sha256(file.data).hexdigest(), file.base, file.key) for file in files]


def bundle_options(settings: Settings) -> BundleOptions:
    """Return the options with which a bundle is assembled of documents that have been selected."""
    return replace(settings.bundle, include=(), exclude=())


def _assembled(
    pages: Sequence[Page], title: str, project: Project, settings: Settings, files: Sequence[InventoryFile]
) -> tuple[Bundle, tuple[Page, ...], LinkReport, list[Diagnostic]]:
    """Link pages as parts of one bundle, and assemble it."""
    from .bundling import assemble, reserved_anchors
    from .bundling.selection import select_pages
    from .cache import cache_folder
    from .inventories import known_targets
    from .link import Folder, OneDocument, link_pages
    from .tokens import Counter

    title = title or settings.bundle.title or project.name or pages[0].title
    shift = settings.convert.heading_offset
    layout: Layout = (
        Folder(heading_offset=shift)
        if settings.bundle.format == "llms-txt"
        else OneDocument(heading_offset=1 + shift, reserved=reserved_anchors(title))
    )
    chosen, left_out = select_pages(pages, settings.bundle)
    # All pages are indexed, also those that are not chosen.
    inventory, notices = known_targets(pages, files)
    written = {page.docname for page in chosen}
    linked = link_pages(
        [page for page in pages if page.docname in written],
        inventory=inventory,
        project=project,
        # The bundle follows links to select objects; which ones it shows is settled when it is assembled.
        options=replace(settings.link, links="all"),
        layout=layout,
    )
    made = assemble(
        linked.pages,
        title=title,
        options=bundle_options(settings),
        left_out=left_out,
        counter=Counter(settings.bundle.encoding, cache_folder() / "tokens" if settings.run.cache else None),
        texts=_texts(settings),
        convert_options=settings.convert,
        links=settings.link.links or "external",
        root_doc=project.root_doc,
    )
    return made, linked.pages, linked.report, notices


def _texts(settings: Settings) -> TextCache | None:
    """Return where the texts of documents are kept between runs, if they are."""
    from .cache import TextCache, open_cache

    store = open_cache() if settings.run.cache else None
    return (
        TextCache(store, settings.convert, settings.bundle.compact, settings.bundle.format) if store else None
    )


def make_pages(
    documents: Sequence[Document],
    project: Project,
    settings: Settings,
    *,
    executor: Executor | None = None,
    on_done: Callable[[str], None] | None = None,
) -> tuple[list[Page], tuple[ConversionError, ...]]:
    """Convert documents to open pages, in worker processes and from the cache as the options say."""
    from .pool import convert_documents as run

    results = run(
        documents,
        project,
        settings.convert,
        jobs=settings.run.jobs,
        cache=settings.run.cache,
        executor=executor,
        on_done=on_done,
    )
    pages: list[Page] = []
    failures: list[ConversionError] = []
    for result in results:
        if isinstance(result, ConversionError):
            failures.append(result)
        else:
            pages.append(result)
    return pages, tuple(failures)


def _source(source: str | Path | Source) -> str | Source:
    return str(source) if isinstance(source, Path) else source


def _source_error(failure: FetchFailure) -> RstdownError:
    from .errors import FetchError

    return FetchError(failure.uri, failure.reason, offline=failure.offline)
