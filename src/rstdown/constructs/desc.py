"""Object descriptions: what all domains share (Sphinx: ``ObjectDescription``)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

from docutils import nodes
from docutils.parsers.rst import directives

from ..markdown import nodes as md
from ..model import Target
from ..rst.directive import RstDirective
from ..rst.env import Env
from ..rst.quick import adopt, element, maker
from .fields import COMMON, FieldType, transform_fields
from .lowering import Handler, Lowered, Lowering, line_of

NEWLINE_ESCAPE = re.compile(r"\\\n")
BACKSLASH = re.compile(r"\\(.)")
WS = re.compile(r"\s+")
MAX_SIGNATURE = 4_000  # characters; what is longer is shown as it stands
FLAGS: dict[str, Any] = dict.fromkeys(
    (
        "no-index",
        "no-index-entry",
        "no-contents-entry",
        "no-typesetting",
        "noindex",
        "noindexentry",
        "nocontentsentry",
    ),
    directives.flag,
)


class desc(nodes.General, nodes.Element):  # noqa: N801  (Sphinx's names)
    """An object description: `desc_signature` nodes and a `desc_content`; ``domain``, ``objtype``."""


class desc_signature(nodes.Part, nodes.Element):  # noqa: N801
    """One signature: what `Signature` says of it; ``within`` is the name within its module."""


class desc_content(nodes.General, nodes.Element):  # noqa: N801
    """What is said of an object."""


new_desc, new_signature = maker(desc), maker(desc_signature)


class Named(NamedTuple):
    """What a signature was read as.

    *name* identifies the object, *fullname* is its qualified name, *short* what Sphinx shows of it; *context*
    is what its directive needs to remember; *children* is *code* with references in it, if it has any.
    """

    code: str
    name: str
    prefix: str = ""
    suffix: str = ""
    fullname: str = ""
    short: str = ""
    context: str = ""
    children: Sequence[md.Phrasing] = ()


# -- ids ------------------------------------------------------------------------------------------

_NON_ID = re.compile(r"[^a-zA-Z0-9._]+")
_NON_ID_AT_ENDS = re.compile(r"^[-0-9._]+|-+$")


def id_of(text: str) -> str:
    """Return *text* as an id; case, dots and underscores stay (Sphinx: ``_make_id``)."""
    if text.isascii():
        if text[:1].isalpha() and text.replace(".", "").replace("_", "").isalnum():
            return text
    else:
        text = text.translate(nodes._non_id_translate_digraphs)  # type: ignore[attr-defined]
        text = text.translate(nodes._non_id_translate)  # type: ignore[attr-defined]
        text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    return _NON_ID_AT_ENDS.sub("", _NON_ID.sub("-", " ".join(text.split())))


def make_id(env: Env, document: nodes.document, prefix: str, term: str) -> str:
    """Return an id for *term* that is new on this page (Sphinx: ``make_id``)."""
    found = id_of(f"{prefix}-{term}") if prefix and term else id_of(term)
    form = f"{prefix}-" if prefix else "id"
    while not found or found == prefix or found in document.ids:
        found = f"{form}{env.new_serial(prefix)}"
    return found


def normalise_name(text: str) -> str:
    """Collapse white space in a name, as cross-reference roles do in their targets."""
    return WS.sub(" ", text)


# -- the directive --------------------------------------------------------------------------------


class ObjectDirective(RstDirective):
    """Describe one or more objects: one signature a line, then content.

    A domain's directive says how a signature is read (`read_signature`), where it can be referred to
    (`add_targets`), and what context its content is in (`enter`, `leave`).
    """

    required_arguments = 1
    option_spec: ClassVar[dict[str, Callable[[str], Any]]] = FLAGS
    field_types: ClassVar[Sequence[FieldType]] = ()
    domain: ClassVar[str] = ""
    objtype: ClassVar[str] = ""
    names: set[str]
    """The names of the signatures so far."""

    @property
    def no_index(self) -> bool:
        """Should nothing lead here?"""
        return "no-index" in self.options or "noindex" in self.options

    def signatures(self) -> list[str]:
        """Return the signatures in the directive's argument."""
        text: str = self.arguments[0]
        lines = (NEWLINE_ESCAPE.sub("", text) if "\\" in text else text).split("\n")
        if self.env.project.setting("strip_signature_backslash"):
            return [BACKSLASH.sub(r"\1", line.strip()) for line in lines]
        return [line.strip() for line in lines]

    def read_signature(self, text: str) -> Named:
        """Read one signature.  Raises `ValueError` if it cannot be; then it is shown as it stands."""
        raise ValueError(text)

    def add_targets(self, named: Named, signature: desc_signature) -> None:
        """Give *signature* its ids and export what leads to them."""

    def enter(self, named: list[Named]) -> None:
        """Set the context of the content, given what was read of each signature."""

    def leave(self) -> None:
        """Restore the context."""

    def fields(self) -> Sequence[FieldType]:
        """Return the kinds of info fields that the content may have."""
        return self.field_types

    def extra_content(self) -> list[nodes.Node]:
        """Return what options add before the content."""
        return []

    def run(self) -> list[nodes.Node]:
        """Return the `desc`, or with ``:no-typesetting:`` a target with its ids."""
        node: desc = new_desc("", [], {"domain": self.domain, "objtype": self.objtype})
        self.set_source(node)
        named = self._add_signatures(node)
        self.enter(named)
        content = element(desc_content, "", self.extra_content())
        self.parse_content_with_sections(content)
        transform_fields(content, self.fields(), self.env)
        self.leave()
        adopt(node, [content])
        if "no-typesetting" not in self.options:
            return [node]
        ids = [name for each in node.findall(nodes.Element) for name in each["ids"]]
        return [nodes.target("", "", ids=ids)] if ids else []

    def _add_signatures(self, node: desc) -> list[Named]:
        found: list[Named] = []
        names = self.names = set()
        for text in self.signatures():
            try:
                if len(text) > MAX_SIGNATURE:
                    raise ValueError(text)
                named = self.read_signature(text)
            except ValueError:
                parts = dict.fromkeys(("prefix", "suffix", "fullname", "within"), "")
                adopt(node, [new_signature("", [], {"code": text, **parts, "references": ()})])
                continue
            said = {
                "code": named.code,
                "prefix": named.prefix,
                "suffix": named.suffix,
                "fullname": named.fullname,
                "short": named.short,
                "references": tuple(named.children),
                "within": named.name if named.fullname.endswith(f".{named.name}") else "",
            }
            signature = new_signature("", [], said)
            adopt(node, [signature])
            if named.name not in names:
                names.add(named.name)
                found.append(named)
                if not self.no_index:
                    self.add_targets(named, signature)
        return found

    def add_target(self, signature: desc_signature, node_id: str, names: Mapping[str, str]) -> None:
        """Give *signature* the id *node_id*; *names* maps what is exported to its ``domain:objtype``."""
        ids = signature.attributes["ids"]
        if node_id not in ids:
            ids.append(node_id)
            self.state.document.note_explicit_target(signature)
        for name, role in names.items():
            self.env.export(Target(role, name, node_id, line=self.lineno))


