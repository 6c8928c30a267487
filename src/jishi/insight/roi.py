"""What a play cost and what it brought (docs/algorithms/roi.md). Pure: sold lines in, figures out."""

import math
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from jishi.modules.orders.public import SoldLine

PLAY_DISCOUNTS = ("group_buy", "bargain", "flash_sale", "lucky_draw")
LEADER_DISCOUNT = "group_buy_leader"


@dataclass(frozen=True, slots=True)
class Waterfall:
    """From list prices down to margin, in minor units. Every step is a sum over rows that can be shown."""

    list_minor: int
    play_discount_minor: int
    leader_discount_minor: int
    shipping_minor: int
    refunded_minor: int
    fee_minor: int
    cost_minor: int
    cost_known_units: int
    units: int
    kept_play_discount_minor: int
    kept_leader_discount_minor: int
    gifts_minor: int = 0  # money given away beside the orders: red packets, prizes

    @property
    def paid_minor(self) -> int:
        return self.list_minor - self.play_discount_minor - self.leader_discount_minor + self.shipping_minor

    @property
    def net_minor(self) -> int:
        """Revenue after refunds: what the ledger's sales account holds for these orders."""
        return self.paid_minor - self.refunded_minor

    @property
    def spend_minor(self) -> int:
        """What was given for it: discounts on goods that were kept, gifts of money, the provider's fees."""
        discounts = self.kept_play_discount_minor + self.kept_leader_discount_minor
        return discounts + self.gifts_minor + self.fee_minor

    @property
    def roi(self) -> float | None:
        return self.net_minor / self.spend_minor if self.spend_minor else None

    @property
    def cost_coverage(self) -> float:
        return self.cost_known_units / self.units if self.units else 0.0

    @property
    def margin_minor(self) -> int | None:
        """Net revenue less goods, gifts and fees; None unless the cost of every unit kept is known."""
        if self.cost_known_units < self.units:
            return None
        return self.net_minor - self.cost_minor - self.fee_minor - self.gifts_minor


@dataclass(frozen=True, slots=True)
class Spread:
    """How people brought people. `k` is buyers brought by a person per buyer, with its standard error."""

    buyer_count: int
    brought_count: int
    new_member_count: int

    @property
    def k(self) -> float:
        return self.brought_count / self.buyer_count if self.buyer_count else 0.0

    @property
    def k_error(self) -> float:
        """Poisson: the square root of the count over the buyers."""
        return math.sqrt(self.brought_count) / self.buyer_count if self.buyer_count else 0.0


@dataclass(frozen=True, slots=True)
class Bringer:
    """What one sharer (or one source) brought."""

    sharer_id: uuid.UUID | None
    source: str
    visitor_count: int
    order_count: int
    new_member_count: int
    net_minor: int
    spend_minor: int

    @property
    def spend_per_order_minor(self) -> int:
        return self.spend_minor // self.order_count if self.order_count else 0


@dataclass(frozen=True, slots=True)
class DayPoint:
    day: date
    order_count: int
    net_minor: int


def waterfall(lines: Sequence[SoldLine], *, fees: Mapping[uuid.UUID, int], gifts_minor: int = 0) -> Waterfall:
    """Add the lines up; `fees` are per order."""
    order_ids = {line.order_id for line in lines}
    kept_units = {line.line_id: line.quantity - line.refunded_quantity for line in lines}
    return Waterfall(
        list_minor=sum(line.list_total_minor for line in lines),
        play_discount_minor=sum(discount_of(line, *PLAY_DISCOUNTS) + line.price_cut_minor for line in lines),
        leader_discount_minor=sum(discount_of(line, LEADER_DISCOUNT) for line in lines),
        shipping_minor=sum(line.shipping_minor for line in lines if line.is_first_line),
        refunded_minor=sum(refunded_of(line) - line.price_cut_minor for line in lines),
        fee_minor=sum(fees.get(order_id, 0) for order_id in order_ids),
        cost_minor=sum((line.cost_minor or 0) * kept_units[line.line_id] for line in lines),
        cost_known_units=sum(kept_units[line.line_id] for line in lines if line.cost_minor is not None),
        units=sum(kept_units.values()),
        kept_play_discount_minor=sum(
            _kept(line, discount_of(line, *PLAY_DISCOUNTS) + line.price_cut_minor) for line in lines
        ),
        kept_leader_discount_minor=sum(_kept(line, discount_of(line, LEADER_DISCOUNT)) for line in lines),
        gifts_minor=gifts_minor,
    )


