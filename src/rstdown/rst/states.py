"""docutils' states, with our vocabulary, limits, and lists that are read in place.

Stock docutils starts a nested machine over *the rest of the text* after the first item of each list and after
each piece of explicit markup, only to find, most times, that nothing of the kind follows.  The methods here
read further items with the machine at hand; the doctree is the same.
"""

from __future__ import annotations

import re
from contextlib import suppress
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from docutils import __version_info__, nodes
from docutils.parsers.rst import states as _states
from docutils.statemachine import TransitionCorrection
from docutils.utils import escape2null

from .inline import SIMPLENAME
from .machine import PUNCTUATION, Machine
from .quick import adopt, adopt_paragraph, maker, text_element
from .state import UNDERLINE, VocabularyState, next_body_line, transition_of
from .tables import CompleteTableParser, GridTableParser

states: Any = _states  # the published types do not cover what we override
LONGEST_ENUMERATOR = 1000
LONGEST_NAME = 200
"""How many characters an enumerator may have, and how many lines the name of a target."""
PLAIN_TARGET = re.compile(r"\.\. _([^\W_]+(?:[-._+][^\W_]+)*):").fullmatch
new_target, new_row, new_entry = maker(nodes.target), maker(nodes.row), maker(nodes.entry)
new_bullets, new_item = maker(nodes.bullet_list), maker(nodes.list_item)
new_section, new_title = maker(nodes.section), maker(nodes.title)
SINCE_22, SINCE_23 = __version_info__ >= (0, 22), __version_info__ >= (0, 23)


def _limited(method: Any, pattern: re.Pattern[str], strip: bool) -> Any:
    """Return *method*, a construct whose name may take several lines, for names that take not too many.

    docutils tries *pattern* on the first line, on the first two, on the first three, ….
    """

    def read(self: Any, match: re.Match[str]) -> Any:
        machine = self.state_machine
        ahead = machine.input_lines.data[machine.line_offset : machine.line_offset + LONGEST_NAME]
        if len(ahead) == LONGEST_NAME and all(line[:1] in " " for line in ahead[1:]):
            name = escape2null(ahead[0][match.end() :])
            for line in ahead[1:]:
                if pattern.match(name):
                    break
                name += escape2null(f" {line.strip()}" if strip else line)
            else:
                raise states.MarkupError(f"a name of more than {LONGEST_NAME} lines.")
        return method(self, match)

    return read


_any_target = _limited(states.Body.hyperlink_target, states.Body.explicit.patterns.target, False)


def _hyperlink_target(self: Any, match: re.Match[str]) -> Any:
    """Read a target (``Body.hyperlink_target``); most have a plain name and lead to what follows."""
    machine = self.state_machine
    found = PLAIN_TARGET(match.string)
    following = "".join(machine.input_lines.data[machine.line_offset + 1 : machine.line_offset + 2])
    if found is None or following[:1] == " ":
        return _any_target(self, match)
    target = new_target(match.string, [])
    target.line = machine.abs_line_number()
    target.attributes["names"].append(found[1].lower())
    self.document.note_explicit_target(target, self.parent)
    return [target], not following


def _explicit() -> SimpleNamespace:
    """Return docutils' constructs of explicit markup, some of them replaced by ours."""
    patterns = states.Body.explicit.patterns
    ours = {
        "directive": VocabularyState.directive,
        "hyperlink_target": _hyperlink_target,
        "substitution_def": _limited(states.Body.substitution_def, patterns.substitution, True),
    }
    constructs = [
        (ours.get(method.__name__, method), pattern) for method, pattern in states.Body.explicit.constructs
    ]
    for place, (method, pattern) in enumerate(constructs):
        if method is VocabularyState.directive:
            plain = pattern.pattern.replace(states.Inliner.simplename, SIMPLENAME)
            constructs[place] = method, re.compile(plain, pattern.flags)
    # Nothing is two of them, and most are directives.
    constructs.sort(key=lambda construct: construct[0] is not VocabularyState.directive)
    return SimpleNamespace(patterns=patterns, constructs=constructs)


EXPLICIT = _explicit()


@lru_cache(1024)
def _name_in(head: str) -> str:
    """Return the name in *head*, all of a line before the two colons of a directive; empty if it is none."""
    found = EXPLICIT.constructs[0][1].match(f"{head}::")
    return found[1] if found and found.end() == len(head) + 2 else ""


def directive_of(line: str) -> tuple[str, int] | None:
    """Return the name of the directive on *line*, and where its text begins; None if there is none."""
    head, colons, text = line.partition("::")
    if colons and text[:1] in " " and (name := _name_in(head)):
        return name, len(line) - len(text.lstrip(" "))
    return None


