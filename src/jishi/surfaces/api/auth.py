"""Coming in: visitors, phone codes, sessions of an app, and tokens."""

import uuid
from datetime import datetime, timedelta
from typing import Annotated, Any

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest
from django.utils.translation import get_language
from ninja import Field, Router, Schema, Status

from jishi.flows.recognition import recognise
from jishi.kernel import clock, ids
from jishi.modules.messaging.public import send_text
from jishi.modules.people.public import (
    SHOPPER_SCOPES,
    actor_of_id,
    create_token,
    end_token,
    issue_phone_code,
    log_in_by_code,
    meet_visitor,
    revoke_token,
    tokens_of,
)
from jishi.platform.http import actor_of, anyone, limited_as, repeats_by_itself, scopes, shown_once
from jishi.surfaces.api.access import ScopeMissing, bearer_secret, sign_visitor
from jishi.surfaces.api.common import Instant

CODE_MINUTES = 5
SESSION_DAYS = 90
SESSION_NAME = "app"
router = Router(tags=["access"])


class VisitorOut(Schema):
    visitor: str = Field(description="Send it as X-Visitor with every request")


class CodeIn(Schema):
    phone: str = Field(max_length=32)


class CodeOut(Schema):
    """`hint` is the code itself, in the demo only."""

    phone: str
    seconds: int
    hint: str | None


class SessionIn(Schema):
    phone: str = Field(max_length=32)
    code: str = Field(min_length=1, max_length=12)


class SessionOut(Schema):
    token: str
    member_id: uuid.UUID
    is_new: bool
    scopes: list[str]
    expires_at: datetime


class TokenIn(Schema):
    name: str = Field(min_length=1, max_length=60)
    scopes: list[Annotated[str, Field(max_length=32)]] = Field(min_length=1, max_length=40)
    expires_at: Instant | None = None


class TokenOut(Schema):
    id: uuid.UUID
    name: str
    scopes: list[str]
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime | None
    is_revoked: bool


class NewTokenOut(Schema):
    """`secret` is shown once: a repeated request gets null."""

    id: uuid.UUID
    secret: str | None


@router.post(
    "/visitors",
    response={201: VisitorOut},
    summary="Become a visitor with a cart",
    openapi_extra=anyone(**repeats_by_itself("a visitor costs nothing"), **limited_as("visitors")),
)
def create_visitor(request: HttpRequest) -> Any:
    del request
    return Status(201, {"visitor": sign_visitor(ids.new_id())})


@router.post(
    "/auth/codes",
    response={202: CodeOut},
    summary="Send a log-in code to a phone",
    openapi_extra=anyone(**repeats_by_itself("codes have limits of their own"), **limited_as("codes")),
)
def request_code(request: HttpRequest, body: CodeIn) -> Any:
    issued = issue_phone_code(phone=body.phone, address=request.META.get("REMOTE_ADDR") or None)
    send_text(
        phone=issued.phone,
        kind="phone_code",
        key=str(issued.code_id),
        facts={"code": issued.code, "minutes": CODE_MINUTES},
        language=get_language() or settings.LANGUAGE_CODE,
    )
    hint = issued.code if settings.JISHI_DEMO else None
    return Status(202, {"phone": issued.phone, "seconds": CODE_MINUTES * 60, "hint": hint})


@router.post(
    "/auth/sessions",
    response={201: SessionOut},
    summary="Sign up or log in with a code",
    openapi_extra=anyone(**repeats_by_itself("a code works once"), **limited_as("log_in")),
)
def create_session(request: HttpRequest, body: SessionIn) -> Any:
    visitor_id = actor_of(request).visitor_id
    if visitor_id is not None:
        meet_visitor(visitor_id)
    found = log_in_by_code(
        phone=body.phone,
        code=body.code,
        visitor_id=visitor_id,
        language=get_language() or settings.LANGUAGE_CODE,
    )
    if visitor_id is not None:
        recognise(visitor_id=visitor_id, member_id=found.member_id)
    expires_at = clock.now() + timedelta(days=SESSION_DAYS)
    _, secret = create_token(
        by=actor_of_id(found.member_id, visitor_id=visitor_id),
        name=SESSION_NAME,
        scopes=list(SHOPPER_SCOPES),
        expires_at=expires_at,
    )
    answer = {
        "token": secret,
        "member_id": found.member_id,
        "is_new": found.is_new,
        "scopes": list(SHOPPER_SCOPES),
        "expires_at": expires_at,
    }
    return Status(201, answer)


@router.delete(
    "/auth/sessions/current",
    response={204: None},
    summary="Log out",
    openapi_extra=scopes(**repeats_by_itself("logged out is logged out")),
)
def end_session(request: HttpRequest) -> Any:
    secret = bearer_secret(request)
    if secret is None:
        logout(request)
    else:
        end_token(secret, by=actor_of(request))
    return Status(204, None)


@router.get("/tokens", response=list[TokenOut], summary="Your tokens", openapi_extra=scopes("shop.read"))
def list_tokens(request: HttpRequest) -> Any:
    return tokens_of(by=actor_of(request))


@router.post(
    "/tokens",
    response={201: NewTokenOut},
    summary="A new token; its secret is shown once",
    openapi_extra=scopes("shop.write", **shown_once("secret")),
)
def create_api_token(request: HttpRequest, body: TokenIn) -> Any:
    """A token can make others only with scopes of its own."""
    own = request.caller.scopes  # type: ignore[attr-defined]  # set at the edge
    beyond = sorted(set(body.scopes) - own) if own is not None else []
    if beyond:
        raise ScopeMissing(scope=beyond[0], scopes=beyond)
    token_id, secret = create_token(
        by=actor_of(request), name=body.name, scopes=list(body.scopes), expires_at=body.expires_at
    )
    return Status(201, {"id": token_id, "secret": secret})


@router.delete(
    "/tokens/{uuid:token_id}",
    response={204: None},
    summary="Revoke a token",
    openapi_extra=scopes("shop.write", "tokens.manage"),
)
def revoke_api_token(request: HttpRequest, token_id: uuid.UUID) -> Any:
    revoke_token(token_id, by=actor_of(request))
    return Status(204, None)
