"""Docstrings in Google's and NumPy's styles as RST field lists (``sphinx.ext.napoleon``, ``numpydoc``)."""

from __future__ import annotations

import re
import textwrap

from ..patterns import lazy

FIELDS = {
    "args": "param",
    "arguments": "param",
    "parameters": "param",
    "params": "param",
    "keyword args": "keyword",
    "keyword arguments": "keyword",
    "other parameters": "param",
    "attributes": "ivar",
    "raises": "raises",
    "raise": "raises",
    "except": "raises",
    "exceptions": "raises",
    "warns": "raises",
}
RESULTS = {"returns": "returns", "return": "returns", "yields": "returns", "yield": "returns"}
BOXES = {
    "note": "note",
    "notes": "rubric:Notes",
    "warning": "warning",
    "warnings": "warning",
    "see also": "seealso",
    "todo": "todo",
    "tip": "tip",
    "hint": "hint",
    "important": "important",
    "example": "rubric:Example",
    "examples": "rubric:Examples",
    "references": "rubric:References",
}
GOOGLE = lazy(r"^([A-Z][A-Za-z ]+):\s*$")
UNDERLINE = lazy(r"^[-=~`:'\"^_*+#<>]{2,}\s*$")  # napoleon: those of RST's titles, two at least
GOOGLE_ITEM = lazy(r"^([*\w., ]++)\s*+(?:\(([^()]*+(?:\([^()]*+\)[^()]*+)?)\))?:\s*(.*)$")
NUMPY_ITEM = lazy(r"^([*\w., ]++)\s*+(?::\s*(.*))?$")


def to_rst(docstring: str) -> str:
    """Return *docstring* with the sections of either style as RST; other text is as it was."""
    lines = docstring.split("\n")
    out: list[str] = []
    at = 0
    while at < len(lines):
        title, style = _section(lines, at)
        if not style:
            out.append(lines[at])
            at += 1
            continue
        at += 2 if style == "numpy" else 1
        body: list[str] = []
        while at < len(lines) and not _ends(lines, at, style):
            body.append(lines[at])
            at += 1
        out += [
            "",
            *_convert(title.lower(), title, textwrap.dedent("\n".join(body)).strip("\n").split("\n"), style),
            "",
        ]
    return "\n".join(out)


def _section(lines: list[str], at: int) -> tuple[str, str]:
    """Return the title and the style of the section that starts at line *at*, if one does."""
    title = lines[at].strip()
    if at + 1 < len(lines) and UNDERLINE.match(lines[at + 1]) and title.lower() in (FIELDS | RESULTS | BOXES):
        return title, "numpy"
    match = GOOGLE.match(lines[at])
    if match and match[1].lower() in (FIELDS | RESULTS | BOXES):
        return match[1], "google"
    return "", ""


def _ends(lines: list[str], at: int, style: str) -> bool:
    if _section(lines, at)[1]:
        return True
    return style == "google" and bool(lines[at].strip()) and not lines[at].startswith((" ", "\t"))


def _convert(name: str, title: str, body: list[str], style: str) -> list[str]:
    if name in FIELDS:
        return [line for item in _items(body) for line in _field(FIELDS[name], item, style)]
    if name in RESULTS:
        return _result(body, style)
    kind, _, heading = BOXES[name].partition(":")
    if kind == "rubric":
        return [f".. rubric:: {heading}", "", *body]
    return [f".. {kind}::", "", *(f"   {line}" for line in body)]


def _items(body: list[str]) -> list[list[str]]:
    """Split a section at the lines that are not indented."""
    found: list[list[str]] = []
    for line in body:
        if found and (not line.strip() or line[:1] in " \t"):
            found[-1].append(line)
        elif line.strip():
            found.append([line])
    return found


def _field(kind: str, item: list[str], style: str) -> list[str]:
    match = (GOOGLE_ITEM if style == "google" else NUMPY_ITEM).match(item[0])
    if match is None:
        return [f":{kind}: {item[0]}", *_indented(item[1:])]
    names, type_ = match[1].strip().replace("*", "\\*"), (match[2] or "").strip()
    text = match[3] if style == "google" else ""
    out = [f":{kind} {names}: {text}".rstrip(), *_indented(item[1:])]
    if type_ and kind in {"param", "keyword", "ivar"}:
        out.append(
            f":{'vartype' if kind == 'ivar' else 'kwtype' if kind == 'keyword' else 'type'} {names}: {type_}"
        )
    return out


def _result(body: list[str], style: str) -> list[str]:
    if style == "numpy":
        items = _items(body)
        first = items[0][0] if items else ""
        name, colon, type_ = first.partition(" : ")
        text = textwrap.dedent("\n".join(items[0][1:])).split("\n") if items else []
        if len(items) > 1 or not text[0].strip():
            return [
                f":returns: {first}" if not items[1:] else ":returns:",
                *_indented(body if items[1:] else text),
            ]
        shown = f"**{name.strip()}** -- {text[0]}" if colon else text[0]
        return [f":returns: {shown}", *_indented(text[1:]), f":rtype: {type_.strip() if colon else first}"]
    type_, colon, rest = body[0].partition(": ")
    if colon and re.fullmatch(r"[\w.\[\], |~:`]+", type_):
        return [f":returns: {rest}", *_indented(body[1:]), f":rtype: {type_}"]
    return [f":returns: {body[0]}", *_indented(body[1:])]


def _indented(lines: list[str]) -> list[str]:
    return (
        [f"    {line}" if line.strip() else "" for line in textwrap.dedent("\n".join(lines)).split("\n")]
        if lines
        else []
    )
