"""Giving money back: the exact inverse of recorded lines."""

import uuid

from django.db.models import F

from jishi.kernel import clock
from jishi.kernel.actor import SYSTEM, Actor
from jishi.kernel.errors import NotFound
from jishi.kernel.flow import advance, can
from jishi.modules.orders import rules
from jishi.modules.orders.errors import NothingToRefund
from jishi.modules.orders.facts import OrderRefunded
from jishi.modules.orders.models import Order, OrderLine, OrderRefund, RefundLine
from jishi.modules.orders.operations.set_aside import Why, set_aside
from jishi.modules.orders.queries.orders import line_view
from jishi.modules.orders.types import OrderState, RefundPhase, RefundPlan
from jishi.platform import history, locks
from jishi.platform.facts import record_fact
from jishi.platform.transactions import in_transaction


@in_transaction
def request_order_refund(
    order_id: uuid.UUID,
    *,
    by: Actor,
    reason: str,
    note: str = "",
    units_by_line: dict[uuid.UUID, int] | None = None,
    with_shipping: bool = False,
) -> RefundPlan:
    """Set aside what goes back; the caller asks payments for the money in the same transaction.

    No `units_by_line` means everything that is left, and closes an order that was not shipped yet. Members may close
    their own unshipped order; staff need `orders.refund`. Raises NothingToRefund, TooManyUnits, IllegalStep.
    """
    order = locks.lock_one(Order, order_id)
    before = OrderState(order.state)
    _authorise(order, before, by=by, is_whole=units_by_line is None)
    if before is not OrderState.REFUNDING and before not in rules.REFUNDABLE:
        raise NothingToRefund(state=before.value)
    lines = [line_view(row) for row in OrderLine.objects.filter(order=order).order_by("position")]
    parts = rules.plan_parts(lines, units_by_line=units_by_line)
    verb = rules.verb_of_refund(before, lines=lines, parts=parts)
    shipping = order.shipping_minor - order.shipping_refunded_minor
    shipping = shipping if verb == "close" or with_shipping or before is OrderState.REFUNDING else 0
    return set_aside(order, parts, shipping_minor=shipping, verb=verb, by=by, why=Why(reason, note))


@in_transaction
def record_refund(refund_id: uuid.UUID) -> bool:
    """The money has gone back. False when that was recorded before or the refund is not an order's."""
    refund = OrderRefund.objects.filter(id=refund_id).first()
    if refund is None:
        return False
    order = locks.lock_one(Order, refund.order_id)
    done = OrderRefund.objects.filter(id=refund_id).exclude(phase=RefundPhase.SUCCEEDED.value)
    if not done.update(phase=RefundPhase.SUCCEEDED.value, settled_at=clock.now()):
        return False
    before = OrderState(order.state)
    order.refunded_minor += refund.amount_minor
    is_whole = order.refunded_minor == order.paid_minor and not _has_units_left(order)
    if is_whole and can(rules.LIFECYCLE, before, "refund_all"):
        order.state = advance(rules.LIFECYCLE, before, "refund_all").value
    order.save(update_fields=["refunded_minor", "state"])
    history.record_step(
        subject=("order", order.id),
        verb="refund",
        by=SYSTEM,
        before=before.value,
        after=order.state,
        details={"amount_minor": refund.amount_minor},
    )
    lines = RefundLine.objects.filter(refund=refund).values_list("line_id", "amount_minor")
    record_fact(
        OrderRefunded(
            order_id=order.id,
            number=order.number,
            refund_id=refund.id,
            member_id=order.member_id,
            amount_minor=refund.amount_minor,
            currency=order.currency,
            reason=refund.reason,
            is_whole=is_whole,
            lines=tuple(lines),
        ),
        by=SYSTEM,
    )
    return True


def _has_units_left(order: Order) -> bool:
    """A price that was cut to nothing gives all the money back, and the goods are still the buyer's."""
    return OrderLine.objects.filter(order=order, refunded_quantity__lt=F("quantity")).exists()


def wallet_part_of(refund_id: uuid.UUID) -> int:
    """Of a refund that was asked for, what goes to the wallet; one query."""
    found = OrderRefund.objects.filter(id=refund_id).values_list("wallet_minor", flat=True).first()
    return found or 0


def mark_refund_failed(refund_id: uuid.UUID) -> None:
    """The provider said no; a person has to look."""
    OrderRefund.objects.filter(id=refund_id, phase=RefundPhase.REQUESTED.value).update(
        phase=RefundPhase.FAILED.value
    )


def _authorise(order: Order, state: OrderState, *, by: Actor, is_whole: bool) -> None:
    if by.may("orders.refund"):
        return
    if not by.owns(order.member_id):
        raise NotFound()
    if not is_whole or state is not OrderState.PAID:
        raise NothingToRefund(state=state.value)
