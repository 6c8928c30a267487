"""What happens to orders besides money: cancel, expire, ship, receive."""

import uuid

from jishi.flows.payment import take_outcome
from jishi.flows.places import give_place_back, take_goods_back
from jishi.flows.promises import free_promises
from jishi.kernel import ids
from jishi.kernel.actor import SYSTEM, Actor
from jishi.kernel.errors import IllegalStep
from jishi.modules.inventory.public import Cause, StockLine, release_holds, ship_holds
from jishi.modules.orders.public import (
    Shipped,
    cancel_order,
    lines_by_order,
    order_view,
    ship_order,
)
from jishi.modules.payments.public import (
    OutcomeKind,
    PaymentState,
    cancel_at_provider,
    payments_of_order,
)
from jishi.platform.transactions import in_transaction


@in_transaction
def cancel_unpaid(order_id: uuid.UUID, *, by: Actor, reason: str) -> None:
    """Cancel an order nobody has paid for; stock and place are free again at once. Raises IllegalStep, NotFound."""
    play_kind = cancel_order(order_id, by=by, reason=reason)
    take_goods_back(play_kind, order_id, reason=reason)
    release_holds(cause=Cause("order", order_id), reason=reason, by=by)
    give_place_back(play_kind, order_id, reason=reason)
    if order_view(order_id, by=SYSTEM).has_promises:
        free_promises(order_id)


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
