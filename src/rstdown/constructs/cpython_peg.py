"""CPython's grammar file as its documentation shows it: rules, without what makes trees or messages of them.

Source: ``Doc/tools/extensions/lexers/peg_lexer.py``, which drops meta-tags, variables, actions, forced
tokens, types and options of rules, and alternatives that only report what is wrong.
"""

from __future__ import annotations

import re

from ..patterns import lazy

# Tried in order at each position; what the groups hold is shown, and nothing of a match without groups.
# The numbers keep the time linear: no such part of a real grammar is longer.
_RULES = [
    lazy(pattern, re.MULTILINE)
    for pattern in (
        r"^[ \t]+\|[ \t]+.*(?:invalid|incorrect)_\w+.*\n",
        r"^#.*invalid syntax.*[\s\S]*",
        r"^[ \t]+\|[ \t]+[^\n{]*\{[^}]{0,500}?RAISE_SYNTAX_ERROR[^}]{0,500}\}\n",
        r"(\n|\s+|\#.*$)",
        r"&&(?=[\w'\"(])",
        r"(?<=\|[ ])&(?:\w+|'[^'\n]+'|\"[^\"\n]+\"|\([^)\n]{1,200}\))[ ]?",
        r"@\w+[ ]'''[\s\S]+?'''|^@.*$",
        r"\{[^}]{1,2000}\}",
        r"('[^'\n]+'|\"[^\"\n]+\")",
        r"[^\W\d]\w*\s*(?:\[[\w*]+\]\s*)?=",
        r"([A-Z_]+\b\s*)(?!\()",
        r"^([^\W\d]\w*)\s*(?:\[.*\])?\s*(?:\(.+\))?\s*(:)",
        r"([^\W\d]\w*)",
        r"(.)",
    )
]


def rules(text: str) -> str:
    """Return the rules of a ``.gram`` file."""
    shown: list[str] = []
    at = 0
    while at < len(text):
        match = next(filter(None, (rule.match(text, at) for rule in _RULES)))
        shown += filter(None, match.groups())
        at = match.end()
    return "\n".join(line.rstrip() for line in "".join(shown).split("\n"))
