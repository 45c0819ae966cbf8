"""Footnote labels that are unique over all pages of one document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping


def relabel(labels: Mapping[str, Iterable[str]]) -> dict[str, dict[str, str]]:
    """Return new labels for the footnotes of each page: page → old label → new label.

    *labels* lists each page's labels in document order.  Numbers run on from page to page; names stay,
    unless several pages use the same.
    """
    names = Counter(label for page in labels.values() for label in set(page))
    fresh: dict[str, dict[str, str]] = {}
    number = 0
    for docname, page in labels.items():
        fresh[docname] = {}
        for label in dict.fromkeys(page):
            if label.isdecimal() or names[label] > 1:
                number += 1
                fresh[docname][label] = str(number)
            else:
                fresh[docname][label] = label
    return fresh
