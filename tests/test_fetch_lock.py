"""Lock files, saved folders, interruptions, and two runs at once."""

from __future__ import annotations

import errno
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
import tomllib
from pathlib import Path

import pytest

from rstdown.errors import FetchError, OutputError, UsageError
from rstdown.fetching import FetchResult, LocalSource, Progress, UrlSource, fetch, get_file, save
from rstdown.fetching.lock import read
from rstdown.options import FetchOptions

from . import loopback
from .loopback import Loopback
from .test_fetch_sources import COMMIT, play_github, play_pypi, play_site

KILLS = int(os.environ.get("RSTDOWN_TEST_KILLS", "2"))


@pytest.fixture
def server():
    with Loopback(
        {"/docs/a.rst": b".. include:: i.txt\n", "/docs/b.rst": b"b\r\n", "/docs/i.txt": b"i"}
    ) as found:
        yield found


def options(tmp_path: Path, server: Loopback | None = None, **more) -> FetchOptions:
    hosts = ("github", "github_api", "github_raw", "github_archive", "pypi")
    ours = dict.fromkeys(hosts, server.url) if server else {}
    return FetchOptions(cache_dir=str(tmp_path / "cache"), **{"backoff": 0.01, **ours, **more})


def run(server: Loopback, tmp_path: Path, **more) -> FetchResult:
    sources = [f"{server.url}/docs/{name}.rst" for name in "ab"]
    return fetch(sources, options=options(tmp_path, lock=str(tmp_path / "x.lock"), **more))


def tree_of(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()
    }


# The lock


def test_a_lock_names_all_files_with_their_hashes(server, tmp_path):
    result = run(server, tmp_path)
    data = tomllib.loads((tmp_path / "x.lock").read_text())
    rows = {row["uri"]: row for row in data["file"]}
    assert set(rows) == {server.url + path for path in server.files}
    row = rows[f"{server.url}/docs/b.rst"]
    assert row["sha256"] == hashlib.sha256(b"b\r\n").hexdigest()
    assert row["size"] == 3
    assert row["fetched-at"].endswith("Z")
    assert {entry.uri for entry in result.lock} == set(rows)


def test_a_locked_job_needs_no_network_and_gives_the_same(server, tmp_path):
    first = run(server, tmp_path)
    text = (tmp_path / "x.lock").read_text()
    server.files = dict.fromkeys(server.files, b"changed")
    for more in ({}, {"locked": True}, {"offline": True}, {"locked": True, "offline": True}):
        again = run(server, tmp_path, **more)
        assert again.documents == first.documents
        assert not again.failures
    assert len(server.log) == 3
    assert (tmp_path / "x.lock").read_text() == text


def test_what_differs_from_the_lock_fails(server, tmp_path):
    run(server, tmp_path)
    text = (tmp_path / "x.lock").read_text()
    server.files["/docs/b.rst"] = b"changed"
    for more in ({"refresh": True}, {"locked": True, "refresh": True}):
        result = run(server, tmp_path, **more)
        assert [f.reason for f in result.failures] == [
            "its content is no longer what x.lock says; --update accepts it"
        ]
    assert (tmp_path / "x.lock").read_text() == text
    new = fetch(
        [f"{server.url}/docs/{n}.rst" for n in "ab"],
        options=FetchOptions(cache_dir=str(tmp_path / "new"), lock=str(tmp_path / "x.lock"), locked=True),
    )
    assert len(new.failures) == 1, "another machine's empty cache sees it too"
    updated = run(server, tmp_path, update=True)
    assert updated.documents[1].text == "changed"
    assert (tmp_path / "x.lock").read_text() != text
    assert not run(server, tmp_path, locked=True).failures


