"""Hostile servers, indexes and caches: a named failure each, never a crash, never a token elsewhere."""

from __future__ import annotations

import json
import time
import zlib
from pathlib import Path

import pytest

from rstdown.errors import RstdownError
from rstdown.fetching import FetchResult, fetch
from rstdown.markdown.escape import UNFIT
from rstdown.options import FetchOptions

from . import loopback
from .loopback import Fault, Loopback

BODY = b"T\n=\n\nlastword\n"
HEAD = "HTTP/1.1 200 OK\n"
COMMIT = "a" * 40
DEEP = b"[" * 100_000


def fetched(server: Loopback, folder: Path, source: str, **more: object) -> FetchResult:
    options = FetchOptions(
        cache_dir=str(folder / "cache"),
        backoff=0.01,
        read_timeout=2.0,
        total_timeout=4.0,
        max_wait=0.5,
        github_api=f"{server.url}/api",
        github_raw=f"{server.url}/raw",
        pypi=f"{server.url}/index",
        **more,  # type: ignore[arg-type]
    )
    begun = time.process_time()
    try:
        return fetch([source], options=options)
    except RstdownError as error:
        assert UNFIT.search(str(error)) is None
        return FetchResult(())
    finally:
        assert time.process_time() - begun < 5


def raw(head: str, body: bytes = b"") -> Fault:
    return lambda handler: handler.raw(head, body)


