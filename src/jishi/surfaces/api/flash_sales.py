"""Flash sales: sessions and what is left for everyone, claims and orders for members, and what staff do with them."""

import uuid
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from jishi.flows.checkout import Delivery
from jishi.flows.flash_sales import FlashWish, order_flash
from jishi.kernel.errors import NotFound
from jishi.modules.catalog.public import variants_by_ids
from jishi.modules.orders.public import order_view
from jishi.modules.plays.flash_sale.public import (
    ITEMS_MAX,
    ClaimStage,
    ItemForm,
    SaleView,
    WaitReason,
    answers_by_item,
    ask_reminder,
    balances_of,
    change_sale,
    change_units,
    claim_view,
    close_sale,
    create_sale,
    drop_reminder,
    item_view,
    publish_sale,
    sale_view,
    sales_table,
    sessions_shown,
    stock_by_item,
)
from jishi.modules.plays.life.public import PlayState
from jishi.platform.http import actor_of, anyone, next_link, scopes
from jishi.platform.paging import cursor_after, key_of
from jishi.surfaces.api.common import MINOR_MAX, Instant, Minor, Page, PageIn, head_of, require_look
from jishi.surfaces.api.order_schemas import OrderOut

UNITS_MAX = 1_000_000
router = Router(tags=["flash sales"])


class FlashItemOut(Schema):
    """`free` is what can be had now; `returned` came back unpaid and was put on sale again at `returned_at`.

    `reserved` of what is free is for new members only, until `reserved_until`.
    """

    id: uuid.UUID
    product_id: uuid.UUID
    variant_id: uuid.UUID
    title: str
    option_text: str
    price_minor: int
    list_minor: int | None
    units: int
    free: int
    member_limit: int
    pool_id: uuid.UUID | None
    returned: int
    returned_at: datetime | None
    new_member_units: int
    reserved: int
    reserved_until: datetime | None


class FlashSaleOut(Schema):
    """Claim at POST /rush/pools/{pool_id}/claims; the order follows within a second or two."""

    id: uuid.UUID
    name: str
    state: PlayState
    currency: str
    opens_at: datetime
    closes_at: datetime
    items: list[FlashItemOut]


class StaffFlashSaleOut(FlashSaleOut):
    budget_minor: int | None
    worst_case_minor: int
    created_at: datetime


class FlashSalesIn(PageIn):
    state: list[PlayState] = Field([], max_length=len(PlayState))


class FlashItemIn(Schema):
    """`member_limit` 0: no limit. `new_member_units` are for new members until `new_member_minutes` after the opening."""

    variant_id: uuid.UUID
    price_minor: int = Field(ge=1, le=MINOR_MAX)
    units: int = Field(ge=1, le=UNITS_MAX)
    member_limit: int = Field(1, ge=0, le=99)
    new_member_units: int = Field(0, ge=0, le=UNITS_MAX)
    new_member_minutes: int = Field(0, ge=0, le=1440)


class FlashSaleIn(Schema):
    """`budget_minor` null: no ceiling; else it has to cover everything being sold."""

    name: str = Field(min_length=1, max_length=80)
    opens_at: Instant
    closes_at: Instant
    budget_minor: int | None = Field(None, ge=1, le=MINOR_MAX)
    items: list[FlashItemIn] = Field(min_length=1, max_length=ITEMS_MAX)


class FlashUnitsIn(Schema):
    units: int = Field(ge=1, le=UNITS_MAX)


class FlashOrderIn(Schema):
    """`claim_id`: finish from a claim that the hot lane granted, for example when it waits for an address."""

    item_id: uuid.UUID
    quantity: int = Field(1, ge=1, le=99)
    claim_id: uuid.UUID | None = None
    address_id: uuid.UUID | None = None
    note: str = Field("", max_length=200)
    expected_total_minor: Minor | None = None


class FlashClaimOut(Schema):
    """`expires_at` is the claim's own clock while it has no order; then the order's pay deadline counts."""

    claim_id: uuid.UUID
    item_id: uuid.UUID
    play_id: uuid.UUID
    quantity: int
    stage: ClaimStage
    reason: WaitReason | None
    order_id: uuid.UUID | None
    expires_at: datetime | None


class FlashReminderOut(Schema):
    play_id: uuid.UUID
    is_asked: bool


