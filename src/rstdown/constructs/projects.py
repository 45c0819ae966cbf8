"""Vocabulary of well-known projects that recipes describe: rows of data only.

Most of these projects register it in ``conf.py`` or an extension beside it, which is read where it
is at hand; these rows serve single pages, too.
"""

from __future__ import annotations

from itertools import takewhile
from typing import Any

from docutils import nodes

from ..model import Project
from .code import code_node
from .desc import GenericObject, Named, object_type_directive
from .inline import text_role
from .recipes import Recipe
from .std import crossref_type_directive
from .unknown import shown
from .versions import VersionChange
from .xref import crossref_role

NO_IMPORT = "drop:made by code that is not run"


class DjangoAdmin(GenericObject):
    """Describe a command of ``django-admin``; options that follow are its."""

    domain = "std"
    objtype = "django-admin"

    def read_signature(self, text: str) -> Named:
        """Read a command with its arguments."""
        command = text.split(" ")[0]
        self.env.ref_context["std:program"] = command
        return Named(f"django-admin {text}", command, fullname=command)


class DjangoVersion(VersionChange):
    """A version note in the words of Django's site."""

    def run(self) -> list[nodes.Node]:
        """Return the note."""
        (note,) = super().run()
        words = "New" if self.name.lower() == "versionadded" else "Changed"
        note.attributes["label"] = f"{words} in Django {self.arguments[0]}"  # type: ignore[attr-defined]
        return [note]


def rows_of_django(project: Project) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what only Django's documentation means by these names."""
    if project.name != "Django":
        return {}, {}
    return dict.fromkeys(("versionadded", "versionchanged"), DjangoVersion), {}


def ticket(rawtext: str, text: str) -> nodes.Node:
    """Return the number of a ticket."""
    return nodes.inline(rawtext, f"#{text.lstrip('#')}")


DJANGO_TYPES = ("setting", "templatetag", "templatefilter", "fieldlookup")
DJANGO = {
    **{f"std:{name}": crossref_type_directive(name) for name in DJANGO_TYPES},
    "std:django-admin": DjangoAdmin,
    "django-admin-option": "std:option",
    "snippet": "code-block",
    "console": "code:console",
}
DJANGO_ROLES = {
    "std:setting": crossref_role("std:setting"),
    "std:ttag": crossref_role("std:ttag"),
    "std:tfilter": crossref_role("std:tfilter"),
    "std:lookup": crossref_role("std:lookup"),
    "std:djadmin": crossref_role("std:djadmin"),
    "djadminopt": "code",
    "ticket": text_role(ticket),
}

KERNEL = {
    "kernel-doc": "line:Documentation from the source of",
    "kernel-figure": "figure",
    "kernel-image": "image",
    "kernel-render": "code",
    "kernel-include": "include",
    "kernel-feat": NO_IMPORT,
    "kernel-abi": NO_IMPORT,
    "maintainers-include": NO_IMPORT,
}


def parameter(rawtext: str, text: str) -> nodes.Node:
    """Return a parameter as SQLAlchemy's ``paramref`` shows it: a path without its leading dot."""
    return nodes.literal(rawtext, shown(text).lstrip("."))


class Hazmat(Recipe):
    """Warn of dangerous modules, in the words of pyca/cryptography's site (``hazmat``)."""

    def run(self) -> list[nodes.Node]:
        """Return the warning; the argument or content names a document to read instead."""
        body = self.parse_inline(HAZMAT)
        found = [nodes.paragraph("", "", *body)]
        if name := " ".join(filter(None, (self.argument, *self.content))).strip():
            instead = self.parse_inline(f"You may instead be interested in :doc:`{name}`.")
            found.append(nodes.paragraph("", "", *instead))
        return [nodes.danger("", *found)]


def plugin(rawtext: str, text: str) -> nodes.Node:
    """Return a name as Ansible's roles show it: without the kind that follows ``#``."""
    return nodes.literal(rawtext, shown(text).partition("#")[0])


HAZMAT = (
    'This is a "Hazardous Materials" module. You should **ONLY** use it if you\'re 100% absolutely sure that '
    "you know what you're doing because this module is full of land mines, dragons, and dinosaurs with laser "
    "guns."
)
CRYPTOGRAPHY = {"hazmat": Hazmat}

SQLALCHEMY = {
    "format_path": NO_IMPORT,
    "deepalchemy": "admonition:Deep Alchemy",
}
SQLALCHEMY_ROLES = {"paramref": text_role(parameter)}