def _is_underline(line: str) -> bool:
    return line != "" and line[0] in PUNCTUATION and UNDERLINE(line) is not None


class Body(VocabularyState, states.Body):  # type: ignore[misc]
    """The beginning of a block."""

    explicit = EXPLICIT
    of_any_line = frozenset({"text"})

    def text(self, line: str, context: Any, next_state: str) -> Any:
        """Read a paragraph, unless the next line makes the text a title or a term (``Body.text``)."""
        machine = self.state_machine
        data, first = machine.input_lines.data, machine.line_offset
        if first + 1 == len(data) or _is_underline(data[first + 1]):
            return [line], "Text", []
        for end in range(first + 1, len(data)):
            following = data[end]
            if not following or following.isspace():
                break
            if following[0] == " ":
                return [line], "Text", []
        else:
            end = len(data)
        # At the last line, but behind one that stands alone.
        machine.next_line(max(end - 1 - first, 1))
        found, literal_next = self.paragraph(data[first:end], first + machine.input_offset + 1)
        adopt_paragraph(self.parent, found)
        if literal_next:
            if end - first > 1:
                with suppress(EOFError):
                    machine.next_line()
            adopt(self.parent, machine.states["Text"].literal_block())
        return [], "Body", []

    def grid_table_top(self, match: re.Match[str], context: Any, next_state: str) -> Any:
        """Read a grid table (``Body.grid_table_top``)."""
        return self.table_top(match, context, next_state, self.isolate_grid_table, GridTableParser)

    def isolate_grid_table(self) -> Any:
        """Cut a grid table out (``Body.isolate_grid_table``), if it is as it should be at once."""
        machine = self.state_machine
        lines, start = machine.input_lines, machine.line_offset
        end = start + 1
        while end < len(lines.data) and lines.data[end]:
            end += 1
        block = lines[start:end]
        data, width = block.data, len(block.data[0])
        if not (
            self.grid_table_top_pat.match(data[-1])
            and all(len(line) == width and line[0] in "+|" and line[-1] in "+|" for line in data)
            and all(map(str.isascii, data))
        ):
            return super().isolate_grid_table()
        block.disconnect()
        machine.next_line(len(data) - 1)
        return block, [], True

    def simple_table_top(self, match: re.Match[str], context: Any, next_state: str) -> Any:
        """Read a simple table (``Body.simple_table_top``)."""
        return self.table_top(match, context, next_state, self.isolate_simple_table, CompleteTableParser)

    def build_table_row(self, rowdata: Any, tableline: int) -> nodes.row:
        """Return a row of a table (``Body.build_table_row``)."""
        row = new_row("", [])
        for cell in rowdata:
            if cell is None:
                continue
            more_rows, more_columns, offset, block = cell
            entry = new_entry("", [])
            if more_rows:
                entry["morerows"] = more_rows
            if more_columns:
                entry["morecols"] = more_columns
            adopt(row, [entry])
            if "".join(block):
                self.nested_parse(block, tableline + offset - SINCE_23, entry)
        return row

    def bullet(self, match: re.Match[str], context: Any, next_state: str) -> Any:
        """Read a bullet list (``Body.bullet``, ``BulletList``)."""
        machine = self.state_machine
        bullets = new_bullets("", [], {"bullet": match.string[0]})
        bullets.source, bullets.line = machine.get_source_and_line()
        adopt(self.parent, [bullets])
        item, blank_finish = self.list_item(match.end())
        adopt(bullets, [item])
        machine.anchor = machine.line_offset
        while line := next_body_line(machine):
            name, found = transition_of(line)
            if name != "bullet" or line[0] != match.string[0]:
                machine.previous_line()
                break
            item, blank_finish = self.list_item(found.end())
            adopt(bullets, [item])
        machine.anchor = None
        if not blank_finish:
            self.parent += self.unindent_warning("Bullet list")
        return [], next_state, []

    def list_item(self, indent: int) -> tuple[nodes.list_item, bool]:
        """Return a list's item, and whether a blank line follows it (``Body.list_item``)."""
        machine = self.state_machine
        source, line = machine.get_source_and_line()
        if machine.line[indent:]:
            block, offset, blank_finish = machine.get_known_indented(indent)
        else:
            block, indent, offset, blank_finish = machine.get_first_known_indented(indent)
        item = new_item("\n".join(block.data), [])
        item.source, item.line = source, line
        if block.data:
            self.nested_parse(block, offset, item)
        return item, blank_finish

    def explicit_markup(self, match: re.Match[str], context: Any, next_state: str) -> Any:
        """Read explicit markup, and what of it follows at once (``Body.explicit_markup``)."""
        found, blank_finish = self.explicit_construct(match)
        adopt(self.parent, found)
        self.explicit_list(blank_finish)
        return [], next_state, []

    def explicit_construct(self, match: re.Match[str]) -> Any:
        """Read one construct; most are directives (``Body.explicit_construct``)."""
        found = directive_of(match.string)
        return self._directive(*found) if found else super().explicit_construct(match)

    def _directive(self, name: str, indent: int) -> Any:
        """Run a directive; where it cannot be read, it is a comment."""
        machine = self.state_machine
        line = machine.line
        try:
            return self.named_directive(name, indent, {})
        except states.MarkupError as error:
            lineno = machine.abs_line_number()
            warning = self.reporter.warning(" ".join(error.args), line=lineno)
            found, blank_finish = self.comment(transition_of(line)[1])
            return [*found, warning], blank_finish

    def enumerator(self, match: re.Match[str], context: Any, next_state: str) -> Any:
        """Read an enumerated list (``Body.enumerator``, ``EnumeratedList``)."""
        machine, parent = self.state_machine, self.parent
        form, sequence, text, ordinal = self.parse_enumerator(match)
        if not self.is_enumerated_list_item(ordinal, sequence, form):
            raise TransitionCorrection("text")
        numbered = nodes.enumerated_list()
        if SINCE_22:
            numbered.source, numbered.line = machine.get_source_and_line()
        parent += numbered
        numbered["enumtype"] = "arabic" if sequence == "#" else sequence
        numbered["prefix"] = self.enum.formatinfo[form].prefix
        numbered["suffix"] = self.enum.formatinfo[form].suffix
        if ordinal != 1:
            numbered["start"] = ordinal
            parent += self._start_message(text, ordinal, numbered)
        item, blank_finish = self.list_item(match.end())
        adopt(numbered, [item])
        automatic = sequence == "#"
        machine.anchor = machine.line_offset
        while line := next_body_line(machine):
            name, found = transition_of(line)
            following = name == "enumerator" and self._follows(found, numbered, form, automatic, ordinal)
            if not following:
                machine.previous_line()
                break
            automatic, ordinal = following
            item, blank_finish = self.list_item(found.end())
            adopt(numbered, [item])
        machine.anchor = None
        if not blank_finish:
            parent += self.unindent_warning("Enumerated list")
        return [], next_state, []

    def _start_message(self, text: str, ordinal: int, numbered: nodes.Element) -> nodes.Element:
        base = {"base_node": numbered} if SINCE_22 else {}
        problem = f'Enumerated list start value not ordinal-1: "{text}" (ordinal {ordinal})'
        return self.reporter.info(problem, **base)  # type: ignore[no-any-return]

    def _follows(
        self, match: re.Match[str], numbered: nodes.Element, form: str, automatic: bool, last: int
    ) -> tuple[bool, int] | None:
        """Tell whether *match* goes on with the list; return what `EnumeratedList` remembers of it."""
        other, sequence, _, ordinal = self.parse_enumerator(match, numbered["enumtype"])
        if other != form or not (
            sequence == "#" or self._in_order(sequence, ordinal, numbered, automatic, last)
        ):
            return None
        if not self.is_enumerated_list_item(ordinal, sequence, form):
            return None
        return automatic or sequence == "#", ordinal

    def _in_order(
        self, sequence: str, ordinal: int | None, numbered: nodes.Element, automatic: bool, last: int
    ) -> bool:
        return sequence == numbered["enumtype"] and not automatic and ordinal == last + 1

    def parse_enumerator(self, match: re.Match[str], expected_sequence: str | None = None) -> Any:
        """Analyse an enumerator; one with very many digits is text (Python refuses to read the number)."""
        if match.end() > LONGEST_ENUMERATOR:
            raise TransitionCorrection("text")
        return super().parse_enumerator(match, expected_sequence)

    def field_marker(self, match: re.Match[str], context: Any, next_state: str) -> Any:
        """Read a field list (``Body.field_marker``, ``FieldList``)."""
        machine, parent = self.state_machine, self.parent
        fields = nodes.field_list()
        parent += fields
        field, blank_finish = self.field(match)
        adopt(fields, [field])
        self.parent = fields
        machine.anchor = machine.line_offset
        while line := next_body_line(machine):
            name, found = transition_of(line)
            if name != "field_marker":
                machine.previous_line()
                break
            field, blank_finish = self.field(found)
            adopt(fields, [field])
        self.parent, machine.anchor = parent, None
        if not blank_finish:
            parent += self.unindent_warning("Field list")
        return [], next_state, []

    def explicit_list(self, blank_finish: Any) -> None:
        """Read the explicit markup that follows at once (``Body.explicit_list``, ``Explicit``)."""
        machine = self.state_machine
        machine.anchor = machine.line_offset
        data = machine.input_lines.data
        while True:
            at = machine.line_offset + 1
            if at >= len(data):
                machine.go_past(at)
                break
            if data[at][:2] not in ("..", "__"):
                break
            line = machine.next_line()
            if directive := directive_of(line):
                found_nodes, blank_finish = self._directive(*directive)
                adopt(self.parent, found_nodes)
                continue
            name, found = transition_of(line)
            if name == "explicit_markup":
                found_nodes, blank_finish = self.explicit_construct(found)
            elif name == "anonymous":
                found_nodes, blank_finish = self.anonymous_target(found)
            else:
                machine.previous_line()
                break
            adopt(self.parent, found_nodes)
        machine.anchor = None
        if not blank_finish:
            self.parent += self.unindent_warning("Explicit markup")


