"""Every kind of source, with the hosts of the world played by a loopback server."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
import zipfile
import zlib
from pathlib import Path

import pytest

from rstdown.errors import UsageError
from rstdown.fetching import (
    ArchiveSource,
    FetchResult,
    GitHubSource,
    LocalSource,
    PypiSource,
    SphinxSource,
    UrlSource,
    fetch,
    parse_source,
    parse_sources,
)
from rstdown.options import FetchOptions

from . import loopback
from .loopback import Loopback

COMMIT = "0123456789abcdef0123456789abcdef01234567"
REPO = {
    "README.rst": b"Readme\n",
    "docs/conf.py": b"exclude_patterns = ['drafts']\nraise SystemExit('never run')\n",
    "docs/index.rst": b"Index\n=====\n\n.. include:: shared/note.txt\n",
    "docs/guide/start.rst": b"Start\n=====\n\n.. literalinclude:: /../src/code.py\n",
    "docs/drafts/secret.rst": b"Draft\n",
    "docs/shared/note.txt": b"A note.\n\n.. include:: more.txt\n",
    "docs/shared/more.txt": b"More.\n",
    "src/code.py": b"print('code')\n",
    "tests/docs/conf.py": b"",
    "tests/docs/index.rst": b"Test\n",
}


def tar(files: dict[str, bytes], top: str = "repo-1/", comment: str = "", mode: str = "w:gz") -> bytes:
    out = io.BytesIO()
    headers = {"comment": comment} if comment else {}
    with tarfile.open(fileobj=out, mode=mode, pax_headers=headers, format=tarfile.PAX_FORMAT) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(top + name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def zipped(files: dict[str, bytes], top: str = "repo-1/") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(top + name, data)
    return out.getvalue()


@pytest.fixture
def server():
    with Loopback() as found:
        yield found


def options(tmp_path: Path, server: Loopback | None = None, **more) -> FetchOptions:
    hosts = ("github", "github_api", "github_raw", "github_archive", "pypi")
    ours = dict.fromkeys(hosts, server.url) if server else {}
    return FetchOptions(cache_dir=str(tmp_path / "cache"), **{"backoff": 0.01, **ours, **more})


def names(result: FetchResult) -> list[str]:
    return [document.docname for document in result.documents]


# What people type


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("https://host/x.rst", UrlSource(url="https://host/x.rst")),
        ("github:o/r", GitHubSource(owner="o", repo="r")),
        (
            "github:o/r@v1.2:Doc/library/*.rst",
            GitHubSource(owner="o", repo="r", ref="v1.2", globs=("Doc/library/*.rst",)),
        ),
        ("github:o/r:a,!b", GitHubSource(owner="o", repo="r", globs=("a",), exclude=("b",))),
        ("https://github.com/o/r", GitHubSource(owner="o", repo="r")),
        ("https://github.com/o/r.git", GitHubSource(owner="o", repo="r")),
        (
            "https://github.com/o/r/tree/main/docs",
            GitHubSource(owner="o", repo="r", ref="main", globs=("docs",)),
        ),
        (
            "https://github.com/o/r/blob/v1/a%20b.rst#L3",
            GitHubSource(owner="o", repo="r", ref="v1", globs=("a b.rst",)),
        ),
        (
            "https://github.com/o/r/raw/refs/heads/main/docs/x.rst",
            GitHubSource(owner="o", repo="r", ref="refs/heads/main", globs=("docs/x.rst",)),
        ),
        (
            "https://github.com/o/r/archive/main.zip",
            ArchiveSource(location="https://github.com/o/r/archive/main.zip"),
        ),
        ("https://host/x.tar.gz?raw=1", ArchiveSource(location="https://host/x.tar.gz?raw=1")),
        ("docs.zip", ArchiveSource(location="docs.zip")),
        ("pypi:click", PypiSource(name="click")),
        ("pypi:click==8.1.0", PypiSource(name="click", version="8.1.0")),
        ("sphinx:https://host/docs/", SphinxSource(url="https://host/docs/")),
        ("docs/", LocalSource(path="docs/")),
    ],
)
def test_sources_from_text(text, source):
    assert parse_source(text, FetchOptions()) == source


@pytest.mark.parametrize(
    "text", ["ftp://host/x", "file:///etc/passwd", "github:o", "pypi:", "sphinx:host", "", "github:o/r@"]
)
def test_nonsense_is_a_usage_error(text):
    with pytest.raises(UsageError):
        parse_source(text, FetchOptions())


def test_lists_in_files(tmp_path, monkeypatch):
    (tmp_path / "here.rst").write_text("x")
    listed = tmp_path / "files.txt"
    listed.write_text(
        "\ufeff# a comment\n\nhttps://host/a.rst   # why\n  here.rst\r\nhttps://host/b.rst#part\n"
    )
    expected = [
        UrlSource(url="https://host/a.rst"),
        LocalSource(path=str(tmp_path / "here.rst")),
        UrlSource(url="https://host/b.rst#part"),
    ]
    assert parse_sources([f"@{listed}"], FetchOptions()) == expected
    assert parse_sources([str(listed)], FetchOptions()) == expected
    monkeypatch.setattr("sys.stdin", io.StringIO("a.rst\n\n# no\nb.rst\n"))
    base = FetchOptions(base="https://host/docs/")
    assert [source.url for source in parse_sources(["-"], base)] == ["a.rst", "b.rst"]


def test_a_document_in_a_txt_file_is_no_list(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("Notes\n=====\n\nSome text.\n")
    assert names(fetch([str(path)])) == ["notes"]


def test_an_unreadable_list_is_a_usage_error(tmp_path):
    with pytest.raises(UsageError, match="no-such"):
        parse_sources([f"@{tmp_path}/no-such.txt"], FetchOptions())


# Addresses


def test_documents_come_in_the_order_asked_with_names_below_the_docs_folder(server, tmp_path):
    server.files = {f"/repo/Doc/{p}.rst": p.encode() for p in ("library/b", "library/a", "howto/c")}
    result = fetch([server.url + path for path in server.files], options=options(tmp_path))
    assert names(result) == ["library/b", "library/a", "howto/c"]
    assert [d.text for d in result.documents] == ["library/b", "library/a", "howto/c"]
    document = result.documents[0]
    assert document.provenance.uri == f"{server.url}/repo/Doc/library/b.rst"
    assert document.provenance.sha256 == hashlib.sha256(b"library/b").hexdigest()
    assert document.provenance.size == 9
    assert document.path is not None and document.root is not None
    assert document.path.read_bytes() == b"library/b"
    assert document.path.is_relative_to(document.root)


def test_a_mirror_changes_no_name(server, tmp_path):
    server.files = {"/library/x.rst": b".. include:: ../includes/i.rst\n", "/includes/i.rst": b"included"}
    source = UrlSource(url="x.rst", base="https://raw.githubusercontent.com/python/cpython/main/Doc/library/")
    result = fetch([source], options=options(tmp_path, base=f"{server.url}/library"))
    assert names(result) == ["library/x"]
    assert [path for path, _ in result.companions] == ["includes/i.rst"]
    mirror = f"https://raw.githubusercontent.com/python/cpython/main/Doc/={server.url}/"
    again = fetch([source], options=options(tmp_path, mirrors=(mirror,)))
    assert names(again) == ["library/x"]
    assert again.documents[0].provenance.uri.startswith("https://raw.githubusercontent.com/")


def test_a_relative_name_needs_a_base(tmp_path):
    with pytest.raises(UsageError, match="base"):
        fetch([UrlSource(url="x.rst")], options=options(tmp_path))


def test_names_never_collide(server, tmp_path):
    server.files = {
        p: p.encode() for p in ("/a.rst", "/A.rst", "/a.txt", "/a.rst?v=2", "/%C3%A4.rst", "/a%CC%88.rst")
    }
    result = fetch([server.url + path for path in server.files], options=options(tmp_path))
    found = names(result)
    assert len({name.casefold() for name in found}) == len(server.files)
    assert found[0] == "a"
    assert found == names(fetch([server.url + path for path in server.files], options=options(tmp_path)))
    assert [d.text.encode() for d in result.documents] == list(server.files.values())


@pytest.mark.parametrize(
    "path",
    [
        "/%2e%2e/%2e%2e/etc/x.rst",
        "/..%2f..%2fx.rst",
        "/a/..%5c..%5cx.rst",
        "/CON.rst",
        "/x%00y.rst",
        "/x%0ay.rst",
        "/%1b%5b31m.rst",
        "/" + "n" * 300 + ".rst",
        "/.hidden.rst",
        "/trailing.%20",
        "/",
        "/a:b*c%3Fd.rst",
    ],
)
def test_names_from_addresses_stay_inside_and_are_plain(server, tmp_path, path):
    server.always[path] = lambda handler: handler.answer(200, b"text")
    result = fetch([server.url + path], options=options(tmp_path))
    if result.failures:  # the client's library may refuse the address itself
        return
    document = result.documents[0]
    assert document.docname.isprintable()
    assert ".." not in document.docname.split("/")
    assert all(0 < len(part.encode()) <= 120 for part in document.docname.split("/"))
    assert document.path is not None and document.root is not None
    assert document.path.resolve().is_relative_to(document.root.resolve())


def test_the_same_address_twice_is_one_document(server, tmp_path):
    server.files = {"/a.rst": b"a"}
    assert names(fetch([f"{server.url}/a.rst"] * 2, options=options(tmp_path))) == ["a"]


def test_a_gitlab_page_is_read_raw(server, tmp_path):
    server.files = {
        "/g/p/-/raw/main/docs/x.rst": b"x\n\n.. include:: ../top.txt\n",
        "/g/p/-/raw/main/top.txt": b"top",
    }
    result = fetch([f"{server.url}/g/p/-/blob/main/docs/x.rst"], options=options(tmp_path))
    assert names(result) == ["x"]
    assert server.paths() == ["/g/p/-/raw/main/docs/x.rst", "/g/p/-/raw/main/top.txt"]


# Includes


def test_what_documents_include_comes_along(server, tmp_path):
    server.files = {
        "/docs/index.rst": b".. include:: inc/a.txt\n\n.. csv-table::\n   :file: data.csv\n\n"
        b".. include:: <isonum.txt>\n",
        "/docs/inc/a.txt": b".. literalinclude:: b.py\n.. include:: /top.inc\n",
        "/docs/inc/b.py": b"code",
        "/docs/top.inc": b".. include:: inc/a.txt\n",
        "/docs/data.csv": b"1,2\n",
    }
    result = fetch([f"{server.url}/docs/index.rst"], options=options(tmp_path))
    root = result.documents[0].root
    assert root is not None
    assert {path for path, _ in result.companions} == {"inc/a.txt", "inc/b.py", "top.inc", "data.csv"}
    assert (root / "inc/b.py").read_bytes() == b"code"
    assert "/docs/isonum.txt" not in server.paths()
    bare = fetch([f"{server.url}/docs/index.rst"], options=options(tmp_path, includes=False))
    assert not bare.companions


def test_an_include_that_is_missing_is_noted_and_harms_nothing(server, tmp_path):
    server.files = {"/docs/a.rst": b".. include:: gone.txt\n.. include:: ../../../etc/passwd\n"}
    result = fetch([f"{server.url}/docs/a.rst"], options=options(tmp_path))
    assert not result.failures
    assert [d.code for d in result.diagnostics] == ["include-not-fetched"]
    assert result.diagnostics[0].severity == "info"
    assert server.paths() == ["/docs/a.rst", "/docs/gone.txt"]


def test_includes_stay_within_the_host_and_the_limit(server, tmp_path):
    many = "".join(f".. include:: i{n}.txt\n" for n in range(20))
    server.files = {"/docs/a.rst": (many + ".. include:: //other.example/x\n").encode()}
    server.files |= {f"/docs/i{n}.txt": b"x" for n in range(20)}
    result = fetch([f"{server.url}/docs/a.rst"], options=options(tmp_path, max_includes=5))
    assert len(result.companions) == 5
    assert "more than 5 included files" in result.diagnostics[0].message


# Files here


def test_a_folder(tmp_path):
    docs = tmp_path / "docs"
    for name, data in REPO.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (docs / "_build").mkdir()
    (docs / "_build/x.rst").write_text("built")
    result = fetch([str(docs)])
    assert names(result) == ["guide/start", "index"]
    assert result.conf == docs / "conf.py"
    assert {d.root for d in result.documents} == {docs}
    assert {d.srcdir for d in result.documents} == {docs}
    whole = fetch([str(tmp_path)], options=FetchOptions(exclude=("tests", "README.rst")))
    assert names(whole) == ["guide/start", "index"], "names count from the only source folder"
    one = fetch([str(docs / "guide/start.rst")])
    assert names(one) == ["guide/start"]
    assert one.documents[0].root == docs


def test_globs_excludes_and_patterns(tmp_path):
    for name in ("a.rst", "b.rst", "sub/c.rst", "sub/d.txt", "sub/deep/e.rst"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)

    def of(**more):
        return names(fetch([LocalSource(path=str(tmp_path), **more)]))

    assert of() == ["a", "b", "sub/c", "sub/deep/e"]
    assert of(globs=("*.rst",)) == ["a", "b"]
    assert of(globs=("sub",)) == ["sub/c", "sub/deep/e"]
    assert of(globs=("sub/*",)) == ["sub/c", "sub/deep/e"]
    assert of(globs=("sub/*.txt", "a.rst")) == ["sub/d", "a"]
    assert of(exclude=("sub/deep",)) == ["a", "b", "sub/c"]
    assert of(exclude=("**/e.rst", "a*")) == ["b", "sub/c"]
    assert names(fetch([f"{tmp_path}/[ab].rst"])) == ["a", "b"]
    assert "matches no file" in fetch([f"{tmp_path}/z*.rst"]).failures[0].reason


def test_the_root_for_includes_is_what_the_user_says(tmp_path):
    (tmp_path / "docs/sub").mkdir(parents=True)
    (tmp_path / "docs/sub/a.rst").write_text("a")
    for given in (tmp_path / "docs", tmp_path / "docs/sub/a.rst"):
        assert fetch([str(given)], root=tmp_path).documents[0].root == tmp_path
        assert fetch([LocalSource(path=str(given), root=str(tmp_path))]).documents[0].root == tmp_path
        narrow = tmp_path / "docs/other"
        assert fetch([str(given)], root=narrow).documents[0].root == narrow
    assert fetch([str(tmp_path / "docs/sub/a.rst")]).documents[0].root == tmp_path / "docs/sub"


def test_files_from_several_folders(tmp_path):
    for name in ("x/a.rst", "y/a.rst"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(name)
    assert names(fetch([str(tmp_path / "x/a.rst"), str(tmp_path / "y/a.rst")])) == ["x/a", "y/a"]
    assert names(fetch([str(tmp_path / "x/a.rst")])) == ["a"]


def test_what_is_no_regular_file_fails_by_name_at_once(tmp_path):
    docs = tmp_path / "docs"
    docs.mkdir()
    os.mkfifo(docs / "pipe.rst")
    (tmp_path / "outside.rst").write_text("canary")
    (docs / "link.rst").symlink_to(tmp_path / "outside.rst")
    (docs / "dangling.rst").symlink_to("nowhere")
    (docs / "ok.rst").write_text("ok")
    (docs / "inner.rst").symlink_to("ok.rst")
    result = fetch([str(docs), "/dev/zero", str(tmp_path / "none.rst")])
    assert names(result) == ["inner", "ok"]
    reasons = {Path(failure.uri).name: failure.reason for failure in result.failures}
    assert "not a regular file" in reasons["pipe.rst"]
    assert "leads out" in reasons["link.rst"]
    assert "no such file" in reasons["dangling.rst"]
    assert "not a regular file" in reasons["zero"]
    assert "no such file" in reasons["none.rst"]
    assert "canary" not in repr(result)


def test_bytes_that_are_no_text_fail_by_name_and_the_rest_is_done(tmp_path):
    cases = {
        "ok.rst": b"ok",
        "latin.rst": b"caf\xe9",
        "binary.rst": bytes(range(256)) * 20,
        "nul.rst": b"text " * 200 + b"\0" * 2,
        "onenul.rst": b"text " * 400 + b"\0",
        "bom.rst": b"\xef\xbb\xbfbom\r\nline\rend",
        "utf16.rst": "wide \u2713".encode("utf-16"),
        "utf16cut.rst": "wide".encode("utf-16")[:-1],
        "bare16.rst": "plain text".encode("utf-16-le"),
        "surrogate.rst": b"x\xed\xa0\x80",
        "empty.rst": b"",
    }
    for name, data in cases.items():
        (tmp_path / name).write_bytes(data)
    result = fetch([str(tmp_path / name) for name in cases])
    texts = {d.docname: d.text for d in result.documents}
    reasons = {Path(f.uri).name: f.reason for f in result.failures}
    assert texts["bom"] == "bom\nline\nend"
    assert texts["utf16"] == "wide ✓"
    assert "\0" in texts["onenul"]
    assert texts["empty"] == ""
    assert [d.code for d in result.diagnostics] == ["document-empty"]
    assert "not UTF-8 at byte 3" in reasons["latin.rst"]
    assert "not a text file" in reasons["binary.rst"]
    assert "not a text file" in reasons["nul.rst"]
    assert "not UTF-16 at byte 8" in reasons["utf16cut.rst"]
    assert "not a text file" in reasons["bare16.rst"]
    assert "not UTF-8 at byte 1" in reasons["surrogate.rst"]
    assert set(texts) == {"ok", "bom", "utf16", "onenul", "empty"}


# GitHub


def play_github(server: Loopback, *, trees: bool = True) -> None:
    rows = [{"path": name, "type": "blob", "mode": "100644"} for name in REPO]
    rows.append({"path": "docs/link.rst", "type": "blob", "mode": "120000"})
    server.files |= {
        "/repos/o/r/commits/main": COMMIT.encode(),
        f"/repos/o/r/git/trees/{COMMIT}?recursive=1": json.dumps(
            {"tree": rows, "truncated": not trees}
        ).encode(),
        f"/o/r/tar.gz/{COMMIT}": tar(REPO, comment=COMMIT),
        "/o/r/tar.gz/main": tar(REPO, comment=COMMIT),
        **{f"/o/r/{COMMIT}/{name}": data for name, data in REPO.items()},
    }


def test_few_github_files_come_raw_at_the_commit(server, tmp_path):
    play_github(server)
    result = fetch(["github:o/r@main:docs"], options=options(tmp_path, server))
    assert names(result) == ["drafts/secret", "guide/start", "index"]
    document = result.documents[2]
    assert document.provenance.revision == COMMIT
    assert document.provenance.uri == f"{server.url}/o/r/{COMMIT}/docs/index.rst"
    assert {path for path, _ in result.companions} == {"shared/note.txt", "shared/more.txt", "conf.py"}
    assert result.conf is not None and result.conf.read_bytes() == REPO["docs/conf.py"]
    root = document.root
    assert root is not None and (root / "src/code.py").exists()
    assert not any("tar.gz" in path for path in server.paths())
    before = len(server.log)
    again = fetch(["github:o/r@main:docs"], options=options(tmp_path, server))
    assert again.documents == result.documents
    assert server.paths()[before:] == ["/repos/o/r/commits/main"], "a file at a commit never changes"


def test_the_documentation_is_found_by_itself(server, tmp_path):
    play_github(server)
    assert names(fetch(["github:o/r@main"], options=options(tmp_path, server))) == ["guide/start", "index"]


@pytest.mark.parametrize("more", [{"raw_limit": 1}, {"trees": False}])
def test_many_github_files_come_as_one_archive(server, tmp_path, more):
    play_github(server, trees=more.pop("trees", True))
    result = fetch(["github:o/r@main"], options=options(tmp_path, server, **more))
    assert names(result) == ["guide/start", "index"]
    assert result.documents[0].provenance.uri == f"{server.url}/o/r/{COMMIT}/docs/guide/start.rst"
    assert {path for path, _ in result.companions} == {"shared/note.txt", "shared/more.txt", "conf.py"}
    assert not any(path.endswith(".rst") for path in server.paths())


def test_github_out_of_requests_gives_the_archive(server, tmp_path):
    play_github(server)
    server.always["/repos/o/r/commits/main"] = loopback.rate_limited(1000)
    # The API is its own host; here it must not close the others' gate.
    with Loopback(server.files) as api:
        api.always["/repos/o/r/commits/main"] = loopback.rate_limited(1000)
        result = fetch(["github:o/r@main:docs"], options=options(tmp_path, server, github_api=api.url))
    assert {d.provenance.revision for d in result.documents} == {COMMIT}
    assert server.paths() == ["/o/r/tar.gz/main"]


def test_a_pasted_raw_address_shows_its_commit(server, tmp_path):
    play_github(server)
    result = fetch([f"{server.url}/o/r/main/docs/index.rst"], options=options(tmp_path, server))
    assert names(result) == ["index"]
    assert result.documents[0].provenance.revision == COMMIT
    server.files["/o/r/v9/docs/index.rst"] = b"no commit known"
    result = fetch([f"{server.url}/o/r/v9/docs/index.rst"], options=options(tmp_path, server))
    assert result.documents[0].provenance.revision == ""
    assert not result.failures


def test_a_job_on_raw_addresses_gets_conf_and_includes_at_the_commit(server, tmp_path):
    play_github(server)
    base = f"{server.url}/o/r/refs/heads/main/docs/guide/"
    lock = str(tmp_path / "x.lock")
    known = options(
        tmp_path, server, base=base, conf="../conf.py", companions=("../../src/code.py",), lock=lock
    )
    result = fetch([UrlSource(url="start.rst", base=base)], options=known)
    assert names(result) == ["guide/start"]
    document = result.documents[0]
    assert document.provenance.revision == COMMIT
    assert document.root is not None and document.srcdir == document.root / "docs"
    assert result.conf == document.srcdir / "conf.py"
    assert (document.root / "src/code.py").exists()
    assert all(COMMIT in path or path == "/repos/o/r/commits/main" for path in server.paths())


def test_a_commit_that_was_unknown_when_locked_changes_nothing_later(server, tmp_path):
    server.files["/o/r/main/docs/x.rst"] = b"x"
    locked = options(tmp_path, server, lock=str(tmp_path / "x.lock"))
    first = fetch([f"{server.url}/o/r/main/docs/x.rst"], options=locked)
    play_github(server)
    assert fetch([f"{server.url}/o/r/main/docs/x.rst"], options=locked).documents == first.documents


def test_github_failures_are_named(server, tmp_path):
    play_github(server)
    result = fetch(["github:o/r@main:none/*.rst", "github:o/r@nope"], options=options(tmp_path, server))
    assert "no file matches none/*.rst" in result.failures[0].reason
    assert result.failures[1].status == 404


# Archives


@pytest.mark.parametrize("name", ["x.zip", "x.tar", "x.tar.gz", "x.tar.bz2", "x.tar.xz"])
def test_archives_here_and_at_addresses(server, tmp_path, name):
    kind = name.rpartition(".")[2]
    data = zipped(REPO) if kind == "zip" else tar(REPO, mode="w:" + ("" if kind == "tar" else kind))
    (tmp_path / name).write_bytes(data)
    server.files[f"/{name}"] = data
    for source in (str(tmp_path / name), f"{server.url}/{name}"):
        result = fetch([source], options=options(tmp_path))
        assert names(result) == ["guide/start", "index"]
        assert result.documents[1].provenance.uri.endswith(f"{name}#docs/index.rst")
        assert {path for path, _ in result.companions} == {"shared/note.txt", "shared/more.txt", "conf.py"}
        root = result.documents[0].root
        assert root is not None and (root / "src/code.py").exists()
    picked = fetch(
        [ArchiveSource(location=str(tmp_path / name), globs=("*.rst",))], options=options(tmp_path)
    )
    assert names(picked) == ["README"]


def test_hostile_archives_put_nothing_outside(tmp_path):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name in ("../evil.rst", "/abs.rst", "docs/../../up.rst", "a\\b.rst", "x\x1by.rst", "docs/ok.rst"):
            info = tarfile.TarInfo(name)
            info.size = 2
            archive.addfile(info, io.BytesIO(b"ok"))
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE):
            info = tarfile.TarInfo(f"docs/special{kind.decode()}.rst")
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
    path = tmp_path / "x.tar.gz"
    path.write_bytes(out.getvalue())
    result = fetch([str(path)], options=options(tmp_path))
    assert names(result) == ["ok"]
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("../evil.rst", "x")
        archive.writestr("docs/ok.rst", "x")
        link = zipfile.ZipInfo("docs/link.rst")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    assert names(fetch([str(tmp_path / "x.zip")], options=options(tmp_path))) == ["ok"]
    assert not list(tmp_path.parent.glob("*.rst"))


@pytest.mark.parametrize("name", ["x.zip", "x.tar.gz", "x.tar.xz", "x.tar"])
def test_archives_within_limits_only(tmp_path, name):
    kind = name.rpartition(".")[2]
    files = {"docs/big.rst": bytes(3_000_000), "docs/ok.rst": b"ok"}
    data = zipped(files) if kind == "zip" else tar(files, mode="w:" + ("" if kind == "tar" else kind))
    (tmp_path / name).write_bytes(data)
    result = fetch(
        [str(tmp_path / name)], options=options(tmp_path, max_size=1_000_000, max_archive=10_000_000)
    )
    assert names(result) == ["ok"]
    assert "larger than 1,000,000 bytes" in result.failures[0].reason
    if kind != "zip":
        bomb = fetch([str(tmp_path / name)], options=options(tmp_path, max_unpacked=1_000_000))
        assert "larger than 1,000,000 bytes unpacked" in bomb.failures[0].reason


@pytest.mark.parametrize("cut", [10, 300, -30])
@pytest.mark.parametrize("name", ["x.zip", "x.tar.gz", "x.tar.xz", "x.tar.bz2"])
def test_damaged_archives_fail_by_name(tmp_path, name, cut):
    kind = name.rpartition(".")[2]
    files = {f"docs/{n}.rst": os.urandom(500).hex().encode() for n in range(20)}
    data = zipped(files) if kind == "zip" else tar(files, mode="w:" + kind)
    (tmp_path / name).write_bytes(data[:cut])
    result = fetch([str(tmp_path / name)], options=options(tmp_path))
    assert not result.documents
    assert name in result.failures[0].uri
    assert "archive" in result.failures[0].reason


def test_a_damaged_member_is_no_success(tmp_path):
    data = bytearray(zipped({"docs/a.rst": b"plain text here" * 50}))
    at = data.index(b"docs/a.rst") + 20
    data[at] ^= 0xFF
    (tmp_path / "x.zip").write_bytes(data)
    assert not fetch([str(tmp_path / "x.zip")], options=options(tmp_path)).documents


def test_a_stated_hash_is_checked(tmp_path):
    data = zipped(REPO)
    (tmp_path / "x.zip").write_bytes(data)
    good = ArchiveSource(location=str(tmp_path / "x.zip"), sha256=hashlib.sha256(data).hexdigest())
    bad = ArchiveSource(location=str(tmp_path / "x.zip"), sha256="0" * 64)
    assert fetch([good], options=options(tmp_path)).documents
    assert "SHA-256" in fetch([bad], options=options(tmp_path)).failures[0].reason


# Packages and sites


def play_pypi(server: Loopback, *, sha256: str = "") -> None:
    data = tar(REPO, top="pkg-2.0/")
    row = {
        "packagetype": "sdist",
        "url": f"{server.url}/files/pkg-2.0.tar.gz",
        "digests": {"sha256": sha256 or hashlib.sha256(data).hexdigest()},
    }
    body = json.dumps({"info": {"version": "2.0"}, "urls": [{"packagetype": "bdist_wheel"}, row]}).encode()
    server.files |= {"/pypi/pkg/json": body, "/pypi/pkg/2.0/json": body, "/files/pkg-2.0.tar.gz": data}


def test_a_package(server, tmp_path):
    play_pypi(server)
    for text in ("pypi:pkg", "pypi:pkg==2.0"):
        result = fetch([text], options=options(tmp_path, server))
        assert names(result) == ["guide/start", "index"]
        assert result.documents[0].provenance.revision == "2.0"
        assert result.conf is not None
    assert "404" in fetch(["pypi:none"], options=options(tmp_path, server)).failures[0].reason


def test_a_package_whose_hash_differs_is_refused(server, tmp_path):
    play_pypi(server, sha256="0" * 64)
    result = fetch(["pypi:pkg"], options=options(tmp_path, server))
    assert not result.documents
    assert "SHA-256" in result.failures[0].reason


def play_site(server: Loopback, suffix: str, *, with_docs: bool = True) -> None:
    rows = "index std:doc -1 index.html Home\nguide/x std:doc -1 guide/x.html The x\n" if with_docs else ""
    head = b"# Sphinx inventory version 2\n# Project: P\n# Version: 3.1\n# The remainder is zlib\n"
    body = zlib.compress((rows + "f py:function 1 api.html#$ -\n").encode())
    server.files |= {
        "/docs/objects.inv": head + body,
        "/docs/searchindex.js": b'Search.setIndex({"docnames":["guide/x","index"],"filenames":["x"]})',
        f"/docs/_sources/index{suffix}": b"Home\n",
        f"/docs/_sources/guide/x{suffix}": b".. include:: ../y.txt\n",
    }


@pytest.mark.parametrize("suffix", [".rst.txt", ".txt", ".rst"])
@pytest.mark.parametrize("with_docs", [True, False])
def test_a_sphinx_site(server, tmp_path, suffix, with_docs):
    play_site(server, suffix, with_docs=with_docs)
    result = fetch([f"sphinx:{server.url}/docs/"], options=options(tmp_path))
    assert names(result) == ["index", "guide/x"]
    assert not result.failures
    assert result.documents[0].provenance.revision == "3.1"
    assert result.documents[0].provenance.uri == f"{server.url}/docs/_sources/index{suffix}"
    some = fetch(
        [SphinxSource(url=f"{server.url}/docs/index.html", globs=("guide/*",))], options=options(tmp_path)
    )
    assert names(some) == ["guide/x"]


def test_what_is_no_sphinx_site_is_said(server, tmp_path):
    server.files["/docs/objects.inv"] = b"<html>"
    result = fetch([f"sphinx:{server.url}/docs/"], options=options(tmp_path))
    assert "no inventory" in result.failures[0].reason


def test_odd_paths_fail_by_name(tmp_path):
    (tmp_path / "loop.rst").symlink_to("loop.rst")
    odd = [
        "n" * 300 + ".rst",
        "n" * 300 + ".txt",
        str(tmp_path / "loop.rst"),
        str(tmp_path / "loop.rst/x.rst"),
    ]
    result = fetch(odd)
    assert len(result.failures) == len(odd)
    assert all(failure.reason for failure in result.failures)


def test_a_list_from_a_pipe_and_a_list_without_end(tmp_path):
    reader, writer = os.pipe()
    os.write(writer, b"https://host/a.rst\n")
    os.close(writer)
    assert parse_sources([f"@/dev/fd/{reader}"], FetchOptions()) == [UrlSource(url="https://host/a.rst")]
    os.close(reader)
    with pytest.raises(UsageError, match="no list of sources"):
        parse_sources(["@/dev/zero"], FetchOptions())
