"""What directives and roles know while one document is parsed (Sphinx: ``BuildEnvironment``)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from ..model import Diagnostic, Document, Project, Severity, Target, TocNode
from .prolog import DefinitionNeededError

if TYPE_CHECKING:
    from docutils import nodes

    from .gate import Gate

Scope = tuple[tuple[str, str], ...]
ALIKE = 50
"""How many diagnostics that say the same thing of different lines a page keeps one by one."""


def _kind(diagnostic: Diagnostic) -> tuple[str, str]:
    return diagnostic.code, diagnostic.message


class RefContext(dict[str, str]):
    """The reference context; ``scopes``, what `Env.scope` has made of it, is forgotten once it changes.

    It is changed key by key or by `replace`, and by nothing else.
    """

    def __init__(self) -> None:
        super().__init__()
        self.scopes: dict[Iterable[str], Scope] = {}

    def __setitem__(self, key: str, value: str) -> None:
        if self.get(key) != value:
            self.scopes.clear()
            dict.__setitem__(self, key, value)  # `super` takes longer

    def replace(self, other: Mapping[str, str]) -> None:
        """Become the same as *other*."""
        self.scopes.clear()
        self.clear()
        self.update(other)


class Env:
    """The state of one parse; reachable as ``document.settings.env``, as in Sphinx.

    ``ref_context`` has Sphinx's keys (``py:module``, ``py:class``, ``py:classes``, ``std:program``, …).
    ``gate`` is the only way to read other files.  ``unread`` are the substitutions that `spared` left out.
    """

    def __init__(self, document: Document, project: Project, gate: Gate) -> None:
        self.document = document
        self.docname = document.docname
        self.project = project
        self.gate = gate
        self.ref_context = RefContext()
        self.default_domain = project.primary_domain
        self.highlight = project.highlight_language
        self.exports: list[Target] = []
        self.diagnostics: list[Diagnostic] = []
        self.toctrees: list[TocNode] = []
        self.ledger: Counter[tuple[str, str]] = Counter()
        self.serials: Counter[str] = Counter()
        self.orphan = False
        self.tocdepth = 0
        self.store: dict[str, object] = {}
        self.unread: frozenset[str] = frozenset()
        self._scopes: dict[Scope, Scope] = {}

    def diagnose(
        self, code: str, message: str, line: int | None = 0, severity: Severity = Severity.WARNING
    ) -> None:
        """Report a loss or a doubt at *line* (1-based, 0 or None where unknown)."""
        self.diagnostics.append(Diagnostic(code, message, severity, self.docname, line or 0))

    def folded_diagnostics(self) -> tuple[Diagnostic, ...]:
        """Return the diagnostics; of those that say the same, `ALIKE` and the number of the others."""
        seen: Counter[tuple[str, str]] = Counter(map(_kind, self.diagnostics))
        left = Counter(dict.fromkeys(seen, ALIKE))
        found = []
        for diagnostic in self.diagnostics:
            kind = _kind(diagnostic)
            left[kind] -= 1
            if left[kind] >= 0:
                found.append(diagnostic)
            elif left[kind] == -1:
                more = f"{diagnostic.message} (and {seen[kind] - ALIKE:,} times more)"
                found.append(replace(diagnostic, message=more))
        return tuple(found)

    def need_definitions(self, *names: str) -> None:
        """Raise `DefinitionNeededError` if the definition of one of these substitutions was left out."""
        if self.unread and not self.unread.isdisjoint(map(str.lower, names)):
            raise DefinitionNeededError

    def export(self, target: Target) -> None:
        """Make *target* known to references from all pages."""
        self.exports.append(target)

    def record(self, name: str, outcome: str) -> None:
        """Enter what became of a directive or role (``resolved``, ``dropped: …``) in place of kept."""
        self.ledger[name, outcome] += 1
        if outcome != "kept" and (kept := self.ledger.pop((name, "kept"), 0)) > 1:
            self.ledger[name, "kept"] = kept - 1

    def new_serial(self, category: str = "id") -> int:
        """Return the next number of *category* on this page, from 0, as Sphinx' ``new_serialno``."""
        number = self.serials[category]
        self.serials[category] += 1
        return number

    def scope(self, keys: tuple[str, ...]) -> Scope:
        """Return those of the reference context's *keys* that are set, as `Xref.scope` wants them.

        Equal ones are one object: a page has one for each reference, and as bytes it is then smaller.
        """
        context = self.ref_context
        known = context.scopes.get(keys)
        if known is None:
            found = tuple([(key, value) for key in keys if (value := context.get(key))])
            known = context.scopes[keys] = self._scopes.setdefault(found, found)
        return known


def env_of(document: nodes.document) -> Env:
    """Return the environment that *document* is parsed in."""
    env: Env = document.settings.env
    return env