NUMBERS = ["9" * 5_000, "\xb2", "-5", "1e999", "nan", "", "Fri, 99 Foo 99999 99:99:99 GMT"]
REFUSED = {
    **{f"length {n[:5]}": raw(f"{HEAD}Content-Length: {n}", BODY) for n in NUMBERS[:1]},
    **{f"wait {n[:5]}": raw(f"HTTP/1.1 429 X\nRetry-After: {n}\nContent-Length: 0") for n in NUMBERS},
    **{
        f"reset {n[:5]}": raw(
            f"HTTP/1.1 403 X\nX-RateLimit-Remaining: 0\nX-RateLimit-Reset: {n}\nContent-Length: 0"
        )
        for n in NUMBERS
    },
    "chunk of nothing": raw(f"{HEAD}Transfer-Encoding: chunked", b"-b\r\n" + BODY),
    "chunk of all": raw(f"{HEAD}Transfer-Encoding: chunked", b"f" * 50 + b"\r\n" + BODY),
    "part of it": raw("HTTP/1.1 206 X\nContent-Length: 5\nContent-Range: bytes 0-4/11", BODY[:5]),
    "no status": raw("HTTP/1.1 abc X\nContent-Length: 11", BODY),
    "reason with controls": raw("HTTP/1.1 404 \x1b[31mX\nContent-Length: 0"),
    **{
        f"redirect to {to[:12]}": loopback.redirect(to)
        for to in (
            "file:///etc/passwd",
            "javascript:x",
            "http://[::1/",
            "http://u:p@127.0.0.1:1/",
            "/" + "a" * 60_000,
        )
    },
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_answer_that_makes_no_sense_is_a_failure(tmp_path: Path, name: str) -> None:
    with Loopback({"/a.rst": BODY}) as server:
        server.always["/a.rst"] = REFUSED[name]
        result = fetched(server, tmp_path, f"{server.url}/a.rst", tries=1)
    assert (len(result.documents), len(result.failures)) == (0, 1)
    assert UNFIT.search(str(result.failures[0])) is None
    assert len(str(result.failures[0])) < 1_000


LISTS = [
    b"null",
    b"5",
    b"[]",
    DEEP,
    b'{"tree":' + DEEP,
    b'{"tree":[null]}',
    b'{"tree":[1]}',
    bytes(range(256)),
]
LISTS += [
    json.dumps({"tree": [{"path": p, "type": "blob", "mode": "1"}]}).encode()
    for p in (5, None, "../x", "a\0b")
]


@pytest.mark.parametrize("body", LISTS, ids=lambda body: repr(body[:24]))
def test_a_list_of_files_may_be_rubbish(tmp_path: Path, body: bytes) -> None:
    files = {
        "/api/repos/o/r/commits/HEAD": COMMIT.encode(),
        f"/api/repos/o/r/git/trees/{COMMIT}?recursive=1": body,
    }
    with Loopback(files) as server:
        assert not fetched(server, tmp_path, "github:o/r:docs/*.rst").documents


def release(url: str, version: object = "1", **digests: object) -> bytes:
    row = {"packagetype": "sdist", "url": url, "digests": digests}
    return json.dumps({"info": {"version": version}, "urls": [row]}).encode()


RELEASES = [DEEP, b"null", b"NaN", b'{"info":{"version":"1"},"urls":' + DEEP, release("x", 5, sha256="0")]
RELEASES += [
    release(url, sha256="0" * 64) for url in ("http://[::1/x", "file:///etc/passwd", "/\x1b[31m", "//u:p@x/")
]
RELEASES += [release("/f.tar.gz", sha256=None), release("/f.tar.gz", md5="x")]


@pytest.mark.parametrize("body", RELEASES, ids=lambda body: repr(body[:70]))
def test_an_index_of_packages_may_be_rubbish(tmp_path: Path, body: bytes) -> None:
    with Loopback({"/index/pypi/p/json": body, "/f.tar.gz": b"x"}) as server:
        assert not fetched(server, tmp_path, "pypi:p", tries=1).documents


INVENTORY = (
    b"# Sphinx inventory version 2\n# Project: P\n# Version: 1\n# The remainder is compressed using zlib.\n"
)
ROWS = [b"a" + b" " * 2_000_000 + b"b\n", b"a std:doc " * 200_000 + b"\n", b"\n" * 1_000_000]
INDEXES = [
    b"docnames:[" * 200_000,
    b"docnames" + b" " * 2_000_000,
    b"docnames:" + DEEP + b"]",
    b'docnames:[1,"../x"]',
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: repr(row[:12]))
def test_rows_of_an_inventory_take_linear_time(tmp_path: Path, row: bytes) -> None:
    files = {"/objects.inv": INVENTORY + zlib.compress(row), "/searchindex.js": b""}
    with Loopback(files) as server:
        assert not fetched(server, tmp_path, f"sphinx:{server.url}/").documents


@pytest.mark.parametrize("index", INDEXES, ids=lambda index: repr(index[:12]))
def test_an_index_for_searching_takes_linear_time(tmp_path: Path, index: bytes) -> None:
    files = {"/objects.inv": INVENTORY + zlib.compress(b"f py:function 1 x -\n"), "/searchindex.js": index}
    with Loopback(files) as server:
        assert not fetched(server, tmp_path, f"sphinx:{server.url}/").documents


def test_names_of_a_site_stay_inside(tmp_path: Path) -> None:
    rows = b"".join(
        name + b" std:doc -1 x X\n" for name in (b"../../up", b"/top", b"a\x1b[31m", b"con", b"index")
    )
    files = {"/objects.inv": INVENTORY + zlib.compress(rows), "/_sources/index.rst.txt": BODY}
    with Loopback(files) as server:
        found = fetched(server, tmp_path, f"sphinx:{server.url}/")
    assert [document.docname for document in found.documents] == ["index"]


ENTRIES = [DEEP, b"null", b'{"sha256":5}', b'{"uri":1,"sha256":[],"size":{}}']
ENTRIES += [
    json.dumps({"uri": "x", "sha256": sha, "size": 0, "etag": "\r\nEvil: 1"}).encode()
    for sha in ("a" * 64, "../x")
]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: repr(entry[:24]))
def test_a_poisoned_cache_is_asked_again(tmp_path: Path, entry: bytes) -> None:
    with Loopback({"/a.rst": BODY}) as server:
        fetched(server, tmp_path, f"{server.url}/a.rst")
        for path in (tmp_path / "cache" / "index").rglob("*.json"):
            path.write_bytes(entry)
        assert fetched(server, tmp_path, f"{server.url}/a.rst").documents[0].text == BODY.decode()
        assert not any("evil" in request.headers for request in server.log)


@pytest.mark.parametrize("pattern", ["a/" + "*" * 3_000 + "b", "[" * 50 + "*", "**" * 20, "*\0"])
def test_a_pattern_that_makes_no_sense_matches_nothing(tmp_path: Path, pattern: str) -> None:
    found = fetch([f"{tmp_path}/{pattern}"], options=FetchOptions(cache_dir=str(tmp_path)))
    assert len(found.failures) == 1
