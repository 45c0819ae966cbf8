"""Signatures: what is shown parses again, and nothing of what was written is lost."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rstdown.constructs import py_signature
from rstdown.constructs.cfamily import declared_name, name_parts, tokenise, untokenise
from rstdown.constructs.py_arguments import format_plainly
from rstdown.constructs.py_signature import format_annotation, format_arguments, pieces, plain
from rstdown.engines.docutils_ import convert
from rstdown.markdown import nodes as md
from rstdown.model import Document, Project
from rstdown.options import ConvertOptions
from tests.golden import FIXTURES

CORPUS = Path(__file__).parents[2] / "shared" / "corpora" / "cpython-3.13"
CALLABLES = {"function", "method", "class", "exception"}
# What Python's own documentation writes in place of a signature.
NOT_PYTHON = re.compile(
    r"""\.\.\.        # an ellipsis among the arguments
      | <\w           # <protocol>_open, timer=<default timer>
      | \*\W*$        # SO_*, "**" without a name
      | \bfrom\b|\bclass\b|,\ None,      # keywords as names of parameters
      | =\w+(\[,\s|,\ digestmod\))      # a parameter without a default after one with it
      | \w\.\w+\)$    # a base class in parentheses
      | <'|\*fields""",
    re.VERBOSE,
)


def objects(node: Any) -> Iterator[md.Object]:
    """All object descriptions of a tree."""
    if isinstance(node, md.Object):
        yield node
    for child in getattr(node, "children", ()):
        yield from objects(child)


def python_signatures(path: Path) -> Iterator[tuple[str, str, str]]:
    """(object type, code, qualified name) of each Python object that is described in a file."""
    document = Document(path.stem, path.read_text("utf-8"), path=path, root=path.parent)
    for described in objects(convert(document, Project(), ConvertOptions()).root):
        if described.domain == "py":
            for signature in described.signatures:
                yield described.objtype, signature.code, signature.fullname


def as_python(objtype: str, code: str, fullname: str) -> str:
    """A statement with the signature in it; a dotted name cannot be defined, so its last part is."""
    if objtype not in CALLABLES:
        return code
    rest = code.removeprefix("@").removeprefix(fullname)
    return f"def {fullname.rpartition('.')[2]}{rest if '(' in rest else rest + '()'}: pass"


def parses(source: str) -> bool:
    """Does it parse as it stands, or without the brackets of optional arguments?"""
    return any(_parses(text) for text in (source, without_optional_brackets(source)))


def _parses(source: str) -> bool:
    try:
        ast.parse(without_type_parameters(source))
    except SyntaxError:
        return False
    return True


def without_optional_brackets(source: str) -> str:
    """``f([a, ]b[, c[, d]])`` → ``f(a, b, c, d)``."""
    while (fewer := re.sub(r"([(,]\s*)?\[((?(1)|\s*,)[^\[\]]*)\]", r"\1\2", source)) != source:
        source = fewer
    return source


def without_type_parameters(source: str) -> str:
    """``def f[T: (int, str)](x)`` → ``def f(x)``: they are Python 3.12's."""
    match = re.match(r"def \w+(?=\[)", source)
    if match is None:
        return source
    depth = 0
    for index in range(match.end(), len(source)):
        depth += {"[": 1, "]": -1}.get(source[index], 0)
        if depth == 0:
            return match[0] + source[index + 1 :]
    return source


