"""What CPython's documentation adds to Sphinx (``Doc/tools/extensions``), in the words of docs.python.org."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar, cast

from docutils import nodes
from docutils.statemachine import StringList
from docutils.transforms import Transform

from ..model import Project
from ..patterns import lazy
from ..rst.directive import RstDirective
from ..rst.env import Env, env_of
from ..rst.gate import GateError
from ..rst.quick import element, text_element
from . import py
from .desc import desc, desc_content, object_type_directive, row
from .external import numbered
from .include import missing, read_file
from .versions import VersionChange
from .xref import crossref_role, pending

Data = TypeVar("Data")
ISSUE = lazy(r"(?:issue #|bpo-)([0-9]+)", re.ASCII)
GITHUB_ISSUE = lazy(r"gh-(?:issue-)?([0-9]+)", re.ASCII | re.IGNORECASE)
WHATS_NEW = lazy(r"^what's new in (.*?)\??$", re.ASCII | re.IGNORECASE | re.MULTILINE)
NEWS_HEADER = "+++++++++++\nPython News\n+++++++++++\n"
OPCODE = lazy(r"(\w+(?:\+\d)?)(?:\s*\((.*)\))?")
PDB_COMMAND = lazy(r"([a-z()!]+)\s*(.*)")


def reference_to(title: str, role: str, target: str) -> nodes.Node:
    """Return a reference to *target* that shows *title*."""
    return pending(role, target, [text_element(nodes.inline, "", title)], explicit=True)


class Availability(RstDirective):
    """On which platforms something is available."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return ``Availability: platforms``, then what is said of them."""
        link = reference_to("Availability", "std:ref", "availability")
        platforms = self.parse_inline(self.arguments[0])
        line = element(nodes.paragraph, "", [link, nodes.Text(": "), *platforms])
        self.set_source(line)
        return [line, *self.parse_content()]


class ImplementationDetail(RstDirective):
    """What holds for CPython only."""

    optional_arguments = 1  # text on the directive's own line

    def run(self) -> list[nodes.Node]:
        """Return the content, which starts with the label."""
        content = self.parse_content()
        if self.arguments:
            content.insert(0, nodes.paragraph("", "", *self.parse_inline(self.arguments[0])))
        if not content or not isinstance(content[0], nodes.paragraph):
            content.insert(0, nodes.paragraph())
        label = nodes.strong("", "CPython implementation detail:")
        content[0].insert(0, [label, nodes.Text(" ")])  # type: ignore[attr-defined]
        return [nodes.compound("", *content)]


class MiscNews(RstDirective):
    """The changelog, made by blurb from Misc/NEWS.d."""

    has_content = False
    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Put the changelog's lines before those that come next."""
        try:
            text, source = read_file(self, self.arguments[0])
        except GateError as error:
            return missing(self, self.arguments[0], str(error))
        text = ISSUE.sub(lambda found: f":issue:`{found[1]}`", text.removeprefix(NEWS_HEADER))
        text = GITHUB_ISSUE.sub(lambda found: f":gh:`{found[1]}`", text)
        text = WHATS_NEW.sub(r"\1", text)
        self.state_machine.insert_input(text.splitlines(), source)
        return []


class LimitedApiList(RstDirective):
    """All names of the limited C API, from the file that the setting ``stable_abi_file`` names."""

    has_content = False

    def run(self) -> list[nodes.Node]:
        """Return the list."""
        rows = stable_abi_of(self.env).values()
        if not rows:
            return [nodes.paragraph("", "", nodes.emphasis("", "The list of names is not available here."))]
        lines = [f"* :c:{row['role']}:`{row['name']}`" for row in rows]
        container = nodes.Element()
        self.state.nested_parse(StringList(lines, "stable_abi_file"), 0, container)
        return list(container.children)


class CorrespondingTypeSlot(RstDirective):
    """A note that the slot that goes with a type's field is part of the stable ABI."""

    has_content = False
    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the note, with a target for the slot's name."""
        name = self.arguments[0]
        container = nodes.Element()
        lines = [".. c:namespace:: NULL", "", f".. c:macro:: {name}", "   :no-typesetting:"]
        self.state.nested_parse(StringList(lines, self.name), 0, container)
        record = stable_abi_of(self.env).get(name)
        slot = pending("c:type", "PyType_Slot", [nodes.inline("", "slot ID")], explicit=True)
        text = [nodes.Text("The corresponding "), slot, nodes.Text(" "), nodes.literal("", name)]
        if record:
            text += [nodes.Text(" is part of the "), *stable_abi_words(record)]
        return [*container.children, nodes.paragraph("", "", *text)]


