"""Pools: opening, looking, resizing, splitting."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Sum

from jishi.kernel import clock
from jishi.kernel.errors import InvalidInput, NotFound
from jishi.platform.models import Pool, Shard, WaitingRoom
from jishi.platform.rush.terms import SHARDS_MAX, TAG_LENGTH_MAX, PoolTerms
from jishi.platform.transactions import in_transaction

NO_TERMS = PoolTerms()


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
    """Two queries for a pool in shards, one for another. Raises NotFound."""
    pool = Pool.objects.filter(id=pool_id).first()
    if pool is None:
        raise NotFound()
    taken, reserved = pool.taken, pool.reserved_left
    if pool.shards:
        sums = Shard.objects.filter(pool=pool).aggregate(taken=Sum("taken"), reserved=Sum("reserved_left"))
        taken, reserved = sums["taken"], sums["reserved"]
    if pool.reserved_until is None or clock.now() >= pool.reserved_until:
        reserved = 0
    return PoolState(
        pool_id=pool.id,
        capacity=pool.capacity,
        taken=taken,
        reserved=reserved,
        opens_at=pool.opens_at,
        closes_at=pool.closes_at,
        is_open=pool.is_open,
    )


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
