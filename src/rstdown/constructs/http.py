"""Web interfaces (sphinxcontrib-httpdomain, sphinxcontrib-openapi, redoc)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, ClassVar

from docutils import nodes

from .desc import FLAGS, Named, ObjectDirective, desc_signature, make_id, row
from .fields import FieldType
from .inline import text_role
from .recipes import AnyOptions
from .xref import crossref_role

METHODS = ("get", "post", "put", "patch", "delete", "head", "options", "trace", "connect", "copy", "any")


class HttpResource(ObjectDirective):
    """Describe a resource: the method and the path."""

    domain = "http"
    option_spec = {**FLAGS}
    field_types: ClassVar[tuple[FieldType, ...]] = (
        FieldType("Parameters", ("param", "parameter", "arg", "argument"), ("type",), grouped=True),
        FieldType(
            "JSON Parameters", ("jsonparameter", "jsonparam", "json"), ("jsonparamtype",), grouped=True
        ),
        FieldType("Request JSON Object", ("reqjsonobj", "reqjson", "<jsonobj", "<json"), grouped=True),
        FieldType("Request JSON Array of Objects", ("reqjsonarr", "<jsonarr"), grouped=True),
        FieldType("Response JSON Object", ("resjsonobj", "resjson", ">jsonobj", ">json"), grouped=True),
        FieldType("Response JSON Array of Objects", ("resjsonarr", ">jsonarr"), grouped=True),
        FieldType("Query Parameters", ("queryparameter", "queryparam", "qparam", "query"), grouped=True),
        FieldType("Form Parameters", ("formparameter", "formparam", "fparam", "form"), grouped=True),
        FieldType("Request Headers", ("requestheader", "reqheader", "<header"), grouped=True),
        FieldType("Response Headers", ("responseheader", "resheader", ">header"), grouped=True),
        FieldType("Status Codes", ("statuscode", "status", "code"), grouped=True),
    )

    def read_signature(self, text: str) -> Named:
        """Read a path."""
        return Named(f"{self.objtype.upper()} {text}", text, fullname=text)

    def add_targets(self, named: Named, signature: desc_signature) -> None:
        """Export the path under its method."""
        node_id = make_id(self.env, self.state.document, self.objtype, named.name)
        self.add_target(signature, node_id, {named.name: f"http:{self.objtype}"})


def status_role(rawtext: str, text: str) -> nodes.Node:
    """Return a status code with its name."""
    known = {str(status.value): status.phrase for status in HTTPStatus}
    if phrase := known.get(text.strip()):
        text = f"{text} {phrase}"
    return nodes.literal(rawtext, text)


DIRECTIVES: dict[str, Any] = {
    **{f"http:{method}": row(HttpResource, objtype=method, option_spec=AnyOptions()) for method in METHODS},
    "openapi": "code:yaml",
    "openapi:httpdomain": "code:yaml",
    "redoc": "code:yaml",
    "swagger-plugin": "code:yaml",
}
ROLES: dict[str, Any] = {
    **{f"http:{method}": crossref_role(f"http:{method}") for method in METHODS},
    "http:statuscode": text_role(status_role),
    "http:header": "code",
    "http:method": "code",
    "http:mimetype": "code",
    "statuscode": text_role(status_role),
}
