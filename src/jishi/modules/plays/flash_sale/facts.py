"""What happens in flash sales."""

import uuid
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class UnitOrdered:
    name: ClassVar[str] = "flash_sale.unit_ordered.v1"
    play_id: uuid.UUID
    item_id: uuid.UUID
    order_id: uuid.UUID
    member_id: uuid.UUID
    quantity: int

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "play", self.play_id


@dataclass(frozen=True, slots=True)
class UnitPaid:
    name: ClassVar[str] = "flash_sale.unit_paid.v1"
    play_id: uuid.UUID
    item_id: uuid.UUID
    order_id: uuid.UUID
    member_id: uuid.UUID
    quantity: int

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "play", self.play_id


@dataclass(frozen=True, slots=True)
class UnitsReturned:
    """`is_on_sale_again`: the session still runs and others can have them."""

    name: ClassVar[str] = "flash_sale.units_returned.v1"
    play_id: uuid.UUID
    item_id: uuid.UUID
    order_id: uuid.UUID
    quantity: int
    reason: str
    is_on_sale_again: bool

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "play", self.play_id


@dataclass(frozen=True, slots=True)
class UnitsChanged:
    name: ClassVar[str] = "flash_sale.units_changed.v1"
    play_id: uuid.UUID
    item_id: uuid.UUID
    units_before: int
    units_after: int

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "play", self.play_id
