"""Real documentation: the pages on concurrency as a folder and as one document, without a dead link."""

from __future__ import annotations

import html.parser
import posixpath
import re
from collections import Counter
from pathlib import Path
from urllib.parse import unquote

import pytest
from markdown_it import MarkdownIt

from rstdown.engines.docutils_ import convert
from rstdown.link import Folder, Inventory, Layout, LinkResult, OneDocument, link_pages
from rstdown.link.check import check_links
from rstdown.link.tree import unlinked, walk
from rstdown.markdown import lower, write
from rstdown.markdown import nodes as md
from rstdown.model import Document, Page, Project
from rstdown.options import ConvertOptions, LinkOptions

CORPUS = Path(__file__).parent.parent.parent / "shared" / "corpora" / "cpython-3.13"
BASE = "https://docs.python.org/3/"
PROJECT = Project(name="Python", version="3.13", root_doc="contents", settings={"toc_object_entries": False})

pytestmark = pytest.mark.skipif(
    not CORPUS.is_dir(), reason=f"{CORPUS.name}: not at hand beside this checkout"
)


@pytest.fixture(scope="module")
def pages() -> list[Page]:
    src = CORPUS / "src" / "Doc"
    names = (CORPUS / "seed-pages.txt").read_text("utf-8").split()
    documents = [
        Document(
            name,
            (src / f"{name}.rst").read_text("utf-8"),
            path=src / f"{name}.rst",
            root=CORPUS / "src",
            srcdir=src,
        )
        for name in names
    ]
    return [convert(document, PROJECT, ConvertOptions()) for document in documents]


def linked(pages: list[Page], layout: Layout, links: str = "all") -> LinkResult:
    inventory = Inventory.from_pages(pages).with_file((CORPUS / "objects.inv").read_bytes(), BASE, "python")
    options = LinkOptions(links=links)
    return link_pages(pages, inventory=inventory, project=PROJECT, options=options, layout=layout)


def anchors_and_links(text: str) -> tuple[Counter[str], list[str]]:
    """Read a page independently of the code under test: render it, look at the HTML."""
    anchors: Counter[str] = Counter()
    links: list[str] = []

    class Reader(html.parser.HTMLParser):
        heading: list[str] | None = None

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found = dict(attrs)
            if found.get("id"):
                anchors[found["id"] or ""] += 1
            if tag == "a" and found.get("href"):
                links.append(found["href"] or "")
            if re.fullmatch("h[1-6]", tag):
                self.heading = []

        def handle_data(self, data: str) -> None:
            if self.heading is not None:
                self.heading.append(data)

        def handle_endtag(self, tag: str) -> None:
            if re.fullmatch("h[1-6]", tag) and self.heading is not None:
                name = re.sub(r"[^\w\- ]", "", "".join(self.heading).strip().lower()).replace(" ", "-")
                slugs[name] += 1
                anchors[name if slugs[name] == 1 else f"{name}-{slugs[name] - 1}"] += 1
                self.heading = None

    slugs: Counter[str] = Counter()
    Reader().feed(MarkdownIt("commonmark", {"html": True}).enable("table").render(text))
    return anchors, links


def test_a_folder_without_dead_links(pages: list[Page], tmp_path: Path) -> None:
    result = linked(pages, Folder())
    assert result.report.inside > 2000 and result.report.outside > 500
    read = {}
    for page in result.pages:
        text = write(lower(page.root, ConvertOptions()))
        path = tmp_path / f"{page.docname}.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
        read[f"{page.docname}.md"] = anchors_and_links(text)
    dead = []
    for name, (_, links) in read.items():
        for link in (unquote(link) for link in links if not re.match("[a-z]+:", link)):
            file, _, fragment = link.partition("#")
            target = posixpath.normpath(posixpath.join(posixpath.dirname(name), file)) if file else name
            if target not in read or (fragment and fragment not in read[target][0]):
                dead.append((name, link))
    assert dead == []
    assert check_links(tmp_path).dead == ()


def test_one_document_without_dead_links(pages: list[Page], tmp_path: Path) -> None:
    result = linked(pages, OneDocument(heading_offset=1))
    options = ConvertOptions(heading_offset=1)
    text = "# All\n\n" + "\n".join(write(lower(page.root, options)) for page in result.pages)
    anchors, links = anchors_and_links(text)
    inside = [unquote(link)[1:] for link in links if not re.match("[a-z]+:", link)]
    assert len(inside) > 2000
    assert [link for link in inside if anchors[link] != 1] == []
    file = tmp_path / "all.md"
    file.write_text(text, "utf-8")
    assert check_links(file).dead == ()


def test_only_outside_links_and_every_text_as_it_is_with_all(pages: list[Page]) -> None:
    everything = linked(pages, OneDocument())
    external = linked(pages, OneDocument(), "external")
    for one, other in zip(everything.pages, external.pages, strict=True):
        assert paragraphs(one) == paragraphs(other)
        urls = [n.url for n in walk(other.root) if isinstance(n, md.Link)]
        assert all(re.match("[a-z]+:", url) for url in urls)


def paragraphs(page: Page) -> list[str]:
    return [md.plain_text(unlinked(n.children)) for n in walk(page.root) if isinstance(n, md.Paragraph)]


def test_what_is_missing_is_reported_with_its_place(pages: list[Page]) -> None:
    result = linked(pages, Folder())
    report = result.report
    assert report.references == report.inside + report.outside + report.plain + len(report.unresolved)
    diagnosed = Counter((d.docname, d.line) for d in result.diagnostics if d.code == "xref-missing")
    assert diagnosed == Counter((u.docname, u.line) for u in report.unresolved)
    assert all(u.line for u in report.unresolved)
    assert len(report.unresolved) < 0.07 * report.references
