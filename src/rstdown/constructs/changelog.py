"""Lists of changes as the extension ``changelog`` makes them (SQLAlchemy, Alembic, Mako, …).

Each ``changelog`` directive describes one version; its changes are gathered below the project's headings
(``changelog_sections``), in the order of ``changelog_inner_tag_sort``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar

from docutils import nodes

from ..model import Project
from ..patterns import lazy
from ..rst.directive import RstDirective
from .recipes import fill

FIELD = lazy(r" *:(.+?):(?: +(.*))?$")
REST = "misc"
REFERENCES = (
    ("tickets", "ticket", "#%s"),
    ("pullreq", "pullreq", "pull request %s"),
    ("changeset", "changeset", "r%s"),
)


class change(nodes.General, nodes.Element):  # noqa: N801  (as docutils names its nodes)
    """A change, until its version gathers it: ``tags``, ``references``, ``backported``, and its text."""


class Fields(RstDirective):
    """A directive that starts with fields, which may occur twice."""

    option_spec: ClassVar[Any] = None  # so that docutils leaves the fields in the content

    def take_fields(self) -> dict[str, str]:
        """Take the fields off the content."""
        count = next((n for n, line in enumerate(self.content) if not FIELD.match(line)), len(self.content))
        matches = (FIELD.match(line) for line in self.content[:count])
        found = {match[1]: match[2] or "" for match in matches if match}
        self.content = self.content[count:]
        self.content_offset += count
        return found


class Change(Fields):
    """Describe one change."""

    def run(self) -> list[nodes.Node]:
        """Return the change, for its version to gather."""
        fields = self.take_fields()
        node = change("", *self.parse_content())
        node["tags"] = list(dict.fromkeys(_words(fields.get("tags", ""))))
        node["references"] = [
            (label % name, _address(self.env.project, setting, name))
            for field, setting, label in REFERENCES
            for name in sorted(set(_words(fields.get(field, ""))))
        ]
        node["backported"] = _before(
            str(self.env.store.get("changelog", "")), _words(fields.get("versions", ""))
        )
        self.set_source(node)
        return [node] if "changelog" in self.env.store else [nodes.bullet_list("", _item(node, node["tags"]))]


class Changelog(Fields):
    """Describe the changes of one version."""

    def run(self) -> list[nodes.Node]:
        """Return the version's section."""
        fields = self.take_fields()
        version, released = fields.get("version", ""), fields.get("released", "")
        store = self.env.store
        around, store["changelog"] = store.get("changelog"), version
        content = self.parse_content()
        if around is None:
            del store["changelog"]
        else:
            store["changelog"] = around
        if folder := fields.get("include_notes_from"):
            self.env.diagnose("include-failed", f"notes of changes in {folder} are left out", self.lineno)
        section = nodes.section("", nodes.title("", version), ids=[f"change-{version}"])
        self.set_source(section)
        section += nodes.paragraph("", f"Released: {released}" if released else "no release date")
        section += [node for node in content if not isinstance(node, change)]
        section += _gathered(
            [node for node in content if isinstance(node, change)], section["ids"][0], self.env.project
        )
        return [section]


def _gathered(changes: Sequence[change], prefix: str, project: Project) -> Iterator[nodes.Node]:
    known = _texts(project.setting("changelog_sections"))
    order = _texts(project.setting("changelog_inner_tag_sort"))
    hidden = bool(project.setting("changelog_hide_sections_from_tags"))
    groups: dict[str, list[change]] = {}
    for node in changes:
        groups.setdefault(_section_of(node["tags"], known), []).append(node)
    for name in (*known, REST):
        group = sorted(groups.get(name, ()), key=lambda node: _rank(node["tags"], order))
        if not group:
            continue
        heads = [] if name == REST else [tag for tag in name.split() if tag in known or " " in name]
        items = [_item(node, _tags(node["tags"], heads, order, hidden)) for node in group]
        if groups.keys() == {REST}:
            yield nodes.bullet_list("", *items)
        else:
            ids = [f"{prefix}-{name.replace(' ', '-')}"]
            yield nodes.section("", nodes.title("", name), nodes.bullet_list("", *items), ids=ids)


def _section_of(tags: Sequence[str], known: Sequence[str]) -> str:
    for name in known:
        if " " in name and set(tags).issuperset(name.split()):
            return name
    return next((tag for tag in tags if tag in known), REST)


def _rank(tags: Iterable[str], order: Sequence[str]) -> int:
    return min((order.index(tag) for tag in tags if tag in order), default=len(order))


def _tags(tags: Sequence[str], heads: Sequence[str], order: Sequence[str], hidden: bool) -> list[str]:
    inner = [tag for tag in tags if tag in order and tag not in heads][:1]
    others = sorted(set(tags) - {*heads, *inner})
    return [*([] if hidden else heads), *inner, *others] or ["no_tags"]


def _item(node: change, tags: Iterable[str]) -> nodes.list_item:
    """Return a change as an item of a list: its tags, what is said of it, its references."""
    mark = nodes.strong("", " ".join(f"[{tag}]" for tag in tags))
    children = [nodes.paragraph("", "", mark), *node.children]
    if node["backported"]:
        shown = f" to: {', '.join(node['backported'])}"
        words = (nodes.Text("This change is also "), nodes.strong("", "backported"), nodes.Text(shown))
        children.append(nodes.paragraph("", "", *words))
    if node["references"]:
        last = nodes.paragraph("", "References: ")
        for count, (text, address) in enumerate(node["references"]):
            last += [nodes.Text(", ")] if count else []
            last += nodes.reference("", text, refuri=address) if address else nodes.Text(text)
        children.append(last)
    return nodes.list_item("", *children)


def _address(project: Project, kind: str, name: str) -> str:
    template = project.setting(f"changelog_render_{kind}")
    if isinstance(template, dict):
        site, colon, rest = name.partition(":")
        name, template = (rest, template.get(site)) if colon else (name, template.get("default"))
    return fill(template, name) if isinstance(template, str) else ""


def _before(version: str, others: Iterable[str]) -> list[str]:
    """Return those of *others* that are before *version*, the latest first."""
    return sorted((v for v in others if _order(v) < _order(version)), key=_order, reverse=True)


def _order(version: str) -> list[tuple[bool, int, str]]:
    parts = (part.lstrip("0") for part in re.findall(r"\d+|[a-z]+", version))
    return [(not part.isalpha(), 0 if part.isalpha() else len(part), part) for part in parts]


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _texts(value: object) -> list[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, (list, tuple)) else []


def rows_of_changelog(project: Project) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the roles for tickets and the like, whose addresses are settings."""
    found: dict[str, Any] = {}
    for _, kind, label in REFERENCES if "changelog" in project.extensions else ():
        address = _address(project, kind, "%s")
        found[kind] = f"link:{address}|{label}" if address else f"text:{label}"
    return {}, found


PROJECTS = (rows_of_changelog,)
DIRECTIVES: dict[str, Any] = {
    "changelog": Changelog,
    "change": Change,
    "changelog_imports": "drop:made by code that is not run",
}
