"""Pages → bundle: select, settle links, leave out duplicates, keep to the budget."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ..errors import BudgetError, UsageError
from ..link import order_by_toctree
from ..markdown import nodes as md
from ..markdown.slug import slug
from ..model import Page
from ..options import BundleOptions, ConvertOptions
from ..tokens import Counter
from . import budget
from .budget import Slice
from .documents import Part, as_section, owners
from .making import Maker
from .model import Bundle, LeftOut
from .repeats import documents_once, passages_once
from .selection import (
    TRIM_ORDER,
    drop_deprecated,
    drop_kind,
    kinds_of,
    select_objects,
    select_pages,
)
from .tree import PHRASING

if TYPE_CHECKING:
    from ..cache import TextCache

_DEFAULTS = BundleOptions()
_CONVERT = ConvertOptions()
_TRIES = 20
_NEARLY = 1.02  # what is left out is counted by itself, so sums are good to a percent or so


def assemble(
    pages: Sequence[Page],
    *,
    title: str,
    options: BundleOptions = _DEFAULTS,
    convert_options: ConvertOptions = _CONVERT,
    links: str = "external",
    root_doc: str = "index",
    counter: Counter | None = None,
    left_out: Sequence[LeftOut] = (),
    texts: TextCache | None = None,
) -> Bundle:
    """Make a bundle of linked pages.

    *pages* come from ``link_pages`` with the layout ``OneDocument`` (for ``llms-txt``: ``Folder``) and best
    with ``links="all"``, as ``--object`` and the references of chunks follow links; *links* says which ones
    the bundle shows in the end, *left_out* tells what was left out before, *texts* keeps documents' texts
    from run to run.  Raises `UsageError` where the selection names what is not there or leaves nothing,
    `BudgetError` where the bundle does not fit into ``max_tokens``.
    """
    maker = Maker(options, convert_options, links, counter or Counter(options.encoding), texts)
    parts, omitted = _selected(_ordered(pages, options, root_doc), maker)
    places = _places(parts) if options.format == "jsonl" else {}
    parts = maker.settled(parts)
    if not options.duplicates:
        parts, gone = _once(parts, maker)
        omitted += gone
    if not parts:
        raise UsageError("no documents are left to bundle")
    base = Bundle(
        options.title or title,
        (),
        (),
        options,
        convert_options,
        (*left_out, *omitted),
        date=_date(),
        links=links,
        places=places,
    )
    bundle = _fitted(base, parts, maker)
    maker.counter.save()
    return bundle


def _ordered(pages: Sequence[Page], options: BundleOptions, root_doc: str) -> list[Page]:
    by_name = {page.docname: page for page in pages}
    if options.order == "list" or (options.order == "auto" and root_doc not in by_name):
        return list(pages)
    return [by_name[name] for name in order_by_toctree(pages, root_doc)]


def _selected(pages: Sequence[Page], maker: Maker) -> tuple[list[Part], list[LeftOut]]:
    """Return what the options ask for, and what they leave out."""
    options = maker.options
    chosen, left_out = select_pages(pages, options)
    parts = [Part(page, as_section(page)) for page in chosen]
    parts = select_objects(parts, options, maker.one_document)
    if not options.deprecated:
        parts, gone = drop_deprecated(parts)
        left_out += gone
    if options.over != "trim" or not options.max_tokens:
        for kind in kinds_of(options):
            parts, gone = _dropped(parts, kind, "as asked", maker)
            left_out += gone
    return parts, left_out


def _dropped(parts: list[Part], kind: str, why: str, maker: Maker) -> tuple[list[Part], list[LeftOut]]:
    """Leave out a kind of content and say how many tokens it has."""
    kept, gone = drop_kind(parts, kind)
    if not gone:
        return parts, []
    blocks = tuple(md.Paragraph((n,)) if isinstance(n, PHRASING) else n for n in gone)
    alone = [Part(parts[0].page, md.Section((), blocks))]
    return kept, [LeftOut("content", kind, why, tokens=maker.tokens(maker.settled(alone)))]


def _places(parts: Sequence[Part]) -> dict[str, str]:
    """Return what links within the bundle lead to, in the words of `formats.jsonl`."""
    out = {}
    for (_, fragment), (part, node) in owners(parts, one_document=True).items():
        if isinstance(node, md.Object):
            out[f"#{fragment}"] = node.signatures[0].fullname or node.signatures[0].code
        elif node is part.section:
            out[f"#{fragment}"] = part.docname
        else:
            out[f"#{fragment}"] = f"{part.docname}#{slug(md.plain_text(node.title))}"
    return out


def _once(parts: Sequence[Part], maker: Maker) -> tuple[list[Part], list[LeftOut]]:
    """Say once what documents repeat; chunks and pages of their own keep their passages."""
    kept, out = documents_once(parts, lambda part: maker.markdown(part.section, maker.offset))
    if maker.options.format in ("md", "xml"):
        kept, passages = passages_once(kept)
        out += passages
    return kept, out


def _date() -> str:
    """Return the day that ``SOURCE_DATE_EPOCH`` names (reproducible-builds.org), or nothing."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    return (
        datetime.fromtimestamp(int(epoch), UTC).date().isoformat()
        if epoch.isdecimal() and len(epoch) < 12
        else ""
    )


