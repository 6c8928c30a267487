"""Orders: placing, reading, cancelling, receiving, sending back; and what staff do with them."""

import uuid
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from jishi.flows.checkout import Delivery, SeatWish, order_cart, order_items, order_seat
from jishi.flows.lifecycle import cancel_unpaid, send_parcel
from jishi.flows.refunds import refund_order, try_refund_again
from jishi.kernel.actor import Actor
from jishi.modules.orders.public import (
    OrderState,
    RefundPlan,
    order_view,
    orders_of_member,
    orders_table,
    receive_order,
)
from jishi.modules.payments.public import refunds_of_order
from jishi.modules.plays.group_buy.public import LateChoice
from jishi.platform.history import steps_of
from jishi.platform.http import actor_of, scopes
from jishi.platform.paging import key_of
from jishi.surfaces.api.cart import AS_IT_IS, PayingIn, SeatIn, WantedIn
from jishi.surfaces.api.common import Instant, MadeOut, Minor, Page, PageIn, StepOut, page_of
from jishi.surfaces.api.order_schemas import MoneyBackOut, OrderOut, OrderSummaryOut, RefundPlanOut

LINES_MAX = 60
BY_MEMBER, BY_STAFF = "by_member", "by_staff"
router = Router(tags=["orders"])
Reason = Annotated[str, Field(max_length=40, pattern=r"^[a-z0-9_]*$", description="A short code")]


class SeatWishIn(SeatIn):
    """`late_choice`: what happens if the payment comes too late."""

    late_choice: LateChoice = LateChoice.REFUND
    friend_code: str = Field(
        "", max_length=12, description="From the link of somebody who kept a seat for you"
    )
    finds_team: bool = Field(
        False, description="Without a team: the one closest to full, else one of your own"
    )


class OrderIn(WantedIn):
    """Exactly one of the cart, some items or a seat; refused when the total differs from what was expected."""

    seat: SeatWishIn | None = None
    address_id: uuid.UUID | None = None
    note: str = Field("", max_length=200)
    paying: PayingIn = AS_IT_IS
    expected_total_minor: Minor | None = None


class OwnOrdersIn(PageIn):
    state: list[OrderState] = Field([], max_length=len(OrderState))


class OrdersIn(OwnOrdersIn):
    text: str = Field("", max_length=80, description="A number, a parcel, a receiver")
    member_id: uuid.UUID | None = None
    play_id: uuid.UUID | None = None
    team_id: uuid.UUID | None = None
    since: Instant | None = None
    until: Instant | None = None


class CancelIn(Schema):
    reason: Reason = ""


class UnitsIn(Schema):
    line_id: uuid.UUID
    quantity: int = Field(ge=1, le=999)


class RefundIn(Schema):
    """Without `lines` everything that is left goes back; only staff may send back a part."""

    reason: Reason = ""
    note: str = Field("", max_length=200)
    lines: list[UnitsIn] | None = Field(None, min_length=1, max_length=LINES_MAX)
    with_shipping: bool = False


class ShipmentIn(Schema):
    """Without `lines` all that is left is sent."""

    carrier: str = Field(min_length=1, max_length=40)
    tracking_number: str = Field(min_length=1, max_length=60)
    lines: list[UnitsIn] | None = Field(None, min_length=1, max_length=LINES_MAX)


class ShippedOut(Schema):
    shipment_id: uuid.UUID
    is_last: bool


@router.post(
    "/orders",
    response={201: OrderOut},
    summary="Place an order from the cart, from items, or for a seat in a team",
    openapi_extra=scopes("shop.write"),
)
def place_order(request: HttpRequest, body: OrderIn) -> Any:
    actor = actor_of(request)
    return Status(201, order_view(_place(body, actor), by=actor))


@router.get(
    "/orders", response=Page[OrderSummaryOut], summary="Your orders", openapi_extra=scopes("shop.read")
)
def list_orders(request: HttpRequest, wanted: Query[OwnOrdersIn]) -> Any:
    rows = orders_of_member(
        by=actor_of(request), states=wanted.state, after=key_of(wanted.cursor), limit=wanted.limit
    )
    return page_of(request, rows, limit=wanted.limit, field="placed_at")


@router.get(
    "/staff/orders",
    response=Page[OrderSummaryOut],
    summary="All orders",
    tags=["staff"],
    openapi_extra=scopes("orders.view"),
)
def list_all_orders(request: HttpRequest, wanted: Query[OrdersIn]) -> Any:
    asked = wanted.dict(exclude={"state", "cursor"})
    rows = orders_table(by=actor_of(request), states=wanted.state, after=key_of(wanted.cursor), **asked)
    return page_of(request, rows, limit=wanted.limit, field="placed_at")


