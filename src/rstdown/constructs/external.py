"""Roles that lead to well-known addresses: ``pep``, ``rfc``, ``cve``, ``cwe``, ``manpage``, ``download``."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Sequence
from typing import Any

from docutils import nodes
from docutils.utils import unescape

from ..markdown import nodes as md
from ..patterns import lazy
from ..rst.env import Env, env_of
from ..rst.quick import element
from .inline import Role, RoleResult
from .xref import split_title

MANPAGE = lazy(r"^(?P<path>(?P<page>.+)[(.](?P<section>[1-9]\w*)?\)?)$")
URL = lazy(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)


PLAIN = frozenset({nodes.reference, nodes.literal, nodes.Text})
"""What is lowered to the same in all places."""


def link(text: str, uri: str) -> nodes.reference:
    """Return a reference that shows *text* and leads to *uri*."""
    return element(nodes.reference, "", [nodes.Text(text)] if text else [], refuri=uri)


def reference_role(make: Callable[[str, str, bool, Env], list[nodes.Node]]) -> Role:
    """Return a role that makes nodes of a title and a target: ``:role:`title <target>```."""

    def role(
        name: str,
        rawtext: str,
        text: str,
        lineno: int,
        inliner: Any,
        options: dict[str, Any] | None = None,
        content: Sequence[str] = (),
    ) -> RoleResult:
        parts = split_title(text)
        title, target = map(unescape, parts or (text, text))
        env = env_of(inliner.document)
        try:
            return make(title, target, parts is not None, env), []
        except ValueError:
            env.diagnose(
                "role-argument", f":{name}: takes a number, not {target!r}; its text is kept", lineno
            )
            return [nodes.Text(title)], []

    def phrase(text: str, lineno: int, env: Env) -> tuple[md.Phrasing, ...] | None:
        parts = split_title(text)
        title, target = parts or (text, text)
        try:
            made = make(title, target, parts is not None, env)
        except ValueError:
            return None
        if any(type(node) not in PLAIN for node in made):
            return None
        return tuple(map(_shown, made))

    role.phrase = phrase  # type: ignore[attr-defined]
    return role


def address_role(lead: Callable[[str, str, bool, Env], tuple[str, str]]) -> Role:
    """Return a role for links; *lead* makes the text shown and the address of a title and a target."""

    def make(title: str, target: str, explicit: bool, env: Env) -> list[nodes.Node]:
        return [link(*lead(title, target, explicit, env))]

    def phrase(text: str, lineno: int, env: Env) -> tuple[md.Phrasing, ...] | None:
        parts = split_title(text)
        title, target = parts or (text, text)
        try:
            shown, uri = lead(title, target, parts is not None, env)
        except ValueError:
            return None
        children = (md.Text(shown.replace("\n", " ")),) if shown else ()
        return (md.Link(uri, children),)

    role = reference_role(make)
    role.phrase = phrase  # type: ignore[attr-defined]
    return role


def _shown(node: nodes.Node) -> md.Phrasing:
    """Return what a node of a `PLAIN` class is lowered to."""
    if isinstance(node, nodes.reference):
        return md.Link(node["refuri"], tuple(map(_shown, node.children)))
    line = " ".join(node.astext().split("\n"))
    return md.InlineCode(line) if isinstance(node, nodes.literal) else md.Text(line)


def numbered(address: str, anchor: str, title_of: Callable[[str], str]) -> Role:
    """Return a role for numbered documents; *address* and *anchor* are format strings."""

    def lead(title: str, target: str, explicit: bool, env: Env) -> tuple[str, str]:
        number, _, fragment = target.partition("#")
        uri = address.format(int(number)) + (anchor.format(fragment) if fragment else "")
        return title if explicit else title_of(target), uri

    return address_role(lead)


def rfc_title(target: str) -> str:
    """Return ``RFC 123 Section 4.1`` for ``123#section-4.1``; anchors of other kinds stay as they are."""
    number, _, anchor = target.partition("#")
    kind, _, rest = anchor.partition("-")
    if kind in ("appendix", "page", "section"):
        return f"RFC {number} {kind.title()} {rest}".rstrip()
    return f"RFC {target}"


def cve(title: str, target: str, explicit: bool, env: Env) -> list[nodes.Node]:
    """Return a reference to an entry of Common Vulnerabilities and Exposures, with ``CVE-`` or without."""
    number = target.removeprefix("CVE-")
    shown = title if explicit or number != target else f"CVE {title}"
    return [nodes.reference("", shown, refuri=f"https://www.cve.org/CVERecord?id=CVE-{number}")]


def manpage(title: str, target: str, explicit: bool, env: Env) -> list[nodes.Node]:
    """Return a manual page's name, a reference if the project says where manual pages are."""
    if title.startswith("!"):
        return [nodes.Text(title[1:])]
    name = " ".join(target.split())
    match = MANPAGE.match(name)
    info = match.groupdict("") if match else {"path": name, "page": name, "section": ""}
    address = env.project.manpages_url
    for key, value in info.items():
        address = address.replace(f"{{{key}}}", value)
    return [nodes.reference("", title, refuri=address)] if address else [nodes.Text(title)]


def download(title: str, target: str, explicit: bool, env: Env) -> list[nodes.Node]:
    """Return a reference to a file, as it lies beside the documents."""
    shown = nodes.literal("", title)
    return [nodes.reference("", "", shown, refuri=target if URL.match(target) else relative(target, env))]


def relative(name: str, env: Env) -> str:
    """Return file *name*, as a document writes it, as an address relative to its page."""
    if not name.startswith("/"):
        return name
    return posixpath.relpath(name, posixpath.join("/", posixpath.dirname(env.docname)))


ROLES: dict[str, Any] = {
    "cve": reference_role(cve),
    "cwe": numbered("https://cwe.mitre.org/data/definitions/{}.html", "#{}", "CWE {}".format),
    "download": reference_role(download),
    "manpage": reference_role(manpage),
    "pep": numbered("https://peps.python.org/pep-{:04d}/", "#{}", "PEP {}".format),
    "rfc": numbered("https://datatracker.ietf.org/doc/html/rfc{}.html", "#{}", rfc_title),
}
