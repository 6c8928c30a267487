"""What happens to orders."""

import uuid
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class OrderPlaced:
    name: ClassVar[str] = "orders.order_placed.v1"
    order_id: uuid.UUID
    number: str
    member_id: uuid.UUID
    total_minor: int
    currency: str
    play_kind: str
    play_id: uuid.UUID | None

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "order", self.order_id


@dataclass(frozen=True, slots=True)
class OrderPaid:
    name: ClassVar[str] = "orders.order_paid.v1"
    order_id: uuid.UUID
    number: str
    member_id: uuid.UUID
    total_minor: int
    currency: str
    play_kind: str
    play_id: uuid.UUID | None
    team_id: uuid.UUID | None
    was_late: bool

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "order", self.order_id


@dataclass(frozen=True, slots=True)
class OrderReady:
    """Its team is complete: it may be shipped."""

    name: ClassVar[str] = "orders.order_ready.v1"
    order_id: uuid.UUID
    member_id: uuid.UUID
    team_id: uuid.UUID | None

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "order", self.order_id


@dataclass(frozen=True, slots=True)
class OrderShipped:
    name: ClassVar[str] = "orders.order_shipped.v1"
    order_id: uuid.UUID
    number: str
    member_id: uuid.UUID
    shipment_id: uuid.UUID
    carrier: str
    tracking_number: str
    is_last: bool

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "order", self.order_id


@dataclass(frozen=True, slots=True)
class OrderReceived:
    name: ClassVar[str] = "orders.order_received.v1"
    order_id: uuid.UUID
    member_id: uuid.UUID

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "order", self.order_id


@dataclass(frozen=True, slots=True)
class OrderCancelled:
    name: ClassVar[str] = "orders.order_cancelled.v1"
    order_id: uuid.UUID
    number: str
    member_id: uuid.UUID
    reason: str

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "order", self.order_id


@dataclass(frozen=True, slots=True)
class RefundRequested:
    name: ClassVar[str] = "orders.refund_requested.v1"
    order_id: uuid.UUID
    refund_id: uuid.UUID
    member_id: uuid.UUID
    amount_minor: int
    reason: str

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "order", self.order_id


@dataclass(frozen=True, slots=True)
class OrderRefunded:
    """Money has gone back; `lines` are (order line, amount) pairs, the inverse of what was recorded."""

    name: ClassVar[str] = "orders.order_refunded.v1"
    order_id: uuid.UUID
    number: str
    refund_id: uuid.UUID
    member_id: uuid.UUID
    amount_minor: int
    currency: str
    reason: str
    is_whole: bool
    lines: tuple[tuple[uuid.UUID, int], ...]

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "order", self.order_id
