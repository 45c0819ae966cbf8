"""Changelogs as the extension ``releases`` makes them (Fabric, Invoke, Paramiko, …).

Such a changelog is one list, newest first, of changes (``:bug:`12 major```) and releases
(``:release:`1.2.0 <2024-05-06>```), from which each release takes the changes that are its own: a feature
release those that wait for one, a bugfix release those of its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import dropwhile, takewhile
from typing import Any

from docutils import nodes
from docutils.transforms import Transform

from ..model import Project
from ..patterns import lazy
from ..rst.env import Env, env_of
from .external import reference_role
from .lowering import Handler, Lowered, Lowering
from .recipes import fill

GITHUB = "https://github.com"
KINDS = ("feature", "bug", "support")  # in the order in which a release lists them
SPEC = lazy(r"(>=|<=|==|<|>|)\s*(\d+(?:\.\d+)*)(\+?)")
Version = tuple[int, ...]


class change_mark(nodes.Inline, nodes.TextElement):  # noqa: N801  (as docutils names its nodes)
    """The start of a change: ``kind``, ``number``, ``words``; its children show it."""


class release_mark(nodes.Inline, nodes.TextElement):  # noqa: N801
    """A release: ``number``, ``date``, ``address``; its children show it."""


@dataclass(eq=False, slots=True)
class Change:
    """A change: its item of the list, what kind it is, the versions that it is meant for."""

    item: nodes.list_item
    kind: str = "bug"
    number: str = ""
    backported: bool = False
    major: bool = False
    spec: str = ""
    bare: nodes.paragraph | None = None  # its first paragraph, if that has no mark

    @property
    def waits(self) -> bool:
        """Does it wait for a feature release?"""
        return self.major if self.kind == "bug" else not self.backported


@dataclass(eq=False, slots=True)
class Release:
    """A release: what its heading shows, the changes that it names itself, those that it has."""

    number: str
    title: Sequence[nodes.Node]
    named: Sequence[str] = ()
    changes: Sequence[Change] = ()

    @property
    def family(self) -> int:
        """The first part of the number."""
        return version(self.number)[0]

    @property
    def line(self) -> str:
        """The number without its last part."""
        return self.number.rpartition(".")[0]


@dataclass(eq=False, slots=True)
class Family:
    """What has not been released of the versions with one first number; *lines* by their names (``1.2``)."""

    bugs: list[Change] = field(default_factory=list)
    features: list[Change] = field(default_factory=list)
    lines: dict[str, list[Change]] = field(default_factory=dict)


@dataclass(eq=False, slots=True)
class History:
    """What has been read so far, from the oldest entry on."""

    prehistory: bool  # are versions before 1.0 not told apart by kinds of changes?
    families: dict[int, Family] = field(default_factory=dict)
    early: list[Change] = field(default_factory=list)
    known: dict[str, list[Change]] = field(default_factory=dict)

    @property
    def unstable(self) -> bool:
        """Is this still before the first stable release?"""
        stable = [family for number, family in self.families.items() if number]
        return self.prehistory and len(stable) < 2 and not any(family.lines for family in stable)

    def add(self, change: Change) -> None:
        """Put a change where the releases that it belongs to will find it."""
        if change.number:
            self.known.setdefault(change.number, []).append(change)
        if self.unstable:
            self.early.append(change)
            return
        if change.bare is not None:
            change.bare.insert(0, nodes.Text("[Bug]: "))
        released = [number for number, family in self.families.items() if family.lines]
        spec = change.spec or self._usual(change, released)
        for number, family in self.families.items():
            if not meant(spec, str(number)):
                continue
            lines = [] if change.waits else [line for line in family.lines if meant(spec, line)]
            for waiting in (*(family.lines[line] for line in lines), *([family.bugs] if lines else [])):
                waiting.append(change)
            if change.waits or change.backported or not released:
                family.features.append(change)

    def _usual(self, change: Change, released: Sequence[int]) -> str:
        """Return the versions that a change is for which says nothing of it."""
        if change.waits:
            return f">={max(self.families)}"
        if released:
            return f">={max(released)}"
        stable = [number for number in self.families if number]
        return f">={min(stable)}" if self.prehistory and stable else ""

    def take(self, release: Release) -> list[Change]:
        """Return the changes of a release; they wait no longer."""
        if release.named:
            return self._take_named(release)
        family = self.families.setdefault(release.family, Family())
        if self.unstable:
            found, self.early = self.early, []
            if release.family:
                family.lines[release.line] = []
        elif release.line in family.lines:
            found, family.lines[release.line] = family.lines[release.line], []
            family.bugs = [change for change in family.bugs if change not in found]
        else:
            found, family.features, family.lines[release.line] = family.features, [], []
        return found

    def _take_named(self, release: Release) -> list[Change]:
        found = [change for number in release.named for change in self.known.get(number, ())]
        family = self.families.setdefault(release.family, Family())
        for waiting in (family.features, family.bugs, family.lines.get(release.line, [])):
            waiting[:] = [change for change in waiting if change not in found]
        return found


def version(text: str) -> Version:
    """Return the numbers of a version."""
    return tuple(int(part) for part in re.findall(r"\d{1,9}", text)) or (0,)


def meant(spec: str, number: str) -> bool:
    """Is the version (or line, or family) *number* one of ``1.2+``, ``>=1,<2``, …?  Parts not given match."""
    for sign, text, above in SPEC.findall(spec):
        size = min(len(version(text)), len(version(number)))
        bound, given = version(text)[:size], version(number)[:size]
        exact = size == len(version(text))
        fits = {
            ">=": given >= bound,
            "<=": given <= bound,
            ">": given > bound or (given == bound and not exact),
            "<": given < bound or (given == bound and not exact),
        }
        if not fits.get(">=" if above else sign, given == bound):
            return False
    return True


def history(entries: Sequence[Change | Release], prehistory: bool) -> tuple[list[Release], History]:
    """Give each release of *entries*, the oldest first, its changes; return them and what is left."""
    first = next((entry for entry in entries if isinstance(entry, Release)), None)
    past = History(prehistory, {first.family if first else 0: Family()})
    releases = []
    for n, entry in enumerate(entries):
        if isinstance(entry, Change):
            past.add(entry)
            continue
        entry.changes = past.take(entry)
        releases.append(entry)
        ahead = dropwhile(lambda other: isinstance(other, Change), entries[n + 1 :])
        for other in takewhile(lambda other: isinstance(other, Release), ahead):
            if isinstance(other, Release) and not any(version(other.number)[1:]):
                past.families.setdefault(other.family, Family())
    return releases, past


def coming(past: History, project: Project) -> Iterator[Release]:
    """Yield the releases that the changes left wait for."""
    branch = str(project.setting("releases_development_branch") or "master")
    address = _address(project, "release_uri", f"tree/{branch}").replace("%s", branch)

    def release(words: str, changes: list[Change]) -> Release:
        shown = f"Next {words}release"
        title = nodes.reference("", shown, refuri=address) if address else nodes.Text(shown)
        return Release("", [title], changes=changes)

    if past.unstable:
        yield release("", past.early)
        return
    supported = project.setting("releases_supported_versions")
    for number, family in past.families.items():
        if not isinstance(supported, (list, tuple)) or number in supported:
            prefix = f"{number}.x " if len(past.families) > 1 else ""
            yield release(f"{prefix}bugfix ", family.bugs)
            yield release(f"{prefix}feature ", family.features)


class GatherReleases(Transform):
    """Make the list of a changelog a section for each release, the newest first."""

    default_priority = 600
    changed = False

    def apply(self) -> None:
        """Replace the first list that has releases."""
        mark = next(self.document.findall(release_mark), None)
        listed = mark.parent.parent.parent if mark is not None and mark.parent is not None else None
        if not isinstance(listed, nodes.bullet_list):
            return
        self.changed = True
        project = env_of(self.document).project
        prehistory = bool(project.setting("releases_unstable_prehistory"))
        entries = [_entry(item) for item in reversed(listed.children) if isinstance(item, nodes.list_item)]
        releases, past = history(entries, prehistory)
        found = [*releases, *coming(past, project)]
        listed.replace_self([self._section(release) for release in reversed(found) if release.changes])

    def _section(self, release: Release) -> nodes.section:
        changes = sorted(release.changes, key=lambda change: KINDS.index(change.kind))
        section = nodes.section("", nodes.title("", "", *release.title))
        section += nodes.bullet_list("", *(change.item.deepcopy() for change in changes), bullet="*")
        if release.number and release.number not in self.document.ids:
            section["ids"] = [release.number]
            self.document.ids[release.number] = section
        return section


def _entry(item: nodes.list_item) -> Change | Release:
    """Return what an item of a changelog says; one without a mark is a bug."""
    first = item.children[0] if item.children else None
    mark = first.children[0] if isinstance(first, nodes.Element) and first.children else None
    if isinstance(mark, release_mark) and isinstance(first, nodes.Element):
        named = tuple(re.findall(r"\d+", "".join(node.astext() for node in first.children[1:])))
        return Release(mark["number"], list(mark.children), named)
    if not isinstance(mark, change_mark):
        return Change(item, bare=first if isinstance(first, nodes.paragraph) else None)
    words = mark["words"]
    spec = next((word.strip("()") for word in words if SPEC.search(word)), "")
    return Change(item, mark["kind"], mark["number"], "backported" in words, "major" in words, spec)


def rows_of_releases(project: Project) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the roles of ``releases``."""
    if "releases" not in project.extensions:
        return {}, {}
    issues = _address(project, "issue_uri", "issues/%s")
    pages = _address(project, "release_uri", "tree/%s")

    def change(kind: str) -> Any:
        def make(title: str, target: str, explicit: bool, env: Env) -> list[nodes.Node]:
            number, *words = target.split() or ["-"]
            number = "" if number in {"-", "0"} else number
            shown = list(_shown(kind.title(), number, issues))
            return [change_mark("", "", *shown, kind=kind, number=number, words=words)] if kind else shown

        return reference_role(make)

    def release(title: str, target: str, explicit: bool, env: Env) -> list[nodes.Node]:
        link = nodes.reference("", title, refuri=fill(pages, title)) if pages else nodes.Text(title)
        date = [nodes.Text(f" {target}")] if explicit else []
        return [release_mark("", "", link, *date, number=title)]

    return {}, {
        **{kind: change(kind) for kind in KINDS},
        "issue": change(""),
        "release": reference_role(release),
    }


def _address(project: Project, setting: str, path: str) -> str:
    repository = project.setting("releases_github_path")
    given = project.setting(f"releases_{setting}") or (f"{GITHUB}/{repository}/{path}" if repository else "")
    return str(given).replace("{number}", "%s")


def _shown(kind: str, number: str, address: str) -> Iterator[nodes.Node]:
    if kind:
        yield nodes.Text(f"[{kind}]")
    if number:
        if kind:
            yield nodes.Text(" ")
        shown = f"#{number}"
        yield nodes.reference("", shown, refuri=fill(address, number)) if address else nodes.Text(shown)
    if kind:
        yield nodes.Text(":")


def lower_mark(node: nodes.Element, ctx: Lowering) -> Lowered:
    """Show what a mark shows."""
    return ctx.phrasing(node)


HANDLERS: dict[type, Handler] = {change_mark: lower_mark, release_mark: lower_mark}
TRANSFORMS = (GatherReleases,)
PROJECTS = (rows_of_releases,)
