"""The words of a Markdown text, as an independent CommonMark parser reads it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from html import unescape

from markdown_it.token import Token

from .reader import parser

WORD = re.compile(r"\w+")
TAG = re.compile(r"<[^<>]*>")
BLOCK_TAG = re.compile(r"</?(?:t[dhr]|p|li|br|pre|div)\b")


def words_of(markdown: str) -> Counter[str]:
    """Return how often *markdown* says each word: in text, code, formulas, images' texts, HTML tables."""
    return split_words(visible_text(markdown))


def split_words(text: str) -> Counter[str]:
    """Return how often each word occurs in *text*."""
    return Counter(WORD.findall(text))


def visible_text(markdown: str) -> str:
    """Return what *markdown* says, a line per block: no markup, no addresses."""
    return "\n".join(_texts(parser().parse(markdown)))


def _texts(tokens: list[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type == "inline":
            yield "".join(_inline(token.children or []))
        elif token.type == "html_block":
            yield bare_html(token.content)
        elif token.content:
            yield token.content


def _inline(tokens: list[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type in ("softbreak", "hardbreak"):
            yield "\n"
        elif token.type == "html_inline":
            yield "\n" if token.content.startswith("<br") else ""
        elif token.type == "image":
            yield "".join(_inline(token.children or []))
        else:
            yield token.content


def bare_html(html: str) -> str:
    """Return the text of HTML: blocks and line breaks stand apart, other tags are nothing."""
    return unescape(TAG.sub(lambda tag: " " if BLOCK_TAG.match(tag[0]) else "", html))
