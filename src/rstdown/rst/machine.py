"""docutils' state machine with the waste taken out; the doctree is the same.

Stock docutils spends half of a parse on setting up: each nested parse builds fifteen state objects with all
their transitions (bound methods in fresh dictionaries), of which one or two are used; each line of input then
tries up to fourteen patterns in turn, twelve of which cannot match what the line begins with.  Here

* states are made when they are first entered, and machines are reused within a document
  (docutils' own reuse is process-wide, so it carries state from one document to the next),
* transitions are looked up once per class, by the first two characters of the line,
* noting the current line is done in place, not through observers,
* line lists slice without copying twice.

``tests/test_parser.py`` holds that the doctree equals that of stock docutils, line numbers included.
"""

from __future__ import annotations

import re
from operator import attrgetter
from types import SimpleNamespace
from typing import Any

from docutils import nodes
from docutils.parsers.rst import languages
from docutils.parsers.rst import states as _states
from docutils.statemachine import StateCorrection, StateWS, StringList, TransitionCorrection

from .limits import Budget
from .lines import Lines, trim_top

states: Any = _states  # the published types do not cover what we override
Row = tuple[Any, Any, str]
"""A transition: the pattern's ``match`` (or ``str``: any line), the method (a plain function), next state."""

ALNUM = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
FIRST = {
    "blank": " ",
    "indent": " ",
    "bullet": "-+*\u2022\u2023\u2043",
    "enumerator": "(#" + ALNUM,
    "field_marker": ":",
    "option_marker": "-+/",
    "doctest": ">",
    "line_block": "|",
    "grid_table_top": "+",
    "simple_table_top": "=",
    "explicit_markup": ".",
    "anonymous": "_",
    "line": PUNCTUATION,
    "underline": PUNCTUATION,
}
"""The characters that a line may begin with for a transition to match (those not named: any)."""
SECOND = {
    "bullet": " ",
    "enumerator": "ivxlcdmIVXLCDM0123456789.)",
    "explicit_markup": ".",
    "anonymous": "_",
}
"""The characters that may come next, if the line goes on; behind the parenthesis of an enumerator, any."""
AHEAD = {"enumerator": r"(?=\(|[a-zA-Z0-9#][ivxlcdmIVXLCDM0-9]*+[.)](?: |$))"}
"""What a transition's pattern asks for at least, where that is quicker to tell."""
QUICKER = {
    r":(?![: ])([^:\\]|\\.|:(?!([ `]|$)))*(?<! ):( +|$)": (
        r":(?![: ])(?:[^:\\]++|\\.|:(?![ `]|$))*(?<! ):( +|$)"
    ),
}
"""Patterns that find the same as docutils' do, in fewer steps."""


class States(dict[str, Any]):
    """The states of a machine, made when they are first asked for."""

    def __init__(self, machine: Any, classes: dict[str, Any]) -> None:
        super().__init__()
        self.machine = machine
        self.classes = classes

    def __missing__(self, name: str) -> Any:
        """Make a state and, as it comes late, get it ready to run."""
        state = self[name] = self.classes[name](self.machine, self.machine.debug)
        if self.machine.running:
            state.runtime_init()
        return state


class Transitions(dict[str, tuple[Row, ...]]):
    """The transitions of a state that may match a line, by its first two characters, and by name."""

    def __init__(self, cls: Any) -> None:
        super().__init__()
        self.by_name: dict[str, Row] = {}
        for entry in (*cls.ws_initial_transitions, *(cls.initial_transitions or ())):
            name, following = (entry, cls.__name__) if isinstance(entry, str) else entry
            pattern = cls.ws_patterns.get(name) or cls.patterns[name]
            if isinstance(pattern, str):
                pattern = re.compile(AHEAD.get(name, "") + QUICKER.get(pattern, pattern))
            match = str if name in getattr(cls, "of_any_line", ()) else pattern.match
            self.by_name[name] = match, getattr(cls, name), following

    def __missing__(self, start: str) -> tuple[Row, ...]:
        """Find those for lines that begin with *start*."""
        found = tuple(row for name, row in self.by_name.items() if _may_begin(name, start))
        if start.isascii():
            self[start] = found
        return found


def _may_begin(name: str, start: str) -> bool:
    """Tell whether a line that begins with *start* may match the transition *name*."""
    if not start:
        return True
    second = SECOND.get(name, start[1:])
    return start[0] in FIRST.get(name, start) and (start[1:] in second or start[0] == "(")


SHARED_PARENT = isinstance(getattr(states.RSTState, "parent", None), property)
"""Is the parent of a state its machine's node?  In docutils 0.21, each state has one of its own."""