@pytest.mark.parametrize("path", sorted((FIXTURES / "py").glob("*.rst")), ids=lambda p: p.stem)
def test_python_signatures_of_fixtures_parse(path: Path) -> None:
    found = list(python_signatures(path))
    assert len(found) > 10
    for objtype, code, fullname in found:
        source = as_python(objtype, code, fullname or code)
        written = {"weather.anything(weird syntax here)", "loose() = something"}
        assert parses(source) or code in written, code


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpora are not beside this checkout")
def test_python_signatures_of_the_corpus_parse() -> None:
    pages = (CORPUS / "seed-pages.txt").read_text().split()
    found = [s for page in pages for s in python_signatures(CORPUS / "src" / "Doc" / f"{page}.rst")]
    assert len(found) > 1000
    wrong = [
        code for objtype, code, fullname in found if not parses(as_python(objtype, code, fullname or code))
    ]
    assert [code for code in wrong if not NOT_PYTHON.search(code)] == []
    assert len(wrong) < len(found) / 25


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("a,b = 3, *, c='x'", "a, b=3, *, c='x'"),
        ("a, /, b, *args, **kw", "a, /, b, *args, **kw"),
        ('sep=" ", mode=0o644, eps=1e-3', "sep=' ', mode=0o644, eps=1e-3"),
        ("a:int=1, *, b : str", "a: int = 1, *, b: str"),
        ("a[, b[, c]]", "a[, b[, c]]"),
        ("[start,] stop [, step]", "[start, ]stop[, step]"),
        ("a, [b], c=[]", "a, [b, ]c=[]"),
        ("a], [b", "a], [b"),
        ("key=lambda x, y=1: -x, flags=re.A|re.B", "key=lambda x, y=1: -x, flags=re.A | re.B"),
        (
            "a=(), b=(1,), c={'k': [1, 2]}, d=x[1:2], e=f(1, k=2)",
            "a=(), b=(1,), c={'k': [1, 2]}, d=x[1:2], e=f(1, k=2)",
        ),
        ("a, ...", "a, ..."),
        ("a, a", "a, a"),
        ("buffer=<default buffer>", "buffer=<default buffer>"),
        ("", ""),
    ],
)
def test_arguments(written: str, shown: str) -> None:
    assert plain(format_arguments(written)) == shown


@pytest.mark.parametrize(
    ("written", "shown", "targets"),
    [
        ("typing.Optional[int]", "Optional[int]", ["typing.Optional", "int"]),
        ("Optional[list[int]]", "list[int] | None", ["list", "int", "None"]),
        ("Union[int, str]", "int | str", ["int", "str"]),
        ("~collections.abc.Iterator[int]", "Iterator[int]", ["collections.abc.Iterator", "int"]),
        ("Callable[[int, ...], None]", "Callable[[int, ...], None]", ["Callable", "int", "None"]),
        ("Literal['a', b, -1]", "Literal['a', b, -1]", ["Literal"]),
        ("list of int", "list of int", ["list of int"]),
        ("'Forward'", "'Forward'", []),
    ],
)
def test_annotations(written: str, shown: str, targets: list[str]) -> None:
    marked = format_annotation(written)
    assert plain(marked) == shown
    assert "".join(piece.text for piece in pieces(marked)) == shown
    assert [piece.target for piece in pieces(marked) if piece.target] == targets


NAMES = st.from_regex(r"[a-z_]{1,4}", fullmatch=True).filter(lambda name: name.isidentifier())


@given(
    st.lists(
        st.tuples(NAMES, st.sampled_from(["", "=1", "='x'", ": int", ": int = 2"])), unique_by=lambda p: p[0]
    )
)
def test_arguments_are_stable(parameters: list[tuple[str, str]]) -> None:
    ordered = sorted(parameters, key=lambda p: "=" in p[1])
    text = ", ".join(name + more for name, more in ordered)
    once = plain(format_arguments(text))
    assert plain(format_arguments(once)) == once
    assert re.sub(r"\s", "", once) == re.sub(r"\s", "", text)


PLAIN = st.sampled_from(
    [
        "a",
        "b2",
        "_",
        "*",
        "/",
        "*args",
        "**kw",
        "a=1",
        "b = None",
        "c=-0.5",
        'd="x y"',
        "e=re.A",
        "f=()",
        "g=...",
    ]
)
ODD = st.sampled_from(
    [
        "",
        "if",
        "None",
        "*a=1",
        "**",
        "a=if",
        "a=x.not",
        "a=01",
        "a=1.",
        "a=0x1f",
        "b=b''",
        "a: int",
        "é",
        "a b",
    ]
)


