"""Claims become orders, orders are paid or given back; the goods go along (docs/algorithms/flash-sale.md)."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import F

from jishi.kernel import clock, ids
from jishi.kernel.actor import SYSTEM, Actor, ActorKind
from jishi.kernel.flow import advance
from jishi.modules.inventory.public import (
    Cause,
    HoldLine,
    HoldsMissing,
    OutOfStock,
    TakeOver,
    held_by_cause,
    hold_stock,
    take_over_units,
)
from jishi.modules.plays.flash_sale import rules
from jishi.modules.plays.flash_sale.errors import ClaimGone
from jishi.modules.plays.flash_sale.facts import UnitOrdered, UnitPaid, UnitsReturned
from jishi.modules.plays.flash_sale.models import Item, Unit, WaitingClaim
from jishi.modules.plays.flash_sale.queries import ITEM_CAUSE
from jishi.modules.plays.flash_sale.types import FreshClaim, ItemView, NewUnit, UnitState, WaitReason
from jishi.modules.plays.life.public import PlayKind, PlayState, is_running, play_view, plays_table
from jishi.platform import locks, rush
from jishi.platform.bulk import copy_rows
from jishi.platform.facts import record_fact, record_facts_of
from jishi.platform.transactions import in_transaction

CLAIMS_MAX = 500
ORDER_CAUSE = "order"

_PICK = """
SELECT c.id, c.pool_id, c.member_id, c.quantity, c.expires_at FROM rush_claim c
WHERE c.state = 'held' AND c.expires_at > %(now)s AND c.pool_id = ANY(%(pools)s)
  AND NOT EXISTS (SELECT 1 FROM flash_sale_waitingclaim w WHERE w.claim_id = c.id)
