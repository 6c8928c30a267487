"""Who calls: a bearer token, a session of the same site, or a visitor who shows the id we signed for them."""

import hashlib
import uuid
from dataclasses import dataclass, replace
from typing import Any

from django.core import signing
from django.http import HttpRequest
from ninja.utils import check_csrf

from jishi.kernel.actor import Actor, ActorKind
from jishi.kernel.errors import Kind, LoginRequired, Refusal
from jishi.modules.people.public import actor_of_token
from jishi.platform.http import SESSION_SCHEME, TOKEN_SCHEME, actor_of
from jishi.surfaces.second_factor import without_second_factor

VISITOR_HEADER = "X-Visitor"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_SALT = "jishi.api.visitor"


class TokenInvalid(Refusal):
    kind = Kind.UNAUTHENTICATED
    code = "token_invalid"
    message = "令牌无效、已过期或已停用。"


class VisitorInvalid(Refusal):
    code = "visitor_invalid"
    message = "访客编号无效，请重新获取。"


class ScopeMissing(Refusal):
    """`scope` is what the token lacks; any one of `scopes` would do."""

    kind = Kind.FORBIDDEN
    code = "scope_missing"
    message = "令牌缺少权限范围：{scope}"


class CsrfFailed(Refusal):
    kind = Kind.FORBIDDEN
    code = "csrf_failed"
    message = "页面已过期，请刷新后再试。"


@dataclass(frozen=True, slots=True)
class Caller:
    """`key` names the caller for limits and idempotency; empty for an unknown visitor. `scopes` None: a session."""

    actor: Actor
    scheme: str
    key: str
    scopes: frozenset[str] | None = None


def identify(request: HttpRequest) -> Caller:
    """Raises TokenInvalid, VisitorInvalid, CsrfFailed."""
    secret = bearer_secret(request)
    visitor_id = _visitor_of(request)
    if secret is not None:
        return _caller_of_token(secret, visitor_id)
    actor = actor_of(request)
    if actor.is_member:
        _require_csrf(request)
        actor = without_second_factor(request, _with_visitor(actor, visitor_id))
        return Caller(actor=actor, scheme=SESSION_SCHEME, key=f"member:{actor.id}")
    if visitor_id is None and "jv" in request.COOKIES:
        _require_csrf(request)
        visitor_id = actor.visitor_id
    key = f"visitor:{visitor_id}" if visitor_id else ""
    return Caller(actor=Actor(kind=ActorKind.VISITOR, visitor_id=visitor_id), scheme="", key=key)


def bearer_secret(request: HttpRequest) -> str | None:
    """The token of the request; None without the header. Raises TokenInvalid for another kind of authorisation."""
    header = request.headers.get("Authorization")
    if header is None:
        return None
    kind, _, secret = header.partition(" ")
    if kind.lower() != "bearer" or not secret.strip():
        raise TokenInvalid()
    return secret.strip()


def admit(caller: Caller, security: list[dict[str, Any]]) -> None:
    """Raises LoginRequired or ScopeMissing unless the route lets this caller in."""
    if not caller.scheme:
        if {} not in security:
            raise LoginRequired()
        return
    wanted = [way[TOKEN_SCHEME] for way in security if TOKEN_SCHEME in way]
    if caller.scopes is None or any(caller.scopes.issuperset(names) for names in wanted):
        return
    lacking = [name for names in wanted for name in names]
    raise ScopeMissing(scope=lacking[0] if lacking else "", scopes=lacking)


def sign_visitor(visitor_id: uuid.UUID) -> str:
    return signing.Signer(salt=_SALT).sign(visitor_id.hex)


def _visitor_of(request: HttpRequest) -> uuid.UUID | None:
    raw = request.headers.get(VISITOR_HEADER)
    if not raw:
        return None
    try:
        return uuid.UUID(signing.Signer(salt=_SALT).unsign(raw))
    except (signing.BadSignature, ValueError):
        raise VisitorInvalid() from None


def _caller_of_token(secret: str, visitor_id: uuid.UUID | None) -> Caller:
    found = actor_of_token(secret)
    if found is None:
        raise TokenInvalid()
    actor, scopes = found
    digest = hashlib.sha256(secret.encode(errors="surrogateescape")).hexdigest()[:32]
    return Caller(
        actor=_with_visitor(actor, visitor_id), scheme=TOKEN_SCHEME, key=f"token:{digest}", scopes=scopes
    )


def _with_visitor(actor: Actor, visitor_id: uuid.UUID | None) -> Actor:
    return replace(actor, visitor_id=visitor_id) if visitor_id else actor


def _require_csrf(request: HttpRequest) -> None:
    """A cookie is sent by the browser whoever made the page, so a write by cookie proves where it comes from."""
    if request.method not in SAFE_METHODS and check_csrf(request) is not None:
        raise CsrfFailed()