class CPythonVersionChange(VersionChange):
    """A version note in which ``next`` is the version that is being made."""

    def run(self) -> list[nodes.Node]:
        """Return the note."""
        self.arguments[0] = expand_next(self.arguments[0], self.env.project)
        return super().run()


class DeprecatedRemoved(VersionChange):
    """A note that something is deprecated, and when it will be or was removed."""

    required_arguments = 2

    def run(self) -> list[nodes.Node]:
        """Return the note; its words depend on the project's version."""
        since = expand_next(self.arguments[0], self.env.project)
        removal = self.arguments.pop(1)
        gone = version_key(self.env.project.version) >= version_key(removal)
        self.name = "deprecated"
        (note,) = super().run()
        label = f"Deprecated since version {since}, {'' if gone else 'will be '}removed in version {removal}"
        note.attributes.update(type="deprecated-removed", version=since, label=label)  # type: ignore[attr-defined]
        return [note]


class SoftDeprecated(CPythonVersionChange):
    """A note that something should not be used in new code."""

    def run(self) -> list[nodes.Node]:
        """Return the note."""
        self.name = "deprecated"
        (note,) = super().run()
        note["label"] = f"Soft {note['label'][0].lower()}{note['label'][1:]}"  # type: ignore[index]
        return [note]


def expand_next(version: str, project: Project) -> str:
    """Return *version*; for ``next``, the project's release (CPython: ``expand_version_arg``)."""
    return f"{project.release} (unreleased)" if version == "next" and project.release else version


def version_key(version: str) -> tuple[int, ...]:
    """Return a version's numbers; none for what is no version."""
    return tuple(int(part) for part in version.split(".") if part.isdecimal() and len(part) < 10)


# -- what tools/extensions/c_annotations.py adds to the C API -----------------------------


class CAnnotations(Transform):
    """Say of C functions whether they return a new reference, and what is part of the stable ABI."""

    default_priority = 880
    changed = False

    def apply(self) -> None:
        """Put the notes in front of what is said of each object."""
        env = env_of(self.document)
        if "c_annotations" not in env.project.extensions:
            return
        for content in list(self.document.findall(desc_content)):
            described = content.parent
            if isinstance(described, desc) and described.attributes["domain"] == "c":
                signature: Any = described.children[0]
                name = (*signature["ids"], "")[0].removeprefix("c.")
                self.changed = True
                content.insert(0, notes_on(env, name, described["objtype"]))


def notes_on(env: Env, name: str, objtype: str) -> list[nodes.Node]:
    """Return the notes on the C object *name*."""
    blocks: list[nodes.Node] = []
    line = nodes.paragraph()
    effect = data(env, "refcount_file", "data/refcounts.dat", refcounts).get(name)
    if objtype == "function" and effect is not None:
        line += nodes.emphasis("", f"Return value: {effect}.")
    if name.startswith("PyUnstable"):
        link = reference_to("Unstable API", "std:ref", "unstable-c-api")
        end = nodes.Text(". It may change without warning in minor releases.")
        sentence = nodes.emphasis("", "", nodes.Text("This is "), link, end)
        blocks.append(nodes.paragraph("", "", sentence))
    if record := stable_abi_of(env).get(name):
        line += [nodes.Text(" ")] * bool(line.children)
        line += nodes.emphasis("", "", nodes.Text("Part of the "), *stable_abi_words(record))
    return [*([line] if line.children else []), *blocks]


def stable_abi_words(record: dict[str, str]) -> list[nodes.Node]:
    """Return the end of the sentence on one row of ``stable_abi.dat``."""
    kind = record["struct_abi_kind"]
    title = "Limited API" if kind in {"opaque", "members"} else "Stable ABI"
    more = {"opaque": " (as an opaque struct)", "full-abi": " (including all members)"}.get(kind, "")
    if record["ifdef_note"]:
        more += f" {record['ifdef_note']}"
    if record["added"] != "3.2":  # the first version with a stable ABI
        more += f" since version {record['added']}"
    more += "."
    if kind == "members":
        more += " (Only some members are part of the stable ABI.)"
    return [reference_to(title, "std:ref", "stable"), nodes.Text(more)]


def stable_abi_of(env: Env) -> dict[str, dict[str, str]]:
    """Return the rows of the file that the setting ``stable_abi_file`` names."""
    return data(env, "stable_abi_file", "data/stable_abi.dat", stable_abi)


