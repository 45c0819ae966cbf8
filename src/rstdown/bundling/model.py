"""What a bundle is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from ..frozen import dataclass
from ..markdown import nodes as md
from ..model import Provenance
from ..options import BundleOptions, ConvertOptions

NOT_SELECTED = "not selected"
"""Why something is left out that nobody asked for; a bundle itself does not mention it."""


@dataclass(frozen=True, slots=True)
class BundleDocument:
    """A document of a bundle, or the *part*-th part of one (0: it is whole).

    *root* is its semantic tree: one section that holds everything.  *markdown* is what becomes of it, with
    its *tokens* and its *sha256*; *anchor* is that of its heading, *rows* are its chunks (format ``jsonl``).
    """

    docname: str
    title: str
    root: md.Root
    markdown: str
    tokens: int
    sha256: str
    provenance: Provenance = field(default_factory=Provenance)
    part: int = 0
    anchor: str = ""
    rows: tuple[Mapping[str, Any], ...] = ()

    @property
    def name(self) -> str:
        """Return the docname, with the number of the part if it is one."""
        return f"{self.docname}#{self.part}" if self.part else self.docname


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something that selection, a budget or the care for duplicates left out, and its *tokens* (0: unknown).

    *kind* is ``document``, ``object``, ``duplicate``, ``content`` (all of a kind that ``--drop`` names) or
    ``rest`` (a section or object at the end of a document); *what* names it and *why* says who asked for it.
    """

    kind: str
    what: str
    why: str
    docname: str = ""
    tokens: int = 0


@dataclass(frozen=True, slots=True)
class Bundle:
    """Documents in their order, linked with each other and counted, ready to be rendered.

    *documents* are whole, *volumes* what each output file holds (one unless the bundle was split); in the
    format ``llms-txt`` the former are the pages' files, the latter what ``llms-full.txt`` holds.
    *counts* are the exact tokens of each output file (of ``jsonl``: of its texts), *date* is set by
    ``SOURCE_DATE_EPOCH`` only.  *places* tells what a link within the bundle leads to (``#fragment`` →
    qualified name, docname or section).
    """

    title: str
    documents: tuple[BundleDocument, ...]
    volumes: tuple[tuple[BundleDocument, ...], ...]
    options: BundleOptions = field(default_factory=BundleOptions)
    convert: ConvertOptions = field(default_factory=ConvertOptions)
    left_out: tuple[LeftOut, ...] = ()
    counts: tuple[int, ...] = ()
    date: str = ""
    links: str = "all"
    places: Mapping[str, str] = field(default_factory=dict)

    @property
    def tokens(self) -> int:
        """Return the tokens of all output files."""
        return sum(self.counts)

    def summary(self) -> str:
        """Return one line about the bundle for a person."""
        volumes = f" in {len(self.volumes)} volumes" if len(self.volumes) > 1 else ""
        out = (
            f", {len(self.left_out)} thing{'s' * (len(self.left_out) != 1)} left out" if self.left_out else ""
        )
        encoding = self.options.encoding
        documents = f"{len(self.documents)} document{'s' * (len(self.documents) != 1)}"
        return f"{documents}{volumes}, {self.tokens:,} {encoding} tokens{out}"

    def report(self) -> dict[str, object]:
        """Return what is in the bundle and what is not, as plain data."""
        return {
            "title": self.title,
            "encoding": self.options.encoding,
            "tokens": self.tokens,
            "volumes": [
                {"tokens": count, "documents": [document.name for document in volume]}
                for count, volume in zip(self.counts, self.volumes, strict=True)
            ],
            "documents": [
                {
                    "docname": document.docname,
                    "title": document.title,
                    "tokens": document.tokens,
                    "sha256": document.sha256,
                    "source": {
                        "uri": document.provenance.uri,
                        "revision": document.provenance.revision,
                        "sha256": document.provenance.sha256,
                    },
                }
                for document in self.documents
            ],
            "left_out": [
                {"kind": o.kind, "what": o.what, "why": o.why, "docname": o.docname, "tokens": o.tokens}
                for o in self.left_out
            ],
        }
