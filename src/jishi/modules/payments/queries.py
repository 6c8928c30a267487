"""Reading payments."""

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet, Sum

from jishi.kernel import clock
from jishi.kernel.errors import NotFound
from jishi.modules.payments.models import Payment, Refund
from jishi.modules.payments.types import PaymentState, PaymentView, RefundState, RefundView

LIST_MAX = 500
UNNEEDED = "paid_twice"  # why a whole payment is sent back that the order did not need
_OPEN = [PaymentState.CREATED.value, PaymentState.PENDING.value, PaymentState.UNKNOWN.value]
_OPEN_REFUND = [RefundState.CREATED.value, RefundState.PENDING.value, RefundState.UNKNOWN.value]


def payment_view(payment_id: uuid.UUID) -> PaymentView:
    row = Payment.objects.filter(id=payment_id).first()
    if row is None:
        raise NotFound()
    return view_of(row)


def refund_view(refund_id: uuid.UUID) -> RefundView:
    row = Refund.objects.select_related("payment").filter(id=refund_id).first()
    if row is None:
        raise NotFound()
    return refund_view_of(row)


def payments_of_order(order_id: uuid.UUID) -> list[PaymentView]:
    """Oldest first; one query."""
    return [
        view_of(row) for row in Payment.objects.filter(order_id=order_id).order_by("created_at")[:LIST_MAX]
    ]


def refunds_of_order(order_id: uuid.UUID) -> list[RefundView]:
    rows = Refund.objects.select_related("payment").filter(order_id=order_id).order_by("created_at")
    return [refund_view_of(row) for row in rows[:LIST_MAX]]


def failed_refunds(*, limit: int = 100) -> list[RefundView]:
    """Refunds a provider refused, which a person has to look at; oldest first, one query."""
    rows = Refund.objects.select_related("payment").filter(state=RefundState.FAILED.value)
    return [refund_view_of(row) for row in rows.order_by("created_at")[: min(limit, LIST_MAX)]]


def count_failed_refunds() -> int:
    return Refund.objects.filter(state=RefundState.FAILED.value).count()


def payments_to_ask(*, limit: int = 50) -> list[uuid.UUID]:
    """Payments without a final word whose time to ask has come."""
    due = Payment.objects.filter(state__in=_OPEN, next_ask_at__lte=clock.now()).order_by("next_ask_at")
    return list(due.values_list("id", flat=True)[:limit])


def refunds_to_ask(*, limit: int = 50) -> list[uuid.UUID]:
    due = Refund.objects.filter(state__in=_OPEN_REFUND, next_ask_at__lte=clock.now()).order_by("next_ask_at")
    return list(due.values_list("id", flat=True)[:limit])


def fees_by_order(order_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    """What providers kept, in minor units, per order; one query."""
    fees: dict[uuid.UUID, int] = {}
    rows = Payment.objects.filter(order_id__in=list(order_ids), state=PaymentState.SUCCEEDED.value)
    for order_id, fee_minor in rows.values_list("order_id", "fee_minor"):
        fees[order_id] = fees.get(order_id, 0) + fee_minor
    return fees


def settled_between(*, since: datetime, until: datetime) -> tuple[list[PaymentView], list[RefundView]]:
    """Everything that moved in a period, for matching against a provider's statement; two queries."""
    window = Q(settled_at__gte=since, settled_at__lt=until)
    payments = Payment.objects.filter(window, state=PaymentState.SUCCEEDED.value)
    refunds = Refund.objects.select_related("payment").filter(window, state=RefundState.SUCCEEDED.value)
    return [view_of(row) for row in payments], [refund_view_of(row) for row in refunds]


def unneeded_between(*, since: datetime, until: datetime) -> dict[str, tuple[int, int]]:
    """Payments that no order needed, per currency: (taken in the period, sent back in the period); two queries."""
    sent_back = Refund.objects.filter(reason=UNNEEDED)
    taken = sent_back.filter(payment__settled_at__gte=since, payment__settled_at__lt=until)
    back = sent_back.filter(state=RefundState.SUCCEEDED.value, settled_at__gte=since, settled_at__lt=until)
    found = {currency: (int(minor), 0) for currency, minor in _by_currency(taken)}
    for currency, minor in _by_currency(back):
        found[currency] = (found.get(currency, (0, 0))[0], int(minor))
    return found


def unneeded_by_order(order_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    """What was taken for orders that did not need it and has not gone back yet; one query."""
    rows = Refund.objects.filter(reason=UNNEEDED, order_id__in=list(order_ids)).exclude(
        state=RefundState.SUCCEEDED.value
    )
    return dict(rows.values_list("order_id").annotate(sum=Sum("amount_minor")).order_by())


def _by_currency(rows: QuerySet[Refund]) -> list[tuple[str, int]]:
    return list(rows.values_list("currency").annotate(sum=Sum("amount_minor")).order_by())


def view_of(row: Payment) -> PaymentView:
    return PaymentView(
        id=row.id,
        order_id=row.order_id,
        member_id=row.member_id,
        provider=row.provider,
        amount_minor=row.amount_minor,
        currency=row.currency,
        state=PaymentState(row.state),
        reference=row.reference,
        pay_url=row.pay_url,
        fee_minor=row.fee_minor,
        failure=row.failure,
        created_at=row.created_at,
        settled_at=row.settled_at,
    )


def refund_view_of(row: Refund) -> RefundView:
    payment = row.payment
    return RefundView(
        id=row.id,
        payment_id=payment.id,
        order_id=row.order_id,
        member_id=payment.member_id,
        provider=payment.provider,
        payment_reference=payment.reference,
        amount_minor=row.amount_minor,
        currency=row.currency,
        state=RefundState(row.state),
        reason=row.reason,
        failure=row.failure,
        created_at=row.created_at,
        settled_at=row.settled_at,
        payment_amount_minor=payment.amount_minor,
        fee_minor=row.fee_minor,
    )
