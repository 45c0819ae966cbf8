"""Write converted documents as Markdown: each is linked as planned, lowered and written on its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from .codec import decode, encode
from .errors import ConversionError
from .frozen import dataclass
from .link import LinkPlan, Surface, apply_links, detached, surface_of
from .markdown import lower, write
from .model import Document, Page
from .options import ConvertOptions
from .pool import Held, big_first, is_small
from .rst.limits import deep, too_much
from .workers import Failure, run_in_workers


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
        document = self.documents[index]
        try:
            with deep():
                # Each stage's tree is let go as soon as the next one is made: that of a changelog is large.
                page = apply_links(self.surface(index), self.plan)
                kept = page if self.trees else b""
                root = lower(page.root, self.options)
                del page
                markdown = write(root)
        except MemoryError:
            return Failure(document.docname, "takes more memory than there is")
        except RecursionError:
            return Failure(document.docname, "is nested too deeply")
        if error := too_much(document.docname, len(document.text), len(markdown)):
            return Failure(document.docname, error.reason)
        return Written(markdown, kept)

    def surface(self, index: int) -> Surface:
        """Return what linking must know of a page, with the whole tree."""
        data, surface = self.held[index]
        return surface_of(decode(data), signatures=self.signatures) if data else surface


def write_documents(work: Writing, jobs: int = 0) -> Iterator[tuple[int, str, Page] | ConversionError]:
    """Yield each document's index, its Markdown and its page, as they get ready; or why it has none.

    The page is linked, with the whole tree or just its outline, as *work* asks; of those whose outline is
    enough, *work* lets the trees go.  *jobs* is as in `rstdown.pool.convert_documents`.
    """
    todo = big_first(work.documents, range(len(work.documents)))
    if jobs == 1 or is_small(work.documents, todo):
        results: Iterator[tuple[int, Written | Failure]] = ((index, work.do_here(index)) for index in todo)
    else:
        results = run_in_workers(work, todo, jobs)
    for index, result in results:
        if isinstance(result, Failure):
            yield ConversionError(*result)
        elif result.page:
            page = result.page if isinstance(result.page, Page) else decode(result.page)
            yield index, result.markdown, page
        else:
            data, surface = work.held[index]
            if not data:
                surface = detached(surface)
                work.held[index] = Held(data, surface)
            page = surface.page
            new = work.plan.diagnostics[page.docname]
            yield index, result.markdown, replace(page, diagnostics=(*page.diagnostics, *new))
