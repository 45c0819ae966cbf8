"""What Python source says of its objects: docstrings, signatures, members; the source is never run."""

from __future__ import annotations

import ast
import inspect
import re
import warnings
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from ..frozen import dataclass
from ..patterns import lazy
from .env import Env
from .gate import GateError

MAX_HOPS = 6
MAX_VALUE = 100
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
COMMENT = lazy(r"^\s*#: ?(.*)$")
TRAILING = lazy(r"#: ?(.*)$")
# Syntax that only newer Pythons can parse: ``type X[T] = …``, ``def f[T](…)``, ``class C[T]:``.
NEW_TYPES = lazy(r"^(\s*)type (\w+)(?:\[[^\]\n]*\])? =", re.MULTILINE)
NEW_PARAMETERS = lazy(r"^(\s*(?:async def|def|class) \w+)\[[^\]\n]*\](?=[(:])", re.MULTILINE)
WRAPPERS = {"property", "cached_property", "functools.cached_property", "abc.abstractproperty"}


@dataclass(frozen=True, slots=True)
class Module:
    """A module's source: its dotted *name*, its tree and its lines."""

    name: str
    tree: ast.Module
    lines: tuple[str, ...]
    is_package: bool


@dataclass(frozen=True, slots=True)
class Found:
    """An object in the source.

    *kind* is the directive that describes it (``function``, ``class``, ``method``, …), *path* its name within
    *module*, *signature* what follows the name, *flags* the directive's flags (``async``, …), *type* and
    *value* those of a variable.
    """

    module: Module
    path: str
    kind: str
    node: ast.AST
    signature: str = ""
    docstring: str = ""
    flags: tuple[str, ...] = ()
    type: str = ""
    value: str = ""
    bases: tuple[str, ...] = ()
    overloads: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The last part of the name."""
        return self.path.rpartition(".")[2]


def find_module(env: Env, name: str) -> Module | None:
    """Return the module *name*, if its source lies below the document's root."""
    cache: dict[str, Module | None] = env.store.setdefault("modules", {})  # type: ignore[assignment]
    if name not in cache:
        cache[name] = _read_module(env, name)
    return cache[name]


def _read_module(env: Env, name: str) -> Module | None:
    parts = name.split(".")
    if not all(part.isidentifier() for part in parts):
        return None
    for base in _bases(env):
        for file, is_package in ((f"{'/'.join(parts)}.py", False), (f"{'/'.join(parts)}/__init__.py", True)):
            if not (base / file).is_file():  # a hint; the gate decides
                continue
            try:
                text, _ = env.gate.read(file, base=base)
            except GateError:
                continue
            if tree := _parsed(text):
                return Module(name, tree, tuple(text.split("\n")), is_package)
    return None


def _bases(env: Env) -> Iterator[Path]:
    gate = env.gate
    if gate.root is None or gate.srcdir is None:
        return
    for folder in (gate.srcdir, *gate.srcdir.parents):
        if not folder.is_relative_to(gate.root):
            return
        yield from (folder, folder / "src", folder / "lib")


@lru_cache(maxsize=64)
def _parsed(text: str) -> ast.Module | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except (ValueError, RecursionError, MemoryError):
            return None
        except SyntaxError:
            older = NEW_TYPES.sub(r"\1\2 =", NEW_PARAMETERS.sub(r"\1", text))
            return _parsed(older) if older != text else None


def find(env: Env, module: str, path: str) -> Found | None:
    """Return the object *path* of *module*; names imported from elsewhere below the root are followed."""
    for _ in range(MAX_HOPS):
        source = find_module(env, module)
        if source is None:
            return None
        try:
            found = _resolve(source, path.split("."))
        except RecursionError:  # an expression nested too deeply to be written out again
            return None
        if not isinstance(found, tuple):
            return found
        module, path = found
    return None


def _resolve(source: Module, parts: list[str]) -> Found | tuple[str, str] | None:
    """Return the object that *parts* name in *source*, or the module and name that it is imported from."""
    scope: ast.AST = source.tree
    for n, part in enumerate(parts):
        node = _named(scope, part)
        if node is None:
            return None
        if isinstance(node, ast.ImportFrom):
            module, name = _imported(source, node, part)
            return module, ".".join((name, *parts[n + 1 :]))
        if n == len(parts) - 1:
            return describe(source, ".".join(parts), node, scope)
        scope = node
    return None


def _named(scope: ast.AST, name: str) -> ast.AST | None:
    """Return the statement that last binds *name* in *scope*; in a class, also what ``__init__`` sets."""
    found: ast.AST | None = None
    for node in statements(scope):
        if name in bound(node) and not is_accessor(node):
            found = node
    if found is None and isinstance(scope, ast.ClassDef) and name != "__init__":
        maker = _named(scope, "__init__")
        inner = ast.walk(maker) if maker else ()
        found = next((node for node in inner if _sets_attribute(node, name)), None)
    return found


def _sets_attribute(node: ast.AST, name: str) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return isinstance(node, (ast.Assign, ast.AnnAssign)) and any(
        isinstance(t, ast.Attribute) and t.attr == name and ast.unparse(t.value) == "self" for t in targets
    )


