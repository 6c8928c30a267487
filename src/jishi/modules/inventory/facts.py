"""What happens to stock."""

import uuid
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class StockMoved:
    name: ClassVar[str] = "inventory.stock_moved.v1"
    variant_id: uuid.UUID
    product_id: uuid.UUID
    location_id: uuid.UUID
    kind: str
    quantity: int
    on_hand_after: int
    cause_kind: str
    cause_id: uuid.UUID | None

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return ("variant", self.variant_id)


@dataclass(frozen=True, slots=True)
class HoldsReleased:
    """`state` is released or expired; `quantities` by variant id."""

    name: ClassVar[str] = "inventory.holds_released.v1"
    cause_kind: str
    cause_id: uuid.UUID
    state: str
    reason: str
    quantities: dict[str, int]

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return (self.cause_kind, self.cause_id)
