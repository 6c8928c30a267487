"""Intent → call → outcome, for payments and refunds. No provider is called inside a transaction."""

import uuid
from dataclasses import dataclass, replace
from datetime import timedelta

from django.db import connection
from django.db.models import F

from jishi.kernel import clock, ids
from jishi.kernel.actor import SYSTEM
from jishi.kernel.flow import advance, can
from jishi.modules.payments import rules
from jishi.modules.payments.errors import CurrencyNotTaken, RefundTooLarge
from jishi.modules.payments.facts import PaymentFailed, PaymentSucceeded, RefundFailed, RefundSucceeded
from jishi.modules.payments.models import Payment, Refund
from jishi.modules.payments.providers import provider_named, takes
from jishi.modules.payments.queries import payment_view, refund_view, refund_view_of, view_of
from jishi.modules.payments.types import (
    Callback,
    Outcome,
    OutcomeKind,
    PaymentState,
    PaymentView,
    RefundState,
    RefundView,
)
from jishi.platform import locks
from jishi.platform.facts import record_fact
from jishi.platform.transactions import in_transaction

TITLE_LENGTH_MAX = 120
REUSED_WITHIN_MINUTES = 30


@dataclass(frozen=True, slots=True)
class Capture:
    """A payment that has just become successful; `payment` is how it stands now."""

    payment: PaymentView


@in_transaction
def open_payment(
    *, order_id: uuid.UUID, member_id: uuid.UUID, provider: str, amount_minor: int, currency: str, title: str
) -> PaymentView:
    """Write the intent down. A young unsettled intent for the same sum is used again, so a double tap pays once."""
    if not takes(provider_named(provider), currency):
        raise CurrencyNotTaken(currency=currency)
    recent = clock.now() - timedelta(minutes=REUSED_WITHIN_MINUTES)
    row = Payment.objects.filter(
        order_id=order_id,
        provider=provider,
        amount_minor=amount_minor,
        state__in=[PaymentState.CREATED.value, PaymentState.PENDING.value],
        created_at__gte=recent,
    ).first()
    if row is None:
        row = Payment.objects.create(
            id=ids.new_id(),
            order_id=order_id,
            member_id=member_id,
            provider=provider,
            amount_minor=amount_minor,
            currency=currency,
            title=title[:TITLE_LENGTH_MAX],
            next_ask_at=rules.next_ask_at(now=clock.now(), asks=0),
        )
    return view_of(row)


def start_payment(payment_id: uuid.UUID, *, title: str, return_url: str, notify_url: str) -> PaymentView:
    """Tell the provider. Repeating is safe: the intent's id is the provider's idempotency key."""
    _refuse_inside_transaction()
    payment = payment_view(payment_id)
    if payment.state is PaymentState.PENDING and payment.pay_url:
        return payment
    answer = provider_named(payment.provider).start(
        payment, title=title, return_url=return_url, notify_url=notify_url
    )
    if isinstance(answer, Outcome):
        record_outcome(payment_id, answer)
        return payment_view(payment_id)
    waiting = [PaymentState.CREATED.value, PaymentState.PENDING.value, PaymentState.UNKNOWN.value]
    known = Payment.objects.filter(id=payment_id, state__in=waiting).update(
        state=PaymentState.PENDING.value, reference=answer.reference, pay_url=answer.pay_url
    )
    if not known:  # settled while we asked: what it is now counts, its page is kept for the payer
        Payment.objects.filter(id=payment_id).update(pay_url=answer.pay_url)
        return payment_view(payment_id)
    return replace(
        payment, state=PaymentState.PENDING, reference=answer.reference, pay_url=answer.pay_url, failure=""
    )


def ask_payment(payment_id: uuid.UUID) -> Outcome:
    """What the provider says now; counts the question so that we ask ever more rarely."""
    _refuse_inside_transaction()
    payment = payment_view(payment_id)
    outcome = provider_named(payment.provider).ask(payment)
    _count_question(Payment, payment_id)
    return outcome


