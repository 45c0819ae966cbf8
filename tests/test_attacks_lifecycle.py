"""Signals, and systems that give too little: no traceback, no half file, no process left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rstdown.files import read_regular
from rstdown.markdown.escape import UNFIT

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and limits are POSIX matters")
SLOW = "".join(f"Word *number* {n} of ``text``, :ref:`a {n} <b>`.\n\n" for n in range(2_000))


def start(folder: Path, *arguments: str, before: str = "") -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "rstdown", *arguments]
    return subprocess.Popen(
        ["sh", "-c", f'{before or ":"}; exec "$@"', "sh", *command],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "RSTDOWN_CACHE_DIR": str(folder / "cache")},
        start_new_session=True,
        preexec_fn=heed_signals,
    )


def heed_signals() -> None:
    """Take signals as a terminal gives them: what runs in the background, or by nohup, may ignore them."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def children(process: int) -> list[int]:
    try:
        return [
            int(word) for word in Path(f"/proc/{process}/task/{process}/children").read_text("ascii").split()
        ]
    except OSError:
        return []


def is_alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="looks for workers in /proc")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL"])
@pytest.mark.parametrize("group", [False, True], ids=["alone", "with its workers"])
def test_a_signal_ends_everything(tmp_path: Path, name: str, group: bool) -> None:
    (tmp_path / "in").mkdir()
    for n in range(12):
        (tmp_path / "in" / f"a{n}.rst").write_text(f"A{n}\n===\n\n{SLOW}")
    process = start(tmp_path, "convert", "in", "-o", "out", "--jobs", "2")
    workers: list[int] = []
    while process.poll() is None and len(workers) < 2:
        workers = children(process.pid)
        time.sleep(0.01)
    (os.killpg if group else os.kill)(process.pid, signal.Signals[name])
    _, err = process.communicate(timeout=30)
    assert b"Traceback" not in err
    assert process.returncode == (-signal.SIGKILL if name == "SIGKILL" else 130), err.decode()
    until = time.monotonic() + 10
    while any(map(is_alive, workers)) and time.monotonic() < until:
        time.sleep(0.02)
    assert not any(map(is_alive, workers))
    if name != "SIGKILL":
        assert not [path for path in (tmp_path / "out").rglob("*") if path.suffix != ".md"]


def test_a_signal_that_is_ignored_stays_so(tmp_path: Path) -> None:
    (tmp_path / "a.rst").write_text(SLOW)
    process = start(tmp_path, "convert", "a.rst", "-o", "a.md", before="trap '' HUP")
    time.sleep(0.3)
    process.send_signal(signal.SIGHUP)
    process.communicate(timeout=30)
    assert process.returncode == 0


@pytest.mark.parametrize("megabytes", [60, 110, 160, 300])
def test_too_little_memory_is_said(tmp_path: Path, megabytes: int) -> None:
    (tmp_path / "in").mkdir()
    for n in range(20):
        (tmp_path / "in" / f"a{n}.rst").write_text("A\n=\n\nlastword\n")
    process = start(tmp_path, "convert", "in", "-o", "out", before=f"ulimit -v {megabytes * 1024}")
    _, err = process.communicate(timeout=60)
    assert b"Traceback" not in err
    assert process.returncode in (0, 1, 3)


@pytest.mark.parametrize("files", [8, 12, 20])
def test_too_few_files_are_said(tmp_path: Path, files: int) -> None:
    (tmp_path / "a.rst").write_text("A\n=\n\nlastword\n")
    process = start(tmp_path, "convert", "a.rst", before=f"ulimit -n {files}")
    out, err = process.communicate(timeout=60)
    assert b"Traceback" not in err
    assert process.returncode in (1, 3) or b"lastword" in out


def test_a_file_of_nothing_but_holes_takes_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.touch()
    os.truncate(path, 1 << 40)
    with pytest.raises(OSError, match="larger than 1,000 bytes"):
        read_regular(path, 1_000)


def test_complaints_about_arguments_hold_no_controls(tmp_path: Path) -> None:
    for argument in ("--\x1b[31m", "a\x1b]0;x\x07.toml", "\u202e.rst"):
        _, err = start(tmp_path, "convert", argument).communicate(timeout=30)
        assert UNFIT.search(err.decode()) is None
