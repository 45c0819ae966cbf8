"""Escape text for Markdown: the only place that does.

Policy: escape only what would change the parse, under plain CommonMark, GFM, and the common extensions
(footnotes, definition lists, dollar math, front matter).  ``f(*args)``, ``snake_case``, ``a < b`` and
``List[int]`` stay bare.  Property tests hold every relaxation.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote

from .flanking import can_close, can_open

END = "\n"
"""The neighbour of text that stands first or last in its container."""

OPEN, CLOSE = "⁅", "⁆"
"""What stands for the delimiters of our own emphasis in the *skeleton* of a container."""

# -- text ---------------------------------------------------------------------------

is_suspect = re.compile(r"[\\`*_~<&$!^\[\]]").search
"""Tell whether a text may need an escape at all."""

has_delimiters = re.compile(r"[*_~$]").search
"""Tell whether a text holds anything that a `survey` looks for."""

_INLINE = re.compile(
    r"""
      \\(?=[!-/:-@\[-`{-~]|\Z)      # a backslash that would escape what follows
    | `                             # could start a code span
    | \*+ | _+ | ~+                 # could be emphasis or strikethrough
    | <(?=[A-Za-z/!?])              # could start a tag or an autolink
    | &(?=\#[0-9]{1,7};|\#[xX][0-9A-Fa-f]{1,6};|[A-Za-z][A-Za-z0-9]{1,31};)     # a character reference
    | \](?=\()                      # could end the text of a link
    | \[(?=\^)                      # could start a footnote mark
    | \A\[(?=[^\]]*(?:\]:|\Z))      # could start the definition of a reference
    | \^(?=\[|\Z) | \A\^            # could start an inline footnote, or a mark
    | !\Z                           # could make an image of the link that follows
    | \$                            # could be math
    """,
    re.VERBOSE,
)
_INLINE_IN_LINK = re.compile(_INLINE.pattern + r"| [\[\]]", re.VERBOSE)


class Delimiters(NamedTuple):
    """What becomes of delimiters of emphasis in the text of a container.

    Those in *bare* are harmless.  Of others those that may close emphasis are escaped, and of those in
    *strict* also those that may open it.
    """

    bare: str
    strict: str


HARMLESS, STRICT = Delimiters("*_~$", ""), Delimiters("", "*_~")


def text(
    value: str, before: str = END, after: str = END, delimiters: Delimiters = STRICT, in_link: bool = False
) -> str:
    """Return *value* so that it is read back as plain text between the characters *before* and *after*.

    *delimiters* comes from a `survey` of the container.  Line starts are the business of `line_start`.
    """
    if not is_suspect(value):
        return value
    brackets = in_link and not _is_bracketed(value)
    pattern = _INLINE_IN_LINK if brackets else _INLINE
    out: list[str] = []
    done = 0
    for match in pattern.finditer(value):
        run, start, end = match[0], match.start(), match.end()
        left = value[start - 1] if start else before
        right = value[end] if end < len(value) else after
        if run == "<":
            changes = left == END or after != END or value.find(">", end) > 0
        else:
            changes = (brackets and run in "[]") or _changes(run, left, right, delimiters)
        if changes:
            out += (value[done:start], "\\", "\\".join(run))
            done = end
    out.append(value[done:])
    return "".join(out)


def _changes(run: str, left: str, right: str, delimiters: Delimiters) -> bool:
    """Would the run of special characters change the parse where it stands?"""
    char = run[0]
    if char in "*_~":
        if left == char or right == char:  # it would grow together with a delimiter of our own
            return True
        if char in delimiters.bare:
            return False
        return can_close(char, left, right, False) or (
            char in delimiters.strict and can_open(char, left, right, False)
        )
    if char == "\\":
        return right != END
    if char == "$":
        return "$" not in delimiters.bare
    if char == "!":
        return right == "["
    if char == "[" and right != "^":
        return left == END
    return char != "^" or right == "[" or left == "["


def _is_bracketed(value: str) -> bool:
    """Tell whether the brackets in a link's text can stay as they are: all or none of them are escaped."""
    return _balanced(value) and "](" not in value and "[^" not in value


def _balanced(value: str) -> bool:
    depth = 0
    for char in value:
        if char == "[":
            depth += 1
        elif char == "]":
            depth -= 1
            if depth < 0:
                return False
    return depth == 0


_DELIMITERS = re.compile(rf"\*+|_+|~+|[{OPEN}{CLOSE}]")


def survey(skeleton: str) -> Delimiters:
    """Tell which delimiters need an escape in the text of a container.

    *skeleton* is all its text in order, with `OPEN` and `CLOSE` for our own emphasis and a backquote for
    whatever else stands in it.  Delimiters are harmless if none that could close follows one that could
    open; all are dangerous if one of our own could pair with them.
    """
    opened: set[str] = set()
    paired: set[str] = set()
    strict = ""
    for match in _DELIMITERS.finditer(skeleton):
        char = match[0][0]
        left = skeleton[match.start() - 1 : match.start()] or END
        right = skeleton[match.end() : match.end() + 1] or END
        if char == OPEN:
            strict = "*_" if can_close("*", left, right, False) else strict
        elif char == CLOSE:
            strict = "*_" if can_open("*", left, right, False) else strict
        else:
            if char in opened and can_close(char, left, right, False):
                paired.add(char)
            if can_open(char, left, right, False):
                opened.add(char)
    if skeleton.count("$") > 1:
        paired.add("$")
    return Delimiters("".join(char for char in "*_~$" if char not in paired and char not in strict), strict)


_LINE_START = re.compile(
    r"""
      [-+*](?=[ ]|$)                                # a list item
    | \d{1,9}(?=[.)](?:[ ]|$))                      # an ordered one
    | \#(?=\#{0,5}(?:[ ]|$))                        # a heading
    | >                                             # a block quote
    | [:~](?=[ ]|$)                                 # a definition
    | ~(?=~~)                                       # a fence
    | -(?=--) | =(?==*[ ]*$)                        # front matter, a rule, an underline
    | [*](?=[ ]*[*][ *]*$) | _(?=[ ]*_[ _]*$)       # a rule
    | \[(?=[ xX]\](?:[ ]|$) | ![A-Za-z]+\](?!\())      # a task, an alert
    """,
    re.VERBOSE,
)


def line_start(line: str) -> str:
    """Return a written line of a paragraph so that it starts no other block."""
    if line[:1].isalpha():
        return line
    if line[:1] in "-:|" and not line.strip("-:| "):
        return f"\\{line}"  # the rule of a table, or an underline
    match = _LINE_START.match(line)
    if match is None:
        return line
    at = match.end() if match[0].isdigit() else 0
    return f"{line[:at]}\\{line[at:]}"


_CLOSING_SEQUENCE = re.compile(r"(?:(?<=[ ])|^)#(?=#*$)")


def heading_end(line: str) -> str:
    """Return the written text of a heading so that no final ``#`` is taken off."""
    return _CLOSING_SEQUENCE.sub(r"\\#", line) if line.endswith("#") else line


# -- constructs ----------------------------------------------------------------------


def _runs(value: str, char: str) -> set[int]:
    """Return the lengths of the runs of *char*."""
    return set() if char not in value else {len(run) for run in re.findall(f"{re.escape(char)}+", value)}


def code_span(value: str) -> str:
    """Return *value* as a code span: a delimiter unlike any run in it, padded where that is needed."""
    value = value.replace("\n", " ")
    if "`" not in value and value[:1] != " ":
        return f"`{value}`"
    runs = _runs(value, "`")
    ticks = "`" * next(n for n in range(1, len(runs) + 2) if n not in runs)
    edges = value[:1] + value[-1:]
    padded = "`" in edges or (edges == "  " and not value.isspace())
    return f"{ticks} {value} {ticks}" if padded else f"{ticks}{value}{ticks}"


def fence(value: str, info: str) -> str:
    """Return a fence longer than any run of its character in *value*; tildes if *info* has backquotes."""
    char = "~" if "`" in info else "`"
    return char * (max(3, 1 + max(_runs(value, char))) if char in value else 3)


@lru_cache(256)
def info_string(info: str) -> str:
    """Return the info string of a fence."""
    return re.sub(r"\\(?=[!-/:-@\[-`{-~])|&(?=#?\w+;)", r"\\\g<0>", " ".join(info.split()))


_HTML_IN_MATH = re.compile(r"""<(?=[A-Za-z/][^<]*[>"'])|<(?=[!?])|^<(?=[A-Za-z/])|\](?=\()""", re.MULTILINE)


def formula(value: str) -> str:
    """Return TeX that is no tag and no link where a reader knows no math; spaces mean nothing in it."""
    return _HTML_IN_MATH.sub(r"\g<0> ", value) if "<" in value or "](" in value else value


_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_SAFE_SCHEMES = frozenset({"http", "https", "mailto"})


def is_safe(url: str) -> bool:
    """Tell whether *url* is relative or of a scheme that does nothing but lead somewhere."""
    # Browsers ignore controls and white space within a scheme.
    scheme = _SCHEME.match(re.sub(r"[\x00-\x20\x7f-\xa0\s\u200b-\u200f\ufeff]", "", url))
    return scheme is None or scheme[1].lower() in _SAFE_SCHEMES


def address(url: str) -> str:
    """Return *url* with white space and angle brackets percent-encoded."""
    return re.sub(r"[\s<>]", lambda char: quote(char[0]), clean(url.strip())[0])


_PLAIN_DESTINATION = re.compile(r"[!#-%'*-;=?-Z_a-z~]+")


def destination(url: str) -> str:
    """Return an `address` as the destination of a link, in angle brackets where it needs them."""
    if _PLAIN_DESTINATION.fullmatch(url):
        return url
    url = re.sub(r"\\(?=[!-/:-@\[-`{-~]|\Z)|&(?=#?\w+;)", r"\\\g<0>", url)
    return url if url and _balanced(url.translate(_PARENTHESES)) else f"<{url}>"


_PARENTHESES = str.maketrans("()[]", "[]  ")


def title(value: str) -> str:
    """Return the title of a link with its quotes and the space before it; nothing for an empty one."""
    if not value:
        return ""
    value = re.sub(r'\\(?=[!-/:-@\[-`{-~]|\Z)|"|&(?=#?\w+;)', r"\\\g<0>", " ".join(value.split("\n")))
    return f' "{value}"'


_AUTOLINK = re.compile(r"(?:https?|ftp)://[\w.~:/?#@!$&'()*+,;=-]+", re.ASCII)
_EMAIL = re.compile(r"[A-Za-z0-9.+_-]+@{0}(?:\.{0})+".format("[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"))


def autolink(url: str, shown: str) -> str:
    """Return ``<url>`` if that says all there is to say, else nothing."""
    if url == shown:
        found = _AUTOLINK.fullmatch(url)
    elif url.startswith("mailto:") and url.removeprefix("mailto:") == shown:
        found = _EMAIL.fullmatch(shown)
    else:
        return ""
    return f"<{shown}>" if found else ""


def footnote_label(label: str) -> str:
    """Return *label* made of characters that every flavour allows in ``[^label]``."""
    return re.sub(r"[^\w.-]", "-", label) or "-"


def table_cell(written: str) -> str:
    """Return written phrasing content for a cell of a pipe table: GFM splits at bars even within code."""
    return written.replace("|", "\\|")


def anchor(id: str) -> str:
    """Return the HTML of a place that links may lead to."""
    return f"<a id={attribute(id)}></a>"


def attribute(value: str) -> str:
    """Return *value* as an HTML attribute with its quotes."""
    value = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    return f'"{value}"' if value.isprintable() else f'"{" ".join(value.split())}"'


# -- characters that must not pass ------------------------------------------------------

UNFIT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\U000e0000-\U000e007f]"
)


def clean(value: str) -> tuple[str, int]:
    """Make characters that deceive or harm visible as ``U+XXXX``; return how many there were, too.

    They are the controls of C0 and C1 save line feed and tab, the controls of writing direction, Unicode
    tag characters, and lone surrogates.  Joiners, which scripts need, stay.
    """
    # What is printable is fit, and quicker to tell.
    if value.replace("\n", "").isprintable() or UNFIT.search(value) is None:
        return value, 0
    return UNFIT.subn(lambda match: f"U+{ord(match[0]):04X}", value)