class Machine(states.NestedStateMachine):  # type: ignore[misc]
    """A machine over a document, or nested within another (``docutils.statemachine.StateMachine``).

    They are one class, as Python adapts code to the one class that it meets there.
    """

    state_classes: dict[str, Any] = {}
    memo: Any = None
    budget: Budget
    node: Any

    def __init__(
        self, state_classes: Any, initial_state: str, debug: bool = False, parent_state_machine: Any = None
    ) -> None:
        self.parent_state_machine = parent_state_machine
        self.input_lines: Any = None
        self.input_offset = 0
        self.line: Any = None
        self.line_offset = -1
        self.debug = False
        self.initial_state = self.current_state = initial_state
        self.running = False
        self.anchor: int | None = None
        self.observers: list[Any] = []
        known = self.state_classes
        if state_classes is not STATE_CLASSES:
            known = {cls.__name__: known.get(cls.__name__, cls) for cls in state_classes}
            if not all(issubclass(cls, FastState) for cls in known.values()):
                self.step = self.check_line  # type: ignore[method-assign]
        self.states: Any = States(self, known)

    def run_over_document(
        self,
        input_lines: Lines,
        document: nodes.document,
        inliner: Any,
        vocabulary: Any,
        budget: Budget,
    ) -> None:
        """Parse *input_lines* into *document* (``RSTStateMachine.run``)."""
        memo = SimpleNamespace(
            document=document,
            env=document.settings.env,
            reporter=document.reporter,
            language=languages.get_language(document.settings.language_code, document.reporter),
            title_styles=[],
            section_level=0,
            section_bubble_up_kludge=False,
            inliner=inliner,
            machines=[],
            vocabulary=vocabulary,
            budget=budget,
        )
        self.start(memo, document, True)
        document.reporter.get_source_and_line = self.position
        first = (document["source"], 0)
        # Lines count from the document's own first one, whatever is put before it.
        self.loop(input_lines, -next((i for i, item in enumerate(input_lines.items) if item == first), 0))
        for machine in (self, *memo.machines):
            machine.unlink()
        memo.machines.clear()
        self.node = self.memo = None

    def position(self, lineno: int | None = None) -> tuple[str | None, int | None]:
        """Return the source and line of line *lineno*, by default of where docutils would say that we are.

        While stock docutils reads the further items of a list with a nested machine, this one stays at the
        end of the first item; messages that know no line of their own get that one.
        """
        if lineno is None and self.anchor is not None:
            lineno = self.anchor + self.input_offset + 1
        return self.get_source_and_line(lineno)

    def run(
        self,
        input_lines: Any,
        input_offset: int,
        memo: Any,
        node: nodes.Element,
        match_titles: bool = True,
    ) -> None:
        """Parse *input_lines* into *node* (``NestedStateMachine.run``)."""
        self.start(memo, node, match_titles)
        if not isinstance(input_lines, StringList):
            input_lines = Lines(input_lines)
        self.loop(input_lines, input_offset)

    def start(self, memo: Any, node: nodes.Element, match_titles: bool) -> None:
        """Take over what all machines of a document share."""
        self.match_titles = match_titles
        self.node = node
        if self.memo is not memo:
            self.memo = memo
            self.document = memo.document
            self.language = memo.language
            self.reporter = self.document.reporter
            self.budget = memo.budget
        elif SHARED_PARENT:
            return
        for known in self.states.values():
            known.runtime_init()

    def loop(self, lines: Any, input_offset: int) -> None:
        """Run over *lines* (``StateMachine.run``)."""
        self.running = True
        self.input_lines = lines
        self.input_offset = input_offset
        self.line_offset = -1
        states, current = self.states, self.initial_state
        self.current_state = current
        state = states[current]
        skips_blank_lines = getattr(state, "skips_blank_lines", False)
        document, data, items = self.document, lines.data, lines.items
        context: Any = []
        only: str | None = None
        while True:
            try:
                try:
                    at, end = self.line_offset + 1, len(data)
                    if skips_blank_lines and not (context or only):
                        while at < end and not data[at].strip(" "):
                            at += 1
                    if at >= end:
                        self.go_past(at)
                        state.eof(context)
                        break
                    self.line_offset, self.line = at, data[at]
                    document.current_source, offset = items[at]
                    document.current_line = None if offset is None else offset + 1
                    context, following, _ = self.step(context, state, only)
                except EOFError:
                    state.eof(context)
                    break
            except TransitionCorrection as correction:
                self.previous_line()
                only = correction.args[0]
                continue
            except StateCorrection as correction:
                self.previous_line()
                following, *rest = correction.args
                only = rest[0] if rest else None
            else:
                only = None
            if following and following != current:
                self.current_state = current = following
                state = states[current]
                skips_blank_lines = getattr(state, "skips_blank_lines", False)
        self.running = False

    def check_line(self, context: Any, state: Any, only: Any = None) -> Any:
        """Do as stock docutils does, for states that are not ours (``QuotedLiteralBlock``)."""
        return super().check_line(context, state, only and (only,))

    def step(self, context: Any, state: Any, only: str | None) -> Any:
        """Find the transition that the current line asks for, and take it (``StateMachine.check_line``)."""
        line = self.line
        if only is None:
            rows = state.rows[line[:2]]
        else:
            rows = (state.rows.by_name[only],)
        for match, method, following in rows:
            if found := match(line):
                return method(state, found, context, following)
        return state.no_match(context, tuple(state.rows.by_name))

    def note(self) -> None:
        """Tell the document where we are (``document.note_source``)."""
        items = self.input_lines.items
        document = self.document
        source, offset = (
            items[self.line_offset] if -len(items) <= self.line_offset < len(items) else (None, None)
        )
        document.current_source = source
        document.current_line = None if offset is None else offset + 1

    def next_line(self, n: int = 1) -> Any:
        """Go *n* lines on (``StateMachine.next_line``)."""
        self.line_offset = at = self.line_offset + n
        lines, document = self.input_lines, self.document
        try:
            self.line = line = lines.data[at]
            document.current_source, offset = lines.items[at]
            document.current_line = None if offset is None else offset + 1
        except IndexError:
            self.go_past(at)
            raise EOFError from None
        return line

    def go_past(self, at: int) -> None:
        """Go behind the last line: ``ViewList.info`` knows the source just there, but no line."""
        self.line_offset = at
        self.line = None
        items, document = self.input_lines.items, self.document
        document.current_source = items[-1][0] if items and at == len(items) else None
        document.current_line = None

    def goto_line(self, line_offset: int) -> Any:
        """Go to a line, counted from the beginning of the file."""
        return self.next_line(line_offset - self.input_offset - self.line_offset)

    def previous_line(self, n: int = 1) -> Any:
        """Go *n* lines back."""
        self.line_offset -= n
        self.line = self.input_lines.data[self.line_offset] if self.line_offset >= 0 else None
        self.note()
        return self.line

    def get_source_and_line(self, lineno: int | None = None) -> tuple[str | None, int | None]:
        """Return where line *lineno*, by default the current one, comes from."""
        at = self.line_offset if lineno is None else lineno - self.input_offset - 1
        items = self.input_lines.items
        if 0 <= at < len(items):
            source, offset = items[at]
            if offset is not None:
                return source, offset + 1
        return super().get_source_and_line(lineno)  # type: ignore[no-any-return]

    def get_indented(self, until_blank: bool = False, strip_indent: bool = True) -> Any:
        """Return an indented block, its indent, where it begins, whether a blank line follows it."""
        offset = self.line_offset + self.input_offset
        block, indent, blank_finish = self.input_lines.get_indented(
            self.line_offset, until_blank, strip_indent
        )
        if block.data:
            self.next_line(len(block.data) - 1)
        return block, indent, offset + trim_top(block), blank_finish

    def get_known_indented(self, indent: int, until_blank: bool = False, strip_indent: bool = True) -> Any:
        """Return a block of the indent given, where it begins, whether a blank line follows it."""
        offset = self.line_offset + self.input_offset
        block, _, blank_finish = self.input_lines.get_indented(
            self.line_offset, until_blank, strip_indent, block_indent=indent
        )
        self.next_line(len(block.data) - 1)
        return block, offset + trim_top(block), blank_finish

    def get_first_known_indented(
        self, indent: int, until_blank: bool = False, strip_indent: bool = True, strip_top: bool = True
    ) -> Any:
        """Return what `get_indented` does, of a block whose first line has the indent given."""
        offset = self.line_offset + self.input_offset
        block, indent, blank_finish = self.input_lines.get_indented(
            self.line_offset, until_blank, strip_indent, first_indent=indent
        )
        self.next_line(len(block.data) - 1)
        if strip_top:
            offset += trim_top(block)
        return block, indent, offset, blank_finish


