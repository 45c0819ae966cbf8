"""Raw files by their addresses, on GitHub's raw host, on other forges, or anywhere."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote, urljoin, urlsplit

from ..errors import FetchError, UsageError
from ..frozen import dataclass
from ..patterns import lazy
from .model import FetchFailure, UrlSource
from .naming import DOCS_FOLDERS, digest, docnames, docs_root, redact, safe_part, safe_path, url_path
from .session import Session
from .tree import Entry, Got, Listing, Plan

# Path of a raw file on a forge → the repository at a revision, and the path in it.
_FORGES = tuple(
    lazy(expression)
    for expression in (
        r"(?P<root>/.+?/-/raw/(?:refs/(?:heads|tags)/)?[^/]+/)(?P<path>.+)",  # GitLab
        r"(?P<root>/[^/]+/[^/]+/raw/(?:branch|tag|commit)/[^/]+/)(?P<path>.+)",  # Gitea, Forgejo
        r"(?P<root>/~[^/]+/[^/]+/blob/[^/]+/)(?P<path>.+)",  # sourcehut
        r"(?P<root>/.+?/plain/)(?P<path>.+)",  # cgit
        r"(?P<root>/[^/]+/[^/]+/raw/[^/]+/)(?P<path>.+)",  # Bitbucket
    )
)
_GITHUB_RAW = lazy(
    r"/(?P<owner>[^/]+)/(?P<repo>[^/]+)/(?P<ref>refs/(?:heads|tags)/[^/]+|(?!refs/)[^/]+)/(?P<path>.+)"
)
_COMMIT = lazy(r"[0-9a-f]{40}")
_KEPT = "/%:@!$&'()*+,;=~?"


class UrlTree:
    """Files below an address; *revision* is the commit that the address names, if it names one."""

    folder: Path | None = None

    def __init__(self, session: Session, root: str, label: str, revision: str = "", asked: str = "") -> None:
        self.root = root
        self.asked_root = asked or root
        self.label = label
        self.revision = revision
        self.asked: dict[str, str] = {}
        self._urls: dict[str, str] = {}
        self._session = session

    def add(self, path: str, url: str, asked: str = "") -> str:
        """Give the file at *url* a place in the tree and return it; two addresses never share one."""
        place = path
        if self._urls.get(place, url) != url:
            stem, suffix = posixpath.splitext(path)
            place = f"{stem}-{digest(url)}{suffix}"
        self._urls[place] = url
        self.asked[place] = asked or url
        return place

    def place(self, url: str) -> str:
        """Return the path that *url* has in this tree; empty if it lies elsewhere."""
        path = (
            safe_path(url_path("/" + url[len(self.asked_root) :])) if url.startswith(self.asked_root) else ""
        )
        return self.add(path, self.root + url[len(self.asked_root) :], url) if path else ""

    def prepare(self, paths: Sequence[str]) -> None:
        """Do nothing: files come one by one."""

    def read(self, path: str) -> Got:
        """Return one file, by the address it was added with or the one that its path gives."""
        url = self._urls.get(path) or self.root + quote(path)
        try:
            return self._session.get(url, immutable=bool(_COMMIT.fullmatch(self.revision)))
        except FetchError as error:
            asked = redact(self.asked.get(path, error.uri))
            raise FetchError(asked, error.reason, offline=error.offline, status=error.status) from None


@dataclass(frozen=True, slots=True)
class Place:
    """An address taken apart: the repository's root (ends with ``/``), and the path below it, decoded."""

    root: str
    path: str
    owner: str = ""
    repo: str = ""
    ref: str = ""


def locate(url: str, github_raw: str) -> Place:
    """Find the repository that *url* lies in; if that cannot be told, its documentation folder or host."""
    parts = urlsplit(url)
    host = f"{parts.scheme}://{parts.netloc}"
    if host == github_raw.rstrip("/") and (match := _GITHUB_RAW.fullmatch(parts.path)):
        root = f"{host}/{match['owner']}/{match['repo']}/{match['ref']}/"
        return Place(root, url_path(match["path"]), match["owner"], match["repo"], match["ref"])
    for forge in _FORGES:
        if match := forge.fullmatch(parts.path):
            return Place(host + match["root"], url_path(match["path"]))
    folders = parts.path.split("/")[1:-1]
    at = next((i for i, part in enumerate(folders) if part.lower() in DOCS_FOLDERS), -1)
    root = "/" + "".join(f"{part}/" for part in folders[: at + 1])
    return Place(host + root, url_path(parts.path[len(root) :]))


