"""Substitutions that Sphinx defines for every page, and those that nobody defines."""

from __future__ import annotations

import os
import time
from typing import Any

from docutils import nodes
from docutils.parsers.rst.states import SubstitutionDef
from docutils.transforms import Transform

from ..model import Project
from ..rst.directive import RstDirective
from ..rst.env import env_of
from .lowering import line_of

SPHINX_DATE = "%b %d, %Y"


def formatted_date(pattern: str) -> str:
    """Return the date of this run; ``SOURCE_DATE_EPOCH`` makes it reproducible."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    return time.strftime(pattern, time.gmtime(int(epoch) if epoch.isdecimal() and len(epoch) < 12 else None))


def default_substitution(name: str, project: Project) -> str:
    """Return the text that Sphinx has for *name*; empty if it has none or does not know it."""
    if name == "today":
        pattern = project.setting("today_fmt") or SPHINX_DATE
        return project.today or formatted_date(str(pattern))
    return {"version": project.version, "release": project.release}.get(name, "")


class DefaultSubstitutions(Transform):
    """Replace substitutions that the document does not define (Sphinx: the class of this name)."""

    default_priority = 210  # before docutils' Substitutions (220)
    changed = False

    def apply(self) -> None:
        """Put in Sphinx's text; a name that nobody defines stays as text, and is reported."""
        document = self.document
        env = env_of(document)
        known = document.substitution_defs.keys() | document.substitution_names.keys()
        for node in list(document.findall(nodes.substitution_reference)):
            name = node["refname"]
            if name in known or name.lower() in known:
                continue
            text = default_substitution(name, env.project)
            if not text:
                env.diagnose(
                    "substitution-undefined", f"nothing defines |{name}|; its name is kept", line_of(node)
                )
            node.replace_self(nodes.Text(text or node.astext()))
            self.changed = True


class Date(RstDirective):
    """The date of this run (docutils: ``date``)."""

    def run(self) -> list[nodes.Node]:
        """Return the date in the format that the content gives."""
        if not isinstance(self.state, SubstitutionDef):
            raise self.error('the "date" directive stands in substitution definitions only')
        return [nodes.Text(formatted_date("\n".join(self.content) or "%Y-%m-%d"))]


TRANSFORMS = (DefaultSubstitutions,)
DIRECTIVES: dict[str, Any] = {"date": Date}