def test_locked_allows_nothing_new_and_nothing_gone(server, tmp_path):
    run(server, tmp_path)
    server.files["/docs/c.rst"] = b"c"
    lock = {"lock": str(tmp_path / "x.lock"), "locked": True}
    urls = [f"{server.url}/docs/{name}.rst" for name in "abc"]
    result = fetch(urls, options=options(tmp_path, **lock))
    assert [f.reason for f in result.failures] == ["not in x.lock; --update adds it"]
    result = fetch(urls[1:2], options=options(tmp_path, **lock))
    assert {f.reason for f in result.failures} == {"in x.lock, but no longer used; --update removes it"}
    assert len(fetch(urls, options=options(tmp_path, lock=lock["lock"])).lock) == 4


def test_times_in_a_lock_stay_while_the_bytes_do(server, tmp_path):
    run(server, tmp_path)
    text = (tmp_path / "x.lock").read_text()
    old = text.replace(text[text.index("20", text.index("fetched-at")) :][:20], "2001-01-01T00:00:00Z")
    (tmp_path / "x.lock").write_text(old)
    run(server, tmp_path)
    assert (tmp_path / "x.lock").read_text() == old


@pytest.mark.parametrize(
    "text", ["not toml [", "version = 2\n", "version = 1\n[[file]]\nsize = 1\n", "file = 3\n"]
)
def test_what_is_no_lock_file_is_said(server, tmp_path, text):
    (tmp_path / "x.lock").write_text(text)
    with pytest.raises(UsageError, match=r"x\.lock"):
        run(server, tmp_path)


def test_locked_without_a_lock_file_is_wrong_usage(server, tmp_path):
    with pytest.raises(UsageError, match="no such lock file"):
        run(server, tmp_path, locked=True)
    with pytest.raises(UsageError, match="contradict"):
        run(server, tmp_path, locked=True, update=True)


@pytest.mark.parametrize("source", ["github", "many", "pypi", "sphinx"])
def test_moving_names_are_locked_too(server, tmp_path, source):
    play_github(server)
    play_pypi(server)
    play_site(server, ".txt")
    text = {"github": "github:o/r@main", "many": "github:o/r@main", "pypi": "pypi:pkg"}.get(
        source, f"sphinx:{server.url}/docs/"
    )
    more = {"lock": str(tmp_path / "x.lock"), "raw_limit": 1 if source == "many" else 50}
    first = fetch([text], options=options(tmp_path, server, **more))
    assert first.documents and not first.failures
    server.files["/repos/o/r/commits/main"] = b"f" * 40
    server.files["/pypi/pkg/json"] = b"{}"
    for strict in ({}, {"locked": True}, {"offline": True, "locked": True}):
        again = fetch([text], options=options(tmp_path, server, **more, **strict))
        assert not again.failures
        assert again.documents == first.documents
    if source == "github":
        assert read(tmp_path / "x.lock")["github:o/r@main"].revision == COMMIT


def test_local_files_are_locked_by_their_hashes(tmp_path):
    (tmp_path / "a.rst").write_text("a")
    lock = {"lock": str(tmp_path / "x.lock")}
    fetch([str(tmp_path / "a.rst")], options=options(tmp_path, **lock))
    assert not fetch([str(tmp_path / "a.rst")], options=options(tmp_path, **lock, locked=True)).failures
    (tmp_path / "a.rst").write_text("b")
    result = fetch([str(tmp_path / "a.rst")], options=options(tmp_path, **lock, locked=True))
    assert "no longer what x.lock says" in result.failures[0].reason
    assert not result.documents


def test_extra_files_of_a_job_are_locked_beside_its_documents(server, tmp_path):
    server.files["/objects.inv"] = b"inventory"
    lock = options(tmp_path, lock=str(tmp_path / "x.lock"))
    url = f"{server.url}/objects.inv"
    run(server, tmp_path)
    assert get_file(url, lock) == b"inventory"
    rows = read(tmp_path / "x.lock")
    assert rows[url].extra and len(rows) == 4
    server.files["/objects.inv"] = b"changed"
    text = (tmp_path / "x.lock").read_text()
    run(server, tmp_path)
    assert not run(server, tmp_path, locked=True).failures
    assert get_file(url, lock) == b"inventory"
    assert (tmp_path / "x.lock").read_text() == text
    run(server, tmp_path, update=True)
    assert get_file(url, options(tmp_path, lock=str(tmp_path / "x.lock"), update=True)) == b"changed"
    assert len(read(tmp_path / "x.lock")) == 4
    with pytest.raises(FetchError, match=r"not in x\.lock"):
        get_file(f"{server.url}/docs/c.rst", options(tmp_path, lock=str(tmp_path / "x.lock"), locked=True))


