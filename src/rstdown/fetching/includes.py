"""The files that documents include, and those that they include in turn, from the same tree."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from ..errors import FetchError, SourceError
from ..frozen import dataclass
from ..model import Diagnostic, Severity
from .closure import included, resolve
from .model import FetchFailure
from .session import Session
from .text import decode
from .tree import Fetched, Got, is_safe

_DEEPEST = 8
Each = Callable[[Callable[[Any], Any], Iterable[Any]], list[Any]]


@dataclass(frozen=True, slots=True)
class _Wish:
    """A file that some document asks for."""

    at: int
    path: str
    docname: str
    folder: str
    rst: bool


class Includes:
    """Fetches the closure of includes, level by level, within limits."""

    def __init__(self, session: Session, each: Each) -> None:
        self.diagnostics: list[Diagnostic] = []
        self.count = 0
        self._session = session
        self._each = each
        self._size = 0

    def close_over(self, fetched: Sequence[Fetched]) -> None:
        """Add to each of *fetched* the files that its documents include."""
        remote = [each for each in fetched if each.listing.tree.folder is None]
        seen = {(at, row.entry.path) for at, each in enumerate(remote) for row in each.rows}
        texts = [
            (
                at,
                row.entry.docname,
                posixpath.dirname(row.entry.path),
                posixpath.dirname(row.entry.path),
                row.text,
            )
            for at, each in enumerate(remote)
            for row in each.rows
        ]
        for _ in range(_DEEPEST):
            wishes = {
                (wish.at, wish.path): wish
                for text in texts
                for wish in _wishes(*text, remote[text[0]].listing.srcdir)
                if (wish.at, wish.path) not in seen
            }
            if not wishes:
                return
            seen |= wishes.keys()
            texts = list(self._level(list(wishes.values()), remote))

    def _level(
        self, wishes: list[_Wish], remote: Sequence[Fetched]
    ) -> Iterator[tuple[int, str, str, str, str]]:
        room = self._session.options.max_includes - self.count
        if len(wishes) > max(room, 0):
            limit = self._session.options.max_includes
            self._say(
                wishes[max(room, 0)],
                f"more than {limit} included files; see --max-includes",
                Severity.WARNING,
            )
            wishes = wishes[: max(room, 0)]
        self._session.total += len(wishes)
        for at, each in enumerate(remote):
            each.listing.tree.prepare([wish.path for wish in wishes if wish.at == at])
        answers = self._each(lambda wish: _read(remote[wish.at], wish), wishes)
        for wish, answer in zip(wishes, answers, strict=True):
            if isinstance(answer, FetchFailure):
                absent = answer.status in (404, 410)
                self._say(wish, answer.reason, Severity.INFO if absent else Severity.WARNING)
                continue
            self._size += answer.size
            if self._size > self._session.options.max_archive:
                self._say(wish, "the included files are too large together", Severity.WARNING)
                return
            self.count += 1
            remote[wish.at].extras[wish.path] = answer
            if wish.rst and (text := _text(answer)):
                yield wish.at, wish.docname, wish.folder, posixpath.dirname(wish.path), text

    def _say(self, wish: _Wish, reason: str, severity: Severity) -> None:
        message = f"the included file {wish.path} was not fetched: {reason}"
        self.diagnostics.append(Diagnostic("include-not-fetched", message, severity, wish.docname))


def _wishes(at: int, docname: str, folder: str, own: str, text: str, srcdir: str) -> Iterator[_Wish]:
    """Give the files that *text* asks for.

    docutils counts names from the file that the directive is in, Sphinx from the document: both are tried.
    """
    for name, rst in included(text):
        for start in dict.fromkeys((own, folder)):
            path = resolve(name, start, srcdir)
            if path is not None and is_safe(path):
                yield _Wish(at, path, docname, folder, rst)


def _read(fetched: Fetched, wish: _Wish) -> Got | FetchFailure:
    try:
        return fetched.listing.tree.read(wish.path)
    except FetchError as error:
        return FetchFailure(error.uri, error.reason, error.offline, error.status)


def _text(got: Got) -> str:
    try:
        return decode(got.body())
    except (SourceError, OSError):
        return ""
