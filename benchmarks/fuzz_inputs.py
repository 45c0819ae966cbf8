"""Inputs for `fuzz.py`: documents put together from all constructs, and files that were spoilt.

An input depends on its seed and its number only.  Composed inputs hold *marks*: words that occur nowhere
else (``w7q``), so that the loss of one cannot be overlooked.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from docutils.parsers.rst.languages import en as english

from rstdown import constructs

HERE = Path(__file__).resolve().parents[1]
MOST = 4000
"""The length of the longest input, in characters."""
MARK = re.compile(r"(?<![\w\\])w\d+q(?![\w\\])")

INTERNAL = "restructuredtext-test-directive"

SIGNS = [*"*`_|:.-=~^+<>[](){}\\\"'#$%&/?!@;, \n\n\t", "**", "``", "__", "::", ".. ", "\n\n", "\n   ", "\\ "]
SIGNS += [" \n", "\r\n", "\f", "\xa0", "\u200b", "\u202e", "\x1b[", "\x00", "$$", "\n---\n", "\n...\n"]
WORDS = ["alpha", "beta", "x", "1", "a.b", "snake_case", "é", "中文", "\u0301", "http://a.b/c", "x@y.z"]
WORDS += [
    "&amp;",
    "<b>",
    "*args",
    "a < b",
    "#x",
    "1.",
    "~",
    "[x]",
    "$5",
    "\u0639\u0631",
    "e\u0301",
    "__init__",
]
INLINE = [
    "*{}*", "**{}**", "``{}``", "`{}`", "`{}`_", "`{} <{}>`_", "`{} <{}>`__", "{}_", "{}__", "|{}|",
    "|{}|_", "[1]_", "[#]_", "[#{}]_", "[*]_", "[{}]_", "_`{}`", ":ref:`{}`", ":func:`~{}`",
    ":py:class:`!{}`", ":nobody:`{}`", "`{}`:sub:", ":math:`{}`", ":kbd:`{}-{}`", ":doc:`{} </{}>`",
    ":term:`{}`", "\\*{}", "{}\\", "http://{}.org/?{}", "mailto:{}@{}.z", "$`{}", "{}*", "**{}", "``{}",
    ":r:`{}`", ":ROLE:`{}`", ":ROLE:`{} <{}>`", "`{}`:ROLE:", "*{}\\ *\\ {}", "({}_)", "'{}'", "{}--{}",
]  # fmt: skip
BLOCKS = [
    "{}\n{}\n====\n", "====\n{}\n====\n", "{}\n----\n", "{}\n", "| {}\n|   {}\n", "- {}\n- {}\n", "* {}\n",
    "1. {}\n2. {}\n", "(a) {}\n", "#. {}\n", "iv) {}\n", ":{}: {}\n", "{}\n   {}\n", "{} : {}\n   {}\n",
    "-a  {}\n--b=C  {}\n", ">>> {}\n{}\n", "::\n\n   {}\n", "{}::\n\n   {}\n\n", "> {}\n", "{}::\n\n> {}\n",
    "   {}\n\n   -- {}\n", "----\n", ".. {}\n", "..\n", ".. _{}:\n", ".. _{}: http://{}\n", ".. _{}: {}_\n",
    "__ {}\n", ".. [1] {}\n", ".. [#] {}\n", ".. [#{}] {}\n", ".. [*] {}\n", ".. [{}] {}\n",
    ".. |{}| replace:: {}\n", ".. |{}| unicode:: 0xA9 .. {}\n", ".. |{}| image:: {}.png\n",
    "+-----+\n| {:3} |\n+-----+\n", "=== ===\n{:3} {}\n=== ===\n", ".. {}:: {}\n\n   {}\n",
    ".. note:: {}\n", ".. note::\n\n   {}\n   {}\n", ".. code-block:: {}\n\n   {}\n",
    ".. table:: {}\n\n   == ==\n   a  b\n   == ==\n", ".. csv-table::\n\n   {},{}\n",
    ".. list-table::\n\n   * - {}\n     - {}\n", ".. figure:: {}.png\n   :alt: {}\n\n   {}\n\n   {}\n",
    ".. image:: {}\n", ".. py:function:: {}(a, *, b=1) -> {}\n\n   :param a: {}\n   :returns: {}\n",
    ".. py:class:: {}\n\n   {}\n\n   .. py:method:: {}(x)\n\n      {}\n\n   {}\n",
    ".. class:: {}\n", ".. py:module:: {}\n", ".. c:function:: int {}(char *{})\n", ".. option:: --{}\n",
    ".. versionadded:: 3.1 {}\n", ".. seealso:: {}\n", ".. only:: html\n\n   {}\n",
    ".. toctree::\n\n   {}\n", ".. glossary::\n\n   {}\n      {}\n", ".. math::\n\n   {}\n",
    ".. include:: {}\n", ".. raw:: html\n\n   <b>{}</b>\n", ".. role:: {}(strong)\n",
    ".. default-role:: {}\n", ".. rubric:: {}\n", ".. topic:: {}\n\n   {}\n", ".. contents::\n",
    ".. highlight:: {}\n", ".. productionlist::\n   {}: {}\n",
    ".. tab-set::\n\n   .. tab-item:: {}\n\n      {}\n", ".. parsed-literal::\n\n   {}\n",
    ".. container:: {}\n\n   {}\n", ".. epigraph::\n\n   {}\n\n   -- {}\n", ".. sidebar:: {}\n\n   {}\n",
    ".. admonition:: {}\n\n   {}\n", ".. date::\n", ".. DIRECTIVE:: {}\n\n   {}\n",
    ".. DIRECTIVE::\n\n   {}\n\n   - {}\n", ".. DIRECTIVE:: {}\n   :OPTION: {}\n\n   {}\n",
    ".. DIRECTIVE:: {}\n   :OPTION:\n   :OPTION: {}\n\n   {}\n\n      {}\n", ".. |{}| DIRECTIVE:: {}\n",
]  # fmt: skip
OPTIONS = [
    *("class", "name", "caption", "linenos", "align", "width", "widths", "header-rows", "stub-columns"),
    *("alt", "target", "maxdepth", "titlesonly", "hidden", "glob", "no-index", "async", "type", "value"),
    *("canonical", "module", "open", "link", "title", "label", "number", "subtitle", "lines", "dedent"),
    *("file", "url", "start-after", "members", "selected", "platform", "delim", "header", "emphasize-lines"),
]


@cache
def names() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of all directives and of all roles, docutils' and ours."""
    ours = (constructs.DIRECTIVES, constructs.ROLES)
    theirs = (english.directives, english.roles)
    first, second = (tuple(sorted({*a, *b} - {INTERNAL})) for a, b in zip(ours, theirs, strict=True))
    return first, second


