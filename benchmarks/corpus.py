"""The documents that are measured: the seed pages of CPython's documentation, else our own sample."""

from __future__ import annotations

from pathlib import Path

from rstdown.model import Document

HERE = Path(__file__).resolve().parents[1]
CPYTHON = HERE.parent / "shared" / "corpora" / "cpython-3.13"
SAMPLE = HERE / "fixtures" / "sample"


def seed_paths() -> tuple[Path, list[Path]]:
    """Return a root, and the files below it: CPython's seed pages where they are at hand, else our sample."""
    names = CPYTHON / "seed-pages.txt"
    if not names.is_file():
        return SAMPLE, sorted(SAMPLE.rglob("*.rst"))
    root = CPYTHON / "src"
    found = []
    for name in names.read_text("utf-8").split():
        places = (root / f"{folder}{name}{suffix}" for folder in ("", "Doc/") for suffix in ("", ".rst"))
        found += [place for place in places if place.is_file()][:1]
    return root, found


def all_paths() -> tuple[Path, list[Path]]:
    """Return the root and all pages of CPython's documentation, else of our sample."""
    if not CPYTHON.is_dir():
        return seed_paths()
    root = CPYTHON / "src"
    return root, sorted((root / "Doc").rglob("*.rst"))


def documents(root: Path, paths: list[Path], copies: int = 1) -> list[Document]:
    """Read *paths*; further copies get names of their own."""
    return [
        Document(
            f"{path.relative_to(root).with_suffix('').as_posix()}{copy or ''}", text, path=path, root=root
        )
        for path in paths
        for text in [path.read_text("utf-8")]
        for copy in range(copies)
    ]
