"""Decisions of flash sales, from values alone (docs/algorithms/flash-sale.md)."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from jishi.modules.plays.flash_sale.errors import BadItem
from jishi.modules.plays.flash_sale.types import ClaimStage, ItemForm, UnitState

ITEMS_MAX = 60
UNITS_MAX = 1_000_000
MEMBER_LIMIT_MAX = 99
HOLD_MINUTES = 15
PAY_MINUTES_MIN = 5
REMIND_MINUTES = 5
ROOM_FROM_UNITS = 200
ROOM_SECONDS = 10
STRIKES = 2
STRIKE_SECONDS = 3600
SHARDS = 4
NEW_MEMBER_MINUTES_MAX = 1440

UNIT_LIFE: dict[tuple[UnitState, str], UnitState] = {
    (UnitState.ORDERED, "pay"): UnitState.PAID,
    (UnitState.ORDERED, "return"): UnitState.RETURNED,
    (UnitState.PAID, "return"): UnitState.RETURNED,
    (UnitState.RETURNED, "regain"): UnitState.PAID,  # paid late, and a unit could be had again
}
STAGE_OF = {
    UnitState.ORDERED: ClaimStage.ORDERED,
    UnitState.PAID: ClaimStage.PAID,
    UnitState.RETURNED: ClaimStage.RETURNED,
}


def pay_deadline(*, claim_expires_at: datetime, now: datetime) -> datetime:
    """The claim's own expiry, but a buyer whose order came late still has five minutes."""
    return max(claim_expires_at, now + timedelta(minutes=PAY_MINUTES_MIN))


def discount_minor(*, list_minor: int, price_minor: int, quantity: int) -> int:
    """What the line costs the shop; a flash price above the list price gives no discount."""
    return max(0, list_minor - price_minor) * quantity


def room_of(units: int) -> tuple[int, int] | None:
    """The waiting room of an item: (people let in at the opening, people a second after); None for a small one.

    Twice as many as there are units come in at once; the others see how many are ahead, until the units are gone.
    """
    if units < ROOM_FROM_UNITS:
        return None
    return 2 * units, max(1, units // ROOM_SECONDS)


def reserved_until(*, opens_at: datetime, closes_at: datetime, minutes: int) -> datetime:
    """Until when units are kept for new members: so long after the opening, never longer than the session."""
    return min(opens_at + timedelta(minutes=minutes), closes_at)


def is_time_to_remind(*, opens_at: datetime, now: datetime) -> bool:
    return opens_at - timedelta(minutes=REMIND_MINUTES) <= now < opens_at


def check_items(items: Sequence[ItemForm], *, list_prices: Mapping[uuid.UUID, int]) -> None:
    """Raises BadItem with the place (from 1) of the first item that is wrong and what to do."""
    if not 1 <= len(items) <= ITEMS_MAX:
        raise BadItem(place=1, field="items", reason="请放 1 到 60 件商品")
    seen: set[uuid.UUID] = set()
    for place, item in enumerate(items, start=1):
        reason = _what_is_wrong(item, list_prices.get(item.variant_id), is_twice=item.variant_id in seen)
        if reason is not None:
            raise BadItem(place=place, row=place - 1, field=reason[0], reason=reason[1])
        seen.add(item.variant_id)


def _what_is_wrong(item: ItemForm, list_minor: int | None, *, is_twice: bool) -> tuple[str, str] | None:
    if list_minor is None:
        return "variant_id", "这个规格不存在或已下架"
    if is_twice:
        return "variant_id", "同一个规格在一场里只能放一次"
    checks = (
        (0 < item.price_minor < list_minor, "price_minor", "秒杀价要大于零，并且低于原价"),
        (1 <= item.units <= UNITS_MAX, "units", "件数要在 1 到 1000000 之间"),
        (
            0 <= item.member_limit <= MEMBER_LIMIT_MAX,
            "member_limit",
            "每人限购要在 0 到 99 之间，0 表示不限",
        ),
        (
            0 <= item.new_member_units <= item.units,
            "new_member_units",
            "留给新会员的件数不能超过这件商品的件数",
        ),
        (
            item.new_member_units == 0 or 1 <= item.new_member_minutes <= NEW_MEMBER_MINUTES_MAX,
            "new_member_minutes",
            "给新会员留多久：填开抢后 1 到 1440 分钟",
        ),
    )
    return next(((field, reason) for is_met, field, reason in checks if not is_met), None)
