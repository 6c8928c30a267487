"""What happens in bargaining."""

import uuid
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class BargainLaunched:
    name: ClassVar[str] = "bargain.bargain_launched.v1"
    bargain_id: uuid.UUID
    offer_id: uuid.UUID
    member_id: uuid.UUID

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "bargain", self.bargain_id


@dataclass(frozen=True, slots=True)
class BargainHelped:
    name: ClassVar[str] = "bargain.bargain_helped.v1"
    bargain_id: uuid.UUID
    offer_id: uuid.UUID
    member_id: uuid.UUID
    helper_id: uuid.UUID
    amount_minor: int
    slots_left: int
    is_new_member: bool

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "bargain", self.bargain_id


@dataclass(frozen=True, slots=True)
class BargainBought:
    name: ClassVar[str] = "bargain.bargain_bought.v1"
    bargain_id: uuid.UUID
    offer_id: uuid.UUID
    member_id: uuid.UUID
    order_id: uuid.UUID
    discount_minor: int

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "bargain", self.bargain_id


@dataclass(frozen=True, slots=True)
class BargainExpired:
    name: ClassVar[str] = "bargain.bargain_expired.v1"
    bargain_id: uuid.UUID
    offer_id: uuid.UUID
    member_id: uuid.UUID

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "bargain", self.bargain_id
