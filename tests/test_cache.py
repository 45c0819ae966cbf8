"""Pages kept on disk: used when nothing changed, never when anything did, never trusted."""

from __future__ import annotations

import os
import pickle
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rstdown import cache as caching
from rstdown import pool
from rstdown.cache import PageCache, open_cache
from rstdown.codec import CodecError, decode, encode
from rstdown.model import Document, Page, Project, Severity
from rstdown.options import ConvertOptions
from rstdown.workers import Failure

PROJECT = Project(settings={"b": {"y", "x"}, "a": 1})
OPTIONS = ConvertOptions()
TEXT = "Title\n=====\n\nText, *markup*, a :func:`role`.\n\n== ==\na  b\n== ==\n\n.. _x:\n\nMore\n----\n"
DOCUMENT = Document("index", TEXT)


@pytest.fixture
def store(tmp_path: Path) -> PageCache:
    found = open_cache(tmp_path / "cache")
    assert found is not None
    return found


def convert(store: PageCache, document: Document = DOCUMENT, **more: Any) -> Page:
    (page,) = pool.convert_documents([document], PROJECT, OPTIONS, jobs=1, cache=store, **more)
    assert isinstance(page, Page)
    return page


def again(store: PageCache) -> PageCache:
    found = open_cache(store.folder.parent)
    assert found is not None
    return found


def entries(store: PageCache) -> list[Path]:
    return list(store.folder.glob("??/*"))


def refuse(*args: Any) -> Any:
    raise AssertionError("converted again")


def test_a_page_survives_the_way_to_bytes_and_back() -> None:
    page = convert_without(DOCUMENT)
    assert decode(encode(page)) == page


def test_members_are_bytes_by_value_in_every_release(monkeypatch: pytest.MonkeyPatch) -> None:
    page = convert_without(Document("a", ":nix:`x`"))
    assert page.diagnostics
    # What Python 3.11.2 does, and what `decode` refuses.
    monkeypatch.setattr(Severity, "__reduce_ex__", lambda self, _: (getattr, (Severity, self.name)))
    assert decode(encode(page)) == page


def convert_without(document: Document) -> Page:
    (page,) = pool.convert_documents([document], PROJECT, OPTIONS, jobs=1, cache=False)
    assert isinstance(page, Page)
    return page


def test_nothing_changed_nothing_converted(store: PageCache, monkeypatch: pytest.MonkeyPatch) -> None:
    page = convert(store)
    assert page == convert_without(DOCUMENT)
    monkeypatch.setattr(pool.Converting, "page", refuse)
    done: list[str] = []
    assert convert(again(store), on_done=done.append) == page
    assert done == ["index"]


@pytest.mark.parametrize(
    ("document", "project", "options"),
    [
        (replace(DOCUMENT, text=TEXT + "x"), PROJECT, OPTIONS),
        (replace(DOCUMENT, docname="other"), PROJECT, OPTIONS),
        (DOCUMENT, replace(PROJECT, version="2"), OPTIONS),
        (DOCUMENT, replace(PROJECT, settings={"a": 2}), OPTIONS),
        (DOCUMENT, PROJECT, replace(OPTIONS, heading_offset=1)),
    ],
)
def test_any_change_is_another_key(
    store: PageCache, document: Document, project: Project, options: ConvertOptions
) -> None:
    assert store.key(document, project, options) != store.key(DOCUMENT, PROJECT, OPTIONS)


