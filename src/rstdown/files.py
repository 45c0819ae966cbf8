"""Files read without surprises: no pipe blocks, no device fills the memory."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

from .errors import SourceError


def read_regular(path: Path, limit: int, hint: str = "") -> bytes:
    """Return the bytes of a regular file of at most *limit* bytes; anything else raises `OSError` at once.

    *hint* says what to do about one that is larger.
    """
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with open(descriptor, "rb") as file:  # noqa: PTH123  (from a descriptor: a pipe must not block)
        kind = os.fstat(file.fileno())
        if not stat.S_ISREG(kind.st_mode):
            raise OSError("not a regular file")
        data = file.read(limit + 1)
    if len(data) > limit:
        raise OSError(f"larger than {limit:,} bytes{hint}")
    return data


def read_stdin(limit: int) -> bytes:
    """Return all of standard input; raises `SourceError` where it is closed or larger than *limit* bytes."""
    if sys.stdin is None:
        raise SourceError("standard input is closed")
    try:
        stream = getattr(sys.stdin, "buffer", None)  # what stands in for it in a program may have none
        data: bytes = stream.read(limit + 1) if stream else sys.stdin.read(limit + 1).encode()
    except OSError as error:
        raise SourceError(f"standard input: {error.strerror or error}") from None
    if len(data) > limit:
        raise SourceError(f"standard input: larger than {limit:,} bytes")
    return data
