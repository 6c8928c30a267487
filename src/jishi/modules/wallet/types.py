"""Values of the wallet."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from jishi.modules.ledger.public import AccountRef


@dataclass(frozen=True, slots=True)
class Move:
    """Money into or out of a wallet. `id` is the idempotency key; `other` is the account on the other side."""

    id: uuid.UUID
    member_id: uuid.UUID
    other: AccountRef
    amount_minor: int
    currency: str
    kind: str
    subject: tuple[str, uuid.UUID]
    reverses_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Movement:
    """A line of the statement: `change_minor` is positive for what came in."""

    id: uuid.UUID
    change_minor: int
    kind: str
    subject_kind: str
    subject_id: uuid.UUID
    at: datetime
