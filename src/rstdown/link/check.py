"""Prove the links of produced Markdown: each is followed, those that lead nowhere are listed."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from markdown_it.token import Token

from ..errors import SourceError, VerificationError
from ..files import read_regular
from ..markdown.reader import parser
from ..markdown.slug import Slugs

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
MARKDOWN = (".md", ".markdown")
MAX_BYTES = 1_000_000_000
"""How large a file may be."""


@dataclass(frozen=True, slots=True)
class DeadLink:
    """A link of *path* (line *line*, where it is known) that leads nowhere, and why."""

    path: str
    line: int
    url: str
    reason: str

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}" if self.line else self.path
        return f"{where}: dead link {self.url}: {self.reason}"


@dataclass(frozen=True, slots=True)
class LinkCheck:
    """How many *links* (images, too) *files* have, how many of them lead *outside*, and the *dead* ones."""

    files: int
    links: int
    outside: int
    dead: tuple[DeadLink, ...] = ()

    def __str__(self) -> str:
        inside = self.links - self.outside - len(self.dead)
        return (
            f"{self.links:,} links in {self.files:,} files: {inside:,} lead inside, "
            f"{self.outside:,} outside (not followed), {len(self.dead):,} are dead"
        )


def check_links(path: str | Path) -> LinkCheck:
    """Follow each relative link of a Markdown file, a bundle of any format, or all Markdown in a folder.

    A fragment must be the ``id`` or ``name`` of an HTML element or the anchor that GitHub gives to a
    heading.  Links to other sites are counted, not followed.  Nothing outside the folder is looked at.
    Raises `SourceError` where *path* cannot be read.
    """
    given = Path(path)
    root = (given if given.is_dir() else given.parent).resolve()
    files = (
        sorted(p for p in given.rglob("*") if p.suffix in MARKDOWN and p.is_file())
        if given.is_dir()
        else [given]
    )
    folder = _Folder(root)
    dead: list[DeadLink] = []
    links = outside = 0
    for file in files:
        place = file.resolve()
        for link in folder.page(place).links:
            links += 1
            if _SCHEME.match(link.url):
                outside += 1
            elif reason := folder.why_dead(link.url, place):
                dead.append(DeadLink(str(file), link.line, link.url, reason))
    return LinkCheck(len(files), links, outside, tuple(dead))


@dataclass(frozen=True, slots=True)
class _Link:
    url: str
    line: int


@dataclass(slots=True)
class _Page:
    """The links of a file, and what fragments may lead to."""

    links: list[_Link] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)


class _Folder:
    """The pages of a folder, read when first asked for."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.pages: dict[Path, _Page] = {}

    def page(self, path: Path) -> _Page:
        if path not in self.pages:
            self.pages[path] = read_page(_text(path))
        return self.pages[path]

    def why_dead(self, url: str, here: Path) -> str:
        """Return why a relative link leads nowhere; empty if it leads somewhere."""
        try:
            parts = urlsplit(url)
        except ValueError:
            return "not an address"
        path, fragment = unquote(parts.path), unquote(parts.fragment)
        try:
            target = (here.parent / path).resolve() if path else here
        except (OSError, RuntimeError, ValueError):  # a loop of links; a name that is none
            return "no file name"
        if path.startswith("/") or not target.is_relative_to(self.root):
            return "leads out of the folder"
        if not os.path.exists(target):  # noqa: PTH110  (a Path refuses long names)
            return "no such file"
        if fragment and target.is_file() and (target == here or target.suffix in MARKDOWN):
            return "" if fragment in self.page(target).anchors else f"no place is called {fragment!r}"
        return ""


def _text(path: Path) -> str:
    try:
        text = read_regular(path, MAX_BYTES).decode("utf-8", "replace")
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror or error}") from None
    if not text.startswith(("<documents ", '{"')):
        return text
    from ..verify import read_bundle  # which reads what bundles write, and so needs all of us

    try:
        return "\n\n".join(document.markdown for document in read_bundle(text, str(path)))
    except VerificationError as error:
        raise SourceError(str(error)) from None


def read_page(markdown: str) -> _Page:
    """Collect the links and anchors of a Markdown text."""
    page, slugs = _Page(), Slugs()
    tokens = parser().parse(markdown)
    for index, token in enumerate(tokens):
        line = token.map[0] + 1 if token.map else 0
        for inner in _flat(token):
            _collect(inner, line, page)
        if token.type == "heading_open":
            page.anchors.add(slugs.add(_text_of(tokens[index + 1])))
    return page


def _flat(token: Token) -> Iterator[Token]:
    yield token
    for child in token.children or ():
        yield from _flat(child)


def _text_of(token: Token) -> str:
    """Return what a heading reads: its text and code, without tags."""
    return "".join(t.content for t in _flat(token) if t.type in ("text", "code_inline"))


def _collect(token: Token, line: int, page: _Page) -> None:
    if token.type == "link_open":
        page.links.append(_Link(str(token.attrs["href"]), line))
    elif token.type == "image":
        page.links.append(_Link(str(token.attrs["src"]), line))
    elif token.type in ("html_block", "html_inline"):
        _Html(page, line).feed(token.content)


class _Html(HTMLParser):
    """Collects from raw HTML."""

    def __init__(self, page: _Page, line: int) -> None:
        super().__init__()
        self.page = page
        self.line = line

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note ids and addresses."""
        for name, value in attrs:
            if not value:
                continue
            if name == "id" or (name == "name" and tag == "a"):
                self.page.anchors.add(value)
            elif (tag, name) in {("a", "href"), ("img", "src")}:
                self.page.links.append(_Link(value, self.line))
