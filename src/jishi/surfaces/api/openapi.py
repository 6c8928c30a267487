"""The OpenAPI document: ninja's own, with what the edge adds to every route."""

from functools import cache
from typing import Any

from jishi.platform.http import IDEMPOTENCY, SESSION_SCHEME, TOKEN_SCHEME
from jishi.surfaces.api.access import VISITOR_HEADER
from jishi.surfaces.api.build import api
from jishi.surfaces.api.common import PREFIX
from jishi.surfaces.api.problems import MEDIA_TYPE
from jishi.surfaces.api.repeats import HEADER, REPLAYED

WRITING = ("post", "put", "patch", "delete")
CSV_OPERATIONS = ("export_products", "export_group_buy_rows")
SECURITY_SCHEMES = {
    TOKEN_SCHEME: {
        "type": "http",
        "scheme": "bearer",
        "description": "A token with any one of the named scopes; staff scopes are names of permissions.",
    },
    SESSION_SCHEME: {
        "type": "apiKey",
        "in": "cookie",
        "name": "jishi_session",
        "description": "A log-in of the same site; writes carry X-CSRFToken.",
    },
}
PROBLEM = {
    "title": "Problem",
    "description": "RFC 9457. `code` is stable, `detail` is in the reader's language.",
    "type": "object",
    "required": ["type", "title", "status", "code", "detail", "facts", "request_id"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "facts": {"type": "object"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["in", "field", "code", "reason"],
                "properties": {name: {"type": "string"} for name in ("in", "field", "code", "reason")},
            },
        },
    },
}


@cache
def document() -> dict[str, Any]:
    """The whole document; the same for everyone, so it is made once per process."""
    found: dict[str, Any] = dict(api.get_openapi_schema(path_prefix=PREFIX + "/"))
    components = dict(found["components"])
    components["schemas"] = dict(sorted({**components["schemas"], "Problem": PROBLEM}.items()))
    components["securitySchemes"] = SECURITY_SCHEMES
    components["responses"] = {"Problem": _problem_response()}
    components["parameters"] = _parameters()
    found["components"] = components
    found["servers"] = [{"url": "/"}]
    found["tags"] = _tags(found["paths"])
    for methods in found["paths"].values():
        for method, operation in methods.items():
            _complete(method, operation)
    return found


def _complete(method: str, operation: dict[str, Any]) -> None:
    parameters = operation.setdefault("parameters", [])
    if {} in operation["security"]:
        parameters.append({"$ref": "#/components/parameters/Visitor"})
    if method in WRITING and IDEMPOTENCY not in operation:
        parameters.append({"$ref": "#/components/parameters/IdempotencyKey"})
    operation["responses"] = {str(status): value for status, value in operation["responses"].items()}
    if operation["operationId"] in CSV_OPERATIONS:
        text = {"text/csv": {"schema": {"type": "string"}}}
        operation["responses"]["200"] = {"description": "OK", "content": text}
    operation["responses"]["default"] = {"$ref": "#/components/responses/Problem"}


def _problem_response() -> dict[str, Any]:
    return {
        "description": "Why not",
        "headers": {
            "Retry-After": {"schema": {"type": "integer"}, "description": "With 429 and 503: seconds to wait"}
        },
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def _parameters() -> dict[str, Any]:
    return {
        "IdempotencyKey": {
            "name": HEADER,
            "in": "header",
            "required": False,
            "description": f"The same key again gives the first answer, marked {REPLAYED}; kept for a week.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
        },
        "Visitor": {
            "name": VISITOR_HEADER,
            "in": "header",
            "required": False,
            "description": "The visitor of POST /visitors, for carts and touches before a log-in.",
            "schema": {"type": "string"},
        },
    }


def _tags(paths: dict[str, Any]) -> list[dict[str, str]]:
    names = {
        tag
        for methods in paths.values()
        for operation in methods.values()
        for tag in operation.get("tags", ())
    }
    return [{"name": name} for name in sorted(names)]
