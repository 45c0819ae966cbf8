"""C and C++ declarations: read just enough to space them as Sphinx does and to know the name they declare.

Pure functions over tokens.  Sphinx parses declarations in full; here text is never lost or refused: what is
not understood keeps its tokens, so that macros and extensions survive.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ..patterns import lazy

TOKEN = lazy(
    r"""
    (?P<space>\s*+)
    (?:
    (?P<word>
        operator\s*(?:\(\s*\)|\[\s*\]|""\s*\w+|new\s*\[\s*\]|delete\s*\[\s*\]|new\b|delete\b|co_await\b
                    |<=>|->\*|->|<<=|>>=|<<|>>|\+\+|--|&&|\|\||[-+*/%^&|=!<>]=|[-+*/%^&|~!=<>,])
      | (?:u8|[uUL])?R"\((?:.|\n)*?\)"
      | (?:u8|[uUL])?"(?:\\.|[^"\\])*"\w*
      | (?:u8|[uUL])?'(?:\\.|[^'\\])*'
      | \.?\d(?:[eEpP][+-]|[\w.'])*
      | [@~]?[A-Za-z_@$][\w$]*
    )
  | (?P<op>\.\.\.|->\*|->|::|<=>|<<=|<=|>=|==|!=|&&|\|\||\+\+|--|\[\[|\]\]|[-+*/%^|&]=|<<|.)
    )
    """,
    re.VERBOSE | re.DOTALL,
)
POINTERS = {"*", "&", "&&", "^"}
BINARY = {"+", "-", "/", "%", "|", "||", "==", "!=", "<=", ">=", "<=>", "<<", "?"}
BINARY |= {"=", "+=", "-=", "*=", "/=", "%=", "|=", "&=", "^=", "<<="}
LEVELS = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}
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
    for space, word, mark in TOKEN.findall(text):
        value, spaced = word or mark, bool(space)
        if word.startswith("operator") and not word.isidentifier():
            symbol = value[8:].strip()
            value = f"operator {symbol}" if symbol[0].isalpha() else "operator" + "".join(symbol.split())
        if (
            len(value) > 1
            and value[0] == "~"
            and out
            and out[-1].text not in {"::", "."}
            and out[-1].is_word
            and not spaced
        ):
            out.append(Token("~", False, spaced))
            value = value[1:]
        out.append(Token(value, bool(word), spaced))
    return out


def spaced(tokens: list[Token], is_expression: bool = False) -> list[tuple[str, Token]]:
    """Return each token with the white space that Sphinx shows before it."""
    out: list[tuple[str, Token]] = []
    texts = {token.text for token in tokens}
    values = range(len(tokens)) if is_expression else _values(tokens) if "=" in texts else range(0)
    angles = angle_brackets(tokens) if "<" in texts else set()
    marks = _Marks(angles, values, _introduction(tokens) if "{" in texts else -1)
    for index, token in enumerate(tokens):
        gap = index > 0 and _gap(tokens, index, marks)
        out.append((" " if gap else "", token))
    return out


def _introduction(tokens: list[Token]) -> int:
    """Return the index of the brace of a concept's ``Name{T}`` in front of a declaration; -1 without one."""
    end = _name_end(tokens, 0)
    is_one = 0 < end < len(tokens) and tokens[end].text == "{" and _after_group(tokens, end) < len(tokens)
    return end if is_one else -1


def untokenise(tokens: list[Token]) -> str:
    """Return tokens as text, spaced as Sphinx does."""
    return "".join(gap + token.text for gap, token in spaced(tokens))


def angle_brackets(tokens: list[Token]) -> set[int]:
    """Return the indices of ``<`` and ``>`` that enclose template parameters or arguments."""
    found: set[int] = set()
    if "<" not in [token.text for token in tokens]:
        return found
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
        level += LEVELS.get(token.text, 0)
        if start >= 0 and (level < start or (level == start and token.text in {",", ";"})):
            start = -1
        if start >= 0:
            found.add(index)
        elif token.text == "=":
            start = level
    return found


