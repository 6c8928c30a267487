"""What of a product can be had now, and the products of all states for staff."""

import uuid
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from jishi.modules.catalog.public import ProductKind, ProductState, product_page, product_table
from jishi.modules.inventory.public import sellable_by_variant
from jishi.modules.plays.group_buy.public import selling_offer_of_product
from jishi.platform.http import actor_of, anyone, next_link, scopes
from jishi.platform.paging import offset_cursor, offset_of
from jishi.surfaces.api.common import Page, PageIn

router = Router(tags=["catalog"])


class VariantStockOut(Schema):
    """`group_price_minor`: what it costs in a team that can be opened now."""

    variant_id: uuid.UUID
    sellable: int
    group_price_minor: int | None


class AvailabilityOut(Schema):
    product_id: uuid.UUID
    offer_id: uuid.UUID | None
    variants: list[VariantStockOut]


class ProductRowOut(Schema):
    id: uuid.UUID
    handle: str
    title: str
    state: ProductState
    kind: ProductKind
    currency: str
    min_price_minor: int | None
    max_price_minor: int | None
    vendor: str
    product_type: str
    variant_count: int
    source: str
    updated_at: datetime


class ProductsIn(PageIn):
    text: str = Field("", max_length=80)
    state: ProductState | None = None


@router.get(
    "/products/{handle}/availability",
    response=AvailabilityOut,
    summary="Stock and group price of every variant, now",
    openapi_extra=anyone(),
)
def get_availability(request: HttpRequest, handle: str) -> Any:
    page = product_page(handle=handle, by=actor_of(request))
    sellable = sellable_by_variant([variant.id for variant in page.variants])
    offer = selling_offer_of_product(page.card.id)
    return {
        "product_id": page.card.id,
        "offer_id": offer.id if offer else None,
        "variants": [
            {
                "variant_id": variant.id,
                "sellable": sellable.get(variant.id, 0),
                "group_price_minor": offer.price_of(variant.id) if offer else None,
            }
            for variant in page.variants
        ],
    }


@router.get(
    "/staff/products",
    response=Page[ProductRowOut],
    summary="Products of all states",
    tags=["staff"],
    openapi_extra=scopes("catalog.view", "catalog.edit"),
)
def list_all_products(request: HttpRequest, wanted: Query[ProductsIn]) -> Any:
    first = offset_of(wanted.cursor)
    rows, count = product_table(
        by=actor_of(request),
        text=wanted.text,
        state=wanted.state.value if wanted.state else "",
        page=first // wanted.limit + 1,
        limit=wanted.limit,
    )
    following = (first // wanted.limit + 1) * wanted.limit
    names = [name for name in ProductRowOut.model_fields]
    items = [{name: getattr(row if hasattr(row, name) else row.card, name) for name in names} for row in rows]
    return {
        "items": items,
        "next": next_link(request, offset_cursor(following) if following < count else ""),
    }
