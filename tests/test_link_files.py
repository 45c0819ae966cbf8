"""Files beside the sources go where the pages that need them go."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rstdown.link import files as module
from rstdown.link.check import check_links
from rstdown.link.files import needed_files, source_root
from rstdown.markdown import nodes as md
from rstdown.model import Page, Provenance


def page(docname: str, uri: str) -> Page:
    return Page(docname, md.Root(()), provenance=Provenance(uri))


def test_the_root_of_a_page() -> None:
    assert source_root(page("a/b", "/docs/a/b.rst")) == Path("/docs")
    assert source_root(page("a/b", "/b.rst")) is None
    assert source_root(page("a/b", "/docs/a/c.rst")) is None
    assert source_root(page("b", "https://example.org/b.rst")) is None
    assert source_root(page("b", "")) is None


def test_only_what_lies_below_the_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    docs = tmp_path / "docs"
    (docs / "img").mkdir(parents=True)
    (docs / "img/a.png").write_bytes(b"1234")
    (docs / "large.bin").write_bytes(b"12345")
    (tmp_path / "secret").write_text("s")
    (docs / "link").symlink_to(tmp_path / "secret")
    monkeypatch.setattr(module, "MAX_BYTES", 4)
    names = ["img/a.png", "large.bin", "link", "../secret", "/etc/passwd", "img", "gone", "\0"]
    found = needed_files([page("sub/x", str(docs / "sub/x.rst"))], names)
    assert found == {"img/a.png": docs.resolve() / "img/a.png"}


def test_a_folder_has_the_files_that_its_pages_need(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    (docs / "sub").mkdir(parents=True)
    (docs / "index.rst").write_text("T\n=\n\n.. toctree::\n\n   sub/x\n")
    (docs / "sub/x.rst").write_text("X\n=\n\n.. image:: a.png\n\n:download:`code </code.py>`\n")
    (docs / "sub/a.png").write_bytes(b"png")
    (docs / "code.py").write_text("pass\n")
    (docs / "unused.py").write_text("pass\n")
    out = tmp_path / "out"
    command = [sys.executable, "-m", "rstdown", "convert", str(docs), "-o", str(out), "--no-cache"]
    subprocess.run(command, check=True, env={**os.environ, "RSTDOWN_CACHE_DIR": str(tmp_path / "cache")})
    assert sorted(p.relative_to(out).as_posix() for p in out.rglob("*") if p.is_file()) == [
        "code.py",
        "index.md",
        "sub/a.png",
        "sub/x.md",
    ]
    assert check_links(out).dead == ()
