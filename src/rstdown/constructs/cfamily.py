"""C and C++ declarations: read just enough to space them as Sphinx does and to know the name they declare.

Pure functions over tokens.  Sphinx parses declarations in full; here text is never lost or refused: what is
not understood keeps its tokens, so that macros and extensions survive.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

TOKEN = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<word>
        operator\s*(?:\(\s*\)|\[\s*\]|""\s*\w+|new\s*\[\s*\]|delete\s*\[\s*\]|new\b|delete\b|co_await\b
                    |<=>|->\*|->|<<=|>>=|<<|>>|\+\+|--|&&|\|\||[-+*/%^&|=!<>]=|[-+*/%^&|~!=<>,])
      | (?:u8|[uUL])?R"\((?:.|\n)*?\)"
      | (?:u8|[uUL])?"(?:\\.|[^"\\])*"\w*
      | (?:u8|[uUL])?'(?:\\.|[^'\\])*'
      | \.?\d(?:[eEpP][+-]|[\w.'])*
      | [@~]?[A-Za-z_@$][\w$]*
    )
  | (?P<op>\.\.\.|->\*|->|::|<=>|<<=|<=|>=|==|!=|&&|\|\||\+\+|--|\[\[|\]\]|[-+*/%^|&]=|<<|.)
    """,
    re.VERBOSE | re.DOTALL,
)
POINTERS = {"*", "&", "&&", "^"}
BINARY = {"+", "-", "/", "%", "|", "||", "==", "!=", "<=", ">=", "<=>", "<<", "?"}
BINARY |= {"=", "+=", "-=", "*=", "/=", "%=", "|=", "&=", "^=", "<<="}
CLOSING = {")", "]", "]]", "..."}
QUALIFIERS = {"const", "volatile", "restrict", "noexcept", "override", "final"}
GROUPED = {"decltype", "alignas", "__attribute__", "typeof", "__declspec", "noexcept", "requires", "_Alignas"}


class Token(NamedTuple):
    """A token; *spaced* tells whether white space stood before it, *target* is the type that it names."""

    text: str
    is_word: bool
    spaced: bool
    target: str = ""


def tokenise(text: str) -> list[Token]:
    """Take a declaration or expression apart."""
    out: list[Token] = []
    spaced = False
    for match in TOKEN.finditer(text):
        if match.lastgroup == "space":
            spaced = True
            continue
        value = match[0]
        if value.startswith("operator") and match.lastgroup == "word" and not value.isidentifier():
            symbol = value[8:].strip()
            value = f"operator {symbol}" if symbol[0].isalpha() else "operator" + "".join(symbol.split())
        if value[0] == "~" and out and out[-1].text not in {"::", "."} and out[-1].is_word and not spaced:
            out.append(Token("~", False, spaced))
            value = value[1:]
        out.append(Token(value, match.lastgroup == "word", spaced))
        spaced = False
    return out


def spaced(tokens: list[Token], is_expression: bool = False) -> list[tuple[str, Token]]:
    """Return each token with the white space that Sphinx shows before it."""
    out: list[tuple[str, Token]] = []
    angles = angle_brackets(tokens)
    values = range(len(tokens)) if is_expression else _values(tokens)
    for index, token in enumerate(tokens):
        gap = bool(out) and _gap(tokens, index, angles, index in values)
        out.append((" " if gap else "", token))
    return out


def untokenise(tokens: list[Token]) -> str:
    """Return tokens as text, spaced as Sphinx does."""
    return "".join(gap + token.text for gap, token in spaced(tokens))


def angle_brackets(tokens: list[Token]) -> set[int]:
    """Return the indices of ``<`` and ``>`` that enclose template parameters or arguments."""
    found: set[int] = set()
    stack: list[int] = []
    depth: list[int] = []
    level = 0
    for index, token in enumerate(tokens):
        if token.text in {"(", "[", "{"}:
            level += 1
        elif token.text in {")", "]", "}"}:
            level -= 1
            while depth and depth[-1] > level:
                stack.pop()
                depth.pop()
        elif token.text == "<" and index and tokens[index - 1].is_word:
            stack.append(index)
            depth.append(level)
        elif token.text == ">" and stack and depth[-1] == level:
            found |= {stack.pop(), index}
            depth.pop()
    return found


