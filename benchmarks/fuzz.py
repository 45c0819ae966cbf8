"""Convert broken documents without end: `make fuzz SEED=n COUNT=n`.

    python benchmarks/fuzz.py [SEED] [COUNT]

Half of the inputs are put together from pieces of markup, half are fixtures that were cut, repeated and
spoilt.  Each must convert without an exception, in at most 250 ms of processor time per kilobyte (and a
quarter of a second more), lose no word, and give Markdown that reading and writing leaves as it is.
An input depends on its seed and number only; a failure prints both and the text.
"""

from __future__ import annotations

import random
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(HERE))

import rstdown  # noqa: E402
from rstdown.engines.words import words_of as words_of_source  # noqa: E402
from rstdown.errors import ConversionError  # noqa: E402
from rstdown.markdown import read, write  # noqa: E402
from rstdown.markdown.words import words_of  # noqa: E402
from rstdown.model import Document, Project  # noqa: E402
from rstdown.rst.limits import deep  # noqa: E402

SIGNS = [*"*`_|:.-=~^+<>[](){}\\\"'#$%&/?!@;, \n\n\t", "**", "``", "__", "::", ".. ", "\n\n", "\n   ", "\\ "]
WORDS = ["alpha", "beta", "x", "1", "a.b", "snake_case", "é", "中文", "\u0301", "http://a.b/c", "x@y.z"]
WORDS += ["&amp;", "<b>"]
INLINE = [
    "*{}*", "**{}**", "``{}``", "`{}`", "`{}`_", "`{} <{}>`_", "`{} <{}>`__", "{}_", "{}__", "|{}|",
    "|{}|_", "[1]_", "[#]_", "[#{}]_", "[*]_", "[{}]_", "_`{}`", ":ref:`{}`", ":func:`~{}`",
    ":py:class:`!{}`", ":nobody:`{}`", "`{}`:sub:", ":math:`{}`", ":kbd:`{}-{}`", ":doc:`{} </{}>`",
    ":term:`{}`", "\\*{}", "{}\\", "http://{}.org/?{}", "mailto:{}@{}.z", "$`{}", "{}*", "**{}", "``{}",
    ":r:`{}",
]  # fmt: skip
BLOCKS = [
    "{}\n{}\n====\n", "====\n{}\n====\n", "{}\n----\n", "{}\n", "| {}\n|   {}\n", "- {}\n- {}\n", "* {}\n",
    "1. {}\n2. {}\n", "(a) {}\n", "#. {}\n", "iv) {}\n", ":{}: {}\n", "{}\n   {}\n", "{} : {}\n   {}\n",
    "-a  {}\n--b=C  {}\n", ">>> {}\n{}\n", "::\n\n   {}\n", "{}::\n\n   {}\n\n", "> {}\n",
    "   {}\n\n   -- {}\n", "----\n", ".. {}\n", "..\n", ".. _{}:\n", ".. _{}: http://{}\n", ".. _{}: {}_\n",
    "__ {}\n", ".. [1] {}\n", ".. [#] {}\n", ".. [#{}] {}\n", ".. [*] {}\n", ".. [{}] {}\n",
    ".. |{}| replace:: {}\n", ".. |{}| unicode:: 0xA9 .. {}\n", ".. |{}| image:: {}.png\n",
    "+-----+\n| {:3} |\n+-----+\n", "=== ===\n{:3} {}\n=== ===\n", ".. {}:: {}\n\n   {}\n",
    ".. note:: {}\n", ".. note::\n\n   {}\n   {}\n", ".. code-block:: {}\n\n   {}\n",
    ".. table:: {}\n\n   == ==\n   a  b\n   == ==\n", ".. csv-table::\n\n   {},{}\n",
    ".. list-table::\n\n   * - {}\n     - {}\n", ".. figure:: {}.png\n   :alt: {}\n\n   {}\n",
    ".. image:: {}\n", ".. py:function:: {}(a, *, b=1) -> {}\n\n   :param a: {}\n   :returns: {}\n",
    ".. class:: {}\n", ".. py:module:: {}\n", ".. c:function:: int {}(char *{})\n", ".. option:: --{}\n",
    ".. versionadded:: 3.1 {}\n", ".. seealso:: {}\n", ".. only:: html\n\n   {}\n",
    ".. toctree::\n\n   {}\n", ".. glossary::\n\n   {}\n      {}\n", ".. math::\n\n   {}\n",
    ".. include:: {}\n", ".. raw:: html\n\n   <b>{}</b>\n", ".. role:: {}(strong)\n",
    ".. default-role:: {}\n", ".. rubric:: {}\n", ".. topic:: {}\n\n   {}\n", ".. contents::\n",
    ".. highlight:: {}\n", ".. productionlist::\n   {}: {}\n",
    ".. tab-set::\n\n   .. tab-item:: {}\n\n      {}\n", ".. parsed-literal::\n\n   {}\n",
    ".. container:: {}\n\n   {}\n", ".. epigraph::\n\n   {}\n\n   -- {}\n", ".. sidebar:: {}\n\n   {}\n",
    ".. admonition:: {}\n\n   {}\n", ".. date::\n",
]  # fmt: skip

