"""A provider's statement of a day beside our own books: the same money, or a list of where they differ.

Nothing is changed here; a difference is for a person to look at.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from jishi.flows.books import capture_id, fee_id, refund_posting_id
from jishi.flows.fees import fee_back_id, fee_change_id
from jishi.kernel.actor import Actor
from jishi.modules.finance.public import DifferenceKind, day_bounds
from jishi.modules.ledger.public import TransferView, transfers_of
from jishi.modules.payments.public import (
    PaymentView,
    RefundView,
    StatementLine,
    provider_named,
    settled_between,
)

NEIGHBOUR = timedelta(hours=12)  # a movement at midnight is on one day there and on the next one here


@dataclass(frozen=True, slots=True)
class Movement:
    """Money that we say has moved. `ledger_minor` and `ledger_fee_minor` are what the ledger holds for it."""

    intent_id: str
    about: str
    reference: str
    amount_minor: int
    fee_minor: int
    currency: str
    at: datetime
    ledger_minor: int
    ledger_fee_minor: int


@dataclass(frozen=True, slots=True)
class Difference:
    kind: DifferenceKind
    about: str
    intent_id: str
    reference: str
    ours_minor: int | None
    theirs_minor: int | None


@dataclass(frozen=True, slots=True)
class Sums:
    payments_minor: int = 0
    refunds_minor: int = 0
    fees_minor: int = 0

    @property
    def net_minor(self) -> int:
        return self.payments_minor - self.refunds_minor - self.fees_minor


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """A day of one provider, as its own calendar has it. `matched_count` movements are the same in all three books."""

    day: date
    provider: str
    matched_count: int
    ours: Sums
    theirs: Sums
    differences: tuple[Difference, ...]

    @property
    def is_clean(self) -> bool:
        return not self.differences


def reconcile(day: date, *, provider: str, by: Actor) -> Reconciliation:
    """Ask the provider for its statement and compare. Not inside a transaction: a provider is called.

    Raises UnknownProvider, NotAllowed. Three queries besides the call, whatever the day held.
    """
    by.require("ledger.view")
    lines = provider_named(provider).statement(day)
    return compare_with(day, provider=provider, lines=lines)


def compare_with(day: date, *, provider: str, lines: Sequence[StatementLine]) -> Reconciliation:
    """A statement that is here beside our books as they are now; three queries."""
    since, until = day_bounds(day, zone=provider_named(provider).day_zone)
    payments, refunds = movements_near(day, provider=provider)
    return compare(
        day,
        provider=provider,
        lines=lines,
        movements=_movements(payments, refunds),
        since=since,
        until=until,
    )


def movements_near(day: date, *, provider: str) -> tuple[list[PaymentView], list[RefundView]]:
    """Our payments and refunds of a provider's day and of the hours around it; two queries."""
    since, until = day_bounds(day, zone=provider_named(provider).day_zone)
    payments, refunds = settled_between(since=since - NEIGHBOUR, until=until + NEIGHBOUR)
    return (
        [payment for payment in payments if payment.provider == provider],
        [refund for refund in refunds if refund.provider == provider],
    )


def compare(
    day: date,
    *,
    provider: str,
    lines: Sequence[StatementLine],
    movements: Sequence[Movement],
    since: datetime,
    until: datetime,
) -> Reconciliation:
    """Match by intent. Movements just outside of the day may be matched by a line, but are never missing there."""
    known = {(movement.about, movement.intent_id): movement for movement in movements}
    told = {(line.about, line.intent_id): line for line in lines}
    differences: list[Difference] = []
    matched = 0
    for key, line in told.items():
        found = _differences(line, known.get(key))
        matched += not found
        differences += found
    of_day = [movement for movement in movements if since <= movement.at < until]
    for movement in of_day:
        if (movement.about, movement.intent_id) not in told:
            differences.append(_missing_there(movement))
    ours = [m for m in movements if (m.about, m.intent_id) in told or since <= m.at < until]
    return Reconciliation(
        day=day,
        provider=provider,
        matched_count=matched,
        ours=_sums((m.about, m.amount_minor, m.fee_minor) for m in ours),
        theirs=_sums((line.about, line.amount_minor, line.fee_minor) for line in lines),
        differences=tuple(sorted(differences, key=lambda d: (d.kind, d.about, d.intent_id))),
    )


