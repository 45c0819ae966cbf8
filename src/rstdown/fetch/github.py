"""Files of GitHub repositories: a few one by one, many as one archive, always at an exact commit."""

from __future__ import annotations

import re
from urllib.parse import quote

from ..errors import FetchError
from .model import LockEntry
from .session import Session

_COMMIT = re.compile(r"[0-9a-f]{40}")


def resolve(session: Session, owner: str, repo: str, ref: str, *, required: bool = True) -> str:
    """Return the commit that *ref* stands for, from the lock if it is there.

    Where it cannot be found out: raises `FetchError` if *required*, else returns an empty string.
    """
    if _COMMIT.fullmatch(ref):
        return ref
    uri = f"github:{owner}/{repo}@{ref}"
    commit = session.lock.revision(uri) or _ask(session, owner, repo, ref, required=required)
    if commit:
        session.record(LockEntry(uri, "", 0, commit))
    return commit


def _ask(session: Session, owner: str, repo: str, ref: str, *, required: bool) -> str:
    short = re.sub(r"^refs/(heads|tags)/", "", ref)
    url = f"{session.options.github_api.rstrip('/')}/repos/{owner}/{repo}/commits/{quote(short)}"
    try:
        got = session.get(
            url, accept="application/vnd.github.sha", limit=1_000_000, record=False, patient=required
        )
        text = got.path.read_text(encoding="ascii", errors="replace").strip()
    except FetchError:
        if required:
            raise
        return ""
    if not _COMMIT.fullmatch(text):
        if required:
            raise FetchError(got.uri, "GitHub's answer is no commit")
        return ""
    return text
