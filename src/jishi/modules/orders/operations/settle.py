"""What a payment does to an order: accepted, late, or one too many."""

import uuid
from collections.abc import Sequence

from jishi.kernel import clock
from jishi.kernel.actor import SYSTEM, Actor
from jishi.kernel.errors import NotFound
from jishi.kernel.flow import advance
from jishi.modules.orders import rules
from jishi.modules.orders.errors import NotPayable
from jishi.modules.orders.facts import OrderPaid, OrderReady
from jishi.modules.orders.models import Order
from jishi.modules.orders.types import OrderState, PaymentTaken, PaymentVerdict
from jishi.platform import history, locks
from jishi.platform.facts import record_fact
from jishi.platform.transactions import in_transaction


@in_transaction
def lock_payable(order_id: uuid.UUID, *, by: Actor) -> None:
    """Hold the row of one's own order that waits for payment. Raises NotFound, NotPayable."""
    order = locks.lock_one(Order, order_id)
    if not by.owns(order.member_id):
        raise NotFound()
    if order.state != OrderState.PLACED.value or order.pay_deadline <= clock.now():
        raise NotPayable(state=order.state)


@in_transaction
def record_payment(order_id: uuid.UUID, *, payment_id: uuid.UUID) -> PaymentTaken:
    """The order's total has been paid. Locks the order; a cancelled or paid order is left as it is."""
    order = locks.lock_one(Order, order_id)
    state = OrderState(order.state)
    is_for_team = order.play_kind == "group_buy"
    if order.paid_minor > 0:
        return PaymentTaken(PaymentVerdict.DUPLICATE, order.play_kind, order.has_promises)
    if state is OrderState.CANCELLED:
        return PaymentTaken(PaymentVerdict.LATE, order.play_kind, order.has_promises)
    order.payment_id = payment_id
    _mark_paid(order, verb="pay_for_team" if is_for_team else "pay", was_late=False)
    return PaymentTaken(PaymentVerdict.ACCEPTED, order.play_kind, order.has_promises)


@in_transaction
def accept_free_order(order_id: uuid.UUID) -> PaymentTaken:
    """An order that costs nothing needs no payment: it goes where a paid one goes. Raises NotPayable for any other."""
    order = locks.lock_one(Order, order_id)
    if order.total_minor != 0 or order.state != OrderState.PLACED.value:
        raise NotPayable(state=order.state)
    is_for_team = order.play_kind == "group_buy"
    _mark_paid(order, verb="pay_for_team" if is_for_team else "pay", was_late=False)
    return PaymentTaken(PaymentVerdict.ACCEPTED, order.play_kind, order.has_promises)


@in_transaction
def revive_order(order_id: uuid.UUID, *, payment_id: uuid.UUID, team_id: uuid.UUID | None = None) -> None:
    """A late payment could still be honoured: the cancelled order lives again, perhaps in another team."""
    order = locks.lock_one(Order, order_id)
    order.team_id, order.payment_id = team_id or order.team_id, payment_id
    verb = "revive_for_team" if order.play_kind == "group_buy" else "revive"
    _mark_paid(order, verb=verb, was_late=True)


@in_transaction
def accept_payment_to_return(order_id: uuid.UUID, *, payment_id: uuid.UUID) -> None:
    """A late payment that cannot be honoured: it counts as paid so that the whole of it can go back."""
    order = locks.lock_one(Order, order_id)
    before = OrderState(order.state)
    order.state = advance(rules.LIFECYCLE, before, "return_late_payment").value
    order.paid_minor, order.paid_at, order.payment_id = order.total_minor, clock.now(), payment_id
    order.save(update_fields=["state", "paid_minor", "paid_at", "payment_id"])
    history.record_step(
        subject=("order", order.id),
        verb="return_late_payment",
        by=SYSTEM,
        before=before.value,
        after=order.state,
    )


@in_transaction
def move_to_team(order_id: uuid.UUID, *, team_id: uuid.UUID) -> None:
    """The buyer's seat is now in another team."""
    order = locks.lock_one(Order, order_id)
    if order.team_id == team_id:
        return
    order.team_id = team_id
    order.save(update_fields=["team_id"])
    history.record_step(
        subject=("order", order.id),
        verb="move_to_team",
        by=SYSTEM,
        before=order.state,
        after=order.state,
        details={"team_id": str(team_id)},
    )


@in_transaction
def complete_orders(order_ids: Sequence[uuid.UUID], *, team_id: uuid.UUID) -> int:
    """Their team is complete: gathering orders may be shipped. Returns how many moved."""
    moved = 0
    for order in locks.lock_many(Order, order_ids).values():
        if order.state != OrderState.GATHERING.value:
            continue
        order.state = advance(rules.LIFECYCLE, OrderState.GATHERING, "complete_team").value
        order.save(update_fields=["state"])
        history.record_step(
            subject=("order", order.id),
            verb="complete_team",
            by=SYSTEM,
            before=OrderState.GATHERING.value,
            after=order.state,
        )
        record_fact(OrderReady(order_id=order.id, member_id=order.member_id, team_id=team_id), by=SYSTEM)
        moved += 1
    return moved


def _mark_paid(order: Order, *, verb: str, was_late: bool) -> None:
    before = OrderState(order.state)
    order.state = advance(rules.LIFECYCLE, before, verb).value
    order.paid_minor, order.paid_at = order.total_minor, clock.now()
    order.cancelled_at, order.cancel_reason = None, ""
    order.save(
        update_fields=[
            "state",
            "paid_minor",
            "paid_at",
            "payment_id",
            "team_id",
            "cancelled_at",
            "cancel_reason",
        ]
    )
    history.record_step(
        subject=("order", order.id), verb=verb, by=SYSTEM, before=before.value, after=order.state
    )
    record_fact(
        OrderPaid(
            order_id=order.id,
            number=order.number,
            member_id=order.member_id,
            total_minor=order.total_minor,
            currency=order.currency,
            play_kind=order.play_kind,
            play_id=order.play_id,
            team_id=order.team_id,
            was_late=was_late,
        ),
        by=SYSTEM,
    )
