"""A provider's statement comes in: lines, late fees, and the differences between the three books as they are now.

The provider is called outside of any transaction; everything that follows is one.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from jishi.flows.books import SALES
from jishi.flows.fees import book_late_fee, book_refund_fee
from jishi.flows.reconciliation import Reconciliation, compare_with, movements_near
from jishi.kernel import clock
from jishi.kernel.actor import SYSTEM, Actor
from jishi.modules.finance.public import (
    DifferenceKind,
    NewDifference,
    NewLine,
    Recorded,
    key_of,
    record_differences,
    record_silence,
    record_statement,
    statement_lines,
)
from jishi.modules.ledger.public import net_by_subject
from jishi.modules.orders.public import summaries_by_ids
from jishi.modules.payments.public import (
    PaymentView,
    ProviderSilent,
    RefundView,
    StatementLine,
    provider_named,
    provider_names,
    unneeded_by_order,
)
from jishi.platform.transactions import in_transaction


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did."""

    new_count: int
    fee_count: int
    opened_count: int
    reconciliation: Reconciliation


def import_statement(day: date, *, provider: str, by: Actor) -> Imported:
    """Fetch, write down, compare. Repeating it changes nothing. Not inside a transaction.

    Raises UnknownProvider, NotAllowed, ProviderSilent (noted: the day has no statement yet).
    """
    by.require("ledger.adjust")
    try:
        lines = provider_named(provider).statement(day)
    except ProviderSilent:
        record_silence(provider, day, failure=ProviderSilent.code)
        raise
    return take_statement(day, provider=provider, lines=lines)


def import_yesterday() -> int:
    """Yesterday of every provider's own calendar; returns how many statements came."""
    came = 0
    for provider in provider_names():
        zone = ZoneInfo(provider_named(provider).day_zone)
        try:
            import_statement(
                clock.now().astimezone(zone).date() - timedelta(days=1), provider=provider, by=SYSTEM
            )
        except ProviderSilent:
            continue  # noted; the timer comes again
        came += 1
    return came


@in_transaction
def take_statement(day: date, *, provider: str, lines: Sequence[StatementLine]) -> Imported:
    """Write a statement down with all that follows from it."""
    recorded = record_statement(provider, day, [_new_line(line) for line in lines])
    fee_count = _book_fees(day, provider=provider, lines=lines)
    found, opened = _find_differences(day, provider=provider, changed=recorded.changed)
    return Imported(recorded.new_count, fee_count, opened, found)


@in_transaction
def compare_again(day: date, *, provider: str) -> int:
    """The books as they are now beside the statement as it was written down; returns how many differ anew."""
    return _find_differences(day, provider=provider, changed=())[1]


def _find_differences(
    day: date, *, provider: str, changed: Sequence[tuple[NewLine, int]]
) -> tuple[Reconciliation, int]:
    kept = [_line_of(line) for line in statement_lines(provider, day)]
    found = compare_with(day, provider=provider, lines=kept)
    payments, refunds = movements_near(day, provider=provider)
    ours: list[PaymentView | RefundView] = [*payments, *refunds]
    orders_of = {str(one.id): one.order_id for one in ours}
    currencies = {str(one.id): one.currency for one in ours}
    currencies |= {line.intent_id: line.currency for line in kept}
    differences = [
        NewDifference(
            kind=one.kind,
            about=one.about,
            intent_id=one.intent_id or one.reference,
            reference=one.reference,
            currency=currencies.get(one.intent_id, ""),
            ours_minor=one.ours_minor,
            theirs_minor=one.theirs_minor,
            order_id=orders_of.get(one.intent_id),
        )
        for one in found.differences
    ]
    touched = {line.intent_id for line in kept}
    order_ids = {order_id for intent_id, order_id in orders_of.items() if intent_id in touched}
    differences += _order_differences(order_ids)
    differences += _restated(Recorded(0, tuple(changed)))
    return found, record_differences(provider, day, differences)


def _order_differences(order_ids: Iterable[uuid.UUID]) -> list[NewDifference]:
    """The third leg: what the order says was paid and went back beside its sales in the ledger; four queries."""
    wanted = sorted(order_ids)
    booked = net_by_subject(code=SALES.code, subject_kind="order", subject_ids=wanted)
    unneeded = unneeded_by_order(wanted)
    found = []
    for order in summaries_by_ids(wanted).values():
        ours = order.paid_minor - order.refunded_minor
        theirs = booked.get(order.id, 0) - unneeded.get(order.id, 0)
        if ours != theirs:
            found.append(
                NewDifference(
                    kind=DifferenceKind.ORDER_DIFFERS,
                    about="order",
                    intent_id=str(order.id),
                    reference=order.number,
                    currency=order.currency,
                    ours_minor=ours,
                    theirs_minor=theirs,
                    order_id=order.id,
                )
            )
    return found


def _restated(recorded: Recorded) -> list[NewDifference]:
    return [
        NewDifference(
            kind=DifferenceKind.STATEMENT_CHANGED,
            about=line.about,
            intent_id=line.intent_id or line.reference,
            reference=line.reference,
            currency=line.currency,
            ours_minor=before,
            theirs_minor=line.amount_minor,
        )
        for line, before in recorded.changed
    ]


def _book_fees(day: date, *, provider: str, lines: Sequence[StatementLine]) -> int:
    """First words about fees, of providers that tell them only here."""
    if not provider_named(provider).has_late_fees:
        return 0
    payments, refunds = movements_near(day, provider=provider)
    known: dict[tuple[str, str], PaymentView | RefundView] = {
        **{("payment", str(one.id)): one for one in payments},
        **{("refund", str(one.id)): one for one in refunds},
    }
    booked = 0
    for line in lines:
        ours = known.get((line.about, line.intent_id))
        if ours is None or ours.fee_minor or not line.fee_minor or ours.currency != line.currency:
            continue
        if isinstance(ours, PaymentView):
            booked += book_late_fee(ours, fee_minor=line.fee_minor)
        else:
            booked += book_refund_fee(ours, fee_minor=line.fee_minor)
    return booked


def _new_line(line: StatementLine) -> NewLine:
    return NewLine(
        key=key_of(about=line.about, intent_id=line.intent_id, reference=line.reference),
        about=line.about,
        intent_id=line.intent_id,
        reference=line.reference,
        amount_minor=line.amount_minor,
        fee_minor=line.fee_minor,
        currency=line.currency,
        at=line.at,
    )


def _line_of(line: NewLine) -> StatementLine:
    return StatementLine(
        intent_id=line.intent_id,
        about=line.about,
        reference=line.reference,
        amount_minor=line.amount_minor,
        fee_minor=line.fee_minor,
        currency=line.currency,
        at=line.at,
    )
