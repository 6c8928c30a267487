"""Refunds by staff above the limit wait for a second person; everything else goes its way at once."""

import uuid
from dataclasses import dataclass

from django.db import transaction

from jishi.flows.refunds import refund_order
from jishi.kernel.actor import SYSTEM, Actor, ActorKind
from jishi.modules.approvals.public import ApprovalView, ask_approval
from jishi.modules.finance.public import REFUND_LIMIT, limit_minor, needs_second_person
from jishi.modules.orders.public import OrderView, RefundPlan, order_view
from jishi.platform.transactions import in_transaction

KIND = "refund"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which part of an order goes back, as `refund_order` takes it."""

    reason: str
    note: str = ""
    units_by_line: dict[uuid.UUID, int] | None = None
    with_shipping: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A refund, or the request for one: exactly one of the two."""

    plan: RefundPlan | None = None
    approval_id: uuid.UUID | None = None


@in_transaction
def ask_or_refund(order_id: uuid.UUID, wanted: Wanted, *, by: Actor) -> Asked:
    """Refund at once, or ask a second person when staff give back more than the limit.

    Raises what `refund_order` raises, AlreadyAsked.
    """
    limit = limit_minor(REFUND_LIMIT) if by.kind is ActorKind.STAFF and by.may("orders.refund") else 0
    try:
        with (
            transaction.atomic()
        ):  # a savepoint: a refund above the limit is undone, and its exact sum is known
            plan = refund_order(
                order_id,
                by=by,
                reason=wanted.reason,
                note=wanted.note,
                units_by_line=wanted.units_by_line,
                with_shipping=wanted.with_shipping,
            )
            if needs_second_person(plan.amount_minor, limit_minor=limit):
                raise _AboveLimit(plan.amount_minor)
    except _AboveLimit as above:
        order = order_view(order_id, by=by)
        return Asked(approval_id=ask_for_refund(order, wanted, minor=above.minor, by=by))
    return Asked(plan=plan)


@in_transaction
def apply_refund(request: ApprovalView) -> None:
    """Make the refund as it was asked for. Raises what `refund_order` raises: then the request stays open."""
    units = request.payload["units_by_line"]
    refund_order(
        request.subject_id,
        by=SYSTEM,
        reason=str(request.payload["refund_reason"]),
        note=str(request.payload["note"]),
        units_by_line={uuid.UUID(line): int(count) for line, count in units.items()} if units else None,
        with_shipping=bool(request.payload["with_shipping"]),
    )


@in_transaction
def ask_for_refund(order: OrderView, wanted: Wanted, *, minor: int, by: Actor) -> uuid.UUID:
    """Ask a second person for a refund of so much. Raises AlreadyAsked."""
    units = {str(line): count for line, count in (wanted.units_by_line or {}).items() if count}
    return ask_approval(
        kind=KIND,
        subject=("order", order.id),
        amount=minor,
        unit=order.currency,
        payload={
            "order_number": order.number,
            "refund_reason": wanted.reason,
            "note": wanted.note,
            "units_by_line": units if wanted.units_by_line is not None else None,
            "units": sum(units.values()),
            "with_shipping": wanted.with_shipping,
        },
        reason=wanted.note or wanted.reason,
        by=by,
    )


class _AboveLimit(Exception):
    """Undoes the refund that must be agreed to first."""

    def __init__(self, minor: int) -> None:
        super().__init__(minor)
        self.minor = minor