class AnsibleLinks(Recipe):
    """List links that are given in YAML (``ansible-links``)."""

    def run(self) -> list[nodes.Node]:
        """Return the list; what is not of the usual form is shown as it stands."""
        items = " ".join(" ".join(self.content).split()).split("title: ")[1:]
        links = [
            (title.strip("\"'"), url.split()[0].strip("\"'"))
            for title, found, url in (item.partition(" url: ") for item in items)
            if found
        ]
        if not links:
            return [code_node(self, "\n".join(self.content), "yaml")]
        shown = (nodes.reference("", title, refuri=url) for title, url in links)
        entries = [nodes.list_item("", nodes.paragraph("", "", link)) for link in shown]
        return [nodes.bullet_list("", *entries, bullet="*")]


ANSIBLE = (
    "ansplugin",
    "ansmodule",
    "ansopt",
    "ansretval",
    "ansval",
    "ansenvvar",
    "ansenvvarref",
    "ansattribute",
)
ANSIBLE_OPTION = "ansible-option-%s"  # of the pages that antsibull-docs makes for collections
ANSIBLE_TEXT = (
    *("aliases", "choices", "choices-default-mark", "elements", "required", "sample", "type", "versionadded"),
)
ANSIBLE_SUPPORT = ("full", "label", "na", "none", "partial", "property")
ANSIBLE_CODE = ("choices-entry", "choices-entry-default", "default")
ANSIBLE_STRONG = ("configuration", "default-bold", "returned-bold", "sample-bold")
ANSIBLE_DIRECTIVES = {"ansible-option-type-line": "content", "ansible-links": AnsibleLinks}
ANSIBLE_ROLES = {
    **{name: text_role(plugin) for name in ANSIBLE},
    **{ANSIBLE_OPTION % name: "text" for name in ANSIBLE_TEXT},
    **{f"ansible-attribute-support-{name}": "text" for name in ANSIBLE_SUPPORT},
    **{ANSIBLE_OPTION % name: "code" for name in ANSIBLE_CODE},
    **{ANSIBLE_OPTION % name: "strong" for name in ANSIBLE_STRONG},
}

OPENSTACK = {
    "autoprogram-cliff": "line:Commands of",
    "feature_matrix": "line:Feature matrix from",
    "support_matrix": "line:Support matrix from",
    "support-matrix": "line:Support matrix from",
    "list-auth-plugins": NO_IMPORT,
    "list-plugins": NO_IMPORT,
    "show-options": NO_IMPORT,
    "show-policy": NO_IMPORT,
    "rest_expand_all": "drop:of the web site, not of the page",
    "rest_method": "title",
    "rest_parameters": "code:yaml",
    "rest_status_code": "code:yaml",
}


def rows_of_openstack(project: Project) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the roles of ``openstackdocstheme`` that lead to the documentation of other projects."""
    names = project.setting("openstackdocs_projects")
    given = [name for name in names if isinstance(name, str)] if isinstance(names, (list, tuple)) else []
    return {}, {
        f"{name}-doc": f"link:https://docs.openstack.org/{name}/latest/%s|{name} %s" for name in given
    }


def ghci_command(text: str) -> tuple[str, str]:
    """Read ``:add;[*] <module>``, a command of GHCi and what it takes."""
    name = text.partition(";")[0]
    return text.replace(";", ""), name


def pragma(text: str) -> tuple[str, str]:
    """Read a pragma without its braces."""
    words = text.split(" ")
    name = "-".join(takewhile(lambda word: word.replace("_", "").isalpha(), words))
    return f"{{-# {text} #-}}", name


def rows_of_ghc(project: Project) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the objects of GHC's user guide whose signatures ``conf.py`` reads in its own way."""
    if not any(row[0] == "ghci-cmd" for row in project.object_types):
        return {}, {}
    directives = {
        "std:ghci-cmd": object_type_directive("std", "ghci-cmd", parse=ghci_command),
        "std:pragma": object_type_directive("std", "pragma", parse=pragma),
        **dict.fromkeys(("flag-print", "extension-print", "ghc-package-list"), NO_IMPORT),
    }
    return directives, {}


DISCORD = {"attributetable": NO_IMPORT, "exception_hierarchy": "content"}

PROJECTS = (rows_of_django, rows_of_openstack, rows_of_ghc)
DIRECTIVES: dict[str, Any] = {
    **DJANGO,
    **KERNEL,
    **SQLALCHEMY,
    **CRYPTOGRAPHY,
    **ANSIBLE_DIRECTIVES,
    **OPENSTACK,
    **DISCORD,
}
ROLES: dict[str, Any] = {**DJANGO_ROLES, **SQLALCHEMY_ROLES, **ANSIBLE_ROLES}