class FastState:
    """Mix-in: a state that knows its transitions by class."""

    state_machine: Any
    memo: Any = None
    parent: Any
    rows: Transitions
    transitions: dict[str, Any] = {}
    transition_order: tuple[str, ...] = ()
    skips_blank_lines = False

    def __init_subclass__(cls, **more: Any) -> None:
        """Look the transitions up, once."""
        super().__init_subclass__(**more)
        cls.skips_blank_lines = getattr(cls, "blank", None) is StateWS.blank
        if getattr(cls, "patterns", None):
            cls.rows = Transitions(cls)
            cls.transition_order = tuple(cls.rows.by_name)
            cls.transitions = {
                name: (getattr(match, "__self__", None), method, state)
                for name, (match, method, state) in cls.rows.by_name.items()
            }

    def __init__(self, state_machine: Any, debug: bool = False) -> None:
        self.state_machine = state_machine
        self.debug = debug
        self.nested_sm = Machine
        self.nested_sm_kwargs = {"state_classes": STATE_CLASSES, "initial_state": "Body"}
        self.indent_sm = self.known_indent_sm = self.nested_sm
        self.indent_sm_kwargs = self.known_indent_sm_kwargs = self.nested_sm_kwargs

    def runtime_init(self) -> None:
        """Take over what the machine knows (``RSTState.runtime_init``): the same for a whole document."""
        if self.memo is not self.state_machine.memo:
            super().runtime_init()  # type: ignore[misc]
            self.nested_sm_cache = self.memo.machines
        elif not SHARED_PARENT:
            self.parent = self.state_machine.node

    def _set_parent(self, node: nodes.Element) -> None:
        self.state_machine.node = node

    if SHARED_PARENT:
        parent = property(attrgetter("state_machine.node"), _set_parent)


STATE_CLASSES = states.state_classes
