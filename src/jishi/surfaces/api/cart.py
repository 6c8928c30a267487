"""The cart of a member or a visitor, and what an order would cost."""

import uuid
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja import Field, Router, Schema, Status
from pydantic import model_validator

from jishi.flows.checkout import ITEMS_MAX
from jishi.flows.pricing import Choice
from jishi.flows.quotes import Quote, QuotedLine, quote_cart, quote_items, quote_seat
from jishi.kernel.actor import Actor
from jishi.modules.catalog.public import VariantMissing, variants_by_ids
from jishi.modules.orders.public import add_to_cart, cart_view, change_cart_line
from jishi.modules.people.public import AddressView, address_view
from jishi.modules.promotions.public import Trace
from jishi.platform.http import actor_of, repeats_by_itself, scopes
from jishi.surfaces.api.common import Units
from jishi.surfaces.price_words import trace_words

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


class PayingIn(Schema):
    """How to pay less. No `coupon_ids`: the best coupons are found; an empty list: none. Points and wallet are capped."""

    coupon_ids: list[uuid.UUID] | None = Field(None, max_length=5)
    points: int = Field(0, ge=0, le=10**9)
    wallet_minor: int = Field(0, ge=0, le=10**12)

    def choice(self) -> Choice:
        coupons = None if self.coupon_ids is None else tuple(self.coupon_ids)
        return Choice(coupons, self.points, self.wallet_minor)


AS_IT_IS = PayingIn(coupon_ids=None, points=0, wallet_minor=0)


class QuoteIn(WantedIn):
    address_id: uuid.UUID | None = None
    paying: PayingIn = AS_IT_IS


class DiscountOut(Schema):
    """Why a line costs less: `kind` and `label` name the reason, the amount is for the whole line."""

    kind: str
    source_id: str
    amount_minor: int
    label: str


class TraceOut(Schema):
    """What became of a rule: applied, or what stands against it; `missing_*` leads to `next_off_minor` or `next_rate`."""

    offer_id: uuid.UUID
    coupon_id: uuid.UUID | None
    label: str
    stage: str
    reason: str
    saved_minor: int
    missing_minor: int
    missing_units: int
    next_off_minor: int
    next_rate: int
    other: str
    words: str


class AlternativeOut(Schema):
    labels: list[str]
    saved_minor: int


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
    is_gift: bool


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
    saved_minor: int
    wallet_minor: int
    due_minor: int
    points: int
    points_minor: int
    points_max: int
    tax_minor: int
    shipping_full_minor: int
    is_exact: bool
    traces: list[TraceOut]
    alternatives: list[AlternativeOut]


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
    pricing = quote.pricing
    names = [name for name in QuoteOut.model_fields if hasattr(quote, name) and name != "lines"]
    return {
        "lines": [_line_out(line) for line in quote.lines],
        **{name: getattr(quote, name) for name in names},
        "points": pricing.points if pricing else 0,
        "points_minor": pricing.points_minor if pricing else 0,
        "points_max": pricing.points_max if pricing else 0,
        "tax_minor": pricing.tax_minor if pricing else 0,
        "shipping_full_minor": pricing.shipping_full_minor if pricing else quote.shipping_minor,
        "is_exact": pricing.is_exact if pricing else True,
        "traces": [_trace_out(trace) for trace in pricing.traces] if pricing else [],
        "alternatives": list(pricing.alternatives) if pricing else [],
    }


def _trace_out(trace: Trace) -> dict[str, Any]:
    names = [name for name in TraceOut.model_fields if name != "words"]
    return {**{name: getattr(trace, name) for name in names}, "words": trace_words(trace).text}


def _cart(actor: Actor) -> dict[str, Any]:
    return quote_out(quote_cart(cart_view(actor), address=None, currency=settings.JISHI_CURRENCY, by=actor))


def _quote(wanted: QuoteIn, actor: Actor, address: AddressView | None) -> Quote:
    paying: dict[str, Any] = {
        "address": address,
        "currency": settings.JISHI_CURRENCY,
        "by": actor,
        "choice": wanted.paying.choice(),
    }
    if wanted.seat is not None:
        return quote_seat(**wanted.seat.dict(), **paying)[1]
    if wanted.items is not None:
        return quote_items([(item.variant_id, item.quantity) for item in wanted.items], **paying)
    return quote_cart(cart_view(actor), with_alternatives=True, **paying)


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
        "is_gift": line.is_gift,
    }
