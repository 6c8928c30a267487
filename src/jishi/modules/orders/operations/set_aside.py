"""Setting money of an order aside that goes back: the same for a whole order, for some units and for some money."""

from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import F, Sum

from jishi.kernel import clock, ids
from jishi.kernel.actor import Actor
from jishi.kernel.flow import advance
from jishi.modules.orders import rules
from jishi.modules.orders.errors import NothingToRefund
from jishi.modules.orders.facts import RefundRequested
from jishi.modules.orders.models import Order, OrderLine, OrderRefund, RefundLine
from jishi.modules.orders.types import OrderState, RefundPart, RefundPlan
from jishi.platform import history
from jishi.platform.facts import record_fact


class Why(NamedTuple):
    """Why money goes back; `step` is what the order's history calls it."""

    reason: str
    note: str = ""
    step: str = "request_refund"


def set_aside(
    order: Order,
    parts: Sequence[RefundPart],
    *,
    shipping_minor: int,
    verb: str,
    by: Actor,
    why: Why,
) -> RefundPlan:
    """Write what goes back of a locked order, move the order by `verb` if there is one, and tell.

    Raises NothingToRefund.
    """
    amount = sum(part.amount_minor for part in parts) + shipping_minor
    plan = RefundPlan(
        refund_id=ids.new_id(),
        order_id=order.id,
        amount_minor=amount,
        shipping_minor=shipping_minor,
        parts=tuple(parts),
        wallet_minor=_wallet_part(order, amount),
    )
    if plan.amount_minor <= 0:
        raise NothingToRefund()
    _write(order, plan, why)
    before = OrderState(order.state)
    if verb:
        order.state = advance(rules.LIFECYCLE, before, verb).value
        order.shipped_at = clock.now() if verb == "ship" else order.shipped_at
    order.shipping_refunded_minor += shipping_minor
    order.save(update_fields=["state", "shipped_at", "shipping_refunded_minor"])
    history.record_step(
        subject=("order", order.id),
        verb=why.step,
        by=by,
        before=before.value,
        after=order.state,
        note=why.note or why.reason,
        details={"refund_id": str(plan.refund_id), "amount_minor": plan.amount_minor},
    )
    fact = RefundRequested(order.id, plan.refund_id, order.member_id, plan.amount_minor, why.reason)
    record_fact(fact, by=by)
    return plan


def _wallet_part(order: Order, amount_minor: int) -> int:
    """What of a refund goes to the wallet that paid a part of the order, after the refunds asked for before."""
    if not order.wallet_minor:
        return 0
    asked = OrderRefund.objects.filter(order=order).aggregate(sum=Sum("amount_minor"))["sum"] or 0
    return rules.wallet_share(
        amount_minor=amount_minor,
        refunded_before=asked,
        wallet_minor=order.wallet_minor,
        total_minor=order.total_minor,
    )


def _write(order: Order, plan: RefundPlan, why: Why) -> None:
    refund = OrderRefund.objects.create(
        id=plan.refund_id,
        order=order,
        amount_minor=plan.amount_minor,
        shipping_minor=plan.shipping_minor,
        wallet_minor=plan.wallet_minor,
        reason=why.reason,
        note=why.note[:200],
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