class FlashPublishIn(Schema):
    """Items of `split_from_units` units or more live on several rows, for a crowd that one row cannot serve; 0: none."""

    split_from_units: int = Field(0, ge=0, le=UNITS_MAX)


class FlashBalanceOut(Schema):
    """The proof per item: capacity = free + held + kept; held + kept = waiting + ordered + paid; nothing oversold.

    `answers`: how often people who asked for it were told what (granted, replayed, sold_out, limit_reached, busy …).
    """

    item_id: uuid.UUID
    capacity: int
    free: int
    claims_held: int
    claims_kept: int
    claims_waiting: int
    units_ordered: int
    units_paid: int
    units_returned: int
    people: int
    set_aside: int
    oversold: int
    is_sound: bool
    answers: dict[str, int]


@router.get(
    "/flash-sales", response=list[FlashSaleOut], summary="The day's flash sales", openapi_extra=anyone()
)
def list_flash_sales(request: HttpRequest) -> Any:
    """Running, coming within a day, and just ended; by their hours."""
    del request
    return _sales_out(sessions_shown())


@router.get(
    "/flash-sales/{uuid:play_id}", response=FlashSaleOut, summary="One flash sale", openapi_extra=anyone()
)
def get_flash_sale(request: HttpRequest, play_id: uuid.UUID) -> Any:
    sale = sale_view(play_id)
    if sale.play.state is PlayState.DRAFT and not actor_of(request).may("plays.edit"):
        raise NotFound()
    return _sales_out([sale])[0]


@router.post(
    "/flash-sales/orders",
    response={201: OrderOut},
    summary="Order units of a flash sale, claimed here or before",
    openapi_extra=scopes("shop.write"),
)
def place_flash_order(request: HttpRequest, body: FlashOrderIn) -> Any:
    actor = actor_of(request)
    order_id = order_flash(
        FlashWish(body.item_id, body.quantity, body.claim_id),
        by=actor,
        delivery=Delivery(address_id=body.address_id, note=body.note),
        expected_total_minor=body.expected_total_minor,
    )
    return Status(201, order_view(order_id, by=actor))


@router.get(
    "/flash-sales/claims/{uuid:claim_id}",
    response=FlashClaimOut,
    summary="Where your claim stands, and its order",
    openapi_extra=scopes("shop.read"),
)
def get_flash_claim(request: HttpRequest, claim_id: uuid.UUID) -> Any:
    return claim_view(claim_id, member_id=actor_of(request).require_member())


@router.post(
    "/flash-sales/{uuid:play_id}/reminder",
    response=FlashReminderOut,
    summary="Be reminded shortly before it opens",
    openapi_extra=scopes("shop.write"),
)
def ask_flash_reminder(request: HttpRequest, play_id: uuid.UUID) -> Any:
    ask_reminder(play_id, by=actor_of(request))
    return {"play_id": play_id, "is_asked": True}


@router.delete(
    "/flash-sales/{uuid:play_id}/reminder",
    response=FlashReminderOut,
    summary="No reminder after all",
    openapi_extra=scopes("shop.write"),
)
def drop_flash_reminder(request: HttpRequest, play_id: uuid.UUID) -> Any:
    drop_reminder(play_id, by=actor_of(request))
    return {"play_id": play_id, "is_asked": False}


@router.get(
    "/staff/flash-sales",
    tags=["staff"],
    response=Page[StaffFlashSaleOut],
    summary="All flash sales",
    openapi_extra=scopes("plays.edit", "reports.view"),
)
def list_all_flash_sales(request: HttpRequest, wanted: Query[FlashSalesIn]) -> Any:
    require_look(actor_of(request))
    sales = sales_table(states=wanted.state, after=key_of(wanted.cursor), limit=wanted.limit)
    cursor = cursor_after([sale.play for sale in sales], limit=wanted.limit, field="created_at")
    return {"items": _staff_sales_out(sales), "next": next_link(request, cursor)}


@router.get(
    "/staff/flash-sales/{uuid:play_id}/balances",
    tags=["staff"],
    response=list[FlashBalanceOut],
    summary="The live sums of each item, and the proof that nothing is sold twice",
    openapi_extra=scopes("plays.edit", "reports.view"),
)
def get_flash_balances(request: HttpRequest, play_id: uuid.UUID) -> Any:
    require_look(actor_of(request))
    answers = answers_by_item(sale_view(play_id).items)
    names = FlashBalanceOut.model_fields.keys() - {"answers"}
    return [
        {name: getattr(found, name) for name in names} | {"answers": answers.get(found.item_id, {})}
        for found in balances_of(play_id)
    ]


