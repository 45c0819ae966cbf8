"""Which project documents belong to: read from its ``conf.py``, or told by what they are."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .model import Diagnostic, Document, Project
from .patterns import lazy

if TYPE_CHECKING:
    from .fetching import FetchResult

PLAIN_DOCUTILS = Project(
    primary_domain="",
    highlight_language="none",
    settings={"doctitle_xform": True, "docinfo_xform": True},
)
"""What docutils' own tools do and Sphinx does not: a lone section is the document, then its bibliography."""
SPHINX_ONLY = lazy(
    r"^[ \t]*\.\. (?:toctree|(?:current)?module|function|data|method|attribute|exception|automodule|autoclass"
    r"|versionadded|versionchanged|deprecated|seealso|glossary|index|literalinclude|(?:py|c|cpp|js):\w+)::"
    r"|(?<![`\w]):(?:ref|doc|term|func|class|meth|mod|attr|exc|data|(?:py|c|cpp|js|std):\w+):`",
    re.MULTILINE,
)


def project_of(
    found: FetchResult, project: Project | None, overrides: Mapping[str, Any] | None
) -> tuple[Project, tuple[Diagnostic, ...]]:
    """Return the project that documents belong to, as given or from its ``conf.py``, with *overrides*."""
    changes = dict(overrides or {})
    conf = changes.pop("conf", None) or found.conf
    notices: tuple[Diagnostic, ...] = ()
    if project is None:
        project = Project()
        if conf is not None:
            from .rst.conf import read_conf

            root = next((d.root for d in found.documents if d.root), Path(conf).parent)
            project, notices = read_conf(Path(conf), root, changes)
        elif is_plain_docutils(found.documents):
            project = PLAIN_DOCUTILS
    return replace(project, **changes), notices


def is_plain_docutils(documents: Sequence[Document]) -> bool:
    """Tell whether files at hand that have no ``conf.py`` are docutils' own kind.

    They are, if Sphinx's markup is in next to none of them (a few may write *about* it).
    """
    if not documents or any(document.provenance.uri.startswith("http") for document in documents):
        return False
    return sum(bool(SPHINX_ONLY.search(document.text)) for document in documents) * 20 < len(documents)
