"""Values of carts and orders."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class OrderState(StrEnum):
    PLACED = "placed"  # waiting for payment
    GATHERING = "gathering"  # paid, waiting for its team
    PAID = "paid"  # ready to ship
    PARTLY_SHIPPED = "partly_shipped"
    SHIPPED = "shipped"
    RECEIVED = "received"
    REFUNDING = "refunding"  # closed before shipping, the money is on its way back
    CANCELLED = "cancelled"  # never paid, or closed and fully refunded before shipping
    REFUNDED = "refunded"  # everything was given back


class PaymentVerdict(StrEnum):
    """What a successful payment means for its order."""

    ACCEPTED = "accepted"
    LATE = "late"  # the order was cancelled before the money came
    DUPLICATE = "duplicate"  # the order is paid already


@dataclass(frozen=True, slots=True)
class PaymentTaken:
    """The verdict about a payment, and the kind of play its order belongs to (empty: none)."""

    verdict: PaymentVerdict
    play_kind: str
    has_promises: bool = False

    @property
    def is_for_team(self) -> bool:
        return self.play_kind == "group_buy"


class RefundPhase(StrEnum):
    REQUESTED = "requested"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Discount:
    """One reason why a line costs less than its list price. `amount_minor` is for the whole line."""

    kind: str
    source_id: str
    amount_minor: int
    label: str


@dataclass(frozen=True, slots=True)
class LineAttribution:
    """Who brought the buyer of this line, and by which rule."""

    sharer_id: uuid.UUID | None
    link_id: uuid.UUID | None
    touch_id: uuid.UUID | None
    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class NewLine:
    """A line to be ordered, priced and held. `discount_minor` is for the whole line."""

    line_id: uuid.UUID
    product_id: uuid.UUID
    variant_id: uuid.UUID
    sku: str
    title: str
    option_text: str
    cover: str
    quantity: int
    list_minor: int
    cost_minor: int | None
    weight_grams: int
    discounts: tuple[Discount, ...] = ()
    attribution: LineAttribution | None = None

    @property
    def discount_minor(self) -> int:
        return sum(discount.amount_minor for discount in self.discounts)

    @property
    def total_minor(self) -> int:
        return self.list_minor * self.quantity - self.discount_minor


@dataclass(frozen=True, slots=True)
class NewOrder:
    order_id: uuid.UUID
    member_id: uuid.UUID
    visitor_id: uuid.UUID | None
    cart_id: uuid.UUID | None
    currency: str
    lines: tuple[NewLine, ...]
    shipping_minor: int
    address: dict[str, Any]
    note: str
    pay_deadline: datetime
    play_kind: str = ""
    play_id: uuid.UUID | None = None
    team_id: uuid.UUID | None = None
    wallet_minor: int = 0  # a part of the total that the member's wallet pays
    points_spent: int = 0
    has_promises: bool = False  # offers, coupons, points or a wallet part are reserved for it

    @property
    def list_minor(self) -> int:
        return sum(line.list_minor * line.quantity for line in self.lines)

    @property
    def discount_minor(self) -> int:
        return sum(line.discount_minor for line in self.lines)

    @property
    def total_minor(self) -> int:
        return self.list_minor - self.discount_minor + self.shipping_minor


@dataclass(frozen=True, slots=True)
class CartLineView:
    line_id: uuid.UUID
    product_id: uuid.UUID
    variant_id: uuid.UUID
    quantity: int
    price_seen_minor: int
    is_selected: bool


@dataclass(frozen=True, slots=True)
class CartView:
    id: uuid.UUID | None
    lines: tuple[CartLineView, ...] = ()

    @property
    def unit_count(self) -> int:
        return sum(line.quantity for line in self.lines)


@dataclass(frozen=True, slots=True)
class OrderLineView:
    id: uuid.UUID
    product_id: uuid.UUID
    variant_id: uuid.UUID
    sku: str
    title: str
    option_text: str
    cover: str
    quantity: int
    list_minor: int
    discount_minor: int
    total_minor: int
    cost_minor: int | None
    refunded_minor: int
    cut_minor: int
    refunded_quantity: int
    shipped_quantity: int
    cancelled_quantity: int
    discounts: tuple[Discount, ...]
    sharer_id: uuid.UUID | None
    link_id: uuid.UUID | None
    touch_id: uuid.UUID | None
    attribution_source: str
    attribution_reason: str

    @property
    def unit_minor(self) -> int:
        return self.total_minor // self.quantity

    @property
    def refundable_minor(self) -> int:
        return self.total_minor - self.refunded_minor

    @property
    def unshipped_quantity(self) -> int:
        return self.quantity - self.shipped_quantity - self.cancelled_quantity


@dataclass(frozen=True, slots=True)
class ShipmentView:
    id: uuid.UUID
    carrier: str
    tracking_number: str
    shipped_at: datetime
    received_at: datetime | None
    lines: tuple[tuple[uuid.UUID, int], ...]


@dataclass(frozen=True, slots=True)
class OrderRefundView:
    id: uuid.UUID
    amount_minor: int
    phase: str
    reason: str
    note: str
    created_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class OrderSummary:
    """An order in a list."""

    id: uuid.UUID
    number: str
    member_id: uuid.UUID
    state: OrderState
    currency: str
    total_minor: int
    paid_minor: int
    refunded_minor: int
    unit_count: int
    first_title: str
    covers: tuple[str, ...]
    play_kind: str
    play_id: uuid.UUID | None
    team_id: uuid.UUID | None
    placed_at: datetime
    pay_deadline: datetime


@dataclass(frozen=True, slots=True)
class OrderView:
    id: uuid.UUID
    number: str
    member_id: uuid.UUID
    state: OrderState
    currency: str
    list_minor: int
    discount_minor: int
    shipping_minor: int
    total_minor: int
    paid_minor: int
    refunded_minor: int
    address: dict[str, Any]
    note: str
    play_kind: str
    play_id: uuid.UUID | None
    team_id: uuid.UUID | None
    payment_id: uuid.UUID | None
    placed_at: datetime
    pay_deadline: datetime
    paid_at: datetime | None
    shipped_at: datetime | None
    received_at: datetime | None
    cancelled_at: datetime | None
    cancel_reason: str
    wallet_minor: int = 0
    points_spent: int = 0
    has_promises: bool = False
    lines: tuple[OrderLineView, ...] = field(default=())
    shipments: tuple[ShipmentView, ...] = field(default=())
    refunds: tuple[OrderRefundView, ...] = field(default=())

    @property
    def due_minor(self) -> int:
        """What a payment has to bring: the total without the part from the wallet."""
        return self.total_minor - self.wallet_minor


@dataclass(frozen=True, slots=True)
class RefundPart:
    """So many units of a line go back, with the money recorded for them."""

    line_id: uuid.UUID
    quantity: int
    amount_minor: int
    cancelled_quantity: int  # units that were still to be shipped
    variant_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class RefundPlan:
    refund_id: uuid.UUID
    order_id: uuid.UUID
    amount_minor: int
    shipping_minor: int
    parts: tuple[RefundPart, ...]
    wallet_minor: int = 0  # of the amount: what goes back to the wallet that paid a part

    @property
    def provider_minor(self) -> int:
        return self.amount_minor - self.wallet_minor
