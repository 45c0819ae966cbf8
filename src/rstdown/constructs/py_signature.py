"""Python signatures as Sphinx displays them: pure functions from text to text.

Source: ``sphinx.domains.python._annotations`` and ``sphinx.pycode.ast``.  White space and string quotes
are normalised, ``Optional``/``Union`` are written with ``|``; ``/``, ``*``, defaults, annotations, type
parameters and the brackets of optional arguments stay.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from ..patterns import lazy
from .py_arguments import format_plainly

SIGNATURE = re.compile(
    r"""^ ([\w.]*\.)?      # class name(s)
          (\w+)  \s*       # thing name
          (?: \[(.*?)])?   # optional: type parameters list
          (?: \((.*)\)     # optional: arguments
           (?:\s* -> (.*))?  #           return annotation
          )? $             # and nothing more
      """,
    re.VERBOSE,
)
BRACKETS = ("[", "]")
_KNOWN = 1024
"""How many argument lists and annotations are remembered: pages repeat them."""
_STRING = lazy(r"'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"")

_WARNED = re.compile(r"\\|\d\.?[A-Za-z]")
"""What the parser may warn of: escapes in texts, numbers that touch a word."""

# What `ast.parse` and walking its tree raise for text that is no Python, or nested too deeply.
UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)
# Where a type is named, the text has its target and what is shown between these (private use characters).
_TARGET, _SHOWN, _END = "\ue000", "\ue001", "\ue002"
_REFERENCE = re.compile(f"{_TARGET}([^{_END}]*){_SHOWN}([^{_END}]*){_END}")


_LITERAL = lazy(f"{_TARGET}(?:typing[.])?Literal{_SHOWN}Literal{_END}\\[([^][]*)\\]")


class PySignature(NamedTuple):
    """The parts of a signature; *arguments* is None without parentheses, the others are empty if absent."""

    prefix: str
    name: str
    type_parameters: str
    arguments: str | None
    returns: str


def parse_signature(text: str) -> PySignature:
    """Take a signature apart.  Raises `ValueError` if it is none."""
    match = SIGNATURE.match(text)
    if match is None:
        raise ValueError(text)
    prefix, name, type_parameters, arguments, returns = match.groups("")
    given = arguments.strip() if match[4] is not None else None
    return PySignature(prefix, name, type_parameters.strip(), given, returns.strip())


class Piece(NamedTuple):
    """A piece of a signature as shown; *target* is the name of the type that it refers to, if it does."""

    text: str
    target: str = ""


def has_types(marked: str) -> bool:
    """Tell whether a formatted signature names any type."""
    return _TARGET in marked


def plain(marked: str) -> str:
    """Return what is shown of a formatted signature."""
    return _REFERENCE.sub(r"\2", marked) if has_types(marked) else marked


def displayed(marked: str, *, short_literals: bool, unqualified: bool) -> str:
    """Return a formatted signature with its types as the project wants them.

    *short_literals*: ``Literal[1, 2]`` as ``1 | 2`` (Sphinx: ``python_display_short_literal_types``);
    *unqualified*: only the last part of a name (``python_use_unqualified_type_names``).
    """
    if short_literals:
        marked = _LITERAL.sub(lambda match: " | ".join(split_top_level(match[1])), marked)
    if unqualified:
        marked = _REFERENCE.sub(lambda match: _reference(f"~{match[1]}"), marked)
    return marked


def pieces(marked: str) -> Iterable[Piece]:
    """Take a formatted signature apart into text and references to types."""
    for index, text in enumerate(_REFERENCE.split(marked)):
        if index % 3 == 1:
            target = text
        elif text:
            yield Piece(text, target if index % 3 else "")


@lru_cache(_KNOWN)
def format_arguments(text: str) -> str:
    """Return an argument list without its parentheses, normalised; types in it are marked (`pieces`)."""
    if not text.strip():
        return ""
    if shown := format_plainly(text):
        return shown
    # ``a[, b]`` is no Python, unless it is said in a text.
    if "[," in text and "'" not in text and '"' not in text:
        return format_loosely(text)
    try:
        return _format_parameters(text)
    except (*UNREADABLE, NotImplementedError):
        return format_loosely(text)


@lru_cache(_KNOWN)
def format_annotation(text: str) -> str:
    """Return a type annotation as Sphinx shows it, its names marked (`pieces`).

    ``typing.`` and what ``~`` hides are not shown.
    """
    try:
        return "".join(_annotation(statement) for statement in _parse(text).body)
    except UNREADABLE:
        return _reference(text)


def format_type_parameters(text: str) -> str:
    """Return a PEP 695 type parameter list without its brackets; as it stands if it is none."""
    return ", ".join(_type_parameter(part) for part in split_top_level(text))


def shown_type(target: str) -> str:
    """Return what is shown of the name of a type (Sphinx: the title of ``parse_reftarget``)."""
    if target.startswith("."):
        return target[1:]
    if target.startswith("~"):
        last = target[1:].rpartition(".")[2]
        return last if any(map(str.isalnum, last)) else target[1:]
    return target.removeprefix("typing.")


def type_target(text: str) -> str:
    """Return what the name of a type refers to."""
    return text[1:] if text.startswith((".", "~")) else text


def _reference(target: str) -> str:
    return f"{_TARGET}{type_target(target)}{_SHOWN}{shown_type(target)}{_END}"


def split_top_level(text: str, separator: str = ",") -> list[str]:
    """Split *text* at separators outside brackets and strings; parts are stripped."""
    parts, depth, quote, start = [], 0, "", 0
    for index, char in enumerate(text):
        if quote:
            quote = "" if char == quote and text[index - 1] != "\\" else quote
        elif char in "'\"":
            quote = char
        elif char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
        elif char == separator and depth == 0:
            parts.append(text[start:index].strip())
            start = index + 1
    parts.append(text[start:].strip())
    return parts


def _parse(code: str) -> ast.Module:
    """Parse Python without its warnings about odd escapes and numbers.

    A ``#`` outside a text starts a comment, whose words the tree would lack: such code counts as unreadable.
    """
    if "#" in code and "#" in _STRING.sub("", code):
        raise SyntaxError("a comment")
    if not _WARNED.search(code):
        return ast.parse(code)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(code)


# -- argument lists that are Python ---------------------------------------------------------------


def _format_parameters(text: str) -> str:
    code = f"def f({text}): pass"
    function = _parse(code).body[0]
    if not isinstance(function, ast.FunctionDef):
        raise SyntaxError(text)
    return ", ".join(_parameters(function.args, code))


def _parameters(arguments: ast.arguments, code: str) -> Iterator[str]:
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults = [None] * (len(positional) - len(arguments.defaults)) + list[ast.expr | None](
        arguments.defaults
    )
    for index, (argument, default) in enumerate(zip(positional, defaults, strict=True), 1):
        yield _parameter(argument, default, code)
        if index == len(arguments.posonlyargs):
            yield "/"
    if arguments.vararg:
        yield "*" + _parameter(arguments.vararg, None, code)
    elif arguments.kwonlyargs:
        yield "*"
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        yield _parameter(argument, default, code)
    if arguments.kwarg:
        yield "**" + _parameter(arguments.kwarg, None, code)


def _parameter(argument: ast.arg, default: ast.expr | None, code: str) -> str:
    annotated = argument.annotation is not None
    shown = argument.arg
    if argument.annotation is not None:
        shown += f": {format_annotation(_unparse(argument.annotation, code))}"
    if default is not None:
        shown += (" = " if annotated else "=") + _unparse(default, code)
    return shown


_OPERATORS: dict[type, str] = {
    ast.Add: "+",
    ast.And: "and",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.BitXor: "^",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Invert: "~",
    ast.LShift: "<<",
    ast.MatMult: "@",
    ast.Mult: "*",
    ast.Mod: "%",
    ast.Not: "not ",
    ast.Or: "or",
    ast.Pow: "**",
    ast.RShift: ">>",
    ast.Sub: "-",
    ast.UAdd: "+",
    ast.USub: "-",
}


def _unparse(node: ast.expr, code: str) -> str:
    """Return an expression as source text.  Raises `NotImplementedError` where Sphinx gives up, too."""

    def each(items: list[ast.expr]) -> str:
        return ", ".join(_unparse(item, code) for item in items)

    match node:
        case ast.Constant():
            return _constant(node, code)
        case ast.Name():
            return node.id
        case ast.Attribute():
            return f"{_unparse(node.value, code)}.{node.attr}"
        case ast.BinOp():
            operator = _OPERATORS[type(node.op)]
            operator = operator if isinstance(node.op, ast.Pow) else f" {operator} "
            return _unparse(node.left, code) + operator + _unparse(node.right, code)
        case ast.BoolOp():
            return f" {_OPERATORS[type(node.op)]} ".join(_unparse(value, code) for value in node.values)
        case ast.UnaryOp():
            return _OPERATORS[type(node.op)] + _unparse(node.operand, code)
        case ast.Call():
            named = [f"{word.arg}={_unparse(word.value, code)}" for word in node.keywords]
            arguments = [*(_unparse(argument, code) for argument in node.args), *named]
            return f"{_unparse(node.func, code)}({', '.join(arguments)})"
        case ast.Subscript(slice=ast.Tuple(elts=[_, *_] as items)):
            return f"{_unparse(node.value, code)}[{each(items)}]"
        case ast.Subscript():
            return f"{_unparse(node.value, code)}[{_unparse(node.slice, code)}]"
        case _:
            return _unparse_display(node, code)


def _unparse_display(node: ast.expr, code: str) -> str:
    """Return a list, tuple, set, dictionary, slice, starred expression or lambda as source text."""

    def each(items: list[ast.expr]) -> str:
        return ", ".join(_unparse(item, code) for item in items)

    match node:
        case ast.List():
            return f"[{each(node.elts)}]"
        case ast.Tuple(elts=[_]):
            return f"({each(node.elts)},)"
        case ast.Tuple():
            return f"({each(node.elts)})"
        case ast.Set():
            return f"{{{each(node.elts)}}}"
        case ast.Dict():
            pairs = (
                f"{_unparse(key, code)}: {_unparse(value, code)}" if key else f"**{_unparse(value, code)}"
                for key, value in zip(node.keys, node.values, strict=True)
            )
            return f"{{{', '.join(pairs)}}}"
        case ast.Slice():
            ends = [_unparse(end, code) if end else "" for end in (node.lower, node.upper)]
            return ":".join([*ends, _unparse(node.step, code)] if node.step else ends)
        case ast.Starred():
            return f"*{_unparse(node.value, code)}"
        case ast.Lambda():
            parameters = ", ".join(_parameters(node.args, code))
            return f"lambda {parameters}: {_unparse(node.body, code)}".replace("lambda :", "lambda:")
        case _:
            raise NotImplementedError(type(node).__name__)


def _constant(node: ast.Constant, code: str) -> str:
    if node.value is Ellipsis:
        return "..."
    if isinstance(node.value, (int, float, complex)):
        return ast.get_source_segment(code, node) or repr(node.value)
    return repr(node.value)


# -- argument lists that are not: f(a[, b]) ------------------------------------------------------------


def format_loosely(text: str) -> str:
    """Normalise an argument list with optional parts in brackets (Sphinx: ``_pseudo_parse_arglist``).

    Commas stand where Sphinx puts them: ``a[, b[, c]]``, ``[a, ]b``.  Returns *text* itself where the
    brackets are not balanced.
    """
    tokens = [token for argument in text.split(",") for token in _loose_tokens(argument.strip())]
    depth, depths = 0, []
    for token in tokens:
        depth += {"[": 1, "]": -1}.get(token, 0)
        depths.append(depth)
        if depth < 0:
            return text
    if depth:
        return text
    return "".join(_with_commas(tokens, depths))


def _with_commas(tokens: list[str], depths: list[int]) -> Iterator[str]:
    required = sum(token not in BRACKETS and not depth for token, depth in zip(tokens, depths, strict=True))
    first = True
    for token, depth in zip(tokens, depths, strict=True):
        if token in BRACKETS:
            yield token
            continue
        if not first and not required:
            yield ", "
        first = False
        yield _loose_parameter(token)
        required -= depth == 0
        if required:
            yield ", "


def _loose_tokens(argument: str) -> Iterator[str]:
    """Take the brackets off an argument: those before it, itself, those after it."""
    after: list[str] = []
    while argument.startswith("["):
        yield "["
        argument = argument[1:].strip()
    while argument.startswith("]"):
        yield "]"
        argument = argument[1:].strip()
    while argument.endswith("]") and not argument.endswith("[]"):
        after.append("]")
        argument = argument[:-1].strip()
    opening = 0
    while argument.endswith("["):
        opening += 1
        argument = argument[:-1].strip()
    if argument:
        yield argument
    yield from "[" * opening
    yield from after


def _loose_parameter(argument: str) -> str:
    declared, equals, default = argument.partition("=")
    name, _, annotation = declared.partition(":")
    if not annotation:
        return f"{name.strip()}{equals}{default.strip()}"
    shown = f"{name.strip()}: {format_annotation(annotation.strip())}"
    return f"{shown} = {default.strip()}" if default else shown


# -- annotations -----------------------------------------------------------------------------------------


def _annotation(node: ast.AST, literal: bool = False) -> str:
    """Return a type annotation's text (Sphinx: ``_parse_annotation``).  Raises `SyntaxError`."""
    match node:
        case ast.Expr():
            return _annotation(node.value)
        case ast.Name() | ast.Attribute():
            return _dotted(node) if literal else _reference(_dotted(node))
        case ast.Constant(value=None):
            return _reference("None")
        case ast.Constant():
            return "..." if node.value is Ellipsis else repr(node.value)
        case ast.BinOp(op=ast.BitOr()):
            return f"{_annotation(node.left)} | {_annotation(node.right)}"
        case ast.UnaryOp(op=ast.Invert()):
            shown = _annotation(node.operand)
            return _REFERENCE.sub(lambda match: _reference(f"~{match[1]}"), shown, count=1)
        case ast.UnaryOp(op=ast.USub()):
            return f"-{_annotation(node.operand)}"
        case ast.Starred():
            return f"*{_annotation(node.value)}"
        case ast.List():
            return f"[{_annotations(node.elts, literal)}]"
        case ast.Tuple():
            return _annotations(node.elts, literal) if node.elts else "()"
        case ast.Call():
            arguments = [_annotation(a) for a in node.args]
            arguments += [f"{word.arg}={_annotation(word.value)}" for word in node.keywords]
            return f"{_annotation(node.func)}({', '.join(arguments)})"
        case ast.Subscript():
            return _subscript(node)
        case _:
            raise SyntaxError(ast.dump(node))


