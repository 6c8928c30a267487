"""The ordinary path to a pool: the same SQL function that the hot lane calls, one request at a time."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from jishi.kernel import clock, ids
from jishi.kernel.errors import Busy, Kind, NotFound, Refusal
from jishi.platform import locks
from jishi.platform.models import Claim, Pool
from jishi.platform.once import KeyReused
from jishi.platform.rush.tally import BUSY, TALLY
from jishi.platform.rush.terms import Asker
from jishi.platform.transactions import in_transaction

EXPIRE_BATCH = 500
EXPIRE_ROUNDS_MAX = 40
ANYBODY = Asker()

CLAIM = """
    SELECT outcomes, details, holds, left_open, left_any FROM rush_claims(
        %s::uuid, %s::uuid[], %s::uuid[], %s::int[], %s::bigint[], %s::bigint[], %s::bool[], %s::text,
        %s::timestamptz, %s::timestamptz)
"""


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


class UnpaidHolds(Refusal):
    kind = Kind.CONFLICT
    code = "unpaid_holds"
    message = "你已经占了 {limit} 份还没付款，请先付款再来。"


class SlowDown(Refusal):
    kind = Kind.LIMITED
    code = "slow_down"
    message = "你占到的几份都没有付款，请 {seconds} 秒后再来。"


class Waiting(Refusal):
    """The number has not been called yet."""

    kind = Kind.LIMITED
    code = "waiting"
    message = "请稍候：你前面还有 {ahead} 人，大约 {seconds} 秒。"


class TurnNeeded(Refusal):
    kind = Kind.CONFLICT
    code = "turn_needed"
    message = "请先排队取号。"


REFUSALS: dict[str, type[Refusal]] = {
    "key_reused": KeyReused,
    "sold_out": SoldOut,
    "limit_reached": LimitReached,
    "too_early": TooEarly,
    "too_late": TooLate,
    "missing": NotFound,
    "unpaid_member": UnpaidHolds,
    "unpaid_device": UnpaidHolds,
    "unpaid_address": UnpaidHolds,
    "slow_down": SlowDown,
    "waiting": Waiting,
    "turn_needed": TurnNeeded,
}


@dataclass(frozen=True, slots=True)
class ClaimOutcome:
    claim_id: uuid.UUID
    replayed: bool
    hold_seconds: int | None = None  # None: kept, not held


@in_transaction
def claim_units(
    *,
    pool_id: uuid.UUID,
    member_id: uuid.UUID,
    quantity: int = 1,
    claim_id: uuid.UUID | None = None,
    expires_at: datetime | None = None,
    asker: Asker = ANYBODY,
) -> ClaimOutcome:
    """Hold units of a pool inside the caller's transaction; the claim's id is the idempotency key.

    Without `expires_at` the units are kept at once; with it they are held at most so long, less when the pool's own
    hold time is shorter. Raises SoldOut, LimitReached, TooEarly, TooLate, UnpaidHolds, SlowDown, NotFound, KeyReused
    (the id is another request's), or Busy when the row stays locked.
    """
    wanted = claim_id or ids.new_id()
    tag = None
    if asker.tags:
        tag = Pool.objects.filter(id=pool_id).values_list("reserved_for", flat=True).first()
    row: list[Any] = [[wanted], [member_id], [quantity], [asker.device], [asker.address], [tag in asker.tags]]
    try:
        with locks.lock_timeout(), connection.cursor() as cursor:
            cursor.execute(CLAIM, [pool_id, *row, tag, clock.now(), expires_at])
            (outcome,), (detail,), (seconds,), _, _ = cursor.fetchone()
    except Busy:
        TALLY.add(str(pool_id), BUSY)
        raise
    if outcome in ("granted", "replayed"):
        transaction.on_commit(lambda: TALLY.add(str(pool_id), outcome))
        return ClaimOutcome(claim_id=wanted, replayed=outcome == "replayed", hold_seconds=seconds)
    TALLY.add(str(pool_id), outcome)
    raise REFUSALS[outcome](**facts_of(outcome, detail))


def facts_of(outcome: str, detail: int) -> dict[str, object]:
    """What a refusal says besides its code."""
    if outcome == "slow_down":
        return {"seconds": detail}
    if outcome.startswith("unpaid_"):
        return {"limit": detail, "by": outcome.removeprefix("unpaid_")}
    return {"limit": detail} if outcome == "limit_reached" else {}


def keep_claim(claim_id: uuid.UUID) -> bool:
    """A held claim becomes permanent. False when it is no longer held."""
    return _move(claim_id, ["held"], "kept", frees=False)


def release_claim(claim_id: uuid.UUID) -> bool:
    """Give a held or kept claim back to its pool. False when there is nothing to give back."""
    return _move(claim_id, ["held", "kept"], "released", frees=True)


def lapse_claim(claim_id: uuid.UUID) -> bool:
    """Give a claim back that was held and never paid: it has expired now, and counts among the member's strikes.

    For claims whose clock was handed over to an order. False when it is no longer held.
    """
    return _move(claim_id, ["held"], "expired", frees=True)


@in_transaction
def hand_claims_over(claim_ids: Collection[uuid.UUID]) -> int:
    """Held claims end their own clock: from here on an order decides when they end. Returns how many still were held."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE rush_claim SET expires_at = NULL WHERE id = ANY(%s) AND state = 'held'", [list(claim_ids)]
        )
        return int(cursor.rowcount)


def are_claims_held(pool_ids: Collection[uuid.UUID]) -> bool:
    """Whether somebody still holds units of these pools without having paid; one query."""
    return Claim.objects.filter(pool_id__in=pool_ids, state="held").exists()


def expire_claims(*, limit: int = EXPIRE_BATCH) -> list[uuid.UUID]:
    """Give back held claims whose time is over; returns their ids. Workers may run it side by side."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT rush_expire(%s, %s)", [clock.now(), limit])
        return [row[0] for row in cursor.fetchall()]


def expire_due_claims() -> int:
    """All that are due, batch by batch and each in its own transaction; how many. Bounded, the next sweep goes on."""
    count = 0
    for _ in range(EXPIRE_ROUNDS_MAX):
        found = len(expire_claims())
        count += found
        if found < EXPIRE_BATCH:
            break
    return count


@in_transaction
def _move(claim_id: uuid.UUID, before: list[str], after: str, *, frees: bool) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rush_move(%s, %s::text[], %s, %s, %s)", [claim_id, before, after, frees, clock.now()]
        )
        return bool(cursor.fetchone()[0])