@router.post(
    "/staff/flash-sales",
    tags=["staff"],
    response={201: StaffFlashSaleOut},
    summary="Write a flash sale; it starts as a draft",
    openapi_extra=scopes("plays.edit"),
)
def create_flash_sale(request: HttpRequest, body: FlashSaleIn) -> Any:
    actor = actor_of(request)
    actor.require("plays.edit")
    return Status(201, _staff_sales_out([create_sale(head_of(body), _items(body), by=actor)])[0])


@router.put(
    "/staff/flash-sales/{uuid:play_id}",
    tags=["staff"],
    response=StaffFlashSaleOut,
    summary="Change a draft",
    openapi_extra=scopes("plays.edit"),
)
def replace_flash_sale(request: HttpRequest, play_id: uuid.UUID, body: FlashSaleIn) -> Any:
    actor = actor_of(request)
    actor.require("plays.edit")
    return _staff_sales_out([change_sale(play_id, head_of(body), _items(body), by=actor)])[0]


@router.post(
    "/staff/flash-sales/{uuid:play_id}/publish",
    tags=["staff"],
    response=StaffFlashSaleOut,
    summary="Set goods and budget aside and open it at its time",
    openapi_extra=scopes("plays.edit"),
)
def publish_flash_sale(request: HttpRequest, play_id: uuid.UUID, body: FlashPublishIn | None = None) -> Any:
    split = body.split_from_units if body else 0
    return _staff_sales_out([publish_sale(play_id, by=actor_of(request), split_from_units=split)])[0]


@router.post(
    "/staff/flash-sales/{uuid:play_id}/close",
    tags=["staff"],
    response=StaffFlashSaleOut,
    summary="Nobody claims any more; who has a claim may still pay",
    openapi_extra=scopes("plays.edit"),
)
def close_flash_sale(request: HttpRequest, play_id: uuid.UUID) -> Any:
    actor = actor_of(request)
    actor.require("plays.edit")
    sale_view(play_id)
    return _staff_sales_out([close_sale(play_id, by=actor)])[0]


@router.put(
    "/staff/flash-sales/items/{uuid:item_id}/units",
    tags=["staff"],
    response=StaffFlashSaleOut,
    summary="More or fewer units, also while it is open",
    openapi_extra=scopes("plays.edit"),
)
def change_flash_units(request: HttpRequest, item_id: uuid.UUID, body: FlashUnitsIn) -> Any:
    item = change_units(item_id, units=body.units, by=actor_of(request))
    return _staff_sales_out([sale_view(item_view(item.id).play_id)])[0]


def _items(body: FlashSaleIn) -> list[ItemForm]:
    return [ItemForm(**item.dict()) for item in body.items]


def _sales_out(sales: list[SaleView]) -> list[dict[str, Any]]:
    """Two queries for all of them."""
    items = [item for sale in sales for item in sale.items]
    variants = variants_by_ids([item.variant_id for item in items])
    stock = stock_by_item([item.id for item in items])
    plain = (
        [name for name in FlashItemOut.model_fields if name in type(items[0]).__dataclass_fields__]
        if items
        else []
    )
    shown: dict[uuid.UUID, list[dict[str, Any]]] = {sale.id: [] for sale in sales}
    for item in items:
        left, variant = stock.get(item.id), variants.get(item.variant_id)
        shown[item.play_id].append(
            {name: getattr(item, name) for name in plain}
            | {
                "title": variant.product_title if variant else "",
                "option_text": variant.title if variant else "",
                "free": left.free if left else item.units,
                "returned": left.returned if left else 0,
                "returned_at": left.returned_at if left else None,
                "reserved": left.reserved if left else item.new_member_units,
                "reserved_until": left.reserved_until if left else None,
            }
        )
    head = ("id", "name", "state", "currency", "opens_at", "closes_at")
    return [{name: getattr(sale.play, name) for name in head} | {"items": shown[sale.id]} for sale in sales]


def _staff_sales_out(sales: list[SaleView]) -> list[dict[str, Any]]:
    return [
        out
        | {
            "budget_minor": sale.play.budget_minor,
            "worst_case_minor": sale.worst_case_minor,
            "created_at": sale.play.created_at,
        }
        for sale, out in zip(sales, _sales_out(sales), strict=True)
    ]