class _Marks(NamedTuple):
    """What must be known of all tokens to space one: indices of template brackets, of tokens in values."""

    angles: set[int]
    values: set[int] | range
    introduction: int


def _gap(tokens: list[Token], index: int, marks: _Marks) -> bool:
    """Does white space stand before the token at *index*?"""
    token, before = tokens[index], tokens[index - 1]
    # Most gaps are one of these, of which the rules would say the same.
    if token.is_word:
        if before.is_word or before.text == ",":
            return True
        if before.text == "(":
            return False
    elif before.is_word and token.text in {",", ")"}:
        return False
    for rule in (_gap_at_angle, _gap_at_pointer, _gap_at_operator):
        answer = rule(tokens, index, marks)
        if answer is not None:
            return answer
    if token.text == "(":
        return before.is_word and _opens_declarator(tokens, index)
    if token.text == "...":
        return before.is_word and token.spaced
    if before.text == "..." or before.text == "}":
        return token.is_word and (token.spaced or before.text == "}")
    return (token.is_word or token.text == "[[") and _ends_operand(tokens, index - 1, marks)


def _gap_at_angle(tokens: list[Token], index: int, marks: _Marks) -> bool | None:
    """Tell within and after template brackets."""
    token, previous = tokens[index], tokens[index - 1].text
    if index in marks.angles:
        return False
    if index - 1 not in marks.angles:
        return None
    if previous == "<":
        return False
    return token.is_word or token.text in {"=", "->", ":"} or _points_on(tokens, index)


def _gap_at_pointer(tokens: list[Token], index: int, marks: _Marks) -> bool | None:
    """Tell around ``*`` and ``&``, which point in declarations and calculate in values."""
    text, previous = tokens[index].text, tokens[index - 1].text
    if text in POINTERS and previous in {",", "="}:
        return True
    if text in POINTERS and index in marks.values:
        follows = index + 1 < len(tokens) and _is_operand(tokens[index + 1])
        return follows and _ends_operand(tokens, index - 1, marks)
    if text in POINTERS:
        after = _ends_operand(tokens, index - 1, marks) and _points_on(tokens, index)
        return after or previous == ")" or previous in QUALIFIERS
    if previous in POINTERS and index in marks.values:
        return _is_binary(tokens, index - 1)
    if previous in POINTERS:
        return previous != "*" and text in {"noexcept", "override", "final"}
    return None


def _gap_at_operator(tokens: list[Token], index: int, marks: _Marks) -> bool | None:
    """Tell around other operators."""
    token, before = tokens[index], tokens[index - 1]
    text, previous = token.text, before.text
    if previous in {",", "="}:
        return True
    if text == "::":
        return token.spaced and before.is_word
    if text == "->":
        return _returns(before)
    if previous == "->":
        return index > 1 and _returns(tokens[index - 2])
    if text == "{":
        return index != marks.introduction and _ends_operand(tokens, index - 1, marks)
    if text in BINARY or text == ":":
        return _ends_operand(tokens, index - 1, marks)
    if previous in BINARY or previous in {":", "?"}:
        return _is_binary(tokens, index - 1)
    return True if {text, previous} & {"<", ">"} else None


def _returns(token: Token) -> bool:
    """Does an arrow after *token* name the type that a function returns?"""
    return token.text == ")" or token.text in QUALIFIERS


def _ends_operand(tokens: list[Token], index: int, marks: _Marks) -> bool:
    token = tokens[index]
    return token.is_word or token.text in CLOSING or (index in marks.angles and token.text == ">")


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
    for gap, token in spaced(tokens) if len(tokens) > 1 else [("", token) for token in tokens]:
        if token.text in {"::", "."}:
            if part:
                yield part
            part = ""
        else:
            part += gap + token.text
    if part:
        yield part
