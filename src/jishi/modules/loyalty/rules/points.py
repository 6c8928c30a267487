"""Points: what is earned, which lots pay, which lots get back (docs/algorithms/loyalty.md)."""

import calendar
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from jishi.kernel.money import BASIS_POINTS
from jishi.modules.loyalty.types import EntryKind, OpenLot, Part

UNIT_MINOR: Final = 100  # one unit of currency; points are earned per whole one


@dataclass(frozen=True, slots=True)
class Effect:
    """What a point of an entry does to the balances, and the lot's counter that keeps it."""

    pending: int = 0
    active: int = 0
    debt: int = 0
    counter: str = ""
    counter_sign: int = 0


# The whole bookkeeping of points: every entry is one of these, and a lot always adds up to what it earned.
EFFECTS: Final[Mapping[EntryKind, Effect]] = {
    EntryKind.PROMISE: Effect(pending=1),
    EntryKind.EARN: Effect(active=1),
    EntryKind.RELEASE: Effect(pending=-1, active=1),
    EntryKind.SPEND: Effect(active=-1, counter="spent", counter_sign=1),
    EntryKind.GIVE_BACK: Effect(active=1, counter="spent", counter_sign=-1),
    EntryKind.EXPIRE: Effect(active=-1, counter="expired", counter_sign=1),
    EntryKind.WITHDRAW: Effect(pending=-1, counter="taken_back", counter_sign=1),
    EntryKind.TAKE_BACK: Effect(active=-1, counter="taken_back", counter_sign=1),
    EntryKind.OWE: Effect(debt=1),
    EntryKind.COVER: Effect(active=-1, debt=-1, counter="covered", counter_sign=1),
}


def points_for(paid_minor: int, *, earn_per_unit: int, earn_basis_points: int) -> int:
    """Points for the whole units of what was paid, times the tier's multiplier; rounded down."""
    return max(0, paid_minor) // UNIT_MINOR * earn_per_unit * earn_basis_points // BASIS_POINTS


def points_lost(paid_minor: int, refunded_minor: int, *, earn_per_unit: int, earn_basis_points: int) -> int:
    """How many of an order's points are gone after refunds of so much in all: what was earned less what stays earned.

    Counted from the total and never refund by refund, so the parts always add up and a whole refund leaves nothing.
    """
    earned = points_for(paid_minor, earn_per_unit=earn_per_unit, earn_basis_points=earn_basis_points)
    stays = points_for(
        paid_minor - refunded_minor, earn_per_unit=earn_per_unit, earn_basis_points=earn_basis_points
    )
    return earned - stays


def growth_for(paid_minor: int) -> int:
    """One growth point per whole unit paid."""
    return max(0, paid_minor) // UNIT_MINOR


def expiry_of(available_at: datetime, *, months: int, zone: ZoneInfo) -> datetime:
    """The end of the month, so many months on, in the shop's calendar: the first instant at which they are gone."""
    local = available_at.astimezone(zone)
    count = local.year * 12 + local.month - 1 + months + 1
    first = datetime(count // 12, count % 12 + 1, 1, tzinfo=zone)
    return first.astimezone(available_at.tzinfo)


def choose_lots(lots: Iterable[OpenLot], *, points: int) -> tuple[Part, ...]:
    """The lots that expire soonest pay first, among equals the oldest. Gives what is there: the parts may fall short."""
    parts: list[Part] = []
    left = points
    for lot in sorted(lots, key=lambda one: (one.expires_at, one.earned_at, one.id)):
        if left <= 0:
            break
        taken = min(left, lot.remaining)
        if taken > 0:
            parts.append(Part(lot.id, taken))
            left -= taken
    return tuple(parts)


def choose_returns(parts: Sequence[Part], *, points: int) -> tuple[Part, ...]:
    """Back into the lots that paid, the last one first: what stays spent is what would have expired soonest."""
    back: list[Part] = []
    left = points
    for part in reversed(parts):
        given = min(left, part.points)
        if given > 0:
            back.append(Part(part.lot_id, given))
            left -= given
    return tuple(back)


def usable_points(balance: int, *, goods_minor: int, terms_share: int, per_unit: int, step: int) -> int:
    """The most points an order may use: within the balance, the share of the goods' total, in whole steps."""
    share_minor = goods_minor * terms_share // BASIS_POINTS
    most = min(balance, share_minor * per_unit // UNIT_MINOR)
    return max(0, most - most % max(1, step))


def worth_minor(points: int, *, per_unit: int) -> int:
    """What points are worth in minor units, rounded down."""
    return points * UNIT_MINOR // per_unit if per_unit else 0


def breakage_basis_points(*, expired: int, spent: int) -> int:
    """Of the points that have met their end, the share that was never used."""
    ended = expired + spent
    return expired * BASIS_POINTS // ended if ended else 0


def streak_day(streak: int, *, card_days: int) -> int:
    """Which day of the card a streak stands on: 1 to `card_days`, then from the beginning."""
    return (streak - 1) % card_days + 1 if streak > 0 and card_days > 0 else 0


def local_day_start(instant: datetime, *, zone: ZoneInfo) -> datetime:
    local = instant.astimezone(zone)
    return local.replace(hour=0, minute=0, second=0, microsecond=0)


def last_day_of(month: datetime) -> datetime:
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def available_after(received_at: datetime, *, return_days: int) -> datetime:
    """Pending points live when the time to send things back is over."""
    return received_at + timedelta(days=return_days)
