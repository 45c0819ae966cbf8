"""Paragraphs read straight into phrasing content, without a doctree of their inline markup.

Most inline markup is a literal, emphasis, or a role that says all there is to say of its text.  To make two
docutils nodes of each, look at them in every transform, lower them, and take them apart again is a third of a
conversion.  Where only the Markdown is wanted, such a run of text and markup becomes one `Phrased` node; all
else (references, footnotes, substitutions, what cannot be read) becomes docutils' nodes, as ever.

``tests/test_phrased.py`` holds that pages come out the same with and without it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
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


_known_text, _code = lru_cache(2048)(md.Text), lru_cache(2048)(md.InlineCode)


@lru_cache(2048)
def _emphasis(text: str, kind: type[md.Emphasis] | type[md.Strong]) -> md.Phrasing:
    """Return *text* emphasised: mostly a parameter's name, which comes again and again."""
    return kind((md.Text(text),))


class Phrased(nodes.Text):
    """A run of text and inline markup: what it is in Markdown.  As a string it is empty; ask for its text."""

    phrasing: tuple[md.Phrasing, ...]
    __eq__ = object.__eq__  # a parent looks for this one, not for an equal one
    __hash__ = object.__hash__

    def astext(self) -> str:
        """Return the text, in one line."""
        return md.plain_text(self.phrasing)

    def copy(self) -> Phrased:
        """Return the same again."""
        return phrased(self.phrasing)

    def deepcopy(self) -> Phrased:
        """Return the same again."""
        return self.copy()

    def lstrip(self, chars: str | None = None) -> Phrased:
        """Return the run without white space (or *chars*) at its beginning."""
        first, *rest = self.phrasing
        if isinstance(first, md.Text):
            first = md.Text(first.value.lstrip(chars))
        return phrased((first, *rest))

    def rstrip(self, chars: str | None = None) -> Phrased:
        """Return the run without white space (or *chars*) at its end."""
        *rest, last = self.phrasing
        if isinstance(last, md.Text):
            last = md.Text(last.value.rstrip(chars))
        return phrased((*rest, last))


def phrased(phrasing: tuple[md.Phrasing, ...]) -> Phrased:
    """Return a run that is *phrasing*."""
    node = str.__new__(Phrased)
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
        if type(parent) is nodes.field_body and memo.document.settings.docinfo_xform:
            return self.parse(text, lineno, memo, parent)  # it may be an address, whose lines count
        string = self._begin(text, memo, parent)
        if not has_markup(string):
            done: list[nodes.Node] = []
            run: list[md.Phrasing] = []
            self._add_text(string.replace("\n", " "), done, run, lineno)
            return _all_nodes(done, run), []
        self.budget.check()
        # A role may parse text of its own with this object.
        saved = self.base, self.endless, self.other
        try:
            return self._phrase(string, lineno)
        finally:
            self.base, self.endless, self.other = saved

    def _phrase(self, string: str, lineno: int) -> Parsed:
        """Read *string*; *done* are the nodes before the *run* of text and markup that is being read."""
        done: list[nodes.Node] = []
        run: list[md.Phrasing] = []
        messages: list[nodes.system_message] = []
        line = string.replace("\n", " ")  # as docutils' line breaks within a paragraph are spaces
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
                            self._add_text(line[start:begin], done, run, lineno)
                        _add_nodes(inlines, done, run)
                        start = position
                    break
                if begin > start:
                    self._add_text(line[start:begin], done, run, lineno)
                start = base = end
                if kind == "text":
                    messages += self._role(found, done, run, lineno)
                elif kind == "literal":
                    run.append(_code(unescape(line[begin + 2 : end - 2], True)))
                elif kind == "emphasis":
                    run.append(_emphasis(unescape(line[begin + 1 : end - 1]), md.Emphasis))
                else:
                    run.append(_emphasis(unescape(line[begin + 2 : end - 2]), md.Strong))
        if start < len(line):
            self._add_text(line[start:], done, run, lineno)
        return _all_nodes(done, run), messages

    def _role(
        self, found: re.Match[str], done: list[nodes.Node], run: list[md.Phrasing], lineno: int
    ) -> Sequence[nodes.system_message]:
        """Apply the role that our vocabulary knows; most say what they show without nodes (``phrase``)."""
        name, text = found.group("role", "text")
        role = self.vocabulary.role(name, self.env)
        phrase = getattr(role, "phrase", None)
        if phrase and "\0" not in text and (read := phrase(text, lineno, self.env)) is not None:
            run += read
            return ()
        inlines, messages = role(name, unescape(found[0], True), text, lineno, self)
        _add_nodes(inlines, done, run)
        return messages  # type: ignore[no-any-return]

    def _add_text(self, text: str, done: list[nodes.Node], run: list[md.Phrasing], lineno: int) -> None:
        """Add text in which no markup is, but may be addresses and escapes."""
        if ":" in text or "@" in text or "\0" in text:
            if has_address(text):
                found = self.implicit_inline(text, lineno)
                if len(found) > 1 or not isinstance(found[0], nodes.Text):
                    _add_nodes(found, done, run)
                    return
            text = unescape(text)
        run.append(_known_text(text) if len(text) <= SHORT else md.Text(text))


def _add_nodes(found: list[nodes.Node], done: list[nodes.Node], run: list[md.Phrasing]) -> None:
    """Add nodes of docutils'; what is before them is a run of its own."""
    if run:
        done.append(phrased(tuple(run)))
        run.clear()
    done += found


def _all_nodes(done: list[nodes.Node], run: list[md.Phrasing]) -> list[nodes.Node]:
    return [*done, phrased(tuple(run))] if run else done


def _is_quoted(found: re.Match[str]) -> bool:
    """Tell whether a start-string stands between quotes, so that it is none (``Inliner.quoted_start``)."""
    if found.lastgroup == "text":
        return False
    before, after = found.start() - 1, found.start(found.lastgroup or "")
    return bool(punctuation_chars.match_chars(found.string[before], found.string[after]))
