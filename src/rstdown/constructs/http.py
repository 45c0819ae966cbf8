"""Web interfaces (sphinxcontrib-httpdomain, sphinxcontrib-openapi, redoc)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, ClassVar

from docutils import nodes

from ..rst.env import Env
from .desc import FLAGS, Named, ObjectDirective, desc_signature, make_id, row
from .external import reference_role
from .fields import FieldType
from .recipes import AnyOptions
from .xref import crossref_role

STATUS = "https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Status/{}"
METHODS = ("get", "post", "put", "patch", "delete", "head", "options", "trace", "connect", "copy", "any")


def status(text: str, env: Env) -> list[nodes.Node]:
    """Return a status code with its name, as a link to what it means."""
    known = {str(status.value): status.phrase for status in HTTPStatus}
    code, _, rest = text.strip().partition(" ")
    if code not in known:
        return [nodes.literal("", text)]
    shown = nodes.literal("", f"{code} {rest or known[code]}")
    return [nodes.reference("", "", shown, refuri=STATUS.format(code))]


def status_role(title: str, target: str, explicit: bool, env: Env) -> list[nodes.Node]:
    """Return a status code as `status` does."""
    return status(target, env)


def _typed(label: str, names: str, type_names: str) -> FieldType:
    return FieldType(label, tuple(names.split()), tuple(type_names.split()), grouped=True)


class HttpResource(ObjectDirective):
    """Describe a resource: the method and the path."""

    domain = "http"
    option_spec = {**FLAGS}
    field_types: ClassVar[tuple[FieldType, ...]] = (
        _typed("Parameters", "param parameter arg argument", "paramtype type"),
        _typed("JSON Parameters", "jsonparameter jsonparam json", "jsonparamtype jsontype"),
        _typed("Request JSON Object", "reqjsonobj reqjson <jsonobj <json", "reqjsonobjtype <jsonobjtype"),
        _typed("Request JSON Array of Objects", "reqjsonarr <jsonarr", "reqjsonarrtype <jsonarrtype"),
        _typed("Response JSON Object", "resjsonobj resjson >jsonobj >json", "resjsonobjtype >jsonobjtype"),
        _typed("Response JSON Array of Objects", "resjsonarr >jsonarr", "resjsonarrtype >jsonarrtype"),
        _typed(
            "Query Parameters", "queryparameter queryparam qparam query", "queryparamtype querytype qtype"
        ),
        _typed("Form Parameters", "formparameter formparam fparam form", ""),
        _typed("Request Headers", "requestheader reqheader <header", ""),
        _typed("Response Headers", "responseheader resheader >header", ""),
        FieldType("Status Codes", ("statuscode", "status", "code"), grouped=True, link_argument=status),
    )

    def read_signature(self, text: str) -> Named:
        """Read a path."""
        return Named(f"{self.objtype.upper()} {text}", text, fullname=text)

    def add_targets(self, named: Named, signature: desc_signature) -> None:
        """Export the path under its method."""
        node_id = make_id(self.env, self.state.document, self.objtype, named.name)
        self.add_target(signature, node_id, {named.name: f"http:{self.objtype}"})


DIRECTIVES: dict[str, Any] = {
    **{f"http:{method}": row(HttpResource, objtype=method, option_spec=AnyOptions()) for method in METHODS},
    "openapi": "code:yaml",
    "openapi:httpdomain": "code:yaml",
    "redoc": "code:yaml",
    "swagger-plugin": "code:yaml",
}
ROLES: dict[str, Any] = {
    **{f"http:{method}": crossref_role(f"http:{method}") for method in METHODS},
    "http:statuscode": reference_role(status_role),
    "http:header": "code",
    "http:method": "code",
    "http:mimetype": "code",
    "statuscode": reference_role(status_role),
}
