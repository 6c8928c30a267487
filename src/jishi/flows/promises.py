"""What an order was promised besides goods: offers, coupons, points, a part from the wallet. One set of four for all of them.

Reserved with the order, kept by its payment, freed when it is not paid, regained for late money, given back by refunds.
"""

import uuid
from collections.abc import Sequence
from dataclasses import replace

from jishi.flows.books import SALES
from jishi.flows.quotes import Quote
from jishi.kernel import ids
from jishi.kernel.actor import SYSTEM
from jishi.kernel.errors import Refusal
from jishi.kernel.fact import RecordedFact
from jishi.modules.ledger.public import BudgetExhausted, reserving_together
from jishi.modules.loyalty.public import (
    commit_points,
    regain_points,
    release_points,
    reserve_points,
    return_points,
    spending_of,
)
from jishi.modules.orders.public import OrderLineView, OrderView, TotalChanged, order_view
from jishi.modules.promotions.public import (
    NewUse,
    OfferLimitReached,
    Reason,
    commit_uses,
    regain_uses,
    release_coupons,
    release_uses,
    reserve_coupons,
    reserve_uses,
    return_coupons,
    return_uses,
    use_coupons,
)
from jishi.modules.wallet.public import Move, free_held, hold_in_wallet, keep_held, put_into_wallet
from jishi.platform.transactions import in_transaction

POINTS = "points"


def uses_of_quote(quote: Quote) -> list[NewUse]:
    """What each rule gives this order; a gift counts with its price."""
    if quote.pricing is None:
        return []
    worth = {
        discount.source_id: discount.amount_minor
        for line in quote.ordered_lines
        if line.is_gift
        for discount in line.discounts
    }
    return [
        NewUse(
            offer_id=trace.offer_id,
            amount_minor=trace.saved_minor + worth.get(str(trace.offer_id), 0),
            has_budget=trace.has_budget,
            member_limit=trace.member_limit,
            coupon_id=trace.coupon_id,
        )
        for trace in quote.pricing.traces
        if trace.reason is Reason.APPLIED
    ]


@in_transaction
def reserve_promises(quote: Quote, *, order_id: uuid.UUID, member_id: uuid.UUID) -> None:
    """With the order, or not at all. What was taken by others meanwhile means that the price has changed: TotalChanged.

    Raises CouponNotUsable, PointsTooFew.
    """
    uses = uses_of_quote(quote)
    try:
        with reserving_together():
            reserve_uses(uses, order_id=order_id, member_id=member_id, currency=quote.currency)
            coupons = [use.coupon_id for use in uses if use.coupon_id is not None]
            reserve_coupons(coupons, order_id=order_id, member_id=member_id)
            if quote.pricing is not None and quote.pricing.points:
                reserve_points(
                    member_id=member_id,
                    points=quote.pricing.points,
                    spending_id=order_id,
                    currency_minor=quote.pricing.points_minor,
                )
            if quote.wallet_minor:
                hold_in_wallet(_wallet_move(order_id, member_id, quote.wallet_minor, quote.currency))
    except (BudgetExhausted, OfferLimitReached) as refusal:
        raise TotalChanged(now="", total_minor=quote.total_minor) from refusal


@in_transaction
def keep_promises(order_id: uuid.UUID) -> None:
    """The order was paid."""
    commit_uses(order_id)
    use_coupons(order_id)
    commit_points(order_id)
    keep_held(wallet_part_id(order_id)) or keep_held(wallet_part_id(order_id, again=True))


@in_transaction
def free_promises(order_id: uuid.UUID) -> None:
    """The order was not paid: everything is free again."""
    release_uses(order_id)
    release_coupons(order_id)
    release_points(order_id)
    free_held(wallet_part_id(order_id))


@in_transaction
def regain_promises(order: OrderView) -> bool:
    """Late money for a cancelled order. False when something is not to be had again; the caller undoes the rest."""
    coupons = sorted(
        {
            uuid.UUID(discount.source_id)
            for line in order.lines
            for discount in line.discounts
            if discount.kind == "coupon"
        }
    )
    try:
        regain_uses(order.id, currency=order.currency)
        reserve_coupons(coupons, order_id=order.id, member_id=order.member_id)
        if order.points_spent and not regain_points(order.id):
            return False
        if order.wallet_minor:
            move = _wallet_move(order.id, order.member_id, order.wallet_minor, order.currency)
            hold_in_wallet(replace(move, id=wallet_part_id(order.id, again=True)))
    except Refusal:
        return False
    return True


@in_transaction
def return_to_wallet(
    refund_id: uuid.UUID, *, order_id: uuid.UUID, member_id: uuid.UUID, amount_minor: int, currency: str
) -> None:
    """The share of a refund that belongs to the wallet which paid a part of the order."""
    if amount_minor <= 0:
        return
    move = _wallet_move(order_id, member_id, amount_minor, currency)
    put_into_wallet(
        replace(move, id=ids.derived_id(refund_id, "wallet_part"), kind="refund", reverses_id=move.id)
    )


def wallet_part_id(order_id: uuid.UUID, *, again: bool = False) -> uuid.UUID:
    return ids.derived_id(order_id, "wallet_part_again" if again else "wallet_part")


def give_promises_back(fact: RecordedFact) -> None:
    """order_refunded: points as far as units went back; coupons and budgets when everything did."""
    order_id = uuid.UUID(str(fact.payload["order_id"]))
    order = order_view(order_id, by=SYSTEM)
    _give_points_back(order)
    if fact.payload["is_whole"]:
        return_coupons(order_id, is_whole=True)
        if order.shipped_at is None:
            return_uses(order_id, currency=order.currency)


def give_points_of_case_back(fact: RecordedFact) -> None:
    """case_moved: goods that cost points alone bring no money back, and so no refund; their points come back here."""
    if fact.payload["verb"] == "finish":
        _give_points_back(order_view(uuid.UUID(str(fact.payload["order_id"])), by=SYSTEM))


def _give_points_back(order: OrderView) -> None:
    spent = spending_of(order.id)
    so_far = points_to_return(order.lines, points=spent.points) if spent is not None else 0
    if so_far:
        return_points(order.id, points_so_far=so_far)


def points_to_return(lines: Sequence[OrderLineView], *, points: int) -> int:
    """All points that must be back by now, for the units that went back (docs/algorithms/prices.md, §5)."""
    whole = sum(_points_minor(line) for line in lines)
    if whole == 0 or all(line.refunded_quantity == line.quantity for line in lines):
        return points if whole else 0
    back = sum(_points_minor(line) * line.refunded_quantity // line.quantity for line in lines)
    return points * back // whole


def _points_minor(line: OrderLineView) -> int:
    return sum(discount.amount_minor for discount in line.discounts if discount.kind == POINTS)


def _wallet_move(order_id: uuid.UUID, member_id: uuid.UUID, amount_minor: int, currency: str) -> Move:
    return Move(
        id=wallet_part_id(order_id),
        member_id=member_id,
        other=SALES,
        amount_minor=amount_minor,
        currency=currency,
        kind="payment",
        subject=("order", order_id),
    )
