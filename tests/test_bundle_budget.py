"""Splitting and trimming: at borders only, within the limit, with nothing lost unsaid."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rstdown import tokens
from rstdown.bundling import render
from rstdown.bundling.tree import walk
from rstdown.bundling.units import cut, labels
from rstdown.errors import BudgetError, UsageError
from rstdown.markdown import nodes as md
from rstdown.verify import read_bundle

from .bundles import SHOP, bundle_of

FUNCTIONS = "\n".join(
    f".. function:: f{n}(x)\n\n   Does {n}.\n\n   .. versionadded:: 3.{n}\n\n   ::\n\n      f{n}({n})\n"
    for n in range(40)
)
MANY = {
    "one": f"One\n===\n\n.. module:: m\n\nFirst words [1]_.\n\n{FUNCTIONS}\n\n"
    "More\n----\n\nLast words [1]_.\n\n.. [1] A note.\n",
    "two": "Two\n===\n\nShort; see :func:`m.f3`.\n",
    "three": f"Three\n=====\n\n.. seealso:: {'nothing ' * 60}\n\nDetails\n-------\n\nSome.\n",
}


def texts_of(bundle):
    found = render(bundle, "out")
    return {"out": found} if isinstance(found, str) else found


@pytest.mark.parametrize("form", ["md", "xml", "jsonl"])
@pytest.mark.parametrize("limit", [700, 1200, 3000])
def test_volumes_fit_and_hold_everything(limit, form):
    bundle = bundle_of(MANY, max_tokens=limit, over="split", format=form)
    volumes = texts_of(bundle)
    assert max(bundle.counts) <= limit
    if form != "jsonl":
        assert [tokens.count(text) for text in volumes.values()] == list(bundle.counts)
    everything = ""
    for text in volumes.values():
        found = read_bundle(text)
        everything += "".join(d.markdown for d in found)
    for n in range(40):
        assert (
            len(
                re.findall(
                    rf"Does {n}\.\s+(?:\*\*)?Added in version 3\.{n}\.(?:\*\*)?\s+```[^`]*f{n}\({n}\)\s+```",
                    everything,
                )
            )
            == 1
        )
    assert "First words" in everything
    assert "Last words" in everything
    assert "Some." in everything


def test_volumes_share_an_index_and_say_where_things_are():
    bundle = bundle_of(MANY, max_tokens=800, over="split")
    volumes = texts_of(bundle)
    assert list(volumes) == [f"out-{n}.md" for n in range(1, len(volumes) + 1)]
    count = len(volumes)
    assert count > 2
    for number, text in enumerate(volumes.values(), 1):
        assert text.startswith(f"# Test bundle, volume {number} of {count}\n")
        contents = text.partition("## Contents")[2].partition("<!--")[0]
        assert re.search(rf"One\b.*, volumes 1-{count}|One\b.*, volumes 1-{count - 1}", contents)
        assert re.search(r"Two\b.*, volume \d", contents)
        assert re.search(r"Three\b.*, volume \d", contents)
    second = volumes["out-2.md"]
    assert "\n## One (continued)\n" in second
    assert "one#2" in second
    first_names = [d.name for d in read_bundle(volumes["out-1.md"])]
    assert first_names == ["one#1"]


def test_footnotes_go_where_they_are_referred_to():
    for text in texts_of(bundle_of(MANY, max_tokens=900, over="split")).values():
        used = set(re.findall(r"\[\^(\w+)\](?!:)", text))
        assert used == set(re.findall(r"^\[\^(\w+)\]:", text, re.MULTILINE))


def test_links_between_volumes_are_text():
    for text in texts_of(bundle_of(MANY, max_tokens=900, over="split", links="all")).values():
        anchors = set(re.findall(r'<a id="([^"]+)">', text))
        for target in re.findall(r"\]\(#([^)]+)\)", text.partition("<!--")[2]):
            assert target in anchors


def test_too_small_a_volume():
    with pytest.raises(BudgetError, match=r"object shop\.Queue alone has \d+ tokens|leaves no room"):
        bundle_of(SHOP, max_tokens=200, over="split")
    with pytest.raises(BudgetError, match="leaves no room"):
        bundle_of(SHOP, max_tokens=5, over="split")
    with pytest.raises(BudgetError, match="leaves no room"):
        bundle_of(SHOP, max_tokens=5, over="trim")
    with pytest.raises(UsageError, match="negative"):
        bundle_of(SHOP, max_tokens=-1)


def test_failing_says_how_much_there_is():
    total = bundle_of(SHOP).tokens
    with pytest.raises(BudgetError, match=rf"has {total:,} o200k_base tokens, 100 are allowed"):
        bundle_of(SHOP, max_tokens=100)
    assert bundle_of(SHOP, max_tokens=total).tokens == total


@pytest.mark.parametrize("form", ["md", "xml", "jsonl"])
def test_trimming_drops_in_order(form):
    whole = bundle_of(MANY, format=form)
    bundle = bundle_of(
        MANY, max_tokens=whole.tokens - 100, over="trim", drop=("seealso,history",), format=form
    )
    assert bundle.tokens <= whole.tokens - 100
    assert [item.what for item in bundle.left_out] == ["seealso", "history"]
    text = render(bundle)
    assert "version 3.7" not in text
    if form == "md":
        assert re.search(
            r"Left out \(to fit into [\d,]+ tokens\): seealso \(\d+ tokens\), history \([\d,]+ tokens\)\.",
            text,
        )
    little = bundle_of(
        MANY, max_tokens=whole.tokens - 2, over="trim", drop=("seealso", "history"), format=form
    )
    assert [item.what for item in little.left_out] == ["seealso"]


def test_trimming_goes_on_from_the_end():
    bundle = bundle_of(MANY, max_tokens=800, over="trim")
    text = render(bundle)
    assert bundle.tokens <= 800
    assert [d.docname for d in bundle.documents] == ["one"]
    assert "two (" in text
    assert "three (" in text
    found = re.search(r"one from object m\.f(\d+) on \((\d+) sections and objects\)", text)
    assert found
    first = int(found[1])
    assert f"Does {first - 1}." in text
    assert f"Does {first}." not in text
    assert len(read_bundle(text)) == 1
    rest = [item.what for item in bundle.left_out if item.kind == "rest"]
    assert len(rest) == int(found[2]) == 40 - first + 1
    assert rest[-1] == "section One > More"


# -- cutting -------------------------------------------------------------------------------

leaf = st.integers(0, 99).map(lambda n: md.Paragraph((md.Text(f"p{n}"),)))
note = st.integers(0, 3).map(lambda n: md.Paragraph((md.Text("n"), md.FootnoteReference(str(n)))))
definition = st.integers(0, 3).map(
    lambda n: md.FootnoteDefinition(str(n), (md.Paragraph((md.Text(f"d{n}"),)),))
)
thing = st.integers(0, 99).map(
    lambda n: md.Object("py", "function", (md.Signature(f"f{n}()", fullname=f"f{n}"),), ())
)
anchor = st.just(md.Anchor("a"))
block = st.recursive(
    st.one_of(leaf, note, definition, thing, anchor),
    lambda inner: st.lists(inner, max_size=4).map(lambda c: md.Section((md.Text("S"),), tuple(c))),
    max_leaves=12,
)
document = st.lists(block, max_size=6).map(lambda c: md.Section((md.Text("D"),), tuple(c)))


def leaves(section):
    kinds = (md.Paragraph, md.Object)
    inside = {id(n) for d in walk(section) if isinstance(d, md.FootnoteDefinition) for n in walk(d)}
    return [n for n in walk(section) if isinstance(n, kinds) and id(n) not in inside]


@settings(deadline=None, max_examples=200)
@given(document, st.data())
def test_cuts_add_up(section, data):
    total = len(labels(section))
    middle = data.draw(st.integers(0, total))
    one, two = cut(section, 0, middle), cut(section, middle, total)
    parts = [] if middle == 0 else leaves(one)
    parts += [] if middle == total else leaves(two)
    if 0 < middle < total:
        assert parts == leaves(section)
    for part in (one, two):
        defined = [n.label for n in walk(part) if isinstance(n, md.FootnoteDefinition)]
        known = {n.label for n in walk(section) if isinstance(n, md.FootnoteDefinition)}
        used = {n.label for n in walk(part) if isinstance(n, md.FootnoteReference)}
        assert used & known <= set(defined)
    assert cut(section, 0, total) is section
