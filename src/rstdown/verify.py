"""Check that a bundle is what it says it is, and cut it into its documents again."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from .bundling.formats import md
from .errors import SourceError, VerificationError
from .files import read_regular
from .frozen import dataclass
from .markdown.escape import clean

MAX_BYTES = 1_000_000_000
"""How large a bundle may be to be checked."""
_SALTS = 100  # a key is salted anew while a document contains it, which takes luck, or an attacker's failure


@dataclass(frozen=True, slots=True)
class BundledDocument:
    """A document found in a bundle: its *name*, its Markdown as it was bundled, where it is from."""

    name: str
    markdown: str
    source: str = ""


def check_bundle(path: str | Path) -> list[BundledDocument]:
    """Return the documents of a bundle: a file, or an ``llms-txt`` folder.

    Each has the hash that is recorded for it, and there are as many as the bundle says.  Raises
    `VerificationError`, which names every difference found.
    """
    path = Path(path)
    if path.is_dir():
        return _folder(path)
    try:
        text = read_regular(path, MAX_BYTES).decode("utf-8")
    except OSError as error:
        raise VerificationError(f"{path}: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise VerificationError(f"{path}: not UTF-8 at byte {error.start}") from None
    return read_bundle(text, str(path))


def read_bundle(text: str, name: str = "bundle") -> list[BundledDocument]:
    """Return the documents of a bundle in any one-file format; raises `VerificationError`."""
    if text.startswith("<documents"):
        reader = _xml
    elif text.startswith("{"):
        reader = _jsonl
    else:
        reader = _markdown
    problems: list[str] = []
    hidden = clean(text)[1]
    if hidden:
        problems.append(f"{hidden} control, direction or tag characters")
    found = list(reader(text, problems))
    if problems:
        raise VerificationError("\n".join(f"{name}: {problem}" for problem in problems))
    return found


def _folder(path: Path) -> list[BundledDocument]:
    full = sorted(path.glob("llms-full*.txt"))
    if not (path / "llms.txt").is_file() or not full:
        raise VerificationError(f"{path}: not a bundle: llms.txt or llms-full.txt is missing")
    found = [document for file in full for document in check_bundle(file)]
    names = dict.fromkeys(document.name.partition("#")[0] for document in found)
    missing = [name for name in names if not (path / f"{name}.md").is_file()]
    if missing:
        raise VerificationError(f"{path}: no file for {', '.join(missing)}")
    return found


# -- Markdown ---------------------------------------------------------------------------


def _markdown(text: str, problems: list[str]) -> Iterator[BundledDocument]:
    head = md.HEAD.match(text)
    if head is None:
        problems.append("not a bundle: it does not begin with a title and the line that names its key")
        return
    key = head[2]
    marks = [found for found in md.BOUNDARY.finditer(text) if found[1] == key]
    rows = []
    for number, mark in enumerate(marks, 1):
        end = marks[number].start() - 1 if number < len(marks) else len(text)
        name = unquote(mark[4])
        document = _piece(name, text[mark.end() + 2 : end])
        recorded, actual = mark[5], _sha256(document.markdown)[: md.HASH_DIGITS]
        if (int(mark[2]), int(mark[3])) != (number, int(head[1])):
            problems.append(
                f"{name} says that it is document {mark[2]} of {mark[3]}; it is {number} of {head[1]}"
            )
        if recorded != actual:
            problems.append(f"{name} was changed: its hash is {actual}, {recorded} is recorded")
        rows.append((name, document.source, recorded))
        yield document
    if len(marks) != int(head[1]):
        problems.append(f"{head[1]} documents are announced, {len(marks)} are there")
    elif key not in md.keys(rows, _SALTS):
        problems.append(f"the key {key} does not fit: a name, a source or the order of documents was changed")


def _piece(name: str, text: str) -> BundledDocument:
    """Take the line about the source, which stands below the heading, out of a document."""
    heading, _, rest = text.partition("\n\n")
    source, _, rest = rest.partition("\n")
    return BundledDocument(name, f"{heading}\n{rest}", source)


# -- XML, JSON ----------------------------------------------------------------------------


def _xml(text: str, problems: list[str]) -> Iterator[BundledDocument]:
    from xml.etree import ElementTree

    if re.search(r"<!(?:DOCTYPE|ENTITY)", text):  # no bundle has any; entities could expand without end
        problems.append("a document type declaration")
        return
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        problems.append(f"not well-formed: {error}")
        return
    documents = root.findall("document")
    if str(len(documents)) != root.get("count") or len(documents) + len(root.findall("left_out")) != len(
        root
    ):
        problems.append(f"{root.get('count')} documents are announced, {len(documents)} are there")
    for number, element in enumerate(documents, 1):
        name = element.get("name", "")
        content = (element.findtext("document_content") or "").removeprefix("\n")
        if element.get("index") != str(number):
            problems.append(f"{name} says that it is document {element.get('index')}; it is {number}")
        if element.get("sha256") != _sha256(content):
            problems.append(
                f"{name} was changed: its hash is {_sha256(content)}, not {element.get('sha256')}"
            )
        yield BundledDocument(name, content, element.findtext("source") or "")


def _jsonl(text: str, problems: list[str]) -> Iterator[BundledDocument]:
    """Read chunks; a document is its chunks' text, one after the other."""
    documents: dict[int, list[dict[str, object]]] = {}
    total = 0
    if not text.endswith("\n"):
        problems.append("its last line is cut off")
    ids: set[object] = set()
    for number, line in enumerate(text.split("\n")[:-1], 1):
        try:
            row = json.loads(line)
            documents.setdefault(int(row["document"]), []).append(row)
            total = int(row["documents"])
            if row["sha256"] != _sha256(row["text"]):
                problems.append(f"line {number}: {row['id']} was changed")
            if row["id"] in ids:
                problems.append(f"line {number}: {row['id']} is there twice")
            ids.add(row["id"])
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
            problems.append(f"line {number}: not a chunk: {type(error).__name__}: {error}")
            return
    if len(documents) != total or sorted(documents) != list(range(1, total + 1)):
        problems.append(f"{total} documents are announced, {len(documents)} are there")
    for rows in documents.values():
        source, chunks = rows[0].get("source"), rows[0].get("chunks")
        name = str(source.get("docname", "")) if isinstance(source, dict) else ""
        if [row.get("chunk") for row in rows] != list(range(1, len(rows) + 1)) or chunks != len(rows):
            problems.append(f"{name}: not all of its {chunks} chunks are there in order")
        yield BundledDocument(name, "\n".join(str(row["text"]) for row in rows), str(source))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def missing_words(
    path: str | Path, source: str | Path, *, root: str | Path | None = None, myst: bool = False
) -> tuple[int, dict[str, list[str]]]:
    """Compare the words of RST documents with those of the Markdown made of them.

    *path* is a folder of ``DOCNAME.md`` files or a bundle, *source* what it was made from.  Words are
    counted on the doctree on one side, and on what a CommonMark parser (or MyST-Parser: *myst*) reads on the
    other.  Returns how many documents were compared, and for each that lacks words those words (with how
    often, if more than once).  Documents that are not in *path* are not compared.
    """
    from .engines.words import words_of as words_of_source
    from .errors import ConversionError
    from .fetching import fetch
    from .projects import project_of
    from .rst.limits import conversion

    found = fetch([str(source)], root=Path(root) if root else None)
    project, _ = project_of(found, None, None)
    texts, is_bundle = _texts(Path(path)), _is_bundle(Path(path))
    checked, missing = 0, {}
    for document in found.documents:
        if document.docname not in texts:
            continue
        checked += 1
        try:
            with conversion(document.docname):
                said = words_of_source(document, project, compact=is_bundle)
        except ConversionError as error:
            missing[document.docname] = [str(error)]
            continue
        if lost := said - _words_of(texts[document.docname], myst):
            missing[document.docname] = _listed(lost)
    return checked, missing


