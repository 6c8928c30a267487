"""Which kind of file is it? Told by its header; extra and newer columns are tolerated."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from jishi.modules.catalog.rules.csv_rows import FileProblem, Header, OpenFile, read_titles
from jishi.modules.catalog.rules.parsed import ParsedGroup, RowProblem
from jishi.modules.catalog.types import Source

OPTIONS_MAX: Final = 5
ATTRIBUTES_MAX: Final = 30

# Shopify's export of today and of 2024 on ("URL handle", "Price"), with Jishi's own columns after them.
_SHOPIFY: Final[Mapping[str, tuple[str, ...]]] = {
    "handle": ("handle", "url handle"),
    "title": ("title",),
    "body": ("body (html)", "body html", "description"),
    "vendor": ("vendor",),
    "category": ("product category", "standardized product type", "standard product type"),
    "type": ("type", "custom product type"),
    "tags": ("tags",),
    "published": ("published", "published on online store"),
    "status": ("status",),
    "sku": ("variant sku", "sku"),
    "grams": ("variant grams", "weight value (grams)"),
    "tracker": ("variant inventory tracker", "inventory tracker"),
    "quantity": ("variant inventory qty", "inventory quantity"),
    "price": ("variant price", "price"),
    "compare_at": ("variant compare at price", "compare-at price", "compare at price"),
    "requires_shipping": ("variant requires shipping", "requires shipping"),
    "barcode": ("variant barcode", "barcode"),
    "cost": ("cost per item",),
    "image": ("image src", "product image url"),
    "image_alt": ("image alt text",),
    "image_position": ("image position",),
    "variant_image": ("variant image", "variant image url"),
    "subtitle": ("jishi subtitle",),
    "categories": ("jishi categories",),
    "currency": ("jishi currency",),
    "kind": ("jishi kind",),
    "listed": ("jishi listed",),
    "specs": ("jishi specs",),
    "source": ("jishi source",),
    "source_key": ("jishi source key",),
    "external_address": ("jishi external address",),
    "member_skus": ("jishi member skus",),
    "variant_active": ("jishi variant active",),
    "variant_source_key": ("jishi variant source key",),
    **{f"option{n}_name": (f"option{n} name",) for n in range(1, OPTIONS_MAX + 2)},
    **{f"option{n}_value": (f"option{n} value",) for n in range(1, OPTIONS_MAX + 2)},
}

_WOOCOMMERCE: Final[Mapping[str, tuple[str, ...]]] = {
    "id": ("id",),
    "type": ("type",),
    "sku": ("sku",),
    "name": ("name",),
    "published": ("published",),
    "visibility": ("visibility in catalog", "visibility in catalogue"),
    "subtitle": ("short description",),
    "body": ("description",),
    "sale_from": ("date sale price starts",),
    "sale_to": ("date sale price ends",),
    "in_stock": ("in stock?",),
    "quantity": ("stock",),
    "sale_price": ("sale price",),
    "regular_price": ("regular price",),
    "categories": ("categories",),
    "tags": ("tags",),
    "images": ("images",),
    "parent": ("parent",),
    "members": ("grouped products",),
    "external_address": ("external url",),
    "barcode": ("gtin, upc, ean, or isbn",),
    "brands": ("brands",),
    "cost": ("cost of goods",),
    "position": ("position",),
    "download": ("download 1 url",),
    **{f"weight_{unit}": (f"weight ({unit})",) for unit in ("kg", "g", "lbs", "oz")},
    **{f"attribute{n}_name": (f"attribute {n} name",) for n in range(1, ATTRIBUTES_MAX + 1)},
    **{f"attribute{n}_values": (f"attribute {n} value(s)",) for n in range(1, ATTRIBUTES_MAX + 1)},
}

_REQUIRED: Final = {
    Source.SHOPIFY: ("handle", "title", "price"),
    Source.JISHI: ("handle", "title", "price"),
    Source.WOOCOMMERCE: ("type", "name", "regular_price"),
}
_REQUIRED_NAMES: Final = {
    "handle": "Handle",
    "title": "Title",
    "price": "Variant Price",
    "type": "Type",
    "name": "Name",
    "regular_price": "Regular price",
}
_SIGNS: Final = {
    Source.SHOPIFY: ("handle", "title", "price", "option1_name", "option1_value", "body", "vendor", "tags"),
    Source.WOOCOMMERCE: (
        "type",
        "name",
        "regular_price",
        "categories",
        "in_stock",
        "visibility",
        "parent",
        "id",
    ),
}
_SIGNS_NEEDED: Final = 3


def open_header(open_file: OpenFile) -> tuple[Source, Header]:
    """Read and recognise the first line. Raises FileProblem for an unknown format or a missing column."""
    delimiter, titles = read_titles(open_file)
    best, header = Source.SHOPIFY, _match(delimiter, titles, _SHOPIFY)
    other = _match(delimiter, titles, _WOOCOMMERCE)
    if _signs(Source.WOOCOMMERCE, other) > _signs(Source.SHOPIFY, header):
        best, header = Source.WOOCOMMERCE, other
    elif header.has("source_key") or header.has("variant_active"):
        best = Source.JISHI
    if _signs(Source.SHOPIFY if best is Source.JISHI else best, header) < _SIGNS_NEEDED:
        columns = ", ".join(titles[:8])[:120]
        raise FileProblem(RowProblem(line=1, column="", code="format_unknown", facts={"columns": columns}))
    for key in _REQUIRED[best]:
        if not header.has(key):
            name = _REQUIRED_NAMES[key]
            raise FileProblem(RowProblem(line=1, column=name, code="missing_column", facts={"name": name}))
    return best, header


def parse_file(
    *, open_file: OpenFile, source: Source, header: Header, currency: str, today_iso: str
) -> Iterator[ParsedGroup]:
    """All products of the file, group by group. `currency` is the shop's; `today_iso` judges sale dates."""
    from jishi.modules.catalog.rules.shopify import parse_shopify
    from jishi.modules.catalog.rules.woocommerce import parse_woocommerce

    if source is Source.WOOCOMMERCE:
        return parse_woocommerce(open_file=open_file, header=header, currency=currency, today_iso=today_iso)
    return parse_shopify(open_file=open_file, header=header, currency=currency, source=source)


def _match(delimiter: str, titles: tuple[str, ...], wanted: Mapping[str, tuple[str, ...]]) -> Header:
    by_title = {title: key for key, known in wanted.items() for title in known}
    keys: list[str] = []
    names: dict[str, str] = {}
    for title in titles:
        key = by_title.get(re.sub(r"\s+", " ", title).strip().lower(), "")
        if key in names:
            if names[key].lower() == title.lower():
                raise FileProblem(
                    RowProblem(line=1, column=title, code="column_twice", facts={"name": title})
                )
            key = ""
        keys.append(key)
        if key:
            names[key] = title
    return Header(delimiter=delimiter, titles=titles, keys=tuple(keys), names=names)


def _signs(source: Source, header: Header) -> int:
    return sum(header.has(key) for key in _SIGNS[source])
