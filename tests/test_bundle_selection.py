"""What goes into a bundle, and what does not."""

from __future__ import annotations

import pytest

from rstdown.bundling import render
from rstdown.errors import UsageError

from .bundles import SHOP, bundle_of


def text_of(texts=SHOP, **options):
    return render(bundle_of(texts, **options))


def test_documents_by_name():
    assert [d.docname for d in bundle_of(SHOP, include=("shop/*",), exclude=("*/people",)).documents] == [
        "shop/queue"
    ]
    with pytest.raises(UsageError, match="no document's name matches 'other/\\*'"):
        bundle_of(SHOP, exclude=("other/*",))


def test_an_object_with_its_members():
    text = text_of(objects=("shop.Queue",))
    assert "### class `shop.Queue(maxsize=0)`" in text
    assert "Queue.size" in text
    assert "## Queues" in text
    assert "A queue of customers" not in text
    assert "open_shop" not in text
    assert "People" not in text


def test_a_member_stands_below_its_class():
    text = text_of(objects=("Queue.get",))  # the end of a name will do
    assert "### class `shop.Queue(maxsize=0)`\n\n#### async `Queue.get()`\n" in text
    assert "A first in" not in text


def test_what_an_object_refers_to():
    one = text_of(objects=("shop.Queue.get",), depth=1)
    assert "class `people.Person(name)`" in one
    assert "`shop.open_shop(door" not in one
    two = text_of(objects=("shop.Queue.get",), depth=2)
    assert "`shop.open_shop(door, *, quiet=False)`" in two
    assert "Customs" not in two


def test_sections_that_are_referred_to_come_with_their_own_prose():
    texts = {
        "a": "A\n=\n\n.. function:: f()\n\n   See :ref:`rules`.\n\n"
        ".. _rules:\n\nRules\n-----\n\nObey.\n\nMore\n~~~~\n\nX.\n"
    }
    text = text_of(texts, objects=("f",), depth=1)
    assert "### Rules\n\nObey." in text
    assert "X." not in text


def test_an_unknown_object():
    with pytest.raises(UsageError, match=r"no object is called 'shop\.Queu'; did you mean shop\.Queue"):
        bundle_of(SHOP, objects=("shop.Queu",))


def test_deprecated_objects():
    bundle = bundle_of(SHOP, deprecated=False)
    assert "ring()" not in render(bundle).partition("<!--")[2]
    assert [(item.kind, item.what) for item in bundle.left_out] == [("object", "shop.ring")]
    assert "Left out (deprecated): shop.ring." in render(bundle)


@pytest.mark.parametrize(
    ("note", "whole"),
    [
        ("", True),
        ("Use :func:`g` instead.", True),
        ("The *loop* parameter.", False),
        ("Passing ``None`` is deprecated.", False),
        ("All of these but two are deprecated.", False),
        ("It is deprecated to create one directly.", False),
    ],
)
def test_deprecated_as_a_whole(note, whole):
    text = f"T\n=\n\n.. function:: f()\n\n   Words.\n\n   .. deprecated:: 3.1\n      {note}\n"
    assert ("Words." in text_of({"t": text}, deprecated=False)) != whole


KINDS = {
    "seealso": "Queue.get",
    "history": "Added in version",
    "examples": "Queue().size",
    "code": 'open_shop("front")',
    "footnotes": "grandmother",
    "deprecated": "Nobody listens",
}


@pytest.mark.parametrize("kind", KINDS)
def test_kinds(kind):
    body = text_of(drop=(kind,)).partition("<!--")[2]
    for other, mark in KINDS.items():
        if other == kind:
            assert mark not in body.replace("async `Queue.get()`", "") or kind == "seealso", other
        elif (kind, other) not in (("code", "examples"), ("examples", "code"), ("examples", "footnotes")):
            assert mark in body, other
    assert "For example:" not in body or kind != "examples"


def test_see_also_goes():
    assert "See also" in text_of()
    assert "See also:" not in text_of(drop=("seealso",))


def test_images_availability_audit_events_notes():
    text = (
        "T\n=\n\n.. image:: x.png\n   :alt: picture\n\n.. note:: Careful.\n\n.. availability:: Unix.\n\n"
        ".. audit-event:: m.f a m.f\n\nWords.\n"
    )
    for kind, mark in {
        "images": "picture",
        "notes": "Careful.",
        "availability": "Availability",
        "audit-events": "auditing event",
    }.items():
        bundle = bundle_of({"t": text}, drop=(kind,))
        body = render(bundle).partition("<!--")[2]
        assert mark not in body
        assert "Words." in body
        assert mark in render(bundle_of({"t": text}))
        assert [item.what for item in bundle.left_out] == [kind]
        assert bundle.left_out[0].tokens > 0


def test_kinds_with_commas_and_blanks():
    bundle = bundle_of(SHOP, drop=("history, seealso", "history", ""))
    assert [item.what for item in bundle.left_out] == ["history", "seealso"]
    assert "Left out (as asked): history (" in render(bundle)


def test_what_is_not_there_is_not_left_out():
    assert bundle_of(SHOP, drop=("images", "warning")).left_out == ()
