"""Giving money back: plan on the order, intent at the payment, stock and seat returned, then the call by a job."""

import uuid

from jishi.flows.books import post_refund
from jishi.flows.places import give_place_back, take_goods_back
from jishi.flows.promises import return_to_wallet
from jishi.flows.web_addresses import notify_url
from jishi.kernel.actor import SYSTEM, Actor
from jishi.modules.inventory.public import Cause, StockLine, release_units
from jishi.modules.orders.public import (
    NothingToRefund,
    OrderState,
    OrderView,
    RefundPlan,
    TeamStillForming,
    cut_price,
    mark_refund_failed,
    order_view,
    record_refund,
    request_order_refund,
    wallet_part_of,
)
from jishi.modules.payments.public import (
    Outcome,
    RefundState,
    payment_view,
    record_refund_outcome,
    refund_view,
    request_refund,
    retry_refund,
    send_refund,
)
from jishi.modules.plays.group_buy.public import leave_team
from jishi.platform import history, jobs
from jishi.platform.transactions import in_transaction


@in_transaction
def refund_order(
    order_id: uuid.UUID,
    *,
    by: Actor = SYSTEM,
    reason: str,
    note: str = "",
    units_by_line: dict[uuid.UUID, int] | None = None,
    with_shipping: bool = False,
) -> RefundPlan:
    """Send back all that is left of an order, or some units. Goods not yet shipped go back on sale.

    Raises NothingToRefund, TooManyUnits, TeamStillForming (a shopper in a forming team).
    """
    before = order_view(order_id, by=by)
    if before.state is OrderState.GATHERING:
        if not by.may("orders.refund"):
            raise TeamStillForming()
        if units_by_line is None or _takes_all(before, units_by_line):
            leave_team(order_id)  # the team's lock comes before the order's when a paid seat is given up
    plan = request_order_refund(
        order_id,
        by=by,
        reason=reason,
        note=note,
        units_by_line=units_by_line,
        with_shipping=with_shipping,
    )
    cancelled = [
        StockLine(part.variant_id, part.cancelled_quantity) for part in plan.parts if part.cancelled_quantity
    ]
    is_whole = units_by_line is None or _takes_all(before, units_by_line)
    # a team that succeeded stays whole
    frees_place = is_whole and before.state is OrderState.PAID and before.play_kind != "group_buy"
    took_goods = frees_place and take_goods_back(before.play_kind, order_id, reason=reason)
    if cancelled and not took_goods and before.state is not OrderState.REFUNDING:
        # a late payment sent back never held goods
        release_units(cause=Cause("order", order_id), lines=cancelled, reason=reason, by=by)
    if frees_place:
        give_place_back(before.play_kind, order_id, reason=reason)
    payment_id = order_view(order_id, by=SYSTEM).payment_id
    if payment_id is None:
        raise NothingToRefund()
    _ask_for_money(plan, payment_id=payment_id, reason=reason)
    return plan


@in_transaction
def give_price_back(order_id: uuid.UUID, *, amount_minor: int | None, reason: str) -> bool:
    """Part of the goods' price goes back (None: all of it) and no unit does. False when it was done before."""
    plan = cut_price(order_id, amount_minor=amount_minor, reason=reason)
    payment_id = order_view(order_id, by=SYSTEM).payment_id
    if plan is None or payment_id is None:
        return False
    _ask_for_money(plan, payment_id=payment_id, reason=reason)
    return True


def carry_out_refund(refund_id: uuid.UUID) -> RefundState:
    """Call the provider (or ask what became of it) and take its word. Not inside a transaction."""
    refund = refund_view(refund_id)
    if refund.state in (RefundState.SUCCEEDED, RefundState.FAILED):
        return refund.state
    take_refund_outcome(refund_id, send_refund(refund_id, notify_url=notify_url(refund.provider)))
    return refund_view(refund_id).state


@in_transaction
def take_refund_outcome(refund_id: uuid.UUID, outcome: Outcome) -> bool:
    """Record a provider's word about a refund with its consequences. True when this word made it successful."""
    done = record_refund_outcome(refund_id, outcome)
    if done is None:
        if refund_view(refund_id).state is RefundState.FAILED:
            mark_refund_failed(refund_id)
        return False
    post_refund(done)
    return_to_wallet(
        refund_id,
        order_id=done.order_id,
        member_id=done.member_id,
        amount_minor=wallet_part_of(refund_id),
        currency=done.currency,
    )
    record_refund(refund_id)
    return True


@in_transaction
def try_refund_again(refund_id: uuid.UUID, *, by: Actor) -> None:
    """A person sends a refund that the provider refused once more, under the same id."""
    by.require("orders.refund")
    refund = retry_refund(refund_id)
    history.record_step(subject=("order", refund.order_id), verb="retry_refund", by=by)
    defer_refund(refund_id)


def _ask_for_money(plan: RefundPlan, *, payment_id: uuid.UUID, reason: str) -> None:
    """What the provider brought goes back to it; a few cents may be the wallet's alone, and those move at once."""
    if plan.provider_minor > 0:
        request_refund(
            refund_id=plan.refund_id, payment_id=payment_id, amount_minor=plan.provider_minor, reason=reason
        )
        defer_refund(plan.refund_id)
        return
    payment = payment_view(payment_id)
    return_to_wallet(
        plan.refund_id,
        order_id=plan.order_id,
        member_id=payment.member_id,
        amount_minor=plan.wallet_minor,
        currency=payment.currency,
    )
    record_refund(plan.refund_id)


def defer_refund(refund_id: uuid.UUID) -> None:
    """The call is a job of this transaction: it exists exactly when the intent does."""
    jobs.defer("flows.carry_out_refund", refund_id=str(refund_id))


def _takes_all(order: OrderView, units_by_line: dict[uuid.UUID, int]) -> bool:
    return all(units_by_line.get(ln.id, 0) >= ln.quantity - ln.refunded_quantity for ln in order.lines)
