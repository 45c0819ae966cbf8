"""Names: of documents, of files on disk, of addresses fit to show.

A name is made only from what the user gave (an address, a path), never from what a server says, and only
from letters, digits and a few signs; two names never collide, not even where a file system folds case.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
import unicodedata
from collections.abc import Iterable, Sequence
from urllib.parse import parse_qsl, quote, unquote, urlsplit, urlunsplit

from ..patterns import lazy

DOCS_FOLDERS = frozenset({"doc", "docs", "documentation"})
SOURCE_FOLDERS = frozenset({"source", "src"})
SUFFIXES = (".rst.txt", ".rest.txt", ".txt.txt", ".rst", ".rest", ".txt", ".inc")
MAX_NAME = 120

_EXTRA = frozenset("._-+@=,~() ")
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?$")
_SECRET = lazy(r"(?i)token|secret|passw|signature|^sig$|api_?key|^key$|^auth|credential|^x-amz-")


def digest(text: str, length: int = 8) -> str:
    """Return the first *length* hexadecimal digits of the SHA-256 of *text*."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:length]


def redact(url: str) -> str:
    """Return *url* fit for logs, locks and bundles: without user name, password, secrets in the query."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return printable(re.sub(r"//[^/]*@", "//", url))
    if not parts.scheme or not parts.netloc:
        return printable(url)
    query = parts.query
    if any(_SECRET.search(name) for name, _ in parse_qsl(query, keep_blank_values=True)):
        pairs = parse_qsl(query, keep_blank_values=True)
        query = "&".join(f"{quote(k)}={'***' if _SECRET.search(k) else quote(v)}" for k, v in pairs)
    netloc = parts.netloc.rpartition("@")[2]
    return printable(urlunsplit((parts.scheme, netloc, parts.path, query, "")))


def printable(text: str) -> str:
    """Return *text* with every control, format or surrogate character shown as ``U+XXXX``."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else f"U+{ord(c):04X}" for c in text)


def safe_part(part: str) -> str:
    """Return one component of a path as a name that every common file system can hold.

    Letters, digits, spaces and ``._-+@=,~()`` stay; all else becomes ``-``.  What had to be changed gets
    a hash of the original, so that different originals stay different.
    """
    text = unicodedata.normalize("NFC", part)
    safe = "".join(c if c.isalnum() or c in _EXTRA else "-" for c in text).rstrip(". ").lstrip(" ")
    if safe.startswith("."):
        safe = "_" + safe[1:]
    if _RESERVED.match(safe):
        safe = "_" + safe
    if len(safe.encode()) > MAX_NAME:
        safe = safe.encode()[: MAX_NAME - 9].decode(errors="ignore")
    if safe != text or not safe:
        safe = f"{safe}-{digest(part)}" if safe else f"_{digest(part)}"
    return safe


def safe_path(path: str) -> str:
    """Return *path* (``/`` between components) with each component made safe, empty ones and dots gone."""
    return "/".join(safe_part(part) for part in path.split("/") if part not in ("", ".", ".."))


def strip_suffix(path: str) -> str:
    """Return *path* without the suffix of an RST file."""
    lower = path.lower()
    for suffix in SUFFIXES:
        if lower.endswith(suffix) and posixpath.basename(lower) != suffix:
            return path[: -len(suffix)]
    return path


def common_folder(paths: Sequence[str]) -> list[str]:
    """Return the components of the longest folder that all *paths* lie in."""
    folders = [path.split("/")[:-1] for path in paths]
    common = folders[0] if folders else []
    for folder in folders[1:]:
        same = 0
        while same < min(len(common), len(folder)) and common[same] == folder[same]:
            same += 1
        common = common[:same]
    return common


def docs_root(paths: Sequence[str]) -> str:
    """Return the folder that the documents at *paths* are named below, ending with ``/`` unless empty.

    It is the documentation folder that all of them lie in (``Doc/``, ``docs/source/``, …), else the
    longest folder they share.
    """
    common = common_folder(paths)
    for index, part in enumerate(common):
        if part.lower() in DOCS_FOLDERS:
            below = common[index + 1 : index + 2]
            common = common[: index + 1 + (bool(below) and below[0].lower() in SOURCE_FOLDERS)]
            break
    return "".join(f"{part}/" for part in common)


def docnames(paths: Sequence[str], root: str | None = None) -> list[str]:
    """Return a document name for each of *paths*, below *root* (by default their `docs_root`)."""
    root = docs_root(paths) if root is None else root
    return [safe_path(strip_suffix(path.removeprefix(root))) or "index" for path in paths]


def unique(names: Iterable[tuple[str, str]]) -> list[str]:
    """Return the names of ``(name, origin)`` pairs, each made unique, also when case is folded.

    The first keeps its name; a later one gets a hash of its origin.
    """
    taken: set[str] = set()
    result = []
    for name, origin in names:
        candidate, salt = name, 0
        while (key := unicodedata.normalize("NFC", candidate.casefold())) in taken:
            candidate = f"{name}-{digest(origin if not salt else f'{origin} {salt}')}"
            salt += 1
        taken.add(key)
        result.append(candidate)
    return result


def url_path(url: str) -> str:
    """Return the path of *url*, decoded, with ``/`` only between components; no leading ``/``."""
    parts = urlsplit(url).path.split("/")
    return "/".join(unquote(part).replace("/", "-").replace("\\", "-") for part in parts).lstrip("/")
