"""Lowering the price of a paid order afterwards, e.g. when a team grew beyond its next size."""

import uuid

from jishi.kernel.actor import SYSTEM, Actor
from jishi.modules.orders import rules
from jishi.modules.orders.errors import NothingToRefund
from jishi.modules.orders.models import Order, OrderLine, OrderRefund
from jishi.modules.orders.operations.set_aside import Why, set_aside
from jishi.modules.orders.queries.orders import line_view
from jishi.modules.orders.types import OrderState, RefundPlan
from jishi.platform import locks
from jishi.platform.transactions import in_transaction


@in_transaction
def cut_price(
    order_id: uuid.UUID, *, amount_minor: int | None, reason: str, by: Actor = SYSTEM
) -> RefundPlan | None:
    """Give part of the goods' price back (None: all of it); no unit goes back. The caller asks for the money.

    Split over the lines by what is left of each; what goes back later is worth that much less. None when nothing is
    left to cut, or this cut was made before. Raises NothingToRefund for an order that is not paid.
    """
    order = locks.lock_one(Order, order_id)
    if OrderState(order.state) not in rules.REFUNDABLE:
        raise NothingToRefund(state=order.state)
    if OrderRefund.objects.filter(order=order, reason=reason).exists():
        return None
    lines = [line_view(row) for row in OrderLine.objects.filter(order=order).order_by("position")]
    parts = rules.plan_cut(lines, amount_minor=amount_minor)
    if not parts:
        return None
    why = Why(reason, step="cut_price")
    return set_aside(order, parts, shipping_minor=0, verb="", by=by, why=why)