def data(env: Env, setting: str, default: str, read: Callable[[str], Data]) -> Data:
    """Return what *read* makes of the file that *setting* names; of nothing, once reported, if that fails."""
    key = f"cpython {setting}"
    if key not in env.store:
        name = str(env.project.setting(setting, default))
        try:
            text = env.gate.read(f"/{name}")[0]
        except GateError as error:
            env.diagnose("include-failed", f"{setting}: {error}")
            text = ""
        env.store[key] = read(text)
    return cast(Data, env.store[key])


@cache
def refcounts(text: str) -> dict[str, str]:
    """Return what the functions in ``refcounts.dat`` return, of those that return an object."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        function, kind, argument, effect, *_ = (*line.split(":", 4), "", "", "", "")
        if not line.startswith("#") and not argument and kind.endswith("Object*"):
            found[function] = {"0": "Borrowed reference", "": "Always NULL", "null": "Always NULL"}.get(
                effect, "New reference"
            )
    return found


@cache
def stable_abi(text: str) -> dict[str, dict[str, str]]:
    """Return the rows of ``stable_abi.dat`` by name."""
    return {row["name"]: row for row in csv.DictReader(text.splitlines())}


# -- kinds of objects -----------------------------------------------------------------------


def read_opcode(text: str) -> tuple[str, str]:
    """Read ``NAME (argument)`` into what is shown and the name."""
    match = OPCODE.match(text)
    if match is None:
        raise ValueError(text)
    name, argument = match.groups()
    return name if argument is None else f"{name}({argument})", name


def read_pdb_command(text: str) -> tuple[str, str]:
    """Read ``w(here) [count]`` into what is shown and the name without parentheses."""
    match = PDB_COMMAND.match(text)
    if match is None:
        raise ValueError(text)
    name, arguments = match.groups()
    return f"{name} {arguments}".rstrip(), name.replace("(", "").replace(")", "")


def read_monitoring_event(text: str) -> tuple[str, str]:
    """Read the name of an event of ``sys.monitoring``."""
    return f"sys.monitoring.events.{text}", text


def rows_of_cpython(project: Project) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what only CPython's documentation means by these names."""
    if project.name != "Python" and "pyspecific" not in project.extensions:
        return {}, {}
    names = ("versionadded", "versionchanged", "versionremoved", "deprecated")
    return dict.fromkeys(names, CPythonVersionChange), {
        "gh": numbered("https://github.com/python/cpython/issues/{}", "", "gh-{}".format),
        "issue": numbered("https://bugs.python.org/issue?@action=redirect&bpo={}", "", "bpo-{}".format),
        "source": "link:https://github.com/python/cpython/tree/main/%s",
    }


DIRECTIVES: dict[str, Any] = {
    "availability": Availability,
    "impl-detail": ImplementationDetail,
    "deprecated-removed": DeprecatedRemoved,
    "soft-deprecated": SoftDeprecated,
    "miscnews": MiscNews,
    "limited-api-list": LimitedApiList,
    "corresponding-type-slot": CorrespondingTypeSlot,
    "py:awaitablefunction": row(py.DIRECTIVES["py:function"], lead="awaitable"),
    "py:awaitablemethod": row(py.DIRECTIVES["py:method"], lead="awaitable"),
    "py:cofunction": row(py.DIRECTIVES["py:function"], always=("async",)),
    "py:comethod": row(py.DIRECTIVES["py:method"], always=("async",)),
    "py:coroutinefunction": row(py.DIRECTIVES["py:function"], always=("async",)),
    "py:coroutinemethod": row(py.DIRECTIVES["py:method"], always=("async",)),
    "py:abstractmethod": row(py.DIRECTIVES["py:method"], always=("abstractmethod",)),
    "std:opcode": object_type_directive("std", "opcode", parse=read_opcode),
    "std:pdbcommand": object_type_directive("std", "pdbcommand", parse=read_pdb_command),
    "std:monitoring-event": object_type_directive("std", "monitoring-event", parse=read_monitoring_event),
}
ROLES: dict[str, Any] = {
    "std:opcode": crossref_role("std:opcode"),
    "std:pdbcmd": crossref_role("std:pdbcmd"),
    "std:monitoring-event": crossref_role("std:monitoring-event"),
}
TRANSFORMS = (CAnnotations,)
PROJECTS = (rows_of_cpython,)
