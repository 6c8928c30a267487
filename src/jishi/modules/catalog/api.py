"""The catalogue over HTTP: everyone reads what is for sale, staff with `catalog.edit` write."""

import uuid
from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest, StreamingHttpResponse
from ninja import Field, Query, Router, Schema, Status

from jishi.modules.catalog.operations.exports import export_products
from jishi.modules.catalog.operations.products import (
    NewVariant,
    add_variant,
    archive_product,
    create_product,
    publish_product,
    restore_product,
    unpublish_product,
    update_product,
    update_variant,
)
from jishi.modules.catalog.queries.listing import list_products
from jishi.modules.catalog.queries.products import product_id_of, product_page
from jishi.modules.catalog.queries.search import category_tree, suggest
from jishi.modules.catalog.types import (
    ProductFilter,
    ProductKind,
    ProductState,
    Sort,
)
from jishi.platform.http import actor_of, anyone, next_link, scopes

MINOR_MAX = 10**12
router = Router(tags=["catalog"])

Minor = Annotated[int, Field(ge=0, le=MINOR_MAX, description="Minor units of the currency")]


class CardOut(Schema):
    id: uuid.UUID
    handle: str
    title: str
    subtitle: str
    cover_address: str
    currency: str
    min_price_minor: int | None
    max_price_minor: int | None
    compare_at_minor: int | None
    sold_count: int
    kind: ProductKind
    state: ProductState
    stamp: int


class ListingOut(Schema):
    """`next` is the address of the following page; null at the end."""

    items: list[CardOut]
    next: str | None


class ImageOut(Schema):
    address: str
    alt: str
    width: int
    height: int


class OptionOut(Schema):
    name: str
    values: list[str]


class VariantOut(Schema):
    id: uuid.UUID
    sku: str
    title: str
    option_values: list[str]
    price_minor: int
    compare_at_minor: int | None
    weight_grams: int
    requires_shipping: bool
    is_for_sale: bool
    cover_address: str


class CategoryOut(Schema):
    id: uuid.UUID
    handle: str
    name: str
    path: str
    depth: int
    product_count: int
    children: list["CategoryOut"]


class ProductOut(Schema):
    card: CardOut
    description_html: str
    vendor: str
    product_type: str
    tags: list[str]
    specs: list[tuple[str, str]]
    external_address: str
    options: list[OptionOut]
    variants: list[VariantOut]
    images: list[ImageOut]
    categories: list[CategoryOut]
    members: list[CardOut]
    published_at: datetime | None
    updated_at: datetime


class ListingIn(Schema):
    text: str = Field("", max_length=200)
    category: str = Field("", max_length=200)
    price_from_minor: int | None = Field(None, ge=0, le=MINOR_MAX)
    price_to_minor: int | None = Field(None, ge=0, le=MINOR_MAX)
    sort: Sort = Sort.RELEVANCE
    limit: int = Field(24, ge=1, le=60)
    cursor: str = Field("", max_length=400)


class VariantIn(Schema):
    price_minor: Minor
    option_values: list[Annotated[str, Field(max_length=200)]] = Field([], max_length=5)
    sku: str = Field("", max_length=120)
    compare_at_minor: int | None = Field(None, ge=0, le=MINOR_MAX)
    cost_minor: int | None = Field(None, ge=0, le=MINOR_MAX)
    weight_grams: int = Field(0, ge=0, le=10**8)
    barcode: str = Field("", max_length=64)
    requires_shipping: bool = True


class ProductFieldsIn(Schema):
    title: str | None = Field(None, min_length=1, max_length=300)
    handle: str | None = Field(None, min_length=1, max_length=200)
    subtitle: str | None = Field(None, max_length=300)
    description_html: str | None = Field(None, max_length=100_000)
    vendor: str | None = Field(None, max_length=120)
    product_type: str | None = Field(None, max_length=120)
    tags: list[Annotated[str, Field(max_length=120)]] | None = Field(None, max_length=100)
    specs: list[tuple[str, str]] | None = Field(None, max_length=100)
    categories: list[list[Annotated[str, Field(min_length=1, max_length=120)]]] | None = Field(
        None, max_length=50
    )
    is_listed: bool | None = None


class ProductIn(ProductFieldsIn):
    title: str = Field(min_length=1, max_length=300)
    option_names: list[Annotated[str, Field(min_length=1, max_length=80)]] = Field([], max_length=5)
    variants: list[VariantIn] = Field(min_length=1, max_length=500)


class ProductPatch(ProductFieldsIn):
    stamp: int | None = Field(
        None, ge=0, le=2**62, description="Refuse when the product has changed since this stamp"
    )


class VariantPatch(Schema):
    price_minor: int | None = Field(None, ge=0, le=MINOR_MAX)
    compare_at_minor: int | None = Field(None, ge=0, le=MINOR_MAX)
    cost_minor: int | None = Field(None, ge=0, le=MINOR_MAX)
    sku: str | None = Field(None, min_length=1, max_length=120)
    option_values: list[Annotated[str, Field(max_length=200)]] | None = Field(None, max_length=5)
    weight_grams: int | None = Field(None, ge=0, le=10**8)
    barcode: str | None = Field(None, max_length=64)
    requires_shipping: bool | None = None
    is_active: bool | None = None


class ProductMadeOut(Schema):
    id: uuid.UUID


