"""Values of the finance desk."""

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any


class DifferenceKind(StrEnum):
    MISSING_HERE = "missing_here"  # the provider moved money that we do not know of
    MISSING_THERE = "missing_there"  # we say it moved, the provider does not
    AMOUNT_DIFFERS = "amount_differs"
    FEE_DIFFERS = "fee_differs"
    CURRENCY_DIFFERS = "currency_differs"
    LEDGER_DIFFERS = "ledger_differs"  # payment and ledger, both ours, do not say the same
    ORDER_DIFFERS = "order_differs"  # the order's sums are not its sums in the ledger
    STATEMENT_CHANGED = "statement_changed"  # the provider has restated a line


class DifferenceState(StrEnum):
    OPEN = "open"
    EXPLAINED = "explained"
    SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class NewLine:
    """A line of a statement. `key` is `about:intent`, or the provider's own number where it names none of ours."""

    key: str
    about: str
    intent_id: str
    reference: str
    amount_minor: int
    fee_minor: int
    currency: str
    at: datetime


@dataclass(frozen=True, slots=True)
class NewDifference:
    """`order_id` when the movement is of an order of ours."""

    kind: DifferenceKind
    about: str
    intent_id: str
    reference: str
    currency: str
    ours_minor: int | None
    theirs_minor: int | None
    order_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class DifferenceView:
    id: uuid.UUID
    provider: str
    day: date
    kind: DifferenceKind
    about: str
    intent_id: str
    reference: str
    currency: str
    ours_minor: int | None
    theirs_minor: int | None
    order_id: uuid.UUID | None
    state: DifferenceState
    note: str
    found_at: datetime
    closed_at: datetime | None
    closed_by: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class Recorded:
    """What an import wrote: lines that were new, lines that now say something else."""

    new_count: int
    changed: tuple[tuple[NewLine, int], ...]  # the line as it is said now, and its amount as it was written


@dataclass(frozen=True, slots=True)
class ImportView:
    provider: str
    day: date
    line_count: int
    payments_minor: int
    refunds_minor: int
    fees_minor: int
    imported_at: datetime
    failure: str


@dataclass(frozen=True, slots=True)
class UnitProof:
    unit: str
    debits_minor: int
    credits_minor: int


@dataclass(frozen=True, slots=True)
class MoneyProof:
    """One currency's day: the orders' side beside the ledger's."""

    currency: str
    orders_paid_minor: int = 0
    orders_refunded_minor: int = 0
    paid_twice_minor: int = 0
    sent_back_minor: int = 0
    sales_minor: int = 0
    corrections_minor: int = 0  # posted later, for this day
    adjusted_minor: int = 0  # manual entries on sales; beside the proof, not in it

    @property
    def orders_side_minor(self) -> int:
        return (
            self.orders_paid_minor - self.orders_refunded_minor + self.paid_twice_minor - self.sent_back_minor
        )

    @property
    def ledger_side_minor(self) -> int:
        return self.sales_minor + self.corrections_minor


@dataclass(frozen=True, slots=True)
class DayProof:
    """Everything a close proves; all sums of one day of the shop's calendar, in minor units."""

    day: date
    units: tuple[UnitProof, ...]
    money: tuple[MoneyProof, ...]
    unsound_accounts: tuple[str, ...]  # bounded accounts whose kept balance is not the sum of their transfers
    open_differences: int
    explained_differences: int
    statements: tuple[str, ...]  # providers whose statement of the day is here
    transfer_count: int


@dataclass(frozen=True, slots=True)
class CloseView:
    day: date
    totals: dict[str, Any]
    previous_hash: str
    hash: str
    closed_at: datetime
    closed_by: uuid.UUID | None
    closed_label: str


@dataclass(frozen=True, slots=True)
class AlarmView:
    id: uuid.UUID
    account_code: str
    unit: str
    threshold: int
    granted_minor: int
    used_minor: int
    at: datetime
    seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a day does not balance: a stable word, and what it is about."""

    code: str
    facts: dict[str, Any] = field(default_factory=dict)
