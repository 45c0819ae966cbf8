"""Render the golden fixtures; run as ``python -m tests.golden [NAME]`` to rewrite what is expected."""

from __future__ import annotations

import sys
import tomllib
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import Any

from rstdown.markdown.nodes import Root
from rstdown.model import Document, Project
from rstdown.options import ConvertOptions, LinkOptions

FIXTURES = Path(__file__).parent.parent / "fixtures"


@dataclass(frozen=True)
class Case:
    """One pair; files whose names start with ``_`` are helpers (included files), not cases."""

    path: Path

    def __str__(self) -> str:
        return f"{self.path.parent.name}/{self.path.stem}"

    def expected(self, suffix: str) -> str:
        file = self.path.with_suffix(suffix)
        return file.read_text("utf-8") if file.exists() else ""

    def settings(self) -> dict[str, Any]:
        """``.toml``: ``[project]``, ``[convert]``, ``[link]`` options; ``roundtrip``, ``reason``."""
        return tomllib.loads(self.expected(".toml"))


@dataclass(frozen=True)
class Rendered:
    markdown: str
    diagnostics: str
    tree: Root


def cases() -> list[Case]:
    return [Case(p) for p in sorted(FIXTURES.glob("*/*.rst")) if is_case(p)]


def is_case(path: Path) -> bool:
    return not path.name.startswith("_") and not (path.parent / "conf.py").exists()


@cache
def render(case: Case) -> Rendered:
    from rstdown.pipeline import convert_page, link_page

    settings = case.settings()
    document = Document(
        case.path.stem,
        case.path.read_text("utf-8"),
        path=case.path,
        root=case.path.parent,
        srcdir=case.path.parent,
    )
    project = make(Project, settings.get("project", {}))
    options = make(ConvertOptions, settings.get("convert", {}))
    page = convert_page(document, project, options)
    linked = link_page(page, project, make(LinkOptions, settings.get("link", {})))
    from rstdown.markdown import lower, write

    tree = lower(linked.root, options)
    diagnostics = "".join(f"{d}\n" for d in linked.diagnostics if d.severity != "info")
    return Rendered(write(tree), diagnostics, tree)


def make(kind: Any, values: dict[str, Any]) -> Any:
    names = {f.name for f in fields(kind)}
    assert values.keys() <= names, f"unknown settings {values.keys() - names}"
    frozen = {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
    return replace(kind(), **frozen)


def main(only: str = "") -> None:
    for case in cases():
        if only in str(case):
            rendered = render(case)
            for suffix, text in ((".md", rendered.markdown), (".diag", rendered.diagnostics)):
                file = case.path.with_suffix(suffix)
                if text:
                    file.write_text(text, "utf-8")
                else:
                    file.unlink(missing_ok=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
