"""Files of GitHub repositories: a few one by one, many as one archive, always at an exact commit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote

from ..errors import FetchError
from .archive import ArchiveTree, entries, listing_of
from .matching import MAGIC, RST_SUFFIXES
from .model import GitHubSource, LockEntry
from .naming import docs_root, safe_part, safe_path
from .project import Choice, choose
from .session import Session
from .text import decode_json
from .tree import Listing, is_safe
from .urls import UrlTree

_COMMIT = re.compile(r"[0-9a-f]{40}")
Order = tuple[int, ...]


def resolve(session: Session, owner: str, repo: str, ref: str, *, required: bool = True) -> str:
    """Return the commit that *ref* stands for, from the lock if it is there.

    Where it cannot be found out: raises `FetchError` if *required*, else returns an empty string.
    """
    if _COMMIT.fullmatch(ref):
        return ref
    uri = f"github:{owner}/{repo}@{ref}"
    if not required and session.lock.rows and uri not in session.lock.rows:
        return ""  # locked without knowing the commit: so it stays
    try:
        commit = session.lock.revision(uri) or _ask(session, owner, repo, ref, patient=required)
    except FetchError:
        if required:
            raise
        return ""
    session.record(LockEntry(uri, "", 0, commit))
    return commit


def _ask(session: Session, owner: str, repo: str, ref: str, *, patient: bool) -> str:
    short = re.sub(r"^refs/(heads|tags)/", "", ref)
    url = f"{_api(session)}/repos/{owner}/{repo}/commits/{quote(short, safe='')}"
    got = session.get(
        url, accept="application/vnd.github.sha", limit=1_000_000, record=False, patient=patient
    )
    text = got.path.read_text(encoding="ascii", errors="replace").strip()
    if not _COMMIT.fullmatch(text):
        raise FetchError(got.uri, "GitHub's answer is no commit")
    return text


def listing(order: Order, source: GitHubSource, session: Session) -> Listing:
    """List the documents of a repository.

    GitHub's API tells the commit and the files; where it is out of requests, the archive tells both.
    """
    exclude = (*source.exclude, *session.options.exclude)
    uri = f"github:{source.owner}/{source.repo}@{source.ref}"
    try:
        commit = resolve(session, source.owner, source.repo, source.ref)
    except FetchError as error:
        if error.status not in (403, 429):
            raise
        return _from_archive(order, source, session, source.ref, exclude, uri)
    choice = _literal(source) or _choice(session, source, commit, exclude)
    if choice is None or len(choice.paths) > session.options.raw_limit:
        return _from_archive(order, source, session, commit, exclude, uri)
    if not choice.paths:
        raise FetchError(
            uri, f"no file matches {', '.join(source.globs) or 'its documentation'}; check the pattern"
        )
    tree = UrlTree(session, _raw(session, source, commit), _label(source), commit)
    return Listing(tree, entries(order, choice), choice.home, choice.conf)


def _literal(source: GitHubSource) -> Choice | None:
    """Return the files named one by one, if they are: no listing is needed then."""
    plain = source.globs and all(
        not MAGIC.search(glob) and glob.lower().endswith((*RST_SUFFIXES, ".txt")) and is_safe(glob)
        for glob in source.globs
    )
    return Choice(source.globs, docs_root(source.globs).rstrip("/")) if plain else None


def _choice(session: Session, source: GitHubSource, commit: str, exclude: Sequence[str]) -> Choice | None:
    """Choose among the files that the API lists; nothing if it does not list all of them."""
    url = f"{_api(session)}/repos/{source.owner}/{source.repo}/git/trees/{commit}?recursive=1"
    try:
        got = session.get(url, immutable=True, limit=session.options.max_archive, record=False)
        data = decode_json(got.path.read_bytes())
        names = [
            str(row["path"]) for row in data["tree"] if row["type"] == "blob" and row["mode"] != "120000"
        ]
    except (ValueError, KeyError, TypeError) as error:
        raise FetchError(url, f"GitHub's list of files cannot be read ({error})") from None
    except FetchError as error:
        if error.status not in (403, 429):
            raise
        return None
    if data.get("truncated"):
        return None
    tree = UrlTree(session, _raw(session, source, commit), _label(source), commit)

    def text_of(path: str) -> str:
        try:
            return tree.read(path).path.read_text(encoding="utf-8", errors="replace")
        except (FetchError, OSError):
            return ""

    return choose([name for name in names if is_safe(name)], source.globs, exclude, text_of)


def _from_archive(
    order: Order, source: GitHubSource, session: Session, ref: str, exclude: Sequence[str], uri: str
) -> Listing:
    options = session.options
    url = f"{options.github_archive.rstrip('/')}/{source.owner}/{source.repo}/tar.gz/{quote(ref)}"
    got = session.get(url, immutable=bool(_COMMIT.fullmatch(ref)), limit=options.max_archive)
    tree = ArchiveTree(session, got, _label(source), ref)
    commit = tree.properties.get("comment", "") if not _COMMIT.fullmatch(ref) else ref
    if _COMMIT.fullmatch(commit):
        address = f"{options.github_raw.rstrip('/')}/{source.owner}/{source.repo}/{commit}/"
        tree = ArchiveTree(session, got, _label(source), commit, lambda path: address + quote(path))
        if commit != source.ref:
            session.record(LockEntry(uri, "", 0, commit))
    return listing_of(order, tree, source.globs, exclude, uri)


def _api(session: Session) -> str:
    return session.options.github_api.rstrip("/")


def _raw(session: Session, source: GitHubSource, commit: str) -> str:
    return f"{session.options.github_raw.rstrip('/')}/{source.owner}/{source.repo}/{commit}/"


def _label(source: GitHubSource) -> str:
    return safe_path("/".join(safe_part(part) for part in ("github.com", source.owner, source.repo)))
