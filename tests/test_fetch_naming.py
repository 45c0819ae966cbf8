"""Names: safe, stable, never two alike."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from rstdown.errors import UsageError
from rstdown.fetching import UrlSource, fetch, parse_source
from rstdown.fetching.closure import included, resolve
from rstdown.fetching.matching import matches, select
from rstdown.fetching.naming import docnames, docs_root, redact, safe_part, safe_path, unique, url_path
from rstdown.fetching.text import NotText, decode
from rstdown.options import FetchOptions

SIGNS = st.text(alphabet=st.sampled_from(list("abAB01.._-/\\ ~%:?*\0\n\x1b\u202eäé文")), max_size=40)


@given(st.one_of(st.text(max_size=300), SIGNS))
def test_a_part_is_a_name_everywhere(text):
    part = safe_part(text)
    assert 0 < len(part.encode("utf-8")) <= 120
    assert part not in (".", "..")
    assert part.isprintable()
    assert not set(part) & set('/\\:*?"<>|')
    assert not part.startswith((".", " ")) and not part.endswith((".", " "))
    assert safe_part(part) == part


@given(st.text(max_size=60))
def test_a_path_stays_inside(text):
    assert not {"", ".", ".."} & set(safe_path(text).split("/") if safe_path(text) else ())


@given(st.lists(st.tuples(SIGNS, SIGNS), max_size=12))
def test_names_are_unique_also_when_case_folds(pairs):
    found = unique((safe_path(name), origin) for name, origin in pairs)
    assert len({name.casefold() for name in found}) == len(found)


def test_reserved_names_get_a_mark():
    assert safe_part("con").startswith("_con")
    assert safe_part("NUL.rst").startswith("_NUL.rst")
    assert safe_part("console") == "console"


def test_documentation_folders():
    assert docs_root(["Doc/library/a.rst", "Doc/howto/b.rst"]) == "Doc/"
    assert docs_root(["x/docs/source/a.rst"]) == "x/docs/source/"
    assert docs_root(["x/y/a.rst", "x/z/b.rst"]) == "x/"
    assert docs_root(["docs/a.rst", "other/b.rst"]) == ""
    assert docnames(["docs/a.rst.txt", "docs/b/c.d.rst", "docs/.rst"]) == ["a", "b/c.d", safe_path(".rst")]


def test_addresses_are_shown_without_secrets():
    assert redact("https://user:pw@host/x?a=1") == "https://host/x?a=1"
    assert redact("https://host/x?access_token=T&private_token=U&q=v") == (
        "https://host/x?access_token=***&private_token=***&q=v"
    )
    assert "pw" not in redact("https://user:pw@[bad/x")
    assert redact("x\x1b[31m") == "xU+001B[31m"


def test_paths_of_addresses_are_decoded_within_their_parts():
    assert url_path("https://host/a%2Fb/c%20d.rst?x#y") == "a-b/c d.rst"


def test_patterns():
    assert matches("a/b/c.rst", "a")
    assert matches("a/b/c.rst", "a/*")
    assert matches("a/b/c.rst", "**/c.rst")
    assert matches("c.rst", "**/c.rst")
    assert not matches("a/b.rst", "*.rst")
    assert matches("b1.rst", "b[0-9].rst")
    assert not matches("b1.rst", "b[!0-9].rst")
    assert matches("a[.rst", "a[.rst")
    assert select(["b.rst", "a.rst", "a.py", ".x/c.rst", "_build/d.rst"], ()) == ["a.rst", "b.rst"]
    assert select(["b.rst", "a.rst", "a.py"], ("b.rst", "*")) == ["b.rst", "a.rst"]


def test_includes_are_seen():
    text = """
.. include:: a.txt
   .. literalinclude:: ../b.py
- .. include:: c.txt
.. |x| include:: d.txt
.. csv-table:: T
   :file: e.csv
.. literalinclude:: f.py
   :diff: g.py
.. include:: <isonum.txt>
.. include:: https://host/h.txt
.. include:: |sub|.txt
text include:: no.txt
"""
    assert included(text) == [
        ("a.txt", True),
        ("../b.py", False),
        ("c.txt", True),
        ("d.txt", True),
        ("f.py", False),
        ("e.csv", False),
        ("g.py", False),
    ]


def test_includes_stay_in_their_tree():
    assert resolve("../x.txt", "docs/lib", "docs") == "docs/x.txt"
    assert resolve("/x.txt", "docs/lib", "docs") == "docs/x.txt"
    assert resolve("../../../x.txt", "docs/lib", "docs") is None
    assert resolve("//etc/passwd", "docs", "docs") == "docs/etc/passwd"


@given(st.binary(max_size=400))
def test_bytes_become_text_or_a_named_error(data):
    try:
        text = decode(data)
    except NotText as error:
        assert re.search(r"byte \d+", str(error))
    else:
        assert "\r" not in text
        assert text.encode("utf-8") is not None
        if not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")):
            assert text == data.decode().replace("\r\n", "\n").replace("\r", "\n")


@given(
    st.text(max_size=80),
    st.sampled_from(["", "github:", "pypi:", "sphinx:", "http://", "https://github.com/", "@"]),
)
def test_any_text_is_a_source_or_wrong_usage(text, prefix):
    try:
        parse_source(prefix + text, FetchOptions())
    except UsageError as error:
        assert str(error)


@given(st.lists(st.one_of(st.text(max_size=40), SIGNS), min_size=1, max_size=4))
@settings(deadline=None)
def test_any_address_becomes_documents_or_failures(tmp_path_factory, texts):
    # Nothing is in the cache, so that every address that can be asked for at all fails by name.
    options = FetchOptions(offline=True, cache_dir=str(tmp_path_factory.getbasetemp() / "cache"))
    sources = [UrlSource(url=f"http://host/{text}") for text in texts]
    result = fetch(sources, options=options)
    assert not result.documents
    assert result.failures
    assert all(f.reason and str(f).isprintable() for f in result.failures)
