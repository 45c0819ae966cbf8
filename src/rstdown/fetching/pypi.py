"""The documentation in a package's source distribution."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urljoin

from ..errors import FetchError
from .archive import ArchiveTree, listing_of
from .model import LockEntry, PypiSource
from .naming import safe_path
from .session import Session
from .text import decode_json
from .tree import Listing


def listing(order: tuple[int, ...], source: PypiSource, session: Session) -> Listing:
    """List the documents of a package; its archive must have the hash that the index states.

    Raises `FetchError`.
    """
    uri = f"pypi:{source.name}"
    version = source.version or session.lock.revision(uri)
    release, index = _release(session, source.name, version)
    version = str(release["info"]["version"])
    if not source.version:
        session.record(LockEntry(uri, "", 0, version))
    url, sha256 = _sdist(release, f"{uri}=={version}")
    try:
        url = urljoin(index, url)  # mirrors give relative addresses
    except ValueError:
        raise FetchError(uri, "the package index gives no valid address") from None
    got = session.get(url, immutable=True, limit=session.options.max_archive)
    if got.sha256 != sha256:
        raise FetchError(got.uri, "its SHA-256 is not the one that the package index states")
    tree = ArchiveTree(session, got, f"pypi/{safe_path(source.name)}", version)
    exclude = (*source.exclude, *session.options.exclude)
    return listing_of(order, tree, source.globs, exclude, f"{uri}=={version}")


def _release(session: Session, name: str, version: str) -> tuple[dict[str, Any], str]:
    path = f"{quote(name)}/{quote(version)}" if version else quote(name)
    url = f"{session.options.pypi.rstrip('/')}/pypi/{path}/json"
    got = session.get(url, record=False)
    try:
        data = decode_json(got.path.read_bytes())
        if isinstance(data["info"]["version"], str) and isinstance(data["urls"], list):
            return dict(data), url
    except (ValueError, KeyError, TypeError):
        pass
    raise FetchError(got.uri, "the package index's answer cannot be read")


def _sdist(release: dict[str, Any], uri: str) -> tuple[str, str]:
    for row in release["urls"]:
        try:
            if row["packagetype"] == "sdist":
                return str(row["url"]), str(row["digests"]["sha256"]).lower()
        except (KeyError, TypeError):
            continue
    raise FetchError(uri, "has no source distribution; try its repository")
