"""Convert broken documents without end: `make fuzz SEED=n COUNT=n`.

    python -m benchmarks.fuzz [SEED] [COUNT] [--start N] [--jobs N] [--texts DIR] [--results FILE]

Half of the inputs are put together from pieces of markup, half are fixtures (or the RST files below DIR) that
were cut, repeated and spoilt.  Each must convert without an exception, in at most 250 ms of processor time
per kilobyte (and a quarter of a second more), lose no word, leak nothing, and give Markdown that is read back
as the tree it was written from and that writing again leaves as it is.

Worker processes take batches; one that hangs or dies is replaced, its input noted.  A failing input is made
as small as can be and printed; its seed and number make it again.  FILE keeps what was done: a run that was
stopped goes on where it was.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path

from rstdown.atomic import write_text

from .fuzz_checks import problem_of
from .fuzz_inputs import HERE, text_of, texts

BATCH = 500
STUCK = 20.0
"""Seconds (wall clock) after which an input hangs."""
MEMORY = 3 * 2**30
SHRINKING = 20.0
"""Seconds of processor time that may go into making one input smaller."""


@dataclass(frozen=True)
class Finding:
    number: int
    problem: str
    text: str


@dataclass
class Batch:
    start: int
    count: int
    seconds: float = 0.0
    revision: str = ""
    findings: list[Finding] = field(default_factory=list)


@dataclass
class Worker:
    """A process at work on a batch, from input *at* on."""

    process: BaseProcess
    connection: Connection
    batch: Batch
    at: int
    since: float


# -- in a worker process ----------------------------------------------------------------


def examine(connection: Connection, seed: int, start: int, end: int, folder: Path) -> None:
    """Send for each input its number, what is wrong with it, and the processor seconds it took."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    bases = texts(folder)
    for number in range(start, end):
        begun = time.process_time()
        text = text_of(seed, number, bases)
        if problem := problem_of(text):
            text = smallest(text)
            problem = problem_of(text)
        connection.send((number, problem, text if problem else "", time.process_time() - begun))


def smallest(text: str) -> str:
    """Take lines, then characters out of *text* as long as the same kind of thing is wrong with it."""
    kind, deadline = problem_of(text).split()[0], time.process_time() + SHRINKING
    for split in (partial(str.splitlines, keepends=True), list):
        parts = split(text)
        size = max(len(parts) // 2, 1)
        while parts:
            at = 0
            while at < len(parts) and time.process_time() < deadline:
                fewer = parts[:at] + parts[at + size :]
                if problem_of("".join(fewer)).startswith(kind):
                    parts = fewer
                else:
                    at += size
            if size == 1:
                break
            size //= 2
        text = "".join(parts)
    return text


# -- in the main process ------------------------------------------------------------------


def run(seed: int, todo: list[Batch], jobs: int, folder: Path) -> Iterator[Batch]:
    """Yield each batch once it is done."""
    waiting, workers = todo[::-1], list[Worker]()
    while waiting or workers:
        while waiting and len(workers) < jobs:
            batch = waiting.pop()
            workers.append(_started(seed, batch, batch.start, folder))
        ready = wait([worker.connection for worker in workers], timeout=1)
        for worker in list(workers):
            if worker.connection in ready:
                problem = _received(worker)
            elif time.monotonic() - worker.since > STUCK:
                problem = f"hangs: not done after {STUCK:.0f} s"
            else:
                continue
            if problem:  # the process is of no more use; go on after the input
                _stop(worker)
                worker.batch.findings.append(
                    Finding(worker.at, problem, text_of(seed, worker.at, texts(folder)))
                )
                worker.at += 1
            if worker.at < worker.batch.start + worker.batch.count:
                if problem:
                    workers[workers.index(worker)] = _started(seed, worker.batch, worker.at, folder)
            else:
                _stop(worker)
                workers.remove(worker)
                yield worker.batch


def _started(seed: int, batch: Batch, at: int, folder: Path) -> Worker:
    context = get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    arguments = (theirs, seed, at, batch.start + batch.count, folder)
    process = context.Process(target=examine, args=arguments, daemon=True)
    process.start()
    theirs.close()
    return Worker(process, ours, batch, at, time.monotonic())


def _received(worker: Worker) -> str:
    """Take what a worker sent; return what is wrong with the worker itself."""
    try:
        number, problem, text, seconds = worker.connection.recv()
    except EOFError:
        worker.process.join()
        return f"dies: exit code {worker.process.exitcode}"
    worker.batch.seconds += seconds
    if problem:
        worker.batch.findings.append(Finding(number, problem, text))
    worker.at, worker.since = number + 1, time.monotonic()
    return ""


def _stop(worker: Worker) -> None:
    worker.process.kill()
    worker.process.join()
    worker.connection.close()


def revision() -> str:
    """Return the commit that is at work, marked if files differ from it."""
    command = ["git", "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"]
    return subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False).stdout.strip()


def known(path: Path | None, seed: int) -> dict[int, Batch]:
    """Return the batches that *path* says are done."""
    if path is None or not path.exists():
        return {}
    found = json.loads(path.read_text("utf-8"))
    if found["seed"] != seed:
        sys.exit(f"{path} is about seed {found['seed']}")
    rows = (Batch(**{**row, "findings": [Finding(**f) for f in row["findings"]]}) for row in found["batches"])
    return {row.start: row for row in rows}


def save(path: Path, seed: int, done: dict[int, Batch]) -> None:
    """Write the results as JSON."""
    batches = [done[start] for start in sorted(done)]
    summary = {
        "seed": seed,
        "inputs": sum(b.count for b in batches),
        "findings": sum(len(b.findings) for b in batches),
        "seconds": round(sum(b.seconds for b in batches), 1),
        "revisions": sorted({b.revision for b in batches}),
        "batches": [asdict(b) for b in batches],
    }
    write_text(path, json.dumps(summary, ensure_ascii=True, indent=1) + "\n")


def main() -> int:
    """Run; the exit code tells whether anything was found."""
    asked = _arguments()
    done = known(asked.results, asked.seed)
    starts = range(asked.start, asked.start + asked.count, BATCH)
    at = revision()
    todo = [
        Batch(start, min(BATCH, asked.start + asked.count - start), revision=at)
        for start in starts
        if start not in done
    ]
    for batch in run(asked.seed, todo, asked.jobs, asked.texts):
        done[batch.start] = batch
        for found in batch.findings:
            print(
                f"--- seed {asked.seed}, number {found.number}: {found.problem}\n--- of ---\n{found.text!r}\n"
            )
        if asked.results:
            save(asked.results, asked.seed, done)
        sys.stdout.flush()
    chosen = [done[start] for start in starts]
    inputs, findings = sum(b.count for b in chosen), sum(len(b.findings) for b in chosen)
    seconds = sum(b.seconds for b in chosen)
    print(f"seed {asked.seed}: {inputs:,} inputs, {findings} failures, {seconds:.0f} s of processor time")
    return min(findings, 1)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("seed", type=int, nargs="?", default=0)
    parser.add_argument("count", type=int, nargs="?", default=20_000)
    parser.add_argument("--start", type=int, default=0, help="number of the first input")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--texts", type=Path, default=HERE / "fixtures", help="folder of RST files to spoil")
    parser.add_argument("--results", type=Path, help="JSON file of results, to go on from")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
