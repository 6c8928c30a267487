"""How orders look over HTTP."""

import uuid
from datetime import datetime

from ninja import Schema

from jishi.modules.orders.public import OrderState
from jishi.modules.payments.public import RefundState
from jishi.surfaces.api.cart import DiscountOut


class OrderSummaryOut(Schema):
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
    covers: list[str]
    play_kind: str
    play_id: uuid.UUID | None
    team_id: uuid.UUID | None
    placed_at: datetime
    pay_deadline: datetime


class OrderLineOut(Schema):
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
    refunded_minor: int
    refunded_quantity: int
    shipped_quantity: int
    cancelled_quantity: int
    discounts: list[DiscountOut]


class ShipmentLineOut(Schema):
    line_id: uuid.UUID
    quantity: int


class ShipmentOut(Schema):
    id: uuid.UUID
    carrier: str
    tracking_number: str
    shipped_at: datetime
    received_at: datetime | None
    lines: list[ShipmentLineOut]

    @staticmethod
    def resolve_lines(shipment: object) -> list[dict[str, object]]:
        pairs: list[tuple[uuid.UUID, int]] = getattr(shipment, "lines", [])
        return [{"line_id": line_id, "quantity": quantity} for line_id, quantity in pairs]


class OrderRefundOut(Schema):
    id: uuid.UUID
    amount_minor: int
    phase: str
    reason: str
    note: str
    created_at: datetime
    settled_at: datetime | None


class ReceiverOut(Schema):
    """The address as it was when the order was placed; empty for goods that are not sent."""

    name: str = ""
    phone: str = ""
    region_code: str = ""
    province: str = ""
    city: str = ""
    district: str = ""
    line: str = ""


class OrderOut(Schema):
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
    address: ReceiverOut
    note: str
    play_kind: str
    play_id: uuid.UUID | None
    team_id: uuid.UUID | None
    placed_at: datetime
    pay_deadline: datetime
    paid_at: datetime | None
    shipped_at: datetime | None
    received_at: datetime | None
    cancelled_at: datetime | None
    cancel_reason: str
    wallet_minor: int
    points_spent: int
    due_minor: int
    lines: list[OrderLineOut]
    shipments: list[ShipmentOut]
    refunds: list[OrderRefundOut]


class RefundPartOut(Schema):
    line_id: uuid.UUID
    quantity: int
    amount_minor: int


class RefundPlanOut(Schema):
    """What is on its way back; the money follows by a job."""

    refund_id: uuid.UUID
    order_id: uuid.UUID
    amount_minor: int
    shipping_minor: int
    parts: list[RefundPartOut]


class MoneyBackOut(Schema):
    """Money on its way back by the way it came."""

    id: uuid.UUID
    payment_id: uuid.UUID
    order_id: uuid.UUID
    provider: str
    amount_minor: int
    currency: str
    state: RefundState
    reason: str
    failure: str
    created_at: datetime
    settled_at: datetime | None
