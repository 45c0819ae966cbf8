"""Job files: what they may say, and how they say what is wrong."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from rstdown.errors import UsageError
from rstdown.fetching import (
    ArchiveSource,
    GitHubSource,
    LocalSource,
    PypiSource,
    SphinxSource,
    UrlSource,
    fetch,
)
from rstdown.job import Job, load_job, resolve_sources
from rstdown.options import ConvertOptions, FetchOptions, LinkOptions

from .loopback import Loopback

JOB = Path(__file__).parent.parent / "jobs/python-concurrency.toml"
NAMES = (  # noqa: SIM905
    "asyncio asyncio-runner asyncio-task asyncio-stream asyncio-exceptions asyncio-queue asyncio-subprocess"
    " asyncio-sync asyncio-eventloop asyncio-extending asyncio-future asyncio-platforms asyncio-policy"
    " asyncio-protocol asyncio-graph asyncio-api-index asyncio-llapi-index asyncio-dev _thread"
    " concurrent.futures contextvars mmap multiprocessing multiprocessing.shared_memory queue sched select"
    " selectors signal socket ssl subprocess threading"
).split()


def job(tmp_path: Path, text: str) -> Job:
    path = tmp_path / "job.toml"
    path.write_text(text)
    return load_job(path)


def test_the_main_job_names_the_33_files_in_order():
    found = load_job(JOB)
    base = "https://raw.githubusercontent.com/python/cpython/refs/heads/main/Doc/library/"
    assert found.sources == tuple(UrlSource(url=f"{name}.rst", base=base) for name in NAMES)
    assert len(found.sources) == 33
    assert found.inventories == ("https://docs.python.org/3/objects.inv=https://docs.python.org/3/",)
    assert found.project["highlight_language"] == "python3"
    assert found.title


def test_the_main_job_runs_against_a_mirror(tmp_path):
    files = {f"/Doc/library/{name}.rst": name.encode() for name in NAMES if name != "asyncio-graph"}
    files |= {"/Doc/conf.py": b"project = 'P'\n", "/Include/patchlevel.h": b"#define PY_MAJOR_VERSION 3\n"}
    found = load_job(JOB)
    with Loopback(files) as server:
        options = replace(found.fetch, base=f"{server.url}/Doc/library/", cache_dir=str(tmp_path))
        result = fetch(found.sources, options=options)
    assert [d.docname for d in result.documents] == [f"library/{n}" for n in NAMES if n != "asyncio-graph"]
    assert [(f.status, f.offline) for f in result.failures] == [(404, False)]
    assert result.conf is not None
    root = result.documents[0].root
    assert root is not None
    assert result.conf == root / "Doc/conf.py"
    assert (root / "Include/patchlevel.h").exists()
    assert not result.unreachable


def test_the_main_job_without_a_network_is_unreachable(tmp_path):
    found = load_job(JOB)
    options = replace(found.fetch, base="http://127.0.0.1:1/", cache_dir=str(tmp_path), backoff=0.01)
    assert fetch(found.sources, options=options).unreachable


def test_sources_of_all_kinds(tmp_path):
    (tmp_path / "list.txt").write_text("# list\nhttps://host/l.rst\n")
    found = job(
        tmp_path,
        """
        sources = [
            "https://host/a.rst",
            "docs",
            "@list.txt",
            "github:o/r@main:docs",
            {url = "https://host/b.rst", docname = "named/b"},
            {path = "docs", globs = ["*.rst"], exclude = "drafts", root = "."},
            {github = "o/r@v1", globs = ["docs/*.rst"], exclude = ["docs/x.rst"]},
            {archive = "x.zip", sha256 = "00"},
            {pypi = "click==8.1"},
            {sphinx = "https://host/docs/"},
            {list = "list.txt"},
        ]
        """,
    )
    assert found.sources == (
        UrlSource(url="https://host/a.rst"),
        LocalSource(path=str(tmp_path / "docs")),
        UrlSource(url="https://host/l.rst"),
        GitHubSource(owner="o", repo="r", ref="main", globs=("docs",)),
        UrlSource(url="https://host/b.rst", docname="named/b"),
        LocalSource(path=str(tmp_path / "docs"), globs=("*.rst",), exclude=("drafts",), root=str(tmp_path)),
        GitHubSource(owner="o", repo="r", ref="v1", globs=("docs/*.rst",), exclude=("docs/x.rst",)),
        ArchiveSource(location=str(tmp_path / "x.zip"), sha256="00"),
        PypiSource(name="click", version="8.1"),
        SphinxSource(url="https://host/docs/"),
        UrlSource(url="https://host/l.rst"),
    )


def test_options_of_all_stages(tmp_path):
    found = job(
        tmp_path,
        """
        title = "T"
        [fetch]
        base = "https://host/docs/"
        per-host = 2
        total_timeout = 5
        lock = "rstdown.lock"
        [convert]
        engine = "docutils"
        heading-offset = 1
        [link]
        links = "none"
        inventories = ["objects.inv=https://host/", "https://host/objects.inv"]
        [run]
        strict = true
        [bundle]
        format = "jsonl"
        [project]
        name = "P"
        exclude_patterns = ["drafts"]
        add_module_names = false
        extlinks = {issue = ["https://host/%s", "#%s"]}
        object_types = [["confval", "confval", "setting"]]
        [project.directives]
        my-note = "note"
        """,
    )
    assert found.title == "T"
    assert found.fetch == FetchOptions(
        base="https://host/docs/", per_host=2, total_timeout=5.0, lock=str(tmp_path / "rstdown.lock")
    )
    assert found.convert == ConvertOptions(heading_offset=1)
    assert found.link == LinkOptions(
        links="none", inventories=(f"{tmp_path}/objects.inv=https://host/", "https://host/objects.inv")
    )
    assert found.run.strict
    assert found.bundle.format == "jsonl"
    assert found.project == {
        "name": "P",
        "exclude_patterns": ("drafts",),
        "add_module_names": False,
        "extlinks": {"issue": ("https://host/%s", "#%s")},
        "object_types": (("confval", "confval", "setting"),),
        "directives": {"my-note": "note"},
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sorces = []", "sorces: unknown key; did you mean 'sources'"),
        ("[fetch]\nper_hots = 1", "fetch.per_hots: unknown key; did you mean 'per_host'"),
        ("[convert]\nqqq = 1", "convert.qqq: unknown key; there are: engine"),
        ("[project]\nhighlight-langauge = 'c'", "did you mean 'highlight_language'"),
        ("[project.directives]\nx = 1", "project.directives.x: must be a text"),
        ("[fetch]\nper_host = 'two'", "fetch.per_host: must be a whole number, not 'two'"),
        ("[fetch]\nper_host = true", "fetch.per_host: must be a whole number"),
        ("[fetch]\nlock = 3", "fetch.lock: must be a text"),
        ("[fetch]\nmirrors = 3", "fetch.mirrors: must be a list of texts"),
        ("[convert]\nengine = 'sphinx'", "convert.engine: must be one of docutils, pandoc, not 'sphinx'"),
        ("fetch = 3", "fetch: must be a table"),
        ("sources = 'x.rst'", "sources: must be a list"),
        ("sources = [3]", "sources[0]: must be a text or a table"),
        ("sources = [{url = 'x', path = 'y'}]", "sources[0]: must have one of the keys url"),
        ("sources = [{github = 'o/r', glob = ['x']}]", "sources[0].glob: unknown key; did you mean 'globs'"),
        ("sources = ['ftp://host/x']", "only http and https"),
        ("sources = [", "no valid TOML"),
    ],
)
def test_what_is_wrong_is_said_by_its_key(tmp_path, text, message):
    with pytest.raises(UsageError) as caught:
        job(tmp_path, text)
    assert message in str(caught.value)


def test_an_unreadable_job_file_is_wrong_usage(tmp_path):
    with pytest.raises(UsageError, match="cannot read this job file"):
        load_job(tmp_path / "none.toml")
    (tmp_path / "job.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="no valid TOML"):
        load_job(tmp_path / "job.toml")


def test_job_files_among_sources(tmp_path):
    (tmp_path / "job.toml").write_text('sources = ["https://host/a.rst"]\n[fetch]\nper_host = 3\n')
    items, options = resolve_sources(["x.rst", str(tmp_path / "job.toml")])
    assert items == ["x.rst", UrlSource(url="https://host/a.rst")]
    assert options.per_host == 3
