"""The life of an order, what shipping costs, and how much goes back (docs/algorithms/orders.md)."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jishi.kernel.money import split_minor
from jishi.modules.orders.errors import NothingToRefund, RegionRefused, TooManyUnits
from jishi.modules.orders.types import OrderLineView, OrderState, RefundPart

S = OrderState

LIFECYCLE: dict[tuple[OrderState, str], OrderState] = {
    (S.PLACED, "pay"): S.PAID,
    (S.PLACED, "pay_for_team"): S.GATHERING,
    (S.PLACED, "cancel"): S.CANCELLED,
    # money that came after all, and the goods or a seat could be had again
    (S.CANCELLED, "revive"): S.PAID,
    (S.CANCELLED, "revive_for_team"): S.GATHERING,
    (S.CANCELLED, "return_late_payment"): S.REFUNDING,
    (S.GATHERING, "complete_team"): S.PAID,
    (S.GATHERING, "close"): S.REFUNDING,
    (S.PAID, "close"): S.REFUNDING,
    (S.PAID, "ship_part"): S.PARTLY_SHIPPED,
    (S.PAID, "ship"): S.SHIPPED,
    (S.PARTLY_SHIPPED, "ship_part"): S.PARTLY_SHIPPED,
    (S.PARTLY_SHIPPED, "ship"): S.SHIPPED,
    (S.SHIPPED, "receive"): S.RECEIVED,
    (S.REFUNDING, "refund_all"): S.REFUNDED,
    (S.PARTLY_SHIPPED, "refund_all"): S.REFUNDED,
    (S.SHIPPED, "refund_all"): S.REFUNDED,
    (S.RECEIVED, "refund_all"): S.REFUNDED,
    (S.PAID, "refund_all"): S.REFUNDED,
    (S.GATHERING, "refund_all"): S.REFUNDED,
}
REFUNDABLE = frozenset({S.GATHERING, S.PAID, S.PARTLY_SHIPPED, S.SHIPPED, S.RECEIVED})
CLOSABLE = frozenset({S.GATHERING, S.PAID})


@dataclass(frozen=True, slots=True)
class Rate:
    """What a parcel to some provinces costs; no provinces means everywhere else."""

    province_codes: tuple[str, ...]
    first_grams: int
    first_minor: int
    step_grams: int
    step_minor: int
    free_from_minor: int | None
    is_refused: bool


def shipping_fee_minor(
    *, rates: Sequence[Rate], region_code: str, weight_grams: int, goods_minor: int
) -> int:
    """First weight plus steps begun; free from an amount of goods. Raises RegionRefused where we do not ship.

    The first rate that names the province wins, then the first that names none. Codes compare by their first two
    digits (the province part of GB/T 2260).
    """
    rate = _rate_for(rates, region_code[:2])
    if rate is None:
        return 0
    if rate.is_refused:
        raise RegionRefused()
    if rate.free_from_minor is not None and goods_minor >= rate.free_from_minor:
        return 0
    beyond = max(0, weight_grams - rate.first_grams)
    steps = -(-beyond // rate.step_grams)
    return rate.first_minor + steps * rate.step_minor


def amount_for_units(*, total_minor: int, quantity: int, units_before: int, units: int) -> int:
    """What `units` of a line are worth when `units_before` went back earlier; all units together give the total."""
    return total_minor * (units_before + units) // quantity - total_minor * units_before // quantity


def plan_parts(
    lines: Sequence[OrderLineView], *, units_by_line: Mapping[uuid.UUID, int] | None
) -> tuple[RefundPart, ...]:
    """The inverse of recorded lines. None means everything that is left. Raises TooManyUnits, NothingToRefund."""
    parts: list[RefundPart] = []
    for line in lines:
        left = line.quantity - line.refunded_quantity
        units = left if units_by_line is None else units_by_line.get(line.id, 0)
        if units == 0:
            continue
        if units < 0 or units > left:
            raise TooManyUnits(left=left)
        parts.append(
            RefundPart(
                line_id=line.id,
                quantity=units,
                amount_minor=amount_for_units(
                    total_minor=line.total_minor - line.cut_minor,
                    quantity=line.quantity,
                    units_before=line.refunded_quantity,
                    units=units,
                ),
                cancelled_quantity=min(units, line.unshipped_quantity),
                variant_id=line.variant_id,
            )
        )
    if not parts:
        raise NothingToRefund()
    return tuple(parts)


def plan_cut(lines: Sequence[OrderLineView], *, amount_minor: int | None) -> tuple[RefundPart, ...]:
    """Give part of the price back (None: all that is left), by what each line still stands for; sums exactly."""
    left = [line.refundable_minor for line in lines]
    cut = sum(left) if amount_minor is None else min(amount_minor, sum(left))
    if cut <= 0:
        return ()
    parts = split_minor(cut, left)
    return tuple(
        RefundPart(
            line_id=line.id, quantity=0, amount_minor=part, cancelled_quantity=0, variant_id=line.variant_id
        )
        for line, part in zip(lines, parts, strict=True)
        if part
    )


def wallet_share(*, amount_minor: int, refunded_before: int, wallet_minor: int, total_minor: int) -> int:
    """Of a refund, what goes back to the wallet that paid a part: cumulative, so that all refunds give back all of it."""
    if not wallet_minor:
        return 0
    after = refunded_before + amount_minor
    return wallet_minor * after // total_minor - wallet_minor * refunded_before // total_minor


def verb_of_refund(state: OrderState, *, lines: Sequence[OrderLineView], parts: Sequence[RefundPart]) -> str:
    """What asking for this refund does to the order at once: close it, leave nothing to ship, or nothing."""
    takes_all = sum(part.quantity for part in parts) == sum(
        ln.quantity - ln.refunded_quantity for ln in lines
    )
    if takes_all and state in CLOSABLE:
        return "close"
    left = sum(line.unshipped_quantity for line in lines) - sum(part.cancelled_quantity for part in parts)
    return "ship" if state is OrderState.PARTLY_SHIPPED and left == 0 else ""


def _rate_for(rates: Sequence[Rate], province: str) -> Rate | None:
    named = next((r for r in rates if any(code[:2] == province for code in r.province_codes)), None)
    return named or next((r for r in rates if not r.province_codes), None)
