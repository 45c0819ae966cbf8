"""What a document includes counts for its time limit."""

from __future__ import annotations

from pathlib import Path

from rstdown.model import Document, Project
from rstdown.rst.env import Env
from rstdown.rst.gate import Gate
from rstdown.rst.limits import Budget, Limits, on_extension


def test_a_file_read_through_the_gate_extends_the_budget(tmp_path: Path) -> None:
    (tmp_path / "big.txt").write_bytes(b"x" * 3_000_000)
    document = Document("index", "", path=tmp_path / "index.rst", root=tmp_path)
    env = Env(document, Project(), Gate(document))
    budget = Budget("index", Limits.of_size(0))
    env.gate.on_read = budget.extend
    moved: list[float] = []
    on_extension.append(moved.append)
    before = budget.deadline
    try:
        env.gate.read("big.txt")
    finally:
        on_extension.remove(moved.append)
    assert round(budget.deadline - before, 3) == 3.0
    assert round(budget.limits.seconds, 3) == 13.0
    assert [round(s, 3) for s in moved] == [3.0]
