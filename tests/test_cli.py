"""The command line as its user sees it: output, messages, exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from rstdown import cli
from tests.loopback import Loopback

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "fixtures" / "sample"


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback() as running:
        yield running


def run(*arguments: object, stdin: str | bytes = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run ``rstdown`` as a process of its own."""
    env = {k: v for k, v in os.environ.items() if k not in {"GH_PAT", "GH_TOKEN", "GITHUB_TOKEN"}}
    data = stdin.encode() if isinstance(stdin, str) else stdin
    done = subprocess.run(
        [sys.executable, "-m", "rstdown", *map(str, arguments)],
        input=data,
        capture_output=True,
        check=False,
        env=env | {"RSTDOWN_CACHE_DIR": env.get("RSTDOWN_CACHE_DIR", ""), **environment},
    )
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode(errors="replace")
    )


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RSTDOWN_CACHE_DIR", str(tmp_path / "cache"))


def test_standard_input_to_standard_output() -> None:
    done = run("convert", "-", stdin="Hello *there*, :func:`f`.\n")
    assert (done.returncode, done.stdout, done.stderr) == (0, "Hello *there*, `f()`.\n", "")


def test_one_file_is_printed() -> None:
    done = run("convert", SAMPLE / "glossary.rst")
    assert done.returncode == 0
    assert done.stdout.startswith("# Glossary\n")


def test_a_folder_mirrors_docnames(tmp_path: Path) -> None:
    out = tmp_path / "md"
    done = run("convert", SAMPLE, "-o", out)
    assert done.returncode == 0, done.stderr
    found = sorted(p.relative_to(out).as_posix() for p in out.rglob("*.md"))
    assert "reference/tasks.md" in found
    assert "_include/warning.md" not in found
    assert "](reference/tasks.md#" in (out / "tutorial.md").read_text("utf-8")
    assert run("check", out, "--source", SAMPLE).returncode == 0


def test_several_files_need_a_folder() -> None:
    done = run("convert", SAMPLE / "glossary.rst", SAMPLE / "cli.rst")
    assert done.returncode == 2
    assert "-o DIR" in done.stderr
    assert done.stdout == ""


BROKEN = {
    "binary.rst": b"\x00\x01\x02" * 500,
    "latin.rst": "Café\n".encode("latin-1"),
    "empty.rst": b"",
}


def test_broken_input_gives_one_clear_line_each_and_the_rest_is_done(tmp_path: Path) -> None:
    for name, data in BROKEN.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "good.rst").write_text("Good\n====\n")
    out = tmp_path / "md"
    names = [*sorted(BROKEN), "missing.rst", "good.rst"]
    done = run("convert", *(tmp_path / n for n in names), "-o", out)
    assert done.returncode == 1
    assert (out / "good.md").read_text() == "# Good\n"
    for name in ("binary.rst", "latin.rst", "missing.rst"):
        assert len([line for line in done.stderr.splitlines() if name in line]) == 1, done.stderr
    assert "byte 3" in done.stderr
    assert "empty" in done.stderr
    assert "Traceback" not in done.stderr


