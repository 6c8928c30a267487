"""One product, its variants, and the console's table."""

import json
import uuid
from collections.abc import Sequence
from typing import Any, Final

from django.db import connection
from django.db.models import Count, F, Q
from django.db.models.expressions import OrderBy

from jishi.kernel.actor import Actor
from jishi.modules.catalog.errors import ProductMissing, VariantMissing
from jishi.modules.catalog.models import Product, Variant
from jishi.modules.catalog.queries.addresses import picture_address
from jishi.modules.catalog.queries.drafts import read_drafts
from jishi.modules.catalog.queries.listing import CARD_COLUMNS, card_from
from jishi.modules.catalog.rules.drafts import ProductDraft
from jishi.modules.catalog.types import (
    CategoryView,
    ImageState,
    ImageView,
    OptionView,
    ProductCard,
    ProductKind,
    ProductPage,
    ProductRow,
    ProductState,
    VariantView,
)

VARIANTS_ASKED_MAX: Final = 500
ROWS_MAX: Final = 100
MEMBERS_MAX: Final = 60
# what the console's table can be sorted by; a minus before the key turns it round
TABLE_SORTS: Final = {
    "title": "title",
    "price": "min_price_minor",
    "sold": "sold_count",
    "updated": "updated_at",
}

_PAGE = f"""
SELECT {CARD_COLUMNS}, p.description_html, p.vendor, p.product_type, p.tags, p.specs, p.external_address,
  p.member_skus, p.published_at, p.updated_at,
  ARRAY(SELECT o.name FROM catalog_option o WHERE o.product_id = p.id ORDER BY o.position),
  (SELECT json_agg(json_build_array(c.id, c.handle, c.name, c.path, c.depth) ORDER BY l.position)
    FROM catalog_productcategory l JOIN catalog_category c ON c.id = l.category_id WHERE l.product_id = p.id),
  (SELECT json_agg(json_build_array(i.id, i.path, i.alt, i.state, i.source_address, i.width, i.height, i.failure)
      ORDER BY i.position, i.id) FROM catalog_productimage i WHERE i.product_id = p.id)
FROM catalog_product p WHERE p.handle = %s
"""
_VARIANT_COLUMNS = (
    "v.id, v.product_id, p.handle, p.title, p.stamp, v.sku, v.option_values, p.currency, v.price_minor,"
    " v.compare_at_minor, v.cost_minor, v.weight_grams, v.barcode, v.requires_shipping, v.is_active,"
    " p.state, p.kind, COALESCE(NULLIF(i.path, ''), p.cover_path), p.category_ids"
)
_VARIANTS = f"""
SELECT {_VARIANT_COLUMNS} FROM catalog_variant v JOIN catalog_product p ON p.id = v.product_id
LEFT JOIN catalog_productimage i ON i.id = v.image_id
"""


def product_page(*, handle: str, by: Actor | None = None) -> ProductPage:
    """Everything about a product except stock; two statements, three for a grouped one.

    A product that is not published is missing, except for an actor who may look at or edit the catalogue.
    """
    with connection.cursor() as db:
        db.execute(_PAGE, [handle])
        row = db.fetchone()
    if row is None or (row[11] != ProductState.PUBLISHED and not _may_look(by)):
        raise ProductMissing(handle=handle)
    card = card_from(row)
    variants = _variants("v.product_id = %s ORDER BY v.position, v.id", [card.id])
    shown = [variant for variant in variants if variant.is_active or _may_look(by)]
    return ProductPage(
        card=card,
        description_html=row[13],
        vendor=row[14],
        product_type=row[15],
        tags=tuple(row[16]),
        specs=_pairs(row[17]),
        external_address=row[18],
        options=_options(row[22], shown),
        variants=tuple(shown),
        images=tuple(_image_view(image, card.title, card.handle) for image in _rows(row[24])),
        categories=tuple(_category_view(category) for category in _rows(row[23])),
        members=_members(row[19]) if card.kind is ProductKind.GROUPED else (),
        published_at=row[20],
        updated_at=row[21],
    )


def variants_by_ids(variant_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, VariantView]:
    """Variants in any state, for carts and orders; one statement. Unknown ids are left out."""
    wanted = list(dict.fromkeys(variant_ids))[:VARIANTS_ASKED_MAX]
    if not wanted:
        return {}
    return {variant.id: variant for variant in _variants("v.id = ANY(%s)", [wanted])}


def variant_by_sku(sku: str) -> VariantView:
    """One statement. Raises VariantMissing."""
    found = _variants("v.sku = %s", [sku])
    if not found:
        raise VariantMissing(sku=sku)
    return found[0]


def product_id_of(handle: str) -> uuid.UUID:
    """One statement, in any state. Raises ProductMissing."""
    found = Product.objects.filter(handle=handle).values_list("id", flat=True).first()
    if found is None:
        raise ProductMissing(handle=handle)
    return found


def product_draft(*, by: Actor, product_id: uuid.UUID) -> ProductDraft:
    """All that can be edited, for a form; six statements."""
    _require_look(by)
    row = Product.objects.filter(id=product_id).first()
    if row is None:
        raise ProductMissing(id=str(product_id))
    return read_drafts([row])[row.id]


