"""What all states do: look up our vocabulary, count nesting, read directives and paragraphs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from docutils import nodes, utils
from docutils.parsers.rst import Directive, DirectiveError
from docutils.parsers.rst import states as _states

from .env import Env, env_of
from .limits import Budget
from .lines import Cut, Lines, extent
from .machine import PUNCTUATION, FastState, Transitions
from .quick import adopt_paragraph, maker

states: Any = _states  # the published types do not cover what we override
BODY = Transitions(states.Body)
OPTION = re.compile(r":([a-zA-Z][a-zA-Z0-9-]*):(?: +(.*))?$")
"""A directive option that needs no parsing: a plain name, and text."""
new_paragraph = maker(nodes.paragraph)
UNDERLINE, FIELD_MARKER = (BODY.by_name[name][0] for name in ("line", "field_marker"))


class VocabularyState(FastState):
    """What all our states do: look up our vocabulary, count nesting."""

    document: nodes.document
    state_machine: Any
    parent: Any
    reporter: Any
    inliner: Any

    @property
    def env(self) -> Env:
        """The environment of this parse."""
        return env_of(self.document)

    def nested_parse(
        self,
        block: Any,
        input_offset: int,
        node: Any = None,
        match_titles: bool = False,
        state_machine_class: Any = None,
        state_machine_kwargs: Any = None,
    ) -> int:
        """Parse *block* with a nested machine, unless that would be nested too deeply."""
        memo = self.memo
        budget: Budget = memo.budget
        budget.check()
        if node is None:
            node = self.state_machine.node
        if budget.depth >= budget.limits.nesting:
            return self._keep_literal(block, input_offset, node)
        in_place = match_titles and (node is self.state_machine.node or memo.title_styles)
        is_usual = not (in_place or state_machine_class or state_machine_kwargs)
        if is_usual and (count := lines_of_paragraph(block.data)):
            return self._read_paragraph(block, count, input_offset, node)
        budget.depth += 1
        try:
            if is_usual:
                return self._nested_parse(block, input_offset, node, match_titles)
            return super().nested_parse(  # type: ignore[misc,no-any-return]
                block, input_offset, node, match_titles, state_machine_class, state_machine_kwargs
            )
        finally:
            budget.depth -= 1

    def _nested_parse(self, block: Any, input_offset: int, node: nodes.Element, match_titles: bool) -> int:
        """Parse *block*, in which are no titles or only such as begin anew (``RSTState.nested_parse``)."""
        machines = self.memo.machines
        machine = (
            machines.pop()
            if machines
            else self.nested_sm(parent_state_machine=self.state_machine, **self.nested_sm_kwargs)
        )
        length = len(block.data)
        machine.section_level_offset = 0
        machine.run(block, input_offset, self.memo, node, match_titles)
        machines.append(machine)
        if (more := len(block.data) - length) and block.parent:
            self.state_machine.next_line(more)
        return machine.line_offset + machine.input_offset

    def _read_paragraph(self, block: Any, count: int, input_offset: int, node: nodes.Element) -> int:
        """Parse *block*, a paragraph of *count* lines and nothing else, as a nested machine would."""
        document, items = self.document, block.items
        data = "\n".join(block.data[:count]).rstrip()
        found, messages = self.inliner.paragraph(data, input_offset + 1, self.memo, node)
        paragraph = new_paragraph(data, found)
        paragraph.source, line = items[0]
        paragraph.line = None if line is None else line + 1
        if messages:
            # Where the machine would be: at the paragraph's last line, or behind its only one.
            at = max(count - 1, 1)
            document.current_source, line = items[at] if at < len(items) else (items[-1][0], None)
            document.current_line = None if line is None else line + 1
        adopt_paragraph(node, [paragraph, *messages])
        document.current_source, document.current_line = items[-1][0], None
        return input_offset + len(items)

    def _keep_literal(self, block: Any, input_offset: int, node: nodes.Element) -> int:
        text = "\n".join(block)
        if text.strip():
            limit = self.memo.budget.limits.nesting
            problem = f"nested more than {limit} levels deep; the rest is kept as it stands"
            self.env.diagnose("nesting-too-deep", problem, input_offset + 1)
            node += nodes.literal_block(text, text)
        return input_offset + len(block)

    def directive(self, match: re.Match[str], **option_presets: Any) -> Any:
        """Run the directive that our vocabulary knows (``Body.directive``)."""
        return self.named_directive(match[1], match.end(), option_presets)

    def named_directive(self, name: str, indent: int, option_presets: dict[str, Any]) -> Any:
        """Run the directive *name*, whose text begins on its line at *indent*."""
        memo = self.memo
        return self.run_directive(memo.vocabulary.directive(name, memo.env), name, indent, option_presets)

    def run_directive(
        self, cls: Any, name: str, indent: int, option_presets: dict[str, Any]
    ) -> tuple[Sequence[nodes.Node], bool]:
        """Return what a directive makes, and whether a blank line follows (``Body.run_directive``)."""
        machine = self.state_machine
        lines, first = machine.input_lines, machine.line_offset
        lineno = first + machine.input_offset + 1
        end, margin, blank_finish = extent(lines.data, first + 1)
        machine.next_line(end - 1 - first)
        block = lines.data[first:end]
        try:
            parts = self._parts_of_directive(cls, Cut(lines, first, end, indent, margin), option_presets)
        except states.MarkupError as error:
            problem = f'Error in "{name}" directive:\n{" ".join(error.args)}.'
            return [self.reporter.error(problem, _literal(block), line=lineno)], blank_finish
        arguments, options, content, at = parts
        content_offset = first + at + machine.input_offset
        directive = cls(name, arguments, options, content, lineno, content_offset, block, self, machine)
        try:
            made: Sequence[nodes.Node] = directive.run()
        except DirectiveError as error:
            message = self.reporter.system_message(error.level, error.msg, line=lineno)
            message += _literal(block)
            made = [message]
        return made, blank_finish or machine.is_next_line_blank()

    def _parts_of_directive(
        self, cls: type[Directive], block: Cut, option_presets: dict[str, Any]
    ) -> tuple[list[str], dict[str, Any], Lines, int]:
        """Return arguments, options, content, and where that begins (``Body.parse_directive_block``)."""
        spec = cls.option_spec
        takes_arguments = cls.required_arguments or cls.optional_arguments
        data = block.data
        top = end = 0 if data[0].strip() else 1
        begin = -1
        if takes_arguments or spec:
            for line in data[top:] if top else data:
                if not line or line.isspace():
                    break
                if line[0] == ":" and begin < 0 and FIELD_MARKER(line):
                    begin = end
                end += 1
        if begin < 0 or not spec:
            begin = end
        options = option_presets.copy() if option_presets and spec else {}
        if begin < end:
            success, found = self.parse_extension_options(spec, block.part(begin, end))
            if not success:
                raise states.MarkupError(found)
            options |= found
        arguments: list[str] = []
        if takes_arguments:
            arguments = self.parse_directive_arguments(cls, data[top:begin])
        at = top
        if begin == top or takes_arguments:
            at = end + 1 if end > top else top
            while at < len(data) and not data[at].strip():
                at += 1
        # What is no option is content, and what follows the options.
        content = block.part(at) if at > top or begin == end else block.part(top, begin) + block.part(end)
        if content.data and not cls.has_content:
            raise states.MarkupError("no content permitted")
        return arguments, options, content, at

    def parse_directive_arguments(self, directive: type[Directive], arg_block: Any) -> list[str]:
        """Return a directive's arguments (``Body.parse_directive_arguments``); often the last is the rest."""
        most = directive.required_arguments + directive.optional_arguments
        text = "\n".join(arg_block)
        if directive.final_argument_whitespace and most and not text[-1:].isspace():
            found = text.split(None, most - 1)
            if len(found) >= directive.required_arguments:
                return found
        return super().parse_directive_arguments(directive, arg_block)  # type: ignore[misc,no-any-return]

    def paragraph(self, lines: list[str], lineno: int) -> Any:
        """Return the paragraph and its messages, and whether a literal block follows."""
        data = "\n".join(lines).rstrip()
        text, literal_next = data, 0
        if data[-2:] == "::" and not _is_escaped(data[:-2]):
            if len(data) == 2:
                return [], 1
            text = data[:-3].rstrip() if data[-3] in " \n" else data[:-1]
            literal_next = 1
        found, messages = self.inliner.paragraph(text, lineno, self.memo, self.parent)
        paragraph = new_paragraph(data, found)
        machine = self.state_machine
        paragraph.source, line = machine.input_lines.items[lineno - machine.input_offset - 1]
        paragraph.line = None if line is None else line + 1
        return [paragraph, *messages], literal_next

    def parse_extension_options(self, option_spec: Any, datalines: Any) -> Any:
        """Read a directive's options; plain ones without parsing them as RST."""
        found = []
        for line in datalines.data:
            match = OPTION.match(line)
            if match is None:
                return super().parse_extension_options(option_spec, datalines)  # type: ignore[misc]
            found.append((match[1].lower(), match[2]))
        # A nested machine would stop past the last option.
        self.document.current_source, self.document.current_line = datalines.items[-1][0], None
        try:
            return 1, utils.assemble_option_dict(found, option_spec)
        except KeyError as error:
            return 0, f'unknown option: "{error.args[0]}"'
        except (ValueError, TypeError) as error:
            return 0, f"invalid option value: {' '.join(error.args)}"
        except utils.ExtensionOptionError as error:
            return 0, f"invalid option data: {' '.join(error.args)}"


