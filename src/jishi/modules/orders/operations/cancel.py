"""Cancelling an order nobody has paid for."""

import uuid

from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.kernel.flow import advance
from jishi.modules.orders import rules
from jishi.modules.orders.facts import OrderCancelled
from jishi.modules.orders.models import Order
from jishi.modules.orders.types import OrderState
from jishi.platform import history, locks
from jishi.platform.facts import record_fact
from jishi.platform.transactions import in_transaction


@in_transaction
def cancel_order(order_id: uuid.UUID, *, by: Actor, reason: str) -> str:
    """Close an unpaid order; returns its play's kind. The caller gives stock and place back in the same transaction.

    Members cancel their own, staff need `orders.cancel`. Raises IllegalStep unless it waits for payment.
    """
    order = locks.lock_one(Order, order_id)
    if not by.owns(order.member_id) and not by.may("orders.cancel"):
        raise NotFound()
    before = OrderState(order.state)
    order.state = advance(rules.LIFECYCLE, before, "cancel").value
    order.cancelled_at, order.cancel_reason = clock.now(), reason
    order.save(update_fields=["state", "cancelled_at", "cancel_reason"])
    history.record_step(
        subject=("order", order.id), verb="cancel", by=by, before=before.value, after=order.state, note=reason
    )
    record_fact(OrderCancelled(order.id, order.number, order.member_id, reason), by=by)
    return order.play_kind
