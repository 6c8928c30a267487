"""Values of the ledger."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AccountKind(StrEnum):
    ASSET = "asset"
    LIABILITY = "liability"
    INCOME = "income"
    EXPENSE = "expense"
    BUDGET = "budget"


class TransferState(StrEnum):
    PENDING = "pending"
    POSTED = "posted"
    VOIDED = "voided"


@dataclass(frozen=True, slots=True)
class AccountRef:
    """An account by code; the ledger opens it on first use. Bounded accounts never go below zero available."""

    code: str
    kind: AccountKind
    is_bounded: bool = False


@dataclass(frozen=True, slots=True)
class NewTransfer:
    """`id` is the idempotency key, made by the caller before the first try."""

    id: uuid.UUID
    debit: AccountRef
    credit: AccountRef
    amount_minor: int
    unit: str
    kind: str
    subject: tuple[str, uuid.UUID]
    reverses_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class TransferView:
    id: uuid.UUID
    debit: str
    credit: str
    amount_minor: int
    unit: str
    state: str
    kind: str
    subject_kind: str
    subject_id: uuid.UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class Balance:
    code: str
    kind: str
    unit: str
    debits_minor: int
    credits_minor: int

    @property
    def net_minor(self) -> int:
        """In the account's own direction: assets and expenses grow by debits, the others by credits."""
        side = self.debits_minor - self.credits_minor
        return side if self.kind in (AccountKind.ASSET, AccountKind.EXPENSE) else -side


@dataclass(frozen=True, slots=True)
class PostedDay:
    """What was posted in one unit, counted from the debit sides and from the credit sides."""

    unit: str
    debits_minor: int
    credits_minor: int
    count: int


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """granted = used + reserved + left."""

    code: str
    unit: str
    granted_minor: int
    used_minor: int
    reserved_minor: int
    left_minor: int

    @property
    def taken_minor(self) -> int:
        return self.used_minor + self.reserved_minor

    @property
    def percent(self) -> int:
        return self.taken_minor * 100 // self.granted_minor if self.granted_minor else 0
