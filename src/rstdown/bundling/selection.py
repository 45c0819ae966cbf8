"""What goes into a bundle: documents, objects, kinds of content."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

from ..errors import UsageError
from ..markdown import nodes as md
from ..model import Page
from ..options import BundleOptions
from ..patterns import lazy
from .documents import Part, Web, owners
from .model import NOT_SELECTED, LeftOut
from .tree import edit, fullname, own_blocks, walk

# -- documents --------------------------------------------------------------------------


def select_pages(pages: Sequence[Page], options: BundleOptions) -> tuple[list[Page], list[LeftOut]]:
    """Return the pages that *options* ask for by name, and those that they leave out.

    ``*`` in a pattern matches anything, slashes too.  Raises `UsageError` for a pattern that matches nothing.
    """
    for pattern in (*options.include, *options.exclude):
        if not any(fnmatchcase(page.docname, pattern) for page in pages):
            raise UsageError(f"no document's name matches {pattern!r}")
    kept, out = [], []
    for page in pages:
        wanted = not options.include or any(fnmatchcase(page.docname, p) for p in options.include)
        if wanted and not any(fnmatchcase(page.docname, p) for p in options.exclude):
            kept.append(page)
        else:
            out.append(LeftOut("document", page.docname, NOT_SELECTED, page.docname))
    return kept, out


# -- objects ----------------------------------------------------------------------------


def select_objects(parts: Sequence[Part], options: BundleOptions, one_document: bool) -> list[Part]:
    """Keep the objects that *options* name, and what they refer to up to *depth* steps away.

    An object comes with its members, below the headings that it stands under.  A section that is referred to
    comes with its own prose.  Raises `UsageError` for a name that no object has.
    """
    if not options.objects:
        return list(parts)
    owned = owners(parts, one_document)
    wanted = {id(node): (part, node) for name in options.objects for part, node in _named(parts, name)}
    frontier = list(wanted.values())
    web = Web(parts, one_document)
    for _ in range(options.depth):
        found = [owned[end] for part, node in frontier for end in _ends(web, part, node) if end in owned]
        frontier = [(part, node) for part, node in found if id(node) not in wanted]
        wanted.update((id(node), (part, node)) for part, node in frontier)
    out = []
    for part in parts:
        section = _pruned(part.section, wanted.keys())
        if isinstance(section, md.Section):
            out.append(replace(part, section=section))
    return out


def _named(parts: Sequence[Part], name: str) -> list[tuple[Part, md.Object]]:
    objects = [(part, node) for part in parts for node in walk(part.section) if isinstance(node, md.Object)]
    names = [{signature.fullname for signature in node.signatures} for _, node in objects]
    bare = name.removesuffix("()")
    exact = [found for found, has in zip(objects, names, strict=True) if bare in has]
    if exact:
        return exact
    ending = [
        found for found, has in zip(objects, names, strict=True) if any(n.endswith(f".{bare}") for n in has)
    ]
    if ending:
        return ending
    from difflib import get_close_matches  # for mistakes only

    close = get_close_matches(bare, sorted(set().union(*names)), 3)
    hint = f"; did you mean {', '.join(close)}?" if close else ""
    raise UsageError(f"no object is called {name!r}{hint}")


def _ends(web: Web, part: Part, node: Any) -> list[tuple[str, str]]:
    """Return the places that a node's text leads to; of a section: its own prose only."""
    roots = own_blocks(node.children) if isinstance(node, md.Section) else (node,)
    links = (n for root in roots for n in walk(root) if isinstance(n, md.Link))
    return [end for link in links if (end := web.end(link.url, part.docname))]


def _pruned(node: md.Section | md.Object, wanted: Iterable[int]) -> md.Section | md.Object | None:
    """Return *node* with nothing but what is *wanted* and the headings above it."""
    if isinstance(node, md.Object) and id(node) in wanted:
        return node
    whole = id(node) in wanted
    children: list[md.Flow] = []
    for child in node.children:
        if isinstance(child, (md.Section, md.Object)):
            if (found := _pruned(child, wanted)) is not None:
                children.append(found)
        elif whole:
            children.append(child)
    return replace(node, children=tuple(children)) if children or whole else None


# -- deprecated objects -----------------------------------------------------------------

_DEPRECATED = ("deprecated", "deprecated-removed", "versionremoved")
# What a note says that is about a part of the object only.
_PARTIAL = lazy(
    r"^all\b|\b(?:parameters?|arguments?|attributes?|methods?|values?|members?|instances?|passing|using|"
    r"use of|calling|support for|when|if|with|without|keyword|returning|form|create|creating|directly)\b",
    re.IGNORECASE,
)