def statements(scope: ast.AST) -> Iterator[ast.AST]:
    """Yield the statements in the body of *scope*, those under ``if`` and ``try`` included."""
    for node in getattr(scope, "body", []):
        yield node
        if isinstance(node, (ast.If, ast.Try)):
            yield from statements(node)


def bound(node: ast.AST) -> tuple[str, ...]:
    """Return the names that a statement binds."""
    match node:
        case ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
            return (node.name,)
        case ast.Assign(targets=targets):
            return tuple(t.id for t in targets if isinstance(t, ast.Name))
        case ast.AnnAssign(target=ast.Name(id=name)):
            return (name,)
        case ast.ImportFrom(names=names):
            return tuple(alias.asname or alias.name for alias in names)
    return ()


def _imported(source: Module, node: ast.ImportFrom, name: str) -> tuple[str, str]:
    """Return the module and the name that *name* is imported from."""
    original = next(alias.name for alias in node.names if (alias.asname or alias.name) == name)
    if not node.level:
        return node.module or "", original
    package = source.name.split(".")
    package = package[: len(package) - node.level + source.is_package]
    return ".".join((*package, *(node.module or "").split("."))).strip("."), original


def describe(source: Module, path: str, node: ast.AST, scope: ast.AST) -> Found:
    """Return what the source says of the object that *node* defines in the body of *scope*."""
    owner = scope if isinstance(scope, ast.ClassDef) else None
    if isinstance(node, ast.ClassDef):
        bases = tuple(ast.unparse(base) for base in node.bases)
        kind = "exception" if any(b.endswith(("Error", "Exception", "Warning")) for b in bases) else "class"
        text = _docstring(node)
        return Found(source, path, kind, node, class_signature(node), text, bases=bases)
    if isinstance(node, FUNCTIONS):
        found = _function(source, path, node, owner)
        others = [
            n for n in statements(scope) if isinstance(n, FUNCTIONS) and n.name == node.name and n is not node
        ]
        skip = found.kind == "method" and "staticmethod" not in found.flags
        return replace(found, overloads=tuple(signature(n, skip) for n in others if is_overload(n)))
    return _variable(source, path, node, owner)


def is_accessor(node: ast.AST) -> bool:
    """Tell whether a function sets or deletes a property that another function defines."""
    decorators = node.decorator_list if isinstance(node, FUNCTIONS) else []
    return any(ast.unparse(d).endswith((".setter", ".deleter")) for d in decorators)


