"""The member's own wallet as a way to pay: nothing outside is called, and our own word is there at once.

The money itself moves in the ledger, in the transaction that takes the word (`flows.payment`, `flows.books`): a payment
is opened and settled in one transaction, so none is ever left to be asked about.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

from jishi.modules.payments.errors import BadCallback
from jishi.modules.payments.queries import settled_between
from jishi.modules.payments.types import (
    Callback,
    CallbackAnswer,
    Outcome,
    OutcomeKind,
    PaymentView,
    RefundView,
    Started,
    StatementLine,
)


class WalletProvider:
    name = "wallet"
    day_zone = "UTC"
    currencies: frozenset[str] = frozenset()
    has_late_fees = False
    callback_answer = CallbackAnswer()

    def start(
        self, payment: PaymentView, *, title: str, return_url: str, notify_url: str
    ) -> Started | Outcome:
        """Wallets are settled where they are opened; an intent that came here has moved nothing."""
        del title, return_url, notify_url
        return self.ask(payment)

    def ask(self, payment: PaymentView) -> Outcome:
        del payment
        return Outcome(kind=OutcomeKind.FAILED, failure="never_settled")

    def cancel(self, payment: PaymentView) -> Outcome:
        del payment
        return Outcome(kind=OutcomeKind.CANCELLED)

    def refund(self, refund: RefundView, *, notify_url: str) -> Outcome:
        del notify_url
        return self.ask_refund(refund)

    def ask_refund(self, refund: RefundView) -> Outcome:
        """Whoever takes this word posts the money into the wallet in the same transaction."""
        return Outcome(
            kind=OutcomeKind.SUCCEEDED,
            reference=f"wallet-{refund.id.hex}",
            amount_minor=refund.amount_minor,
            currency=refund.currency,
        )

    def read_callback(self, *, headers: Mapping[str, str], body: bytes) -> Callback:
        raise BadCallback()

    def statement(self, day: date) -> list[StatementLine]:
        """There are no books but ours: a reconciliation of the wallet compares payments with the ledger."""
        since = datetime.combine(day, time.min, UTC)
        payments, refunds = settled_between(since=since, until=since + timedelta(days=1))
        return [
            *(_line(row, "payment", row.reference) for row in payments if row.provider == self.name),
            *(_line(row, "refund", row.payment_reference) for row in refunds if row.provider == self.name),
        ]


def _line(row: PaymentView | RefundView, about: str, reference: str) -> StatementLine:
    return StatementLine(
        intent_id=str(row.id),
        about=about,
        reference=reference,
        amount_minor=row.amount_minor,
        fee_minor=0,
        currency=row.currency,
        at=row.settled_at or row.created_at,
    )
