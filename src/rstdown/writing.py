"""Write converted documents as Markdown: each is linked as planned, lowered and written on its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import NamedTuple

from .codec import decode, encode
from .drafts import filled
from .errors import ConversionError
from .frozen import dataclass
from .link import LinkPlan, Surface, apply_links, surface_of
from .markdown import lower, write
from .model import Document, Page
from .options import ConvertOptions
from .pool import Held, big_first
from .rst.limits import deep, too_much
from .workers import Failure, run_in_workers

LITTLE = 500_000
"""Up to how much text without a draft it takes longer to start processes than to write it."""


class Written(NamedTuple):
    """A document's Markdown, and its linked page as bytes (empty unless asked for), or as it is."""

    markdown: str
    page: bytes | Page = b""


@dataclass(frozen=True, slots=True)
class Writing:
    """The work of writing documents (`rstdown.workers.Work`): *held* are their pages, *plan* their links.

    *signatures* says whether types in signatures are links, *trees* asks for the linked pages.
    """

    documents: Sequence[Document]
    held: list[Held]
    plan: LinkPlan
    options: ConvertOptions
    signatures: bool = True
    trees: bool = True

    def prepare(self) -> None:
        """Import nothing: this module has."""

    def do(self, index: int) -> Written | Failure:
        """Write a document."""
        written = self.do_here(index)
        if isinstance(written, Written) and isinstance(written.page, Page):
            return Written(written.markdown, encode(written.page))
        return written

    def do_here(self, index: int) -> Written | Failure:
        """Write a document whose page stays in this process."""
        document, held = self.documents[index], self.held[index]
        try:
            if held.draft:
                changes = self.plan.changes[document.docname]
                return self._checked(document, Written(filled(held.draft, held.surface.scan, changes)))
            with deep():
                # Each stage's tree is let go as soon as the next one is made: that of a changelog is large.
                page = apply_links(self._surface(held), self.plan)
                kept = page if self.trees else b""
                root = lower(page.root, self.options)
                del page
                markdown = write(root)
        except MemoryError:
            return Failure(document.docname, "takes more memory than there is")
        except RecursionError:
            return Failure(document.docname, "is nested too deeply")
        return self._checked(document, Written(markdown, kept))

    def _surface(self, held: Held) -> Surface:
        """Return what linking must know of a page, with the whole tree."""
        return surface_of(decode(held.data), signatures=self.signatures) if held.data else held.surface

    def _checked(self, document: Document, written: Written) -> Written | Failure:
        error = too_much(document.docname, len(document.text), len(written.markdown))
        return Failure(document.docname, error.reason) if error else written


def write_documents(work: Writing, jobs: int = 0) -> Iterator[tuple[int, str, Page] | ConversionError]:
    """Yield each document's index, its Markdown and its page, as they get ready; or why it has none.

    The page is linked, with the whole tree or just its outline, as *work* asks.  *jobs* is as in
    `rstdown.pool.convert_documents`; drafts are written here, as that takes less than to pass them on.
    """
    everything = range(len(work.documents))
    todo = big_first(work.documents, (index for index in everything if not work.held[index].draft))
    here = [index for index in everything if work.held[index].draft]
    if jobs == 1 or sum(len(work.documents[index].text) for index in todo) < LITTLE:
        here, todo = [*here, *todo], []
    away = run_in_workers(work, todo, jobs) if todo else ()
    for index, result in chain(((index, work.do_here(index)) for index in here), away):
        if isinstance(result, Failure):
            yield ConversionError(*result)
        elif result.page:
            page = result.page if isinstance(result.page, Page) else decode(result.page)
            yield index, result.markdown, page
        else:
            page = work.held[index].surface.page
            new = work.plan.diagnostics[page.docname]
            yield index, result.markdown, replace(page, diagnostics=(*page.diagnostics, *new))
