"""The ordinary path to a pool: the same SQL function that the hot lane calls, one request at a time."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from jishi.kernel import clock, ids
from jishi.kernel.errors import Kind, NotFound, Refusal
from jishi.platform import locks
from jishi.platform.models import Pool
from jishi.platform.once import KeyReused
from jishi.platform.transactions import in_transaction

EXPIRE_BATCH = 500


class SoldOut(Refusal):
    kind = Kind.CONFLICT
    code = "sold_out"
    message = "已经被抢完了。"


class LimitReached(Refusal):
    kind = Kind.CONFLICT
    code = "limit_reached"
    message = "每人限 {limit} 份，你已经占到上限了。"


class TooEarly(Refusal):
    kind = Kind.CONFLICT
    code = "too_early"
    message = "还没开始，请稍候。"


class TooLate(Refusal):
    kind = Kind.CONFLICT
    code = "too_late"
    message = "已经结束了。"


_REFUSALS: dict[str, type[Refusal]] = {
    "key_reused": KeyReused,
    "sold_out": SoldOut,
    "limit_reached": LimitReached,
    "too_early": TooEarly,
    "too_late": TooLate,
    "missing": NotFound,
}


@dataclass(frozen=True, slots=True)
class ClaimOutcome:
    claim_id: uuid.UUID
    replayed: bool


def open_pool(
    *,
    purpose: str,
    capacity: int,
    member_limit: int = 0,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
) -> uuid.UUID:
    pool = Pool.objects.create(
        purpose=purpose, capacity=capacity, member_limit=member_limit, opens_at=opens_at, closes_at=closes_at
    )
    return pool.id


@in_transaction
def claim_units(
    *,
    pool_id: uuid.UUID,
    member_id: uuid.UUID,
    quantity: int = 1,
    claim_id: uuid.UUID | None = None,
    expires_at: datetime | None = None,
) -> ClaimOutcome:
    """Hold units of a pool inside the caller's transaction; the claim's id is the idempotency key.

    Raises SoldOut, LimitReached, TooEarly, TooLate, NotFound, KeyReused (the id is another request's), or Busy
    when the row stays locked.
    """
    wanted = claim_id or ids.new_id()
    with locks.lock_timeout(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT outcome, detail FROM rush_claim_batch(%s, %s::uuid[], %s::uuid[], %s::int[], %s, %s)",
            [pool_id, [wanted], [member_id], [quantity], clock.now(), expires_at],
        )
        outcome, detail = cursor.fetchone()
    if outcome in ("granted", "replayed"):
        return ClaimOutcome(claim_id=wanted, replayed=outcome == "replayed")
    raise _REFUSALS[outcome](limit=detail)


def keep_claim(claim_id: uuid.UUID) -> bool:
    """A held claim becomes permanent. False when it is no longer held."""
    return _move(claim_id, "held", "kept", frees=False)


def release_claim(claim_id: uuid.UUID) -> bool:
    """Give a held or kept claim back to its pool. False when there is nothing to give back."""
    return _move(claim_id, "held", "released", frees=True) or _move(claim_id, "kept", "released", frees=True)


def expire_claims(*, limit: int = EXPIRE_BATCH) -> list[uuid.UUID]:
    """Give back held claims whose time is over; returns their ids. Workers may run it side by side."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            WITH due AS (
                SELECT id FROM rush_claim WHERE state = 'held' AND expires_at <= %s
                ORDER BY expires_at LIMIT %s FOR UPDATE SKIP LOCKED
            ), done AS (
                UPDATE rush_claim c SET state = 'expired' FROM due WHERE c.id = due.id
                RETURNING c.id, c.pool_id, c.quantity
            ), given AS (
                SELECT pool_id, sum(quantity)::int AS back FROM done GROUP BY pool_id
            ), pools AS (
                SELECT p.id, given.back FROM rush_pool p JOIN given ON given.pool_id = p.id
                ORDER BY p.id FOR UPDATE OF p
            ), freed AS (
                UPDATE rush_pool p SET taken = p.taken - pools.back FROM pools WHERE p.id = pools.id
            )
            SELECT id FROM done
            """,
            [clock.now(), limit],
        )
        return [row[0] for row in cursor.fetchall()]


def resize_pool(*, pool_id: uuid.UUID, capacity: int) -> bool:
    """Change the capacity; False when more is already taken."""
    return Pool.objects.filter(id=pool_id, taken__lte=capacity).update(capacity=capacity) == 1


@in_transaction
def _move(claim_id: uuid.UUID, before: str, after: str, *, frees: bool) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE rush_claim SET state = %s WHERE id = %s AND state = %s RETURNING pool_id, quantity",
            [after, claim_id, before],
        )
        row = cursor.fetchone()
        if row is None:
            return False
        if frees:
            cursor.execute("UPDATE rush_pool SET taken = taken - %s WHERE id = %s", [row[1], row[0]])
        return True
