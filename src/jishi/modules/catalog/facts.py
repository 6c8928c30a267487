"""What happens in the catalogue."""

import uuid
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class ProductCreated:
    name: ClassVar[str] = "catalog.product_created.v1"
    product_id: uuid.UUID
    handle: str
    title: str
    prices: dict[str, int]  # SKU → minor units

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return ("product", self.product_id)


@dataclass(frozen=True, slots=True)
class ProductUpdated:
    """`changed` names the fields; a price change also says so per variant in VariantPriced."""

    name: ClassVar[str] = "catalog.product_updated.v1"
    product_id: uuid.UUID
    handle: str
    changed: tuple[str, ...]

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return ("product", self.product_id)


@dataclass(frozen=True, slots=True)
class ProductPublished:
    name: ClassVar[str] = "catalog.product_published.v1"
    product_id: uuid.UUID
    handle: str

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return ("product", self.product_id)


@dataclass(frozen=True, slots=True)
class ProductWithdrawn:
    """No longer for sale: `state` is draft or archived."""

    name: ClassVar[str] = "catalog.product_withdrawn.v1"
    product_id: uuid.UUID
    handle: str
    state: str

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return ("product", self.product_id)


@dataclass(frozen=True, slots=True)
class VariantPriced:
    """The price of a variant changed; the first prices of a product are in ProductCreated."""

    name: ClassVar[str] = "catalog.variant_priced.v1"
    variant_id: uuid.UUID
    product_id: uuid.UUID
    sku: str
    currency: str
    before_minor: int | None
    price_minor: int
    compare_at_minor: int | None

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return ("variant", self.variant_id)


@dataclass(frozen=True, slots=True)
class ImportRequested:
    name: ClassVar[str] = "catalog.import_requested.v1"
    run_id: uuid.UUID
    filename: str
    with_stock: bool

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return ("import_run", self.run_id)


@dataclass(frozen=True, slots=True)
class ImportFinished:
    name: ClassVar[str] = "catalog.import_finished.v1"
    run_id: uuid.UUID
    created: int
    updated: int
    unchanged: int
    failed_rows: int

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return ("import_run", self.run_id)
