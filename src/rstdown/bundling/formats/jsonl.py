"""Chunks for retrieval, one JSON object a line.

id          docname#place; the same over runs and revisions while names and titles stay
kind        object or section; part counts where one had to be divided (0: it is whole)
name        qualified name of the object, or title of the section
domain, objtype, signatures, members   of objects
path        titles and names above the chunk, from the document's down
source      uri, revision, sha256, lines (first, last; last is null at the end of the file)
versions    what its version notes say: kind, version, text
references  what it leads to: qualified names and docnames within the bundle, addresses outside
tokens      of text, in encoding
text        Markdown
sha256      of text; document, documents, chunk, chunks tell what belongs together
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from ...markdown import lower, write
from ...markdown import nodes as md
from ...markdown.escape import clean
from ...tokens import Counter
from ..chunks import Chunk, chunks_of
from ..model import Bundle, BundleDocument
from ..tree import edit, walk

SUFFIX = ".jsonl"


def parts(bundle: Bundle, volume: int) -> Iterator[str]:
    """Yield the lines of a volume (from 0), all those of a document at a time."""
    documents = bundle.volumes[volume]
    for number, document in enumerate(documents, 1):
        place = {"document": number, "documents": len(documents)}
        rows = (_cleaned({**row, **place}) for row in document.rows)
        yield "".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows)


def rows_of(document: BundleDocument, bundle: Bundle, counter: Counter) -> tuple[dict[str, Any], ...]:
    """Return the chunks of a document as plain data; *bundle* tells the options and what links lead to."""

    def text_of(root: md.Root) -> str:
        return write(lower(_alone(root, bundle.links), bundle.convert))

    (section,) = document.root.children
    assert isinstance(section, md.Section)
    limit = bundle.options.chunk_tokens
    found = chunks_of(document.name, section, limit, lambda root: counter(text_of(root)))
    return tuple(
        _row(chunk, text_of(chunk.root), document, bundle, counter) | {"chunk": index, "chunks": len(found)}
        for index, chunk in enumerate(found, 1)
    )


def _row(
    chunk: Chunk, text: str, document: BundleDocument, bundle: Bundle, counter: Counter
) -> dict[str, Any]:
    return {
        **_about(chunk),
        "source": _source(document, chunk),
        "versions": _versions(chunk),
        "references": list(dict.fromkeys(_references(chunk, bundle.places))),
        "tokens": counter(text),
        "encoding": bundle.options.encoding,
        "text": text,
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
    }


def _cleaned(value: Any) -> Any:
    """Make hidden characters visible in all strings, as the writer does in text."""
    if isinstance(value, str):
        return clean(value)[0]
    if isinstance(value, dict):
        return {key: _cleaned(each) for key, each in value.items()}
    return [_cleaned(each) for each in value] if isinstance(value, (list, tuple)) else value


def _about(chunk: Chunk) -> dict[str, Any]:
    about: dict[str, Any] = {"id": chunk.id, "kind": chunk.kind, "part": chunk.part, "name": chunk.name}
    if chunk.kind == "object":
        about["domain"] = chunk.domain
        about["objtype"] = chunk.objtype
        about["signatures"] = chunk.signatures
        about["members"] = chunk.members
    about["path"] = chunk.path
    return about


def _source(document: BundleDocument, chunk: Chunk) -> dict[str, Any]:
    where = document.provenance
    first, last = chunk.lines
    return {
        "docname": document.docname,
        "uri": where.uri,
        "revision": where.revision,
        "sha256": where.sha256,
        "lines": [first, last or None] if first else None,
    }


def _versions(chunk: Chunk) -> list[dict[str, str]]:
    notes = (node for node in walk(chunk.root) if isinstance(node, md.VersionNote))
    return [{"kind": n.kind, "version": n.version, "text": _text(n)} for n in notes]


def _text(note: md.VersionNote) -> str:
    return " ".join(md.plain_text(n.children) for n in walk(note.children) if isinstance(n, md.Paragraph))


def _references(chunk: Chunk, places: Mapping[str, str]) -> Iterator[str]:
    for node in walk(chunk.root):
        if isinstance(node, md.Link):
            name = places.get(node.url, "") if node.url.startswith("#") else node.url
            if name and name != chunk.name:
                yield name


def _alone(root: md.Root, links: str) -> md.Root:
    """Return a chunk as it stands alone: links within the bundle are text, anchors lead nowhere."""

    def visit(node: Any) -> Iterable[Any] | None:
        if isinstance(node, md.Link) and (links == "none" or node.url.startswith("#")):
            return edit(node, visit).children
        if isinstance(node, md.Anchor):
            return ()
        if isinstance(node, md.Signature):
            return (replace(node, ids=(), children=()),)
        if isinstance(node, (md.Section, md.DefinitionItem)) and node.ids:
            return (replace(edit(node, visit), ids=()),)
        return None

    return edit(root, visit)
