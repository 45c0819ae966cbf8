"""Imports go one way, and starting up stays cheap."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "rstdown"
HEAVY = ("docutils", "httpx2", "pypandoc", "markdown_it", "tiktoken", "sphinx", "myst_parser", "distributed")


def imports(path: Path) -> set[str]:
    """Return the absolute names of all modules that a file imports, lazily or not."""
    package = ("rstdown", *path.relative_to(SOURCE).with_suffix("").parts)[:-1]
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(filter(None, (base, node.module)))
            found |= {module} | {f"{module}.{alias.name}" for alias in node.names}
    return found


def within(names: set[str], *packages: str) -> set[str]:
    return {n for n in names for p in packages if n == p or n.startswith(p + ".")}


FILES = sorted(SOURCE.rglob("*.py"))


@pytest.mark.parametrize("path", [p for p in FILES if "markdown" in p.parts], ids=lambda p: p.name)
def test_markdown_knows_nothing_of_docutils_or_the_rest(path: Path) -> None:
    found = imports(path)
    assert not within(found, "docutils")
    known = ("rstdown.markdown", "rstdown.options", "rstdown.errors", "rstdown.frozen")
    ours = within(found, "rstdown") - within(found, *known)
    assert ours <= {"rstdown"}


@pytest.mark.parametrize("path", [p for p in FILES if "constructs" in p.parts], ids=lambda p: p.name)
def test_constructs_never_escape(path: Path) -> None:
    assert not within(
        imports(path), "rstdown.markdown.escape", "rstdown.markdown.writer", "rstdown.markdown.lower"
    )


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_only_the_parsing_side_imports_docutils(path: Path) -> None:
    if path.relative_to(SOURCE).parts[0] not in {"engines", "rst", "constructs"}:
        assert not within(imports(path), "docutils")


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_nothing_imports_sphinx(path: Path) -> None:
    assert not within(imports(path), "sphinx")


@pytest.mark.parametrize("code", ["import rstdown", "from rstdown.cli import main; main(['--help'])"])
def test_start_up_loads_nothing_heavy(code: str) -> None:
    program = f"import sys, atexit\natexit.register(lambda: print(*sys.modules, file=sys.stderr))\n{code}"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    loaded = {name.split(".")[0] for name in done.stderr.split()}
    assert not loaded & set(HEAVY)


def test_a_plain_page_needs_no_http_client() -> None:
    page = "import rstdown; rstdown.convert('Title\\n=====\\n\\n.. note:: text\\n')"
    program = f"import sys\n{page}\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "docutils" in done.stdout.split()
    assert not {"http.client", "ssl", "multiprocessing", "tomllib"} & set(done.stdout.split())
