"""docutils' inline parser in linear time; the nodes are the same.

Stock docutils copies what is left of the paragraph after each construct, looks for the end of each unclosed
start-string through all the rest, recurses for each address, and builds its patterns anew for each document:
60 KB of ``*a `` take it half a minute.  Here the text stays in one piece, an end-string that is missing once
is not looked for again, and text in which nothing can begin is not searched.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property
from types import SimpleNamespace
from typing import Any

from docutils import nodes
from docutils.nodes import fully_normalize_name
from docutils.parsers.rst import states as _states
from docutils.utils import escape2null, punctuation_chars

from .quick import text_element

states: Any = _states  # the published types do not cover what we override
MARKUP = re.compile(r"[*`|_](?!(?<=_)[^\W_])")
"""What each construct of inline markup holds at least; begins with a set, for which `re` looks fast."""
ADDRESS = re.compile(r"[:@](?:(?<=@)|(?<=[a-zA-Z0-9.+-]:)(?=\S))")
"""What each address holds at least, from its colon or at sign on."""
ADDRESS_RUN = re.compile(r"[-_.!~*'()[\];/:@&=+$,%a-zA-Z0-9\x00{|}#?^`]+")
"""The characters of addresses (``Inliner.uric``, ``Inliner.emailc``)."""
LONG = 1000
"""From how many characters without white space on docutils' patterns are not to be trusted with a text."""
LONG_RUN = re.compile(rf"\S{{{LONG}}}")

SIMPLENAME = r"[^\W_]+(?:[-._+:][^\W_]+)*"
"""docutils' ``Inliner.simplename``, which looks at each character twice."""
assert states.Inliner.simplename == SIMPLENAME.replace(r"[^\W_]", r"(?:(?!_)\w)")

Found = tuple[int, list[nodes.Node], int, list[nodes.system_message]]
"""Where a construct begins (what is before stays text), its nodes, where it ends, messages."""
Parsed = tuple[list[nodes.Node], list[nodes.system_message]]
"""The nodes of a text, and messages about it."""


def unescape(text: str, restore: bool = False) -> str:
    """Return *text* without its escapes, or with them as backslashes (``docutils.nodes.unescape``)."""
    if "\0" not in text:
        return text
    if restore:
        return text.replace("\0", "\\")
    return text.replace("\0 ", "").replace("\0\n", "").replace("\0", "")


def has_markup(text: str) -> bool:
    """Tell whether there may be inline markup in *text*."""
    return "`" in text or "*" in text or "_" in text or "|" in text


def has_address(text: str) -> bool:
    """Tell whether there may be an address in *text*."""
    return (":" in text or "@" in text) and ADDRESS.search(text) is not None


class _Patterns(SimpleNamespace):
    """docutils' patterns, and ours made from them.

    ``…_here`` are for a place that counts as the beginning of the text.  Those for long runs are made when
    they are needed, which is hardly ever.
    """

    def __init__(self) -> None:
        parts_of_patterns = {
            name: part for name, part in vars(states.Inliner).items() if isinstance(part, str)
        }
        stock = type("Inliner", (states.Inliner,), parts_of_patterns | {"simplename": SIMPLENAME})()
        stock.init_customizations(
            SimpleNamespace(character_level_inline_markup=False, pep_references=False, rfc_references=False)
        )
        super().__init__(**vars(stock.patterns))
        self.stock = stock
        name, _, suffix, parts = stock.parts
        self.initial_here = states.build_regexp((name, "(^|)", suffix, parts))
        # The same language, but a run of blanks is tried once, not once per blank.
        link = stock.patterns.embedded_link.pattern
        assert r"(?:[ \n]+|^)" in link
        link = link.replace(r"(?:[ \n]+|^)", r"(?:(?<![ \n])[ \n]+|^)", 1)
        self.embedded_link = re.compile(link, re.VERBOSE)

    @cached_property
    def uri_here(self) -> re.Pattern[str]:
        prefix = self.stock.start_string_prefix
        assert prefix in self.uri.pattern
        return re.compile(self.uri.pattern.replace(prefix, "(^|)", 1), re.VERBOSE)

    @cached_property
    def uri_long(self) -> re.Pattern[str]:
        """No scheme is so long, and no mail address in a run of that length is one."""
        uri = self.uri.pattern.replace("[a-zA-Z0-9.+-]*", "[a-zA-Z0-9.+-]{0,60}", 1)
        return re.compile(uri.replace("(?P<email>", "(?P<email>(?!)", 1), re.VERBOSE)

    @cached_property
    def others(self) -> re.Pattern[str]:
        """All that is no simple reference."""
        return self._others(self.stock.start_string_prefix)

    @cached_property
    def others_here(self) -> re.Pattern[str]:
        return self._others("(^|)")

    def _others(self, prefix: str) -> re.Pattern[str]:
        name, _, suffix, (start, whole, backquote) = self.stock.parts
        parts = [start, (*whole[:3], ["(?P<refname>(?!))(?P<refend>)", whole[3][1]]), backquote]
        return states.build_regexp((name, prefix, suffix, parts))  # type: ignore[no-any-return]

    @cached_property
    def chain(self) -> re.Pattern[str]:
        return re.compile(self.stock.simplename)

    @cached_property
    def reference_end(self) -> re.Pattern[str]:
        return re.compile("__?" + self.stock.end_string_suffix)

    @cached_property
    def before(self) -> re.Pattern[str]:
        return re.compile(self.stock.start_string_prefix)


