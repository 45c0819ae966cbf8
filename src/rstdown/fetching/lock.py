"""The lock file: which bytes each address stood for, so that a job can be done again exactly.

    version = 1

    [[file]]
    uri = "https://…/queue.rst"
    revision = "…"
    sha256 = "…"
    size = 12345
    fetched-at = "2026-01-31T12:00:00Z"

A row without a hash says which commit or version a moving name (a branch, "latest") stood for.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from .. import atomic
from ..errors import FetchError, UsageError
from ..files import read_regular
from ..options import FetchOptions
from .model import FetchFailure, LockEntry

MAX_BYTES = 100_000_000
"""How large a lock file may be."""
DEFAULT = "rstdown.lock"
_HEADER = "# Written by rstdown fetch; renew with --update.\nversion = 1\n"


class Lock:
    """The rows of a lock file, and how strictly they are to be followed."""

    def __init__(self, path: Path | None, rows: Mapping[str, LockEntry], *, strict: bool = False) -> None:
        self.path = path
        self.name = path.name if path else DEFAULT
        self.rows = rows
        self.strict = strict

    @classmethod
    def open(cls, options: FetchOptions) -> Lock:
        """Read the lock file that *options* name.  Raises `UsageError` if it is needed and cannot be read."""
        if options.locked and options.update:
            raise UsageError("--locked and --update contradict each other")
        name = options.lock or (DEFAULT if options.locked or options.update else "")
        if not name:
            return cls(None, {})
        path = Path(name)
        if options.locked and not path.exists():
            raise UsageError(f"{path}: no such lock file; make it with --lock {path}")
        rows = {} if options.update or not path.exists() else read(path)
        return cls(path, rows, strict=options.locked)

    def sha256(self, uri: str) -> str:
        """Return the hash that *uri* is locked to; empty if it is not."""
        return self.rows[uri].sha256 if uri in self.rows else ""

    def revision(self, uri: str) -> str:
        """Return the revision that *uri* is locked to; empty if it is not."""
        return self.rows[uri].revision if uri in self.rows else ""

    def check_known(self, uri: str) -> None:
        """Raise `FetchError` where only locked files may be used and *uri* is none."""
        if self.strict and uri not in self.rows:
            raise FetchError(uri, f"not in {self.name}; --update adds it")

    def dated(self, entry: LockEntry, now: str) -> LockEntry:
        """Return *entry* with the time at which its bytes were first seen, as far as the lock knows."""
        old = self.rows.get(entry.uri)
        same = old is not None and (old.sha256, old.revision) == (entry.sha256, entry.revision)
        return replace(entry, fetched_at=old.fetched_at if old and same else now)

    def unused(self, used: Iterable[str]) -> list[FetchFailure]:
        """Return a failure for each locked row that the job no longer uses, if that matters."""
        if not self.strict:
            return []
        gone = sorted({uri for uri, row in self.rows.items() if not row.extra} - set(used))
        return [FetchFailure(uri, f"in {self.name}, but no longer used; --update removes it") for uri in gone]

    def save(self, used: Mapping[str, LockEntry], *, complete: bool) -> None:
        """Write the rows used; unless the run was *complete*, all others stay too.  Raises `OutputError`.

        The rows of extra files stay until they are renewed one by one.
        """
        if self.path is None or self.strict:
            return
        old = read(self.path) if self.path.exists() else {}
        rows = {uri: row for uri, row in old.items() if row.extra or not complete} | dict(used)
        text = render(rows.values())
        if not self.path.exists() or self.path.read_text(encoding="utf-8") != text:
            atomic.write_text(self.path, text)


def render(entries: Iterable[LockEntry]) -> str:
    """Return a lock file's text: TOML, sorted by address."""
    parts = [_HEADER]
    for entry in sorted(entries, key=lambda each: each.uri):
        fields = {"uri": entry.uri, "revision": entry.revision, "sha256": entry.sha256}
        lines = [
            f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in fields.items() if value
        ]
        if entry.sha256:
            lines.append(f"size = {entry.size}")
        lines += [f'fetched-at = "{entry.fetched_at}"', *(["extra = true"] if entry.extra else [])]
        parts.append("\n[[file]]\n" + "\n".join(lines) + "\n")
    return "".join(parts)


def read(path: Path) -> dict[str, LockEntry]:
    """Read a lock file.  Raises `UsageError` where it is none."""
    import tomllib  # most runs have no lock file

    try:
        data = tomllib.loads(read_regular(path, MAX_BYTES).decode("utf-8"))
        if data.get("version") != 1:
            raise UsageError(f"{path}: made by another version of rstdown; renew it with --update")
        return {row["uri"]: _entry(row) for row in data.get("file", [])}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UsageError(f"{path}: not a lock file ({error}); renew it with --update") from None


def _entry(row: Mapping[str, object]) -> LockEntry:
    return LockEntry(
        uri=str(row["uri"]),
        sha256=str(row.get("sha256", "")),
        size=int(str(row.get("size", 0))),
        revision=str(row.get("revision", "")),
        fetched_at=str(row.get("fetched-at", "")),
        extra=row.get("extra") is True,
    )
