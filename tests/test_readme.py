"""The README's examples do what they say, as they are written there."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import rstdown
from tests.loopback import Loopback

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
GUIDE = (ROOT / "docs" / "guide.md").read_text("utf-8")
PROMPT = re.compile(r"^\$ (.*?)(?:  +#.*)?$", re.MULTILINE)
ELSEWHERE = ("make ", "pip install", "git clone")
"""What sets up an environment, or would start the tests from within the tests."""
NETWORK = (
    "github:",
    "https://",
    "jobs/python-concurrency.toml",
    "build/requests",
    "--intersphinx",
)


def blocks(text: str, language: str) -> list[str]:
    """Return the contents of the code blocks of a *language*."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def commands(text: str) -> list[str]:
    lines = [line for block in blocks(text, "console") for line in PROMPT.findall(block)]
    return [line for line in lines if not line.startswith(ELSEWHERE)]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that has what the examples name, and may be written to."""
    sample = ROOT / "fixtures" / "sample"
    shutil.copytree(sample, tmp_path / "fixtures" / "sample")
    shutil.copytree(sample, tmp_path / "docs")
    shutil.copytree(ROOT / "jobs", tmp_path / "jobs")
    monkeypatch.setenv("RSTDOWN_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.chdir(tmp_path)
    files = {
        f"/{path.relative_to(sample).as_posix()}": path for path in sample.rglob("*.*") if path.is_file()
    }
    with Loopback({name: path.read_bytes() for name, path in files.items()}) as server:
        (tmp_path / "job.toml").write_text(
            f'title = "Weft"\nsources = ["cli.rst"]\n[fetch]\nbase = "{server.url}/"\n', "utf-8"
        )
        yield tmp_path


@pytest.mark.parametrize("text", [README, GUIDE], ids=["README", "guide"])
def test_the_commands_run(text: str, folder: Path) -> None:
    """In the order given: later ones read what earlier ones wrote."""
    found = [line for line in commands(text) if not any(word in line for word in NETWORK)]
    assert len(found) >= 5
    for line in found:
        done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=False, timeout=120)
        dead = [said for said in done.stderr.splitlines() if "dead link" in said]
        if "--links" in line and dead and all("images/" in said for said in dead):
            continue  # the sample's pictures do not exist, and the guide says so
        assert done.returncode == 0, f"{line}\n{done.stderr}"
        assert done.stdout or done.stderr, line


@pytest.mark.parametrize("text", [README, GUIDE], ids=["README", "guide"])
def test_commands_that_need_the_network_are_at_least_understood(text: str, folder: Path) -> None:
    """Every flag of theirs exists."""
    found = [line for line in commands(text) if any(word in line for word in NETWORK)]
    assert found
    for line in found:
        words = shlex.split(line.split(" | ")[0])
        shown = subprocess.run([*words[:2], "--help"], capture_output=True, text=True, check=True).stdout
        for flag in (word for word in words if re.fullmatch(r"--?[a-z-]+", word)):
            plain = flag.replace("--no-", "--[no-]")
            assert re.search(rf"{re.escape(plain)}\b", shown) or re.search(rf"{flag}\b", shown), (line, flag)


@pytest.mark.parametrize("text", [README, GUIDE], ids=["README", "guide"])
def test_the_python_examples_run_and_print_what_their_comments_say(text: str, folder: Path) -> None:
    found = blocks(text, "python")
    assert found
    for code in found:
        done = subprocess.run(
            [sys.executable, "-"], input=code, capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode == 0, f"{code}\n{done.stderr}"
        for said in re.findall(r"^print\(.*\)  # (.*)$", code, re.MULTILINE):
            assert said in done.stdout, code


def test_the_job_files_of_the_guide_are_right(tmp_path: Path) -> None:
    (tmp_path / "more.txt").write_text("docs/a.rst\n")
    vocabulary, whole = blocks(GUIDE, "toml")
    for text in (vocabulary, whole):
        (tmp_path / "job.toml").write_text(text, "utf-8")
        job = rstdown.load_job(tmp_path / "job.toml")
        assert job.project["directives"]
    assert len(job.sources) == 9
    assert job.bundle.max_tokens == 100_000


def test_the_library_in_five_lines() -> None:
    code = blocks(README, "python")[0]
    assert len([line for line in code.splitlines() if line]) == 5


def test_the_example_is_what_comes_out() -> None:
    (source,), (expected,) = blocks(README, "rst"), blocks(README, "markdown")
    assert rstdown.convert(source).markdown == expected


def test_the_example_is_what_comes_out_of_pandoc() -> None:
    pypandoc = pytest.importorskip("pypandoc")
    if not pypandoc.get_pandoc_version().startswith("3.9"):
        pytest.skip("another version of pandoc")
    (source,), (expected,) = blocks(README, "rst"), blocks(README, "html")
    assert pypandoc.convert_text(source, "gfm", "rst", extra_args=["--wrap=none"]) == expected


@pytest.mark.parametrize(
    "path",
    [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))],
    ids=lambda p: p.name,
)
def test_links_between_the_docs_lead_somewhere(path: Path) -> None:
    text = re.sub(r"^( *)(`{3,}).*?^\1\2$", "", path.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    text = re.sub(r"`[^`\n]*`", "", text)
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
        assert "://" in target or (path.parent / target).exists(), target