# Saving


def test_saved_documents_are_the_bytes_that_came(server, tmp_path):
    result = run(server, tmp_path)
    paths = save(result, tmp_path / "out")
    assert tree_of(tmp_path / "out").keys() == {"a.rst", "b.rst", "i.txt", "rstdown.lock"}
    assert (tmp_path / "out/b.rst").read_bytes() == b"b\r\n"
    assert set(paths) == {tmp_path / "out" / name for name in tree_of(tmp_path / "out")}
    before = {p: p.stat().st_mtime_ns for p in paths}
    assert save(result, tmp_path / "out") == paths
    assert {p: p.stat().st_mtime_ns for p in paths} == before, "what is right is not written again"


def test_a_saved_folder_converts_like_the_source(server, tmp_path):
    save(run(server, tmp_path), tmp_path / "out")
    again = fetch([LocalSource(path=str(tmp_path / "out"))])
    assert [d.text for d in again.documents] == [".. include:: i.txt\n", "b\n"]


def test_a_document_cannot_choose_to_replace_a_file_of_the_users(server, tmp_path):
    out = tmp_path / "out"
    save(run(server, tmp_path), out)
    server.files["/docs/i.txt"] = b"newer"
    save(run(server, tmp_path, update=True), out)
    assert (out / "i.txt").read_bytes() == b"newer", "what is ours is renewed"
    (out / "i.txt").write_text("the user's")
    before = tree_of(out)
    with pytest.raises(OutputError, match="not from an earlier fetch"):
        save(run(server, tmp_path), out)
    assert tree_of(out) == before


def test_nothing_is_saved_through_a_link(server, tmp_path):
    result = run(server, tmp_path)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/victim").write_text("old")
    out = tmp_path / "out"
    out.mkdir()
    (out / "b.rst").symlink_to(tmp_path / "elsewhere/victim")
    with pytest.raises(OutputError, match="link"):
        save(result, out)
    assert (tmp_path / "elsewhere/victim").read_text() == "old"


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_full_disk_leaves_what_was_there(server, tmp_path, monkeypatch, call):
    result = run(server, tmp_path)
    save(result, tmp_path / "out")
    old = tree_of(tmp_path / "out")
    server.files["/docs/b.rst"] = b"new text"
    new = run(server, tmp_path, update=True)

    def full(*arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, call, full)
        with pytest.raises(OutputError, match="No space left"):
            save(new, tmp_path / "out")
    assert tree_of(tmp_path / "out") == old


def test_a_cache_that_cannot_be_written_is_a_clear_error(server, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="RSTDOWN_CACHE_DIR"):
        fetch([f"{server.url}/docs/a.rst"], options=FetchOptions(cache_dir=str(tmp_path / "file/cache")))


# Interruptions


def test_ctrl_c_keeps_what_is_finished_and_the_next_run_does_the_rest(tmp_path):
    files = {f"/{n}.rst": b"x" * n for n in range(1, 41)}
    with Loopback(files, etags=False) as server:
        server.always["/40.rst"] = loopback.drip(20)
        sources = [server.url + path for path in files]

        def interrupt(progress: Progress) -> None:
            if progress.done >= 39:
                raise KeyboardInterrupt

        began = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            fetch(sources, options=options(tmp_path), progress=interrupt)
        assert time.monotonic() - began < 5, "transfers under way end at once"
        del server.always["/40.rst"]
        done = len(server.log)
        assert not fetch(sources, options=options(tmp_path)).failures
        assert set(server.paths()[done:]) == {"/40.rst"}
        fetch(sources, options=options(tmp_path))
        assert len(server.log) == done + 1 + 40, "a run that came to its end asks again"