ORDER BY c.expires_at LIMIT %(limit)s FOR UPDATE OF c SKIP LOCKED
"""
_PICK_ONE = """
SELECT c.id, c.pool_id, c.member_id, c.quantity, c.expires_at FROM rush_claim c
WHERE c.id = %s AND c.state = 'held' AND c.expires_at > %s FOR UPDATE OF c
"""
_COLUMNS = (
    "order_id",
    "claim_id",
    "item_id",
    "member_id",
    "quantity",
    "discount_minor",
    "state",
    "ordered_at",
)


def open_pools() -> list[uuid.UUID]:
    """Pools whose claims should become orders now: of running sessions, and of those that closed a moment ago."""
    states = [PlayState.SCHEDULED, PlayState.OPEN, PlayState.CLOSING]
    plays = plays_table(kinds=[PlayKind.FLASH_SALE], states=states)
    started = [play.id for play in plays if play.opens_at <= clock.now()]
    pools = Item.objects.filter(play_id__in=started, pool_id__isnull=False)
    return [pool_id for pool_id in pools.values_list("pool_id", flat=True) if pool_id is not None]


@in_transaction
def pick_claims(*, pool_ids: Sequence[uuid.UUID], limit: int) -> list[FreshClaim]:
    """Granted claims without an order, the one that ends first on top, locked for the caller's transaction.

    What another worker works on is left out, and so is what waits for its member.
    """
    if not pool_ids:
        return []
    values: dict[str, Any] = {"now": clock.now(), "pools": list(pool_ids), "limit": min(limit, CLAIMS_MAX)}
    with connection.cursor() as cursor:
        cursor.execute(_PICK, values)
        return [FreshClaim(*row) for row in cursor.fetchall()]


@in_transaction
def pick_claim(claim_id: uuid.UUID, *, by: Actor) -> FreshClaim:
    """One's own claim, locked until the caller's transaction ends. Raises ClaimGone."""
    with locks.lock_timeout(), connection.cursor() as cursor:
        cursor.execute(_PICK_ONE, [claim_id, clock.now()])
        row = cursor.fetchone()
    if row is None or not by.owns(row[2]):
        raise ClaimGone()
    return FreshClaim(*row)


@in_transaction
def set_claims_waiting(claims: Sequence[tuple[FreshClaim, uuid.UUID, WaitReason]]) -> None:
    """These need a word from their members first: (claim, item, why)."""
    WaitingClaim.objects.bulk_create(
        [
            WaitingClaim(
                claim_id=claim.claim_id, item_id=item_id, member_id=claim.member_id, reason=why.value
            )
            for claim, item_id, why in claims
        ],
        ignore_conflicts=True,
    )


@in_transaction
def record_units(units: Sequence[NewUnit], *, items: Iterable[ItemView]) -> None:
    """Orders have been placed for these claims: tie them, end the claims' own clocks, take the goods over.

    The goods last: an item's hold is the hottest row. Raises HoldsMissing; a claim's second order fails on its key.
    """
    by_id = {item.id: item for item in items}
    now = clock.now()
    copy_rows(
        table=Unit._meta.db_table,
        columns=_COLUMNS,
        rows=(
            (u.order_id, u.claim_id, u.item_id, u.member_id, u.quantity, u.discount_minor, "ordered", now)
            for u in units
        ),
    )
    record_facts_of([(_ordered(unit, by_id[unit.item_id]), _member(unit.member_id)) for unit in units])
    # the order's deadline decides from here on, so that no unit is given away while its buyer is at the cashier
    if rush.hand_claims_over([unit.claim_id for unit in units]) != len(units):
        raise ClaimGone()
    lines: dict[uuid.UUID, list[TakeOver]] = defaultdict(list)
    for unit in units:
        hold_id = ids.derived_id(unit.claim_id, "goods")
        lines[unit.item_id].append(TakeOver(hold_id, unit.order_id, unit.quantity))
    for item_id in sorted(lines):
        take_over_units(source=Cause(ITEM_CAUSE, item_id), lines=lines[item_id], kind=ORDER_CAUSE)


@in_transaction
def pay_unit(order_id: uuid.UUID) -> bool:
    """Paid in time: the claim is kept. False when the unit was given back before."""
    unit = _locked(order_id)
    if unit is None or unit.state == UnitState.RETURNED.value:
        return False
    if unit.state == UnitState.PAID.value:
        return True
    if not rush.keep_claim(unit.claim_id):
        return False
    _mark_paid(unit, verb="pay")
    return True


@in_transaction
def regain_unit(order_id: uuid.UUID) -> bool:
    """Paid after it was given back: claim a unit again, goods and all. False when there is none to be had."""
    unit = _locked(order_id)
    if unit is None or unit.state != UnitState.RETURNED.value:
        return False
    item = Item.objects.get(id=unit.item_id)
    if item.pool_id is None or not _is_on_sale(item.play_id):
        return False
    claim_id = ids.new_id()
    try:
        rush.claim_units(
            pool_id=item.pool_id, member_id=unit.member_id, quantity=unit.quantity, claim_id=claim_id
        )
        goods = TakeOver(ids.derived_id(claim_id, "goods"), order_id, unit.quantity)
        take_over_units(source=Cause(ITEM_CAUSE, item.id), lines=[goods], kind=ORDER_CAUSE)
    except (rush.SoldOut, rush.LimitReached, rush.TooLate, HoldsMissing):
        return False
    unit.claim_id = claim_id
    _mark_paid(unit, verb="regain")
    return True


@in_transaction
def return_unit(order_id: uuid.UUID, *, reason: str) -> bool:
    """The order will not be had: its unit is free again. True when the goods went back to the session.

    One that was never paid counts as a strike of its member, however it ended: the unit was kept from the others.
    False when it was given back before, or the session is over and the goods go the ordinary way to the shelf.
    """
    unit = _locked(order_id)
    if unit is None or unit.state == UnitState.RETURNED.value:
        return False
    item = Item.objects.get(id=unit.item_id)
    is_on_sale = _is_on_sale(item.play_id)
    end_claim = rush.lapse_claim if unit.state == UnitState.ORDERED.value else rush.release_claim
    unit.state, unit.returned_at = _next(unit, "return"), clock.now()
    unit.save(update_fields=["state", "returned_at"])
    end_claim(unit.claim_id)
    record_fact(
        UnitsReturned(item.play_id, item.id, order_id, unit.quantity, reason[:40], is_on_sale), by=SYSTEM
    )
    if is_on_sale:
        _bring_goods_back(unit, item)
    return is_on_sale


def _bring_goods_back(unit: Unit, item: Item) -> None:
    """What the order still holds goes back to the item. Units refunded one by one before are on the shelf already: they

    are taken from there, and when the shelf has none the session has so many fewer.
    """
    held = held_by_cause(kind=ORDER_CAUSE, cause_ids=[unit.order_id]).get(unit.order_id, 0)
    moved = min(held, unit.quantity)
    if moved:
        goods = TakeOver(ids.derived_id(unit.claim_id, "back"), item.id, moved)
        take_over_units(source=Cause(ORDER_CAUSE, unit.order_id), lines=[goods], kind=ITEM_CAUSE)
    missing = unit.quantity - moved
    if not missing:
        return
    line = HoldLine(ids.derived_id(unit.claim_id, "shelf"), item.variant_id, missing)
    try:
        hold_stock(lines=[line], cause=Cause(ITEM_CAUSE, item.id), expires_at=None)
    except OutOfStock:
        Item.objects.filter(id=item.id).update(units=F("units") - missing)
        rush.resize_pool(pool_id=item.pool_id, capacity=item.units - missing)  # type: ignore[arg-type]


def _locked(order_id: uuid.UUID) -> Unit | None:
    with locks.lock_timeout():
        return Unit.objects.select_for_update().filter(order_id=order_id).first()


def _next(unit: Unit, verb: str) -> str:
    return advance(rules.UNIT_LIFE, UnitState(unit.state), verb).value


def _mark_paid(unit: Unit, *, verb: str) -> None:
    unit.state, unit.paid_at, unit.returned_at = _next(unit, verb), clock.now(), None
    unit.save(update_fields=["state", "paid_at", "returned_at", "claim_id"])
    play_id = Item.objects.values_list("play_id", flat=True).get(id=unit.item_id)
    record_fact(UnitPaid(play_id, unit.item_id, unit.order_id, unit.member_id, unit.quantity), by=SYSTEM)


def _is_on_sale(play_id: uuid.UUID) -> bool:
    return is_running(play_view(play_id), now=clock.now())


def _ordered(unit: NewUnit, item: ItemView) -> UnitOrdered:
    return UnitOrdered(item.play_id, item.id, unit.order_id, unit.member_id, unit.quantity)


def _member(member_id: uuid.UUID) -> Actor:
    return Actor(kind=ActorKind.MEMBER, id=member_id)
