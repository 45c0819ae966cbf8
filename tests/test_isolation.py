"""Nothing of one document reaches another, and nothing around it reaches any."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from docutils.parsers.rst import directives, roles

import rstdown
from rstdown import pool
from rstdown.model import Document, Page, Project
from rstdown.options import ConvertOptions

STATEFUL = {
    "roles": ".. role:: mine(strong)\n.. default-role:: emphasis\n\n:mine:`a` and `b`.\n",
    "no roles": ":mine:`a` and `b`.\n",
    "domain": ".. default-domain:: c\n\n.. function:: int f(void)\n\n:func:`f`\n",
    "no domain": ".. function:: f(a)\n\n:func:`f`\n",
    "module": ".. py:module:: m\n.. highlight:: c\n\n.. function:: g()\n\n::\n\n   x\n",
    "no module": ".. function:: g()\n\n::\n\n   x\n",
    "substitution": "|s| [1]_ x_ y__\n\n.. |s| replace:: *z*\n.. [1] n\n.. _x: http://x\n__ http://y\n",
    "no substitution": "|s| [1]_ x_\n\n[#]_ [#a]_ [b]_\n",
    "titles": "A\n=\n\nB\n-\n\nC\n=\n\n.. note::\n\n   D\n   ~\n",
    "titles otherwise": "A\n-\n\nB\n=\n\nC\n-\n",
    "broken": "*a ``b\n\n.. note::\n.. image::\n\n  - x\n\n=====\n\n+-+\n|x\n\n.. include:: x\n",
    "program": ".. program:: p\n\n.. option:: -x\n\n:option:`-x`\n",
    "no program": ".. option:: -x\n\n:option:`-x`\n",
    "class": (
        ".. py:currentmodule:: m\n.. py:class:: C\n\n   .. py:method:: f()\n\n:meth:`f` :py:meth:`C.f`\n"
    ),
    "no class": ".. py:method:: f()\n\n:py:meth:`f`\n",
    "namespaces": (
        ".. c:namespace:: N\n.. c:function:: int f(void)\n.. cpp:namespace:: M\n.. cpp:function:: int g()\n"
    ),
    "no namespaces": ".. c:function:: int f(void)\n.. cpp:function:: int g()\n\n:c:func:`f` :cpp:func:`g`\n",
    "javascript": ".. js:module:: a.b\n.. js:class:: C()\n\n   .. js:method:: f()\n\n.. js:function:: g()\n",
    "no javascript": ".. js:function:: g()\n\n:js:func:`g`\n",
    "numbers": (
        ".. math:: x\n   :label: e\n\n:eq:`e` [#]_ [*]_\n\n.. [#] a\n.. [*] b\n\n"
        ".. figure:: x.png\n   :name: f\n\n   c\n"
    ),
    "other numbers": (
        ".. math:: y\n   :label: e\n\n:eq:`e` [#]_ [*]_\n\n.. [#] c\n.. [*] d\n\n"
        ".. figure:: y.png\n   :name: f\n\n   e\n"
    ),
    "same ids": (
        "Title\n=====\n\n.. _a:\n\nTitle\n=====\n\n.. glossary::\n\n   a\n      b\n\n.. rst:directive:: d\n"
    ),
    "languages": ".. highlight:: rust\n   :linenothreshold: 1\n\n::\n\n   x\n\n.. code-block::\n\n   y\n",
    "no languages": "::\n\n   x\n\n.. code-block::\n\n   y\n",
    "titled role": ".. role:: py(code)\n   :language: python\n\n.. role:: sub(strong)\n\n:py:`x` :sub:`y`\n",
    "no titled role": ":py:`x` :sub:`y`\n",
    "unfinished": (
        ".. changelog::\n   :version: 1\n\n   .. change::\n      :tags: a\n\n      *b\n\n"
        ".. rst:directive:: x\n\n   .. rst:directive:option:: y\n"
    ),
    "finished": ".. change::\n   :tags: a\n\n   b\n\n.. rst:directive:option:: y\n",
}
DOCUMENTS = [Document(name, text) for name, text in STATEFUL.items()]


def pages(documents: list[Document], **options: object) -> dict[str, str]:
    found = pool.convert_documents(documents, Project(), ConvertOptions(), cache=False, **options)  # type: ignore[arg-type]
    assert all(isinstance(page, Page) for page in found)
    names = {page.docname for page in found} & STATEFUL.keys()
    return {page.docname: repr(page) for page in found if isinstance(page, Page) and page.docname in names}


ALONE = {document.docname: pages([document], jobs=1)[document.docname] for document in DOCUMENTS}


@pytest.mark.parametrize("seed", range(5))
def test_any_order(seed: int) -> None:
    shuffled = random.Random(seed).sample(DOCUMENTS, len(DOCUMENTS))
    assert pages(shuffled, jobs=1) == ALONE


@pytest.mark.parametrize("jobs", [2, 4])
def test_any_number_of_processes(jobs: int) -> None:
    assert pages(DOCUMENTS, jobs=jobs) == ALONE


def test_threads() -> None:
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda document: pages([document], jobs=1), DOCUMENTS * 4))
    assert {name: data for one in found for name, data in one.items()} == ALONE
    assert all(ALONE[name] == data for one in found for name, data in one.items())


def test_registries_of_docutils_are_left_alone() -> None:
    before = dict(roles._roles), dict(roles._role_registry), dict(directives._directives)  # type: ignore[attr-defined]
    lookups = directives.directive, roles.role
    pages(DOCUMENTS, jobs=1)
    after = dict(roles._roles), dict(roles._role_registry), dict(directives._directives)  # type: ignore[attr-defined]
    assert (before, lookups) == (after, (directives.directive, roles.role))


def test_roles_registered_with_docutils_are_not_ours() -> None:
    text = ":mine:`a`"
    before = rstdown.convert(text).markdown
    roles.register_local_role("mine", roles.generic_custom_role)  # type: ignore[attr-defined]
    try:
        assert rstdown.convert(text).markdown == before
    finally:
        del roles._roles["mine"]  # type: ignore[attr-defined]


SCRIPT = """
import hashlib, sys
sys.path.insert(0, {home!r})
from tests.test_isolation import ALONE
print(hashlib.sha256("".join(ALONE[name] for name in sorted(ALONE)).encode()).hexdigest())
"""


def digest(folder: Path, **settings: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(home=str(Path(__file__).parents[1]))],
        env={**os.environ, **settings},
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


HOSTILE = """
[general]
file_insertion_enabled: yes
raw_enabled: yes
language_code: de
report_level: 5
halt_level: 1
trim_footnote_reference_space: yes
[restructuredtext parser]
smart_quotes: yes
character_level_inline_markup: yes
tab_width: 1
"""


def test_surroundings_make_no_difference(tmp_path: Path) -> None:
    plain = digest(tmp_path, PYTHONHASHSEED="0")
    (tmp_path / "docutils.conf").write_text(HOSTILE)
    (tmp_path / ".docutils").write_text(HOSTILE)
    (tmp_path / "conf.py").write_text("raise SystemExit(3)")
    conf = str(tmp_path / "docutils.conf")
    for settings in (
        {"PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "77", "TZ": "America/New_York", "LC_ALL": "de_DE.UTF-8", "DOCUTILSCONFIG": conf},
    ):
        assert digest(tmp_path, HOME=str(tmp_path), **settings) == plain


def test_one_bad_document_leaves_the_others_as_they_are(tmp_path: Path) -> None:
    bad = [Document(f"bad{n}", text) for n, text in enumerate(("- " * 9_000, "*a " * 9_000, "\ud800\0"))]
    mixed = [document for pair in zip(DOCUMENTS, bad * 20, strict=False) for document in pair]
    found = pages(mixed, jobs=2)
    assert found == ALONE
