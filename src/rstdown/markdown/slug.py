"""The anchors that GitHub and Markdown viewers give to headings."""

from __future__ import annotations

import re

_DROPPED = re.compile(r"[^\w\- ]")
# The same for ASCII, which nearly all headings are.
_ASCII_DROPPED = bytes(code for code in range(128) if _DROPPED.match(chr(code)))
_ASCII_ANCHORS = bytes(range(256)).lower().replace(b" ", b"-")


def slug(text: str) -> str:
    """Return GitHub's anchor for a heading that reads *text*, were it the only one."""
    if text.isascii():
        return text.strip().encode().translate(_ASCII_ANCHORS, _ASCII_DROPPED).decode()
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