@router.get(
    "/products",
    response=ListingOut,
    summary="List and search products",
    operation_id="list_products",
    openapi_extra=anyone(),
)
def get_products(request: HttpRequest, wanted: Query[ListingIn]) -> Any:
    filters = ProductFilter(
        text=wanted.text,
        category_handle=wanted.category,
        price_from_minor=wanted.price_from_minor,
        price_to_minor=wanted.price_to_minor,
    )
    found = list_products(filters=filters, sort=wanted.sort, limit=wanted.limit, cursor=wanted.cursor)
    return {"items": found.cards, "next": next_link(request, found.next_cursor)}


@router.get(
    "/products/export.csv",
    summary="All products as CSV, in Shopify's shape",
    operation_id="export_products",
    openapi_extra=scopes("catalog.edit"),
)
def get_products_csv(request: HttpRequest) -> StreamingHttpResponse:
    lines = export_products(by=actor_of(request))
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")


@router.get(
    "/products/{handle}",
    response=ProductOut,
    summary="One product",
    operation_id="get_product",
    openapi_extra=anyone(),
)
def get_product(request: HttpRequest, handle: str) -> Any:
    return product_page(handle=handle, by=actor_of(request))


@router.get(
    "/categories",
    response=list[CategoryOut],
    summary="The tree of categories",
    operation_id="list_categories",
    openapi_extra=anyone(),
)
def get_categories(request: HttpRequest) -> Any:
    del request
    return category_tree()


@router.get(
    "/search/suggestions",
    response=list[str],
    summary="What a search may become",
    operation_id="list_suggestions",
    openapi_extra=anyone(),
)
def get_suggestions(request: HttpRequest, prefix: Annotated[str, Query(max_length=60)]) -> Any:
    del request
    return suggest(prefix=prefix)


@router.post(
    "/products",
    response={201: ProductMadeOut},
    summary="Make a product; it starts as a draft",
    operation_id="create_product",
    openapi_extra=scopes("catalog.edit"),
)
def post_product(request: HttpRequest, body: ProductIn) -> Any:
    fields = body.dict(exclude_none=True, exclude={"title", "variants", "option_names"})
    variants = [NewVariant(**{**v.dict(), "option_values": tuple(v.option_values)}) for v in body.variants]
    product_id = create_product(
        by=actor_of(request),
        title=body.title,
        option_names=body.option_names,
        variants=variants,
        **fields,
    )
    return Status(201, {"id": product_id})


@router.patch(
    "/products/{handle}",
    response=ProductOut,
    summary="Change fields of a product",
    operation_id="change_product",
    openapi_extra=scopes("catalog.edit"),
)
def patch_product(request: HttpRequest, handle: str, body: ProductPatch) -> Any:
    actor = actor_of(request)
    actor.require("catalog.edit")
    fields = body.dict(exclude_none=True, exclude={"stamp"})
    update_product(by=actor, product_id=product_id_of(handle), fields=fields, stamp=body.stamp)
    return product_page(handle=fields.get("handle", handle), by=actor)


@router.post(
    "/products/{handle}/publish",
    response=ProductOut,
    summary="Put on sale",
    operation_id="publish_product",
    openapi_extra=scopes("catalog.edit"),
)
def post_publish(request: HttpRequest, handle: str) -> Any:
    return _step(request, handle, publish_product)


@router.post(
    "/products/{handle}/unpublish",
    response=ProductOut,
    summary="Take off sale",
    operation_id="unpublish_product",
    openapi_extra=scopes("catalog.edit"),
)
def post_unpublish(request: HttpRequest, handle: str) -> Any:
    return _step(request, handle, unpublish_product)


@router.post(
    "/products/{handle}/archive",
    response=ProductOut,
    summary="Put away",
    operation_id="archive_product",
    openapi_extra=scopes("catalog.edit"),
)
def post_archive(request: HttpRequest, handle: str) -> Any:
    return _step(request, handle, archive_product)


@router.post(
    "/products/{handle}/restore",
    response=ProductOut,
    summary="Bring back as a draft",
    operation_id="restore_product",
    openapi_extra=scopes("catalog.edit"),
)
def post_restore(request: HttpRequest, handle: str) -> Any:
    return _step(request, handle, restore_product)


@router.post(
    "/products/{handle}/variants",
    response={201: ProductMadeOut},
    summary="One more variant",
    operation_id="create_variant",
    openapi_extra=scopes("catalog.edit"),
)
def post_variant(request: HttpRequest, handle: str, body: VariantIn) -> Any:
    actor = actor_of(request)
    actor.require("catalog.edit")
    variant = NewVariant(**{**body.dict(), "option_values": tuple(body.option_values)})
    return Status(201, {"id": add_variant(by=actor, product_id=product_id_of(handle), variant=variant)})


@router.patch(
    "/variants/{uuid:variant_id}",
    response={204: None},
    summary="Change a variant",
    operation_id="change_variant",
    openapi_extra=scopes("catalog.edit"),
)
def patch_variant(request: HttpRequest, variant_id: uuid.UUID, body: VariantPatch) -> Any:
    fields = body.dict(exclude_unset=True)
    wanted = {
        name: value
        for name, value in fields.items()
        if value is not None or name in ("compare_at_minor", "cost_minor")
    }
    update_variant(by=actor_of(request), variant_id=variant_id, fields=wanted)
    return Status(204, None)


def _step(request: HttpRequest, handle: str, step: Any) -> Any:
    actor = actor_of(request)
    actor.require("catalog.edit")
    step(by=actor, product_id=product_id_of(handle))
    return product_page(handle=handle, by=actor)
