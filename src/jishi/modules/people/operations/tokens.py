"""API tokens: shown once, kept as a digest, narrowed to scopes."""

import hashlib
import uuid
from dataclasses import replace
from datetime import datetime

from django.db.models import Q

from jishi.kernel import chance, clock, ids
from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.modules.people import rules
from jishi.modules.people.errors import BadScope
from jishi.modules.people.models import ApiToken
from jishi.modules.people.queries import actor_with
from jishi.platform import history
from jishi.platform.reads import rows_of
from jishi.platform.transactions import in_transaction

TOKEN_PREFIX = "jishi_"
LAST_USED_STEP_SECONDS = 300


@in_transaction
def create_token(
    *, by: Actor, name: str, scopes: list[str], expires_at: datetime | None = None
) -> tuple[uuid.UUID, str]:
    """(id, secret); the secret is never shown again. Nobody can grant more than they may do. Raises BadScope."""
    member_id = by.require_member()
    for scope in scopes:
        if scope not in rules.SHOPPER_SCOPES and not by.may(scope):
            raise BadScope(scope=scope)
    secret = TOKEN_PREFIX + chance.secret()
    row = ApiToken.objects.create(
        id=ids.new_id(),
        member_id=member_id,
        name=name.strip()[:60] or "token",
        digest=_digest(secret),
        scopes=sorted(set(scopes)),
        expires_at=expires_at,
    )
    history.record_step(subject=("token", row.id), verb="create", by=by, details={"scopes": row.scopes})
    return row.id, secret


@in_transaction
def revoke_token(token_id: uuid.UUID, *, by: Actor) -> None:
    owner = Q() if by.may("tokens.manage") else Q(member_id=by.require_member())
    if not ApiToken.objects.filter(owner, id=token_id, revoked_at__isnull=True).update(
        revoked_at=clock.now()
    ):
        raise NotFound()
    history.record_step(subject=("token", token_id), verb="revoke", by=by)


@in_transaction
def end_token(secret: str, *, by: Actor) -> None:
    """Log out: a token ends itself."""
    row = ApiToken.objects.filter(digest=_digest(secret), revoked_at__isnull=True).first()
    if row is None:
        raise NotFound()
    ApiToken.objects.filter(id=row.id).update(revoked_at=clock.now())
    history.record_step(subject=("token", row.id), verb="end", by=by)


def actor_of_token(secret: str) -> tuple[Actor, frozenset[str]] | None:
    """Who a bearer token speaks for and its scopes; permissions are what both the person and the token have.

    Every call of the API asks this, so it is one statement by hand.
    """
    now = clock.now()
    rows = rows_of(_OF_TOKEN, [_digest(secret), now])
    if not rows:
        return None
    token_id, name, granted, last_used_at, member_id, role, nickname = rows[0]
    if last_used_at is None or (now - last_used_at).total_seconds() > LAST_USED_STEP_SECONDS:
        ApiToken.objects.filter(id=token_id).update(last_used_at=now)
    scopes = frozenset(granted)
    whole = actor_with(member_id, role=role, label=f"{nickname} · {name}")
    return replace(whole, permissions=whole.permissions & scopes), scopes


_OF_TOKEN = """
SELECT t.id, t.name, t.scopes, t.last_used_at, m.id, m.role, m.nickname
FROM people_apitoken t JOIN people_member m ON m.id = t.member_id
WHERE t.digest = %s AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > %s) AND m.is_active
"""


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="surrogateescape")).hexdigest()