class Inliner(states.Inliner):  # type: ignore[misc]
    """Parses the inline markup of one document."""

    patterns = _Patterns()

    def __init__(self, vocabulary: Any, env: Any) -> None:
        self.vocabulary = vocabulary
        self.env = env
        self.memo: Any = None
        self.base = 0
        self.endless: set[str] = set()
        self.other: tuple[re.Match[str] | None] | None = None

    def init_customizations(self, settings: Any) -> None:
        """Do nothing: the patterns are there."""

    def parse(self, text: str, lineno: int, memo: Any, parent: nodes.Element) -> Parsed:
        """Return the nodes of *text*, and messages about it (``Inliner.parse``)."""
        string = self._begin(text, memo, parent)
        if not has_markup(string):
            return self.implicit_inline(string, lineno), []
        self.budget.check()
        # A role may parse text of its own with this object.
        saved = self.base, self.endless, self.other
        self.endless, self.other = set(), None
        try:
            return self._parse(string, lineno)
        finally:
            self.base, self.endless, self.other = saved

    def paragraph(self, text: str, lineno: int, memo: Any, parent: nodes.Element) -> Parsed:
        """Return the nodes of a paragraph's *text*, and messages about it."""
        return self.parse(text, lineno, memo, parent)

    def _begin(self, text: str, memo: Any, parent: nodes.Element) -> str:
        """Get ready to read *text*, and return it with its escapes marked."""
        if self.memo is not memo:
            self.memo = memo
            self.document = memo.document
            self.budget = memo.budget
            self.language = memo.language
            self.reporter = self.document.reporter
        self.parent = parent
        return escape2null(text) if "\\" in text else text

    def _parse(self, string: str, lineno: int) -> Parsed:
        processed: list[nodes.Node] = []
        messages: list[nodes.system_message] = []
        start = position = 0
        search = self._searching(string)
        while position < len(string) and (match := search(string, position)):
            begin, found, end, more = self._construct(match, position, lineno)
            messages += more
            if found:
                processed += self.implicit_inline(string[start:begin], lineno)
                processed += found
                start = end
            position = end
        processed += self.implicit_inline(string[start:], lineno)
        return processed, messages

    def _searching(self, string: str) -> Callable[[str, int], re.Match[str] | None]:
        """Return the way to find constructs in *string*."""
        return self._search_long if len(string) > LONG and LONG_RUN.search(string) else self._search

    def _construct(self, match: re.Match[str], position: int, lineno: int) -> Found:
        """Read the construct that *match* begins; *position* counts as the beginning of the text."""
        self.base = position
        group = match.group
        kind = group("start") or group("backquote") or group("refend") or group("fnend")
        return METHODS[kind](self, match, lineno)

    def _search(self, string: str, position: int) -> re.Match[str] | None:
        """Find the next construct; *position* counts as the beginning of the text."""
        hint = MARKUP.search(string, position)
        if hint is None:
            return None
        # No construct has white space before its mark, so it begins in this word.
        mark = hint.start()
        if word := max(string.rfind(" ", position, mark), string.rfind("\n", position, mark)) + 1:
            return self.patterns.initial.search(string, word)  # type: ignore[no-any-return]
        found: re.Match[str] | None = None
        if position:
            found = self.patterns.initial_here.match(string, position)
        return found or self.patterns.initial.search(string, position)

    def _search_long(self, string: str, position: int) -> re.Match[str] | None:
        """Find the next construct where docutils' pattern would try each part of a long name."""
        patterns = self.patterns
        other: re.Match[str] | None = patterns.others_here.match(string, position)
        if other is None:
            if self.other is None or (self.other[0] and self.other[0].start() < position):
                self.other = (patterns.others.search(string, position),)
            other = self.other[0]
        limit = other.start() if other else len(string)
        for chain in patterns.chain.finditer(string, position, limit):
            if patterns.reference_end.match(string, chain.end()):
                begin = next(
                    (
                        place
                        for place in range(chain.start(), chain.end())
                        if place == position or patterns.before.match(string, place)
                    ),
                    None,
                )
                if begin is not None and (found := patterns.initial_here.match(string, begin)):
                    return found  # type: ignore[no-any-return]
        return other

    def _end(self, kind: str, string: str, position: int) -> re.Match[str] | None:
        """Find the end-string of *kind*, unless it is known that there is none any more."""
        if kind in self.endless:
            return None
        found: re.Match[str] | None = getattr(self.patterns, kind).search(string, position)
        if found is None:
            self.endless.add(kind)
            return None
        return found if found.start(1) > position else None

    def quoted_start(self, match: re.Match[str]) -> bool:
        """Tell whether a start-string stands between quotes (``Inliner.quoted_start``)."""
        if match.start() == self.base:
            return False
        string, end = match.string, match.end()
        if end == len(string):
            return True
        return bool(punctuation_chars.match_chars(string[match.start() - 1], string[end]))

    def _object(
        self, match: re.Match[str], lineno: int, kind: str, node_class: Any, restore: bool = False
    ) -> tuple[Found, str]:
        """Return a node with plain text, and its end-string (``Inliner.inline_obj``)."""
        string = match.string
        start, end = match.span("start")
        if self.quoted_start(match):
            return (end, [], end, []), ""
        found = self._end(kind, string, end)
        if found is None:
            problem = f"Inline {node_class.__name__} start-string without end-string."
            return self._problem(string, start, end, problem, lineno), ""
        text = string[end : found.start(1)]
        if restore:
            text = unescape(text, True)
        node = text_element(node_class, unescape(string[start : found.end(1)], True), text)
        return (start, [node], found.end(1), []), found[1]

    def _problem(self, string: str, start: int, end: int, problem: str, lineno: int) -> Found:
        """Return markup that cannot be read as it stands, with a message, unless there are too many."""
        self.budget.messages += 1
        limit = self.budget.limits.messages
        if self.budget.messages > limit:
            if self.budget.messages == limit + 1:
                problem = f"more than {limit:,} pieces of inline markup cannot be read; they are kept as text"
                self.env.diagnose("rst-syntax", problem, lineno)
            return end, [], end, []
        message = self.reporter.warning(problem, line=lineno)
        text = unescape(string[start:end], True)
        return start, [self.problematic(text, text, message)], end, [message]

    def _emphasis(self, match: re.Match[str], lineno: int) -> Found:
        return self._object(match, lineno, "emphasis", nodes.emphasis)[0]

    def _strong(self, match: re.Match[str], lineno: int) -> Found:
        return self._object(match, lineno, "strong", nodes.strong)[0]

    def _literal(self, match: re.Match[str], lineno: int) -> Found:
        return self._object(match, lineno, "literal", nodes.literal, True)[0]

    def _target(self, match: re.Match[str], lineno: int) -> Found:
        found = self._object(match, lineno, "target", nodes.target)[0]
        for node in found[1]:
            if isinstance(node, nodes.target):
                node["names"].append(fully_normalize_name(node.astext()))
                self.document.note_explicit_target(node, self.parent)
        return found

    def _substitution(self, match: re.Match[str], lineno: int) -> Found:
        found, end_string = self._object(match, lineno, "substitution_ref", nodes.substitution_reference)
        begin, inlines, end, messages = found
        if not inlines or not isinstance(node := inlines[0], nodes.substitution_reference):
            return found
        text = node.astext()
        self.env.need_definitions(text)
        self.document.note_substitution_ref(node, text)
        if not end_string.endswith("_"):
            return found
        reference = nodes.reference(f"|{text}{end_string}", "")
        if end_string.endswith("__"):
            reference["anonymous"] = True
        else:
            reference["refname"] = fully_normalize_name(text)
            self.document.note_refname(reference)
        reference += node
        return begin, [reference], end, messages

    def _footnote(self, match: re.Match[str], lineno: int) -> Found:
        return self._whole(match, self.footnote_reference(match, lineno))

    def _reference(self, match: re.Match[str], lineno: int) -> Found:
        return self._whole(match, self.reference(match, lineno))

    def _anonymous(self, match: re.Match[str], lineno: int) -> Found:
        return self._whole(match, self.reference(match, lineno, anonymous=True))

    def _whole(self, match: re.Match[str], found: Any) -> Found:
        begin, end = match.span("whole")
        return begin, found[1], end, found[3]

    def _interpreted(self, match: re.Match[str], lineno: int) -> Found:
        """Read interpreted text or a phrase reference (``Inliner.interpreted_or_phrase_ref``)."""
        string = match.string
        start, end = match.span("backquote")
        role_start = match.start("role")
        role = match["role"][1:-1]
        if not role and self.quoted_start(match):
            return end, [], end, []
        found = self._end("interpreted_or_phrase_ref", string, end)
        if found is None:
            problem = "Inline interpreted text or phrase reference start-string without end-string."
            return self._problem(string, start, end, problem, lineno)
        position = "prefix" if role else ""
        if found["role"]:
            if role:
                problem = (
                    "Multiple roles in interpreted text (both prefix and suffix present; only one allowed)."
                )
                return self._problem(string, role_start, found.end(), problem, lineno)
            role, position = found["suffix"][1:-1], "suffix"
        escaped = string[end : found.start(1)]
        if string[found.end() - 1] == "_":
            if role:
                problem = f"Mismatch: both interpreted text role {position} and reference suffix."
                return self._problem(string, role_start, found.end(), problem, lineno)
            source = unescape(string[start : found.end()], True)
            return start, self.phrase_ref("", "", source, escaped)[1], found.end(), []
        source = unescape(string[role_start : found.end()], True)
        inlines, messages = self.interpreted(source, escaped, role, lineno)
        return role_start, inlines, found.end(), messages

    def interpreted(
        self, rawsource: str, text: str, role: str, lineno: int
    ) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Apply the role that our vocabulary knows (``Inliner.interpreted``)."""
        return self.vocabulary.role(role, self.env)(role, rawsource, text, lineno, self)  # type: ignore[no-any-return]

    def implicit_inline(self, text: str, lineno: int) -> list[nodes.Node]:
        """Return *text* with the addresses in it as references (``Inliner.implicit_inline``)."""
        if not text:
            return []
        if not has_address(text):
            return [str.__new__(nodes.Text, text)]  # `Text` only refuses bytes
        found: list[nodes.Node] = []
        position = 0
        while match := self._address(text, position):
            try:
                reference = self.standalone_uri(match, lineno)
            except states.MarkupMismatch:
                break
            # Cut off there, what is before may hold an address that it did not hold in its place.
            found += self.implicit_inline(text[position : match.start()], lineno)
            found += reference
            position = match.end()
        if position < len(text):
            found.append(str.__new__(nodes.Text, text[position:]))
        return found

    def _address(self, text: str, position: int) -> re.Match[str] | None:
        """Find the next address; *position* counts as the beginning of the text."""
        patterns = self.patterns
        begin = position
        while hint := ADDRESS.search(text, begin):
            mark = hint.start()
            word = max(begin, text.rfind(" ", begin, mark) + 1, text.rfind("\n", begin, mark) + 1)
            for run in ADDRESS_RUN.finditer(text, word):
                start, end = run.span()
                # One more character, so that the end of the run does not pass for the end of the text.
                past = min(end + 1, len(text))
                pattern = patterns.uri if end - start < LONG else patterns.uri_long
                found = (start == position and patterns.uri_here.match(text, start, past)) or (
                    pattern.search(text, start, past)
                )
                if found:
                    return found
                begin = end
                if end > mark:
                    break
        return None


METHODS: dict[str, Callable[[Inliner, re.Match[str], int], Found]] = {
    "*": Inliner._emphasis,
    "**": Inliner._strong,
    "`": Inliner._interpreted,
    "``": Inliner._literal,
    "_`": Inliner._target,
    "]_": Inliner._footnote,
    "|": Inliner._substitution,
    "_": Inliner._reference,
    "__": Inliner._anonymous,
}