def test_another_version_of_the_code_is_another_key(
    store: PageCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = store.key(DOCUMENT, PROJECT, OPTIONS)
    monkeypatch.setattr(caching, "_stamp", lambda: ("other",))
    assert again(store).key(DOCUMENT, PROJECT, OPTIONS) != key


def test_the_order_of_settings_makes_no_difference(store: PageCache) -> None:
    other = replace(PROJECT, settings={"a": 1, "b": {"x", "y"}})
    assert store.key(DOCUMENT, other, OPTIONS) == store.key(DOCUMENT, PROJECT, OPTIONS)


def test_the_day_counts_only_for_texts_that_ask(store: PageCache, monkeypatch: pytest.MonkeyPatch) -> None:
    dated = replace(DOCUMENT, text="|today|")
    keys = {store.key(DOCUMENT, PROJECT, OPTIONS)}, {store.key(dated, PROJECT, OPTIONS)}
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    keys[0].add(store.key(DOCUMENT, PROJECT, OPTIONS))
    keys[1].add(store.key(dated, PROJECT, OPTIONS))
    assert list(map(len, keys)) == [1, 2]


def test_an_included_file_that_changes_makes_the_page_stale(store: PageCache, tmp_path: Path) -> None:
    root = tmp_path / "docs"
    root.mkdir()
    (root / "part.txt").write_text("one")
    document = Document(
        "index", ".. include:: part.txt\n\n.. include:: missing.txt\n", path=root / "index.rst", root=root
    )
    first = convert(store, document)
    assert {r.path for r in first.requires} == {"part.txt", "missing.txt"}
    assert convert(again(store), document) == first
    (root / "part.txt").write_text("two")
    second = convert(again(store), document)
    assert second != first
    (root / "missing.txt").write_text("here")
    third = convert(again(store), document)
    assert third != second
    (root / "part.txt").unlink()
    assert convert(again(store), document) != third


@pytest.mark.parametrize("damage", [b"", b"x", None])
def test_a_damaged_entry_counts_as_missing(store: PageCache, damage: bytes | None) -> None:
    page = convert(store)
    (entry,) = entries(store)
    entry.write_bytes(entry.read_bytes()[:-1] if damage is None else damage)
    assert convert(again(store)) == page
    assert decode(entry.read_bytes()) == page  # and has been repaired


class Evil:
    def __reduce__(self) -> Any:
        return os.mkdir, ("pwned",)


def test_nothing_but_pages_comes_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    from hashlib import blake2b

    for value in (Evil(), Path("x"), 3):
        data = pickle.dumps(value)
        with pytest.raises(CodecError):
            decode(blake2b(data, digest_size=16).digest() + data)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="POSIX permissions")
def test_a_folder_that_others_may_write_to_is_not_used(tmp_path: Path) -> None:
    folder = tmp_path / "cache" / "pages"
    folder.mkdir(parents=True)
    folder.chmod(0o777)
    assert open_cache(tmp_path / "cache") is None
    folder.chmod(0o700)
    assert open_cache(tmp_path / "cache") is not None


def test_no_cache_where_there_can_be_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert open_cache(tmp_path / "file") is None


def test_a_full_disk_costs_only_the_entry(store: PageCache, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    page = convert(store)
    monkeypatch.undo()
    assert entries(store) == []
    assert page == convert(store)


def test_failures_are_not_kept(store: PageCache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool.Converting, "page", lambda *args: Failure("index", "too long"))
    (result,) = pool.convert_documents([DOCUMENT], PROJECT, OPTIONS, jobs=1, cache=store)
    assert str(result) == "index: too long"
    assert entries(store) == []


def test_old_pages_are_swept(store: PageCache) -> None:
    convert(store)
    (old,) = entries(store)
    month = time.time() - 40 * 86_400
    os.utime(old, (month, month))
    os.utime(store.folder / "swept", (month, month))
    convert(again(store), replace(DOCUMENT, docname="new"))
    assert old not in entries(store) and len(entries(store)) == 1


def test_processes_fill_the_cache(store: PageCache, monkeypatch: pytest.MonkeyPatch) -> None:
    documents = [replace(DOCUMENT, docname=f"p{n}") for n in range(4)]
    first = pool.convert_documents(documents, PROJECT, OPTIONS, jobs=2, cache=store)
    monkeypatch.setattr(pool, "_run", lambda work, todo, *args: iter(refuse() for _ in todo))
    assert pool.convert_documents(documents, PROJECT, OPTIONS, jobs=2, cache=again(store)) == first
