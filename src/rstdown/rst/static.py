"""What Python source says about its names, read from its syntax tree and never run.

A small interpreter over plain values (text, numbers, lists, dicts, …).  What it does not know is `UNKNOWN`,
and what depends on that is unknown, too.  Environment variables count as unset, command lines as empty.
"""

from __future__ import annotations

import ast
import operator
import os.path
import re
import string
import textwrap
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from pathlib import Path
from typing import Any, Final

from ..files import read_regular
from ..frozen import dataclass
from ..patterns import lazy
from .static_paths import PathText, path

MAX_STEPS = 100_000
MAX_TEXT = 200_000
MAX_ITEMS = 5_000
MAX_FILE = 2_000_000


class _Unknown:
    """The value of what cannot be known without running code."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = _Unknown()

_METHODS: Mapping[type, frozenset[str]] = {
    str: frozenset(
        {"capitalize", "endswith", "lower", "lstrip", "partition", "removeprefix", "removesuffix", "replace"}
        | {"rpartition", "rsplit", "rstrip", "split", "splitlines", "startswith", "strip", "title", "upper"}
    ),
    list: frozenset({"append", "copy", "count", "extend", "insert", "pop", "remove", "reverse", "sort"}),
    dict: frozenset({"copy", "get", "items", "keys", "pop", "setdefault", "update", "values"}),
    set: frozenset({"add", "copy", "discard", "union", "update"}),
    tuple: frozenset({"count", "index"}),
}
_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "str": lambda value: join((value,)),
    "list": list,
    "tuple": tuple,
    "dict": dict,
    "set": set,
    "frozenset": set,
    "sorted": sorted,
    "len": len,
    "bool": bool,
    "os.path.join": os.path.join,
    "os.path.basename": os.path.basename,
    "os.path.dirname": os.path.dirname,
    "os.path.abspath": os.path.normpath,
    "os.path.realpath": os.path.normpath,
    "os.path.normpath": os.path.normpath,
    "os.getenv": lambda name, default=None: default,
    "os.environ.get": lambda name, default=None: default,
    "os.getcwd": lambda: ".",
    "os.fspath": str,
    "textwrap.dedent": textwrap.dedent,
    "pathlib.Path": path,
    "pathlib.PurePath": path,
    "pathlib.Path.cwd": path,
}
COMPARISONS: Mapping[type, Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda a, b: a in b,
    ast.NotIn: lambda a, b: a not in b,
}
_PERCENT = lazy(r"%(?:\((\w+)\))?([sdr%])")


class _OutOfStepsError(Exception):
    """The source is too long-winded to be read."""


class _ReturnError(Exception):
    """A function ends here."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function or a class of the source, and what is known where it was defined."""

    node: ast.FunctionDef | ast.ClassDef
    home: Interpreter
    attributes: Mapping[str, Any] = field(default_factory=dict)

    def called(self, arguments: list[Any], keywords: dict[str, Any]) -> Any:
        """Return the class for an instance of it, the function that a function makes, or `UNKNOWN`."""
        if isinstance(self.node, ast.ClassDef):
            return Function(self.node, self.home, self._attributes_set(arguments, keywords))
        inner = next((part for part in self.node.body if isinstance(part, ast.FunctionDef)), None)
        if inner is None:
            return UNKNOWN
        parameters = [argument.arg for argument in self.node.args.args]
        given = {**dict(zip(parameters, arguments, strict=False)), **keywords}
        home = Interpreter({**self.home.names, **given}, self.home.imported)
        home.modules, home.origins = self.home.modules, self.home.origins
        return Function(inner, home)

    def method(self, name: str) -> ast.FunctionDef | None:
        """Return the method *name* of a class."""
        found = (part for part in self.node.body if isinstance(part, ast.FunctionDef) and part.name == name)
        return next(found, None)

    def _attributes_set(self, arguments: list[Any], keywords: dict[str, Any]) -> dict[str, Any]:
        """Return the attributes that ``__init__`` sets to what it is given: ``self.url = url``."""
        if (made := self.method("__init__")) is None:
            return {}
        given = {**dict(zip([a.arg for a in made.args.args[1:]], arguments, strict=False)), **keywords}
        return {
            target.attr: given[value.id]
            for statement in made.body
            if isinstance(statement, ast.Assign) and isinstance(value := statement.value, ast.Name)
            for target in statement.targets
            if isinstance(target, ast.Attribute) and value.id in given
        }


