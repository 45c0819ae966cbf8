"""Paragraphs read straight into phrasing content, without a doctree of their inline markup.

Most inline markup is a literal, emphasis, or a role that says all there is to say of its text.  To make two
docutils nodes of each, look at them in every transform, lower them, and take them apart again is a third of a
conversion.  Where only the Markdown is wanted, such a run of text and markup becomes one `Phrased` node; all
else (references, footnotes, substitutions, what cannot be read) becomes docutils' nodes, as ever.

``tests/test_phrased.py`` holds that pages come out the same with and without it.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

from docutils import nodes
from docutils.utils import punctuation_chars

from ..markdown import nodes as md
from .inline import Inliner, Parsed, has_address, has_markup, unescape

LONGEST = 500
"""How long a construct may be to be read here; longer ones, or unclosed ones, are for `Inliner`."""
SHORT = 24
"""Up to what length texts come again and again: the same node is used for all."""


def _text(text: str) -> md.Text:
    """Return *text*, in one line."""
    return md.Text(text.replace("\n", " "))


def _code(text: str) -> md.InlineCode:
    """Return *text*, in one line, as code."""
    return md.InlineCode(text.replace("\n", " "))


_known_text, _known_code = lru_cache(2048)(_text), lru_cache(2048)(_code)


class Phrased(nodes.Text):
    """A run of text and inline markup: its text, and what it is in Markdown."""

    phrasing: tuple[md.Phrasing, ...]

    def copy(self) -> Phrased:
        """Return the same again."""
        return phrased(str(self), self.phrasing)

    def deepcopy(self) -> Phrased:
        """Return the same again."""
        return self.copy()

    def lstrip(self, chars: str | None = None) -> Phrased:
        """Return the run without white space (or *chars*) at its beginning."""
        first, *rest = self.phrasing
        if isinstance(first, md.Text):
            first = md.Text(first.value.lstrip(chars))
        return phrased(str.lstrip(self, chars), (first, *rest))

    def rstrip(self, chars: str | None = None) -> Phrased:
        """Return the run without white space (or *chars*) at its end."""
        *rest, last = self.phrasing
        if isinstance(last, md.Text):
            last = md.Text(last.value.rstrip(chars))
        return phrased(str.rstrip(self, chars), (*rest, last))


def phrased(text: str, phrasing: tuple[md.Phrasing, ...]) -> Phrased:
    """Return a run that says *text* and is *phrasing*."""
    node = str.__new__(Phrased, text)
    node.phrasing = phrasing
    return node


@cache
def _markup() -> re.Pattern[str]:
    """Return the pattern of constructs that begin, go on and end as docutils asks, without a doubt.

    The first mark of its kind after a start-string is the end-string, so that `Inliner` would find the same.
    Whatever else inline markup might be (`MARKUP`) is found, too, but has no group.  Each alternative begins
    with its first character, for which `re` looks fast; what must stand before is asked for afterwards.
    """
    stock = Inliner.patterns.stock
    before = rf"\s{punctuation_chars.openers}{punctuation_chars.delimiters}"
    assert stock.start_string_prefix == rf"(^|(?<=\s|[{before[2:]}]))"
    after = (
        f"\0{punctuation_chars.closing_delimiters}{punctuation_chars.delimiters}{punctuation_chars.closers}"
    )
    assert stock.end_string_suffix == rf"($|(?=\s|[{after}]))"
    suffix = rf"(?![^\s{after}])"
    star = r"\*"

    def start(mark: str) -> str:
        return rf"{mark}(?<![^{before}]{mark})"

    def content(name: str, mark: str, escape: str = r"\0") -> str:
        return rf"(?P<{name}>(?![\s{mark}])[^{mark}]{{1,{LONGEST}}}+(?<![\s{escape}]))"

    return re.compile(
        rf"{start('``')}{content('literal', '`', '')}``{suffix}"
        rf"|{start(':')}(?P<role>{stock.simplename}):`{content('text', '`')}`(?!:{stock.simplename}:){suffix}"
        rf"|{start(star * 2)}{content('strong', star)}{star * 2}{suffix}"
        rf"|{start(star)}{content('emphasis', star)}{star}{suffix}"
        r"|`|\*|\||_(?![^\W_])"
    )


class PhrasedInliner(Inliner):
    """Parses the inline markup of one document; that of paragraphs into `Phrased`."""

    def paragraph(self, text: str, lineno: int, memo: Any, parent: nodes.Element) -> Parsed:
        """Return the nodes of a paragraph's *text*, and messages about it."""
        string = self._begin(text, memo, parent)
        if not has_markup(string):
            return self.implicit_inline(string, lineno), []
        self.budget.check()
        # A role may parse text of its own with this object.
        saved = self.base, self.endless, self.other
        try:
            return self._phrase(string, lineno)
        finally:
            self.base, self.endless, self.other = saved

    def _phrase(self, string: str, lineno: int) -> Parsed:
        run = _Run(self, lineno)
        messages: list[nodes.system_message] = []
        find, search = _markup().finditer, None
        start = position = 0
        while position >= 0:
            base, position = position, -1
            for found in find(string, base):
                begin, end = found.span()
                kind = found.lastgroup
                if kind is None or (begin > base and string[begin - 1] not in " \n" and _is_quoted(found)):
                    if search is None:
                        self.endless, self.other = set(), None
                        search = self._searching(string)
                    match = search(string, base)
                    if match is None:
                        break
                    begin, inlines, position, more = self._construct(match, base, lineno)
                    messages += more
                    if inlines:
                        if begin > start:
                            run.add_text(string[start:begin])
                        run.add_nodes(inlines)
                        start = position
                    break
                if begin > start:
                    run.add_text(string[start:begin])
                start = base = end
                if kind == "text":
                    self._role(run, found, messages)
                elif kind == "literal":
                    run.add_literal(unescape(found[kind], True))
                else:
                    emphasis = md.Emphasis if kind == "emphasis" else md.Strong
                    run.add_emphasis(unescape(found[kind]), emphasis)
        if start < len(string):
            run.add_text(string[start:])
        return run.all_nodes(), messages

    def _role(self, run: _Run, found: re.Match[str], messages: list[nodes.system_message]) -> None:
        """Apply the role that our vocabulary knows; most say what they show without nodes (``phrase``)."""
        name, text = found.group("role", "text")
        role = self.vocabulary.role(name, self.env)
        phrase = getattr(role, "phrase", None)
        if phrase and "\0" not in text and (read := phrase(text, run.lineno, self.env)):
            run.texts.append(read[0])
            run.phrasing += read[1]
        else:
            inlines, more = role(name, unescape(found[0], True), text, run.lineno, self)
            run.add_nodes(inlines)
            messages += more