def is_overload(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Tell whether a function only declares one way of calling another (``typing.overload``)."""
    return any(ast.unparse(d).rpartition(".")[2] == "overload" for d in node.decorator_list)


def _function(
    source: Module, path: str, node: ast.FunctionDef | ast.AsyncFunctionDef, owner: ast.ClassDef | None
) -> Found:
    decorators = {ast.unparse(d) for d in node.decorator_list}
    abstract = bool(decorators & {"abstractmethod", "abc.abstractmethod"})
    flags = ("abstractmethod",) * abstract + ("async",) * isinstance(node, ast.AsyncFunctionDef)
    if owner is None:
        return Found(source, path, "function", node, signature(node), _docstring(node), flags)
    if decorators & WRAPPERS:
        returns = ast.unparse(node.returns) if node.returns else ""
        return Found(source, path, "property", node, "", _docstring(node), flags, returns)
    flags += tuple(flag for flag in ("classmethod", "staticmethod") if flag in decorators)
    shown = signature(node, skip_first="staticmethod" not in flags)
    return Found(source, path, "method", node, shown, _docstring(node), flags)


def _variable(source: Module, path: str, node: ast.AST, owner: ast.ClassDef | None) -> Found:
    kind = "attribute" if owner else "data"
    type_ = ast.unparse(node.annotation) if isinstance(node, ast.AnnAssign) else ""
    value = getattr(node, "value", None)
    try:
        shown = repr(ast.literal_eval(value)) if value is not None else ""
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        shown = ""
    shown = shown if len(shown) <= MAX_VALUE else ""
    text = _variable_docstring(source, node, owner or source.tree)
    return Found(source, path, kind, node, "", text, (), type_, shown)


def _docstring(node: ast.AST) -> str:
    assert isinstance(node, (ast.ClassDef, *FUNCTIONS, ast.Module))
    return ast.get_docstring(node, clean=True) or ""


def module_docstring(source: Module) -> str:
    """Return the docstring of a module."""
    return _docstring(source.tree)


def _variable_docstring(source: Module, node: ast.AST, scope: ast.AST) -> str:
    """Return the text that follows an assignment, or the ``#:`` comments beside or above it."""
    for body in (getattr(n, "body", None) for n in ast.walk(scope)):
        if isinstance(body, list) and node in body:
            after = body[body.index(node) + 1 : body.index(node) + 2]
            text = getattr(getattr(after[0], "value", None), "value", None) if after else None
            if isinstance(text, str) and isinstance(after[0], ast.Expr):
                return inspect.cleandoc(text)
            break
    line = getattr(node, "lineno", 1) - 1
    last = getattr(node, "end_lineno", line + 1) - 1
    if beside := TRAILING.search(source.lines[last]):
        return beside[1].strip()
    above: list[str] = []
    while line > 0 and (match := COMMENT.match(source.lines[line - 1])):
        above.insert(0, match[1])
        line -= 1
    return "\n".join(above)


def signature(node: ast.FunctionDef | ast.AsyncFunctionDef, skip_first: bool = False) -> str:
    """Return ``(arguments) -> result`` as written, without ``self`` if *skip_first*."""
    given = node.args
    before, after, defaults = list(given.posonlyargs), list(given.args), list(given.defaults)
    if skip_first and (before or after):
        (before or after).pop(0)
        defaults = defaults[max(0, len(defaults) - len(before) - len(after)) :]
    arguments = ast.arguments(
        posonlyargs=before,
        args=after,
        vararg=given.vararg,
        kwonlyargs=given.kwonlyargs,
        kw_defaults=given.kw_defaults,
        kwarg=given.kwarg,
        defaults=defaults,
    )
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    return f"({ast.unparse(arguments)}){returns}"


def class_signature(node: ast.ClassDef) -> str:
    """Return the arguments that make an object of a class, without what ``__init__`` returns."""
    maker = maker_of(node)
    return _unreturned(signature(maker, skip_first=True), maker) if maker else ""


def class_signature_of(maker: Found) -> str:
    """Return the arguments that make an object of a class that inherits *maker*, its ``__init__``."""
    return _unreturned(maker.signature, maker.node)


def _unreturned(shown: str, maker: ast.AST) -> str:
    return shown.rpartition(" -> ")[0] if getattr(maker, "returns", None) and " -> " in shown else shown


def maker_of(node: ast.ClassDef) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """Return the method that makes or prepares objects of a class, if its body defines one."""
    found = (_named(node, name) for name in ("__init__", "__new__"))
    return next((method for method in found if isinstance(method, FUNCTIONS)), None)


def without_types(found: Found) -> Found:
    """Return *found* with the annotations taken off its signature (``autodoc_typehints``)."""
    function = maker_of(found.node) if isinstance(found.node, ast.ClassDef) else found.node
    if not isinstance(function, FUNCTIONS) or found.kind == "property":
        return found
    bare = ast.parse(ast.unparse(function)).body[0]
    assert isinstance(bare, FUNCTIONS)
    bare.returns = None
    for argument in arguments_of(bare):
        argument.annotation = None
    skip = found.kind != "function" and "staticmethod" not in found.flags
    return replace(found, signature=signature(bare, skip), overloads=())


def types_of(found: Found) -> Iterator[tuple[str, str]]:
    """Yield the arguments of a function or class that have a type, with it; ``return`` is the result."""
    function = maker_of(found.node) if isinstance(found.node, ast.ClassDef) else found.node
    if not isinstance(function, FUNCTIONS) or found.kind == "property":
        return
    for argument in arguments_of(function):
        if argument.annotation:
            yield argument.arg, ast.unparse(argument.annotation)
    if function.returns and not isinstance(found.node, ast.ClassDef):
        yield "return", ast.unparse(function.returns)


def arguments_of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.arg]:
    """Return all arguments of a function."""
    given = node.args
    stars = [argument for argument in (given.vararg, given.kwarg) if argument]
    return [*given.posonlyargs, *given.args, *given.kwonlyargs, *stars]


def members(found: Found | Module) -> Iterator[Found]:
    """Yield what is defined in the body of a class or module, in the order of the source, each name once."""
    source = found if isinstance(found, Module) else found.module
    scope = source.tree if isinstance(found, Module) else found.node
    prefix = f"{found.path}." if isinstance(found, Found) else ""
    seen: dict[str, ast.AST] = {}
    for node in statements(scope):
        if not isinstance(node, ast.ImportFrom) and not is_accessor(node):
            seen |= dict.fromkeys(bound(node), node)
    for name, node in seen.items():
        yield describe(source, prefix + name, node, scope)


def inherited(env: Env, found: Found) -> dict[str, Found]:
    """Return what the bases of a class define that lie below the root, by name, nearest first."""
    known: dict[str, Found] = {}
    waiting, seen = [found], {(found.module.name, found.path)}
    while waiting:
        current = waiting.pop(0)
        for base in current.bases:
            name = base.partition("[")[0]
            above = find(env, current.module.name, name) or find(env, *name.rpartition(".")[::2])
            if above is None or (above.module.name, above.path) in seen:
                continue
            seen.add((above.module.name, above.path))
            if isinstance(above.node, ast.ClassDef):
                known = {member.name: member for member in members(above)} | known
                waiting.append(above)
    return known


def exported(source: Module) -> tuple[str, ...] | None:
    """Return the names in ``__all__``; None if there is none that can be read."""
    node = _named(source.tree, "__all__")
    try:
        names = ast.literal_eval(node.value) if isinstance(node, ast.Assign) else None
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return None
    return tuple(n for n in names if isinstance(n, str)) if isinstance(names, (list, tuple)) else None
