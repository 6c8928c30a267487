"""Values of payments and the interface every provider implements."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol


class PaymentState(StrEnum):
    CREATED = "created"  # written down, the provider not yet asked
    PENDING = "pending"  # the provider knows it; the payer is at the cashier
    UNKNOWN = "unknown"  # the call ended without an answer; it is asked, never sent again
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class RefundState(StrEnum):
    CREATED = "created"
    PENDING = "pending"
    UNKNOWN = "unknown"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class OutcomeKind(StrEnum):
    """What a provider says about a payment or a refund."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    NOT_FOUND = "not_found"  # the provider has never heard of it
    UNKNOWN = "unknown"  # no usable answer


@dataclass(frozen=True, slots=True)
class Outcome:
    """A provider's word. `amount_minor` and `fee_minor` are what it says moved."""

    kind: OutcomeKind
    reference: str = ""
    amount_minor: int = 0
    fee_minor: int = 0
    currency: str = ""
    failure: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PaymentView:
    id: uuid.UUID
    order_id: uuid.UUID
    member_id: uuid.UUID
    provider: str
    amount_minor: int
    currency: str
    state: PaymentState
    reference: str
    pay_url: str
    fee_minor: int
    failure: str
    created_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class RefundView:
    """`id` is the idempotency key at the provider; a `fee_minor` below zero was given back."""

    id: uuid.UUID
    payment_id: uuid.UUID
    order_id: uuid.UUID
    member_id: uuid.UUID
    provider: str
    payment_reference: str
    amount_minor: int
    currency: str
    state: RefundState
    reason: str
    failure: str
    created_at: datetime
    settled_at: datetime | None
    payment_amount_minor: int = 0
    fee_minor: int = 0


@dataclass(frozen=True, slots=True)
class Started:
    reference: str
    pay_url: str


@dataclass(frozen=True, slots=True)
class Callback:
    """A verified message from a provider: about a payment or a refund of ours."""

    event_id: str
    about: str  # "payment" or "refund"
    intent_id: uuid.UUID
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class CallbackAnswer:
    """The words a provider waits for; anything else makes it repeat itself."""

    body: str = '{"ok": true}'
    content_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class Payer:
    """What some providers want to know of who pays: the address of the browser, and who they are at the provider."""

    address: str = ""
    open_id: str = ""


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One movement in a provider's own books. `fee_minor` below zero is a fee given back."""

    intent_id: str
    about: str
    reference: str
    amount_minor: int
    fee_minor: int
    currency: str
    at: datetime


class Provider(Protocol):
    """Every call has a timeout and raises nothing: trouble is an Outcome of kind UNKNOWN.

    Only `statement` raises ProviderSilent, because an empty statement would say that nothing moved. Its day is one of
    `day_zone`. `currencies` are those it takes; empty means any. `has_late_fees`: a payment's fee is only known from the
    statement. `callback_answer` is what a callback gets back when it was taken.
    """

    name: str
    day_zone: str
    currencies: frozenset[str]
    has_late_fees: bool
    callback_answer: CallbackAnswer

    def start(
        self, payment: PaymentView, *, title: str, return_url: str, notify_url: str
    ) -> Started | Outcome: ...
    def ask(self, payment: PaymentView) -> Outcome: ...
    def cancel(self, payment: PaymentView) -> Outcome: ...
    def refund(self, refund: RefundView, *, notify_url: str) -> Outcome: ...
    def ask_refund(self, refund: RefundView) -> Outcome: ...
    def read_callback(self, *, headers: Mapping[str, str], body: bytes) -> Callback: ...
    def statement(self, day: date) -> list[StatementLine]: ...
