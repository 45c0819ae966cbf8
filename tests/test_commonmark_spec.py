"""The examples of the CommonMark specification run reader → writer → reader."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from rstdown.markdown import read, write

SPEC = Path(__file__).parent.parent.parent / "shared" / "spec" / "commonmark-0.31.json"
if not SPEC.exists():
    pytest.skip("the CommonMark examples are not beside this checkout", allow_module_level=True)
EXAMPLES = json.loads(SPEC.read_text(encoding="utf-8"))

# Where the HTML differs though the meaning does not, with the reason.
_NESTED = "emphasis of nothing but the same emphasis is written once"
_EMPTY = "a link that shows nothing shows its address"
_TRIMMED = "parsers trim hard spaces off the ends of a paragraph"
_SCHEME = "only links that lead to the web or to mail are links"
EXCEPTIONS = {
    **dict.fromkeys((596, 598, 599, 601), _SCHEME),
    **dict.fromkeys((25, 40), _TRIMMED),
    **dict.fromkeys((417, 461, 463, 464, 465, 466, 468), _NESTED),
    **dict.fromkeys((484, 487), _EMPTY),
}


def html(markdown: str) -> str:
    """Render as markdown-it does, white space between words and tags of no consequence aside."""
    rendered = MarkdownIt("commonmark").render(markdown)
    parts = re.split(r"(<pre><code.*?</pre>)", rendered, flags=re.DOTALL)
    return "".join(
        part if part.startswith("<pre><code") else " ".join(part.split()) for part in parts
    ).strip()


@pytest.mark.parametrize("number", range(1, len(EXAMPLES) + 1))
def test_example(number: int) -> None:
    markdown = EXAMPLES[number - 1]["markdown"]
    tree = read(markdown)
    written = write(tree)
    assert read(written) == tree
    assert write(read(written)) == written
    if number not in EXCEPTIONS:
        assert html(written) == html(markdown)


def test_exceptions_are_needed() -> None:
    for number in EXCEPTIONS:
        markdown = EXAMPLES[number - 1]["markdown"]
        assert html(write(read(markdown))) != html(markdown), number
