"""Read Markdown into core nodes with markdown-it-py: the inverse of the writer, for checks and tests.

The flavour is the writer's: CommonMark with tables, footnotes and dollar math.  The few HTML tags that the
writer makes (``<a id>``, ``<br>``, ``<em>``, ``<strong>``, ``<sub>``, ``<sup>``) are read as what they
stand for; other HTML is kept as it is.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.common.utils import unescapeAll
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.dollarmath.index import math_inline_dollar
from mdit_py_plugins.footnote import footnote_plugin

from . import normal
from .nodes import (
    Anchor,
    Blockquote,
    Break,
    Code,
    Emphasis,
    Flow,
    FootnoteDefinition,
    FootnoteReference,
    Heading,
    Html,
    Image,
    InlineCode,
    InlineMath,
    Link,
    List,
    ListItem,
    Math,
    Paragraph,
    Phrasing,
    Root,
    Strong,
    Subscript,
    Superscript,
    Table,
    TableCell,
    TableRow,
    Text,
    ThematicBreak,
)

_MAX_NESTING = 1000


@cache
def parser() -> MarkdownIt:
    """Return the parser, which takes addresses as they stand and judges none."""
    md = MarkdownIt("commonmark", {"maxNesting": _MAX_NESTING}).enable("table")
    md.use(footnote_plugin, inline=False, move_to_end=False, always_match_refs=True)
    md.use(dollarmath_plugin, allow_labels=False, allow_digits=False)
    md.inline.ruler.at("math_inline", _math_inline)
    for name in ("normalizeLink", "normalizeLinkText"):
        setattr(md, name, str)
    md.validateLink = lambda url: True  # type: ignore[method-assign]
    return md


_in_line = math_inline_dollar(allow_digits=False)


def _math_inline(state: StateInline, silent: bool) -> bool:
    """Read ``$…$``; the plug-in takes the last character for the one before the first."""
    source = state.src
    state.src += " " * (state.pos == 0)
    try:
        return _in_line(state, silent)
    finally:
        state.src = source


def read(markdown: str) -> Root:
    """Return Markdown as a tree of core nodes in normal form."""
    tokens = iter(parser().parse(markdown))
    return normal.normalise(Root(_blocks(tokens, "")))


# -- flow content ------------------------------------------------------------------------


def _blocks(tokens: Iterator[Token], end: str) -> tuple[Flow, ...]:
    """Read blocks up to the token of type *end*."""
    out: list[Flow] = []
    for token in tokens:
        if token.type == end:
            break
        out.append(_BLOCKS[token.type](token, tokens))
    return tuple(out)


def _inline(tokens: Iterator[Token]) -> tuple[Phrasing, ...]:
    """Read the inline token of a leaf block, and the token that closes the block."""
    content = next(tokens)
    next(tokens)
    return _phrasing(content.children or [])


def _paragraph(token: Token, tokens: Iterator[Token]) -> Flow:
    return Paragraph(_inline(tokens))


def _heading(token: Token, tokens: Iterator[Token]) -> Flow:
    return Heading(int(token.tag[1]), _inline(tokens))


def _blockquote(token: Token, tokens: Iterator[Token]) -> Flow:
    inner = []
    depth = 1
    for each in tokens:
        depth += {"blockquote_open": 1, "blockquote_close": -1}.get(each.type, 0)
        if not depth:
            break
        inner.append(each)
    alert = _take_alert(inner)
    return Blockquote(_blocks(iter(inner), ""), alert)


_ALERT = re.compile(r"\[!([A-Z]+)\](?:\n|$)")


def _take_alert(tokens: list[Token]) -> str:
    """Take the mark of a GitHub alert off the first paragraph; return its kind, if there is one."""
    inline = tokens[1] if len(tokens) > 1 and tokens[0].type == "paragraph_open" else None
    match = _ALERT.match(inline.content) if inline else None
    if inline is None or match is None or not inline.children:
        return ""
    marks = next((i for i, each in enumerate(inline.children) if each.type == "softbreak"), None)
    inline.children = [] if marks is None else inline.children[marks + 1 :]
    return match[1]


def _bullet_list(token: Token, tokens: Iterator[Token]) -> Flow:
    items = list(_items(tokens, token.type.replace("open", "close")))
    ordered = token.type == "ordered_list_open"
    start = int(token.attrs.get("start", 1)) if ordered else 1
    spread = any(loose for _, loose in items)
    return List(tuple(item for item, _ in items), ordered, start, spread)


def _items(tokens: Iterator[Token], end: str) -> Iterator[tuple[ListItem, bool]]:
    """Yield items, and whether they hold a paragraph between blank lines."""
    for token in tokens:
        if token.type == end:
            return
        inner = list(_until(tokens, "list_item_close", token.level))
        paragraphs = (
            each for each in inner if each.type == "paragraph_open" and each.level == token.level + 1
        )
        loose = any(not each.hidden for each in paragraphs)
        yield ListItem(_blocks(iter(inner), "")), loose


def _until(tokens: Iterator[Token], end: str, level: int) -> Iterator[Token]:
    for token in tokens:
        if token.type == end and token.level == level:
            return
        yield token


def _code(token: Token, tokens: Iterator[Token]) -> Flow:
    return Code(token.content.removesuffix("\n"), " ".join(unescapeAll(token.info).split()))


def _math(token: Token, tokens: Iterator[Token]) -> Flow:
    return Math(token.content)


def _html(token: Token, tokens: Iterator[Token]) -> Flow:
    return Html(token.content.removesuffix("\n"))


def _table(token: Token, tokens: Iterator[Token]) -> Flow:
    rows: list[TableRow] = []
    cells: list[TableCell] = []
    for each in tokens:
        if each.type == "table_close":
            break
        if each.type in ("th_open", "td_open"):
            cells.append(TableCell(_inline(tokens)))
        elif each.type == "tr_close":
            rows.append(TableRow(tuple(cells)))
            cells = []
    return Table(tuple(rows))


def _footnote_definition(token: Token, tokens: Iterator[Token]) -> Flow:
    return FootnoteDefinition(token.meta["label"], _blocks(tokens, "footnote_reference_close"))


_BLOCKS: dict[str, Callable[[Token, Iterator[Token]], Flow]] = {
    "paragraph_open": _paragraph,
    "heading_open": _heading,
    "blockquote_open": _blockquote,
    "bullet_list_open": _bullet_list,
    "ordered_list_open": _bullet_list,
    "fence": _code,
    "code_block": _code,
    "math_block": _math,
    "html_block": _html,
    "hr": lambda token, tokens: ThematicBreak(),
    "table_open": _table,
    "footnote_reference_open": _footnote_definition,
}


# -- phrasing content ----------------------------------------------------------------------

_Frame = tuple[str, str, list[Phrasing]]  # what ends it, how it is written, its content

_TAGS: dict[str, type[Emphasis | Strong | Subscript | Superscript]] = {
    "em": Emphasis,
    "strong": Strong,
    "sub": Subscript,
    "sup": Superscript,
}
_TAG = re.compile(r"<(em|strong|sub|sup)>")
_ANCHOR = re.compile(r'<a id="([^"<>]*)">')


def _phrasing(tokens: list[Token]) -> tuple[Phrasing, ...]:
    """Read inline tokens with a stack of what is open; a tag that is never closed stays HTML."""
    stack: list[_Frame] = [("", "", [])]
    opened: list[Token] = []
    for token in tokens:
        if token.type in ("em_open", "strong_open", "link_open"):
            stack.append((token.type.replace("open", "close"), "", []))
            opened.append(token)
        elif token.type in ("em_close", "strong_close", "link_close"):
            while stack[-1][0] != token.type:
                _spill(stack)
            children = tuple(stack.pop()[2])
            stack[-1][2].append(_span(opened.pop(), children))
        elif token.type == "html_inline":
            _tag(token.content, stack)
        else:
            stack[-1][2].append(_leaf(token))
    while len(stack) > 1:
        _spill(stack)
    return tuple(stack[0][2])


def _spill(stack: list[_Frame]) -> None:
    """Give up on a tag that was not closed in time."""
    _, written, children = stack.pop()
    stack[-1][2].extend((Html(written), *children))


def _span(token: Token, children: tuple[Phrasing, ...]) -> Phrasing:
    if token.type == "link_open":
        return Link(str(token.attrs["href"]), children, str(token.attrs.get("title", "")))
    return Emphasis(children) if token.type == "em_open" else Strong(children)


def _tag(written: str, stack: list[_Frame]) -> None:
    """Read an HTML tag: one that the writer makes as what it stands for."""
    end, opening, children = stack[-1]
    if written == end:
        stack.pop()
        outer = stack[-1][2]
        if not (match := _ANCHOR.fullmatch(opening)):
            outer.append(_TAGS[opening[1:-1]](tuple(children)))
        elif children:
            outer.extend((Html(opening), *children, Html(written)))
        else:
            outer.append(Anchor(html.unescape(match[1])))
    elif match := _TAG.fullmatch(written):
        stack.append((f"</{match[1]}>", written, []))
    elif _ANCHOR.fullmatch(written):
        stack.append(("</a>", written, []))
    elif written == "<br>":
        children.append(Break())
    elif written != "<!-- -->":
        children.append(Html(written))


def _leaf(token: Token) -> Phrasing:
    if token.type == "softbreak":
        return Text(" ")
    if token.type == "hardbreak":
        return Break()
    if token.type == "code_inline":
        return InlineCode(token.content)
    if token.type == "math_inline":
        return InlineMath(token.content)
    if token.type == "image":
        alt = _alt(token.children or [])
        return Image(str(token.attrs["src"]), alt, str(token.attrs.get("title", "")))
    if token.type == "footnote_ref":
        return FootnoteReference(token.meta["label"])
    return Text(token.content)


def _alt(tokens: list[Token]) -> str:
    """Return the text of an image: all that is not markup."""
    return "".join(
        _alt(each.children) if each.children else _ALT.get(each.type, each.content) for each in tokens
    )


_ALT = {"softbreak": " ", "hardbreak": " ", "html_inline": ""}