# -- the budget ---------------------------------------------------------------------------


def _fitted(base: Bundle, parts: list[Part], maker: Maker) -> Bundle:
    """Return the bundle, made to fit into the tokens allowed as the options say."""
    options = maker.options
    limit = options.max_tokens
    if limit < 0:
        raise UsageError("--max-tokens must not be negative")
    whole = maker.bundle(base, [_slices(parts)])
    if not limit or whole.tokens <= limit:
        return whole
    if options.over == "split":
        return _split(whole, parts, limit, maker)
    if options.over == "trim":
        return _trimmed(whole, parts, limit, maker)
    raise BudgetError(
        f"the bundle has {whole.tokens:,} {options.encoding} tokens, {limit:,} are allowed; "
        "raise --max-tokens, or let --over split or trim it"
    )


def _slices(parts: Sequence[Part]) -> list[Slice]:
    return [Slice(part, part.section) for part in parts]


def _total(base: Bundle, parts: Sequence[Part], maker: Maker) -> int:
    """Return the tokens of all documents in the output, without its head."""
    return sum(maker.size(base, part, part.section, 0) for part in parts)


def _split(whole: Bundle, parts: list[Part], limit: int, maker: Maker) -> Bundle:
    """Split into volumes.  What their heads need depends on the volumes, so it may take a second try."""
    head = max(whole.tokens - _total(whole, parts, maker), 0)
    room = limit - head
    for _ in range(_TRIES):
        if room <= 0:
            break
        volumes = budget.split(parts, room, lambda *piece: maker.size(whole, *piece))
        bundle = maker.bundle(replace(whole, volumes=()), volumes)
        excess = max(bundle.counts) - limit
        if excess <= 0:
            return bundle
        room -= excess
    raise BudgetError(
        f"--max-tokens {limit:,} leaves no room beside the table of contents of {len(parts)} documents "
        f"({head:,} tokens); raise it"
    )


def _trimmed(whole: Bundle, parts: list[Part], limit: int, maker: Maker) -> Bundle:
    """Leave out kinds of content in order, then units from the end, until the bundle fits."""
    why = f"to fit into {limit:,} tokens"
    bundle, expected = whole, whole.tokens
    for kind in kinds_of(maker.options) or TRIM_ORDER:
        parts, gone = _dropped(parts, kind, why, maker)
        bundle = replace(bundle, left_out=(*bundle.left_out, *gone))
        expected -= sum(item.tokens for item in gone)
        if expected < limit * _NEARLY:
            bundle = maker.bundle(bundle, [_slices(maker.settled(parts))])
            if bundle.tokens <= limit:
                return bundle
    parts = maker.settled(parts)
    bundle = maker.bundle(bundle, [_slices(parts)])
    room = limit - (bundle.tokens - _total(bundle, parts, maker))
    for _ in range(_TRIES):
        kept, cut_off = budget.trim(parts, max(room, 0), lambda *piece: maker.size(bundle, *piece))
        if not kept:
            break
        items = [item for part, names in cut_off for item in _gone(part, names, kept, why, maker)]
        left_out = (*bundle.left_out, *items)
        trimmed = maker.bundle(replace(bundle, left_out=left_out), [_slices(maker.settled(kept))])
        if trimmed.tokens <= limit:
            return trimmed
        room -= trimmed.tokens - limit
    raise BudgetError(f"--max-tokens {limit:,} leaves no room for a single section; raise it")


def _gone(part: Part, names: list[str], kept: Sequence[Part], why: str, maker: Maker) -> list[LeftOut]:
    if all(each.docname != part.docname for each in kept):
        return [LeftOut("document", part.docname, why, part.docname, maker.tokens([part]))]
    return [LeftOut("rest", name, why, part.docname) for name in names]
