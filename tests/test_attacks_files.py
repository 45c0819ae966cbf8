"""Hostile files where a person names them: devices, pipes, rubbish, names that move the terminal's cursor."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from hashlib import blake2b
from pathlib import Path

import pytest

from rstdown.markdown.escape import UNFIT

pytestmark = pytest.mark.skipif(os.name != "posix", reason="pipes and devices are POSIX matters")
GOOD = "T\n=\n\nlastword\n"
HEAD = "# Sphinx inventory version 2\n# Project: P\n# Version: 1\n"


def run(folder: Path, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[str]:
    """Run the command line in *folder*; a hang is a failure, and so are a traceback and a control."""
    done = subprocess.run(
        [sys.executable, "-m", "rstdown", *arguments],
        cwd=folder,
        input=stdin,
        capture_output=True,
        check=False,
        timeout=60,
        env={**os.environ, "RSTDOWN_CACHE_DIR": str(folder / "cache")},
    )
    out, err = done.stdout.decode(), done.stderr.decode()
    assert "Traceback" not in err
    assert UNFIT.search(out + err) is None
    return subprocess.CompletedProcess(done.args, done.returncode, out, err)


@pytest.fixture(params=["fifo", "device", "loop"])
def special(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return a file ``x.md`` that no one must wait for."""
    path = tmp_path / "x.md"
    if request.param == "fifo":
        os.mkfifo(path)
    else:
        path.symlink_to("/dev/zero" if request.param == "device" else path.name)
    return path


def test_check_and_tokens_read_regular_files_only(special: Path) -> None:
    for arguments in (["check", "x.md"], ["check", "x.md", "--links"], ["tokens", "x.md"]):
        done = run(special.parent, *arguments)
        assert done.returncode in (1, 3), arguments
        assert any(why in done.stderr for why in ("no such file", "not a regular file", "symbolic links"))


def test_folders_are_read_around_special_files(special: Path) -> None:
    (special.parent / "good.md").write_text("[a](good.md)\n")
    assert run(special.parent, "check", ".", "--links").returncode == 0
    assert "good.md" in run(special.parent, "tokens", ".").stdout


def test_inventories_job_files_and_settings_are_regular_files(special: Path) -> None:
    folder = special.parent
    (folder / "a.rst").write_text(GOOD)
    done = run(folder, "convert", "a.rst", "--inventory", "x.md=https://example.org/")
    assert (done.returncode, "lastword" in done.stdout) == (1, True)
    assert run(folder, "convert", "a.rst", "--conf", "x.md").returncode in (0, 2)
    special.rename(folder / "x.toml")
    if not (folder / "x.toml").is_symlink() or (folder / "x.toml").exists():
        assert run(folder, "bundle", "x.toml").returncode == 2


@pytest.mark.parametrize(
    "bundle",
    [
        '<documents count="abc"></documents>',
        f'<documents count="{"9" * 5000}"></documents>',
        '{"a":' + "[" * 100_000 + "\n",
        '{"document":1e400,"documents":1}\n',
        '{"document":' + "9" * 5000 + ',"documents":1}\n',
        '{"document":NaN,"documents":Infinity}\n',
        '{"document":1,"documents":1,"sha256":"2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881",'
        '"text":"x","id":"a"}\n',
        '{"document":1,"documents":1,"sha256":"x","text":"\\ud800","id":"a"}\n',
    ],
    ids=lambda text: text[:30],
)
def test_rubbish_is_no_bundle(tmp_path: Path, bundle: str) -> None:
    (tmp_path / "b").write_text(bundle)
    assert run(tmp_path, "check", "b").returncode == 1


def test_bytes_that_are_not_utf8_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(b"ab\xff")
    (tmp_path / "a.rst").write_text(GOOD)
    done = run(tmp_path, "check", ".", "--source", "a.rst")
    assert done.returncode == 3
    assert "not UTF-8 at byte 2" in done.stderr


def test_tokens_shows_headings_and_names_harmlessly(tmp_path: Path) -> None:
    (tmp_path / "a\x1b[31m\u202e.md").write_text("# h\x1b]0;x\x07\u202e\n")
    assert "U+001B" in run(tmp_path, "tokens", ".").stdout


def test_reports_hold_no_raw_controls_and_lose_none(tmp_path: Path) -> None:
    (tmp_path / "a.rst").write_text("T\x9b\u202e\U000e0041\n======\n\nlastword\n")
    run(tmp_path, "convert", "a.rst", "--report", "r.json")
    text = (tmp_path / "r.json").read_text()
    assert UNFIT.search(text) is None
    assert json.loads(text)["documents"][0]["title"]


