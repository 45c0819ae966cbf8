"""Vocabulary of extensions in wide use whose directives and roles a recipe describes: rows of data only.

Families that need code have modules of their own (design, tabs, diagrams, notebooks, autodoc, …).
"""

from __future__ import annotations

from typing import Any

from ..model import Project

NO_PAGE = "drop:of the web site, not of the page"

MEDIA = {
    "youtube": "link:https://www.youtube.com/watch?v=%s|YouTube video %s",
    "vimeo": "link:https://vimeo.com/%s|Vimeo video %s",
    "peertube": "link:%s|Video %s",
    "video": "link:%s|Video %s",
    "audio": "link:%s|Audio %s",
    "asciinema": "link:https://asciinema.org/a/%s|Terminal recording %s",
    "soundcloud": "link:%s|Audio %s",
    "iframe": "link:%s|%s",
    "gist": "link:https://gist.github.com/%s|Gist %s",
    "slide": "link:%s|Slides %s",
    "thumbnail": "image",
    "lightbox": "image",
    "image-comparison": "image",
    "image-sg": "image",
    "image-sg-ignore": "image",
}
BLOG = {
    "post": "content",
    "postlist": NO_PAGE,
    "update": "admonition",
    "feed": NO_PAGE,
    "tags": "line:Tags:",
    "disqus": NO_PAGE,
    "ogp-description": NO_PAGE,
    "redirect": NO_PAGE,
    "sponsors": NO_PAGE,
    "contributors": NO_PAGE,
    "sphinx-version-warning": NO_PAGE,
    "towncrier-draft-entries": NO_PAGE,
    "frontmatter": "drop:for LaTeX",
    "mainmatter": "drop:for LaTeX",
    "backmatter": "drop:for LaTeX",
    "versionwarning": NO_PAGE,
    "github_contributors": NO_PAGE,
}
DATA = {
    "jsonschema": "code:json",
    "autoyaml": "code:yaml",
    "exceltable": "line:Table from",
    "datatable": "csv-table",
    "datatemplate": "line:Data from",
    "datatemplate:json": "line:Data from",
    "datatemplate:yaml": "line:Data from",
    "rst-example": "code:rst",
    "rest-example": "code:rst",
    "codeinclude": "literalinclude",
    "remoteliteralinclude": "link:%s|%s",
    "rli": "link:%s|%s",
    "remoteinclude": "link:%s|%s",
    "extended-literalinclude": "literalinclude",
    "spelling": "drop:words for a spell checker",
    "spelling:word-list": "drop:words for a spell checker",
    "terminal": "code:console",
    "output": "code:text",
    "exercise": "admonition:Exercise",
    "solution": "admonition:Solution",
    "legacy": "admonition:Legacy",
    "question": "admonition:Question",
    "quote": "epigraph",
    "info": "note",
    "success": "tip",
    "faq": "admonition",
    "tldr": "admonition:TL;DR",
    "need": "title",
    "needtable": "drop:gathers needs of all pages",
    "needlist": "drop:gathers needs of all pages",
    "needflow": "drop:gathers needs of all pages",
    "req": "title",
    "spec": "title",
    "impl": "title",
}
PROOFS = (
    *("algorithm", "assumption", "axiom", "conjecture", "corollary", "criterion", "definition", "example"),
    *("lemma", "notation", "observation", "proof", "property", "proposition", "remark", "theorem"),
)

DIRECTIVES: dict[str, Any] = {
    **MEDIA,
    **BLOG,
    **DATA,
    **{f"{domain}:{kind}": f"admonition:{kind.title()}" for domain in ("prf", "proof") for kind in PROOFS},
}
ROLES: dict[str, Any] = {
    "arxiv": "link:https://arxiv.org/abs/%s|arXiv:%s",
    "cite": "text:[%s]",
    "cite:alp": "text:%s",
    "cite:alps": "text:%s",
    "cite:author": "text:%s",
    "cite:cts": "text:[%s]",
    "cite:ct": "text:[%s]",
    "cite:ctp": "text:[%s]",
    "cite:empty": "drop",
    "cite:ft": "text:[%s]",
    "cite:label": "text:%s",
    "cite:labelpar": "text:[%s]",
    "cite:p": "text:[%s]",
    "cite:ps": "text:[%s]",
    "cite:t": "text:[%s]",
    "cite:ts": "text:[%s]",
    "cite:year": "text:%s",
    "cite:yearpar": "text:(%s)",
    "citep": "text:[%s]",
    "citet": "text:[%s]",
    "footcite": "text:[%s]",
    "footcite:p": "text:[%s]",
    "footcite:t": "text:[%s]",
    "doi": "link:https://doi.org/%s|doi:%s",
    "hl": "strong",
    "hoverxref": "std:ref",
    "need": "text",
    "need_ref": "text",
    "pypi": "link:https://pypi.org/project/%s/|%s",
    "orcid": "link:https://orcid.org/%s|%s",
    "prf:ref": "xref:std:ref",
    "spelling:ignore": "text",
    "strike": "text",
    "del": "text",
    "u": "text",
    "underline": "text",
    "wiki": "link:https://en.wikipedia.org/wiki/%s|%s",
    "wikipedia": "link:https://en.wikipedia.org/wiki/%s|%s",
    "youtube": "link:https://www.youtube.com/watch?v=%s|YouTube video %s",
}


def rows_of_sphinx_issues(project: Project) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the roles of ``sphinx_issues``, whose addresses are settings."""
    repository = str(
        project.setting("issues_github_path") or project.setting("issues_default_group_project") or ""
    )
    if not repository or "sphinx_issues" not in project.extensions:
        return {}, {}
    site = f"https://github.com/{repository}"
    issues = str(project.setting("issues_uri") or f"{site}/issues/{{issue}}")
    pulls = str(project.setting("issues_pr_uri") or f"{site}/pull/{{pr}}")
    return {}, {
        "issue": f"link:{issues.replace('{issue}', '%s')}|#%s",
        "pr": f"link:{pulls.replace('{pr}', '%s')}|#%s",
        "commit": f"link:{site}/commit/%s|%s",
        "user": "link:https://github.com/%s|@%s",
        "pypi": "link:https://pypi.org/project/%s|%s",
    }


def rows_of_toolbox(project: Project) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the roles of ``sphinx_toolbox``, whose addresses are settings."""
    user, repository = project.setting("github_username"), project.setting("github_repository")
    if not user or not repository or not any(e.startswith("sphinx_toolbox") for e in project.extensions):
        return {}, {}
    site = f"https://github.com/{user}/{repository}"
    return {}, {
        "issue": f"link:{site}/issues/%s|#%s",
        "pull": f"link:{site}/pull/%s|#%s",
        "source": "code",
    }


PROJECTS = (rows_of_sphinx_issues, rows_of_toolbox)
