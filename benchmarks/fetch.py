"""Measure the fetch stage against a fault-injecting loopback server; prints the figures of its promises.

python -m benchmarks.fetch [speed|faults|bomb|kill ...]
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests import loopback
from tests.loopback import Loopback

CHILD = """
import sys
from rstdown.fetching import fetch, save
from rstdown.options import FetchOptions
cache, out, listed = sys.argv[1:]
result = fetch(["@" + listed], options=FetchOptions(cache_dir=cache, per_host=8))
if out:
    save(result, out)
print(len(result.documents), len(result.failures), result.requests, result.from_cache)
for failure in result.failures[:3]:
    print(failure)
"""


class Run:
    """A client process: what it printed, seconds of processor and of wall, MiB of memory at its peak."""

    def __init__(self, folder: Path, urls: list[str], out: str = "") -> None:
        listed = folder / "urls.list"
        listed.write_text("\n".join(urls))
        began = time.monotonic()
        with subprocess.Popen(
            [sys.executable, "-c", CHILD, str(folder / "cache"), out, str(listed)], stdout=subprocess.PIPE
        ) as child:
            assert child.stdout is not None
            self.text = child.stdout.read().decode().strip()
            _, self.status, usage = os.wait4(child.pid, 0)
            child.returncode = self.status
        self.wall = time.monotonic() - began
        self.cpu = usage.ru_utime + usage.ru_stime
        self.mib = usage.ru_maxrss / 1024

    def __str__(self) -> str:
        return f"{self.text}; {self.cpu:.2f} s cpu, {self.wall:.2f} s wall, {self.mib:.0f} MiB"


def documents(count: int) -> dict[str, bytes]:
    """Return *count* small documents of about 2.7 kB, as in CPython's library reference."""
    return {
        f"/docs/d{n:03}.rst": f"Document {n}\n============\n\n".encode() + b"Some words of text.\n" * 132
        for n in range(count)
    }


def speed(folder: Path) -> None:
    """500 small files: cold, asked again with their ETags, and with nothing but the start of Python."""
    with Loopback(documents(500)) as server:
        urls = [server.url + path for path in server.files]
        print("500 files, cold:     ", Run(folder, urls))
        print("500 files, again:    ", Run(folder, urls))
        print("1 file:              ", Run(folder, urls[:1]))


def faults(folder: Path) -> None:
    """500 documents, 95 of them (19 %) with a fault at the first try."""
    chance = random.Random(19)
    kinds = {
        "500": loopback.status(500),
        "429 seconds": loopback.retry_after(1),
        "429 date": loopback.retry_after_date(2),
        "403 reset": loopback.rate_limited(2),
        "truncated": loopback.truncated,
        "wrong length": loopback.too_long,
        "two lengths": loopback.two_lengths,
        "chunk cut": loopback.chunked_cut,
        "reset": loopback.reset,
        "gzip cut": loopback.gzip_cut,
        "gzip checksum": loopback.gzip_bad_checksum,
        "drip, then cut": loopback.drip(1.0),
    }
    with Loopback(documents(500)) as server:
        for path in chance.sample(sorted(server.files), 95):
            server.faults[path] = [kinds[chance.choice(sorted(kinds))]]
        out = folder / "out"
        run = Run(folder, [server.url + path for path in server.files], str(out))
        right = sum(
            (out / path.removeprefix("/docs/")).read_bytes() == data for path, data in server.files.items()
        )
        most = max(server.paths().count(path) for path in server.files)
        print(
            f"500 documents, 95 faults: {right} right, at most {most} requests each;",
            run,
        )


def bomb(folder: Path) -> None:
    """A gzip bomb of 512 MB unpacked."""
    with Loopback({"/a.rst": b"text"}) as server:
        server.always["/bomb.rst"] = loopback.bomb(512 << 20)
        print("gzip bomb of 512 MiB:", Run(folder, [f"{server.url}/bomb.rst", f"{server.url}/a.rst"]))
        print("without it:          ", Run(folder, [f"{server.url}/a.rst"]))


def kill(folder: Path, times: int = 20) -> None:
    """SIGKILL at random moments, then one run to the end: nothing torn, the same bytes."""
    chance = random.Random(20)
    files = {f"/docs/d{n}.rst": os.urandom(10_000).hex().encode() for n in range(100)}
    torn = differing = killed = 0
    with Loopback(files) as server:
        listed = folder / "urls.list"
        listed.write_text("\n".join(server.url + path for path in files))
        command = [sys.executable, "-c", CHILD, str(folder / "cache"), str(folder / "out"), str(listed)]
        began = time.monotonic()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        usual = time.monotonic() - began
        for _ in range(times):
            for name in ("cache", "out"):
                shutil.rmtree(folder / name)
            child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
            time.sleep(usual * chance.uniform(0.35, 1.0))
            child.send_signal(signal.SIGKILL)
            killed += child.wait() != 0
            torn += _wrong(folder / "out", files, partly=True)
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            differing += _wrong(folder / "out", files)
    print(f"{times} SIGKILLs ({killed} before the end): {torn} torn files, {differing} differing at the end")


def _wrong(out: Path, files: dict[str, bytes], *, partly: bool = False) -> int:
    names = {path.removeprefix("/docs/"): data for path, data in files.items()}
    found = {p.name for p in out.iterdir()} if out.exists() else set()
    wrong = sum((out / name).read_bytes() != names[name] for name in found & names.keys())
    return wrong if partly else wrong + len((names.keys() | {"rstdown.lock"}) ^ found)


MEASURES = {"speed": speed, "faults": faults, "bomb": bomb, "kill": kill}

if __name__ == "__main__":
    for name in sys.argv[1:] or MEASURES:
        with tempfile.TemporaryDirectory() as scratch:
            MEASURES[name](Path(scratch))
