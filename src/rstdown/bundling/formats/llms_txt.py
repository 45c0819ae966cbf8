"""A folder as the llms.txt proposal has it (llmstxt.org): ``llms.txt``, ``llms-full.txt``, ``.md`` twins.

``llms.txt`` has a title, a summary as a block quote, and lists of links to the pages' Markdown twins, one
list for each folder.  ``llms-full.txt`` is the bundle in one file (see `md`).
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from ...markdown import nodes as md
from ...markdown import write
from ..model import Bundle, BundleDocument


def index(bundle: Bundle) -> str:
    """Return ``llms.txt``."""
    summary = f"{len(bundle.documents)} documents. Token counts are those of {bundle.options.encoding}."
    blocks: list[md.Flow] = [
        md.Heading(1, (md.Text(bundle.title),)),
        md.Blockquote((md.Paragraph((md.Text(summary),)),)),
    ]
    for folder, documents in _folders(bundle.documents).items():
        blocks.append(md.Heading(2, (md.Text(folder or "Docs"),)))
        blocks.append(md.List(tuple(map(_entry, documents))))
    return write(md.Root(tuple(blocks)))


def _folders(documents: tuple[BundleDocument, ...]) -> dict[str, list[BundleDocument]]:
    folders: dict[str, list[BundleDocument]] = {}
    for document in documents:
        folders.setdefault(document.docname.rpartition("/")[0], []).append(document)
    return folders


def _entry(document: BundleDocument) -> md.ListItem:
    link = md.Link(quote(f"{document.docname}.md"), (md.Text(document.title),))
    return md.ListItem((md.Paragraph((link, md.Text(f": {document.tokens:,} tokens"))),))


def twins(bundle: Bundle) -> Iterator[tuple[str, str]]:
    """Yield the path and the Markdown of every page."""
    for document in bundle.documents:
        yield f"{document.docname}.md", document.markdown
