"""When to try again: what servers ask for, and one gate per host that all downloads pass."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

PASSING = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529})
"""HTTP statuses that may be gone on the next try."""


class Interrupted(BaseException):
    """The run was told to stop; not an error of the download under way."""


def asked_wait(status: int, headers: Mapping[str, str]) -> float | None:
    """Return how many seconds an answer asks to wait, if it does.

    ``Retry-After`` (RFC 9110, 10.2.3: seconds or a date) comes first, then GitHub's ``X-RateLimit-Reset``
    (seconds since 1970) where no requests remain.
    """
    after = headers.get("retry-after", "").strip()
    if after.isascii() and after.replace(".", "", 1).isdigit():
        return float(after)
    if after and (moment := _date(after)) is not None:
        return max(0.0, moment - _server_time(headers))
    reset = headers.get("x-ratelimit-reset", "").strip()
    if status in (403, 429) and reset.isdigit() and headers.get("x-ratelimit-remaining", "0").strip() == "0":
        return max(0.0, float(reset) - _server_time(headers))
    return None


def _date(text: str) -> float | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _server_time(headers: Mapping[str, str]) -> float:
    """Return the time by the server's clock; ours, which is finer, where the two agree."""
    now = time.time()
    theirs = _date(headers.get("date", ""))
    return now if theirs is None or abs(theirs - now) < 2 else theirs


def growing_wait(attempt: int, first: float) -> float:
    """Return how long to wait after the *attempt*-th try: doubling, plus up to half of it by chance."""
    return first * 2.0 ** (attempt - 1) * random.uniform(1.0, 1.5)


def clock(seconds: float) -> str:
    """Return the time of day *seconds* from now, for people."""
    if seconds > 3e9:  # nobody waits for a century
        return "an impossible date"
    return datetime.fromtimestamp(time.time() + seconds).astimezone().strftime("%Y-%m-%d %H:%M:%S %Z")


class Gate:
    """What all downloads from one host share: so many at a time, a pause that it asked for, its end."""

    def __init__(self, slots: int, stop: threading.Event) -> None:
        self._slots = threading.BoundedSemaphore(slots)
        self._stop = stop
        self._until = 0.0
        self.reached = False
        self.closed = ""
        self.closed_offline = False

    def pause(self, seconds: float) -> None:
        """Let no download begin for so long."""
        self._until = max(self._until, time.monotonic() + seconds)

    def close(self, reason: str, *, offline: bool = False) -> None:
        """Let no download begin any more in this run."""
        self.closed_offline = offline
        self.closed = reason

    @contextmanager
    def slot(self, waiting: Callable[[float], None]) -> Iterator[None]:
        """Hold a slot, once there is one and no pause is on."""
        while True:
            self._wait(waiting)
            self._slots.acquire()
            if time.monotonic() >= self._until or self.closed:
                break
            self._slots.release()
        try:
            yield
        finally:
            self._slots.release()

    def _wait(self, waiting: Callable[[float], None]) -> None:
        while (left := self._until - time.monotonic()) > 0 and not self.closed:
            if left > 1:
                waiting(left)
            self.sleep(left + random.uniform(0.01, 0.2))
        if self._stop.is_set():
            raise Interrupted

    def sleep(self, seconds: float) -> None:
        """Sleep, unless the run is told to stop."""
        if self._stop.wait(seconds):
            raise Interrupted