def absolute(url: str, base: str) -> str:
    """Return *url* as an absolute address, counted from the folder *base*.

    Raises `UsageError` where it is relative and there is no base.
    """
    if "://" in url:
        return url.replace("/-/blob/", "/-/raw/", 1)
    if not base:
        raise UsageError(f"{url}: no address to count it from; give --base, or a base in the job file")
    if not base.startswith(("http://", "https://")):
        raise UsageError(f"{base}: the base must be an http or https address")
    return urljoin(base if base.endswith("/") else base + "/", quote(url, safe=_KEPT))


def plan(sources: Sequence[tuple[tuple[int, ...], UrlSource]], session: Session) -> Plan:
    """Group addresses into trees and name their documents."""
    result = Plan()
    options = session.options
    trees: dict[str, UrlTree] = {}
    members: dict[str, list[tuple[tuple[int, ...], UrlSource, str]]] = defaultdict(list)
    for order, source in sources:
        url = absolute(source.url, options.base or source.base)
        try:
            place = _place(url, source, options.github_raw)
        except ValueError:
            failure = FetchFailure(redact(url), "no valid address; check its spelling")
            result.failures.append((order, failure))
            continue
        if place.root not in trees:
            trees[place.root] = _tree(place, session)
        tree = trees[place.root]
        actual = url if tree.root == place.root else tree.root + url[len(place.root) :]
        path = safe_path(place.path) or "index"
        members[place.root].append((order, source, tree.add(path, actual, url)))
    result.listings.extend([_listing(trees[root], rows, session) for root, rows in members.items()])
    return result


def _place(url: str, source: UrlSource, github_raw: str) -> Place:
    """Locate *url*; where it is a mirror of what the job names, the mirror's root is where the paths part."""
    place = locate(url, github_raw)
    if not source.base or "://" in source.url or place.owner:
        return place
    theirs = locate(absolute(source.url, source.base), github_raw).path.split("/")
    parts = urlsplit(url)
    ours = parts.path.split("/")[1:]
    same = next(
        (n for n, (a, b) in enumerate(zip(reversed(ours), reversed(theirs), strict=False)) if a != b), None
    )
    same = min(len(ours), len(theirs)) if same is None else same
    if same < 2:
        return place
    root = "/" + "".join(f"{part}/" for part in ours[: len(ours) - same])
    return Place(f"{parts.scheme}://{parts.netloc}{root}", url_path(parts.path[len(root) :]))


def _listing(
    tree: UrlTree, rows: Sequence[tuple[tuple[int, ...], UrlSource, str]], session: Session
) -> Listing:
    names = _names([source for _, source, _ in rows], [path for *_, path in rows], session.options.github_raw)
    entries = tuple(
        Entry(order, path, name, fixed=bool(source.docname))
        for (order, source, path), name in zip(rows, names, strict=True)
    )
    return Listing(tree, entries, _srcdir(entries))


def _names(sources: Sequence[UrlSource], paths: Sequence[str], github_raw: str) -> list[str]:
    """Name documents after where the job says they are, not after the mirror that they come from."""
    canonical = [
        safe_path(locate(absolute(s.url, s.base), github_raw).path) if s.base else path
        for s, path in zip(sources, paths, strict=True)
    ]
    named = docnames([_with_docs(s, path, github_raw) for s, path in zip(sources, canonical, strict=True)])
    return [safe_path(s.docname) or name for s, name in zip(sources, named, strict=True)]


def _with_docs(source: UrlSource, path: str, github_raw: str) -> str:
    """Put a documentation folder that ends the tree's root back before the path, for naming."""
    if "://" not in source.url and not source.base:
        return path
    root = locate(absolute(source.url, source.base), github_raw).root.rstrip("/").rpartition("/")[2]
    return f"{root}/{path}" if root.lower() in DOCS_FOLDERS else path


def _srcdir(entries: Sequence[Entry]) -> str:
    """Return the folder that document names count from, where all agree; else the documentation folder."""
    heads = set()
    for entry in entries:
        stem = posixpath.splitext(entry.path)[0]
        heads.add(stem.removesuffix(entry.docname) if stem.endswith(entry.docname) else None)
    head = heads.pop() if len(heads) == 1 else None
    if head is None or (head and not head.endswith("/")):
        head = docs_root([entry.path for entry in entries])
    return head.rstrip("/")


def _tree(place: Place, session: Session) -> UrlTree:
    if place.owner:
        from .github import resolve

        label = "/".join(safe_part(part) for part in ("github.com", place.owner, place.repo))
        commit = resolve(session, place.owner, place.repo, place.ref, required=False)
        root = f"{session.options.github_raw.rstrip('/')}/{place.owner}/{place.repo}/{commit}/"
        return UrlTree(session, root if commit else place.root, label, commit, place.root)
    return UrlTree(session, place.root, safe_path(place.root.partition("://")[2].replace(":", "-")))
