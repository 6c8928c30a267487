"""What a person can do about a difference: ask the provider, correct the ledger with a second person, send a refund again."""

import uuid
from zoneinfo import ZoneInfo

from django.conf import settings

from jishi.flows.books import capture_id, post_payment, post_refund, refund_posting_id
from jishi.flows.fees import change_fee
from jishi.flows.payment import check_payment, take_outcome
from jishi.flows.refunds import carry_out_refund, try_refund_again
from jishi.flows.statements import compare_again
from jishi.kernel.actor import SYSTEM, Actor
from jishi.kernel.errors import NotFound
from jishi.modules.approvals.public import ApprovalView, ask_approval
from jishi.modules.finance.public import (
    DifferenceKind,
    DifferenceView,
    NothingToCorrect,
    difference_view,
    note_correction,
    settle_difference,
)
from jishi.modules.ledger.public import transfers_of
from jishi.modules.orders.public import summaries_by_ids
from jishi.modules.payments.public import (
    PaymentState,
    PaymentView,
    RefundView,
    ask_payment,
    payment_view,
    provider_named,
    refund_view,
)
from jishi.platform.transactions import in_transaction

CORRECTION = "ledger_correction"
_POSTABLE = (DifferenceKind.LEDGER_DIFFERS, DifferenceKind.FEE_DIFFERS)


def ask_about(difference_id: uuid.UUID, *, by: Actor) -> DifferenceView:
    """Ask the provider about the movement, take its word like any other, compare the day anew.

    Not inside a transaction. Raises NotAllowed, NotFound when the movement is none of ours.
    """
    by.require("ledger.adjust")
    found = difference_view(difference_id, by=by)
    movement = _movement(found)
    if isinstance(movement, PaymentView):
        if movement.state in (PaymentState.FAILED, PaymentState.CANCELLED):
            take_outcome(movement.id, ask_payment(movement.id))
        else:
            check_payment(movement.id)
    else:
        carry_out_refund(movement.id)
    compare_again(found.day, provider=found.provider)
    return difference_view(difference_id, by=by)


@in_transaction
def ask_correction(difference_id: uuid.UUID, *, by: Actor, reason: str) -> uuid.UUID:
    """Ask a second person to post what the ledger misses. Raises NotAllowed, NothingToCorrect, AlreadyAsked."""
    by.require("ledger.adjust")
    found = difference_view(difference_id, by=by)
    minor = _missing_minor(found)
    order = summaries_by_ids([found.order_id]).get(found.order_id) if found.order_id else None
    return ask_approval(
        kind=CORRECTION,
        subject=("difference", found.id),
        amount=minor,
        unit=found.currency,
        payload={
            "difference_id": found.id,
            "provider": found.provider,
            "day": found.day,
            "reference": found.reference,
            "order_number": order.number if order else "",
            "ours_minor": found.ours_minor,
            "theirs_minor": found.theirs_minor,
        },
        reason=reason,
        by=by,
    )


@in_transaction
def apply_correction(request: ApprovalView) -> None:
    """Post what is missing under the id it should have had. Raises NothingToCorrect, TransferMismatch."""
    found = difference_view(uuid.UUID(str(request.payload["difference_id"])), by=SYSTEM)
    _missing_minor(found)
    movement = _movement(found)
    if found.kind is DifferenceKind.FEE_DIFFERS:
        assert isinstance(movement, PaymentView)
        transfer_id = change_fee(movement, fee_minor=found.theirs_minor or 0)
        sales_minor = 0
    elif isinstance(movement, PaymentView):
        post_payment(movement)
        transfer_id, sales_minor = capture_id(movement.id), movement.amount_minor
    else:
        post_refund(movement)
        transfer_id, sales_minor = refund_posting_id(movement.id), -movement.amount_minor
    at = movement.settled_at or movement.created_at
    note_correction(
        transfer_id,
        difference_id=found.id,
        day=at.astimezone(ZoneInfo(settings.TIME_ZONE)).date(),
        currency=movement.currency,
        sales_minor=sales_minor,
    )
    settle_difference(found.id, by=SYSTEM, note=request.reason)
    compare_again(found.day, provider=found.provider)


def send_refund_again(difference_id: uuid.UUID, *, by: Actor) -> None:
    """A refund that the provider does not know or has refused, once more under its own id. Raises IllegalStep."""
    found = difference_view(difference_id, by=by)
    movement = _movement(found)
    if not isinstance(movement, RefundView):
        raise NotFound()
    try_refund_again(movement.id, by=by)


def actions_for(found: DifferenceView) -> frozenset[str]:
    """What may be done about a difference that is not settled: words that the surfaces know."""
    actions = {"explain"}
    if found.kind in _POSTABLE:
        actions.add("correct")
    if found.about in ("payment", "refund") and _is_id(found.intent_id):
        actions.add("ask")
    if found.about == "refund" and found.kind is DifferenceKind.MISSING_THERE:
        actions.add("retry")
    return frozenset(actions)


def _is_id(text: str) -> bool:
    """A number of ours, as far as one can see."""
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def _movement(found: DifferenceView) -> PaymentView | RefundView:
    """Raises NotFound when it is none of ours."""
    try:
        intent_id = uuid.UUID(found.intent_id)
    except ValueError:
        raise NotFound() from None
    movement = payment_view(intent_id) if found.about == "payment" else refund_view(intent_id)
    provider_named(movement.provider)
    return movement


def _missing_minor(found: DifferenceView) -> int:
    """What a posting would add. Raises NothingToCorrect."""
    if found.kind not in _POSTABLE or found.about not in ("payment", "refund"):
        raise NothingToCorrect()
    movement = _movement(found)
    if found.kind is DifferenceKind.FEE_DIFFERS:
        missing = (found.theirs_minor or 0) - movement.fee_minor
        if not isinstance(movement, PaymentView) or missing == 0:
            raise NothingToCorrect()
        return abs(missing)
    is_payment = isinstance(movement, PaymentView)
    wanted = capture_id(movement.id) if is_payment else refund_posting_id(movement.id)
    posted = transfers_of(subject_kind="order", subject_ids=[movement.order_id])
    if any(one.id == wanted for one in posted):
        raise NothingToCorrect()
    return movement.amount_minor
