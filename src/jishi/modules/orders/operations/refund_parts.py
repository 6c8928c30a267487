"""Giving back some units, or some money of some lines, as an after-sales case or a person has decided."""

import uuid

from django.db.models import F

from jishi.kernel import clock, ids
from jishi.kernel.actor import SYSTEM, Actor
from jishi.kernel.errors import NotFound
from jishi.kernel.flow import advance
from jishi.modules.orders import rules
from jishi.modules.orders.errors import NothingToRefund
from jishi.modules.orders.facts import RefundRequested
from jishi.modules.orders.models import Order, OrderLine, OrderRefund, RefundLine
from jishi.modules.orders.operations.refund import wallet_part
from jishi.modules.orders.queries.orders import line_view, order_view
from jishi.modules.orders.types import OrderState, OrderView, RefundPart, RefundPlan, RefundWish
from jishi.platform import history, locks
from jishi.platform.facts import record_fact
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
    amount = sum(part.amount_minor for part in parts) + shipping
    plan = RefundPlan(
        refund_id=ids.new_id(),
        order_id=order.id,
        amount_minor=amount,
        shipping_minor=shipping,
        parts=parts,
        wallet_minor=wallet_part(order, amount),
    )
    if plan.amount_minor <= 0:
        raise NothingToRefund()
    _write(order, plan, reason=reason, note=note)
    if verb:
        order.state = advance(rules.LIFECYCLE, before, verb).value
        order.shipped_at = clock.now() if verb == "ship" else order.shipped_at
    order.shipping_refunded_minor += shipping
    order.save(update_fields=["state", "shipped_at", "shipping_refunded_minor"])
    history.record_step(
        subject=("order", order.id),
        verb="request_refund",
        by=by,
        before=before.value,
        after=order.state,
        note=note or reason,
        details={"refund_id": str(plan.refund_id), "amount_minor": plan.amount_minor},
    )
    record_fact(RefundRequested(order.id, plan.refund_id, order.member_id, plan.amount_minor, reason), by=by)
    return plan


def _write(order: Order, plan: RefundPlan, *, reason: str, note: str) -> None:
    refund = OrderRefund.objects.create(
        id=plan.refund_id,
        order=order,
        amount_minor=plan.amount_minor,
        shipping_minor=plan.shipping_minor,
        wallet_minor=plan.wallet_minor,
        reason=reason,
        note=note[:200],
    )
    RefundLine.objects.bulk_create(
        [
            RefundLine(
                refund=refund, line_id=part.line_id, quantity=part.quantity, amount_minor=part.amount_minor
            )
            for part in plan.parts
        ]
    )
    for part in plan.parts:
        _take(part)


def _take(part: RefundPart) -> None:
    """Money without a unit is a cut of the price."""
    OrderLine.objects.filter(id=part.line_id).update(
        refunded_minor=F("refunded_minor") + part.amount_minor,
        refunded_quantity=F("refunded_quantity") + part.quantity,
        cancelled_quantity=F("cancelled_quantity") + part.cancelled_quantity,
        cut_minor=F("cut_minor") + (0 if part.quantity else part.amount_minor),
    )