def _literal(lines: list[str]) -> nodes.literal_block:
    text = "\n".join(lines)
    return nodes.literal_block(text, text)


def _is_escaped(before: str) -> bool:
    """Tell whether what stands after *before* is escaped: after an odd number of backslashes."""
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1


def next_body_line(machine: Any) -> str | None:
    """Go to the next line that is not blank; None at the end of the input."""
    try:
        while not (line := machine.next_line()) or line.isspace():
            pass
    except EOFError:
        return None
    return line  # type: ignore[no-any-return]


def transition_of(line: str) -> tuple[str, re.Match[str]]:
    """Return which of `Body`'s transitions *line* asks for."""
    for match, method, _ in BODY[line[:2]]:
        if found := match(line):
            return method.__name__, found
    raise AssertionError("the last transition matches anything")


def lines_of_paragraph(data: list[str]) -> int:
    """Return how many lines a paragraph takes that is all there is in *data*; 0 if there is more."""
    count = data.index("") if "" in data else len(data)
    if not count or any(data[count:]):
        return 0
    first = data[0]
    for match, _, _ in BODY[first[:2]][:-1]:  # the last is that for text
        if match(first):
            return 0
    for line in data[1:count] if count > 1 else ():
        if line[0] == " " or line.isspace():
            return 0
    if count > 1 and data[1][0] in PUNCTUATION and UNDERLINE(data[1]):
        return 0
    return 0 if data[count - 1][-2:] == "::" else count
