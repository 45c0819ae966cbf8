"""Every diagnostic code that the source can give is explained, and no explanation is left over."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from rstdown.diagnostics import CODES

SOURCE = Path(__file__).parent.parent / "src" / "rstdown"


def codes_given(tree: ast.AST) -> Iterator[str]:
    """Yield what is given as the code of a diagnostic: ``diagnose("…")``, ``Diagnostic("…")``, a problem."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            # The linker hands codes on in variables; they are the only texts of this form.
            if re.fullmatch(r"xref-[a-z-]+", node.value):
                yield node.value
        elif isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in ("diagnose", "Diagnostic") and node.args:
                yield from constants(node.args[0])


def constants(node: ast.expr) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def found() -> set[str]:
    paths = [path for path in SOURCE.rglob("*.py") if path.name != "diagnostics.py"]
    return {code for path in paths for code in codes_given(ast.parse(path.read_text("utf-8")))}


def test_every_code_is_explained_and_none_is_left_over() -> None:
    assert found() == set(CODES)


def test_codes_are_kebab_case_and_explanations_one_line() -> None:
    for code, text in CODES.items():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", code)
        assert "\n" not in text and text.endswith(".")


def test_the_reference_is_up_to_date() -> None:
    listed = re.findall(
        r"^\| `([a-z-]+)` \|", (SOURCE.parents[1] / "docs/diagnostics.md").read_text("utf-8"), re.M
    )
    assert listed == sorted(CODES)
