"""Pages made parts of one document: a section each, with links that lead somewhere."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote, unquote

from ..frozen import dataclass
from ..link.tree import copied
from ..markdown import nodes as md
from ..markdown.slug import slug
from ..model import Page
from .tree import WITH_IDS, below, branches, edit, ids_of


@dataclass(frozen=True, slots=True)
class Part:
    """A page on its way into a bundle: all of it as one *section*."""

    page: Page
    section: md.Section

    @property
    def docname(self) -> str:
        """Return the page's docname."""
        return self.page.docname

    @property
    def title(self) -> str:
        """Return the title as plain text."""
        return md.plain_text(self.section.title) or self.docname


def as_section(page: Page) -> md.Section:
    """Return all of a page as one section.

    It is the page's own section if there is just one; what stands before that goes into it, behind the title.
    """
    blocks = page.root.children
    sections = [node for node in blocks if isinstance(node, md.Section)]
    if len(sections) != 1:
        title = page.title if not sections and page.title else page.docname
        return md.Section((md.Text(title),), blocks)
    (section,) = sections
    if len(blocks) == 1:
        return section
    at = blocks.index(section)
    anchors = tuple(node.id for node in blocks[:at] if isinstance(node, md.Anchor))
    before = tuple(node for node in blocks[:at] if not isinstance(node, md.Anchor))
    children = (*before, *section.children, *blocks[at + 1 :])
    return replace(section, children=children, ids=(*anchors, *section.ids))


# -- links ------------------------------------------------------------------------------


_HEADED = frozenset({md.Section, md.Object})
_SETTLED = WITH_IDS | {md.Link}


class Web:
    """Where the links of a bundle lead.

    *one_document* tells whether all documents are written into one (a bare ``#fragment`` may lead to
    another one) or into a folder of ``.md`` files.  A section without an anchor is reached by the anchor that
    viewers give to its heading.
    """

    def __init__(self, parts: Sequence[Part], one_document: bool) -> None:
        self.one_document = one_document
        self.docnames = {part.docname for part in parts}
        self.slugs: Counter[str] = Counter()
        self.explicit: set[tuple[str, str]] = set()
        self.headings: set[tuple[str, str]] = set()
        for part in parts:
            here = "" if one_document else part.docname
            for node in branches(part.section):
                kind = type(node)
                if kind in WITH_IDS:
                    self.explicit.update((here, id) for id in ids_of(node))
                if kind in _HEADED:
                    names = [slug(text) for text in _heading_texts(node)]
                    self.slugs.update(names)
                    self.headings.update((here, name) for name in names)

    def end(self, url: str, docname: str) -> tuple[str, str] | None:
        """Return the place within the bundle that *url* leads to from *docname*; None for other addresses.

        The place is (docname, fragment), the docname empty where all is one document.
        """
        path, _, fragment = url.partition("#")
        fragment = unquote(fragment)
        if not path:
            return ("" if self.one_document else docname, fragment) if fragment else None
        if not path.endswith(".md") or ":" in path or path.startswith("/"):
            return None
        target = posixpath.normpath(posixpath.join(posixpath.dirname(docname), unquote(path)))
        return target.removesuffix(".md"), fragment

    def alive(self, end: tuple[str, str]) -> bool:
        """Tell whether the place is there."""
        return end in self.explicit or end in self.headings or (not end[1] and end[0] in self.docnames)


def _heading_texts(node: md.Section | md.Object) -> Iterator[str]:
    if isinstance(node, md.Section):
        yield md.plain_text(node.title)
    else:
        for signature in node.signatures:
            yield f"{signature.prefix} {signature.code} {signature.suffix}".strip()


