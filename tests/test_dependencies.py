"""The dependencies that are declared are those that are documented, and CI's are locked by hash."""

from __future__ import annotations

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
ROWS = dict(
    re.findall(r"^\| `([\w-]+)` \| ([^|]+) \|", (ROOT / "docs/dependencies.md").read_text("utf-8"), re.M)
)
NAME = re.compile(r"[\w-]+")


def names(requirements: list[str]) -> set[str]:
    return {match[0] for each in requirements if (match := NAME.match(each)) and match[0] != "rstdown"}


def test_all_are_documented() -> None:
    extras = [each for extra in PROJECT["optional-dependencies"].values() for each in extra]
    assert names(PROJECT["dependencies"]) | names(extras) == set(ROWS)
    assert len(PROJECT["dependencies"]) <= 8


@pytest.mark.parametrize("name", ROWS)
def test_licences_are_what_packages_say(name: str) -> None:
    try:
        found = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        pytest.skip(f"{name} is not installed")
    classifiers = [each for each in found.get_all("Classifier") or [] if each.startswith("License")]
    said = " ".join([found.get("License-Expression") or "", found.get("License") or "", *classifiers])
    first = re.split(r"[-,; ]", ROWS[name])[0]
    assert first in said


@pytest.mark.parametrize("path", sorted((ROOT / "requirements").glob("*.txt")), ids=lambda path: path.stem)
def test_locks_name_files_by_hash_and_no_index(path: Path) -> None:
    text = path.read_text("utf-8")
    pins = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
    blocks = re.split(r"^(?=\w)", re.sub(r"^#.*\n|^    #.*\n", "", text, flags=re.M), flags=re.M)[1:]
    assert len(pins) == len(blocks) > 20
    assert all(re.match(r"[\w.\[\]-]+==\S+", pin) for pin in pins)
    assert all(re.search(r"--hash=sha256:[0-9a-f]{64}", block) for block in blocks)
    assert "://" not in text
    assert names(PROJECT["dependencies"]) <= {NAME.match(pin)[0] for pin in pins}  # type: ignore[index]