def product_table(  # noqa: PLR0913  (the filters of one table)
    *,
    by: Actor,
    text: str = "",
    state: str = "",
    category_id: uuid.UUID | None = None,
    sort: str = "",
    page: int = 1,
    limit: int = 50,
) -> tuple[list[ProductRow], int]:
    """The console's table and how many rows it has; three statements. `sort` is a key of TABLE_SORTS."""
    _require_look(by)
    rows = Product.objects.all()
    if category_id:
        rows = rows.filter(category_ids__contains=[category_id])
    if state:
        rows = rows.filter(state=state)
    if text.strip():
        word = text.strip()[:80]
        skus = Variant.objects.filter(sku__icontains=word).values("product_id")
        rows = rows.filter(Q(title__icontains=word) | Q(handle__icontains=word) | Q(id__in=skus))
    size = max(1, min(limit, ROWS_MAX))
    first = (max(1, page) - 1) * size
    chosen = [(row.id, row) for row in rows.order_by(*_order(sort))[first : first + size]]
    counts = dict(
        Variant.objects.filter(product_id__in=[key for key, _ in chosen])
        .values_list("product_id")
        .annotate(count=Count("id"))
    )
    return [_row(row, counts.get(key, 0)) for key, row in chosen], rows.count()


def count_products_by_state(*, by: Actor) -> dict[str, int]:
    """For the tabs of the console's table; one statement."""
    _require_look(by)
    return dict(Product.objects.order_by().values_list("state").annotate(found=Count("id")))


def _may_look(by: Actor | None) -> bool:
    """Who may edit may look, also by a token that is narrowed to editing."""
    return by is not None and (by.may("catalog.view") or by.may("catalog.edit"))


def _require_look(by: Actor) -> None:
    if not _may_look(by):
        by.require("catalog.view")


def _order(sort: str) -> tuple[str | OrderBy, ...]:
    column = TABLE_SORTS.get(sort.removeprefix("-"))
    if column is None:
        return "-updated_at", "-id"
    field = F(column)
    by_column = field.desc(nulls_last=True) if sort.startswith("-") else field.asc(nulls_last=True)
    return by_column, "id"


def _row(product: Product, variant_count: int) -> ProductRow:
    columns = [getattr(product, column.strip().removeprefix("p.")) for column in CARD_COLUMNS.split(",")]
    return ProductRow(
        card=card_from(columns),
        vendor=product.vendor,
        product_type=product.product_type,
        variant_count=variant_count,
        source=product.source,
        updated_at=product.updated_at,
    )


def _members(skus: Sequence[str]) -> tuple[ProductCard, ...]:
    """The products that a grouped product gathers, in its order, as far as they can be seen."""
    sql = f"""
SELECT {CARD_COLUMNS} FROM catalog_product p JOIN (
  SELECT v.product_id, min(w.place) AS place FROM unnest(%s::text[]) WITH ORDINALITY AS w(sku, place)
  JOIN catalog_variant v ON v.sku = w.sku GROUP BY v.product_id) AS m ON m.product_id = p.id
WHERE p.state = 'published' ORDER BY m.place LIMIT %s"""
    with connection.cursor() as db:
        db.execute(sql, [list(skus), MEMBERS_MAX])
        return tuple(card_from(row) for row in db.fetchall())


def _pairs(value: Any) -> tuple[tuple[str, str], ...]:
    pairs = json.loads(value) if isinstance(value, str) else value
    return tuple((name, text) for name, text in pairs)


def _variants(condition: str, values: list[Any]) -> list[VariantView]:
    with connection.cursor() as db:
        db.execute(f"{_VARIANTS} WHERE {condition}", values)
        return [_variant_view(row) for row in db.fetchall()]


def _variant_view(row: Sequence[Any]) -> VariantView:
    values = tuple(row[6])
    sold_here = row[16] not in (ProductKind.EXTERNAL, ProductKind.GROUPED)
    return VariantView(
        id=row[0],
        product_id=row[1],
        product_handle=row[2],
        product_title=row[3],
        product_stamp=row[4],
        sku=row[5],
        title=" / ".join(values),
        option_values=values,
        currency=row[7],
        price_minor=row[8],
        compare_at_minor=row[9],
        cost_minor=row[10],
        weight_grams=row[11],
        barcode=row[12],
        requires_shipping=row[13],
        is_active=row[14],
        is_for_sale=row[14] and row[15] == ProductState.PUBLISHED and sold_here,
        cover_address=picture_address(path=row[17], title=row[3], key=row[2]),
        category_ids=tuple(row[18]),
    )


def _rows(value: Any) -> list[Sequence[Any]]:
    return (json.loads(value) if isinstance(value, str) else value) or []


def _image_view(image: Sequence[Any], title: str, handle: str) -> ImageView:
    image_id, path, alt, state, source_address, width, height, failure = image
    return ImageView(
        id=uuid.UUID(image_id),
        address=picture_address(path=path, title=title, key=handle),
        alt=alt or title,
        state=ImageState(state),
        source_address=source_address,
        width=width,
        height=height,
        failure=failure,
    )


def _options(names: Sequence[str], variants: Sequence[VariantView]) -> tuple[OptionView, ...]:
    return tuple(
        OptionView(
            name=name,
            values=tuple(dict.fromkeys(v.option_values[n] for v in variants if len(v.option_values) > n)),
        )
        for n, name in enumerate(names)
    )


def _category_view(category: Sequence[Any]) -> CategoryView:
    category_id, handle, name, path, depth = category
    return CategoryView(id=uuid.UUID(category_id), handle=handle, name=name, path=path, depth=depth)
