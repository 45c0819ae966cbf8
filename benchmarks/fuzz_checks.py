"""What `fuzz.py` asks of every input: nothing raised, slow, lost, unstable or leaked."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator

from docutils import nodes
from markdown_it.token import Token

import rstdown
from rstdown import constructs
from rstdown.constructs.vocabulary import vocabulary_of
from rstdown.engines.words import words_of as words_of_source
from rstdown.errors import ConversionError
from rstdown.markdown import lower, read, write
from rstdown.markdown.escape import clean, is_safe
from rstdown.markdown.normal import normalise
from rstdown.markdown.reader import parser
from rstdown.markdown.words import visible_text, words_of
from rstdown.model import Document, Project
from rstdown.options import ConvertOptions
from rstdown.results import Conversion
from rstdown.rst.env import Env
from rstdown.rst.gate import Gate
from rstdown.rst.limits import deep
from rstdown.rst.parser import parse

from .fuzz_inputs import MARK

SECONDS_PER_KB, FLOOR = 0.25, 0.25
TAG = re.compile(
    r"</?(?:em|strong|sub|sup|table|thead|tbody|tr|ul|ol|li|p|code|pre|blockquote|div)>|<br>|<!-- -->|</a>"
    r"|</t[dh]>|<t[dh](?: (?:col|row)span=\"\d+\")*>|<a (?:id|href)=\"[^\"<>]*\">"
)
ARGUMENT_UNSEEN = "|".join(
    re.escape(name.partition(":")[2] if name.startswith("std:") else name)
    for name, made in constructs.DIRECTIVES.items()
    if re.match(r"content|code|drop|only|grid|tab", str(made))
    or getattr(made, "__module__", "").endswith(("notebooks", "doctest", "diagrams"))
)
UNSEEN = re.compile(
    r"(?:^.*?:[^:\n]+:(?=\s)"  # options
    r"|^[ \t]*(?:\.\.|__)[ \t](?!\S.*::)"  # comments, targets
    r"|\.\. (?:default-role|role|highlight|default-domain|code|code-block|sourcecode|ifconfig|only|raw|"
    r"grammar-snippet|(?:std:)?productionlist|"
    rf"{ARGUMENT_UNSEEN})::[ ]?)"  # names of roles, languages, conditions
    r".*(?:\n[ \t]+\S.*)*"
    r"|\.\.[ \t]\|.*?::(?:.* \.\. .*(?:\n[ \t]+\S.*)*)?"  # names of substitutions, comments of ``unicode``
    r"|autosummary::[\s\S]*"  # what follows names
    r"|glossary::[\s\S]*?(?:\n[ \t]+\.\.[ \t]| : )[\s\S]*"  # comments and keys in glossaries
    r"|(?:pdbcommand|opcode|audit-event)::.*(?:\n[ \t]+\S.*)*"  # cut as CPython cuts it
    r"|(?:currentmodule|program|panels|ansible-links|c(?:pp)?:namespace(?:-push|-pop)?):: .*"  # names, layout
    r"|\[#\w+\]_"  # labels of notes that are numbered
    r"|@\w+"  # anonymous entities of C++
    r"|`[^`\n]*<[^`\n]*>`",  # targets of references
    re.MULTILINE,
)
"""Where nothing is expected to be seen."""


def problem_of(text: str) -> str:
    """Convert *text*; return what is wrong, first its kind, empty if nothing is."""
    begun = time.process_time()
    try:
        done = rstdown.convert(text)
    except Exception as error:
        return f"raised {type(error).__name__}: {error}"
    seconds = time.process_time() - begun
    if seconds > FLOOR + SECONDS_PER_KB * len(text.encode("utf-8", "replace")) / 1000:
        return f"slow: {seconds:.2f} s"
    with deep():
        return next(_problems(text, done), "")


def _problems(text: str, done: Conversion) -> Iterator[str]:
    markdown = done.markdown
    back = read(markdown)
    if (again := write(back)) != markdown:
        yield f"unstable:\n{markdown}\n-- becomes --\n{again}"
    if back != normalise(lower(done.page.root, ConvertOptions())):
        yield f"misread:\n{markdown}"
    yield from leaks(markdown)
    if lost := lost_words(text, markdown):
        yield f"lost {dict(lost)}:\n{markdown}"
    if gone := lost_marks(text, done):
        yield f"gone {gone}:\n{markdown}"


def lost_words(text: str, markdown: str) -> Counter[str]:
    """Return the words that the doctree says and the Markdown does not, not even within longer words.

    Where pieces of inline markup touch, the doctree's words are cut in other places than those of the text.
    """
    try:
        said = _parts(words_of_source(Document("index", text), Project()))
    except ConversionError:
        return Counter()
    if not (lost := said - _parts(words_of(markdown))):
        return lost
    shown = visible_text(markdown)
    return Counter({word: times for word, times in lost.items() if shown.count(word) < said[word]})


def _parts(words: Counter[str]) -> Counter[str]:
    """Return *words* split at underscores, which belong to a word in one reading and to markup in another."""
    found: Counter[str] = Counter()
    for word, times in words.items():
        for part in word.split("_"):
            found[part] += times if part else 0
    return found


def lost_marks(text: str, done: Conversion) -> list[str]:
    """Return the marks of the source that nobody accounts for.

    They are neither in the Markdown, nor in a diagnostic, nor anywhere in the doctree (as a comment, the
    name of a target, an option's value), and no construct is known to show nothing.
    """
    shown = done.markdown.lower()
    gone = {mark for mark in MARK.findall(text) if mark not in shown}
    if not gone or any(outcome.startswith("dropped") for _, outcome, _ in done.page.ledger):
        return []
    reported = "\n".join(map(str, done.page.diagnostics))
    gone = {mark for mark in gone if mark not in reported}
    gone -= {mark for line in UNSEEN.findall(text) for mark in MARK.findall(line)}
    if gone:
        document = Document("index", text)
        doctree = parse(
            Env(document, Project(), Gate(document)), vocabulary_of(Project()), constructs.TRANSFORMS
        )
        for message in list(doctree.findall(nodes.system_message)):
            message.parent.remove(message)
        known = doctree.pformat()
        gone = {mark for mark in gone if mark not in known}
    return sorted(gone)


def leaks(markdown: str) -> Iterator[str]:
    """Yield what no Markdown of ours may hold: others' HTML, odd links, control characters."""
    if hidden := clean(markdown)[1]:
        yield f"leaks {hidden} control characters:\n{markdown!r}"
    for token in _all(parser().parse(markdown)):
        if token.type in ("html_inline", "html_block"):
            if "<" in TAG.sub("", token.content):
                yield f"leaks HTML {token.content!r}:\n{markdown}"
        elif not is_safe(str(token.attrs.get("href", token.attrs.get("src", "")))):
            yield f"leaks the link {token.attrs}:\n{markdown}"


def _all(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _all(token.children or [])