def drop_deprecated(parts: Sequence[Part]) -> tuple[list[Part], list[LeftOut]]:
    """Leave out objects that are deprecated or removed as a whole.

    They are those with a note that says so, itself not within anything else, and not about an argument,
    a value or a use.
    """
    out: list[LeftOut] = []
    kept = []
    for part in parts:
        gone: list[str] = []

        def visit(node: Any, gone: list[str] = gone) -> Iterable[Any] | None:
            if isinstance(node, md.Object) and any(map(_says_deprecated, node.children)):
                gone.append(fullname(node))
                return ()
            return None

        kept.append(replace(part, section=edit(part.section, visit)))
        out += [LeftOut("object", name, "deprecated", part.docname) for name in gone]
    return kept, out


def _says_deprecated(node: md.Flow) -> bool:
    if isinstance(node, md.Tagged):
        return any(map(_says_deprecated, node.children))
    if not isinstance(node, md.VersionNote) or node.kind not in _DEPRECATED:
        return False
    text = " ".join(md.plain_text(c.children) for c in node.children if isinstance(c, md.Paragraph))
    return not _PARTIAL.search(text.partition(". ")[0])


# -- kinds of content ---------------------------------------------------------------------

TRIM_ORDER = ("audit-events", "seealso", "history", "examples", "images")
_EXAMPLE_TITLE = lazy(r"(?:\w+ )?(?:examples?|demos?|recipes?)(?: .*)?", re.IGNORECASE)
_EXAMPLE_LEAD = lazy(r"(?:for )?examples?(?: usage)?:?|e\.g\.:?", re.IGNORECASE)
_SESSIONS = ("pycon", "pycon3", "doctest")


def drop_kind(parts: Sequence[Part], kind: str) -> tuple[list[Part], list[Any]]:
    """Leave out all content of a *kind*; return what stays, and the nodes that go.

    Kinds are the keys of `KINDS`, or any kind that an admonition, a version note or tagged content has
    (``note``, ``deprecated``, …).
    """
    matches = KINDS.get(kind) or _of_kind(kind)
    gone: list[Any] = []

    def visit(node: Any) -> Iterable[Any] | None:
        if matches(node):
            gone.append(node)
            return ()
        return None

    kept = [replace(part, section=edit(_without_leads(part.section, kind), visit)) for part in parts]
    return kept, gone


def _without_leads(section: md.Section, kind: str) -> md.Section:
    """Leave out ``For example:`` where the example goes."""
    if kind != "examples":
        return section

    def visit(node: Any) -> Iterable[Any] | None:
        if not isinstance(node, (md.Section, md.Object, md.ListItem, md.Admonition)):
            return None
        pairs = zip(node.children, (*node.children[1:], None), strict=False)
        kept = tuple(child for child, after in pairs if not (_is_lead(child) and _is_example(after)))
        return (edit(replace(node, children=kept), visit),) if len(kept) < len(node.children) else None

    found = visit(section)
    return next(iter(found)) if found is not None else edit(section, visit)


def _is_lead(node: Any) -> bool:
    return isinstance(node, md.Paragraph) and bool(
        _EXAMPLE_LEAD.fullmatch(md.plain_text(node.children).strip())
    )


def _is_example(node: Any) -> bool:
    if isinstance(node, md.Section):
        return bool(_EXAMPLE_TITLE.fullmatch(md.plain_text(node.title).strip()))
    if isinstance(node, md.Code):
        return node.lang in _SESSIONS or node.value.startswith(">>> ")
    return isinstance(node, md.Tagged) and node.kind in ("example", "examples")


def _is_availability(node: Any) -> bool:
    if isinstance(node, md.Tagged):
        return node.kind == "availability"
    return isinstance(node, md.Paragraph) and md.plain_text(node.children).startswith("Availability:")


def _of_kind(kind: str) -> Callable[[Any], bool]:
    def matches(node: Any) -> bool:
        return isinstance(node, (md.Admonition, md.VersionNote, md.Tagged)) and node.kind == kind

    return matches


KINDS: dict[str, Callable[[Any], bool]] = {
    "audit-events": _of_kind("audit-event"),
    "seealso": _of_kind("seealso"),
    "history": lambda n: isinstance(n, md.VersionNote) and n.kind in ("versionadded", "versionchanged"),
    "examples": _is_example,
    "availability": _is_availability,
    "notes": lambda n: isinstance(n, md.Admonition) and n.kind in ("note", "hint", "tip"),
    "footnotes": lambda n: isinstance(n, (md.FootnoteDefinition, md.FootnoteReference)),
    "images": lambda n: isinstance(n, md.Image),
    "code": lambda n: isinstance(n, md.Code),
}


def kinds_of(options: BundleOptions) -> tuple[str, ...]:
    """Return the kinds that ``--drop`` names, in its order; each value may hold several, with commas."""
    words = (word.strip() for value in options.drop for word in value.split(","))
    return tuple(dict.fromkeys(word for word in words if word))
