"""Outputs are either wholly written or untouched, whichever call fails."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from rstdown import atomic
from rstdown.errors import OutputError

FAULTS = [errno.ENOSPC, errno.EACCES, errno.EIO]


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


class Disk:
    """The calls that `atomic` makes, counted; the *nth* one of *kind* fails with *code*."""

    def __init__(self, monkeypatch, kind: str, nth: int, code: int) -> None:
        self.kind, self.left, self.code, self.fired = kind, nth, code, False
        opened = Path.open

        def open_(path, mode="r", *args, **kwargs):
            if "x" in mode:
                self.call("open")
            file = opened(path, mode, *args, **kwargs)
            return Slow(file, self) if "x" in mode else file

        monkeypatch.setattr(Path, "open", open_)
        for name in ("fsync", "replace"):
            monkeypatch.setattr(os, name, self.wrap(name, getattr(os, name)))
        monkeypatch.setattr(Path, "chmod", self.wrap("chmod", Path.chmod))
        monkeypatch.setattr(Path, "mkdir", self.wrap("mkdir", Path.mkdir))

    def wrap(self, kind, function):
        def wrapped(*args, **kwargs):
            self.call(kind)
            return function(*args, **kwargs)

        return wrapped

    def call(self, kind: str) -> None:
        if kind != self.kind:
            return
        self.left -= 1
        if self.left == 0:
            self.fired = True
            raise OSError(self.code, os.strerror(self.code))


class Slow:
    """A file whose writes and flushes can fail."""

    def __init__(self, file, disk: Disk) -> None:
        self.file, self.disk = file, disk

    def __enter__(self):
        self.file.__enter__()
        return self

    def __exit__(self, *error):
        return self.file.__exit__(*error)

    def write(self, data):
        self.disk.call("write")
        return self.file.write(data)

    def flush(self):
        self.disk.call("flush")
        return self.file.flush()

    def fileno(self):
        return self.file.fileno()


@pytest.mark.parametrize("code", FAULTS)
@pytest.mark.parametrize(
    ("kind", "nth"),
    [
        ("open", 1),
        ("write", 1),
        ("write", 3),
        ("flush", 1),
        ("fsync", 1),
        ("chmod", 1),
        ("replace", 1),
    ],
)
def test_every_call_fails_once(tmp_path, monkeypatch, kind, nth, code):
    target = tmp_path / "out.md"
    target.write_text("old\n")
    disk = Disk(monkeypatch, kind, nth, code)
    with pytest.raises(OutputError, match=r"cannot write .*out\.md: .*unchanged"):
        atomic.write_parts(target, ["one\n", "two\n", "three\n"])
    assert disk.fired
    assert target.read_text() == "old\n"
    assert names(tmp_path) == ["out.md"]


@pytest.mark.parametrize("code", FAULTS)
def test_a_folder_that_cannot_be_made_is_an_error(tmp_path, monkeypatch, code):
    disk = Disk(monkeypatch, "mkdir", 1, code)
    with pytest.raises(OutputError, match=r"cannot write .*out\.md: "):
        atomic.write_text(tmp_path / "new" / "out.md", "new\n")
    assert disk.fired
    assert names(tmp_path) == []


def test_a_folder_that_cannot_be_flushed_is_no_failure(tmp_path, monkeypatch):
    disk = Disk(monkeypatch, "fsync", 2, errno.EINVAL)
    atomic.write_text(tmp_path / "out.md", "new\n")
    assert disk.fired
    assert (tmp_path / "out.md").read_text() == "new\n"


def test_an_interrupt_leaves_the_old_file(tmp_path):
    target = tmp_path / "out.md"
    target.write_text("old\n")

    def parts():
        yield "new"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        atomic.write_parts(target, parts())
    assert target.read_text() == "old\n"
    assert names(tmp_path) == ["out.md"]


def test_text_is_utf8_with_line_feeds_and_folders_are_made(tmp_path):
    atomic.write_text(tmp_path / "a" / "b" / "c.md", "π\nx\n")
    assert (tmp_path / "a" / "b" / "c.md").read_bytes() == "π\nx\n".encode()


@pytest.mark.skipif(os.name == "nt", reason="POSIX modes")
def test_modes_and_links_are_kept(tmp_path):
    real = tmp_path / "real" / "file.md"
    atomic.write_text(real, "one")
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE(real.stat().st_mode) == 0o666 & ~umask
    real.chmod(0o640)
    link = tmp_path / "link.md"
    link.symlink_to(real)
    atomic.write_text(link, "two")
    assert link.is_symlink()
    assert real.read_text() == "two"
    assert stat.S_IMODE(real.stat().st_mode) == 0o640


@pytest.mark.skipif(not Path("/dev/stdout").exists(), reason="no /dev/stdout")
def test_a_device_is_written_to_and_stays_a_device():
    code = "from rstdown import atomic; atomic.write_text('/dev/stdout', 'hello')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "hello"


def test_a_folder_in_the_way_is_an_error(tmp_path):
    with pytest.raises(OutputError, match="cannot write"):
        atomic.write_text(tmp_path, "x")
    assert tmp_path.is_dir()


@pytest.mark.parametrize("name", ["../up.md", "a/../../up.md", "/tmp/absolute.md"])
def test_a_tree_stays_in_its_folder(tmp_path, name):
    folder = tmp_path / "out"
    with pytest.raises(OutputError, match="not a path below"):
        atomic.write_tree(folder, {"good.md": "x", name: "y"})
    assert not folder.exists()


def test_a_tree_is_written(tmp_path):
    atomic.write_tree(tmp_path / "out", {"llms.txt": "a", "library/queue.md": "b"})
    assert (tmp_path / "out" / "library" / "queue.md").read_text() == "b"


@pytest.mark.skipif(os.name == "nt", reason="links")
def test_no_link_leads_out_of_a_folder(tmp_path):
    folder, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    (folder / "inner").mkdir(parents=True)
    elsewhere.mkdir()
    (folder / "linked").symlink_to(elsewhere)
    (folder / "inner" / "file.md").symlink_to(elsewhere / "file.md")
    (folder / "inner" / "fine.md").symlink_to(folder / "other.md")
    (elsewhere / "back.md").symlink_to(folder / "back.md")
    inside = atomic.Inside(folder)
    for name in ("linked/file.md", "linked/deeper/file.md", "inner/file.md"):
        with pytest.raises(OutputError, match="leads out of"):
            inside.path(name)
    for name in ("inner/fine.md", "inner/new.md", "new/deeper.md", "linked/back.md"):
        assert inside.path(name) == folder / name
