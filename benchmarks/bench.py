"""Measure rstdown's speed as ratios, in one run: `make bench`.

    python benchmarks/bench.py [--runs 5] [--json build/bench.json] [--all-pages] [--sphinx PYTHON]

All figures are processor seconds (user and system) unless they say otherwise; ratios are medians of paired
runs, each pair one after the other, so that a busy machine does both the same harm.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import docutils

import rstdown
from benchmarks import stock
from benchmarks.corpus import all_paths, documents, seed_paths
from rstdown.constructs import TRANSFORMS
from rstdown.constructs.vocabulary import vocabulary_of
from rstdown.model import Document, Project
from rstdown.options import RunOptions
from rstdown.rst import parser
from rstdown.rst.env import Env
from rstdown.rst.gate import Gate
from rstdown.rst.limits import conversion

PROJECT = Project()
ALONE = rstdown.Settings(run=RunOptions(jobs=1, cache=False))


def parse_all(parse: Callable[..., Any], found: list[Document]) -> None:
    """Parse and transform, and nothing else."""
    vocabulary = vocabulary_of(PROJECT)
    for document in found:
        tree = parse(Env(document, PROJECT, Gate(document)), vocabulary, TRANSFORMS)
        if parse is parser.parse:
            parser.discard(tree)


def parse_as_we_do(found: list[Document]) -> None:
    """Parse as a conversion does: without the garbage collector."""
    with conversion("bench"):
        parse_all(parser.parse, found)


def pipeline(root: Path, paths: list[Path]) -> None:
    """Do all that rstdown does, from local files to a bundle."""
    run = rstdown.bundle([str(path) for path in paths], root=root, settings=ALONE, project=PROJECT)
    assert len(run.bundle.documents) == len(paths)


def cpu(work: Callable[[], object]) -> float:
    """Return the processor seconds that *work* takes in this process."""
    gc.collect()
    begun = time.process_time()
    work()
    return time.process_time() - begun


def cpu_of(*command: str | Path, **options: Any) -> tuple[float, float]:
    """Return the processor seconds and the seconds by the clock that a command takes."""
    before, clock = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return used, time.perf_counter() - clock


class Report:
    """Rows of a table, and the same as data."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []

    def pair(self, name: str, ours: list[float], theirs: list[float], goal: str = "") -> None:
        """Enter paired runs: medians of both, and the median of the ratios."""
        ratio = statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
        self.enter(name, statistics.median(ours), statistics.median(theirs), ratio, goal)

    def enter(
        self, name: str, ours: float, theirs: float | None = None, ratio: float | None = None, goal: str = ""
    ) -> None:
        row = {"name": name, "rstdown": ours, "other": theirs, "ratio": ratio, "goal": goal}
        self.rows.append(row)
        other = "" if theirs is None else f"{theirs:9.3f}"
        print(
            f"{name:58} {ours:9.3f} {other:9} {'' if ratio is None else f'{ratio:7.3f}':7} {goal}", flush=True
        )

    def head(self) -> None:
        print(f"{'':58} {'rstdown':>9} {'other':>9} {'ratio':>7} goal")


def against_docutils(report: Report, runs: int) -> None:
    root, paths = seed_paths()
    found = documents(root, paths)
    for parse in (parser.parse, stock.parse):
        parse_all(parse, found[:2])
    pipeline(root, paths[:2])
    slow, fast, whole = [], [], []
    for _ in range(runs):
        slow.append(cpu(lambda: parse_all(stock.parse, found)))
        fast.append(cpu(lambda: parse_as_we_do(found)))
        whole.append(cpu(lambda: pipeline(root, paths)))
    report.pair("parse / stock docutils' parse, seed pages", fast, slow, "<= 0.5")
    report.pair("files to bundle / stock docutils' parse, seed pages", whole, slow, "<= 1.0")


