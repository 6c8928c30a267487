"""What surfaces put on a request, and what a route says about who may come in."""

from typing import Any, cast
from urllib.parse import urlencode

from django.http import HttpRequest

from jishi.kernel.actor import Actor, ActorKind

ANONYMOUS = Actor(kind=ActorKind.VISITOR)
TOKEN_SCHEME, SESSION_SCHEME = "token", "session"
SHOWN_ONCE, IDEMPOTENCY, RATE_LIMIT = "x-shown-once", "x-idempotency", "x-rate-limit"


def actor_of(request: HttpRequest) -> Actor:
    """Who asks; the surfaces' middleware or the API's authentication has said so."""
    return cast(Actor, getattr(request, "actor", ANONYMOUS))


def scopes(*names: str, or_visitor: bool = False, **marks: Any) -> dict[str, Any]:
    """OpenAPI security of a route: a token with any one of these scopes, or a session, comes in.

    The API reads the same declaration to refuse tokens, so what is documented is what is enforced. Permissions are
    checked by the operations all the same. `marks` are from `repeats_by_itself` and the like.
    """
    ways: list[dict[str, list[str]]] = [{TOKEN_SCHEME: [name]} for name in names or ()]
    if not names:
        ways = [{TOKEN_SCHEME: []}]
    return {"security": [*([{}] if or_visitor else []), *ways, {SESSION_SCHEME: []}], **marks}


def anyone(**marks: Any) -> dict[str, Any]:
    """A route that asks for nothing; a log-in is taken note of."""
    return {"security": [{}, {TOKEN_SCHEME: []}, {SESSION_SCHEME: []}], **marks}


def repeats_by_itself(reason: str) -> dict[str, Any]:
    """The route's answer is not kept under an idempotency key: repeating it is harmless, or keeping it would not be."""
    return {IDEMPOTENCY: reason}


def shown_once(*fields: str) -> dict[str, Any]:
    """Fields of the answer that are never kept: a repeated request gets them empty."""
    return {SHOWN_ONCE: list(fields)}


def limited_as(name: str) -> dict[str, Any]:
    """A stricter rate limit than the usual one."""
    return {RATE_LIMIT: name}


def next_link(request: HttpRequest, cursor: str) -> str | None:
    """The address of the page after this one, with the same question; None at the end."""
    if not cursor:
        return None
    asked = [(name, value) for name, values in request.GET.lists() if name != "cursor" for value in values]
    return f"{request.path}?{urlencode([*asked, ('cursor', cursor)])}"