DIGIT_AFTER_MATH = re.compile(r"\$.*\d\W*$", re.MULTILINE)
"""What the reader's plug-in for math misreads: for ``$`` at the beginning it looks at the last character."""


@cache
def fixtures() -> tuple[str, ...]:
    """Return the texts of the fixtures, which mutations begin with.

    Left out are those with what rstdown leaves out on purpose: doctest's options, RCS keywords, raw text.
    """
    texts = (path.read_text("utf-8") for path in sorted((HERE / "fixtures").rglob("*.rst")))
    return tuple(text for text in texts if not any(map(text.__contains__, ("doctest:", "$", "raw-html"))))


def text_of(seed: int, number: int) -> str:
    """Return an input."""
    dice = random.Random(f"{seed}/{number}")
    text = composed(dice) if number % 2 else mutated(dice)
    return text[:4000]


def composed(dice: random.Random) -> str:
    return "\n".join(_block(dice) for _ in range(dice.randint(1, 8)))


def _block(dice: random.Random) -> str:
    text = dice.choice(BLOCKS)
    while "{" in text and (begin := text.find("{")) >= 0:
        end = text.find("}", begin)
        text = text[:begin] + _inline(dice).replace("{", "(").replace("}", ")") + text[end + 1 :]
    if dice.random() < 0.3:
        text += "\n" + "".join(f"   {line}\n" for line in _block(dice).splitlines())
    return spoilt(dice, text) if dice.random() < 0.2 else text


def _inline(dice: random.Random) -> str:
    parts = []
    for _ in range(dice.randint(1, 3)):
        part = dice.choice(INLINE) if dice.random() < 0.5 else "{}"
        parts.append(part.replace("{}", dice.choice(WORDS)))
    return dice.choice([" ", " ", "", "-", ", "]).join(parts)


def mutated(dice: random.Random) -> str:
    text = dice.choice(fixtures() or ("",))
    if len(text) > 1500:
        begin = dice.randrange(len(text) - 1000)
        text = text[begin : begin + 1000]
    for _ in range(dice.randint(1, 6)):
        text = spoilt(dice, text)
    return text


def spoilt(dice: random.Random, text: str) -> str:
    """Do one thing to *text*: cut, repeat, move or insert."""
    a, b = sorted(dice.randint(0, len(text)) for _ in range(2))
    b = min(b, a + 40)
    kind = dice.randrange(6)
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
    return text[:a] + "".join(dice.choice(SIGNS) for _ in range(dice.randint(1, 4))) + text[a:]


def problem_of(text: str) -> str:
    """Convert *text*; return what is wrong, empty if nothing is."""
    begun = time.process_time()
    try:
        markdown = rstdown.convert(text).markdown
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    seconds = time.process_time() - begun
    if seconds > 0.25 * (1 + len(text.encode("utf-8", "replace")) / 1000):
        return f"took {seconds:.2f} s"
    with deep():
        again = write(read(markdown))
        if again != markdown and not DIGIT_AFTER_MATH.search(markdown):
            return f"not stable:\n{markdown}\n-- becomes --\n{again}"
        lost = lost_words(text, markdown)
    return f"lost {dict(lost)}:\n{markdown}" if lost else ""


def lost_words(text: str, markdown: str) -> Counter[str]:
    """Return the words that the doctree says and the Markdown does not, not even within longer words.

    Where pieces of inline markup touch, the doctree's words are cut in other places than those of the text.
    """
    try:
        said = _parts(words_of_source(Document("index", text), Project()))
    except ConversionError:
        return Counter()
    lost = said - _parts(words_of(markdown))
    return Counter({word: times for word, times in lost.items() if markdown.count(word) < said[word]})


def _parts(words: Counter[str]) -> Counter[str]:
    """Return *words* split at underscores, which belong to a word in one reading and to markup in another."""
    found: Counter[str] = Counter()
    for word, times in words.items():
        for part in word.split("_"):
            found[part] += times if part else 0
    return found


def failures(seed: int, count: int) -> Iterator[tuple[int, str, str]]:
    """Yield the number, text and problem of each input that fails."""
    for number in range(count):
        text = text_of(seed, number)
        if problem := problem_of(text):
            yield number, text, problem


def main() -> None:
    seed, count, *_ = (*map(int, sys.argv[1:]), *(0, 20_000)[len(sys.argv) - 1 :])
    begun, found = time.process_time(), 0
    for number, text, problem in failures(seed, count):
        found += 1
        print(f"--- seed {seed}, number {number}: {problem}\n--- of ---\n{text!r}\n", flush=True)
    print(f"seed {seed}: {count} inputs, {found} failures, {time.process_time() - begun:.0f} s")
    sys.exit(found > 0)


if __name__ == "__main__":
    main()