def against_pandoc(report: Report, runs: int) -> None:
    try:
        import pypandoc

        pandoc = pypandoc.get_pandoc_path()
    except (ImportError, OSError):
        return
    root, paths = seed_paths()
    pipeline(root, paths[:2])
    inside, ours, theirs = [], [], []
    for _ in range(max(1, runs // 2)):
        inside.append(cpu(lambda: pipeline(root, paths)))
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder) / "bundle.md"
            command = [sys.executable, "-m", "rstdown", "bundle", *paths, "--root", root, "-o", target]
            ours.append(cpu_of(*command, "--jobs", "1", "--no-cache", "-q")[0])
        theirs.append(
            sum(
                cpu_of(pandoc, "--sandbox", "-f", "rst", "-t", "gfm", path, "-o", os.devnull)[0]
                for path in paths
            )
        )
    report.pair("files to bundle / pandoc on each file, seed pages", inside, theirs, "<= 0.125")
    report.pair("bundle command / pandoc on each file, seed pages", ours, theirs, "<= 0.125")


def against_sphinx(report: Report, python: str) -> None:
    """Compare with Sphinx's text builder, run by *python* on a copy (it writes beside its sources).

    That takes minutes, in which a machine's speed changes: ours is the median of runs before and after it.
    """
    root, paths = all_paths()
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(root, f"{folder}/src")
        sphinx = [python, "-m", "sphinx", "-Q", "-b", "text", "-D", "root_doc=contents"]
        rstdown_ = [sys.executable, "-m", "rstdown", "convert", *paths, "--root", root, "--no-cache", "-q"]
        before = [cpu_of(*rstdown_, "--jobs", "1", "-o", f"{folder}/md")[0] for _ in range(3)]
        theirs, _ = cpu_of(*sphinx, f"{folder}/src/Doc", f"{folder}/out")
        after = [cpu_of(*rstdown_, "--jobs", "1", "-o", f"{folder}/md")[0] for _ in range(3)]
        ours = statistics.median([*before, *after])
    report.enter("convert / Sphinx's text builder, all pages", ours, theirs, ours / theirs, "<= 0.067")


def growth(report: Report, runs: int) -> None:
    root, paths = seed_paths()
    project, base = Project(), 0.0
    for copies in (1, 2, 4, 8):
        found = documents(root, paths, copies)
        times = [
            cpu(lambda found=found: rstdown.convert_documents(found, project, ALONE))  # type: ignore[misc]
            for _ in range(max(1, runs // 2))
        ]
        used = statistics.median(times)
        base = base or used
        report.enter(
            f"seed pages x {copies}, converted and linked", used, base, used / base, f"<= {1.1 * copies:g}"
        )


def commands(report: Report, runs: int) -> None:
    rstdown_ = [sys.executable, "-m", "rstdown"]
    root, paths = seed_paths()
    with tempfile.TemporaryDirectory() as folder:
        small = Path(folder) / "small.rst"
        small.write_text("Title\n=====\n\nText with *markup* and a :func:`role`.\n")
        for name, command, goal in (
            ("rstdown --version", ["--version"], 0.15),
            ("rstdown --help", ["--help"], 0.15),
            ("rstdown convert small.rst", ["convert", str(small), "--no-cache"], 0.35),
        ):
            times = [cpu_of(*rstdown_, *command)[0] for _ in range(runs)]
            report.enter(name, statistics.median(times), goal=f"<= {goal}")
        env = {**os.environ, "RSTDOWN_CACHE_DIR": f"{folder}/cache"}
        copies = copied(root, paths, Path(folder) / "docs")
        command = [*rstdown_, "bundle", *copies, "--root", f"{folder}/docs", "-o", f"{folder}/b.md", "-q"]
        cpu_of(*command, env=env)
        again = [cpu_of(*command, env=env)[0] for _ in range(runs)]
        report.enter("bundle command, nothing changed, seed pages", statistics.median(again), goal="<= 0.6")
        changed = []
        for n in range(runs):
            copies[0].write_text(copies[0].read_text("utf-8") + f"\n\nMore {n}.\n", "utf-8")
            changed.append(cpu_of(*command, env=env)[0])
        report.enter(
            "bundle command, one file changed, seed pages", statistics.median(changed), goal="<= 1.2"
        )


def copied(root: Path, paths: list[Path], target: Path) -> list[Path]:
    found = []
    for path in paths:
        copy = target / path.relative_to(root)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
        found.append(copy)
    return found


def all_pages(report: Report) -> None:
    root, paths = all_paths()
    rstdown_ = [sys.executable, "-m", "rstdown", "convert", *paths, "--root", root, "--no-cache", "-q"]
    figures = {}
    with tempfile.TemporaryDirectory() as folder:
        for jobs in (1, 2):
            figures[jobs] = cpu_of(*rstdown_, "-o", folder, "--jobs", str(jobs))
    size = sum(path.stat().st_size for path in paths) / 1e6
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    report.enter(f"all {len(paths)} pages, {size:.1f} MB, converted", figures[1][0])
    ratio = figures[2][1] / figures[1][1]
    report.enter("  with 2 jobs / with 1 (by the clock)", figures[2][1], figures[1][1], ratio, "<= 0.59")
    report.enter("  peak memory of the largest process, MB", peak, goal="<= 250")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--runs", type=int, default=5)
    options.add_argument("--json", type=Path, default=Path("build/bench.json"))
    options.add_argument(
        "--sphinx", metavar="PYTHON", help="also the text builder of the Sphinx that PYTHON has (minutes)"
    )
    options.add_argument("--all-pages", action="store_true", help="also all of CPython's (a minute)")
    given = options.parse_args()
    about = (
        f"Python {platform.python_version()}, docutils {docutils.__version__}, {os.cpu_count()} processors"
    )
    print(about)
    report = Report()
    report.head()
    against_docutils(report, given.runs)
    against_pandoc(report, given.runs)
    growth(report, given.runs)
    commands(report, given.runs)
    if given.all_pages:
        all_pages(report)
    if given.sphinx:
        against_sphinx(report, given.sphinx)
    given.json.parent.mkdir(parents=True, exist_ok=True)
    given.json.write_text(
        json.dumps({"about": about, "runs": given.runs, "rows": report.rows}, indent=2) + "\n"
    )


if __name__ == "__main__":
    main()
