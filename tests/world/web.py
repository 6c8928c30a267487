"""Asking the API as a program would: over HTTP, with a token, a visitor, a key."""

import json
from typing import Any

from django.test import Client

from jishi.kernel.actor import Actor
from jishi.kernel.ids import new_id
from jishi.modules.people.public import SHOPPER_SCOPES, create_token
from jishi.surfaces.api.access import sign_visitor

API = "/api/v1"


def token_for(actor: Actor, *scopes: str) -> str:
    """A token with some scopes, or with all that the person has."""
    wanted = list(scopes) or [*SHOPPER_SCOPES, *sorted(actor.permissions)]
    return create_token(by=actor, name="test", scopes=wanted)[1]


def new_visitor() -> str:
    return sign_visitor(new_id())


def ask(
    method: str,
    path: str,
    body: Any = None,
    *,
    token: str = "",
    visitor: str = "",
    key: str = "",
    client: Client | None = None,
    headers: dict[str, str] | None = None,
) -> Any:
    """The response; `path` is under /api/v1."""
    sent = {**(headers or {})}
    if token:
        sent["Authorization"] = f"Bearer {token}"
    if visitor:
        sent["X-Visitor"] = visitor
    if key:
        sent["Idempotency-Key"] = key
    content = "" if body is None else json.dumps(body)
    return (client or Client()).generic(
        method, API + path, content, content_type="application/json", headers=sent
    )
