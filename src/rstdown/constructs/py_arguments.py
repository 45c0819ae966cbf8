"""Plain argument lists of Python, ``name, key=None, *, last='x'``, normalised without Python's parser.

Most argument lists are plain, and `ast` takes ten times as long for them.
"""

from __future__ import annotations

from keyword import kwlist

from ..patterns import lazy

_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_PLAIN = r"[ !$-&(-+\--\[\]-~]*"  # what a text may hold that is shown as it stands, between any quotes
_DEFAULT = (
    rf"{_NAME}(?:\.{_NAME})*|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?|\.\.\.|\(\)|\[\]|\{{\}}"
    rf"|'{_PLAIN}'|\"{_PLAIN}\""
)
_ARGUMENT = lazy(rf"(\*\*?|)({_NAME})(?: *= *({_DEFAULT}))?|([*/])")
# Arguments as letters: n(ame), d(efault), *, a(*args), k(**keywords), /.
_ORDER = lazy(r"(?:(?:n+/)?n*d*|n*d+/d*)(?:(?:a|\*(?=[nd]))[nd]*)?k?")
_STARRED = {"": "n", "*": "a", "**": "k"}
_WORDS = frozenset(kwlist)
_CONSTANTS = frozenset(("None", "True", "False"))


def format_plainly(text: str) -> str:
    """Return an argument list as `py_signature.format_arguments` does; empty if it is not plain."""
    shown, order = [], ""
    for part in text.split(","):
        found = _ARGUMENT.fullmatch(part.strip(" "))
        if found is None:
            return ""
        stars, name, default, mark = found.groups()
        if mark:
            shown.append(mark)
            order += mark
            continue
        if name in _WORDS:
            return ""
        if default is None:
            shown.append(stars + name)
            order += _STARRED[stars]
        elif stars or not (default in _CONSTANTS or _WORDS.isdisjoint(default.split("."))):
            return ""
        else:
            shown.append(f"{name}='{default[1:-1]}'" if default[0] == '"' else f"{name}={default}")
            order += "d"
    return ", ".join(shown) if _ORDER.fullmatch(order) else ""