def _values(tokens: list[Token]) -> set[int]:
    """Return the indices of tokens in default values and initialisers, where ``*`` multiplies."""
    found: set[int] = set()
    level, start = 0, -1
    for index, token in enumerate(tokens):
        level += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(token.text, 0)
        if start >= 0 and (level < start or (level == start and token.text in {",", ";"})):
            start = -1
        if start >= 0:
            found.add(index)
        elif token.text == "=":
            start = level
    return found


def _gap(tokens: list[Token], index: int, angles: set[int], in_value: bool) -> bool:
    """Does white space stand before the token at *index*?"""
    before, token = tokens[index - 1], tokens[index]
    previous, text = before.text, token.text
    after_word = before.is_word or previous in CLOSING or (index - 1 in angles and previous == ">")
    if index in angles:
        return False
    if index - 1 in angles:
        if previous == "<":
            return False
        return token.is_word or text in {"=", "->", ":"} or _points_on(tokens, index)
    if previous in {",", "="}:
        return True
    if text == "::":
        return token.spaced and before.is_word
    if text == "->":
        return previous == ")" or previous in QUALIFIERS
    if previous == "->":
        return index > 1 and (tokens[index - 2].text == ")" or tokens[index - 2].text in QUALIFIERS)
    if in_value and text in POINTERS:
        return after_word and index + 1 < len(tokens) and _is_operand(tokens[index + 1])
    if in_value and previous in POINTERS:
        return _is_binary(tokens, index - 1)
    if text in POINTERS:
        return previous == ")" or previous in QUALIFIERS or (after_word and _points_on(tokens, index))
    if previous in POINTERS:
        return previous != "*" and text in {"noexcept", "override", "final"}
    if text == "{":
        return after_word and not _introduces(tokens, index)
    if previous == "}":
        return token.is_word
    if text in BINARY or text == ":":
        return after_word
    if previous in BINARY or previous in {":", "?"}:
        return _is_binary(tokens, index - 1)
    if text in {"<", ">"}:
        return True
    if previous in {"<", ">"}:
        return True
    if text == "(":
        return before.is_word and _opens_declarator(tokens, index)
    if text == "...":
        return before.is_word and token.spaced
    if token.is_word:
        return token.spaced if previous == "..." else after_word
    return text == "[[" and after_word


def _introduces(tokens: list[Token], index: int) -> bool:
    """Is the brace at *index* that of a concept's ``Name{T}`` in front of a declaration?"""
    return _name_end(tokens, 0) == index and _after_group(tokens, index) < len(tokens)


def _is_binary(tokens: list[Token], index: int) -> bool:
    """Does the operator at *index* stand between two operands?"""
    if index == 0:
        return False
    before = tokens[index - 1]
    return before.is_word or before.text in {")", "]", "}", ">", "*", "&", "..."}


def _is_operand(token: Token) -> bool:
    return token.is_word or token.text == "("


def _points_on(tokens: list[Token], index: int) -> bool:
    """Is there a pointer at *index* that is followed by a name or another declarator?"""
    if tokens[index].text not in POINTERS:
        return False
    for token in tokens[index:]:
        if token.text in POINTERS or token.text in QUALIFIERS:
            continue
        return token.is_word or token.text in {"(", "::"}
    return False


def _opens_declarator(tokens: list[Token], index: int) -> bool:
    """Is the parenthesis at *index* that of ``(*name)`` or ``(name)(…)``?"""
    inner = [token.text for token in tokens[index + 1 : index + 4]]
    if not inner:
        return False
    if inner[1:] == [")", "("]:
        return tokens[index + 1].is_word
    return inner[0] in POINTERS or (len(inner) == 3 and inner[1] == "::" and inner[2] == "*")


# -- what is declared -------------------------------------------------------------------------


class Declared(NamedTuple):
    """Where the declared name stands: tokens *start* to *end* (exclusive)."""

    start: int
    end: int


