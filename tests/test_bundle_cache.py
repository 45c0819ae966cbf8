"""Finished bundles: read again where nothing has changed, never where anything has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rstdown import pipeline, pool
from rstdown.bundling import making
from rstdown.fetching import fetch
from rstdown.markdown import nodes as md
from rstdown.model import Page
from rstdown.options import BundleOptions, FetchOptions, LinkOptions, RunOptions
from rstdown.pipeline import bundle_documents
from rstdown.results import BundleRun, Settings
from rstdown.workers import Failure

ALONE = Settings(run=RunOptions(jobs=1))


@pytest.fixture
def docs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RSTDOWN_CACHE_DIR", str(tmp_path / "cache"))
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "index.rst").write_text("Start\n=====\n\n.. toctree::\n\n   more\n\n:ref:`nowhere`\n")
    (folder / "more.rst").write_text("More\n====\n\n.. include:: part.txt\n")
    (folder / "part.txt").write_text("A part.\n")
    return folder


def run(folder: Path, settings: Settings = ALONE, **options: Any) -> BundleRun:
    found = fetch([str(folder)], options=FetchOptions())
    return bundle_documents(found, settings=settings, **{"trees": False, **options})


def only_from_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **options: Any) -> Any:
        raise AssertionError("converted again")

    monkeypatch.setattr(pipeline, "make_pages", refuse)


def test_nothing_changed(docs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = run(docs)
    only_from_cache(monkeypatch)
    again = run(docs)
    assert again.text == fresh.text and "A part." in again.text
    assert again.summary() == fresh.summary()
    assert again.diagnostics == fresh.diagnostics != ()
    assert again.bundle.report() == fresh.bundle.report()
    assert again.bundle.options == fresh.bundle.options


@pytest.mark.parametrize("form", ["md", "xml", "jsonl", "llms-txt"])
def test_all_formats(docs: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, form: str) -> None:
    settings = replace(ALONE, bundle=BundleOptions(format=form))
    for name in ("fresh", "again"):
        run(docs, settings).save(tmp_path / name / "out")
        only_from_cache(monkeypatch)
    files = [p.relative_to(tmp_path / "fresh") for p in (tmp_path / "fresh").rglob("*") if p.is_file()]
    assert files
    for file in files:
        assert (tmp_path / "fresh" / file).read_bytes() == (tmp_path / "again" / file).read_bytes()


def edit(docs: Path) -> None:
    (docs / "more.rst").write_text("More\n====\n\nOther text.\n")


def edit_include(docs: Path) -> None:
    (docs / "part.txt").write_text("Other text.\n")


def add(docs: Path) -> None:
    (docs / "new.rst").write_text("Other text.\n")


@pytest.mark.parametrize("change", [edit, edit_include, add])
def test_anything_changed(docs: Path, change: Callable[[Path], None]) -> None:
    assert "Other text." not in run(docs).text
    change(docs)
    assert "Other text." in run(docs).text


@pytest.mark.parametrize(
    "settings",
    [
        replace(ALONE, bundle=BundleOptions(title="Other")),
        replace(ALONE, link=LinkOptions(links="all")),
        replace(ALONE, bundle=BundleOptions(exclude=("more",))),
    ],
)
def test_other_options(docs: Path, settings: Settings) -> None:
    fresh = run(docs).text
    assert run(docs, settings).text != fresh
    assert run(docs).text == fresh


def test_other_dates_and_inventories(docs: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fresh = run(docs).text
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    assert run(docs).text != fresh
    (tmp_path / "objects.inv").write_bytes(b"# no inventory\n")
    linked = replace(ALONE, link=LinkOptions(inventories=(str(tmp_path / "objects.inv"),)))
    assert [d.code for d in run(docs, linked).notices] == ["inventory-missing"]
    assert [d.code for d in run(docs, linked).notices] == ["inventory-missing"]


@pytest.mark.parametrize("data", [b"", b"rubbish", None])
def test_damage(docs: Path, tmp_path: Path, data: bytes | None) -> None:
    fresh = run(docs).text
    (kept,) = (tmp_path / "cache" / "bundles").iterdir()
    kept.write_bytes(kept.read_bytes()[:-9] if data is None else data)
    assert run(docs).text == fresh


def test_failures_are_not_kept(docs: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    original = pool.Converting.page

    def page(work: pool.Converting, index: int) -> Page | Failure:
        return (
            Failure("more", "too long") if work.documents[index].docname == "more" else original(work, index)
        )

    monkeypatch.setattr(pool.Converting, "page", page)
    assert [str(failure) for failure in run(docs).failures] == ["more: too long"]
    assert not list((tmp_path / "cache").glob("bundles/*"))


def test_trees_are_always_fresh(docs: Path) -> None:
    run(docs)
    again = run(docs, trees=True)
    assert all(page.root.children for page in again.pages)


def test_texts_of_other_documents_are_kept(docs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(docs)
    edit(docs)
    written: list[str] = []
    original = making.Maker._write

    def write(maker: making.Maker, section: md.Section, offset: int) -> str:
        written.append(md.plain_text(section.title))
        return original(maker, section, offset)

    monkeypatch.setattr(making.Maker, "_write", write)
    text = run(docs).text
    assert written == ["More"] and "# Start" in text and "Other text." in text
    # Other options, other texts.
    run(docs, replace(ALONE, bundle=BundleOptions(compact=False)))
    assert "Start" in written
