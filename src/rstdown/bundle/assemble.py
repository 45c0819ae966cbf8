"""Pages → bundle: select, settle links, leave out duplicates, keep to the budget."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from ..errors import BudgetError, UsageError
from ..link import order_by_toctree
from ..markdown import lower, write
from ..markdown import nodes as md
from ..markdown.slug import slug
from ..model import Page
from ..options import BundleOptions, ConvertOptions
from ..tokens import Counter
from . import budget
from .compact import compact, plain_labels
from .documents import Part, as_section, owners, reachable, rebased, settle_links
from .formats import jsonl, xml
from .formats import md as markdown
from .model import Bundle, BundleDocument, LeftOut
from .render import volume_parts
from .selection import (
    TRIM_ORDER,
    drop_deprecated,
    drop_kind,
    kinds_of,
    select_objects,
    select_pages,
)

_DEFAULTS = BundleOptions()
_CONVERT = ConvertOptions()
_NONCHARACTERS = re.compile("[\ufffe\uffff]")  # XML has no way to say them


def assemble(
    pages: Sequence[Page],
    *,
    title: str,
    options: BundleOptions = _DEFAULTS,
    convert_options: ConvertOptions = _CONVERT,
    links: str = "external",
    root_doc: str = "index",
    counter: Counter | None = None,
) -> Bundle:
    """Make a bundle of linked pages.

    *pages* come from ``link_pages`` with the layout ``OneDocument`` (for ``llms-txt``: ``Folder``) and best
    with ``links="all"``, as ``--object`` and the references of chunks follow links; *links* says which ones
    the bundle shows in the end.  Raises `UsageError` where the selection names what is not there or
    leaves nothing, `BudgetError` where the bundle does not fit into ``max_tokens``.
    """
    work = _Work(
        title or options.title, options, convert_options, links, counter or Counter(options.encoding)
    )
    bundle = work.run(pages, root_doc)
    work.counter.save()
    return bundle


@dataclass(slots=True)
class _Work:
    title: str
    options: BundleOptions
    convert: ConvertOptions
    links: str
    counter: Counter

    def run(self, pages: Sequence[Page], root_doc: str) -> Bundle:
        options = self.options
        chosen, left_out = select_pages(self.ordered(pages, root_doc), options)
        parts = [Part(page, as_section(page)) for page in chosen]
        parts = select_objects(parts, options, self.one_document)
        if not options.deprecated:
            parts, gone = drop_deprecated(parts)
            left_out += gone
        if options.over != "trim" or not options.max_tokens:
            parts, gone = self.dropped(parts, kinds_of(options))
            left_out += gone
        places = self.places(parts) if options.format == "jsonl" else {}
        parts = self.settled(parts)
        if not options.duplicates:
            parts, gone = self.once(parts)
            left_out += gone
        if not parts:
            raise UsageError("no documents are left to bundle")
        base = Bundle(
            self.title, (), (), options, self.convert, tuple(left_out), (), _date(), self.links, places
        )
        return self.fitted(base, parts)

    @property
    def one_document(self) -> bool:
        """Whether links were made for one document or for a folder of files."""
        return self.options.format != "llms-txt"

    def ordered(self, pages: Sequence[Page], root_doc: str) -> list[Page]:
        if self.options.order == "list":
            return list(pages)
        by_name = {page.docname: page for page in pages}
        return [by_name[name] for name in order_by_toctree(pages, root_doc)]

    def dropped(self, parts: list[Part], kinds: Sequence[str]) -> tuple[list[Part], list[LeftOut]]:
        out = []
        for kind in kinds:
            before = sum(self.tokens(part) for part in parts)
            parts, count = drop_kind(parts, kind)
            if not count:
                continue
            saved = before - sum(self.tokens(part) for part in parts)
            out.append(LeftOut("content", f"{kind}", "as asked", tokens=saved))
        return parts, out

    def places(self, parts: Sequence[Part]) -> dict[str, str]:
        out = {}
        for (_, fragment), (part, node) in owners(parts, one_document=True).items():
            if isinstance(node, md.Object):
                out[f"#{fragment}"] = node.signatures[0].fullname or node.signatures[0].code
            elif node is part.section:
                out[f"#{fragment}"] = part.docname
            else:
                out[f"#{fragment}"] = f"{part.docname}#{slug(md.plain_text(node.title))}"
        return out

    def settled(self, parts: Sequence[Part]) -> list[Part]:
        """Settle links; chunks keep theirs, as their references."""
        if self.options.format == "jsonl":
            return list(parts)
        return settle_links(parts, self.links, self.one_document)

    def once(self, parts: Sequence[Part]) -> tuple[list[Part], list[LeftOut]]:
        """Leave out documents that are, word for word, one that came before."""
        first: dict[str, str] = {}
        kept, out = [], []
        for part in parts:
            same = first.setdefault(_sha256(self.markdown(part.section)), part.docname)
            if same == part.docname:
                kept.append(part)
            else:
                what = f"{part.docname}, which repeats {same}"
                out.append(LeftOut("duplicate", what, "duplicate", part.docname))
        return kept, out

    # -- text and tokens ------------------------------------------------------------------

    def markdown(self, section: md.Section, offset: int | None = None) -> str:
        if offset is None:
            offset = int(self.options.format == "md")
        options = replace(self.convert, heading_offset=self.convert.heading_offset + offset)
        thrifty = self.options.compact and self.options.format in ("md", "xml")
        core = lower(md.Root((compact(section) if thrifty else section,)), options)
        text = write(plain_labels(core) if thrifty else core)
        return _NONCHARACTERS.sub(lambda match: f"U+{ord(match[0]):04X}", text)

    def tokens(self, part: Part) -> int:
        return self.counter(self.markdown(part.section))

    def document(
        self, part: Part, number: int = 0, anchor: str = "", offset: int | None = None
    ) -> BundleDocument:
        text = self.markdown(part.section, offset)
        return BundleDocument(
            part.docname,
            part.title,
            md.Root((part.section,)),
            text,
            self.counter(text),
            _sha256(text),
            part.page.provenance,
            number,
            anchor,
        )

    # -- the budget -----------------------------------------------------------------------

    def fitted(self, base: Bundle, parts: list[Part]) -> Bundle:
        """Return the bundle, made to fit into the tokens allowed as the options say."""
        limit = self.options.max_tokens
        if limit < 0:
            raise UsageError("--max-tokens must not be negative")
        whole = self.finished(base, [[budget.Slice(part, part.section) for part in parts]])
        if not limit or whole.tokens <= limit:
            return whole
        if self.options.over == "split":
            return self.split(whole, parts, limit)
        if self.options.over == "trim":
            return self.trimmed(base, parts, limit)
        raise BudgetError(
            f"the bundle has {whole.tokens:,} {self.options.encoding} tokens, {limit:,} are allowed; "
            "raise --max-tokens, or let --over split or trim it"
        )

    def finished(self, base: Bundle, volumes: Sequence[Sequence[budget.Slice]]) -> Bundle:
        """Return *base* with documents: those of *volumes*, and the whole ones that these are parts of."""
        made = [self.volume(base, volume, len(volumes) > 1) for volume in volumes]
        whole: dict[str, BundleDocument] = {}
        for slices, documents in zip(volumes, made, strict=True):
            for piece, document in zip(slices, documents, strict=True):
                if piece.part.docname not in whole:
                    same = not piece.number and self.options.format != "llms-txt"
                    whole[piece.part.docname] = document if same else self.document(piece.part)
        bundle = replace(base, documents=tuple(whole.values()), volumes=tuple(map(tuple, made)))
        counts = tuple(self.count(bundle, number) for number in range(len(made)))
        return replace(bundle, counts=counts)

    def volume(self, base: Bundle, slices: Sequence[budget.Slice], several: bool) -> list[BundleDocument]:
        """Return the documents of an output file; links to other volumes are text."""
        parts = [replace(piece.part, section=piece.section) for piece in slices]
        if self.options.format == "llms-txt":
            parts = [rebased(part) for part in parts]
        elif several:
            parts = self.settled(parts)
        has_contents = self.options.format in ("md", "llms-txt")
        found = reachable(parts, reserved_anchors(base.title)) if has_contents else [(p, "") for p in parts]
        return [
            self.document(part, piece.number, anchor, int(has_contents))
            for piece, (part, anchor) in zip(slices, found, strict=True)
        ]

    def count(self, bundle: Bundle, volume: int) -> int:
        return self.counter("".join(volume_parts(bundle, volume)))

    def size(self, base: Bundle) -> budget.Size:
        """Return what measures (a part of) a document as it stands in the output."""
        known: dict[tuple[int, int], int] = {}

        def size(part: Part, section: md.Section, number: int) -> int:
            key = (id(section), number)
            if key not in known or section is not part.section:
                offset = int(self.options.format in ("md", "llms-txt"))
                document = self.document(replace(part, section=section), number, "", offset)
                known[key] = self.counter(self.piece(base, document))
            return known[key]

        return size

    def piece(self, base: Bundle, document: BundleDocument) -> str:
        """Return a document as it stands in the output, save for its number and the bundle's key."""
        if self.options.format == "jsonl":
            return jsonl.piece(base, document, 999, 999)
        if self.options.format == "xml":
            return xml.piece(document, 999, 999)
        return markdown.piece(document, 999, 999, "0" * markdown.KEY_DIGITS) + "\n"

    def split(self, whole: Bundle, parts: list[Part], limit: int) -> Bundle:
        """Split into volumes.  What their heads need depends on the volumes, so it may take a second try."""
        head = whole.tokens - sum(map(self.size(whole), parts, [p.section for p in parts], [0] * len(parts)))
        room = limit - max(head, 0)
        for _ in range(6):
            if room <= 0:
                break
            bundle = self.finished(replace(whole, volumes=()), budget.split(parts, room, self.size(whole)))
            excess = max(bundle.counts) - limit
            if excess <= 0:
                return bundle
            room -= excess
        raise BudgetError(
            f"--max-tokens {limit:,} leaves no room beside the table of contents of {len(parts)} documents "
            f"({head:,} tokens); raise it"
        )

    def trimmed(self, base: Bundle, parts: list[Part], limit: int) -> Bundle:
        """Leave out kinds of content in order, then units from the end, until the bundle fits."""
        left_out = list(base.left_out)
        bundle = base
        for kind in kinds_of(self.options) or TRIM_ORDER:
            parts, gone = self.dropped(parts, [kind])
            left_out += [replace(item, why=f"to fit into {limit:,} tokens") for item in gone]
            parts = self.settled(parts)
            base = replace(base, left_out=tuple(left_out))
            bundle = self.finished(base, [[budget.Slice(part, part.section) for part in parts]])
            if bundle.tokens <= limit:
                return bundle
        return self.cut_short(base, parts, limit, bundle.tokens)

    def cut_short(self, base: Bundle, parts: list[Part], limit: int, tokens: int) -> Bundle:
        room = sum(map(self.size(base), parts, [p.section for p in parts], [0] * len(parts))) - tokens + limit
        for _ in range(20):
            if room <= 0:
                break
            kept, gone = budget.trim(parts, room, self.size(base))
            if not kept:
                break
            items = [item for part, names in gone for item in self.gone(part, names, kept, limit)]
            now = replace(base, left_out=(*base.left_out, *items))
            bundle = self.finished(now, [[budget.Slice(part, part.section) for part in self.settled(kept)]])
            if bundle.tokens <= limit:
                return bundle
            room -= bundle.tokens - limit
        raise BudgetError(f"--max-tokens {limit:,} leaves no room for a single section; raise it")

    def gone(self, part: Part, names: list[str], kept: Sequence[Part], limit: int) -> list[LeftOut]:
        why = f"to fit into {limit:,} tokens"
        if all(each.docname != part.docname for each in kept):
            return [LeftOut("document", part.docname, why, part.docname, self.tokens(part))]
        return [LeftOut(n.partition(" ")[0], f"{part.docname} {n}", why, part.docname) for n in names]


def reserved_anchors(title: str) -> frozenset[str]:
    """Return the anchors of the headings that a Markdown bundle called *title* has besides its pages'."""
    return frozenset((slug(title), *markdown.RESERVED))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _date() -> str:
    """Return the day that ``SOURCE_DATE_EPOCH`` names (reproducible-builds.org), or nothing."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    return datetime.fromtimestamp(int(epoch), UTC).date().isoformat() if epoch.isdecimal() else ""
