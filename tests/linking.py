"""Small projects for tests of linking: converted, linked, written."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rstdown.engines.docutils_ import convert
from rstdown.link import Folder, Inventory, Layout, LinkResult, link_pages
from rstdown.markdown import lower, write
from rstdown.model import Document, Page, Project, Provenance
from rstdown.options import ConvertOptions, LinkOptions


@dataclass(frozen=True)
class Linked:
    """What became of a project."""

    result: LinkResult
    markdown: Mapping[str, str]

    def __getitem__(self, docname: str) -> str:
        return self.markdown[docname]

    @property
    def messages(self) -> list[str]:
        return [str(d) for d in self.result.diagnostics]

    @property
    def codes(self) -> list[str]:
        return [d.code for d in self.result.diagnostics]


def convert_all(
    texts: Mapping[str, str], project: Project | None = None, uris: Mapping[str, str] | None = None
) -> list[Page]:
    """Convert documents, given as docname → RST; *uris* tells where they come from."""
    return [
        convert(
            Document(name, text, Provenance((uris or {}).get(name, ""))),
            project or Project(),
            ConvertOptions(),
        )
        for name, text in texts.items()
    ]


def link(
    texts: Mapping[str, str],
    *,
    project: Project | None = None,
    layout: Layout | None = None,
    links: str = "all",
    inventory: Sequence[tuple[bytes, str, str]] = (),
    write_only: Sequence[str] = (),
    uris: Mapping[str, str] | None = None,
) -> Linked:
    """Convert and link documents; *inventory* lists ``objects.inv`` files as (data, base, key)."""
    project = project or Project()
    pages = convert_all(texts, project, uris)
    known = Inventory.from_pages(pages)
    for data, base, key in inventory:
        known = known.with_file(data, base, key)
    result = link_pages(
        [p for p in pages if not write_only or p.docname in write_only],
        inventory=known,
        project=project,
        options=LinkOptions(links=links),
        layout=layout or Folder(),
    )
    options = ConvertOptions()
    return Linked(result, {p.docname: write(lower(p.root, options)) for p in result.pages})


def objects_inv(*rows: str, project: str = "Other", version: str = "1.0") -> bytes:
    """Return an ``objects.inv`` file with rows as in the format."""
    head = f"# Sphinx inventory version 2\n# Project: {project}\n# Version: {version}\n"
    body = "".join(f"{row}\n" for row in rows)
    note = "# The remainder of this file is compressed using zlib.\n"
    return (head + note).encode() + zlib.compress(body.encode())
