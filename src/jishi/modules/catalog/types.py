"""Values of the catalogue: enums and the frozen views that queries return."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class ProductState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class ProductKind(StrEnum):
    PHYSICAL = "physical"
    VIRTUAL = "virtual"  # nothing is shipped
    EXTERNAL = "external"  # sold elsewhere, shown with a link
    GROUPED = "grouped"  # a page that gathers other products


class Source(StrEnum):
    SHOPIFY = "shopify"
    WOOCOMMERCE = "woocommerce"
    JISHI = "jishi"


class ImageState(StrEnum):
    DRAWN = "drawn"  # made or uploaded here: there is nothing to fetch
    PENDING = "pending"
    FETCHED = "fetched"
    FAILED = "failed"


class ImportState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"


class Severity(StrEnum):
    ERROR = "error"  # the row (or the file) was not imported
    NOTE = "note"  # it was imported, with this reservation


class Sort(StrEnum):
    RELEVANCE = "relevance"
    NEWEST = "newest"
    PRICE_UP = "price"
    PRICE_DOWN = "-price"
    SALES = "sales"


@dataclass(frozen=True, slots=True)
class ProductFilter:
    """What a shopper asks for. Prices are inclusive, in minor units of the shop's currency."""

    text: str = ""
    category_handle: str = ""
    price_from_minor: int | None = None
    price_to_minor: int | None = None
    product_ids: tuple[uuid.UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class ProductCard:
    """Everything that a card in a list shows, except stock, which inventory knows."""

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


@dataclass(frozen=True, slots=True)
class ProductListing:
    cards: tuple[ProductCard, ...]
    next_cursor: str  # empty at the end


@dataclass(frozen=True, slots=True)
class ImageView:
    id: uuid.UUID
    address: str
    alt: str
    state: ImageState
    source_address: str
    width: int
    height: int
    failure: str = ""


@dataclass(frozen=True, slots=True)
class OptionView:
    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VariantView:
    """`is_for_sale`: published, active and sold here; says nothing about stock."""

    id: uuid.UUID
    product_id: uuid.UUID
    product_handle: str
    product_title: str
    product_stamp: int
    sku: str
    title: str
    option_values: tuple[str, ...]
    currency: str
    price_minor: int
    compare_at_minor: int | None
    cost_minor: int | None
    weight_grams: int
    barcode: str
    requires_shipping: bool
    is_active: bool
    is_for_sale: bool
    cover_address: str
    category_ids: tuple[uuid.UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class CategoryView:
    id: uuid.UUID
    handle: str
    name: str
    path: str  # "服装 > 上衣"
    depth: int
    children: tuple["CategoryView", ...] = ()
    product_count: int = 0


@dataclass(frozen=True, slots=True)
class ProductPage:
    card: ProductCard
    description_html: str
    vendor: str
    product_type: str
    tags: tuple[str, ...]
    specs: tuple[tuple[str, str], ...]
    external_address: str
    options: tuple[OptionView, ...]
    variants: tuple[VariantView, ...]
    images: tuple[ImageView, ...]
    categories: tuple[CategoryView, ...]
    members: tuple[ProductCard, ...]  # of a grouped product
    published_at: datetime | None
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A line of the console's product table."""

    card: ProductCard
    vendor: str
    product_type: str
    variant_count: int
    source: str
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class StockFigure:
    """What a file says about the stock of a variant. `quantity` None: not counted there, always sold."""

    variant_id: uuid.UUID
    product_id: uuid.UUID
    sku: str
    quantity: int | None
    line: int


@dataclass(frozen=True, slots=True)
class ImportIssueView:
    line: int
    column: str
    code: str
    severity: Severity
    reason: str  # in the reader's language


@dataclass(frozen=True, slots=True)
class ImportRunView:
    id: uuid.UUID
    filename: str
    format: str
    state: ImportState
    rows_total: int
    rows_read: int
    created: int
    updated: int
    unchanged: int
    failed_rows: int
    notes: int
    issues_left_out: int
    started_at: datetime | None
    finished_at: datetime | None
    actor_label: str
    issues: tuple[ImportIssueView, ...] = field(default=())

    @property
    def percent(self) -> int:
        return min(100, self.rows_read * 100 // self.rows_total) if self.rows_total else 0
