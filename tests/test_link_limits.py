"""Linking is quick and ends, whatever pages look like."""

from __future__ import annotations

import time

import pytest

from rstdown.link import Folder, Inventory, LinkResult, link_pages, order_by_toctree
from rstdown.markdown import nodes as md
from rstdown.model import Page, Project, TocNode
from rstdown.options import LinkOptions


def run(*pages: Page) -> tuple[LinkResult, float]:
    start = time.process_time()
    result = link_pages(
        pages,
        inventory=Inventory.from_pages(pages),
        project=Project(numfig=True),
        options=LinkOptions(links="all"),
        layout=Folder(),
    )
    return result, time.process_time() - start


def listing(name: str, *targets: str) -> Page:
    """Return a page that is a numbered toctree."""
    entries = tuple(map(md.TocEntry, targets))
    section = md.Section((md.Text(name),), (md.Toctree(entries),))
    return Page(name, md.Root((section,)), name, toctrees=(TocNode(entries, numbered=999),))


@pytest.mark.parametrize("depth", [100, 1000])
def test_deep_pages(depth: int) -> None:
    block: md.Flow = md.Paragraph((md.Xref("std:doc", "index", (md.Text("t"),)),))
    for _ in range(depth):
        block = md.List((md.ListItem((block,)),))
    result, seconds = run(Page("index", md.Root((block,)), "Title"))
    assert result.report.inside == 1 and seconds < 5


def test_long_chains_of_toctrees() -> None:
    pages = [listing("index", "d0"), *(listing(f"d{i}", f"d{i + 1}") for i in range(1500))]
    assert len(order_by_toctree(pages)) == 1501
    _, seconds = run(*pages)
    assert seconds < 20


def test_toctrees_that_would_never_end() -> None:
    pages = [listing("index", "d0"), *(listing(f"d{i}", f"d{i + 1}", f"d{i + 1}") for i in range(60))]
    result, seconds = run(*pages)
    assert "toctree-endless" in {d.code for d in result.diagnostics}
    assert seconds < 10


def test_many_pages_of_one_anchor_are_told_apart_quickly() -> None:
    section = md.Section((md.Text("Same"),), (md.Paragraph((md.Xref("id", "x", (md.Text("t"),)),)),), ("x",))
    result, seconds = run(*(Page(f"p{i}", md.Root((section,)), "Same") for i in range(500)))
    assert result.report.inside == 500 and seconds < 10