def parse(path: Path) -> ast.Module | None:
    """Return the syntax tree of the file at *path*; None if it cannot be read or is no Python."""
    try:
        source = read_regular(path, MAX_FILE)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return None


class Interpreter:
    """Reads statements; *names* holds what is known afterwards, *lines* where a name was last assigned.

    *imported* is asked for ``from module import name`` (*name* ``*``: for a dict of all names), *assigned*
    for what a name is when it is set to a value.  Calls of methods on a value that is callable go to it.
    """

    def __init__(
        self,
        names: dict[str, Any] | None = None,
        imported: Callable[[str, str], Any] = lambda module, name: UNKNOWN,
        assigned: Callable[[str, Any], Any] = lambda name, value: value,
    ) -> None:
        self.names: dict[str, Any] = {"__name__": "conf", **(names or {})}
        self.modules: dict[str, str] = {}
        self.origins: dict[str, str] = {}
        self.lines: dict[str, int] = {}
        self.functions: dict[str, ast.FunctionDef] = {}
        self.imported = imported
        self.assigned = assigned
        self.steps = 0

    def run(self, body: Iterable[ast.stmt]) -> None:
        """Read the statements of *body* in order; what goes wrong in one leaves the others alone."""
        for statement in body:
            try:
                self._statement(statement)
            except _OutOfStepsError:
                return
            except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError):
                self._forget(statement)

    def call(self, function: str, *arguments: Any) -> None:
        """Read the body of *function*, if there is one, with its parameters set to *arguments*."""
        if found := self.functions.get(function):
            self.names.update(zip((a.arg for a in found.args.args), arguments, strict=False))
            self.run_function(found.body)

    def run_function(self, body: Iterable[ast.stmt]) -> None:
        """Read the statements of a function as far as its first ``return``."""
        try:
            self.run(body)
        except _ReturnError:
            return

    # -- statements ---------------------------------------------------------------------

    def _statement(self, node: ast.stmt) -> None:
        match node:
            case ast.Assign(targets=targets, value=value):
                found = self.value(value)
                for target in targets:
                    self._assign(target, found)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self._assign(target, self.value(value))
            case ast.AugAssign(target=target, op=op, value=value):
                self._assign(target, self._binary(op, self.value(target), self.value(value)))
            case ast.Expr(value=value):
                self.value(value)
            case ast.If(test=test, body=body, orelse=orelse):
                known = self.value(test)
                self.run(body if known is not UNKNOWN and known else orelse)
            case ast.For(target=target, iter=iterable, body=body):
                items = self.value(iterable)
                for item in items if isinstance(items, (list, tuple, set, dict)) else ():
                    self._assign(target, item)
                    self.run(body)
            case ast.Try(body=body, orelse=orelse, finalbody=final):
                self.run([*body, *orelse, *final])
            case ast.With(body=body):
                self.run(body)
            case ast.FunctionDef(name=name):
                self.functions[name] = node
                self.names[name] = Function(node, self)
            case ast.ClassDef(name=name):
                self.names[name] = Function(node, self)
            case ast.Return(value=value):
                if value is not None:
                    self.value(value)
                raise _ReturnError
            case ast.Import(names=names):
                for alias in names:
                    bound = alias.asname or alias.name.partition(".")[0]
                    self.names[bound] = UNKNOWN
                    self.modules[bound] = alias.name if alias.asname else bound
                    self.origins[bound] = self.modules[bound]
            case ast.ImportFrom(module=module, names=names, level=level):
                self._import("." * level + (module or ""), names)
            case ast.Delete(targets=targets):
                for target in targets:
                    if isinstance(target, ast.Name):
                        self.names.pop(target.id, None)

    def _import(self, module: str, names: list[ast.alias]) -> None:
        for alias in names:
            found = self.imported(module, alias.name)
            if alias.name != "*":
                bound = alias.asname or alias.name
                self.origins[bound] = f"{module}.{alias.name}"
                self.names[bound] = self.assigned(bound, found)
            elif isinstance(found, dict):
                self.names.update(found)

    def _assign(self, target: ast.expr, value: Any) -> None:
        match target:
            case ast.Name(id=name):
                self.names[name] = self.assigned(name, value)
                self.lines[name] = target.lineno
            case ast.Tuple(elts=targets) | ast.List(elts=targets):
                known = isinstance(value, (list, tuple)) and len(value) == len(targets)
                for n, part in enumerate(targets):
                    self._assign(part, value[n] if known else UNKNOWN)
            case ast.Subscript(value=container, slice=key):
                holder, name = self.value(container), self.value(key)
                if isinstance(holder, (dict, list)) and name is not UNKNOWN:
                    holder[name] = value

    def _forget(self, statement: ast.stmt) -> None:
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                self._assign(node, UNKNOWN)

    # -- expressions --------------------------------------------------------------------

    def value(self, node: ast.expr) -> Any:
        """Return the value of an expression, or `UNKNOWN`."""
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise _OutOfStepsError
        match node:
            case ast.Constant(value=value):
                return value if value is None or isinstance(value, (str, int, float)) else UNKNOWN
            case ast.Name(id=name):
                return self.names.get(name, UNKNOWN)
            case ast.List(elts=parts):
                return self._items(parts)
            case ast.Tuple(elts=parts):
                return tuple(self._items(parts))
            case ast.Set(elts=parts):
                found = self._items(parts)
                return set(found) if self._small(found) else UNKNOWN
            case ast.Dict(keys=keys, values=values):
                return self._dict(keys, values)
            case ast.JoinedStr(values=parts):
                return self._joined(parts)
            case ast.BinOp(left=left, op=op, right=right):
                return self._binary(op, self.value(left), self.value(right))
            case ast.BoolOp(op=op, values=values):
                return self._bool(op, values)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                found = self.value(operand)
                return UNKNOWN if found is UNKNOWN else not found
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as number)):
                return -number
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                a, b = self.value(left), self.value(right)
                known = a is not UNKNOWN and b is not UNKNOWN and self._small(a, b)
                return COMPARISONS[type(op)](a, b) if known else UNKNOWN
            case ast.IfExp(test=test, body=body, orelse=orelse):
                found = self.value(test)
                return UNKNOWN if found is UNKNOWN else self.value(body if found else orelse)
            case ast.Subscript(value=container, slice=key):
                return self._subscript(container, key)
            case ast.Attribute():
                return self._attribute(node)
            case ast.Call():
                return self._call(node)
        return UNKNOWN

    def _items(self, parts: list[ast.expr]) -> list[Any]:
        found: list[Any] = []
        for part in parts:
            if isinstance(part, ast.Starred):
                more = self.value(part.value)
                found.extend(more if isinstance(more, (list, tuple, set, dict)) else ())
            else:
                found.append(self.value(part))
        return found

    def _dict(self, keys: list[ast.expr | None], values: list[ast.expr]) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        for key, value in zip(keys, values, strict=True):
            if key is None:
                more = self.value(value)
                found.update(more if isinstance(more, dict) else {})
            elif (name := self.value(key)) is not UNKNOWN and self._small(name):
                found[name] = self.value(value)
        return found

    def _small(self, *values: Any) -> bool:
        """Tell whether *values* are small, all that they hold included, however often; it counts as steps."""
        stack = list(values)
        seen = 0
        while stack and seen < MAX_ITEMS:
            seen += 1
            value = stack.pop()
            if isinstance(value, (list, tuple, set, dict)):
                held = [*value.keys(), *value.values()] if isinstance(value, dict) else list(value)
                stack += held[:MAX_ITEMS]
        self.steps += seen // 10
        return not stack

    def _joined(self, parts: list[ast.expr]) -> Any:
        """Return an f-string; in one of several lines (``rst_epilog``) what is unknown is left out."""
        found = [self.value(p.value) if isinstance(p, ast.FormattedValue) else self.value(p) for p in parts]
        if any(isinstance(p, ast.FormattedValue) and p.format_spec for p in parts):
            return UNKNOWN
        text = join("" if v is UNKNOWN else v for v in found)
        if isinstance(text, str) and any(v is UNKNOWN for v in found) and "\n" not in text.strip():
            return UNKNOWN
        return text

    def _bool(self, op: ast.boolop, values: list[ast.expr]) -> Any:
        found: Any = UNKNOWN
        for value in values:
            found = self.value(value)
            if found is UNKNOWN or bool(found) == isinstance(op, ast.Or):
                return found
        return found

    def _subscript(self, container: ast.expr, key: ast.expr) -> Any:
        holder = self.value(container)
        if not isinstance(holder, (str, list, tuple, dict)):
            return UNKNOWN
        if isinstance(key, ast.Slice):
            bounds = [None if b is None else self.value(b) for b in (key.lower, key.upper, key.step)]
            return UNKNOWN if UNKNOWN in bounds or isinstance(holder, dict) else holder[slice(*bounds)]
        name = self.value(key)
        return UNKNOWN if name is UNKNOWN else holder[name]

    def _attribute(self, node: ast.Attribute) -> Any:
        if self.origin(node) in {"sys.argv", "os.environ"}:
            return [] if node.attr == "argv" else {}
        if isinstance(node.value, ast.Name) and (module := self.modules.get(node.value.id)):
            return self.imported(module, node.attr)
        holder = self.value(node.value)
        if isinstance(holder, PathText):
            return holder.attribute(node.attr)
        return holder.get(node.attr, UNKNOWN) if isinstance(holder, Namespace) else UNKNOWN

    def _call(self, node: ast.Call) -> Any:
        arguments = self._items(node.args)
        keywords = {k.arg: self.value(k.value) for k in node.keywords if k.arg}
        if isinstance(node.func, ast.Attribute) and not isinstance(node.func.value, ast.Constant):
            holder = self.value(node.func.value)
            if callable(holder):
                return holder(node.func.attr, arguments, keywords)
            if holder is self.names and arguments == [UNKNOWN] and isinstance(node.args[0], ast.Call):
                self._settings_made_from(node.args[0])
        name = self.origin(node.func)
        if name == "globals" and not arguments:
            return self.names
        if name in _FUNCTIONS:
            known = UNKNOWN not in arguments and self._small(*arguments, *keywords.values())
            return _FUNCTIONS[name](*arguments, **keywords) if known else UNKNOWN
        if isinstance(node.func, ast.Name):
            found = self.names.get(node.func.id)
            if callable(found):
                return found(node.func.id, arguments, keywords)
            if isinstance(found, Function):
                return found.called(arguments, keywords)
        if isinstance(node.func, ast.Attribute):
            return self._method(self.value(node.func.value), node.func.attr, arguments, keywords)
        return UNKNOWN

    def _settings_made_from(self, made: ast.Call) -> None:
        """Take what a helper is given by name, ``globals().update(build(project="Frob"))``, for settings."""
        for keyword in made.keywords:
            if keyword.arg and (value := self.value(keyword.value)) is not UNKNOWN:
                self.names[keyword.arg] = self.assigned(keyword.arg, value)

    def origin(self, node: ast.expr) -> str:
        """Return the dotted name of *node* in full: ``os.path.join`` for an imported ``join``."""
        first, dot, rest = dotted(node).partition(".")
        return self.origins.get(first, first) + dot + rest

    def _method(self, holder: Any, name: str, arguments: list[Any], keywords: dict[str, Any]) -> Any:
        if isinstance(holder, str) and name == "format":
            return format_text(holder, arguments, keywords)
        if isinstance(holder, str) and name == "join":
            parts = arguments[0]
            known = isinstance(parts, (list, tuple))
            return join([p for part in parts for p in (holder, part)][1:]) if known else UNKNOWN
        if name not in _METHODS.get(type(holder), ()) or not self._small(holder, *arguments):
            return UNKNOWN
        unknown = any(a is UNKNOWN for a in arguments)
        if unknown and name not in {"append", "insert", "get", "setdefault"}:
            return UNKNOWN
        if name == "replace" and len(holder) * len(arguments[1]) > MAX_TEXT:
            return UNKNOWN
        result = getattr(holder, name)(*arguments, **keywords)
        return list(result) if name in {"items", "keys", "values"} else result

    def _binary(self, op: ast.operator, a: Any, b: Any) -> Any:
        if isinstance(op, ast.Mod) and isinstance(a, str):
            return percent_text(a, b)
        if isinstance(op, ast.Div) and (isinstance(a, PathText) or isinstance(b, PathText)):
            return path(a, b)
        if isinstance(a, list) and b is UNKNOWN:
            return a  # the part of a list that is known
        if type(a) is not type(b) or not self._small(a, b):
            return UNKNOWN
        if isinstance(op, ast.Add) and isinstance(a, str):
            return join((a, b))
        if isinstance(op, ast.Add) and isinstance(a, (list, tuple, int, float)):
            return a + b
        if isinstance(op, ast.BitOr) and isinstance(a, (dict, set)):
            return a | b
        if isinstance(op, ast.Sub) and isinstance(a, (set, int, float)):
            return a - b
        return UNKNOWN


