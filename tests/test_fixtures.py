"""Golden pairs: fixtures/<construct>/<case>.rst → .md [+ .diag] [+ .toml].

Each pair also checks that reading the Markdown back gives the tree that was written, and that writing
it again changes nothing.  `make golden` (``python -m tests.golden``) rewrites the expected files.
"""

from __future__ import annotations

import pytest
from docutils import __version_info__

from rstdown.markdown import read, write
from rstdown.markdown.normal import normalise
from tests.golden import Case, cases, render

REWORDED = "docutils 0.21 words its messages otherwise"
SINCE_22 = {
    "broken/directives": REWORDED,
    "broken/left-out": REWORDED,
    "broken/references": REWORDED,
    "conditional/only": "docutils 0.21 refuses sections that skip a level; their text is kept as RST",
}
"""What is another with docutils before 0.22, and why."""


@pytest.mark.parametrize("case", cases(), ids=str)
def test_fixture(case: Case) -> None:
    rendered = render(case)
    if __version_info__ < (0, 22) and (reason := SINCE_22.get(str(case))):
        pytest.skip(reason)
    assert rendered.markdown == case.expected(".md")
    assert rendered.diagnostics == case.expected(".diag")


@pytest.mark.parametrize("case", [c for c in cases() if c.settings().get("roundtrip", True)], ids=str)
def test_fixture_reads_back(case: Case) -> None:
    rendered = render(case)
    back = read(rendered.markdown)
    assert back == normalise(rendered.tree)
    assert write(back) == rendered.markdown