def misread_words(path: str | Path) -> tuple[int, dict[str, list[str]]]:
    """Compare the words that a CommonMark parser reads in Markdown with those that MyST-Parser reads.

    *path* is a folder of pages or a bundle.  Returns how many documents were compared, and for each that
    lacks words in MyST's doctree those words.  Raises `EngineUnavailable` without MyST-Parser.
    """
    texts = _texts(Path(path))
    lost = {name: _words_of(text, False) - _words_of(text, True) for name, text in texts.items()}
    return len(texts), {name: _listed(words) for name, words in lost.items() if words}


def _words_of(markdown: str, myst: bool) -> Counter[str]:
    if myst:
        from .engines.myst import words_of as words_of_myst

        return words_of_myst(markdown)
    from .markdown.words import words_of

    return words_of(markdown)


def _listed(words: Counter[str]) -> list[str]:
    return [f"{word} ({times} times)" if times > 1 else word for word, times in words.most_common(20)]


def _is_bundle(path: Path) -> bool:
    return not path.is_dir() or (path / "llms.txt").is_file()


def _texts(path: Path) -> dict[str, str]:
    """Return the Markdown of each document in a folder or a bundle."""
    if not _is_bundle(path):
        files = sorted(file for file in path.rglob("*.md") if file.is_file())
        return {file.relative_to(path).with_suffix("").as_posix(): _text(file) for file in files}
    texts: dict[str, str] = {}
    for document in check_bundle(path):
        name = document.name.partition("#")[0]
        texts[name] = texts.get(name, "") + document.markdown
    return texts


def _text(path: Path) -> str:
    try:
        return read_regular(path, MAX_BYTES).decode("utf-8")
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise SourceError(f"{path}: not UTF-8 at byte {error.start}") from None