@cache
def texts(folder: Path = HERE / "fixtures") -> tuple[str, ...]:
    """Return the RST files below *folder*, which mutations begin with."""
    return tuple(path.read_text("utf-8") for path in sorted(folder.rglob("*.rst")))


def text_of(seed: int, number: int, bases: Sequence[str] | None = None) -> str:
    """Return an input; every other one is one of *bases* (by default the fixtures), spoilt."""
    dice = random.Random(f"{seed}/{number}")
    text = composed(dice) if number % 2 else mutated(dice, texts() if bases is None else bases)
    return text[:MOST]


def composed(dice: random.Random) -> str:
    """Return a document of one to eight blocks."""
    marks = iter(range(1, 10_000))
    return "\n".join(_block(dice, marks) for _ in range(dice.randint(1, 8)))


def _block(dice: random.Random, marks: Iterator[int]) -> str:
    directives, _ = names()
    text = dice.choice(BLOCKS)
    while "DIRECTIVE" in text:
        text = text.replace("DIRECTIVE", dice.choice(directives), 1)
    while "OPTION" in text:
        text = text.replace("OPTION", dice.choice(OPTIONS), 1)
    while "{" in text and (begin := text.find("{")) >= 0:
        end = text.find("}", begin)
        text = text[:begin] + _inline(dice, marks).replace("{", "(").replace("}", ")") + text[end + 1 :]
    if dice.random() < 0.3:
        text += "\n" + "".join(f"   {line}\n" for line in _block(dice, marks).splitlines())
    return spoilt(dice, text) if dice.random() < 0.2 else text


def _inline(dice: random.Random, marks: Iterator[int]) -> str:
    _, roles = names()
    parts = []
    for _ in range(dice.randint(1, 3)):
        part = dice.choice(INLINE) if dice.random() < 0.5 else "{}"
        part = part.replace("ROLE", dice.choice(roles))
        while "{}" in part:
            word = f"w{next(marks)}q" if dice.random() < 0.5 else dice.choice(WORDS)
            part = part.replace("{}", word, 1)
        parts.append(part)
    return dice.choice([" ", " ", "", "-", ", "]).join(parts)


def mutated(dice: random.Random, bases: Sequence[str]) -> str:
    """Return a piece of one of *bases*, spoilt one to six times, now and then crossed with another."""
    text = _piece(dice, bases)
    if dice.random() < 0.2:
        text += "\n" + _piece(dice, bases)
    for _ in range(dice.randint(1, 6)):
        text = spoilt(dice, text)
    return text


def _piece(dice: random.Random, bases: Sequence[str]) -> str:
    text = dice.choice(bases or ("",))
    if len(text) > 1500:
        begin = dice.randrange(len(text) - 1000)
        text = text[begin : begin + 1000]
    return text


def spoilt(dice: random.Random, text: str) -> str:
    """Do one thing to *text*: cut, repeat, move, indent or insert."""
    a, b = sorted(dice.randint(0, len(text)) for _ in range(2))
    b = min(b, a + 40)
    kind = dice.randrange(7)
    if kind == 0:
        return text[:a] + text[b:]
    if kind == 1:
        return text[:b] + text[a:b] * dice.randint(1, 4) + text[b:]
    if kind == 2:
        return text[b:] + text[:b]
    if kind == 3:
        lines = text.split("\n")
        dice.shuffle(lines)
        return "\n".join(lines)
    if kind == 4:
        indent = " " * dice.randint(1, 4)
        return text[:a] + text[a:b].replace("\n", "\n" + indent) + text[b:]
    if kind == 5:
        lines = text.split("\n")
        del lines[dice.randrange(len(lines))]
        return "\n".join(lines)
    return text[:a] + "".join(dice.choice(SIGNS) for _ in range(dice.randint(1, 4))) + text[a:]