def test_nothing_to_convert_is_exit_code_3(tmp_path: Path) -> None:
    done = run("convert", tmp_path / "missing.rst")
    assert done.returncode == 3
    assert "missing.rst" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [("convert",), ("bundle", "x.rst", "--links", "some"), ("nonsense",), ("bundle", "nowhere.toml")],
    ids=" ".join,
)
def test_wrong_usage_is_exit_code_2(arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_strict_fails_on_a_warning() -> None:
    assert run("convert", "-", stdin=".. zork::\n").returncode == 0
    done = run("convert", "-", "--strict", stdin=".. zork::\n")
    assert done.returncode == 1
    assert "[directive-unknown]" in done.stderr


def test_report_counts_what_became_of_everything(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    run("convert", "-", "--report", report, stdin=".. note:: x\n\n.. zork:: y\n\n:pep:`8` :foo:`z`\n")
    found = json.loads(report.read_text())
    names = {row["name"]: row["outcome"] for row in found["documents"][0]["ledger"]}
    assert {"note", "zork"} <= names.keys()
    assert found["totals"]["diagnostics"]["directive-unknown"] == 1


def test_a_job_against_a_mirror_reports_404s(server: Loopback, tmp_path: Path) -> None:
    server.files["/library/queue.rst"] = b"Queue\n=====\n\nSee :doc:`sched`.\n"
    server.files["/library/sched.rst"] = b"Sched\n=====\n"
    job = tmp_path / "job.toml"
    job.write_text(
        'title = "Two"\nsources = ["queue.rst", "gone.rst", "sched.rst"]\n[fetch]\nbase = "https://x.invalid/"\n'
    )
    out = tmp_path / "b.md"
    done = run("bundle", job, "--base", f"{server.url}/library/", "-o", out)
    assert done.returncode == 1, done.stderr
    assert "gone.rst" in done.stderr and "404" in done.stderr
    text = out.read_text()
    assert text.startswith("# Two\n")
    assert "## Queue" in text and "## Sched" in text
    assert run("check", out, "--links").returncode == 0


def test_a_host_out_of_reach_falls_back_to_the_sample(tmp_path: Path) -> None:
    out = tmp_path / "job.md"
    done = run(
        "bundle", "https://rstdown.invalid/a.rst", "-o", out, "--sample", SAMPLE, "--total-timeout", "5"
    )
    assert done.returncode == 0, done.stderr
    assert not out.exists()
    assert "sample" in (tmp_path / "sample.md").read_text("utf-8").split("\n")[0].lower()
    assert "No host can be reached" in done.stderr


def test_a_404_is_not_offline(server: Loopback, tmp_path: Path) -> None:
    done = run("bundle", f"{server.url}/a.rst", "-o", tmp_path / "job.md", "--sample", SAMPLE)
    assert done.returncode == 3
    assert not (tmp_path / "sample.md").exists()


@pytest.mark.parametrize("style", ["md", "xml", "jsonl"])
def test_standard_output_is_clean(style: str) -> None:
    done = run("bundle", SAMPLE, "--format", style)
    assert done.returncode == 0
    if style == "jsonl":
        assert all(json.loads(line)["text"] for line in done.stdout.splitlines())
    else:
        assert done.stdout[0] in "#<"


def test_fetch_writes_raw_documents(server: Loopback, tmp_path: Path) -> None:
    server.files["/docs/a.rst"] = b"A\n=\n"
    listing = tmp_path / "list.txt"
    listing.write_text(f"# comment\n\n{server.url}/docs/a.rst\n")
    done = run("fetch", f"@{listing}", "-o", tmp_path / "rst", "--json")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "rst" / "a.rst").read_bytes() == b"A\n=\n"
    assert json.loads(done.stdout)["documents"][0]["docname"] == "a"


def test_tokens_add_up(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# A\n\ntext\n\n## B\n\nmore text\n")
    rows = json.loads(run("tokens", tmp_path, "--json").stdout)
    assert rows["tokens"] == rows["children"][0]["tokens"] > 0


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(shell: str) -> None:
    assert "_RSTDOWN_COMPLETE" in run("completion", shell).stdout


def test_messages_never_carry_control_characters(tmp_path: Path) -> None:
    done = run("convert", "-", stdin=".. zo\x1b[31mrk:: x\n\n:r\x1b]0;x\x07:`x`\n")
    assert "\x1b" not in done.stdout + done.stderr


@pytest.mark.parametrize("command", ["", "bundle", "check", "completion", "convert", "fetch", "tokens"])
def test_help_has_examples(command: str) -> None:
    done = run(*filter(None, [command]), "--help")
    assert done.returncode == 0
    assert "Example" in done.stdout


def test_a_host_out_of_reach_is_one_line() -> None:
    done = run("bundle", *(f"https://rstdown.invalid/{n}.rst" for n in range(33)), "--total-timeout", "5")
    assert done.returncode == 3
    lines = [line for line in done.stderr.splitlines() if "cannot be reached" in line]
    assert len(lines) == 1, done.stderr
    assert "https://rstdown.invalid/0.rst and 32 others" in lines[0]


def test_what_the_cache_has_of_a_host_out_of_reach_is_said(tmp_path: Path) -> None:
    with Loopback() as server:
        server.files["/a.rst"] = b"A\n=\n"
        url = f"{server.url}/a.rst"
        assert run("fetch", url, "-o", tmp_path / "rst").returncode == 0
    done = run("fetch", url, "-o", tmp_path / "rst2", "--backoff", "0.01")
    assert done.returncode == 3
    assert "the cache has 1 of them, which --offline uses" in done.stderr
    assert not (tmp_path / "rst2").exists()
    assert run("fetch", url, "-o", tmp_path / "rst2", "--offline").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("convert", SAMPLE, "-o", "{}/new.md"), "need a folder"),
        (("convert", SAMPLE / "cli.rst", SAMPLE / "glossary.rst", "-o", "{}/file.md"), "need a folder"),
        (("convert", SAMPLE, "-o", "{}/file"), "need a folder"),
        (("convert", SAMPLE / "cli.rst", "-o", "{}/file/x.md"), "is a file"),
        (("convert", "-", SAMPLE / "cli.rst"), "cannot be combined"),
        (("convert", "{}/job.toml"), "use rstdown bundle"),
        (("convert", SAMPLE, "-o", "{}/md", "--jobs", "-3"), "must not be negative"),
        (("convert", SAMPLE, "-o", "{}/md", "--conf", "{}/nowhere.py"), "no such file"),
        (("bundle", SAMPLE, "-o", "{}/b.md", "--root", "{}/nowhere"), "no such folder"),
        (("convert", SAMPLE, "-o", "-"), "need a folder"),
        (("fetch", SAMPLE, "-o", "-"), "cannot go to standard output"),
        (("bundle", "{}/job.toml"), "names no sources"),
        (("bundle", SAMPLE, "-o", "{}"), "is a folder"),
        (("bundle", SAMPLE, "-o", "{}/b.md", "--report", "{}/"), "is a folder"),
        (("bundle", SAMPLE, "--heading-offset", "5"), "at most 4"),
        (("bundle", SAMPLE, "--format", "llms-txt"), "add -o DIR"),
        (("bundle", SAMPLE, "--format", "llms-txt", "-o", "{}/file.md"), "is a file"),
        (("fetch", SAMPLE, "-o", "{}/file.md"), "is a file"),
    ],
)
def test_mistakes_about_files_are_found_before_the_work(
    tmp_path: Path, arguments: tuple[object, ...], said: str
) -> None:
    for name in ("file", "file.md"):
        (tmp_path / name).write_text("mine")
    (tmp_path / "job.toml").write_text('title = "No sources"\n')
    before = sorted(tmp_path.iterdir())
    done = run(*(str(argument).replace("{}", str(tmp_path)) for argument in arguments))
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert said in done.stderr and "Traceback" not in done.stderr
    assert sorted(tmp_path.iterdir()) == before
    assert (tmp_path / "file.md").read_text() == "mine"