@pytest.mark.parametrize("arguments", [["convert", "-"], ["tokens", "-"], ["fetch", "-", "-o", "out"]])
def test_standard_input_may_be_rubbish_or_closed(tmp_path: Path, arguments: list[str]) -> None:
    assert run(tmp_path, *arguments, stdin=b"a\xff\xfeb").returncode in (0, 2, 3)
    command = f"exec {sys.executable} -m rstdown {' '.join(arguments)}"
    for streams in ("<&-", "<&- >&-"):
        done = subprocess.run(
            ["sh", "-c", f"{command} {streams}"], cwd=tmp_path, capture_output=True, check=False, timeout=60
        )
        assert b"Traceback" not in done.stderr
        assert done.returncode in (2, 3)


def test_standard_input_without_end_is_refused(tmp_path: Path) -> None:
    with Path("/dev/zero").open("rb") as zero:
        done = subprocess.run(
            [sys.executable, "-m", "rstdown", "convert", "-"],
            cwd=tmp_path,
            stdin=zero,
            capture_output=True,
            check=False,
            timeout=60,
        )
    assert (done.returncode, b"larger than" in done.stderr) == (3, True)


@pytest.mark.parametrize("epoch", ["evil", "-1", "9" * 30])
def test_a_hostile_clock_changes_nothing_else(
    tmp_path: Path, epoch: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    (tmp_path / "a.rst").write_text(GOOD + "\n|today|\n")
    for command in ("convert", "bundle"):
        done = run(tmp_path, command, "a.rst")
        assert (done.returncode, "lastword" in done.stdout) == (0, True)


def test_an_output_that_links_to_itself_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.rst").write_text(GOOD)
    (tmp_path / "out.md").symlink_to("out.md")
    assert run(tmp_path, "convert", "a.rst", "-o", "out.md").returncode == 3


def test_names_that_are_not_utf8_pass_every_command(tmp_path: Path) -> None:
    name = os.fsdecode(b"a\xff.rst")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / name).write_text(GOOD)
    assert run(tmp_path, "bundle", "in", "-o", "b.md", "--report", "r.json").returncode == 0
    assert run(tmp_path, "check", "b.md").returncode == 0
    assert run(tmp_path, "tokens", "in").returncode == 0
    assert run(tmp_path, "tokens", "in", "--json").returncode == 0


def test_what_grows_beyond_all_measure_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "bomb.rst").write_text(f".. _a: https://x/{'w' * 9000}\n\n{'a_ ' * 3000}\n")
    (tmp_path / "in" / "good.rst").write_text(GOOD)
    done = run(tmp_path, "convert", "in", "-o", "out")
    assert done.returncode == 1
    assert "bomb: makes 27," in done.stderr
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["good.md"]


def test_entries_of_the_cache_may_be_pipes_or_foreign_pages(tmp_path: Path) -> None:
    (tmp_path / "a.rst").write_text(GOOD)
    expected = run(tmp_path, "bundle", "a.rst").stdout
    entries = [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert entries
    for path in entries:
        path.unlink()
        os.mkfifo(path)
    assert run(tmp_path, "bundle", "a.rst").stdout == expected
    data = b"\x80\x05crstdown.model\nPage\n(" + b"I1\n" * 9 + b"tR."
    for path in (tmp_path / "cache" / "pages").glob("??/*"):
        path.write_bytes(blake2b(data, digest_size=16).digest() + data)
    assert run(tmp_path, "bundle", "a.rst").stdout == expected


@pytest.mark.parametrize("text", ["[" * 100_000, "> " * 20_000 + "[a](b)"], ids=["brackets", "quotes"])
def test_markdown_nested_beyond_all_measure_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.md").write_text(text)
    (tmp_path / "a.rst").write_text(GOOD)
    for arguments in (["--links"], ["--source", "a.rst"]):
        assert run(tmp_path, "check", ".", *arguments).returncode in (0, 1, 3)


def test_pages_that_are_honestly_deep_can_be_checked(tmp_path: Path) -> None:
    (tmp_path / "a.rst").write_text("\n\n".join(f"{'  ' * level}- level{level}" for level in range(200)))
    assert run(tmp_path, "convert", "a.rst", "-o", "a.md").returncode == 0
    assert run(tmp_path, "check", ".", "--links", "--source", "a.rst").returncode == 0


def test_chunks_that_are_cut_off_are_noticed(tmp_path: Path) -> None:
    (tmp_path / "a.rst").write_text(GOOD)
    run(tmp_path, "bundle", "a.rst", "--format", "jsonl", "-o", "b.jsonl")
    path = tmp_path / "b.jsonl"
    assert run(tmp_path, "check", "b.jsonl").returncode == 0
    path.write_bytes(path.read_bytes()[:-9])
    assert run(tmp_path, "check", "b.jsonl").returncode == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["convert", "a.rst", "-o", "a.rst"],
        ["convert", "a.rst", "-o", "./b.md"],
        ["convert", "a.rst", "-o", "other.rst"],
        ["convert", "a.rst", "-o", ""],
        ["bundle", ".", "-o", "other.rst"],
        ["bundle", "a.rst", "-o", "b.md"],
        ["bundle", "a.rst", "-o", ""],
        ["fetch", "a.rst", "-o", ""],
    ],
    ids=" ".join,
)
def test_nothing_is_written_over_a_source(tmp_path: Path, arguments: list[str]) -> None:
    for name in ("a.rst", "other.rst"):
        (tmp_path / name).write_text(GOOD)
    (tmp_path / "b.md").symlink_to("a.rst")
    assert run(tmp_path, *arguments).returncode == 2
    assert all((tmp_path / name).read_text() == GOOD for name in ("a.rst", "other.rst"))


