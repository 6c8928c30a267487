"""Giving back some units, or some money of some lines, as an after-sales case or a person has decided."""

import uuid

from jishi.kernel.actor import SYSTEM, Actor
from jishi.kernel.errors import NotFound
from jishi.modules.orders import rules
from jishi.modules.orders.errors import NothingToRefund
from jishi.modules.orders.models import Order, OrderLine
from jishi.modules.orders.operations.set_aside import Why, set_aside
from jishi.modules.orders.queries.orders import line_view, order_view
from jishi.modules.orders.types import OrderState, OrderView, RefundPlan, RefundWish
from jishi.platform import locks
from jishi.platform.transactions import in_transaction


@in_transaction
def hold_order(order_id: uuid.UUID, *, by: Actor) -> OrderView:
    """Lock an order's row until the transaction ends, and read it. Raises NotFound for somebody else's."""
    order = locks.lock_one(Order, order_id)
    if not by.owns(order.member_id) and not by.may("orders.view"):
        raise NotFound()
    return order_view(order_id, by=SYSTEM)


@in_transaction
def request_parts_refund(
    order_id: uuid.UUID, *, by: Actor, reason: str, note: str, wish: RefundWish
) -> RefundPlan:
    """Set aside what goes back, at most what is left of each line; the caller asks payments for the money.

    Raises NothingToRefund, TooManyUnits.
    """
    by.require("orders.refund")
    order = locks.lock_one(Order, order_id)
    before = OrderState(order.state)
    if before not in rules.REFUNDABLE:
        raise NothingToRefund(state=before.value)
    lines = [line_view(row) for row in OrderLine.objects.filter(order=order).order_by("position")]
    parts = rules.plan_wish(lines, wish)
    verb = rules.verb_of_refund(before, lines=lines, parts=parts) if wish.units_by_line else ""
    left = order.shipping_minor - order.shipping_refunded_minor
    shipping = left if verb == "close" else max(0, min(wish.shipping_minor, left))
    return set_aside(order, parts, shipping_minor=shipping, verb=verb, by=by, why=Why(reason, note))
