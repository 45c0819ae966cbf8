"""The fast parser gives the doctree of stock docutils: tags, attributes, texts, sources, lines."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from docutils import nodes

from benchmarks import stock
from rstdown.constructs import TRANSFORMS
from rstdown.constructs.vocabulary import vocabulary_of
from rstdown.model import Document, Project
from rstdown.rst import parser
from rstdown.rst.env import Env
from rstdown.rst.gate import Gate

HERE = Path(__file__).parent
CORPORA = HERE.parents[1] / "shared" / "corpora"
PROJECT = Project()


def described(node: nodes.Node) -> Iterator[str]:
    """Yield all that there is to a doctree, more than ``pformat()`` shows."""
    if isinstance(node, nodes.Element):
        attributes = sorted((k, v) for k, v in node.attributes.items() if v != [])
        kind = f"{type(node).__module__}.{type(node).__name__}"
        yield f"{kind} {attributes!r} {node.source}:{node.line} {node.rawsource!r}"
    else:
        yield repr(str(node))
    for child in node.children:
        yield from described(child)
    yield "/"


def assert_equal(document: Document) -> None:
    fast_env, stock_env = (Env(document, PROJECT, Gate(document)) for _ in range(2))
    vocabulary = vocabulary_of(PROJECT)
    slow = stock.parse(stock_env, vocabulary, TRANSFORMS)
    fast = parser.parse(fast_env, vocabulary, TRANSFORMS)
    assert fast.pformat() == slow.pformat()
    assert list(described(fast)) == list(described(slow))
    assert fast_env.diagnostics == stock_env.diagnostics
    assert fast_env.ledger == stock_env.ledger


def sources(root: Path) -> list[Path]:
    return sorted(path for suffix in ("*.rst", "*.txt") for path in root.rglob(suffix))


FIXTURES = HERE.parent / "fixtures"


@pytest.mark.parametrize("family", sorted({p.relative_to(FIXTURES).parts[0] for p in sources(FIXTURES)}))
def test_fixtures(family: str) -> None:
    for path in sources(FIXTURES / family):
        assert_equal(Document(path.stem, path.read_text("utf-8"), path=path, root=FIXTURES / family))


@pytest.mark.skipif(not CORPORA.is_dir(), reason="the corpora are not beside the checkout")
@pytest.mark.parametrize("part", range(8))
@pytest.mark.parametrize("corpus", ["sphinx-9.1.1", "docutils-0.23", "cpython-3.13"])
def test_corpora(corpus: str, part: int) -> None:
    root = CORPORA / corpus / "src"
    paths = sources(root)[part::8]
    if "RSTDOWN_ALL" not in os.environ:
        paths = [path for path in paths if path.stat().st_size < 60_000][:12]
    for path in paths:
        assert_equal(Document(path.stem, path.read_text("utf-8"), path=path, root=root))


AWKWARD = {
    "bullets": "- a\n- b\n\n  c\n* d\n- e\nf\n\n-\n\n-\n- g\n",
    "bullets, bad end": "- a\n- b\nc\n",
    "fields": ":a: b\n:c `x <: d\n   e\n:f:\n\n:g: h\ni\n",
    "definitions": "a\n  b\nc : d\n  e\n\nf\n  g\nh\n\ni\n  j\n\nk\n",
    "definitions, end": "a\n  b\nc",
    "definitions, other": "a\n  b\n- c\n  d\n\ne\n  f\n=====\n",
    "explicit": (
        ".. a\n.. _b: c\n__ d\n.. [1] e\n.. [x] f\n.. |g| replace:: h\n.. note:: i\n\n   j\n.. k\nl\n"
    ),
    "explicit, dots": ".. a\n..b\n\n.. _c: d\n__e\n",
    "options": (
        ".. image:: a\n   :alt: b: c\n   :width:  3\n   :nix: x\n\n.. image:: d\n   :alt: e\n     f\n"
        "   :alt: g\n"
    ),
    "options, odd": (
        ".. image:: a\n   :*alt*: x\n\n.. image:: b\n   :alt : c\n\n.. image:: d\n   :ALT: e\n   :alt: f\n"
    ),
    "enumerations": "1. a\n2. b\n4. c\n\n(i) d\n(ii) e\n\nA. Einstein\n\n#. f\n#. g\n",
    "sections": "A\n=\n\nB\n-\n\nC\n~\n\nD\n=\n\n.. note::\n\n   E\n   =\n\nF\n^\n\nG\n-\n",
    "overlines": "===\n A\n===\n\n==\nB\n\n=====\n\n====\n\nlast\n\n----",
    "quoted literal": "a::\n\n> b\n> c\n\nd::\n\n> e\n* f\n\ng ::\n\nh::\n\n   i\n j\n",
    "quotes": "   a\n\n   -- b\n\n   c\n  d\n e\n",
    "tables": "= =\na b\n= =\n1 2\n= =\n\n+-+-+\n|a|b|\n+-+-+\n|c|*|\n+-+-+\n\n= =\nx\n",
    "grids": (
        "+--+--+\n\n+--+--+\n| a| b|\n+==+==+\n|c    |\n+--+--+\n| d+ e|\n+--+--+\n\n++\n||\n++\n\n"
        "+--+\n+--+\n| a|\n+--+\n\n+--+\n| a|\n+==+\n| b|\n+--+\nc\n\n+--+\n|\u00e9 |\n+--+\n\n+--+\n| a\n"
    ),
    "escapes in roles": "\\*a* ``*b`` ``c\\`` *d\\* e* :r:`f\\` g` :kbd:`h\\` **i\\ **\\ ``j``\\ k\\ \n",
    "unclosed": "*a **b ``c `d _`e |f :r:`g *h* **i* *j** ``k` x\n\n(*) '*' **\n",
    "adjacent": "*a*-*b* **c**/``d``:*e* *f*\\ g **h**\\ *i* `j`_`k`_ l_m_ n__-o_ p_.q_\n",
    "phrase references": (
        "`a <b>`_ `c <d_>`_ `e <f\\_>`__ `g`__ `<h>`_ `i\\ <j k>`__ :r:`l`_ :r:`m`:s: `n`:t: `o`:t:_ ``_\n"
    ),
    "footnotes": (
        "[1]_ [#]_ [#a]_ [*]_ [b]_ [c c]_ a[1]_ [1]_[2]_\n\n.. [1] x\n.. [#] y\n.. [#a] z\n.. [*] v\n"
        ".. [b] w\n"
    ),
    "substitutions": (
        "|a| |b|_ |c|__ |d e| ||f|| |a\\|b|\n\n.. |a| replace:: *x*\n.. |b| replace:: y\n"
        ".. |a| unicode:: 0xA9\n"
    ),
    "addresses": (
        "http://a.b/c, (https://d/e) <f@g.h> i:j std:k http://l x@y.z mailto:m@n.o. p@q a:b-http://c\n"
    ),
    "addresses, unknown scheme": "nix:a http://b.c\n\nhttp://a.b nix:c http://d.e\n",
    "addresses between CJK": "見http://a.b/c見 見(http://a.b/c)見 a@b.c見\n",
    "escapes": "\\*a\\* *b\\* c* a\\ b \\\\*d\\\\* `e\\`f` \\`g` h\\_ ``i\\`` j\\",
    "targets": (
        "_`a b` _`a b`\n\n.. _c: d_\n.. _d: http://x\n.. _`e: f`: g\n.. __: h\n.. _i\n.. _j k: l\n   m\n"
    ),
    "indirect": "a_ b_ c_ d_\n\n.. _a: b_\n.. _b: c_\n.. _c: http://x\n.. _d: e_\n.. _f: d_\n\n`f`_\n",
    "indirect circles": (
        "a_ d_ g_\n\n.. _a: b_\n.. _b: c_\n.. _c: b_\n.. _d: d_\n.. _e: f_\n.. _f: e_\n.. _g: a_\n"
    ),
    "indirect, internal": "a_\n\n.. _a: b_\n.. _b: c_\n.. _c:\n\nx\n\n.. _d: `e f`_\n.. _`e f`:\n\ny\n\nd_",
    "many in one": "x_ " * 300 + "y__ " * 300 + "[1]_ " * 300 + "[#]_ " * 3 + "|s| " * 300 + "*a " * 300,
    "line blocks": "| a\n|   b\n| c\n  d\n|\n| *e\nf\n",
    "option lists": "-a  b\n-c FILE, --d=X  e\n/f  g\n--h\n\n-i\n    j\n",
    "doctests": ">>> a\nb\n\n>>> c\n  d\n",
    "include-like": (
        ".. include:: nowhere.txt\n\n.. raw:: html\n\n   <b>\n\n.. csv-table::\n\n   a,b\n   c,*d\n"
    ),
    "tabs": "a\n\tb\n\n*\tc\n\td\n",
}


@pytest.mark.parametrize("name", AWKWARD)
def test_awkward(name: str) -> None:
    assert_equal(Document("index", AWKWARD[name]))
