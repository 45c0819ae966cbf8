"""Anchors of headings, as GitHub makes them."""

from __future__ import annotations

import pytest

from rstdown.markdown.slug import Slugs, slug


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello World", "hello-world"),
        ("class asyncio.Queue(maxsize=0)", "class-asyncioqueuemaxsize0"),
        ("What's new?", "whats-new"),
        ("a_b - c", "a_b---c"),
        ("Ünïcode Überschrift", "ünïcode-überschrift"),
        ("  spaces  ", "spaces"),
    ],
)
def test_slug(text: str, expected: str) -> None:
    assert slug(text) == expected


def test_the_second_of_a_name_gets_a_number() -> None:
    slugs = Slugs()
    assert [slugs.add(name) for name in ("A", "a", "b", "A")] == ["a", "a-1", "b", "a-2"]
