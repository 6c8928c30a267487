"""What happens to orders besides money: cancel, expire, ship, receive; and how teams end."""

import uuid

from django.db import transaction

from jishi.flows.payment import take_outcome
from jishi.flows.places import give_place_back, take_goods_back
from jishi.flows.refunds import refund_order
from jishi.kernel import ids
from jishi.kernel.actor import SYSTEM, Actor
from jishi.kernel.errors import IllegalStep
from jishi.modules.inventory.public import Cause, StockLine, release_holds, ship_holds
from jishi.modules.orders.public import (
    NothingToRefund,
    OrderState,
    Shipped,
    cancel_order,
    complete_orders,
    lines_by_order,
    ship_order,
    summaries_by_ids,
)
from jishi.modules.payments.public import (
    OutcomeKind,
    PaymentState,
    cancel_at_provider,
    payments_of_order,
)
from jishi.modules.plays.group_buy.public import complete_by_merchant, fail_team
from jishi.platform import jobs
from jishi.platform.transactions import in_transaction

REFUND_REASON_TEAM = "team_failed"


@in_transaction
def cancel_unpaid(order_id: uuid.UUID, *, by: Actor, reason: str) -> None:
    """Cancel an order nobody has paid for; stock and place are free again at once. Raises IllegalStep, NotFound."""
    play_kind = cancel_order(order_id, by=by, reason=reason)
    take_goods_back(play_kind, order_id, reason=reason)
    release_holds(cause=Cause("order", order_id), reason=reason, by=by)
    give_place_back(play_kind, order_id, reason=reason)


def expire_order(order_id: uuid.UUID) -> bool:
    """The time to pay is over. Close what is open at the provider first; if it turns out to be paid, take it.

    False when the order was paid or closed meanwhile. Not inside a transaction.
    """
    for payment in payments_of_order(order_id):
        if payment.state in (PaymentState.CREATED, PaymentState.PENDING, PaymentState.UNKNOWN):
            outcome = cancel_at_provider(payment.id)
            if outcome.kind in (OutcomeKind.SUCCEEDED, OutcomeKind.FAILED, OutcomeKind.CANCELLED):
                take_outcome(payment.id, outcome)
    try:
        cancel_unpaid(order_id, by=SYSTEM, reason="not_paid_in_time")
    except IllegalStep:
        return False
    return True


def end_team(team_id: uuid.UUID) -> int:
    """The deadline has come: fail the team, then refund each order in a transaction of its own.

    One refund that fails does not hold up the others; `refund_failed_team_order` may be repeated at will.
    """
    order_ids = fail_team_and_defer(team_id)
    return len(order_ids)


@in_transaction
def fail_team_and_defer(team_id: uuid.UUID) -> tuple[uuid.UUID, ...]:
    order_ids = fail_team(team_id)
    for order_id in order_ids:
        jobs.defer("flows.refund_failed_team_order", order_id=str(order_id))
    return order_ids


@in_transaction
def refund_failed_team_order(order_id: uuid.UUID) -> bool:
    """Give one member of a failed team everything back. False when that was done before."""
    if summaries_by_ids([order_id])[order_id].state is not OrderState.GATHERING:
        return False
    try:
        with transaction.atomic():
            refund_order(order_id, reason=REFUND_REASON_TEAM)
    except NothingToRefund:
        return False
    return True


@in_transaction
def complete_team_by_merchant(team_id: uuid.UUID, *, by: Actor) -> int:
    """The merchant ends a forming team well; its orders may be shipped. Returns how many."""
    return complete_orders(complete_by_merchant(team_id, by=by), team_id=team_id)


@in_transaction
def send_parcel(
    order_id: uuid.UUID,
    *,
    by: Actor,
    carrier: str,
    tracking_number: str,
    units_by_line: dict[uuid.UUID, int] | None = None,
) -> Shipped:
    """Ship all or some units; the stock leaves with them."""
    shipped = ship_order(
        order_id, by=by, carrier=carrier, tracking_number=tracking_number, units_by_line=units_by_line
    )
    variants = {line.id: line.variant_id for line in lines_by_order([order_id])[order_id]}
    ship_holds(
        cause=Cause("order", order_id),
        lines=[StockLine(variants[line_id], units) for line_id, units in shipped.units_by_line.items()],
        key=f"parcel:{ids.new_id()}",
        by=by,
    )
    return shipped