def _is_quoted(found: re.Match[str]) -> bool:
    """Tell whether a start-string stands between quotes, so that it is none (``Inliner.quoted_start``)."""
    if found.lastgroup == "text":
        return False
    before, after = found.start() - 1, found.start(found.lastgroup or "")
    return bool(punctuation_chars.match_chars(found.string[before], found.string[after]))


class _Run:
    """The nodes of a paragraph while they are made: of its runs, and others."""

    def __init__(self, inliner: Inliner, lineno: int) -> None:
        self.inliner = inliner
        self.lineno = lineno
        self.done: list[nodes.Node] = []
        self.texts: list[str] = []
        self.phrasing: list[md.Phrasing] = []

    def add_text(self, text: str) -> None:
        """Add text in which no markup is, but may be addresses."""
        if (":" in text or "@" in text) and has_address(text):
            found = self.inliner.implicit_inline(text, self.lineno)
            if len(found) > 1 or not isinstance(found[0], nodes.Text):
                self.add_nodes(found)
                return
        if "\0" in text:
            text = unescape(text)
        self.texts.append(text)
        self.phrasing.append(_text(text) if len(text) > SHORT else _known_text(text))

    def add_literal(self, text: str) -> None:
        """Add literal text."""
        self.texts.append(text)
        self.phrasing.append(_code(text) if len(text) > SHORT else _known_code(text))

    def add_emphasis(self, text: str, kind: type[md.Emphasis] | type[md.Strong]) -> None:
        """Add emphasised text."""
        self.texts.append(text)
        self.phrasing.append(kind((_text(text),)))

    def add_nodes(self, found: list[nodes.Node]) -> None:
        """Add nodes of docutils'."""
        if self.texts:
            self.done.append(self._node())
            self.texts.clear()
            self.phrasing.clear()
        self.done += found

    def all_nodes(self) -> list[nodes.Node]:
        """Return all nodes."""
        return [*self.done, self._node()] if self.texts else self.done

    def _node(self) -> nodes.Node:
        text = "".join(self.texts)
        if len(self.phrasing) == 1 and isinstance(self.phrasing[0], md.Text):
            return nodes.Text(text)
        return phrased(text, tuple(self.phrasing))
