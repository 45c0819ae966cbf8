"""Info field lists of object descriptions, merged as Sphinx merges them (Sphinx: ``DocFieldTransformer``).

``:param int x: …``, ``:type x: …`` become one field *Parameters* with a list; what is unknown keeps its
place, its name capitalised.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import field
from typing import TypeAlias

from docutils import nodes

from ..frozen import dataclass
from ..markdown import nodes as md
from ..rst.env import Env
from ..rst.phrased import Phrased

Linker: TypeAlias = Callable[[str, Env], list[nodes.Node]]

TEXTLESS = (nodes.footnote_reference, nodes.image)
"""What shows something and yet may have no text."""


@dataclass(frozen=True, slots=True)
class FieldType:
    """A kind of info field (Sphinx: ``Field``, ``GroupedField``, ``TypedField``).

    Fields named as in *names* are shown under *label*; *grouped* ones as one field with a list.
    *type_names* name fields that hold the types.  *collapse* shows a group of one without a list.
    *link_argument*, *link_type* and *link_body* turn the argument, a type and a plain body into references.
    """

    label: str
    names: tuple[str, ...]
    type_names: tuple[str, ...] = ()
    has_argument: bool = True
    grouped: bool = False
    collapse: bool = False
    link_argument: Linker | None = None
    link_type: Linker | None = None
    link_body: Linker | None = None


# For kinds of objects that a project adds: which fields they have is not known, so common names count.
COMMON = (
    FieldType(
        "Parameters",
        ("param", "parameter", "arg", "argument"),
        ("paramtype", "type"),
        grouped=True,
        collapse=True,
    ),
    FieldType("Raises", ("raises", "raise", "exception", "except"), grouped=True, collapse=True),
    FieldType("Returns", ("returns", "return"), has_argument=False),
    FieldType("Return type", ("rtype",), has_argument=False),
)


@dataclass(frozen=True, slots=True)
class _Item:
    """An argument with its description: inline content, then blocks."""

    argument: str
    inline: list[nodes.Node]
    blocks: list[nodes.Node]


@dataclass(frozen=True, slots=True)
class _Group:
    """What is shown as one field."""

    kind: FieldType
    items: list[_Item] = field(default_factory=list)


def transform_fields(content: nodes.Element, kinds: Sequence[FieldType], env: Env) -> None:
    """Replace the field lists that are immediate children of *content*; ``:meta:`` fields go."""
    for child in list(content.children):
        if isinstance(child, nodes.field_list):
            fields = _merged(child, kinds, env)
            content.replace(child, nodes.field_list("", *fields) if fields else [])


def _merged(field_list: nodes.field_list, kinds: Sequence[FieldType], env: Env) -> list[nodes.field]:
    entries: list[nodes.field | _Group] = []
    groups: dict[int, _Group] = {}
    types: dict[tuple[int, str], list[nodes.Node]] = {}
    for node in field_list.findall(nodes.field):
        if node.parent is not field_list:
            continue
        name, _, argument = node[0].astext().partition(" ")
        argument = argument.strip()
        if name == "meta":
            env.record(":meta:", "dropped: says how to show the object")
            continue
        kind, is_type = _kind_of(name, kinds)
        if kind is None or kind.has_argument != bool(argument):
            entries.append(_passed_through(node, name, argument, kind if is_type else None, env))
        elif is_type:
            if inline := _split_body(node[1])[0]:
                types[id(kind), argument] = inline
        else:
            if kind.type_names and " " in argument:
                of_type, _, argument = argument.rpartition(" ")
                types[id(kind), argument] = [nodes.Text(of_type.strip())]
            group = groups.get(id(kind)) if kind.grouped else None
            if group is None:
                group = groups[id(kind)] = _Group(kind)
                entries.append(group)
            group.items.append(_Item(argument, *_split_body(node[1])))
    return [_field_of(entry, types, env) if isinstance(entry, _Group) else entry for entry in entries]


def _kind_of(name: str, kinds: Sequence[FieldType]) -> tuple[FieldType | None, bool]:
    for kind in kinds:
        if name in kind.type_names:
            return kind, True
        if name in kind.names:
            return kind, False
    return None, False


def _split_body(body: nodes.Node) -> tuple[list[nodes.Node], list[nodes.Node]]:
    """Return the inline content of a leading paragraph, and the other blocks."""
    first, *rest = body.children or [nodes.paragraph()]
    if isinstance(first, nodes.paragraph):
        return list(first.children), rest
    return [], [first, *rest]


def _passed_through(
    node: nodes.field, name: str, argument: str, type_of: FieldType | None, env: Env
) -> nodes.field:
    """Keep a field that is not known, or whose argument is not as it should be; its name capitalised."""
    shown = name[:1].upper() + name[1:] + (f" {argument}" if argument else "")
    inline, blocks = _split_body(node[1])
    if type_of and type_of.link_type and _is_plain(inline) and not blocks:
        inline = type_of.link_type(inline[0].astext(), env)
    return _field(shown, [*([nodes.paragraph("", "", *inline)] if inline else []), *blocks])


def _is_plain(inline: list[nodes.Node]) -> bool:
    """Tell whether there is text only."""
    if len(inline) != 1 or not isinstance(inline[0], nodes.Text):
        return False
    return not isinstance(inline[0], Phrased) or all(type(part) is md.Text for part in inline[0].phrasing)


def _field_of(group: _Group, types: dict[tuple[int, str], list[nodes.Node]], env: Env) -> nodes.field:
    kind = group.kind
    if not kind.grouped:
        (item,) = group.items
        inline = item.inline
        if kind.link_body and _is_plain(inline) and not item.blocks:
            inline = kind.link_body(inline[0].astext(), env)
        name = f"{kind.label} {item.argument}" if item.argument else kind.label
        return _field(name, [nodes.paragraph("", "", *inline), *item.blocks])
    shown = [_described(kind, item, types.get((id(kind), item.argument), []), env) for item in group.items]
    if kind.collapse and len(shown) == 1:
        return _field(kind.label, shown[0])
    return _field(kind.label, [nodes.bullet_list("", *(nodes.list_item("", *blocks) for blocks in shown))])


def _described(kind: FieldType, item: _Item, of_type: list[nodes.Node], env: Env) -> list[nodes.Node]:
    """Return ``name (type) – description`` as blocks."""
    paragraph = nodes.paragraph()
    if kind.link_argument:
        paragraph += kind.link_argument(item.argument, env)
    else:
        paragraph += nodes.literal("", item.argument)
    if of_type:
        if kind.link_type and _is_plain(of_type):
            of_type = kind.link_type(of_type[0].astext(), env)
        paragraph += [nodes.Text(" ("), *of_type, nodes.Text(")")]
    if any(isinstance(node, TEXTLESS) or node.astext().strip() for node in item.inline):
        paragraph += [nodes.Text(" – "), *item.inline]
    return [paragraph, *item.blocks]


def _field(name: str, body: list[nodes.Node]) -> nodes.field:
    return nodes.field("", nodes.field_name("", name), nodes.field_body("", *body))
