"""The vocabulary: every row is used by a fixture, every use is in the ledger, look-ups are as Sphinx's."""

from __future__ import annotations

import re

import pytest

from rstdown import constructs
from rstdown.constructs.vocabulary import vocabulary_of
from rstdown.engines.docutils_ import convert
from rstdown.markdown import nodes as md
from rstdown.model import Document, Page, Project
from rstdown.options import ConvertOptions
from tests.golden import FIXTURES

TEXTS = "\n".join(path.read_text("utf-8") for path in FIXTURES.rglob("*.rst")).lower()
DIRECTIVE = re.compile(r"\.\. (?:\|[^|]+\| )?([\w:+.-]+)::")
ROLE = re.compile(r":([\w:+.-]+):`")


def page(text: str, project: Project | None = None) -> Page:
    return convert(Document("page", text), project or Project(), ConvertOptions())


@pytest.mark.parametrize(
    ("table", "pattern"),
    [(constructs.DIRECTIVES, DIRECTIVE), (constructs.ROLES, ROLE)],
    ids=["directives", "roles"],
)
def test_every_row_occurs_in_a_fixture(table: dict[str, object], pattern: re.Pattern[str]) -> None:
    used = set(pattern.findall(TEXTS))
    used |= {name.partition(":")[2] for name in used}
    missing = [name for name in table if name.lower() not in used and name.partition(":")[2] not in used]
    assert not missing


def test_each_use_is_in_the_ledger_once() -> None:
    found = page(
        ".. note:: a\n\n.. index:: x\n\n.. only:: latex\n\n   b\n\n.. frob:: c\n\n"
        ":kbd:`d` :octicon:`e` :huh:`f`\n"
    )
    assert {(name, outcome): times for name, outcome, times in found.ledger} == {
        ("note", "kept"): 1,
        ("index", "dropped: entries of an index"): 1,
        ("only", "dropped: for latex"): 1,
        ("frob", "kept"): 1,
        (":kbd:", "kept"): 1,
        (":octicon:", "dropped: has nothing to show"): 1,
        (":huh:", "kept"): 1,
    }


def test_nothing_leaks_of_what_nobody_knows() -> None:
    found = page(".. frob:: argument\n   :option: 1\n\n   content :huh:`text`\n")
    text = " ".join(md.plain_text(b.children) for b in found.root.children if isinstance(b, md.Paragraph))
    assert text == "frob: argument content text"
    assert [d.code for d in found.diagnostics] == ["directive-unknown", "role-unknown"]


@pytest.mark.parametrize(
    ("domain", "directive", "described"),
    [("py", "function", "py"), ("c", "function", "c"), ("js", "function", "js"), ("c", "py:function", "py")],
)
def test_names_without_a_domain_are_the_default_domains(domain: str, directive: str, described: str) -> None:
    found = page(f".. {directive}:: f(x)\n", Project(primary_domain=domain))
    assert [b.domain for b in found.root.children if isinstance(b, md.Object)] == [described]


def test_a_vocabulary_is_built_once() -> None:
    assert vocabulary_of(Project(name="a")) is vocabulary_of(Project(name="a"))
    assert vocabulary_of(Project(name="a")) is not vocabulary_of(Project(roles={"x": "code"}))


def test_projects_vocabulary_is_theirs_alone() -> None:
    text = ":gh:`40000`"
    assert [d.code for d in page(text).diagnostics] == ["role-unknown"]
    assert not page(text, Project(name="Python")).diagnostics


def test_document_cannot_change_the_vocabulary_of_others() -> None:
    page(".. role:: own(code)\n.. default-role:: own\n\n:own:`x` `y`\n")
    assert [d.code for d in page(":own:`x`").diagnostics] == ["role-unknown"]
