"""Plain makers for the tests of the catalogue."""

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime

from jishi.kernel.actor import Actor, ActorKind
from jishi.kernel.ids import new_id
from jishi.modules.catalog.operations.imports import import_products
from jishi.modules.catalog.rules.formats import open_header, parse_file
from jishi.modules.catalog.rules.parsed import ParsedGroup, ParsedProduct, RowProblem
from jishi.modules.catalog.types import ImportRunView, StockFigure

NOW = datetime(2025, 3, 8, 4, 0, tzinfo=UTC)
OPERATOR = Actor(
    kind=ActorKind.STAFF,
    id=new_id(),
    permissions=frozenset({"catalog.edit", "inventory.edit", "inventory.view"}),
    label="operator",
)
READER = Actor(kind=ActorKind.STAFF, id=new_id(), label="reader")

SHOPIFY = [
    "Handle",
    "Title",
    "Body (HTML)",
    "Vendor",
    "Type",
    "Tags",
    "Published",
    "Option1 Name",
    "Option1 Value",
    "Option2 Name",
    "Option2 Value",
    "Variant SKU",
    "Variant Grams",
    "Variant Inventory Tracker",
    "Variant Inventory Qty",
    "Variant Price",
    "Variant Compare At Price",
    "Image Src",
    "Variant Image",
]
WOO = [
    "ID",
    "Type",
    "SKU",
    "Name",
    "Published",
    "Visibility in catalog",
    "Short description",
    "Description",
    "Date sale price starts",
    "Date sale price ends",
    "In stock?",
    "Stock",
    "Weight (kg)",
    "Sale price",
    "Regular price",
    "Categories",
    "Tags",
    "Images",
    "Parent",
    "Grouped products",
    "External URL",
    "Position",
    "Attribute 1 name",
    "Attribute 1 value(s)",
    "Attribute 2 name",
    "Attribute 2 value(s)",
]
SHIRT = {"Handle": "shirt", "Title": "衬衫", "Published": "true", "Variant Price": "36.00"}


def csv_bytes(columns: Sequence[str], rows: Sequence[dict[str, str]], *, newline: str = "\r\n") -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator=newline)
    writer.writerow(columns)
    writer.writerows([row.get(column, "") for column in columns] for row in rows)
    return out.getvalue().encode()


def shopify(*rows: dict[str, str]) -> bytes:
    return csv_bytes(SHOPIFY, rows)


def woo(*rows: dict[str, str]) -> bytes:
    return csv_bytes(WOO, [{"Published": "1", "In stock?": "1", **row} for row in rows])


def parse(content: bytes, *, currency: str = "CNY", today_iso: str = "2025-03-08") -> list[ParsedGroup]:
    def open_file() -> io.BytesIO:
        return io.BytesIO(content)

    source, header = open_header(open_file)
    return list(
        parse_file(open_file=open_file, source=source, header=header, currency=currency, today_iso=today_iso)
    )


def products_of(groups: Sequence[ParsedGroup]) -> list[ParsedProduct]:
    return [group.product for group in groups if group.product is not None]


def problems_of(groups: Sequence[ParsedGroup]) -> list[RowProblem]:
    return sorted((p for group in groups for p in group.problems), key=lambda p: (p.line, p.code))


def take_in(content: bytes, *, figures: list[StockFigure] | None = None) -> ImportRunView:
    def take_stock(found: list[StockFigure]) -> dict[object, int]:
        if figures is not None:
            figures.extend(found)
        return {}

    return import_products(
        by=OPERATOR,
        filename="products.csv",
        content=content,
        take_stock=take_stock,  # type: ignore[arg-type]
    )
