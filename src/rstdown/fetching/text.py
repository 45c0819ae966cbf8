"""From bytes to text: UTF-8, or what a byte-order mark says; anything else is a named error."""

from __future__ import annotations

import codecs
import json
from typing import Any

from ..errors import SourceError

# The longer marks first: UTF-32's begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class NotText(SourceError):  # noqa: N818  (says what the bytes are)
    """The bytes are no text that can be read; the message says why, with the byte offset."""


def decode_json(data: bytes | str) -> Any:
    """Return what JSON says; raises `ValueError`, also for what is nested too deeply."""
    try:
        return json.loads(data)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def decode(data: bytes) -> str:
    r"""Return *data* as text with ``\n`` line ends and no byte-order mark.

    Raises `NotText` for bytes that are not valid in their encoding, and for binary data (more than one
    byte in a thousand is NUL).
    """
    encoding, start = next(
        ((name, len(mark)) for mark, name in _MARKS if data.startswith(mark)), ("utf-8", 0)
    )
    if encoding == "utf-8" and 0 in data and (nuls := data.count(0)) * 1000 > len(data):
        raise NotText(
            f"not a text file: {nuls} of {len(data)} bytes are NUL, the first at byte {data.index(0)}"
        )
    try:
        text = data[start:].decode(encoding)
    except UnicodeDecodeError as error:
        name = encoding.removesuffix("-le").removesuffix("-be").upper()
        raise NotText(f"not {name} at byte {start + error.start}; convert the file to UTF-8") from None
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text