CHILD = """
import sys
from rstdown.fetching import fetch, save
from rstdown.options import FetchOptions
result = fetch(sys.argv[3:], options=FetchOptions(cache_dir=sys.argv[1], backoff=0.01))
save(result, sys.argv[2])
sys.exit(bool(result.failures))
"""


def test_killed_at_random_moments_nothing_is_torn(tmp_path):
    chance = random.Random(5)
    files = {f"/docs/d{n}.rst": os.urandom(20_000).hex().encode() for n in range(30)}
    with Loopback(files) as server:
        for path in files:
            server.always[path] = lambda h: (time.sleep(0.004), h.answer(200, h.body()))[1]
        command = [sys.executable, "-c", CHILD, str(tmp_path / "cache"), str(tmp_path / "out")]
        command += [server.url + path for path in files]
        began = time.monotonic()
        subprocess.run(command, check=True)
        usual = time.monotonic() - began
        wanted = tree_of(tmp_path / "out")
        assert [wanted[f"d{n}.rst"] for n in range(30)] == list(files.values())
        for _ in range(KILLS):
            for folder in ("cache", "out"):
                subprocess.run(["rm", "-rf", str(tmp_path / folder)], check=True)
            child = subprocess.Popen(command)
            time.sleep(usual * chance.uniform(0.4, 1.0))
            child.send_signal(signal.SIGKILL)
            child.wait()
            for name, data in tree_of(tmp_path / "out").items() if (tmp_path / "out").exists() else ():
                assert name.endswith(".rstdown-tmp") or name == "rstdown.lock" or data == wanted[name]
            subprocess.run(command, check=True)
            found = tree_of(tmp_path / "out")
            assert found.keys() == wanted.keys(), "no stray file"
            assert all(found[name] == wanted[name] for name in wanted if name != "rstdown.lock")


def test_two_runs_at_once_on_one_cache_are_safe(tmp_path):
    files = {f"/docs/d{n}.rst": f"document {n}".encode() for n in range(40)}
    with Loopback(files) as server:
        sources = [UrlSource(url=server.url + path) for path in files]
        results: list[FetchResult] = []
        threads = [
            threading.Thread(target=lambda: results.append(fetch(sources, options=options(tmp_path))))
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(results) == 4
    for result in results:
        assert [d.text.encode() for d in result.documents] == list(files.values())
        assert all(d.path is not None and d.path.read_bytes() == d.text.encode() for d in result.documents)
    assert len({d.root for result in results for d in result.documents}) == 1
    assert not list((tmp_path / "cache/fetch/tmp").iterdir())


def test_progress_counts_files_and_bytes(server, tmp_path):
    seen: list[Progress] = []
    fetch([f"{server.url}/docs/{n}.rst" for n in "ab"], options=options(tmp_path), progress=seen.append)
    assert seen[-1].done == seen[-1].total == 3
    assert seen[-1].size == sum(map(len, server.files.values()))


def test_a_full_cache_disk_fails_by_name_and_leaves_nothing_half_done(server, tmp_path, monkeypatch):
    written = Path.write_bytes

    def full(self: Path, data: bytes) -> int:
        written(self, data[:1])
        if data:
            raise OSError(errno.ENOSPC, "No space left on device")
        return 0

    run(server, tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
        result = run(server, tmp_path, refresh=True)
    assert not result.documents
    assert "No space left" in result.failures[0].reason
    assert not list((tmp_path / "cache/fetch/tmp").iterdir())
    with monkeypatch.context() as patch:
        patch.setattr("rstdown.fetching.store.shutil.copyfile", lambda _, to: full(to, b"x"))
        shutil.rmtree(tmp_path / "cache/fetch/trees")
        with pytest.raises(OutputError, match="No space left"):
            run(server, tmp_path)
    assert not list((tmp_path / "cache/fetch/tmp").iterdir())
    assert run(server, tmp_path).documents


def test_local_files_need_no_http_client():
    code = (
        "import sys; from rstdown.fetching import fetch; fetch(['README.rst']);"
        "sys.exit('httpx2' in sys.modules or 'httpcore2' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
