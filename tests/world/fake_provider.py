"""A payment provider that lives in memory and behaves like a real one: it remembers, repeats, delays and fails.

Money that it says has moved has moved in its own books, so a test can compare them with ours.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from jishi.kernel import clock
from jishi.modules.payments.public import (
    BadCallback,
    Callback,
    CallbackAnswer,
    Outcome,
    OutcomeKind,
    PaymentView,
    ProviderSilent,
    RefundView,
    Started,
    StatementLine,
)

FEE_BASIS_POINTS = 60


@dataclass
class Book:
    """What the provider knows. `silent` makes the next calls end without an answer although they had their effect."""

    payments: dict[uuid.UUID, str] = field(default_factory=dict)
    amounts: dict[uuid.UUID, int] = field(default_factory=dict)
    refunds: dict[uuid.UUID, int] = field(default_factory=dict)
    silent: int = 0
    refuse_refunds: int = 0
    calls: list[tuple[str, uuid.UUID]] = field(default_factory=list)

    @property
    def kept_minor(self) -> int:
        paid = sum(self.amounts[key] for key, state in self.payments.items() if state == "paid")
        return paid - sum(self.refunds.values())


book = Book()


def fee_of(amount_minor: int) -> int:
    return amount_minor * FEE_BASIS_POINTS // 10_000


def pay_at_cashier(payment_id: uuid.UUID) -> bool:
    """The payer taps "pay" on the provider's page; a closed payment cannot be paid."""
    if book.payments.get(payment_id) == "open":
        book.payments[payment_id] = "paid"
    return book.payments.get(payment_id) == "paid"


class FakeProvider:
    name = "fake"
    day_zone = "UTC"
    currencies: frozenset[str] = frozenset()
    has_late_fees = False
    callback_answer = CallbackAnswer()

    def start(
        self, payment: PaymentView, *, title: str, return_url: str, notify_url: str
    ) -> Started | Outcome:
        book.calls.append(("start", payment.id))
        book.payments.setdefault(payment.id, "open")
        book.amounts.setdefault(payment.id, payment.amount_minor)
        if self._is_silent():
            return Outcome(kind=OutcomeKind.UNKNOWN, failure="timeout")
        return Started(reference=f"F{payment.id.hex}", pay_url=f"https://cashier.example/{payment.id.hex}")

    def ask(self, payment: PaymentView) -> Outcome:
        book.calls.append(("ask", payment.id))
        if self._is_silent():
            return Outcome(kind=OutcomeKind.UNKNOWN, failure="timeout")
        return outcome_of(payment.id)

    def cancel(self, payment: PaymentView) -> Outcome:
        book.calls.append(("cancel", payment.id))
        if book.payments.get(payment.id) == "open":
            book.payments[payment.id] = "closed"
        if self._is_silent():
            return Outcome(kind=OutcomeKind.UNKNOWN, failure="timeout")
        return outcome_of(payment.id)

    def refund(self, refund: RefundView, *, notify_url: str) -> Outcome:
        book.calls.append(("refund", refund.id))
        if book.refuse_refunds:
            book.refuse_refunds -= 1
            return Outcome(kind=OutcomeKind.FAILED, failure="refused")
        book.refunds.setdefault(refund.id, refund.amount_minor)
        if self._is_silent():
            return Outcome(kind=OutcomeKind.UNKNOWN, failure="timeout")
        return self.ask_refund(refund)

    def ask_refund(self, refund: RefundView) -> Outcome:
        if refund.id not in book.refunds:
            return Outcome(kind=OutcomeKind.NOT_FOUND)
        return Outcome(
            kind=OutcomeKind.SUCCEEDED,
            reference=f"R{refund.id.hex}",
            amount_minor=book.refunds[refund.id],
            currency="CNY",
            at=clock.now(),
        )

    def read_callback(self, *, headers: Mapping[str, str], body: bytes) -> Callback:
        raise BadCallback()

    def statement(self, day: date) -> list[StatementLine]:
        """Everything that ever moved; the fake keeps no calendar. Silence is ProviderSilent."""
        del day
        if self._is_silent():
            raise ProviderSilent()
        paid = [key for key, state in book.payments.items() if state == "paid"]
        return [
            *(_line(key, "payment", book.amounts[key], fee_of(book.amounts[key])) for key in paid),
            *(_line(key, "refund", amount, 0) for key, amount in book.refunds.items()),
        ]

    def _is_silent(self) -> bool:
        if book.silent:
            book.silent -= 1
            return True
        return False


def _line(intent_id: uuid.UUID, about: str, amount_minor: int, fee_minor: int) -> StatementLine:
    return StatementLine(str(intent_id), about, intent_id.hex, amount_minor, fee_minor, "CNY", clock.now())


def outcome_of(payment_id: uuid.UUID) -> Outcome:
    """What the provider would say about a payment now."""
    state = book.payments.get(payment_id)
    if state is None:
        return Outcome(kind=OutcomeKind.NOT_FOUND)
    if state == "paid":
        amount = book.amounts[payment_id]
        return Outcome(
            kind=OutcomeKind.SUCCEEDED,
            reference=f"F{payment_id.hex}",
            amount_minor=amount,
            fee_minor=fee_of(amount),
            currency="CNY",
            at=clock.now(),
        )
    return Outcome(kind=OutcomeKind.CANCELLED if state == "closed" else OutcomeKind.PENDING)