@given(
    st.lists(st.one_of(PLAIN, PLAIN, PLAIN, ODD), min_size=1, max_size=6), st.sampled_from([", ", ",", " , "])
)
def test_plain_arguments_need_no_parser(arguments: list[str], comma: str) -> None:
    text = comma.join(arguments)
    shown = format_plainly(text)
    assert not shown or shown == py_signature._format_parameters(text)


def test_arguments_that_are_plain() -> None:
    for text in ("a, /, b=1, *, c='x'", "*args, **kw", "self, key=None", "*, a, b=re.A, c=-1.5, d=()"):
        assert format_plainly(text) == text
    for text in ("*, **kw", "a=1, b", "/, a", "a, *", "a, a=1,", "*a, *b", "**a, b", "in", "a[, b]"):
        assert format_plainly(text) == ""


@example(":~1:.")
@given(st.text(alphabet="ab1 *&<>()[],:=.{}~\"'-+", max_size=40))
def test_any_arguments_keep_their_words(text: str) -> None:
    words = re.findall(r"[ab1]+", text)
    shown = plain(format_arguments(text))
    assert re.findall(r"[ab1]+", shown) == words or "".join(words) in "".join(re.findall(r"[ab1]+", shown))


@given(st.text(alphabet="ab1 *&<>()[],:=.{}~\"'-+", max_size=40))
def test_declarations_lose_no_token(text: str) -> None:
    shown = untokenise(tokenise(text))
    assert re.sub(r"\s", "", shown) == re.sub(r"\s", "", text)
    assert untokenise(tokenise(shown)) == untokenise(tokenise(untokenise(tokenise(shown))))


@pytest.mark.parametrize(
    ("written", "shown", "name"),
    [
        ("PyObject* f( PyObject * o,int n )", "PyObject *f(PyObject *o, int n)", "f"),
        ("const char *const  *p", "const char *const *p", "p"),
        ("int (*visit)(PyObject*, void *arg)", "int (*visit)(PyObject*, void *arg)", "visit"),
        ("void (*signal(int, void (*f)(int)))(int)", "void (*signal(int, void (*f)(int)))(int)", "signal"),
        ("int (loop)(int*)", "int (loop)(int*)", "loop"),
        ("char T.name[16]", "char T.name[16]", "T.name"),
        ("int x=-1", "int x = -1", "x"),
        ("bool ns::A::f(int a = b*2 ) const&", "bool ns::A::f(int a = b * 2) const &", "ns::A::f"),
        ("std::vector<std::pair<int,T>>&& g()", "std::vector<std::pair<int, T>> &&g()", "g"),
        (
            "template<typename ...A> auto h(A&&... a)->int",
            "template<typename ...A> auto h(A&&... a) -> int",
            "h",
        ),
        (
            "explicit operator std::size_t() const",
            "explicit operator std::size_t() const",
            "operator std::size_t",
        ),
        ("bool operator==(const A&a,const A &b)", "bool operator==(const A &a, const A &b)", "operator=="),
        ("void operator() (int)", "void operator()(int)", "operator()"),
        ("virtual ~A() = default", "virtual ~A() = default", "~A"),
        ("decltype(auto) f() noexcept(true)", "decltype(auto) f() noexcept(true)", "f"),
        ("[[nodiscard]] int f()", "[[nodiscard]] int f()", "f"),
    ],
)
def test_declarations(written: str, shown: str, name: str) -> None:
    tokens = tokenise(written)
    assert untokenise(tokens) == shown
    start, end = declared_name(tokens)
    separator = "." if "T." in name else "::"
    assert separator.join(name_parts(tokens[start:end])) == name


def test_a_declaration_without_a_name() -> None:
    with pytest.raises(ValueError, match="no name"):
        declared_name(tokenise("( )"))