def cancel_at_provider(payment_id: uuid.UUID) -> Outcome:
    """Close the intent at the provider so that nobody can pay it any more; the answer may be that it is paid."""
    _refuse_inside_transaction()
    payment = payment_view(payment_id)
    return provider_named(payment.provider).cancel(payment)


@in_transaction
def record_outcome(payment_id: uuid.UUID, outcome: Outcome) -> Capture | None:
    """Take a provider's word about a payment. Returns a Capture only for the word that made it successful.

    Every path (browser return, callback, question, job) ends here; the row lock makes them one after another.
    """
    row = locks.lock_one(Payment, payment_id)
    verb = _verb_for(row, outcome)
    state = PaymentState(row.state)
    if verb is None or not can(rules.PAYMENT_LIFECYCLE, state, verb):
        return None
    after = advance(rules.PAYMENT_LIFECYCLE, state, verb)
    row.state = after.value
    row.reference = outcome.reference or row.reference
    row.failure = outcome.failure[:80]
    if after is PaymentState.SUCCEEDED:
        row.fee_minor, row.settled_at, row.next_ask_at, row.failure = outcome.fee_minor, clock.now(), None, ""
    row.save(update_fields=["state", "reference", "failure", "fee_minor", "settled_at", "next_ask_at"])
    if after is PaymentState.SUCCEEDED:
        record_fact(
            PaymentSucceeded(
                row.id, row.order_id, row.amount_minor, row.fee_minor, row.currency, row.provider
            ),
            by=SYSTEM,
        )
        return Capture(payment=view_of(row))
    if after is PaymentState.FAILED and state is not PaymentState.FAILED:
        record_fact(PaymentFailed(row.id, row.order_id, row.failure), by=SYSTEM)
    return None


@in_transaction
def request_refund(
    *, refund_id: uuid.UUID, payment_id: uuid.UUID, amount_minor: int, reason: str
) -> RefundView:
    """Write down that money goes back; the id is the idempotency key. Raises RefundTooLarge."""
    known = Refund.objects.select_related("payment").filter(id=refund_id).first()
    if known is not None:
        return refund_view_of(known)
    fits = Payment.objects.filter(
        id=payment_id,
        state=PaymentState.SUCCEEDED.value,
        amount_minor__gte=F("refunded_minor") + amount_minor,
    ).update(refunded_minor=F("refunded_minor") + amount_minor)
    if not fits:
        raise RefundTooLarge(amount_minor=amount_minor)
    payment = Payment.objects.get(id=payment_id)
    row = Refund.objects.create(
        id=refund_id,
        payment=payment,
        order_id=payment.order_id,
        amount_minor=amount_minor,
        currency=payment.currency,
        reason=reason,
        next_ask_at=clock.now(),
    )
    return refund_view_of(row)


def send_refund(refund_id: uuid.UUID, *, notify_url: str) -> Outcome:
    """Ask the provider to give the money back, or, when that was tried before, ask what became of it.

    A refund the provider has never heard of is sent again under the same id, which is safe.
    """
    _refuse_inside_transaction()
    refund = refund_view(refund_id)
    provider = provider_named(refund.provider)
    if refund.state not in (RefundState.CREATED, RefundState.UNKNOWN, RefundState.PENDING):
        return Outcome(
            kind=OutcomeKind.SUCCEEDED if refund.state is RefundState.SUCCEEDED else OutcomeKind.FAILED
        )
    if refund.state is not RefundState.CREATED:
        outcome = provider.ask_refund(refund)
        if outcome.kind is OutcomeKind.NOT_FOUND:
            outcome = provider.refund(refund, notify_url=notify_url)
    else:
        outcome = provider.refund(refund, notify_url=notify_url)
    _count_question(Refund, refund_id)
    return outcome