class Text(VocabularyState, states.Text):  # type: ignore[misc]
    """The second line of a block of text."""

    def underline(self, match: re.Match[str], context: list[str], next_state: str) -> Any:
        """Begin a section, whose title mostly is as wide as it is long (``Text.underline``)."""
        title, underline = context[0].rstrip(), match.string.rstrip()
        if not (title.isascii() and len(title) <= len(underline) and self.state_machine.match_titles):
            return super().underline(match, context, next_state)
        context.clear()
        line = self.state_machine.abs_line_number() - 1
        self.section(title, f"{title}\n{underline}", underline[0], line, [])
        return [], next_state, []

    if SINCE_22:

        def new_subsection(self, title: str, lineno: int, messages: list[nodes.Node]) -> None:
            """Begin a section (``RSTState.new_subsection``)."""
            section = new_section("", [])
            adopt(self.parent, [section])
            found, more = self.inliner.parse(title, lineno, self.memo, section.parent)
            heading = new_title(title, found)
            section.attributes["names"].append(nodes.fully_normalize_name(heading.astext()))
            adopt(section, [heading, *messages, *more])
            self.document.note_implicit_target(section, section)
            self.parent = section
            self.memo.section_level += 1

    def blank(self, match: Any, context: list[str], next_state: str) -> Any:
        """End a paragraph of one line (``Text.blank``)."""
        machine = self.state_machine
        found, literal_next = self.paragraph(context, machine.abs_line_number() - 1)
        adopt(self.parent, found)
        if literal_next:
            self.parent += self.literal_block()
        return [], "Body", []

    def literal_block(self) -> list[nodes.Node]:
        """Read a literal block (``Text.literal_block``)."""
        machine = self.state_machine
        block, _, offset, blank_finish = machine.get_indented()
        data = block.data
        while data and not data[-1].strip():
            data.pop()
        if not data:
            return self.quoted_literal_block()  # type: ignore[no-any-return]
        text = "\n".join(data)
        node = text_element(nodes.literal_block, text, text)
        node.attributes["xml:space"] = "preserve"
        node.source, node.line = machine.get_source_and_line(offset + 1)
        return [node] if blank_finish else [node, self.unindent_warning("Literal block")]

    def indent(self, match: Any, context: list[str], next_state: str) -> Any:
        """Read a definition list (``Text.indent``, ``DefinitionList``, ``Definition``)."""
        machine, parent = self.state_machine, self.parent
        definitions = nodes.definition_list()
        definitions.source, definitions.line = machine.get_source_and_line(machine.abs_line_number() - 1)
        item, blank_finish = self.definition_list_item(context)
        adopt(definitions, [item])
        parent += definitions
        self.parent = definitions
        machine.anchor = machine.line_offset
        while line := next_body_line(machine):
            if transition_of(line)[0] != "text":
                machine.previous_line()
                break
            try:
                second = machine.next_line()
            except EOFError:
                second = ""
            if not second.startswith(" ") or second.isspace():
                machine.previous_line(2)
                break
            item, blank_finish = self.definition_list_item([line])
            adopt(definitions, [item])
        self.parent, machine.anchor = parent, None
        if not blank_finish:
            parent += self.unindent_warning("Definition list")
        return [], "Body", []


def _ours(stock: type) -> type:
    """Return *stock*, a state class of docutils, as one of ours."""
    ours = {"Body": Body, "Text": Text}.get(stock.__name__)
    return ours or type(stock.__name__, (VocabularyState, stock), {"explicit": EXPLICIT})


Machine.state_classes = {stock.__name__: _ours(stock) for stock in states.state_classes}
