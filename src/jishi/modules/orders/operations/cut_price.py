"""Lowering the price of a paid order afterwards, e.g. when a team grew beyond its next size."""

import uuid

from django.db.models import F

from jishi.kernel import ids
from jishi.kernel.actor import SYSTEM, Actor
from jishi.modules.orders import rules
from jishi.modules.orders.errors import NothingToRefund
from jishi.modules.orders.facts import RefundRequested
from jishi.modules.orders.models import Order, OrderLine, OrderRefund, RefundLine
from jishi.modules.orders.operations.refund import wallet_part
from jishi.modules.orders.queries.orders import line_view
from jishi.modules.orders.types import OrderState, RefundPart, RefundPlan
from jishi.platform import history, locks
from jishi.platform.facts import record_fact
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
    amount = sum(part.amount_minor for part in parts)
    plan = RefundPlan(
        refund_id=ids.new_id(),
        order_id=order.id,
        amount_minor=amount,
        shipping_minor=0,
        parts=parts,
        wallet_minor=wallet_part(order, amount),
    )
    _write(order, plan, reason=reason)
    history.record_step(
        subject=("order", order.id),
        verb="cut_price",
        by=by,
        before=order.state,
        after=order.state,
        note=reason,
        details={"refund_id": str(plan.refund_id), "amount_minor": plan.amount_minor},
    )
    record_fact(RefundRequested(order.id, plan.refund_id, order.member_id, plan.amount_minor, reason), by=by)
    return plan


def _write(order: Order, plan: RefundPlan, *, reason: str) -> None:
    refund = OrderRefund.objects.create(
        id=plan.refund_id,
        order=order,
        amount_minor=plan.amount_minor,
        wallet_minor=plan.wallet_minor,
        reason=reason,
    )
    RefundLine.objects.bulk_create([_row(refund, part) for part in plan.parts])
    for part in plan.parts:
        OrderLine.objects.filter(id=part.line_id).update(
            refunded_minor=F("refunded_minor") + part.amount_minor,
            cut_minor=F("cut_minor") + part.amount_minor,
        )


def _row(refund: OrderRefund, part: RefundPart) -> RefundLine:
    return RefundLine(refund=refund, line_id=part.line_id, quantity=0, amount_minor=part.amount_minor)
