"""Finished bundles kept on disk: a run for which nothing has changed reads one file.

    bundles/<key>    the last bundle made of these documents with these options; *key* names both

What it was made of is in the file by its hash, and so are the files that documents included.  As with pages,
any part may be deleted at any time, and what is damaged or out of date counts as missing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any, NamedTuple

from . import model
from .bundling import model as bundling
from .bundling.model import Bundle, BundleDocument
from .cache import MAX_BYTES, PageCache, plain
from .codec import Codec, CodecError
from .files import read_regular
from .link import LinkReport, report
from .markdown import nodes as md
from .model import Diagnostic, Document, Page, Project

BUNDLES = Codec(model, md, report, bundling)
_GIVEN = ("options", "convert")  # whoever asks has them, and they are in the key
_EMPTY = md.Root(())


class Finished(NamedTuple):
    """What a run has made of its documents: a bundle (without its options) and pages, without trees."""

    bundle: Bundle
    pages: tuple[Page, ...]
    links: LinkReport
    notices: tuple[Diagnostic, ...] = ()


class BundleCache:
    """The bundle that *documents* of a project made, or will make, with *settings* (any values).

    *store* keeps it, beside the pages.
    """

    def __init__(
        self, store: PageCache, documents: Sequence[Document], project: Project, convert: Any, settings: Any
    ) -> None:
        self.store = store
        self.documents = documents
        shown = repr(plain((project, convert, settings)))
        names = repr([(d.docname, d.provenance.uri) for d in documents])
        self.file = store.folder.parent / "bundles" / _hash(names, shown)[:32]
        self.made_of = _hash(shown, *(store.key(document, project, convert) for document in documents))

    def get(self) -> Finished | None:
        """Return the bundle if all that it was made of is what it was."""
        try:
            value: Any = BUNDLES.load(read_regular(self.file, MAX_BYTES))
            made_of, needed, parts, pages, links, notices = value
            fresh = made_of == self.made_of and all(
                self.store.hash_of(self.documents[number].root, path) == sha256
                for number, path, sha256 in needed
            )
            return Finished(Bundle(**parts), pages, links, notices) if fresh else None
        except (OSError, CodecError, TypeError, ValueError, IndexError):
            return None

    def put(
        self,
        bundle: Bundle,
        linked: Sequence[Page],
        links: LinkReport,
        notices: tuple[Diagnostic, ...],
        pages: Sequence[Page],
    ) -> None:
        """Keep a bundle, and what *pages* (all of the run) needed; where that fails, there is none."""
        numbers = {document.docname: number for number, document in enumerate(self.documents)}
        needed = [(numbers[p.docname], n.path, n.sha256) for p in pages for n in p.requires]
        parts = {f.name: getattr(bundle, f.name) for f in fields(Bundle) if f.name not in _GIVEN}
        parts["documents"] = _bare(bundle.documents)
        parts["volumes"] = tuple(map(_bare, bundle.volumes))
        bare = tuple(replace(page, root=_EMPTY, exports=()) for page in linked)
        data = BUNDLES.dump((self.made_of, needed, parts, bare, links, notices))
        self.store.write(self.file, data)


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def _bare(documents: Sequence[BundleDocument]) -> tuple[BundleDocument, ...]:
    return tuple(replace(document, root=_EMPTY) for document in documents)