@pytest.mark.parametrize(
    "arguments", [["convert", "in"], ["bundle", "in", "--format", "llms-txt"]], ids=" ".join
)
def test_no_link_leads_out_of_the_folder_that_is_written(tmp_path: Path, arguments: list[str]) -> None:
    for folder in ("in/sub", "in/pictures", "out", "elsewhere"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "in" / "a.rst").write_text(GOOD + "\n.. image:: pictures/x.png\n")
    (tmp_path / "in" / "sub" / "b.rst").write_text(GOOD)
    (tmp_path / "in" / "pictures" / "x.png").write_bytes(b"x")
    (tmp_path / "victim").write_text("old")
    for name in ("a.md", "llms.txt", "llms-full.txt"):
        (tmp_path / "out" / name).symlink_to("../victim")
    for name in ("sub", "pictures"):
        (tmp_path / "out" / name).symlink_to("../elsewhere")
    done = run(tmp_path, *arguments, "-o", "out")
    assert (done.returncode, "leads out of" in done.stderr) == (3, True)
    assert (tmp_path / "victim").read_text() == "old"
    assert not list((tmp_path / "elsewhere").iterdir())


@pytest.mark.parametrize("module", ["docutils", "click", "pygments", "conf"])
def test_modules_beside_the_documents_are_not_imported(tmp_path: Path, module: str) -> None:
    (tmp_path / "a.rst").write_text(GOOD)
    (tmp_path / f"{module}.py").write_text("open('imported', 'w').close()\n")
    assert run(tmp_path, "convert", "a.rst").stdout == "# T\n\nlastword\n"
    assert not (tmp_path / "imported").exists()


PATHS = [
    "\\\\host\\share",
    "//host/share",
    "․․/secret.txt",
    "．．／secret.txt",
    "FILE:///etc/passwd",
    "$HOME/x",
    "~root/x",
]
PATHS += [
    "../SECRET.TXT",
    "/proc/self/environ",
    "./" * 2_000 + "../secret.txt",
    "a/" * 3_000 + "x",
    "..\\secret.txt",
]


@pytest.mark.parametrize("path", PATHS, ids=lambda text: text[:12])
def test_no_spelling_of_a_path_leads_out(tmp_path: Path, path: str) -> None:
    (tmp_path / "secret.txt").write_text("CANARY")
    (tmp_path / "in").mkdir()
    names = ("include", "literalinclude", "image", "figure", "graphviz", "mermaid")
    source = "".join(f".. {name}:: {path}\n\n" for name in names)
    source += "".join(
        f".. {name}\n   :{key}: {path}\n\n"
        for name in ("raw:: html", "csv-table::")
        for key in ("file", "url")
    )
    (tmp_path / "in" / "a.rst").write_text(f"{source}:download:`{path}`\n\n{GOOD}")
    done = run(tmp_path, "convert", "in", "-o", "out")
    assert done.returncode == 0
    written = "".join(file.read_text() for file in (tmp_path / "out").rglob("*") if file.is_file())
    assert ("lastword" in written, "CANARY" in written) == (True, False)
