"""Writing the catalogue in Shopify's shape, with Jishi's columns behind; importing it changes nothing."""

import csv
import io
import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from jishi.kernel.actor import Actor
from jishi.kernel.money import format_minor
from jishi.modules.catalog.models import Product
from jishi.modules.catalog.queries.drafts import read_drafts
from jishi.modules.catalog.rules.cells import guarded
from jishi.modules.catalog.rules.drafts import ProductDraft, VariantDraft
from jishi.modules.catalog.rules.formats import OPTIONS_MAX
from jishi.modules.catalog.types import ProductState

BATCH: Final = 200
_STATUS: Final = {
    ProductState.PUBLISHED: "active",
    ProductState.DRAFT: "draft",
    ProductState.ARCHIVED: "archived",
}
_OPTION_COLUMNS: Final = [
    f"Option{number} {part}" for number in range(1, OPTIONS_MAX + 1) for part in ("Name", "Value")
]
COLUMNS: Final = [
    "Handle",
    "Title",
    "Body (HTML)",
    "Vendor",
    "Type",
    "Tags",
    "Published",
    *_OPTION_COLUMNS,
    "Variant SKU",
    "Variant Grams",
    "Variant Inventory Tracker",
    "Variant Inventory Qty",
    "Variant Price",
    "Variant Compare At Price",
    "Variant Requires Shipping",
    "Variant Barcode",
    "Image Src",
    "Image Position",
    "Image Alt Text",
    "Variant Image",
    "Cost per item",
    "Status",
    "Jishi Subtitle",
    "Jishi Categories",
    "Jishi Currency",
    "Jishi Kind",
    "Jishi Listed",
    "Jishi Specs",
    "Jishi External Address",
    "Jishi Member SKUs",
    "Jishi Source",
    "Jishi Source Key",
    "Jishi Variant Active",
    "Jishi Variant Source Key",
]

StockBySku = Mapping[uuid.UUID, int | None]


def export_products(
    *, by: Actor, product_ids: Sequence[uuid.UUID] | None = None, stock: StockBySku | None = None
) -> Iterator[str]:
    """Lines of CSV, all products unless some are named; streams in batches. `stock`: on hand by variant id,
    None for what is not counted; a variant that is not in it has an empty cell. Checks the actor at once."""
    by.require("catalog.edit")
    return _lines(product_ids, stock or {})


def _lines(product_ids: Sequence[uuid.UUID] | None, stock: StockBySku) -> Iterator[str]:
    yield _csv([COLUMNS])
    rows = Product.objects.order_by("handle")
    if product_ids is not None:
        rows = rows.filter(id__in=product_ids)
    batch: list[Product] = []
    for row in rows.iterator(chunk_size=BATCH):
        batch.append(row)
        if len(batch) == BATCH:
            yield _batch(batch, stock)
            batch = []
    if batch:
        yield _batch(batch, stock)


def _batch(products: Sequence[Product], stock: StockBySku) -> str:
    drafts = read_drafts(products)
    lines: list[list[str]] = []
    for product in products:
        for record in _records(product, drafts[product.id], stock):
            lines.append([guarded(record.get(column, "")) for column in COLUMNS])
    return _csv(lines)


def _records(product: Product, draft: ProductDraft, stock: StockBySku) -> Iterator[dict[str, str]]:
    images = list(draft.images)
    for n in range(max(len(draft.variants), len(images), 1)):
        record = {"Handle": draft.handle}
        if n == 0:
            record |= _product_cells(product, draft)
        if n < len(draft.variants):
            record |= _variant_cells(draft, draft.variants[n], stock)
        if n < len(images):
            record |= {
                "Image Src": images[n].address,
                "Image Position": str(n + 1),
                "Image Alt Text": images[n].alt,
            }
        yield record


def _product_cells(product: Product, draft: ProductDraft) -> dict[str, str]:
    paths = (" > ".join(path).replace(",", "\\,") for path in draft.categories)
    cells = {
        "Title": draft.title,
        "Body (HTML)": draft.description_html,
        "Vendor": draft.vendor,
        "Type": draft.product_type,
        "Tags": ", ".join(tag.replace(",", "\\,") for tag in draft.tags),
        "Published": _flag(draft.state is ProductState.PUBLISHED),
        "Status": _STATUS[draft.state],
        "Jishi Subtitle": draft.subtitle,
        "Jishi Categories": ", ".join(paths),
        "Jishi Currency": draft.currency,
        "Jishi Kind": draft.kind.value,
        "Jishi Listed": _flag(draft.is_listed),
        "Jishi Specs": json.dumps(draft.specs, ensure_ascii=False) if draft.specs else "",
        "Jishi External Address": draft.external_address,
        "Jishi Member SKUs": ", ".join(sku.replace(",", "\\,") for sku in draft.member_skus),
        "Jishi Source": product.source,
        "Jishi Source Key": product.source_key,
    }
    for number, name in enumerate(draft.option_names, start=1):
        cells[f"Option{number} Name"] = name
    if not draft.option_names and draft.variants:
        cells["Option1 Name"] = "Title"
    return cells


def _variant_cells(draft: ProductDraft, variant: VariantDraft, stock: StockBySku) -> dict[str, str]:
    cells = {
        "Variant SKU": variant.sku,
        "Variant Grams": str(variant.weight_grams),
        "Variant Inventory Tracker": "jishi",
        "Variant Price": _amount(variant.price_minor, draft.currency),
        "Variant Compare At Price": _amount(variant.compare_at_minor, draft.currency),
        "Cost per item": _amount(variant.cost_minor, draft.currency),
        "Variant Requires Shipping": _flag(variant.requires_shipping),
        "Variant Barcode": variant.barcode,
        "Variant Image": variant.image_address,
        "Jishi Variant Active": _flag(variant.is_active),
        "Jishi Variant Source Key": variant.source_key,
    }
    for number, value in enumerate(variant.option_values, start=1):
        cells[f"Option{number} Value"] = value
    if not draft.option_names:
        cells["Option1 Value"] = "Default Title"
    key = uuid.UUID(variant.key)
    if key in stock:
        on_hand = stock[key]
        cells["Variant Inventory Qty"] = "" if on_hand is None else str(on_hand)
        cells["Variant Inventory Tracker"] = "" if on_hand is None else "jishi"
    return cells


def _amount(minor: int | None, currency: str) -> str:
    if minor is None:
        return ""
    return format_minor(minor, currency=currency, symbol=False).replace(",", "")


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _csv(lines: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(lines)
    return out.getvalue()
