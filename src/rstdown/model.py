"""The values that flow through the pipeline.

    Source ──fetch──▶ Document ──convert──▶ Page ──link──▶ Page ──bundle──▶ Bundle

All are frozen, picklable, and know nothing of docutils, HTTP or click.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from .frozen import dataclass

if TYPE_CHECKING:  # the command line needs the values, and not the tree
    from .markdown.nodes import Root, TocEntry


class Severity(StrEnum):
    """How bad a diagnostic is; docutils' words."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A loss or a doubt, with a stable kebab-case *code* (see ``rstdown.diagnostics``)."""

    code: str
    message: str
    severity: Severity = Severity.WARNING
    docname: str = ""
    line: int = 0

    def __str__(self) -> str:
        where = f"{self.docname}:{self.line}" if self.line else self.docname
        return f"{where}{': ' if where else ''}{self.severity}: {self.message} [{self.code}]"


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a document comes from: its address at an exact *revision* (a commit; empty if unknown)."""

    uri: str = ""
    revision: str = ""
    sha256: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class Document:
    """A raw RST document.

    *docname* is its path without suffix, with ``/``.  *path* is its file, if it has one, and *root* the
    only folder that its includes may be read from (absent: nothing may be included).  *srcdir* is
    Sphinx's source folder, against which ``/absolute`` names in directives count (by default *root*).
    """

    docname: str
    text: str
    provenance: Provenance = Provenance()
    path: Path | None = None
    root: Path | None = None
    srcdir: Path | None = None


class Target(NamedTuple):
    """Something that references may lead to.

    *role* is ``domain:objtype`` as in objects.inv (``py:function``, ``std:label``, ``std:doc``,
    ``std:term``, ``std:cmdoption``, ``std:token``, ``std:envvar``, ``math:equation``, ``citation:label``,
    …), *name* Sphinx's full name, *id* the anchor on its page (empty: the page's top), *title* what a
    reference without a title of its own shows (empty: none, a ``:ref:`` to it needs a title), *kind* is
    ``figure``/``table``/``code-block``/``section`` where numbers may be shown, *number* the object's
    number where it is known (``"2.1"``), *line* the source line.
    """

    role: str
    name: str
    id: str = ""
    title: str = ""
    kind: str = ""
    number: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class TocNode:
    """A toctree as it stands on a page (hidden ones too), for order and titles; see `Toctree` for *glob*."""

    entries: tuple[TocEntry, ...]
    numbered: int = 0
    glob: bool = False
    hidden: bool = False
    caption: str = ""
    reversed: bool = False


@dataclass(frozen=True, slots=True)
class Requirement:
    """A file that a page depends on: its path below the root, and its hash (empty: it was missing)."""

    path: str
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A converted document: its semantic tree and all that other stages need to know of it.

    *ledger* counts what became of each directive and role: ``(name, outcome) -> times`` where outcome is
    ``kept``, ``resolved`` or ``dropped: because``.  *tocdepth* is how many levels of its sections toctrees
    may show (0: all).
    """

    docname: str
    root: Root
    title: str = ""
    provenance: Provenance = Provenance()
    exports: tuple[Target, ...] = ()
    toctrees: tuple[TocNode, ...] = ()
    requires: tuple[Requirement, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    ledger: tuple[tuple[str, str, int], ...] = ()
    engine: str = "docutils"
    orphan: bool = False
    tocdepth: int = 0


@dataclass(frozen=True, slots=True)
class Project:
    """What matters of a project's settings, read statically from its ``conf.py`` and from a job file.

    Defaults are Sphinx's own.  *directives* and *roles* are vocabulary rows (see
    ``rstdown.constructs.vocabulary``): name → a recipe such as ``"note"``, ``"code:python"``, ``"drop"``;
    *local_directives* and *local_roles* are those that the project's own extensions define.
    """

    name: str = ""
    version: str = ""
    release: str = ""
    language: str = "en"
    today: str = ""
    root_doc: str = "index"
    source_suffix: tuple[str, ...] = (".rst",)
    exclude_patterns: tuple[str, ...] = ()
    include_patterns: tuple[str, ...] = ("**",)
    rst_prolog: str = ""
    rst_epilog: str = ""
    default_role: str = ""
    primary_domain: str = "py"
    highlight_language: str = "default"
    add_function_parentheses: bool = True
    add_module_names: bool = True
    numfig: bool = False
    numfig_format: Mapping[str, str] = field(default_factory=dict)
    extlinks: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    intersphinx_mapping: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    manpages_url: str = ""
    extensions: tuple[str, ...] = ()
    tags: tuple[str, ...] = ("html",)
    object_types: tuple[tuple[str, str, str], ...] = ()
    crossref_types: tuple[tuple[str, str], ...] = ()
    directives: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    local_directives: Mapping[str, str] = field(default_factory=dict)
    local_roles: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, object] = field(default_factory=dict)

    def setting(self, name: str, default: object = None) -> object:
        """Return any other ``conf.py`` setting that could be read as a literal."""
        return self.settings.get(name, default)