@in_transaction
def record_refund_outcome(refund_id: uuid.UUID, outcome: Outcome) -> RefundView | None:
    """Take a provider's word about a refund. Returns the refund only for the word that made it successful."""
    row = locks.lock_one(Refund, refund_id)
    verb = _refund_verb_for(row, outcome)
    state = RefundState(row.state)
    if verb is None or not can(rules.REFUND_LIFECYCLE, state, verb):
        return None
    after = advance(rules.REFUND_LIFECYCLE, state, verb)
    row.state = after.value
    row.reference = outcome.reference or row.reference
    row.failure = outcome.failure[:80]
    if after in (RefundState.SUCCEEDED, RefundState.FAILED):
        row.settled_at, row.next_ask_at = clock.now(), None
    row.save(update_fields=["state", "reference", "failure", "settled_at", "next_ask_at"])
    if after is RefundState.SUCCEEDED:
        record_fact(
            RefundSucceeded(row.id, row.payment_id, row.order_id, row.amount_minor, row.currency, row.reason),
            by=SYSTEM,
        )
        return refund_view(refund_id)
    if after is RefundState.FAILED:
        record_fact(RefundFailed(row.id, row.order_id, row.amount_minor, row.failure), by=SYSTEM)
    return None


@in_transaction
def retry_refund(refund_id: uuid.UUID) -> RefundView:
    """A person sends a failed refund again, under the same id."""
    row = locks.lock_one(Refund, refund_id)
    row.state = advance(rules.REFUND_LIFECYCLE, RefundState(row.state), "retry").value
    row.failure, row.settled_at, row.next_ask_at, row.asks = "", None, clock.now(), 0
    row.save(update_fields=["state", "failure", "settled_at", "next_ask_at", "asks"])
    return refund_view(refund_id)


@in_transaction
def learn_fee(payment_id: uuid.UUID, *, fee_minor: int) -> PaymentView:
    """What the provider kept is only known now."""
    Payment.objects.filter(id=payment_id, state=PaymentState.SUCCEEDED.value).update(fee_minor=fee_minor)
    return payment_view(payment_id)


@in_transaction
def learn_refund_fee(refund_id: uuid.UUID, *, fee_minor: int) -> RefundView:
    """What the provider kept for a refund, or gave back with it (below zero)."""
    Refund.objects.filter(id=refund_id, state=RefundState.SUCCEEDED.value).update(fee_minor=fee_minor)
    return refund_view(refund_id)


def note_callback(*, provider: str, callback: Callback) -> bool:
    """Remember a verified callback; False when it has been here before (its effect is idempotent anyway)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO payments_providerevent (provider, event_id, about, intent_id, outcome, received_at)"
            " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            [
                provider,
                callback.event_id,
                callback.about,
                callback.intent_id,
                callback.outcome.kind.value,
                clock.now(),
            ],
        )
        return bool(cursor.rowcount == 1)


def _verb_for(row: Payment, outcome: Outcome) -> str | None:
    """A success about another sum or currency is not our success: it stays unknown until a person looks."""
    if outcome.kind is OutcomeKind.SUCCEEDED and (
        outcome.amount_minor != row.amount_minor or outcome.currency != row.currency
    ):
        Payment.objects.filter(id=row.id).update(failure="amount_mismatch")
        return None
    return rules.VERB_OF_OUTCOME.get(outcome.kind)


def _refund_verb_for(row: Refund, outcome: Outcome) -> str | None:
    """As above, where the provider says how much went back; some say only that it did."""
    said = (outcome.amount_minor, outcome.currency)
    is_ours = not outcome.currency or said == (row.amount_minor, row.currency)
    if outcome.kind is OutcomeKind.SUCCEEDED and not is_ours:
        Refund.objects.filter(id=row.id).update(failure="amount_mismatch")
        return None
    return rules.VERB_OF_OUTCOME.get(outcome.kind)


def _count_question(model: type[Payment] | type[Refund], key: uuid.UUID) -> None:
    asks = model.objects.filter(id=key).values_list("asks", flat=True).first() or 0
    model.objects.filter(id=key, next_ask_at__isnull=False).update(
        asks=F("asks") + 1, next_ask_at=rules.next_ask_at(now=clock.now(), asks=asks + 1)
    )


def _refuse_inside_transaction() -> None:
    """A slow provider must never hold our locks. Tests that wrap themselves in a transaction use real ones instead."""
    if connection.in_atomic_block:
        raise RuntimeError("a provider is called outside of any transaction")
