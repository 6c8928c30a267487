"""Values of the inventory."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

UNTRACKED_SELLABLE: Final = 9_999  # what a variant that nobody counts shows as sellable


class MovementKind(StrEnum):
    RECEIVED = "received"
    SHIPPED = "shipped"
    RETURNED = "returned"
    COUNTED = "counted"
    ADJUSTED = "adjusted"
    WRITTEN_OFF = "written_off"


class HoldState(StrEnum):
    HELD = "held"
    SHIPPED = "shipped"
    RELEASED = "released"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Cause:
    """What a hold or a movement is for, such as ("order", id)."""

    kind: str
    id: uuid.UUID


@dataclass(frozen=True, slots=True)
class HoldLine:
    """`hold_id` is the caller's and makes the hold happen once."""

    hold_id: uuid.UUID
    variant_id: uuid.UUID
    quantity: int


@dataclass(frozen=True, slots=True)
class TakeOver:
    """Held goods that get another cause; `hold_id` is the caller's."""

    hold_id: uuid.UUID
    cause_id: uuid.UUID
    quantity: int


@dataclass(frozen=True, slots=True)
class StockLine:
    variant_id: uuid.UUID
    quantity: int


@dataclass(frozen=True, slots=True)
class Figure:
    """A counted quantity; None: nobody counts it, it can always be sold."""

    variant_id: uuid.UUID
    product_id: uuid.UUID
    sku: str
    quantity: int | None


@dataclass(frozen=True, slots=True)
class Counted:
    """`raised_to_held`: variants counted below what is promised, and the figure they were set to instead."""

    changed: int
    raised_to_held: dict[uuid.UUID, int]


@dataclass(frozen=True, slots=True)
class HoldView:
    id: uuid.UUID
    variant_id: uuid.UUID
    location_code: str
    quantity: int
    shipped: int
    state: HoldState
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class PromiseView:
    """Units that somebody is waiting for."""

    location_code: str
    cause: Cause
    quantity: int
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class LocationView:
    id: uuid.UUID
    code: str
    name: str
    priority: int
    is_active: bool


@dataclass(frozen=True, slots=True)
class StockRow:
    """`sellable` is on hand less held."""

    location_code: str
    location_name: str
    variant_id: uuid.UUID
    product_id: uuid.UUID
    sku: str
    on_hand: int
    held: int
    is_tracked: bool
    updated_at: datetime

    @property
    def sellable(self) -> int:
        return self.on_hand - self.held if self.is_tracked else UNTRACKED_SELLABLE


@dataclass(frozen=True, slots=True)
class StockTable:
    rows: tuple[StockRow, ...]
    count: int


@dataclass(frozen=True, slots=True)
class MovementView:
    id: uuid.UUID
    location_code: str
    sku: str
    kind: MovementKind
    quantity: int
    on_hand_after: int
    cause_kind: str
    cause_id: uuid.UUID | None
    actor_label: str
    note: str
    at: datetime
