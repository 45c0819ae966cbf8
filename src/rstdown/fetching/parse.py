"""Sources from what people type or paste."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

from ..errors import UsageError
from ..files import read_stdin
from ..options import FetchOptions
from ..patterns import lazy
from .model import ArchiveSource, GitHubSource, LocalSource, PypiSource, Source, SphinxSource, UrlSource
from .paths import exists

ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):")
_GITHUB = lazy(r"([\w.-]+)/([\w.-]+?)(?:\.git)?(?:@([^:\s]+))?(?::(.+))?")
_PYPI = lazy(r"([A-Za-z0-9][\w.-]*)(?:==([\w.!+-]+))?")
_LIST_LIMIT = 10_000_000
_LIST_LINE = lazy(r"\S+")


def parse_sources(items: Iterable[Source | str], options: FetchOptions) -> list[Source]:
    """Return the sources that *items* name; list files (``@FILE``, ``-``, ``.list``, ``.txt``) are read.

    Raises `UsageError` for what makes no sense.
    """
    found: list[Source] = []
    for item in items:
        if not isinstance(item, str):
            found.append(item)
        elif (lines := _list(item.strip())) is not None:
            found += [parse_source(line, options) for line in lines]
        else:
            found.append(parse_source(item.strip(), options))
    return found


def list_lines(text: str) -> list[str]:
    """Return the entries of a list: one a line, without blank lines and ``#`` comments."""
    lines = (re.sub(r"(^|\s)#.*", "", line).strip() for line in text.lstrip("\ufeff").splitlines())
    return [line for line in lines if line]


def _list(item: str) -> list[str] | None:
    if item == "-":
        try:
            return list_lines(read_stdin(_LIST_LIMIT).decode("utf-8"))
        except UnicodeDecodeError:
            raise UsageError("standard input: not UTF-8 text, so no list of sources") from None
    if item.startswith("@"):
        return _beside(Path(item[1:]), list_lines(_read(Path(item[1:]))))
    path = Path(item)
    if path.suffix not in (".list", ".txt") or "://" in item or not exists(path):
        return None
    lines = list_lines(_read(path))
    return _beside(path, lines) if path.suffix == ".list" or _is_list(lines, path.parent) else None


def _is_list(lines: Sequence[str], folder: Path) -> bool:
    """Tell a list in a ``.txt`` file from a document in one: every line names something."""
    return bool(lines) and all(
        _LIST_LINE.fullmatch(line)
        and (
            _SCHEME.match(line)
            or line.endswith((".rst", ".rest", ".txt", *ARCHIVES))
            or exists(folder / line)
        )
        for line in lines
    )


def _beside(path: Path, lines: list[str]) -> list[str]:
    """Let the local paths of a list count from the list's folder."""
    return [
        (path.parent / line).as_posix() if not _SCHEME.match(line) and exists(path.parent / line) else line
        for line in lines
    ]


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:  # may be a pipe, so there is no size to look at first
            data = file.read(_LIST_LIMIT + 1)
        if len(data) > _LIST_LIMIT:
            raise UsageError(f"{path}: larger than {_LIST_LIMIT:,} bytes, which no list of sources is")
        return data.decode("utf-8")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise UsageError(f"{path}: cannot read this list of sources: {reason}") from None


def parse_source(text: str, options: FetchOptions) -> Source:
    """Return the source that one string names.  Raises `UsageError`."""
    if not text:
        raise UsageError("an empty source; give an address, a path or github:OWNER/REPO@REF:GLOB")
    scheme = match[1].lower() if (match := _SCHEME.match(text)) else ""
    rest = text[len(scheme) + 1 :]
    if scheme in ("http", "https"):
        return _address(text)
    if scheme == "github":
        return _github(text, rest)
    if scheme == "pypi":
        if not (match := _PYPI.fullmatch(rest.strip())):
            raise UsageError(f"{text}: write pypi:NAME or pypi:NAME==VERSION")
        return PypiSource(name=match[1], version=match[2] or "")
    if scheme == "sphinx":
        if not rest.startswith(("http://", "https://")):
            raise UsageError(f"{text}: write sphinx:https://host/docs/")
        return SphinxSource(url=rest)
    if "://" in text:
        raise UsageError(
            f"{text}: only http and https addresses, github:, pypi:, sphinx: and paths can be fetched"
        )
    if text.lower().endswith(ARCHIVES):
        return ArchiveSource(location=text)
    if options.base and not text.startswith(("./", "../", "/", "~")):
        return UrlSource(url=text, base=options.base)
    return LocalSource(path=text)


def _github(text: str, rest: str) -> GitHubSource:
    if not (match := _GITHUB.fullmatch(rest)):
        raise UsageError(f"{text}: write github:OWNER/REPO@REF:GLOB")
    owner, repo, ref, globs = match.groups()
    patterns = [glob for glob in re.split(r"[,\s]+", globs or "") if glob]
    return GitHubSource(
        owner=owner,
        repo=repo,
        ref=ref or "HEAD",
        globs=tuple(glob.strip("/") for glob in patterns if not glob.startswith("!")),
        exclude=tuple(glob[1:].strip("/") for glob in patterns if glob.startswith("!")),
    )


def _address(text: str) -> Source:
    try:
        parts = urlsplit(text)
    except ValueError:  # will fail by its name, beside the others
        return UrlSource(url=text)
    if parts.hostname in ("github.com", "www.github.com") and (source := _pasted(parts.path)):
        return source
    return ArchiveSource(location=text) if parts.path.lower().endswith(ARCHIVES) else UrlSource(url=text)


def _pasted(path: str) -> Source | None:
    """Return the source that a page on github.com shows: a repository, a folder, a file, a raw file."""
    parts = [unquote(part) for part in path.strip("/").split("/")]
    if len(parts) < 2 or parts[-1].lower().endswith(ARCHIVES) or "archive" in parts[2:3]:
        return None
    owner, repo = parts[0], parts[1].removesuffix(".git")
    if len(parts) == 2:
        return GitHubSource(owner=owner, repo=repo)
    if parts[2] not in ("blob", "tree", "raw") or len(parts) < 4:
        return None
    width = 3 if parts[3] == "refs" and len(parts) > 5 else 1
    ref, inside = "/".join(parts[3 : 3 + width]), "/".join(parts[3 + width :])
    return GitHubSource(owner=owner, repo=repo, ref=ref, globs=(inside,) if inside else ())
