"""What happens to approvals."""

import uuid
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class ApprovalAsked:
    name: ClassVar[str] = "approvals.approval_asked.v1"
    request_id: uuid.UUID
    kind: str
    subject_kind: str
    subject_id: uuid.UUID
    amount: int
    unit: str

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "approval", self.request_id


@dataclass(frozen=True, slots=True)
class ApprovalDecided:
    """`state` is approved, refused, withdrawn or expired."""

    name: ClassVar[str] = "approvals.approval_decided.v1"
    request_id: uuid.UUID
    kind: str
    subject_kind: str
    subject_id: uuid.UUID
    amount: int
    unit: str
    state: str

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "approval", self.request_id