def row(base: type[ObjectDirective], **attributes: Any) -> type[ObjectDirective]:
    """Return *base* with other class attributes: a row of a table of directives."""
    return type(base.__name__, (base,), {"__doc__": base.__doc__, **attributes})


class GenericObject(ObjectDirective):
    """An object of a kind that a project adds (Sphinx: ``add_object_type``): shown as written."""

    field_types = COMMON
    parse: ClassVar[Callable[[str], tuple[str, str]] | None] = None

    def read_signature(self, text: str) -> Named:
        """Read a signature with the kind's own parser, or take it as it stands."""
        parser = type(self).parse
        code, name = parser(text) if parser else (text, normalise_name(text))
        return Named(code, name, fullname=name)

    def add_targets(self, named: Named, signature: desc_signature) -> None:
        """Export the name under the kind; the id starts with the kind's name."""
        node_id = make_id(self.env, self.state.document, self.objtype, named.name)
        self.add_target(signature, node_id, {named.name: f"{self.domain or 'std'}:{self.objtype}"})


def object_type_directive(
    domain: str,
    objtype: str,
    index_template: str = "",
    parse: Callable[[str], tuple[str, str]] | None = None,
) -> type[ObjectDirective]:
    """Return a directive for a kind of object that a project adds (Sphinx: ``app.add_object_type``).

    *parse* reads a signature into the code that is shown and the object's name; it raises `ValueError` if
    it cannot.  *index_template* is for general indices, which Markdown has none of.
    """
    return row(GenericObject, domain=domain, objtype=objtype, parse=staticmethod(parse) if parse else None)


# -- lowering -------------------------------------------------------------------------------------


def lower_desc(node: desc, ctx: Lowering) -> Lowered:
    """Turn a description into an `Object`; ids of the description itself lead to its first signature.

    In a table, where a column has names of one sort, they are as short as Sphinx shows them.
    """
    signatures = []
    blocks: list[nodes.Node] = []
    own_ids = tuple(node.attributes["ids"])
    is_in_cell = in_cell(node)
    for child in node.children:
        if type(child) is not desc_signature:
            is_content = type(child) is desc_content and not child.attributes["ids"]
            blocks += child.children if is_content else (child,)
            continue
        said = child.attributes
        is_short = is_in_cell and said.get("short")
        signatures.append(
            md.Signature(
                signature_in_cell(child) if is_short else said["code"],
                said["prefix"],
                said["suffix"],
                said["fullname"],
                (*own_ids, *said["ids"]),
                () if is_short else _if_any_refers(said["references"]),
                said["within"],
            )
        )
        own_ids = ()
    said = node.attributes
    return md.Object(said["domain"], said["objtype"], tuple(signatures), ctx.flow(blocks), line_of(node))


def in_cell(node: nodes.Element) -> bool:
    """Tell whether *node* stands in a table."""
    around: Any = node
    while (around := around.parent) is not None:
        if isinstance(around, nodes.entry):
            return True
    return False


def signature_in_cell(node: desc_signature) -> str:
    """Return the code of a signature with the name as short as it can be."""
    short: str = node.get("short", "")
    code: str = node["code"]
    return code.replace(node["fullname"], short, 1) if short else code


def _if_any_refers(children: tuple[md.Phrasing, ...]) -> tuple[md.Phrasing, ...]:
    return children if children and md.Xref in map(type, children) else ()


def lower_desc_content(node: desc_content, ctx: Lowering) -> Lowered:
    """The content alone."""
    return ctx.flow(node)


DIRECTIVES: dict[str, Any] = {
    "describe": row(ObjectDirective, objtype="describe"),
    "object": row(ObjectDirective, objtype="object"),
}
HANDLERS: dict[type, Handler] = {desc: lower_desc, desc_content: lower_desc_content}
OWN_IDS = {desc, desc_signature}