def _annotations(items: list[ast.expr], literal: bool) -> str:
    return ", ".join(_annotation(item, literal) for item in items)


def _subscript(node: ast.Subscript) -> str:
    """Return ``X[…]``; ``Optional`` and ``Union`` in the notation of PEP 604."""
    name = getattr(node.value, "id", "")
    if name in {"Optional", "Union"}:
        items = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        shown = [_annotation(item) for item in items]
        return " | ".join([*shown, _reference("None")] if name == "Optional" else shown)
    base = _annotation(node.value)
    return f"{base}[{_annotation(node.slice, literal=plain(base) == 'Literal')}]"


def _dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    if isinstance(node, ast.Name):
        return node.id
    return _annotation(node)


def _type_parameter(text: str) -> str:
    declared, equals, default = _partition_top_level(text, "=")
    name, colon, bound = _partition_top_level(declared, ":")
    shown = name
    if colon:
        annotation = format_annotation(bound)
        constraints = bound.startswith("(") and not annotation.startswith("(")
        shown += f": ({annotation})" if constraints else f": {annotation}"
    return f"{shown} = {default}" if equals else shown


def _partition_top_level(text: str, separator: str) -> tuple[str, str, str]:
    first, *rest = split_top_level(text, separator)
    return first, separator if rest else "", separator.join(rest)
