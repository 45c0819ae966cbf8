"""The Markdown syntax tree: frozen values with mdast's names.

Two layers share this module.

*Core* nodes are what Markdown can say; the writer writes them and the reader
reads them back.  *Semantic* nodes (`Section`, `Object`, `Admonition`,
`VersionNote`, `DefinitionList`, `Grid`, `Xref`, …) are what Sphinx means;
`rstdown.markdown.lower` turns them into core nodes just before writing, which
is the one place that knows the house style (heading depths, thematic breaks,
bold titles, tables).  Linking, slicing, budgets and chunks work on the semantic
tree.

Nodes are values that nobody changes, and so may be shared (`rstdown.frozen`).
Children are tuples.  ``line`` is the line of the source (1-based, 0 unknown)
and takes no part in comparison.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from typing import Any, TypeAlias

from ..frozen import node

# -- phrasing content (inline) --------------------------------------------------


@node(frozen=True, slots=True)
class Text:
    """Plain text, unescaped; a line feed in it is a space (CommonMark's soft break)."""

    value: str


@node(frozen=True, slots=True)
class Emphasis:
    """CommonMark emphasis."""

    children: tuple[Phrasing, ...]


@node(frozen=True, slots=True)
class Strong:
    """CommonMark strong emphasis."""

    children: tuple[Phrasing, ...]


@node(frozen=True, slots=True)
class Subscript:
    """Subscript text, written as ``<sub>``."""

    children: tuple[Phrasing, ...]


@node(frozen=True, slots=True)
class Superscript:
    """Superscript text, written as ``<sup>``."""

    children: tuple[Phrasing, ...]


@node(frozen=True, slots=True)
class InlineCode:
    """A code span; *value* is shown exactly."""

    value: str


@node(frozen=True, slots=True)
class InlineMath:
    """LaTeX between single dollars, without them."""

    value: str


@node(frozen=True, slots=True)
class Break:
    """A hard line break."""


@node(frozen=True, slots=True)
class Link:
    """A link; *resolved* ones were cross-references, the others are addresses that the author gave."""

    url: str
    children: tuple[Phrasing, ...]
    title: str = ""
    resolved: bool = field(default=False, compare=False)


@node(frozen=True, slots=True)
class Image:
    """An image; *alt* is plain text."""

    url: str
    alt: str = ""
    title: str = ""


@node(frozen=True, slots=True)
class FootnoteReference:
    """``[^label]``."""

    label: str


@node(frozen=True, slots=True)
class Anchor:
    """A place that links may lead to (``<a id="…"></a>``); linking drops those that nothing links to.

    *slug* is for headings lowered before linking: the anchor that the heading has anyway (else None).
    """

    id: str
    slug: str | None = None


@node(frozen=True, slots=True)
class Html:
    """Raw HTML made by *our* code (never by a document); as in mdast, a block or phrasing content."""

    value: str


@node(frozen=True, slots=True)
class Xref:
    """An open cross-reference (semantic); only linking may consume it, the writer refuses it.

    *role* is Sphinx's ``domain:role`` (``py:func``, ``std:ref``, ``std:doc``, ``c:type``, ``any``, …),
    *target* what the author wrote after title, ``~`` and ``!`` were taken off, *children* what is shown
    where nothing better is known.  Unless *explicit*, roles that show the target's title
    (``ref``, ``doc``, ``numref``, ``eq``, …) have it put in by linking.  *scope* holds Sphinx's
    ``ref_context`` (``py:module``, ``py:class``, ``std:program``, …), plus ``refspecific``.
    """

    role: str
    target: str
    children: tuple[Phrasing, ...]
    explicit: bool = False
    scope: tuple[tuple[str, str], ...] = ()
    line: int = field(default=0, compare=False)


@node(frozen=True, slots=True)
class Term:
    """A term that was lowered before linking: to be bold, unless it becomes code (semantic)."""

    children: tuple[Phrasing, ...]


Phrasing: TypeAlias = (
    Text
    | Emphasis
    | Strong
    | Subscript
    | Superscript
    | InlineCode
    | InlineMath
    | Break
    | Link
    | Image
    | FootnoteReference
    | Anchor
    | Html
    | Xref
    | Term
)

# -- flow content (blocks), core --------------------------------------------------


@node(frozen=True, slots=True)
class Root:
    """A whole document."""

    children: tuple[Flow, ...]


@node(frozen=True, slots=True)
class Paragraph:
    """A paragraph of phrasing content."""

    children: tuple[Phrasing, ...]


@node(frozen=True, slots=True)
class Heading:
    """An ATX heading; *depth* is 1 to 6."""

    depth: int
    children: tuple[Phrasing, ...]


@node(frozen=True, slots=True)
class ThematicBreak:
    """``---``."""


@node(frozen=True, slots=True)
class Blockquote:
    """A block quote; *alert* makes it a GitHub alert (``NOTE``, ``TIP``, ``IMPORTANT``, …)."""

    children: tuple[Flow, ...]
    alert: str = ""


@node(frozen=True, slots=True)
class ListItem:
    """An item of a `List`."""

    children: tuple[Flow, ...]


@node(frozen=True, slots=True)
class List:
    """A list; *start* counts for ordered ones only; *spread* puts blank lines between items."""

    children: tuple[ListItem, ...]
    ordered: bool = False
    start: int = 1
    spread: bool = False


@node(frozen=True, slots=True)
class Code:
    """A fenced code block; *value* is byte-exact and has no final line feed."""

    value: str
    lang: str = ""


@node(frozen=True, slots=True)
class Math:
    """Display LaTeX between double dollars, without them."""

    value: str


@node(frozen=True, slots=True)
class TableCell:
    """A cell of a pipe table; blocks in it have been joined by `Break` (written ``<br>``)."""

    children: tuple[Phrasing, ...]


@node(frozen=True, slots=True)
class TableRow:
    """A row of a pipe table."""

    children: tuple[TableCell, ...]


@node(frozen=True, slots=True)
class Table:
    """A GFM pipe table; the first row is its header (GFM demands one; it may be blank)."""

    children: tuple[TableRow, ...]


@node(frozen=True, slots=True)
class FootnoteDefinition:
    """``[^label]: …``; lowering moves definitions to the end of the document."""

    label: str
    children: tuple[Flow, ...]


# -- flow content, semantic ---------------------------------------------------------


@node(frozen=True, slots=True)
class Section:
    """A section and all that is in it; its heading's depth follows from its nesting."""

    title: tuple[Phrasing, ...]
    children: tuple[Flow, ...]
    ids: tuple[str, ...] = ()
    line: int = field(default=0, compare=False)


@node(frozen=True, slots=True)
class Signature:
    """One signature of an object description (Sphinx: ``desc_signature``).

    Shown as *prefix* (Sphinx's kind words: ``class``, ``async``, ``classmethod`` …) followed by *code*
    (with the fully qualified name, as one code span) and *suffix* (rarely used).  *fullname* is the
    qualified name alone, *name* the one within its module (empty: the same), *ids* are Sphinx's.  *children*
    is *code* again where it refers to types: code and references, shown instead of it where those have become
    links.
    """

    code: str
    prefix: str = ""
    suffix: str = ""
    fullname: str = ""
    ids: tuple[str, ...] = ()
    children: tuple[Phrasing, ...] = ()
    name: str = ""


@node(frozen=True, slots=True)
class Object:
    """An object description (Sphinx: ``desc``): signatures and what is said of them."""

    domain: str
    objtype: str
    signatures: tuple[Signature, ...]
    children: tuple[Flow, ...]
    line: int = field(default=0, compare=False)


@node(frozen=True, slots=True)
class Admonition:
    """An admonition; *kind* is docutils' node name (``note``, ``seealso``, ``topic``, ``sidebar``, …)."""

    kind: str
    title: tuple[Phrasing, ...]
    children: tuple[Flow, ...]


@node(frozen=True, slots=True)
class VersionNote:
    """A version note (Sphinx: ``versionmodified``); *label* is ``Changed in version 3.10``, no colon."""

    kind: str
    version: str
    label: str
    children: tuple[Flow, ...]


@node(frozen=True, slots=True)
class DefinitionItem:
    """A term (or several that share a definition), its classifiers and its definition."""

    terms: tuple[tuple[Phrasing, ...], ...]
    children: tuple[Flow, ...]
    classifiers: tuple[tuple[Phrasing, ...], ...] = ()
    ids: tuple[str, ...] = ()


@node(frozen=True, slots=True)
class DefinitionList:
    """A definition list; *kind* tells ``definition``, ``glossary``, ``field`` and ``option`` lists apart."""

    children: tuple[DefinitionItem, ...]
    kind: str = "definition"


@node(frozen=True, slots=True)
class GridCell:
    """A cell of a `Grid` with flow content, spanning *colspan* columns and *rowspan* rows."""

    children: tuple[Flow, ...]
    colspan: int = 1
    rowspan: int = 1


@node(frozen=True, slots=True)
class Grid:
    """A table as documents have it: rows of spanning cells with blocks in them.

    Spanned positions are left out of *rows*, as in HTML.  The first *head* rows are the header, the
    first *stub* columns are row headers; *title* is the caption.
    """

    rows: tuple[tuple[GridCell, ...], ...]
    head: int = 0
    stub: int = 0
    title: tuple[Phrasing, ...] = ()


@node(frozen=True, slots=True)
class TocEntry:
    """An entry of a toctree: a docname, or a URL (*external*); *title* overrides the document's."""

    target: str
    title: str = ""
    external: bool = False


@node(frozen=True, slots=True)
class Toctree:
    """A toctree whose entries linking shows as a list of links, *maxdepth* levels deep (0: all).

    With *glob*, targets may be patterns of docnames, which linking expands; *reversed* is applied afterwards.
    *includehidden* also shows what is below hidden toctrees of other pages.
    """

    entries: tuple[TocEntry, ...]
    caption: str = ""
    maxdepth: int = 0
    hidden: bool = False
    titlesonly: bool = False
    glob: bool = False
    reversed: bool = False
    includehidden: bool = False


@node(frozen=True, slots=True)
class Tagged:
    """Transparent content with a *kind* that selection may drop by (``examples``, ``audit-event``, …)."""

    kind: str
    children: tuple[Flow, ...]


Flow: TypeAlias = (
    Paragraph
    | Heading
    | ThematicBreak
    | Blockquote
    | List
    | ListItem
    | Code
    | Math
    | Table
    | Html
    | FootnoteDefinition
    | Anchor
    | Section
    | Object
    | Admonition
    | VersionNote
    | DefinitionList
    | Grid
    | Toctree
    | Tagged
)

Node: TypeAlias = Root | Flow | Phrasing | TableRow | TableCell | DefinitionItem | GridCell | Signature


def plain_text(children: Iterable[Phrasing]) -> str:
    """Return phrasing content as bare text, as docutils' ``astext()`` does."""
    out: list[str] = []
    node: Any  # `cast` is a call, and this is done for each node
    for node in children:
        kind = type(node)
        if kind is Text or kind is InlineCode or kind is InlineMath:
            out.append(node.value)
        elif kind in _SPANS:
            out.append(plain_text(node.children))
        elif kind is Break:
            out.append(" ")
        elif kind is Image:
            out.append(node.alt)
    return "".join(out)


_SPANS = frozenset({Emphasis, Strong, Subscript, Superscript, Link, Xref, Term})
