"""Vocabulary of extensions that serve the projects of one house, where a project uses them: rows of data.

``sphinx_scrapy``, ``sphinx_celery``.
"""

from __future__ import annotations

from typing import Any

from docutils import nodes

from ..model import Project
from ..patterns import lazy
from ..rst.env import Env
from .external import reference_role
from .std import crossref_type_directive
from .xref import crossref_role

Rows = tuple[dict[str, Any], dict[str, Any]]
GITHUB = "https://github.com"
TYPES = {
    "sphinx_scrapy": ("command", "reqmeta", "setting", "signal", "stat"),
    "sphinx_celery": ("setting", "signal"),
}
ISSUE = lazy(r"(?:(?P<owner>[\w.-]+)/)?(?:(?P<name>[\w.-]+)#)?(?P<number>\d+)")


def rows_of_types(project: Project) -> Rows:
    """Return the kinds of targets and references that an extension adds."""
    kinds = [kind for extension in _extensions(project) for kind in TYPES.get(extension, ())]
    return (
        {f"std:{kind}": crossref_type_directive(kind) for kind in kinds},
        {f"std:{kind}": crossref_role(f"std:{kind}") for kind in kinds},
    )


def rows_of_celery(project: Project) -> Rows:
    """Return the links that ``sphinx_celery`` sets up for a project's ``github_project``."""
    repository = project.setting("github_project")
    if "sphinx_celery" not in _extensions(project) or not repository:
        return {}, {}
    return {}, {
        "sha": f"link:{GITHUB}/{repository}/commit/%s|GitHub SHA@%s",
        "github_branch": f"link:{GITHUB}/{repository}/tree/%s|GitHub branch %s",
        "github_user": f"link:{GITHUB}/%s/|@%s",
        "issue": f"link:{GITHUB}/{repository}/issues/%s|#%s",
        "pypi": "link:https://pypi.org/project/%s/|https://pypi.org/project/%s/",
    }


def rows_of_scrapy(project: Project) -> Rows:
    """Return the role for issues of Scrapy's projects: ``:gh:`123```, ``:gh:`parsel#12```."""
    if "sphinx_scrapy" not in project.extensions:
        return {}, {}
    own = project.name.lower() or "scrapy"

    def issue(title: str, target: str, explicit: bool, env: Env) -> list[nodes.Node]:
        match = ISSUE.fullmatch(target.strip())
        if match is None:
            return [nodes.literal("", title)]
        name = match["name"] or own
        label = f"#{match['number']}" if name == own else f"{name}#{match['number']}"
        address = f"{GITHUB}/{match['owner'] or 'scrapy'}/{name}/issues/{match['number']}"
        return [nodes.reference("", title if explicit else label, refuri=address)]

    return {}, {"gh": reference_role(issue)}


def _extensions(project: Project) -> tuple[str, ...]:
    """Return the extensions of *project*; ``sphinx_celery`` sets up what is not listed."""
    celery = "sphinx_celery" if project.setting("github_project") and not project.extensions else ""
    return (*project.extensions, celery)


PROJECTS = (rows_of_types, rows_of_celery, rows_of_scrapy)