def _differences(line: StatementLine, movement: Movement | None) -> list[Difference]:
    def differs(kind: DifferenceKind, ours: int | None, theirs: int | None) -> Difference:
        return Difference(kind, line.about, line.intent_id, line.reference, ours, theirs)

    if movement is None:
        return [differs(DifferenceKind.MISSING_HERE, None, line.amount_minor)]
    found = []
    if movement.currency != line.currency:
        found.append(differs(DifferenceKind.CURRENCY_DIFFERS, movement.amount_minor, line.amount_minor))
    if movement.amount_minor != line.amount_minor:
        found.append(differs(DifferenceKind.AMOUNT_DIFFERS, movement.amount_minor, line.amount_minor))
    if movement.fee_minor != line.fee_minor:
        found.append(differs(DifferenceKind.FEE_DIFFERS, movement.fee_minor, line.fee_minor))
    if (movement.ledger_minor, movement.ledger_fee_minor) != (movement.amount_minor, movement.fee_minor):
        found.append(differs(DifferenceKind.LEDGER_DIFFERS, movement.ledger_minor, line.amount_minor))
    return found


def _missing_there(movement: Movement) -> Difference:
    return Difference(
        DifferenceKind.MISSING_THERE,
        movement.about,
        movement.intent_id,
        movement.reference,
        movement.amount_minor,
        None,
    )


def _sums(moved: Iterable[tuple[str, int, int]]) -> Sums:
    rows = list(moved)
    return Sums(
        payments_minor=sum(amount for about, amount, _ in rows if about == "payment"),
        refunds_minor=sum(amount for about, amount, _ in rows if about == "refund"),
        fees_minor=sum(fee for _, _, fee in rows),
    )


def _movements(payments: Sequence[PaymentView], refunds: Sequence[RefundView]) -> list[Movement]:
    """Our payments and refunds, each with what the ledger holds for it."""
    order_ids = {payment.order_id for payment in payments} | {refund.order_id for refund in refunds}
    posted = {
        transfer.id: transfer.amount_minor
        for transfer in transfers_of(subject_kind="order", subject_ids=sorted(order_ids))
        if _is_posted(transfer)
    }
    found = [
        Movement(
            intent_id=str(payment.id),
            about="payment",
            reference=payment.reference,
            amount_minor=payment.amount_minor,
            fee_minor=payment.fee_minor,
            currency=payment.currency,
            at=payment.settled_at or payment.created_at,
            ledger_minor=posted.get(capture_id(payment.id), 0),
            ledger_fee_minor=_posted_fee(payment, posted),
        )
        for payment in payments
    ]
    found += [
        Movement(
            intent_id=str(refund.id),
            about="refund",
            reference=refund.payment_reference,
            amount_minor=refund.amount_minor,
            fee_minor=refund.fee_minor,
            currency=refund.currency,
            at=refund.settled_at or refund.created_at,
            ledger_minor=posted.get(refund_posting_id(refund.id), 0),
            ledger_fee_minor=_sign(refund.fee_minor) * posted.get(fee_back_id(refund.id), 0),
        )
        for refund in refunds
    ]
    return found


def _posted_fee(payment: PaymentView, posted: dict[uuid.UUID, int]) -> int:
    """The fee as it was booked first, with what was posted to make it the one we know now."""
    booked = posted.get(fee_id(payment.id), 0)
    change = posted.get(fee_change_id(payment.id, payment.fee_minor), 0)
    return booked + (change if booked < payment.fee_minor else -change)


def _sign(minor: int) -> int:
    return -1 if minor < 0 else 1


def _is_posted(transfer: TransferView) -> bool:
    return transfer.state == "posted"
