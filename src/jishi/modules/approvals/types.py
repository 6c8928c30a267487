"""Values of approvals."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class ApprovalState(StrEnum):
    OPEN = "open"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class ApprovalView:
    """`amount` is in `unit` (minor units of a currency, or points); 0 when it is not about an amount.

    `payload` is what the applier of `kind` works from. `asked_by` is None when the house itself asked.
    """

    id: uuid.UUID
    kind: str
    subject_kind: str
    subject_id: uuid.UUID
    amount: int
    unit: str
    payload: dict[str, Any]
    reason: str
    state: ApprovalState
    asked_by: uuid.UUID | None
    asked_label: str
    asked_at: datetime
    expires_at: datetime
    decided_by: uuid.UUID | None
    decided_label: str
    decided_at: datetime | None
    note: str
