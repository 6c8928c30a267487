"""The inventory over HTTP, for staff: `inventory.view` reads, `inventory.edit` writes."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from jishi.modules.inventory.operations.locations import create_location
from jishi.modules.inventory.operations.movements import (
    adjust_stock,
    count_stock,
    receive_stock,
    write_off_stock,
)
from jishi.modules.inventory.queries import locations, movements_of, stock_table
from jishi.modules.inventory.types import Figure, MovementKind
from jishi.platform.http import actor_of, next_link, scopes
from jishi.platform.paging import CURSOR_LENGTH_MAX, offset_cursor, offset_of

LIMIT_MAX = 100
router = Router(tags=["inventory"])


class Change(StrEnum):
    RECEIVED = "received"
    COUNTED = "counted"
    ADJUSTED = "adjusted"
    WRITTEN_OFF = "written_off"


class StockOut(Schema):
    location_code: str
    location_name: str
    variant_id: uuid.UUID
    product_id: uuid.UUID
    sku: str
    on_hand: int
    held: int
    sellable: int
    is_tracked: bool
    updated_at: datetime


class StockTableOut(Schema):
    """`next` is the address of the following page; null at the end."""

    items: list[StockOut]
    count: int
    next: str | None


class StockIn(Schema):
    text: str = Field("", max_length=80)
    only_short: bool = False
    cursor: str = Field("", max_length=CURSOR_LENGTH_MAX)
    limit: int = Field(50, ge=1, le=LIMIT_MAX)


class MovementsIn(Schema):
    cursor: str = Field("", max_length=CURSOR_LENGTH_MAX)
    limit: int = Field(50, ge=1, le=LIMIT_MAX)


class MovementIn(Schema):
    """`quantity`: what was added, taken away, corrected by or counted, after `kind`."""

    kind: Change
    variant_id: uuid.UUID
    product_id: uuid.UUID
    sku: str = Field(min_length=1, max_length=120)
    quantity: int = Field(ge=-(10**8), le=10**8)
    key: str = Field(min_length=1, max_length=100, description="Makes the movement happen once")
    location_id: uuid.UUID | None = None
    note: str = Field("", max_length=400)


class MovementOut(Schema):
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


class MovementsOut(Schema):
    items: list[MovementOut]
    next: str | None


class LocationIn(Schema):
    code: str = Field(min_length=1, max_length=40)
    name: str = Field(min_length=1, max_length=120)
    priority: int = Field(100, ge=0, le=30_000)


class LocationOut(Schema):
    id: uuid.UUID
    code: str
    name: str
    priority: int
    is_active: bool


class StockMadeOut(Schema):
    id: uuid.UUID


@router.get(
    "/stock",
    response=StockTableOut,
    summary="Stock by location and variant",
    operation_id="list_stock",
    openapi_extra=scopes("inventory.view"),
)
def get_stock(request: HttpRequest, wanted: Query[StockIn]) -> Any:
    page = offset_of(wanted.cursor) // wanted.limit + 1
    table = stock_table(
        by=actor_of(request), text=wanted.text, only_short=wanted.only_short, page=page, limit=wanted.limit
    )
    more = offset_cursor(page * wanted.limit) if page * wanted.limit < table.count else ""
    return {"items": table.rows, "count": table.count, "next": next_link(request, more)}


@router.get(
    "/stock/{uuid:variant_id}/movements",
    response=MovementsOut,
    summary="What moved a variant",
    operation_id="list_movements",
    openapi_extra=scopes("inventory.view"),
)
def get_movements(request: HttpRequest, variant_id: uuid.UUID, wanted: Query[MovementsIn]) -> Any:
    page = offset_of(wanted.cursor) // wanted.limit + 1
    rows = movements_of(by=actor_of(request), variant_id=variant_id, page=page, limit=wanted.limit)
    more = offset_cursor(page * wanted.limit) if len(rows) == wanted.limit else ""
    return {"items": rows, "next": next_link(request, more)}


@router.post(
    "/stock/movements",
    response={204: None},
    summary="Receive, count, correct or write off",
    operation_id="move_stock",
    openapi_extra=scopes("inventory.edit"),
)
def post_movement(request: HttpRequest, body: MovementIn) -> Any:
    actor = actor_of(request)
    figure = Figure(
        variant_id=body.variant_id, product_id=body.product_id, sku=body.sku, quantity=body.quantity
    )
    if body.kind is Change.COUNTED:
        count_stock(by=actor, figures=[figure], key=body.key, location_id=body.location_id, note=body.note)
    else:
        moves = {
            Change.RECEIVED: receive_stock,
            Change.ADJUSTED: adjust_stock,
            Change.WRITTEN_OFF: write_off_stock,
        }
        moves[body.kind](by=actor, figure=figure, key=body.key, location_id=body.location_id, note=body.note)
    return Status(204, None)


@router.get(
    "/locations",
    response=list[LocationOut],
    summary="Places with stock",
    operation_id="list_locations",
    openapi_extra=scopes("inventory.view"),
)
def get_locations(request: HttpRequest) -> Any:
    return locations(by=actor_of(request))


@router.post(
    "/locations",
    response={201: StockMadeOut},
    summary="A place more",
    operation_id="create_location",
    openapi_extra=scopes("inventory.edit"),
)
def post_location(request: HttpRequest, body: LocationIn) -> Any:
    return Status(201, {"id": create_location(by=actor_of(request), **body.dict())})