def owners(parts: Sequence[Part], one_document: bool) -> dict[tuple[str, str], tuple[Part, Any]]:
    """Map every place to the innermost object or section that it belongs to."""
    found: dict[tuple[str, str], tuple[Part, Any]] = {}

    def note(part: Part, node: Any, owner: Any) -> None:
        here = "" if one_document else part.docname
        if isinstance(node, (md.Section, md.Object)):
            owner = node
        for anchor in ids_of(node):
            found.setdefault((here, anchor), (part, owner))
        if isinstance(node, md.Section):
            found.setdefault((here, slug(md.plain_text(node.title))), (part, node))
        for child in below(node):
            note(part, child, owner)

    for part in parts:
        note(part, part.section, part.section)
        if not one_document:
            found.setdefault((part.docname, ""), (part, part.section))
    return found


def settle_links(parts: Sequence[Part], links: str, one_document: bool) -> list[Part]:
    """Turn links whose ends are not at hand into text, and take away anchors that nothing leads to.

    *links* is what `rstdown.options.LinkOptions` calls so: ``all`` links stay, those to addresses that
    authors gave (``external``), or ``none``.
    """
    if links != "all":
        web = Web((), one_document)
        return [_settled(part, web, links, keep=frozenset()) for part in parts]
    web = Web(parts, one_document)
    used = {end for part in parts for end in _ends(part, web)}
    return [_settled(part, web, links, used) for part in parts]


def _ends(part: Part, web: Web) -> Iterator[tuple[str, str]]:
    for node in branches(part.section):
        if isinstance(node, md.Link) and (end := web.end(node.url, part.docname)) and web.alive(end):
            yield end


def _settled(part: Part, web: Web, links: str, keep: Collection[tuple[str, str]]) -> Part:
    """Keep links that lead to one of *keep*, or outside if *links* says so, and the anchors of those."""
    here = "" if web.one_document else part.docname

    def visit(node: Any) -> Iterable[Any] | None:
        if isinstance(node, md.Link):
            outside = links == "all" or (links == "external" and not node.resolved)
            stays = False
            if outside or keep:
                end = web.end(node.url, part.docname)
                stays = outside if end is None else end in keep
            return None if stays else edit(node, visit, _SETTLED).children
        if isinstance(node, md.Anchor):
            return None if (here, node.id) in keep else ()
        ids = ids_of(node)
        kept = tuple(id for id in ids if (here, id) in keep)
        if isinstance(node, md.Signature) and links != "all" and node.children:
            return (copied(node, {"children": (), "ids": kept}),)  # the types in it are no links then
        return (copied(edit(node, visit, _SETTLED), {"ids": kept}),) if kept != ids else None

    found = visit(part.section)
    (section,) = found if found is not None else (edit(part.section, visit, _SETTLED),)
    return replace(part, section=section)


def rebased(part: Part) -> Part:
    """Return a page of a folder as it stands in a file at the folder's root: links lead from there."""

    def visit(node: Any) -> Iterable[Any] | None:
        if isinstance(node, md.Link):
            end = web.end(node.url, part.docname)
            if end is not None:
                url = quote(f"{end[0]}.md") + (f"#{quote(end[1])}" if end[1] else "")
                return (replace(edit(node, visit), url=url),)
        return None

    web = Web((), one_document=False)
    return replace(part, section=edit(part.section, visit))


def reachable(parts: Sequence[Part], reserved: Iterable[str]) -> list[tuple[Part, str]]:
    """Give each document's heading an anchor of its own and tell it, for the table of contents.

    It is the one that viewers make of the heading, unless another heading (or one of *reserved*) has it, too.
    """
    web = Web(parts, one_document=True)
    web.slugs.update(reserved)
    taken = {id for _, id in web.explicit}
    out = []
    for part in parts:
        name = slug(part.title)
        if web.slugs[name] == 1 and name.isascii() and name:
            out.append((part, name))
            continue
        if part.section.ids:
            out.append((part, part.section.ids[0]))
            continue
        base = name = slug(part.docname.replace("/", "-"))
        number = 1
        while name in taken or name in web.slugs:
            number += 1
            name = f"{base}-{number}"
        taken.add(name)
        out.append((replace(part, section=replace(part.section, ids=(name,))), name))
    return out
