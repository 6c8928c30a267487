"""Pools: opening, looking, resizing, splitting."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Q

from jishi.kernel import clock
from jishi.kernel.errors import InvalidInput, NotFound
from jishi.platform import locks
from jishi.platform.models import Pool, WaitingRoom
from jishi.platform.rush.terms import SHARDS_MAX, TAG_LENGTH_MAX, PoolTerms
from jishi.platform.transactions import in_transaction

NO_TERMS = PoolTerms()
TAGS_ASKED_MAX = 500

# pools as they count, whether on one row or on several; for joins, as `(POOL_COUNTS) p`
POOL_COUNTS = """
    SELECT p.id, p.capacity, p.opens_at, p.closes_at, p.is_open, p.reserved_until,
           p.taken + COALESCE(s.taken, 0)::int AS taken, p.reserved_left + COALESCE(s.reserved, 0)::int AS reserved
    FROM rush_pool p
    LEFT JOIN LATERAL (
        SELECT sum(h.taken) AS taken, sum(h.reserved_left) AS reserved
        FROM rush_shard h WHERE h.pool_id = p.id AND p.shards > 0
    ) s ON true
"""


@dataclass(frozen=True, slots=True)
class PoolState:
    """`remaining` is all that is left; `reserved` of it is kept for members with the tag."""

    pool_id: uuid.UUID
    capacity: int
    taken: int
    reserved: int
    opens_at: datetime | None
    closes_at: datetime | None
    is_open: bool

    @property
    def remaining(self) -> int:
        return self.capacity - self.taken

    @property
    def is_sold_out(self) -> bool:
        return self.remaining <= 0


@in_transaction
def open_pool(
    *,
    purpose: str,
    capacity: int,
    member_limit: int = 0,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
    terms: PoolTerms = NO_TERMS,
) -> uuid.UUID:
    """A pool of `capacity` units. Raises InvalidInput for terms that contradict themselves."""
    _check(terms, capacity=capacity)
    holds, reserve = terms.holds, terms.reserve
    pool = Pool.objects.create(
        purpose=purpose,
        capacity=capacity,
        member_limit=member_limit,
        opens_at=opens_at,
        closes_at=closes_at,
        hold_seconds_min=holds.seconds_min,
        hold_seconds_max=holds.seconds_max,
        member_holds=holds.per_member,
        device_holds=holds.per_device,
        address_holds=holds.per_address,
        strikes=holds.strikes,
        strike_seconds=holds.strike_seconds,
        reserved_for=reserve.tag if reserve else "",
        reserved_left=reserve.units if reserve else 0,
        reserved_until=reserve.until if reserve else None,
    )
    if terms.admission:
        WaitingRoom.objects.create(pool=pool, burst=terms.admission.burst, rate=terms.admission.rate)
    if terms.shards > 1:
        split_pool(pool_id=pool.id, shards=terms.shards)
    return pool.id


def pool_state(pool_id: uuid.UUID) -> PoolState:
    """One query. Raises NotFound."""
    found = pool_states([pool_id])
    if pool_id not in found:
        raise NotFound()
    return found[pool_id]


def pool_states(pool_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, PoolState]:
    """One query however many; what does not exist is left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, capacity, taken, CASE WHEN %s < reserved_until THEN reserved ELSE 0 END, opens_at, closes_at,"
            f" is_open FROM ({POOL_COUNTS}) p WHERE id = ANY(%s)",
            [clock.now(), list(pool_ids)],
        )
        return {row[0]: PoolState(*row) for row in cursor.fetchall()}


def tags_in_demand(*, prefix: str) -> frozenset[str]:
    """Tags that begin so and for which open pools keep units at present; one query, on an index of such pools alone."""
    rows = Pool.objects.filter(
        ~Q(reserved_for=""), is_open=True, reserved_until__gt=clock.now(), reserved_for__startswith=prefix
    )
    return frozenset(rows.order_by().values_list("reserved_for", flat=True).distinct()[:TAGS_ASKED_MAX])


@in_transaction
def close_pools(pool_ids: Collection[uuid.UUID]) -> int:
    """Nobody claims any more from now on; what is held or kept stays. Returns how many were open, locked in id order."""
    with locks.lock_timeout():
        rows = Pool.objects.select_for_update(no_key=True).filter(id__in=pool_ids, is_open=True)
        found = list(rows.order_by("id").values_list("id", flat=True))
    return Pool.objects.filter(id__in=found).update(is_open=False)


@in_transaction
def resize_pool(*, pool_id: uuid.UUID, capacity: int) -> bool:
    """Change the capacity; False when more is already taken. What is reserved shrinks when it no longer fits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rush_resize(%s, %s, %s)", [pool_id, capacity, clock.now()])
        return bool(cursor.fetchone()[0])


@in_transaction
def split_pool(*, pool_id: uuid.UUID, shards: int) -> bool:
    """Let the pool live on several rows; False when it already does or somebody has a claim on it."""
    if not 2 <= shards <= SHARDS_MAX:
        raise InvalidInput(field="shards", reason=f"2–{SHARDS_MAX}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT rush_split(%s, %s)", [pool_id, shards])
        return bool(cursor.fetchone()[0])


def _check(terms: PoolTerms, *, capacity: int) -> None:
    holds, reserve, admission = terms.holds, terms.reserve, terms.admission
    if holds.seconds_min > holds.seconds_max:
        raise InvalidInput(field="seconds_min", reason=f"≤ {holds.seconds_max}")
    if bool(holds.strikes) != bool(holds.strike_seconds):
        raise InvalidInput(field="strike_seconds", reason="> 0")
    if reserve and not 0 < reserve.units <= capacity:
        raise InvalidInput(field="reserve", reason=f"1–{capacity}")
    if reserve and not 0 < len(reserve.tag) <= TAG_LENGTH_MAX:
        raise InvalidInput(field="tag", reason=f"1–{TAG_LENGTH_MAX}")
    if admission and (admission.rate < 1 or admission.burst < 0):
        raise InvalidInput(field="rate", reason="≥ 1")