def declared_name(tokens: list[Token], names_only: bool = False) -> Declared:
    """Find the name that a declaration declares.  Raises `ValueError` if there is none.

    *names_only* says that it starts with the name (``struct X : Y``).
    """
    start = after_templates(tokens)
    if names_only:
        while start < len(tokens) and not tokens[start].is_word and tokens[start].text not in {".", "::"}:
            start = _after_group(tokens, start)
        end = _name_end(tokens, start)
        if end == start:
            raise ValueError("no name")
        return Declared(start, end)
    return _declarator_name(tokens, start, len(tokens))


def _declarator_name(tokens: list[Token], start: int, stop: int) -> Declared:
    angles = angle_brackets(tokens)
    index = last = start
    while index < stop:
        text = tokens[index].text
        if index in angles and text == "<":
            index = _matching(tokens, index, angles)
        elif text == "[[" or (text == "(" and index > start and tokens[index - 1].text in GROUPED):
            index = _after_group(tokens, index)
            continue
        elif text == "(":
            if _opens_declarator(tokens, index) or index == start:
                return _declarator_name(tokens, index + 1, _after_group(tokens, index) - 1)
            break
        elif text in {"=", "[", ":", ";", "{"}:
            break
        index += 1
        last = index
    return _name_before(tokens, start, last, angles)


def _name_before(tokens: list[Token], start: int, end: int, angles: set[int]) -> Declared:
    """Return the qualified name that ends before *end*."""
    while end > start and not tokens[end - 1].is_word and end - 1 not in angles:
        end -= 1
    index = end
    while index > start:
        if index - 1 in angles and tokens[index - 1].text == ">":
            index = _matching(tokens, index - 1, angles, backwards=True)
            continue
        if not tokens[index - 1].is_word or tokens[index - 1].text in QUALIFIERS:
            break
        index -= 1
        if index > start and tokens[index - 1].text == "operator":
            index -= 1
        if index > start and tokens[index - 1].text in {"::", "."}:
            index -= 1
            continue
        break
    if index == end:
        raise ValueError("no name")
    return Declared(index, end)


def _matching(tokens: list[Token], index: int, angles: set[int], backwards: bool = False) -> int:
    """Return the index of the bracket that the one at *index* belongs to."""
    opening, step = tokens[index].text, -1 if backwards else 1
    depth = 0
    for at in range(index, -1 if backwards else len(tokens), step):
        if at in angles:
            depth += 1 if tokens[at].text == opening else -1
            if depth == 0:
                return at
    return index


def after_templates(tokens: list[Token]) -> int:
    """Return the index after ``template<…>`` prefixes, or after a concept's ``Name{T}``."""
    index, angles = 0, angle_brackets(tokens)
    while index + 1 < len(tokens) and tokens[index].text == "template" and index + 1 in angles:
        index = _matching(tokens, index + 1, angles) + 1
    end = _name_end(tokens, index)
    if index < end < len(tokens) - 1 and tokens[end].text == "{":
        after = _after_group(tokens, end)
        index = after if after < len(tokens) else index
    return index


def _after_group(tokens: list[Token], index: int) -> int:
    """Return the index after the bracketed group that starts at *index*."""
    closing = {"(": ")", "[": "]", "{": "}", "[[": "]]"}
    opening, depth = tokens[index].text, 0
    for at in range(index, len(tokens)):
        if tokens[at].text == opening:
            depth += 1
        elif tokens[at].text == closing.get(opening):
            depth -= 1
            if depth == 0:
                return at + 1
    return index + 1


def _name_end(tokens: list[Token], start: int) -> int:
    """Return where the qualified name that starts at *start* ends."""
    index, angles = start, angle_brackets(tokens)
    while index < len(tokens):
        if tokens[index].text in {"::", "."}:
            index += 1
        elif index in angles and tokens[index].text == "<":
            index = _matching(tokens, index, angles) + 1
        elif tokens[index].is_word and (index == start or tokens[index - 1].text in {"::", "."}):
            index += 1
        else:
            break
    return index


def name_parts(tokens: list[Token]) -> Iterator[str]:
    """Yield the parts of a qualified name, template arguments included."""
    part = ""
    for gap, token in spaced(tokens):
        if token.text in {"::", "."}:
            if part:
                yield part
            part = ""
        else:
            part += gap + token.text
    if part:
        yield part
