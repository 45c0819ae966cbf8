"""Files read without surprises: no pipe blocks, no device fills the memory."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

from .errors import SourceError


def read_regular(path: str | Path, limit: int, hint: str = "") -> bytes:
    """Return the bytes of a regular file of at most *limit* bytes; anything else raises `OSError` at once.

    *hint* says what to do about one that is larger.
    """
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with open(descriptor, "rb") as file:  # noqa: PTH123  (from a descriptor: a pipe must not block)
        state = os.fstat(file.fileno())
        if not stat.S_ISREG(state.st_mode):
            raise OSError("not a regular file")
        # As much as there is, then what has been added meanwhile: room for *limit* bytes is too much.
        too_large = OSError(f"larger than {limit:,} bytes{hint}")
        if state.st_size > limit:
            raise too_large
        data = file.read(state.st_size + 1)
        while len(data) <= limit and (more := file.read(65_536)):
            data += more
    if len(data) > limit:
        raise too_large
    return data


def read_stdin(limit: int) -> bytes:
    """Return all of standard input; raises `SourceError` where it is closed or larger than *limit* bytes."""
    if sys.stdin is None:
        raise SourceError("standard input is closed")
    try:
        stream = getattr(sys.stdin, "buffer", None)  # what stands in for it in a program may have none
        most = min(limit + 1, sys.maxsize)
        data: bytes = stream.read(most) if stream else sys.stdin.read(most).encode()
    except OSError as error:
        raise SourceError(f"standard input: {error.strerror or error}") from None
    if len(data) > limit:
        raise SourceError(f"standard input: larger than {limit:,} bytes")
    return data
