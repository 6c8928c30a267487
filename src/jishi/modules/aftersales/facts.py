"""What happens to after-sales cases."""

import uuid
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class CaseOpened:
    name: ClassVar[str] = "aftersales.case_opened.v1"
    case_id: uuid.UUID
    number: str
    order_id: uuid.UUID
    member_id: uuid.UUID
    kind: str
    reason: str
    asked_minor: int
    currency: str

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "case", self.case_id


@dataclass(frozen=True, slots=True)
class CaseMoved:
    """`side` says who moved it: member, shop, platform, or system for time."""

    name: ClassVar[str] = "aftersales.case_moved.v1"
    case_id: uuid.UUID
    number: str
    order_id: uuid.UUID
    member_id: uuid.UUID
    kind: str
    verb: str
    before: str
    after: str
    side: str
    amount_minor: int
    currency: str

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "case", self.case_id


@dataclass(frozen=True, slots=True)
class CaseMessageSent:
    name: ClassVar[str] = "aftersales.message_sent.v1"
    case_id: uuid.UUID
    number: str
    member_id: uuid.UUID
    side: str

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "case", self.case_id
