"""Parts → documents of a bundle: their text, tokens, hashes, as they stand in the output."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ..markdown import lower, write
from ..markdown import nodes as md
from ..markdown.slug import slug
from ..options import BundleOptions, ConvertOptions
from ..tokens import Counter
from .budget import Slice
from .compact import compact, plain_labels
from .documents import Part, reachable, rebased, settle_links
from .formats import jsonl, xml
from .formats import md as markdown
from .model import Bundle, BundleDocument
from .render import volume_parts

if TYPE_CHECKING:
    from ..cache import TextCache

_NONCHARACTERS = re.compile("[\ufffe\uffff]")  # XML has no way to say them


@dataclass(slots=True)
class Maker:
    """Writes and counts the documents of one bundle, each only once."""

    options: BundleOptions
    convert: ConvertOptions
    links: str
    counter: Counter
    texts: TextCache | None = None
    _written: dict[tuple[int, int], tuple[md.Section, str]] = field(default_factory=dict)

    @property
    def one_document(self) -> bool:
        """Whether links were made for one document or for a folder of files."""
        return self.options.format != "llms-txt"

    @property
    def offset(self) -> int:
        """How far the output shifts headings: below the bundle's own where it is Markdown."""
        return int(self.options.format in ("md", "llms-txt"))

    def settled(self, parts: Sequence[Part]) -> list[Part]:
        """Settle links; chunks keep theirs, as their references."""
        if self.options.format == "jsonl":
            return list(parts)
        return settle_links(parts, self.links, self.one_document)

    def markdown(self, section: md.Section, offset: int) -> str:
        """Return a document's Markdown; it is remembered."""
        key = (id(section), offset)
        if key not in self._written:
            self._written[key] = (section, self.write(section, offset))  # holding the section keeps its id
        return self._written[key][1]

    def write(self, section: md.Section, offset: int) -> str:
        """Write a document with headings *offset* levels further down, unless its text is in the cache."""
        if self.texts is None:
            return self._write(section, offset)
        return self.texts.written(section, offset, lambda: self._write(section, offset))

    def _write(self, section: md.Section, offset: int) -> str:
        options = replace(self.convert, heading_offset=self.convert.heading_offset + offset)
        thrifty = self.options.compact and self.options.format in ("md", "xml")
        core = lower(md.Root((compact(section) if thrifty else section,)), options)
        text = write(plain_labels(core) if thrifty else core)
        return _NONCHARACTERS.sub(lambda match: f"U+{ord(match[0]):04X}", text)

    def tokens(self, parts: Iterable[Part]) -> int:
        """Return the tokens of documents alone."""
        return sum(self.counter(self.markdown(part.section, self.offset)) for part in parts)

    def document(
        self, base: Bundle, part: Part, text: str, number: int = 0, anchor: str = ""
    ) -> BundleDocument:
        """Return a document whose Markdown is *text*."""
        made = BundleDocument(
            part.docname,
            part.title,
            md.Root((part.section,)),
            text,
            self.counter(text),
            sha256(text),
            part.page.provenance,
            number,
            anchor,
        )
        if self.options.format == "jsonl":
            return replace(made, rows=jsonl.rows_of(made, base, self.counter))
        return made

    def size(self, base: Bundle, part: Part, section: md.Section, number: int) -> int:
        """Return the tokens of (a part of) a document as it stands in the output."""
        text = (
            self.markdown(section, self.offset)
            if section is part.section
            else self.write(section, self.offset)
        )
        document = self.document(base, replace(part, section=section), text, number)
        if self.options.format == "jsonl":
            return sum(row["tokens"] for row in document.rows)
        if self.options.format == "xml":
            return self.counter(xml.piece(document, 999))
        return self.counter(markdown.piece(document, 999, 999, "0" * markdown.KEY_DIGITS) + "\n")

    def bundle(self, base: Bundle, volumes: Sequence[Sequence[Slice]]) -> Bundle:
        """Return *base* with the documents of *volumes*, and the whole ones that these are parts of."""
        made = [self.volume(base, volume, len(volumes) > 1) for volume in volumes]
        whole: dict[str, BundleDocument] = {}
        for slices, documents in zip(volumes, made, strict=True):
            for piece, document in zip(slices, documents, strict=True):
                if piece.part.docname not in whole:
                    whole[piece.part.docname] = self.page(base, piece, document)
        bundle = replace(base, documents=tuple(whole.values()), volumes=tuple(map(tuple, made)))
        counts = tuple(self.count(bundle, number) for number in range(len(made)))
        return replace(bundle, counts=counts)

    def page(self, base: Bundle, piece: Slice, document: BundleDocument) -> BundleDocument:
        """Return the whole document of a slice, which may be the one in the volume."""
        if self.options.format == "llms-txt":
            return self.document(base, piece.part, self.markdown(piece.part.section, 0))
        if piece.number:
            return self.document(base, piece.part, self.markdown(piece.part.section, self.offset))
        return document

    def volume(self, base: Bundle, slices: Sequence[Slice], several: bool) -> list[BundleDocument]:
        """Return the documents of an output file; links to other volumes are text."""
        parts = [replace(piece.part, section=piece.section) for piece in slices]
        if self.options.format == "llms-txt":
            parts = [rebased(part) for part in parts]
        elif several:
            parts = self.settled(parts)
        found = reachable(parts, reserved_anchors(base.title)) if self.offset else [(p, "") for p in parts]
        return [
            self.document(base, part, self.markdown(part.section, self.offset), piece.number, anchor)
            for piece, (part, anchor) in zip(slices, found, strict=True)
        ]

    def count(self, bundle: Bundle, volume: int) -> int:
        """Return the tokens of an output file; of chunks, those of their texts."""
        if self.options.format == "jsonl":
            return sum(row["tokens"] for document in bundle.volumes[volume] for row in document.rows)
        return self.counter("".join(volume_parts(bundle, volume)))


def reserved_anchors(title: str) -> frozenset[str]:
    """Return the anchors of the headings that a Markdown bundle called *title* has besides its pages'."""
    return frozenset((slug(title), *markdown.RESERVED))


def sha256(text: str) -> str:
    """Return the SHA-256 of a text in hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()