def test_a_dash_is_standard_output() -> None:
    done = run("convert", SAMPLE / "cli.rst", "-o", "-")
    assert done.stdout.startswith("# The `weft` command")


def test_a_folder_without_text_has_no_tokens_to_count(tmp_path: Path) -> None:
    done = run("tokens", tmp_path)
    assert done.returncode == 3 and "holds no files" in done.stderr


@pytest.mark.parametrize("command", ["convert", "tokens", "check", "bundle"])
def test_a_name_too_long_for_the_system_is_a_missing_file(command: str) -> None:
    done = run(command, "a" * 5000)
    assert done.returncode == 3
    assert "Traceback" not in done.stderr


def test_a_folder_may_have_a_dot_in_its_name(tmp_path: Path) -> None:
    assert run("convert", SAMPLE, "-o", tmp_path / "3.13").returncode == 0
    assert (tmp_path / "3.13" / "index.md").is_file()


def test_a_kind_to_drop_that_does_not_exist_is_named(tmp_path: Path) -> None:
    done = run("bundle", SAMPLE, "--drop", "histroy", "-o", tmp_path / "b.md")
    assert "did you mean history?" in done.stderr


def test_standard_output_is_utf_8_in_any_locale() -> None:
    done = run("convert", "-", stdin="naïve — ☃\n".encode(), PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert (done.returncode, done.stdout) == (0, "naïve — ☃\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_under_standard_output() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "rstdown", "convert", str(SAMPLE / "cli.rst")],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 3
    assert done.stderr.startswith(b"rstdown: cannot write to standard output: No space left")


@pytest.mark.parametrize("offset", [1, 4])
@pytest.mark.parametrize("command", ["bundle", "convert"])
def test_links_hold_where_headings_are_shifted_beyond_the_deepest(
    tmp_path: Path, command: str, offset: int
) -> None:
    out = tmp_path / ("md" if command == "convert" else "b.md")
    done = run(command, SAMPLE, "--heading-offset", offset, "--links", "all", "-o", out)
    assert done.returncode == 0, done.stderr
    dead = [line for line in run("check", out, "--links").stderr.splitlines() if "dead link" in line]
    assert [line for line in dead if "images/" not in line] == []


def test_the_list_of_commands_says_what_each_says_of_itself() -> None:
    for name, text in cli.COMMANDS.items():
        command = cli.group.get_command(click.Context(cli.group), name)
        assert command is not None
        assert command.get_short_help_str(limit=100) == text