def spread(lines: Sequence[SoldLine], *, new_buyers: frozenset[uuid.UUID]) -> Spread:
    """Buyers, those brought by another person's share, and those who bought here for the first time."""
    buyers = {line.member_id for line in lines}
    brought = {line.member_id for line in lines if line.sharer_id is not None}
    return Spread(
        buyer_count=len(buyers), brought_count=len(brought), new_member_count=len(buyers & new_buyers)
    )


def bringers(
    lines: Sequence[SoldLine],
    *,
    fees: Mapping[uuid.UUID, int],
    visitors: Mapping[uuid.UUID, int],
    new_buyers: frozenset[uuid.UUID],
) -> list[Bringer]:
    """Net revenue by sharer, and by source where there was none; the best first. The parts add up to the whole."""
    groups: dict[tuple[uuid.UUID | None, str], list[SoldLine]] = defaultdict(list)
    for line in lines:
        groups[line.sharer_id, "share" if line.sharer_id else (line.attribution_source or "direct")].append(
            line
        )
    for sharer_id in visitors:
        groups.setdefault((sharer_id, "share"), [])
    found = [
        _bringer(sharer_id, source, group, fees=fees, visitors=visitors, new_buyers=new_buyers)
        for (sharer_id, source), group in groups.items()
    ]
    return sorted(found, key=lambda row: (-row.net_minor, -row.visitor_count, str(row.sharer_id)))


def days(lines: Sequence[SoldLine], *, zone: str, calendar: Sequence[date]) -> list[DayPoint]:
    """Orders and net revenue by the day they were paid; days without any are there with nothing."""
    orders: dict[date, set[uuid.UUID]] = defaultdict(set)
    net: dict[date, int] = defaultdict(int)
    for line in lines:
        day = line.paid_at.astimezone(ZoneInfo(zone)).date()
        orders[day].add(line.order_id)
        net[day] += net_of(line)
    return [DayPoint(day=day, order_count=len(orders[day]), net_minor=net[day]) for day in calendar]


def net_of(line: SoldLine) -> int:
    """What a line left in the till, its order's shipping on the first line."""
    shipping = line.shipping_minor if line.is_first_line else 0
    return line.total_minor + shipping - refunded_of(line)


def _bringer(
    sharer_id: uuid.UUID | None,
    source: str,
    group: Sequence[SoldLine],
    *,
    fees: Mapping[uuid.UUID, int],
    visitors: Mapping[uuid.UUID, int],
    new_buyers: frozenset[uuid.UUID],
) -> Bringer:
    part = waterfall(group, fees=fees)
    return Bringer(
        sharer_id=sharer_id,
        source=source,
        visitor_count=visitors.get(sharer_id, 0) if sharer_id else 0,
        order_count=len({line.order_id for line in group}),
        new_member_count=len({line.member_id for line in group} & new_buyers),
        net_minor=part.net_minor,
        spend_minor=part.spend_minor,
    )


def discount_of(line: SoldLine, *kinds: str) -> int:
    return sum(int(discount["amount_minor"]) for discount in line.discounts if discount["kind"] in kinds)


def refunded_of(line: SoldLine) -> int:
    return line.refunded_minor + (line.shipping_refunded_minor if line.is_first_line else 0)


def _kept(line: SoldLine, discount: int) -> int:
    """The part of a discount that went to goods people kept."""
    whole = line.total_minor - line.price_cut_minor
    return discount - discount * (line.refunded_minor - line.price_cut_minor) // whole if whole else discount
