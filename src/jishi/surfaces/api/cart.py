"""The cart of a member or a visitor, and what an order would cost."""

import uuid
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja import Field, Router, Schema, Status
from pydantic import model_validator

from jishi.flows.checkout import ITEMS_MAX
from jishi.flows.quotes import Quote, QuotedLine, quote_cart, quote_items, quote_seat
from jishi.kernel.actor import Actor
from jishi.modules.catalog.public import VariantMissing, variants_by_ids
from jishi.modules.orders.public import add_to_cart, cart_view, change_cart_line
from jishi.modules.people.public import AddressView, address_view
from jishi.platform.http import actor_of, repeats_by_itself, scopes
from jishi.surfaces.api.common import Units

router = Router(tags=["buying"])


class ItemIn(Schema):
    variant_id: uuid.UUID
    quantity: Units = 1


class SeatIn(Schema):
    """A seat in a team; no `team_id` opens a team of one's own."""

    offer_id: uuid.UUID
    team_id: uuid.UUID | None = None
    variant_id: uuid.UUID
    quantity: Units = 1


class LinePatch(Schema):
    quantity: int | None = Field(None, ge=0, le=999, description="0 removes the line")
    is_selected: bool | None = None


class WantedIn(Schema):
    """Exactly one of the cart, some items or a seat."""

    from_cart: bool = False
    items: list[ItemIn] | None = Field(None, min_length=1, max_length=ITEMS_MAX)
    seat: SeatIn | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> "WantedIn":
        if sum((self.from_cart, self.items is not None, self.seat is not None)) != 1:
            raise ValueError("exactly one of from_cart, items, seat")
        return self


class QuoteIn(WantedIn):
    address_id: uuid.UUID | None = None


class DiscountOut(Schema):
    """Why a line costs less: `kind` and `label` name the reason, the amount is for the whole line."""

    kind: str
    source_id: str
    amount_minor: int
    label: str


class QuotedLineOut(Schema):
    line_id: uuid.UUID | None
    variant_id: uuid.UUID
    product_id: uuid.UUID
    product_handle: str
    title: str
    option_values: list[str]
    sku: str
    cover_address: str
    quantity: int
    unit_list_minor: int
    list_minor: int
    discounts: list[DiscountOut]
    discount_minor: int
    total_minor: int
    sellable: int
    is_available: bool
    is_selected: bool
    price_changed: bool
    price_seen_minor: int


class QuoteOut(Schema):
    """`total_minor` is what an order would cost now; send it back as `expected_total_minor`."""

    currency: str
    lines: list[QuotedLineOut]
    list_minor: int
    discount_minor: int
    goods_minor: int
    shipping_minor: int
    total_minor: int
    unit_count: int
    region_refused: bool
    can_be_ordered: bool


@router.get(
    "/cart",
    response=QuoteOut,
    summary="The cart at today's prices",
    openapi_extra=scopes("shop.read", or_visitor=True),
)
def get_cart(request: HttpRequest) -> Any:
    return _cart(actor_of(request))


@router.post(
    "/cart/lines",
    response={201: QuoteOut},
    summary="Put units in the cart",
    openapi_extra=scopes("shop.write", or_visitor=True),
)
def add_cart_line(request: HttpRequest, body: ItemIn) -> Any:
    """Needs a log-in or an X-Visitor; the same variant adds up."""
    actor = actor_of(request)
    variant = variants_by_ids([body.variant_id]).get(body.variant_id)
    if variant is None or not variant.is_for_sale:
        raise VariantMissing(id=str(body.variant_id))
    add_to_cart(
        by=actor,
        product_id=variant.product_id,
        variant_id=variant.id,
        quantity=body.quantity,
        price_minor=variant.price_minor,
    )
    return Status(201, _cart(actor))


@router.patch(
    "/cart/lines/{uuid:line_id}",
    response=QuoteOut,
    summary="Change a line of the cart",
    openapi_extra=scopes("shop.write", or_visitor=True),
)
def change_line(request: HttpRequest, line_id: uuid.UUID, body: LinePatch) -> Any:
    actor = actor_of(request)
    change_cart_line(by=actor, line_id=line_id, quantity=body.quantity, is_selected=body.is_selected)
    return _cart(actor)


@router.delete(
    "/cart/lines/{uuid:line_id}",
    response=QuoteOut,
    summary="Take a line out of the cart",
    openapi_extra=scopes("shop.write", or_visitor=True),
)
def remove_line(request: HttpRequest, line_id: uuid.UUID) -> Any:
    actor = actor_of(request)
    change_cart_line(by=actor, line_id=line_id, quantity=0)
    return _cart(actor)


@router.post(
    "/quotes",
    response=QuoteOut,
    summary="What an order would cost, with the reason of every discount",
    openapi_extra=scopes("shop.read", or_visitor=True, **repeats_by_itself("a quote writes nothing")),
)
def quote_order(request: HttpRequest, body: QuoteIn) -> Any:
    actor = actor_of(request)
    address = address_view(body.address_id, by=actor) if body.address_id else None
    return quote_out(_quote(body, actor, address))


def quote_out(quote: Quote) -> dict[str, Any]:
    names = [name for name in QuoteOut.model_fields if name != "lines"]
    return {"lines": [_line_out(line) for line in quote.lines], **{n: getattr(quote, n) for n in names}}


def _cart(actor: Actor) -> dict[str, Any]:
    return quote_out(quote_cart(cart_view(actor), address=None, currency=settings.JISHI_CURRENCY))


def _quote(wanted: QuoteIn, actor: Actor, address: AddressView | None) -> Quote:
    currency = settings.JISHI_CURRENCY
    if wanted.seat is not None:
        _, quote = quote_seat(**wanted.seat.dict(), address=address, currency=currency)
        return quote
    if wanted.items is not None:
        items = [(item.variant_id, item.quantity) for item in wanted.items]
        return quote_items(items, address=address, currency=currency)
    return quote_cart(cart_view(actor), address=address, currency=currency)


def _line_out(line: QuotedLine) -> dict[str, Any]:
    variant = line.variant
    return {
        "line_id": line.cart_line_id,
        "variant_id": variant.id,
        "product_id": variant.product_id,
        "product_handle": variant.product_handle,
        "title": variant.product_title,
        "option_values": variant.option_values,
        "sku": variant.sku,
        "cover_address": variant.cover_address,
        "quantity": line.quantity,
        "unit_list_minor": variant.price_minor,
        "list_minor": line.list_minor,
        "discounts": line.discounts,
        "discount_minor": line.discount_minor,
        "total_minor": line.total_minor,
        "sellable": line.sellable,
        "is_available": line.is_available,
        "is_selected": line.is_selected,
        "price_changed": line.price_changed,
        "price_seen_minor": line.price_seen_minor,
    }
