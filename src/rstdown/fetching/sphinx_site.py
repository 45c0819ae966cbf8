"""The sources that sites built by Sphinx publish under ``_sources/``.

``objects.inv`` lists the documents (``std:doc``); where it does not, ``searchindex.js`` does.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, urlsplit

from ..errors import FetchError
from .matching import matches
from .model import SphinxSource
from .naming import safe_path
from .session import Session
from .text import decode_json
from .tree import Entry, Got, Listing, is_safe

_ROW = re.compile(rb"^([^ \n]++(?:[ ]++(?!std:doc[ ])[^ \n]++)*)[ ]++std:doc[ ]+-?\d+[ ]+\S*[ ]", re.M)
_NAMES = re.compile(r'"?docnames"?\s*+:\s*+(?=\[)')
_SUFFIXES = (".rst.txt", ".txt", ".rest.txt", ".rst")
_SEARCH_LIMIT = 100_000_000


class SiteTree:
    """The published sources of a site; which suffix they have is found out with the first ones."""

    folder: Path | None = None

    def __init__(
        self, session: Session, root: str, label: str, revision: str, docnames: Sequence[str]
    ) -> None:
        self.label = label
        self.revision = revision
        self._session = session
        self._root = root
        self._docnames = {f"{name}.rst": name for name in docnames}
        self._suffixes = list(_SUFFIXES)

    def prepare(self, paths: Sequence[str]) -> None:
        """Find out the suffix with the first document, so that the others need one request each."""
        if paths and paths[0] in self._docnames:
            try:
                self.read(paths[0])
            except FetchError:
                return

    def read(self, path: str) -> Got:
        """Return one document.  Raises `FetchError`; included files are not published."""
        if path not in self._docnames:
            raise FetchError(self._root + quote(path), "sites publish no included files", status=404)
        first: FetchError | None = None
        stem = f"{self._root}{quote(self._docnames[path])}"
        locked = [suffix for suffix in self._suffixes if self._session.lock.sha256(stem + suffix)]
        for suffix in locked or tuple(self._suffixes):
            try:
                got = self._session.get(stem + suffix)
            except FetchError as error:
                if error.status != 404:
                    raise
                first = first or error
                continue
            if self._suffixes[0] != suffix:
                self._suffixes.sort(key=lambda each: each != suffix)
            return got
        assert first is not None
        raise first


def listing(order: tuple[int, ...], source: SphinxSource, session: Session) -> Listing:
    """List the documents of a site.  Raises `FetchError`."""
    root = source.url if source.url.endswith("/") else source.url.rpartition("/")[0] + "/"
    if source.url.count("/") == 2:
        root = source.url + "/"
    docnames, version = _inventory(session, root)
    docnames = docnames or _search_index(session, root)
    exclude = (*source.exclude, *session.options.exclude)
    chosen = [
        name
        for name in sorted(set(docnames), key=lambda name: (name != "index", name))
        if is_safe(name)
        and (not source.globs or any(matches(name, glob.removesuffix(".rst")) for glob in source.globs))
        and not any(matches(name, each) or matches(f"{name}.rst", each) for each in exclude)
    ]
    if not chosen:
        raise FetchError(root, "lists no documents that match" if source.globs else "lists no documents")
    parts = urlsplit(root)
    label = safe_path(f"{parts.netloc.rpartition('@')[2].replace(':', '-')}/{parts.path}")
    tree = SiteTree(session, f"{root}_sources/", label, version, chosen)
    entries = tuple(Entry((*order, at), f"{name}.rst", name) for at, name in enumerate(chosen))
    return Listing(tree, entries)


def _inventory(session: Session, root: str) -> tuple[list[str], str]:
    """Return the documents in ``objects.inv`` (version 2) and the project's version."""
    got = session.get(f"{root}objects.inv")
    head, *rest = got.path.read_bytes().split(b"\n", 4)
    if not head.startswith(b"# Sphinx inventory version 2") or len(rest) < 4:
        raise FetchError(got.uri, "no inventory of Sphinx; check the address")
    limit = session.options.max_size
    try:
        body = zlib.decompressobj().decompress(rest[3], limit + 1)
    except zlib.error:
        raise FetchError(got.uri, "a damaged inventory") from None
    if len(body) > limit:
        raise FetchError(got.uri, f"larger than {limit:,} bytes unpacked; see --max-size")
    version = rest[1].decode("utf-8", "replace").partition(":")[2].strip()
    return [name.decode("utf-8", "replace") for name in _ROW.findall(body)], version


def _search_index(session: Session, root: str) -> list[str]:
    """Return the documents in ``searchindex.js``."""
    got = session.get(f"{root}searchindex.js", limit=_SEARCH_LIMIT)
    text = got.path.read_text(encoding="utf-8", errors="replace")
    if match := _NAMES.search(text):
        value = text[match.end() : text.find("]", match.end()) + 1]
        with suppress(ValueError):
            return [name for name in decode_json(value) if isinstance(name, str)]
    raise FetchError(got.uri, "its list of documents cannot be read")