@router.get(
    "/orders/{uuid:order_id}",
    response=OrderOut,
    summary="One order with lines, parcels and refunds",
    openapi_extra=scopes("shop.read", "orders.view"),
)
def get_order(request: HttpRequest, order_id: uuid.UUID) -> Any:
    return order_view(order_id, by=actor_of(request))


@router.get(
    "/orders/{uuid:order_id}/history",
    response=list[StepOut],
    summary="Every change of an order, oldest first",
    openapi_extra=scopes("shop.read", "orders.view"),
)
def list_order_history(request: HttpRequest, order_id: uuid.UUID) -> Any:
    order = order_view(order_id, by=actor_of(request))
    return steps_of(subject=("order", order.id))


@router.post(
    "/orders/{uuid:order_id}/cancel",
    response=OrderOut,
    summary="Cancel an order nobody has paid for",
    openapi_extra=scopes("shop.write", "orders.cancel"),
)
def cancel_order(request: HttpRequest, order_id: uuid.UUID, body: CancelIn) -> Any:
    actor = actor_of(request)
    cancel_unpaid(order_id, by=actor, reason=_reason(body.reason, actor.may("orders.cancel")))
    return order_view(order_id, by=actor)


@router.post(
    "/orders/{uuid:order_id}/receive",
    response=OrderOut,
    summary="The goods are here",
    openapi_extra=scopes("shop.write", "orders.fulfil"),
)
def confirm_receipt(request: HttpRequest, order_id: uuid.UUID) -> Any:
    actor = actor_of(request)
    receive_order(order_id, by=actor)
    return order_view(order_id, by=actor)


@router.post(
    "/orders/{uuid:order_id}/refunds",
    response={201: RefundPlanOut},
    summary="Send money back: the whole of an unshipped order, or for staff any part",
    openapi_extra=scopes("shop.write", "orders.refund"),
)
def create_refund(request: HttpRequest, order_id: uuid.UUID, body: RefundIn) -> Any:
    actor = actor_of(request)
    plan: RefundPlan = refund_order(
        order_id,
        by=actor,
        reason=_reason(body.reason, actor.may("orders.refund")),
        note=body.note,
        units_by_line=_units(body.lines),
        with_shipping=body.with_shipping,
    )
    return Status(201, plan)


@router.get(
    "/orders/{uuid:order_id}/refunds",
    response=list[MoneyBackOut],
    summary="Money sent back for an order, oldest first",
    openapi_extra=scopes("shop.read", "orders.view"),
)
def list_refunds(request: HttpRequest, order_id: uuid.UUID) -> Any:
    return refunds_of_order(order_view(order_id, by=actor_of(request)).id)


@router.post(
    "/orders/{uuid:order_id}/shipments",
    response={201: ShippedOut},
    summary="Send a parcel",
    tags=["staff"],
    openapi_extra=scopes("orders.fulfil"),
)
def create_shipment(request: HttpRequest, order_id: uuid.UUID, body: ShipmentIn) -> Any:
    shipped = send_parcel(
        order_id,
        by=actor_of(request),
        carrier=body.carrier,
        tracking_number=body.tracking_number,
        units_by_line=_units(body.lines),
    )
    return Status(201, shipped)


@router.post(
    "/refunds/{uuid:refund_id}/retry",
    response={202: MadeOut},
    summary="Send a refused refund again",
    tags=["staff"],
    openapi_extra=scopes("orders.refund"),
)
def retry_refund(request: HttpRequest, refund_id: uuid.UUID) -> Any:
    try_refund_again(refund_id, by=actor_of(request))
    return Status(202, {"id": refund_id})


def _place(body: OrderIn, actor: Actor) -> uuid.UUID:
    delivery = Delivery(address_id=body.address_id, note=body.note, choice=body.paying.choice())
    expected = body.expected_total_minor
    if body.seat is not None:
        wish = SeatWish(**body.seat.dict())
        return order_seat(wish, by=actor, delivery=delivery, expected_total_minor=expected)
    if body.items is not None:
        items = [(item.variant_id, item.quantity) for item in body.items]
        return order_items(items, by=actor, delivery=delivery, expected_total_minor=expected)
    return order_cart(by=actor, delivery=delivery, expected_total_minor=expected)


def _reason(asked: str, is_staff: bool) -> str:
    """Staff may name a reason; a shopper's is that they wanted to."""
    return (asked or BY_STAFF) if is_staff else BY_MEMBER


def _units(lines: list[UnitsIn] | None) -> dict[uuid.UUID, int] | None:
    if lines is None:
        return None
    units: dict[uuid.UUID, int] = {}
    for line in lines:
        units[line.line_id] = units.get(line.line_id, 0) + line.quantity
    return units
