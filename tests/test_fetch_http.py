"""Faults of servers and networks, on a real loopback server."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import httpcore2
import pytest

from rstdown.errors import FetchError
from rstdown.fetching import FetchResult, UrlSource, fetch, get_file
from rstdown.fetching.network import is_public
from rstdown.fetching.patience import asked_wait
from rstdown.options import FetchOptions

from . import loopback
from .loopback import Loopback

BODY = b"Title\n=====\n\nSome text.\n" * 40


@pytest.fixture
def server():
    with Loopback({"/a.rst": BODY}) as found:
        yield found


def options(tmp_path: Path, **more) -> FetchOptions:
    return FetchOptions(cache_dir=str(tmp_path / "cache"), **{"backoff": 0.01, **more})


def one(server: Loopback, tmp_path: Path, path: str = "/a.rst", **more) -> FetchResult:
    return fetch([server.url + path], options=options(tmp_path, **more))


PASSING = {
    "500": loopback.status(500),
    "503": loopback.status(503),
    "truncated": loopback.truncated,
    "too long": loopback.too_long,
    "two lengths": loopback.two_lengths,
    "chunk cut": loopback.chunked_cut,
    "reset": loopback.reset,
    "gzip cut": loopback.gzip_cut,
    "gzip checksum": loopback.gzip_bad_checksum,
    "429": loopback.retry_after(0),
}


@pytest.mark.parametrize("name", PASSING)
def test_a_passing_fault_is_tried_again(server, tmp_path, name):
    server.faults["/a.rst"] = [PASSING[name], PASSING[name]]
    result = one(server, tmp_path)
    assert not result.failures
    assert result.documents[0].text == BODY.decode()
    assert len(server.log) == 3


@pytest.mark.parametrize("name", PASSING)
def test_nothing_wrong_is_ever_stored(server, tmp_path, name):
    server.always["/a.rst"] = PASSING[name]
    result = one(server, tmp_path)
    assert not result.documents
    assert len(server.log) == 4
    assert "after 4 tries" in result.failures[0].reason
    assert not result.failures[0].offline
    assert not [p for p in (tmp_path / "cache").rglob("*") if p.is_file() and "runs" not in p.parts]


@pytest.mark.parametrize(("code", "tries"), [(404, 1), (403, 1), (401, 1), (410, 1), (204, 1)])
def test_a_lasting_answer_is_not_asked_for_again(server, tmp_path, code, tries):
    server.always["/a.rst"] = loopback.status(code)
    failure = one(server, tmp_path).failures[0]
    assert failure.status == code
    assert f"HTTP {code}" in failure.reason
    assert not failure.offline
    assert len(server.log) == tries


WAITS = {
    "seconds": (loopback.retry_after(1), 1.0),
    "date": (loopback.retry_after_date(2), 1.0),
    "403 and reset": (loopback.rate_limited(2), 1.0),
}


@pytest.mark.parametrize("name", WAITS)
def test_a_server_that_asks_to_wait_is_obeyed_within_a_second(server, tmp_path, name):
    fault, least = WAITS[name]
    before = time.time()
    server.faults["/a.rst"] = [fault]
    assert one(server, tmp_path).documents
    first, second = server.times("/a.rst")
    asked = first + 1 if name == "seconds" else float(int(before) + 2)
    assert second >= asked - 0.05
    busy = os.getloadavg()[0] > (os.cpu_count() or 1)
    assert second <= asked + (6 if busy else 1.2)
    assert second - first >= least - 0.05


def test_one_host_that_asks_to_wait_is_left_alone_by_all(server, tmp_path):
    server.files |= {f"/{n}.rst": BODY for n in range(8)}
    server.faults["/0.rst"] = [loopback.retry_after(1)]
    result = fetch([f"{server.url}/{n}.rst" for n in range(8)], options=options(tmp_path, per_host=1))
    assert len(result.documents) == 8
    asked = server.times("/0.rst")[0]
    assert min(request.at for request in server.log if request.at > asked) - asked >= 0.95


def test_a_wait_over_the_limit_ends_at_once_and_says_until_when(server, tmp_path):
    server.files["/b.rst"] = BODY
    server.always["/a.rst"] = loopback.retry_after(301)
    began = time.monotonic()
    result = fetch([f"{server.url}/a.rst", f"{server.url}/b.rst"], options=options(tmp_path, connections=1))
    assert time.monotonic() - began < 5
    assert "asks to wait until 20" in result.failures[0].reason
    assert len(result.failures) == 2, "the host is left alone"
    assert server.paths() == ["/a.rst"]


def test_asked_wait_reads_both_headers():
    assert asked_wait(429, {"retry-after": "7"}) == 7
    assert asked_wait(429, {}) is None
    assert asked_wait(429, {"retry-after": "soon"}) is None
    reset = str(int(time.time()) + 30)
    assert 28 <= (asked_wait(403, {"x-ratelimit-reset": reset, "x-ratelimit-remaining": "0"}) or 0) <= 30
    assert asked_wait(403, {"x-ratelimit-reset": reset, "x-ratelimit-remaining": "12"}) is None
    assert asked_wait(404, {"x-ratelimit-reset": reset}) is None
    skewed = {"date": "Mon, 01 Jan 2001 00:00:00 GMT", "retry-after": "Mon, 01 Jan 2001 00:00:09 GMT"}
    assert asked_wait(503, skewed) == 9


def test_slow_bodies_and_slow_heads_end_with_the_total_time(server, tmp_path):
    for path, fault in (("/drip.rst", loopback.drip(30)), ("/head.rst", loopback.drip_head(30))):
        server.always[path] = fault
        began = time.monotonic()
        failure = one(server, tmp_path, path, total_timeout=0.7).failures[0]
        assert time.monotonic() - began < 3
        assert "too long" in failure.reason


def test_a_silent_server_ends_with_the_read_time(server, tmp_path):
    server.always["/a.rst"] = lambda handler: time.sleep(1.5)
    began = time.monotonic()
    assert "too long" in one(server, tmp_path, read_timeout=0.2, tries=2).failures[0].reason
    assert time.monotonic() - began < 1.4


def test_gzip_is_unpacked(server, tmp_path):
    server.always["/a.rst"] = loopback.gzipped
    assert one(server, tmp_path).documents[0].text == BODY.decode()


def test_a_gzip_bomb_and_an_endless_body_stop_at_the_limit(server, tmp_path):
    server.always["/bomb.rst"] = loopback.bomb(64 << 20)
    server.always["/endless.rst"] = loopback.endless
    for path in ("/bomb.rst", "/endless.rst"):
        failure = one(server, tmp_path, path, max_size=1_000_000).failures[0]
        assert "larger than 1,000,000 bytes" in failure.reason
    assert server.paths() == ["/bomb.rst", "/endless.rst"]


def test_an_announced_size_over_the_limit_is_not_even_read(server, tmp_path):
    server.files["/big.rst"] = bytes(2000)
    result = one(server, tmp_path, "/big.rst", max_size=1000)
    assert "larger than 1,000 bytes (2,000)" in result.failures[0].reason
    assert result.received == 0


@pytest.mark.parametrize("size", [70_000, 300_000])
def test_a_head_over_the_limit_is_refused(server, tmp_path, size):
    server.always["/a.rst"] = loopback.big_head(size)
    assert "head of the answer is larger than 65,536 bytes" in one(server, tmp_path).failures[0].reason
    server.always["/a.rst"] = loopback.big_head(30_000)
    assert not one(server, tmp_path).failures


def test_an_encoding_that_was_not_asked_for_is_refused(server, tmp_path):
    server.always["/a.rst"] = lambda handler: handler.answer(200, b"..", {"Content-Encoding": "br"})
    assert "'br'" in one(server, tmp_path).failures[0].reason
    assert server.log[0].headers["accept-encoding"] == "gzip"


# Redirects and credentials


def test_redirects_are_followed_up_to_five(server, tmp_path):
    for n in range(5):
        server.always[f"/r{n}.rst"] = loopback.redirect(f"/r{n + 1}.rst", (301, 302, 303, 307, 308)[n])
    server.files["/r5.rst"] = BODY
    result = one(server, tmp_path, "/r0.rst")
    assert result.documents[0].docname == "r0", "the name is what the user gave"
    server.always["/r5.rst"] = loopback.redirect("/a.rst")
    failure = one(server, tmp_path, "/r0.rst", refresh=True).failures[0]
    assert "more than 5 redirects" in failure.reason


def test_a_redirect_loop_ends(server, tmp_path):
    server.always["/a.rst"] = loopback.redirect("/a.rst")
    assert "redirects" in one(server, tmp_path).failures[0].reason
    assert len(server.log) == 6


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1/", "data:,x"]
)
def test_a_redirect_to_another_scheme_is_refused(server, tmp_path, target):
    server.always["/a.rst"] = loopback.redirect(target)
    assert "refused" in one(server, tmp_path).failures[0].reason


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_token_never_crosses_a_redirect_to_another_port(server, tmp_path, monkeypatch, code):
    monkeypatch.setenv("GITHUB_TOKEN", "secret-token-123")
    with Loopback({"/b.rst": BODY}) as other:
        server.always["/a.rst"] = loopback.redirect(f"{other.url}/b.rst", code)
        result = one(server, tmp_path, token_origins=(server.url,))
        assert result.documents
        assert server.log[0].headers["authorization"] == "Bearer secret-token-123"
        assert "authorization" not in other.log[0].headers
        assert "cookie" not in other.log[0].headers
        # Not even where the other port may have the token of its own right: it is not what was asked for.
        one(server, tmp_path, token_origins=(server.url, other.url), refresh=True)
        assert "authorization" not in other.log[1].headers


def test_a_token_goes_nowhere_else(server, tmp_path, monkeypatch):
    for name in ("GH_PAT", "GH_TOKEN", "GITHUB_TOKEN"):
        monkeypatch.setenv(name, "secret-token-123")
    one(server, tmp_path)
    assert "authorization" not in server.log[0].headers
    one(server, tmp_path, refresh=True, github_raw=server.url, github_api=server.url)
    assert all("authorization" not in request.headers for request in server.log)
    one(server, tmp_path, refresh=True, token_origins=(server.url,), tokens=False)
    assert all("authorization" not in request.headers for request in server.log)


def test_a_token_shows_up_in_no_failure_lock_or_cache(server, tmp_path, monkeypatch):
    monkeypatch.setenv("GH_PAT", "secret-token-123")
    server.always["/no.rst"] = loopback.status(401)
    server.files["/a.rst?token=hidden-value&x=1"] = BODY
    lock = tmp_path / "rstdown.lock"
    result = fetch(
        [f"{server.url}/no.rst", f"{server.url}/a.rst?token=hidden-value&x=1"],
        options=options(tmp_path, token_origins=(server.url,), lock=str(lock)),
    )
    assert "GH_PAT" in result.failures[0].reason, "which token was refused is said, by its name"
    everything = repr(result) + lock.read_text()
    assert "secret-token" not in everything
    assert "hidden-value" not in everything
    assert result.documents[0].provenance.uri.endswith("?token=***&x=1")
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert b"secret-token" not in path.read_bytes()
            assert b"hidden-value" not in path.read_bytes()


def test_a_malformed_token_is_an_error_that_does_not_show_it(server, tmp_path, monkeypatch):
    monkeypatch.setenv("GH_TOKEN", "bad token\nvalue")
    with pytest.raises(Exception, match="GH_TOKEN") as caught:
        one(server, tmp_path)
    assert "bad token" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://user:pass@127.0.0.1/x.rst",
        "http://",
        "http://[::1",
        "http://a b/x.rst",
        "http://127.0.0.1:99999/x",
    ],
)
def test_addresses_that_cannot_be_fetched_fail_by_name(tmp_path, url):
    result = fetch([url], options=options(tmp_path))
    assert len(result.failures) == 1
    assert "pass" not in str(result.failures[0]).replace("password", "")


# Private addresses


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:127.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
    ],
)
def test_public_addresses(address, public):
    assert is_public(address) is public


def test_a_redirect_from_public_to_private_is_refused(server, tmp_path, monkeypatch):
    # Loopback counts as public for the first server only, by its port.
    from rstdown.fetching import http

    server.always["/a.rst"] = loopback.redirect("http://localhost:1/b.rst")
    monkeypatch.setattr(http, "_peer_is_public", lambda response: True)
    failure = one(server, tmp_path).failures[0]
    assert "private address" in failure.reason
    assert "--allow-private" in failure.reason
    with Loopback({"/b.rst": BODY}) as other:
        server.always["/a.rst"] = loopback.redirect(f"{other.url}/b.rst")
        assert one(server, tmp_path).failures
        assert not other.log, "nothing was sent"
        assert one(server, tmp_path, allow_private=True).documents


def test_a_guarded_connection_goes_to_the_addresses_that_were_checked(server, monkeypatch):
    from rstdown.fetching import network

    answers = [["93.184.216.34"], ["127.0.0.1"]]
    asked: list[str] = []
    monkeypatch.setattr(network, "resolve", lambda host, port: answers.pop(0))
    backend = network.Backend(65_536, guarded=True)
    monkeypatch.setattr(
        backend._inner, "connect_tcp", lambda host, *_: asked.append(host) or httpcore2.MockStream([])
    )
    backend.connect_tcp("rebinding.example", 80)
    assert asked == ["93.184.216.34"], "the name is resolved once"
    with pytest.raises(network.RefusedAddress):
        backend.connect_tcp("rebinding.example", 80)
    answers.append(["93.184.216.34", "10.0.0.1"])
    with pytest.raises(network.RefusedAddress):
        backend.connect_tcp("mixed.example", 80)
    assert len(asked) == 1


# The network itself


def test_a_host_that_cannot_be_reached_is_offline(tmp_path):
    sources = [f"http://127.0.0.1:1/{n}.rst" for n in range(20)]
    began = time.monotonic()
    result = fetch(sources, options=options(tmp_path))
    assert result.unreachable
    assert all(failure.offline for failure in result.failures)
    assert "cannot be reached (Connection refused)" in result.failures[0].reason
    assert time.monotonic() - began < 5


def test_a_name_that_does_not_exist_is_offline(tmp_path):
    result = fetch(["http://no-such-host.invalid/a.rst"], options=options(tmp_path))
    assert result.unreachable


def test_an_answer_that_says_no_is_not_offline(server, tmp_path):
    result = fetch([f"{server.url}/none.rst", "http://127.0.0.1:1/a.rst"], options=options(tmp_path))
    assert [failure.offline for failure in result.failures] == [False, True]
    assert not result.unreachable


def test_an_untrusted_certificate_is_not_offline(server, tmp_path):
    failure = fetch([server.url.replace("http", "https") + "/a.rst"], options=options(tmp_path)).failures[0]
    assert not failure.offline


def test_a_proxy_of_the_environment_is_used(server, tmp_path, monkeypatch):
    with Loopback({"http://docs.example/a.rst": BODY}) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        result = fetch(["http://docs.example/a.rst", f"{server.url}/a.rst"], options=options(tmp_path))
        assert len(result.documents) == 2
        assert proxy.paths() == ["http://docs.example/a.rst"]


# The cache


def test_a_second_run_asks_with_the_etag_and_stores_nothing_new(server, tmp_path):
    first = one(server, tmp_path)
    second = one(server, tmp_path)
    assert "if-none-match" in server.log[1].headers
    assert (first.received, second.received) == (len(BODY), 0)
    assert second.from_cache == 1
    assert first.documents == second.documents
    server.files["/a.rst"] = b"new"
    assert one(server, tmp_path).documents[0].text == "new"


def test_last_modified_serves_where_there_is_no_etag(tmp_path):
    with Loopback({"/a.rst": BODY}, etags=False) as server:
        stamp = "Wed, 21 Oct 2015 07:28:00 GMT"
        server.faults["/a.rst"] = [
            lambda handler: handler.answer(200, BODY, {"Last-Modified": stamp}),
            lambda handler: handler.answer(304),
        ]
        one(server, tmp_path)
        assert one(server, tmp_path).from_cache == 1
        assert server.log[1].headers["if-modified-since"] == stamp


def test_offline_uses_the_cache_only(server, tmp_path):
    one(server, tmp_path)
    result = one(server, tmp_path, offline=True)
    assert result.documents[0].text == BODY.decode()
    assert len(server.log) == 1
    failure = one(server, tmp_path, "/other.rst", offline=True).failures[0]
    assert "not in the cache" in failure.reason
    assert len(server.log) == 1


def test_refresh_asks_for_everything(server, tmp_path):
    one(server, tmp_path)
    one(server, tmp_path, refresh=True)
    assert "if-none-match" not in server.log[1].headers


def test_a_host_that_is_gone_points_to_the_copy_in_the_cache(tmp_path):
    with Loopback({"/a.rst": BODY}) as server:
        one(server, tmp_path)
    failure = one(server, tmp_path).failures[0]
    assert failure.offline
    assert "--offline" in failure.reason


def test_a_damaged_body_in_the_cache_is_fetched_again(server, tmp_path):
    one(server, tmp_path)
    blob = next(path for path in (tmp_path / "cache/fetch/blobs").rglob("*") if path.is_file())
    blob.write_bytes(b"torn")
    assert one(server, tmp_path).documents[0].text == BODY.decode()
    assert "if-none-match" not in server.log[1].headers


def test_a_damaged_tree_in_the_cache_is_laid_out_again(server, tmp_path):
    document = one(server, tmp_path).documents[0]
    assert document.path is not None
    document.path.write_bytes(b"torn")
    again = one(server, tmp_path).documents[0]
    assert again.path == document.path
    assert document.path.read_bytes() == BODY


def test_get_file_shares_cache_and_limits(server, tmp_path):
    assert get_file(f"{server.url}/a.rst", options(tmp_path)) == BODY
    assert get_file(f"{server.url}/a.rst", options(tmp_path, offline=True)) == BODY
    with pytest.raises(FetchError, match="404"):
        get_file(f"{server.url}/none", options(tmp_path))


# Many at once


FAULTS = [
    loopback.status(500),
    loopback.status(502),
    loopback.truncated,
    loopback.too_long,
    loopback.chunked_cut,
    loopback.reset,
    loopback.gzip_cut,
    loopback.retry_after(0.2),
]


def test_many_documents_with_first_try_faults_all_arrive(tmp_path):
    chance = random.Random(19)
    files = {f"/docs/d{n:03}.rst": f"Document {n}\n".encode() * (n + 1) for n in range(100)}
    with Loopback(files) as server:
        for path in chance.sample(sorted(files), 19):
            server.faults[path] = [chance.choice(FAULTS)]
        result = fetch(
            [UrlSource(url=server.url + path) for path in files], options=options(tmp_path, per_host=8)
        )
        assert not result.failures
        assert [d.text.encode() for d in result.documents] == list(files.values())
        assert max(server.paths().count(path) for path in files) <= 4
        assert len(server.log) == 119
