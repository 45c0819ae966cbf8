"""Write converted documents as Markdown: each is linked as planned, lowered and written on its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import NamedTuple

from .codec import decode, decode_draft, encode
from .drafts import filled
from .errors import ConversionError
from .frozen import dataclass
from .link import LinkPlan, Surface, apply_links, surface_of
from .markdown import lower, write
from .model import Document, Page
from .options import ConvertOptions
from .pool import Held, big_first
from .rst.limits import deep, too_much
from .workers import Failure, can_fork, run_in_workers

LITTLE = 500_000
"""Up to how much text it takes longer to start processes than to write it."""
DRAFTED = 8
"""How many times less it takes to write text that has a draft."""


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
            if draft := held.draft:
                known = decode_draft(draft) if isinstance(draft, bytes) else draft
                changes = self.plan.changes[document.docname]
                return self._checked(document, Written(filled(known, held.surface.scan, changes)))
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
    `rstdown.pool.convert_documents`.
    """
    todo = big_first(work.documents, range(len(work.documents)))
    # A copy of this process has all that is held; to any other, drafts cost more to pass on than to write.
    has_all = can_fork()
    away = [index for index in todo if has_all or not work.held[index].draft]
    if jobs == 1 or _effort(work, away) < LITTLE:
        away = []
    here = set(todo).difference(away)
    results = ((index, work.do_here(index)) for index in todo if index in here)
    for index, result in chain(results, run_in_workers(work, away, jobs) if away else ()):
        if isinstance(result, Failure):
            yield ConversionError(*result)
        elif result.page:
            page = result.page if isinstance(result.page, Page) else decode(result.page)
            yield index, result.markdown, page
        else:
            page = work.held[index].surface.page
            new = work.plan.diagnostics[page.docname]
            yield index, result.markdown, replace(page, diagnostics=(*page.diagnostics, *new))


def _effort(work: Writing, indexes: Iterable[int]) -> float:
    """Return how much text there is to write, counted as if it had no drafts."""
    return sum(
        len(work.documents[index].text) / (DRAFTED if work.held[index].draft else 1) for index in indexes
    )
