"""Other files shown in a document: ``include`` and ``literalinclude``.

Files are read through the environment's gate only.  What is refused or missing is reported, and a visible
paragraph stands in its place.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives, states
from docutils.statemachine import string2lines

from ..markdown import nodes as md
from ..markdown import read
from ..rst.directive import RstDirective
from ..rst.gate import GateError
from . import cpython_peg
from .code import code_node, dedent, optional_int
from .lowering import Handler, Lowered, Lowering

MAX_INCLUDES = 2_000
MAX_TAB = 64
STANDARD_FILES = Path(states.__file__).parent / "include"


MARKDOWN = frozenset({"mdinclude", "md-include"})
MARKDOWN_PARSER = re.compile(r"myst|markdown|commonmark|m2r")


class markdown_text(nodes.General, nodes.FixedTextElement):  # noqa: N801
    """Markdown from another file."""


class IncludeError(ValueError):
    """What was asked for is not in the file; the text says why."""


def read_file(directive: RstDirective, name: str) -> tuple[str, str]:
    """Return the text of the file *name* and its path, as *directive* sees them.

    As in Sphinx, ``/name`` counts from the source folder and other names from the document; a name that is
    not there counts from the including file, as in docutils.  Raises `GateError`.
    """
    gate = directive.env.gate
    encoding = directive.options.get("encoding", "utf-8-sig")
    try:
        text, path = gate.read(name, encoding=encoding)
    except GateError:
        source, _ = directive.state_machine.get_source_and_line(directive.lineno)
        if not source or name.startswith("/"):
            raise
        text, path = gate.read(name, base=Path(source).parent, encoding=encoding)
    width = directive.options.get("tab-width")
    return text if width is None or width < 0 else text.expandtabs(min(width, MAX_TAB)), str(path)


def missing(directive: RstDirective, name: str, why: str) -> list[nodes.Node]:
    """Report that the file *name* is not shown, and return a paragraph that says so."""
    directive.env.diagnose("include-failed", f"{directive.name}: {why}", directive.lineno)
    note = nodes.emphasis("", f"{directive.name}: {name} is not included here")
    return [nodes.paragraph("", "", note)]


class Include(RstDirective):
    """Insert another file, parsed, or as literal text or code (docutils: ``include``)."""

    has_content = False
    required_arguments = 1
    option_spec: ClassVar[dict[str, Any]] = {
        "literal": directives.flag,
        "code": directives.unchanged,
        "encoding": directives.encoding,
        "parser": directives.unchanged,
        "tab-width": int,
        "start-line": int,
        "end-line": int,
        "start-after": directives.unchanged,
        "end-before": directives.unchanged,
        "number-lines": directives.unchanged,
        "class": directives.class_option,
        "name": directives.unchanged,
    }

    def run(self) -> list[nodes.Node]:
        """Return literal text or code, or put the lines before those that come next."""
        name = directives.path(self.arguments[0])
        try:
            text, source = self._read(name)
            text = self._clip(text)
            if self.name.lower() in MARKDOWN or MARKDOWN_PARSER.search(self.options.get("parser", "")):
                return [markdown_text(text, text)]
            if "literal" in self.options or "code" in self.options:
                language = self.options.get("code") or "none"
                return [code_node(self, text.removesuffix("\n"), language)]
            self._insert(text, source)
        except (GateError, IncludeError) as error:
            return missing(self, name, str(error))
        return []

    def _read(self, name: str) -> tuple[str, str]:
        if not (name.startswith("<") and name.endswith(">")):
            return read_file(self, name)
        path = STANDARD_FILES / name[1:-1]  # docutils' own definitions of characters
        if path.parent != STANDARD_FILES or not path.is_file():
            raise GateError(f"{name}: docutils has no such file")
        return path.read_text("utf-8"), str(path)

    def _clip(self, text: str) -> str:
        options = self.options
        if "start-line" in options or "end-line" in options:
            text = "\n".join(text.splitlines()[options.get("start-line") : options.get("end-line")])
        if "start-after" in options:
            _, text = self._divide(text, options["start-after"], "to start after")
        if "end-before" in options:
            text, _ = self._divide(text, options["end-before"], "to end before")
        return text

    def _divide(self, text: str, at: str, purpose: str) -> tuple[str, str]:
        """Return what is before and after *at*; no text means the next empty line (docutils 0.23)."""
        before, found, after = text.partition(at or "\n\n")
        if not found:
            raise IncludeError(f"{self.arguments[0]}: there is no {at or 'empty line'!r} {purpose}")
        return before, after

    def _insert(self, text: str, source: str) -> None:
        log = self.state.document.include_log
        clip = tuple(self.options.get(key) for key in ("start-line", "end-line", "start-after", "end-before"))
        own_path = self.env.document.path
        whole = own_path and own_path.resolve() == Path(source) and not any(clip)
        if whole or (source, clip) in log:
            raise IncludeError(f"{self.arguments[0]} includes itself")
        if self.env.new_serial("include") >= MAX_INCLUDES:
            raise IncludeError(f"{self.arguments[0]}: more than {MAX_INCLUDES:,} files are included")
        log.append((source, clip))
        lines = string2lines(text, min(self.options.get("tab-width", 8), MAX_TAB), convert_whitespace=True)
        # docutils takes the entry off the log when it meets this comment.
        self.state_machine.insert_input([*lines, "", f'.. end of inclusion from "{source}"'], source)


class LiteralInclude(RstDirective):
    """Show a file, or a part of it, as code (Sphinx: ``literalinclude``)."""

    has_content = False
    required_arguments = 1
    option_spec: ClassVar[dict[str, Any]] = {
        "dedent": optional_int,
        "linenos": directives.flag,
        "lineno-start": directives.unchanged,
        "lineno-match": directives.flag,
        "tab-width": int,
        "language": directives.unchanged_required,
        "force": directives.flag,
        "encoding": directives.encoding,
        "pyobject": directives.unchanged_required,
        "lines": directives.unchanged_required,
        "start-after": directives.unchanged_required,
        "end-before": directives.unchanged_required,
        "start-at": directives.unchanged_required,
        "end-at": directives.unchanged_required,
        "prepend": directives.unchanged_required,
        "append": directives.unchanged_required,
        "emphasize-lines": directives.unchanged,
        "caption": directives.unchanged,
        "class": directives.class_option,
        "name": directives.unchanged,
        "diff": directives.unchanged_required,
    }

    def run(self) -> list[nodes.Node]:
        """Return the code, or a paragraph that names the file."""
        name = self.arguments[0]
        if "caption" in self.options:
            self.options["caption"] = self.options["caption"] or name
        try:
            text, _ = read_file(self, name)
            if "diff" in self.options:
                from difflib import unified_diff  # few pages show one

                old, _ = read_file(self, self.options["diff"])
                lines = list(
                    unified_diff(old.splitlines(True), text.splitlines(True), self.options["diff"], name)
                )
                return [code_node(self, "".join(lines), "diff")]
            text = "\n".join(select(text.splitlines(), self.options))
        except GateError as error:
            return missing(self, name, str(error))
        except IncludeError as error:
            return missing(self, name, f"{name}: {error}")
        language = self.options.get("language", "")
        if language == "peg" and name.endswith(".gram"):
            text = cpython_peg.rules(text)
        return [code_node(self, text, language)]


def select(lines: list[str], options: dict[str, Any]) -> list[str]:
    """Return the part of *lines* that ``literalinclude``'s *options* choose, applied in Sphinx's order.

    Raises `IncludeError` where the part is not there.
    """
    if name := options.get("pyobject"):
        start, end = find_pyobject(lines, name)
        lines = lines[start:end]
    lines = _from_start(lines, options)
    lines = _to_end(lines, options)
    if spec := options.get("lines"):
        lines = [lines[n] for n in line_numbers(spec, len(lines)) if n < len(lines)]
        if not lines:
            raise IncludeError(f"there are no lines {spec}")
    if "dedent" in options:
        lines = dedent("\n".join(lines), options["dedent"]).split("\n")
    if first := options.get("prepend"):
        lines = [first, *lines]
    if last := options.get("append"):
        lines = [*lines, last]
    return lines


def _from_start(lines: list[str], options: dict[str, Any]) -> list[str]:
    text = options.get("start-at") or options.get("start-after")
    if not text:
        return lines
    for n, line in enumerate(lines):
        if text in line:
            return lines[n if "start-at" in options else n + 1 :]
    raise IncludeError(f"there is no {text!r} to start at")


def _to_end(lines: list[str], options: dict[str, Any]) -> list[str]:
    text = options.get("end-at") or options.get("end-before")
    if not text:
        return lines
    for n, line in enumerate(lines):
        if text in line and (n or "end-at" in options):  # the first line cannot be the end (Sphinx)
            return lines[: n + 1 if "end-at" in options else n]
    raise IncludeError(f"there is no {text!r} to end at")


def line_numbers(spec: str, total: int) -> list[int]:
    """Return the 0-based numbers that *spec* (``"1,3-5,8-"``) names (Sphinx: ``parse_line_num_spec``).

    Raises `IncludeError` if *spec* is not of that form.
    """
    found: list[int] = []
    for part in spec.split(","):
        match = re.fullmatch(r"\s*(\d{0,9})\s*(-?)\s*(\d{0,9})\s*", part)
        if not match or match[0].strip() in {"", "-"} or (match[3] and not match[2]):
            raise IncludeError(f"{spec!r} does not name lines")
        start = int(match[1] or 1)
        end = int(match[3] or total) if match[2] else start
        if end < start and match[3]:
            raise IncludeError(f"{spec!r} does not name lines")
        found.extend(range(start - 1, min(end, total)))
    return found


def find_pyobject(lines: list[str], name: str) -> tuple[int, int]:
    """Return where the class or function *name* (``Class.method``) is, with decorators: 0-based start, end.

    Raises `IncludeError` if it is not there.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree: ast.AST = ast.parse("\n".join(lines))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return _find_by_indentation(lines, name)
    for part in name.split("."):
        found = next((node for node in _definitions(tree) if node.name == part), None)
        if found is None:
            raise IncludeError(f"there is no object named {name!r}")
        tree = found
    assert isinstance(tree, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
    first = min([tree.lineno, *(d.lineno for d in tree.decorator_list)])
    return first - 1, tree.end_lineno or tree.lineno


def _definitions(tree: ast.AST) -> Iterator[ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield the definitions in the body of *tree*, those under ``if`` and ``try`` included."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node
        elif not isinstance(node, ast.expr):
            yield from _definitions(node)


def _find_by_indentation(lines: list[str], name: str) -> tuple[int, int]:
    """Find an object in code that this Python cannot parse."""
    start, first, end = 0, 0, len(lines)
    for part in name.split("."):
        pattern = re.compile(rf"(\s*)(?:async\s+def|def|class)\s+{re.escape(part)}\b")
        found = next(((n, m) for n in range(start, end) if (m := pattern.match(lines[n]))), None)
        if found is None:
            raise IncludeError(f"there is no object named {name!r}")
        first, width = found[0], len(found[1][1])
        start = first + 1
        end = next((n for n in range(start, end) if _closes(lines[n], width)), end)
    while end > start and re.fullmatch(r"\s*(#.*)?", lines[end - 1]):
        end -= 1
    while first and lines[first - 1].lstrip().startswith("@"):
        first -= 1
    return first, end


def _closes(line: str, width: int) -> bool:
    return bool(line.strip()) and len(line) - len(line.lstrip()) <= width


def lower_markdown_text(node: nodes.TextElement, ctx: Lowering) -> Lowered:
    """Markdown as Markdown, its headings as sections; raw HTML in it is not passed on."""
    blocks = list(read(node.astext()).children)
    kept: list[md.Flow] = [block for block in blocks if not isinstance(block, md.Html)]
    if len(kept) < len(blocks):
        ctx.env.record("raw", "dropped: html is not shown")
    return _sections(kept, 0)


def _sections(blocks: list[md.Flow], depth: int) -> tuple[md.Flow, ...]:
    """Take blocks off the front of *blocks* up to the next heading of *depth*; deeper ones open sections."""
    found: list[md.Flow] = []
    while blocks:
        block = blocks[0]
        if not isinstance(block, md.Heading):
            found.append(blocks.pop(0))
        elif block.depth <= depth:
            break
        else:
            blocks.pop(0)
            found.append(md.Section(block.children, _sections(blocks, block.depth)))
    return tuple(found)


DIRECTIVES: dict[str, Any] = {
    "include": Include,
    "mdinclude": Include,
    "md-include": Include,
    "literalinclude": LiteralInclude,
}
HANDLERS: dict[type, Handler] = {markdown_text: lower_markdown_text}
