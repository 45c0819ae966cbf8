"""The anchors that GitHub and Markdown viewers give to headings."""

from __future__ import annotations

import re

_DROPPED = re.compile(r"[^\w\- ]")


def slug(text: str) -> str:
    """Return GitHub's anchor for a heading that reads *text*, were it the only one."""
    return _DROPPED.sub("", text.strip().lower()).replace(" ", "-")


class Slugs:
    """The anchors of one document's headings, told in their order; the second of a name gets ``-1``."""

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}

    def add(self, text: str) -> str:
        """Return the anchor of the next heading, which reads *text*."""
        name = slug(text)
        times = self._seen.get(name, 0)
        self._seen[name] = times + 1
        return f"{name}-{times}" if times else name