class Namespace(dict[str, Any]):
    """Values that are reached as attributes."""


def dotted(node: ast.expr) -> str:
    """Return ``a.b.c`` for such an expression; empty for any other."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (left := dotted(node.value)):
        return f"{left}.{node.attr}"
    return ""


def join(parts: Iterable[Any]) -> Any:
    """Return texts and numbers put together; `UNKNOWN` if there is anything else among them or too much."""
    found: list[str] = []
    size = 0
    for part in parts:
        if not isinstance(part, (str, int, float)):
            return UNKNOWN
        found.append(str(part))
        size += len(found[-1])
        if size > MAX_TEXT:
            return UNKNOWN
    return "".join(found)


def format_text(text: str, arguments: list[Any], keywords: dict[str, Any]) -> Any:
    """Do ``text.format(…)`` for plain fields; `UNKNOWN` for those with attributes or widths."""
    found: list[Any] = []
    automatic = iter(arguments)
    for literal, name, spec, conversion in string.Formatter().parse(text):
        found.append(literal)
        if name is None:
            continue
        if spec or conversion or not re.fullmatch(r"\w*", name):
            return UNKNOWN
        if not name:
            found.append(next(automatic, UNKNOWN))
        else:
            found.append(arguments[int(name)] if name.isdecimal() else keywords[name])
    return join(found)


def percent_text(text: str, values: Any) -> Any:
    """Do ``text % values`` for plain fields; `UNKNOWN` for others."""
    if "%" in _PERCENT.sub("", text):
        return UNKNOWN
    rest = iter(values if isinstance(values, tuple) else [values])
    holder = values if isinstance(values, dict) else {}
    found: list[Any] = []
    end = 0
    for match in _PERCENT.finditer(text):
        found.append(text[end : match.start()])
        end = match.end()
        if match[2] == "%":
            found.append("%")
        else:
            found.append(holder.get(match[1], UNKNOWN) if match[1] else next(rest, UNKNOWN))
    return join([*found, text[end:]])
