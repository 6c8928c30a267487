"""The life of a request, and who may end it how."""

import uuid
from datetime import datetime, timedelta

from jishi.modules.approvals.errors import ApprovalIsOwn, ApprovalNotOwn, ReasonMissing
from jishi.modules.approvals.types import ApprovalState

S = ApprovalState

LIFECYCLE: dict[tuple[ApprovalState, str], ApprovalState] = {
    (S.OPEN, "approve"): S.APPROVED,
    (S.OPEN, "refuse"): S.REFUSED,
    (S.OPEN, "withdraw"): S.WITHDRAWN,
    (S.OPEN, "expire"): S.EXPIRED,
}
OPEN_DAYS = 7
REASON_LENGTH_MAX = 400


def expires_at(asked_at: datetime) -> datetime:
    return asked_at + timedelta(days=OPEN_DAYS)


def clean_reason(text: str) -> str:
    """Raises ReasonMissing when nothing is left."""
    reason = " ".join(text.split())[:REASON_LENGTH_MAX]
    if not reason:
        raise ReasonMissing()
    return reason


def check_second(*, asked_by: uuid.UUID | None, decided_by: uuid.UUID | None) -> None:
    """A yes or no is said by a person, and by another one than who asked. Raises ApprovalIsOwn."""
    if decided_by is None or decided_by == asked_by:
        raise ApprovalIsOwn()


def check_first(*, asked_by: uuid.UUID | None, withdrawn_by: uuid.UUID | None) -> None:
    """Raises ApprovalNotOwn."""
    if asked_by is None or withdrawn_by != asked_by:
        raise ApprovalNotOwn()
