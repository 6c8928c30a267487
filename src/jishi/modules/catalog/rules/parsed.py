"""What a product file says, whatever its format."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

from jishi.modules.catalog.types import ProductKind, ProductState, Severity, Source


class Absent(Enum):
    """The file has no such column: whatever is known already stays."""

    TOKEN = "absent"


ABSENT: Final = Absent.TOKEN


@dataclass(frozen=True, slots=True)
class RowProblem:
    """A row or a cell that could not be taken as it stands. `line` counts physical lines from 1."""

    line: int
    column: str
    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    severity: Severity = Severity.ERROR


@dataclass(frozen=True, slots=True)
class ParsedImage:
    address: str
    alt: str


@dataclass(frozen=True, slots=True)
class FileStock:
    """`quantity` None: the file says that it is in stock and is not counted."""

    quantity: int | None


@dataclass(frozen=True, slots=True)
class ParsedVariant:
    line: int
    sku: str  # empty: the file gives none
    option_values: tuple[str, ...]
    price_minor: int
    compare_at_minor: int | Absent | None = ABSENT
    cost_minor: int | Absent | None = ABSENT
    weight_grams: int | Absent = ABSENT
    barcode: str | Absent = ABSENT
    requires_shipping: bool | Absent = ABSENT
    is_active: bool | Absent = ABSENT
    stock: FileStock | Absent = ABSENT
    image_address: str = ""
    source_key: str = ""


@dataclass(frozen=True, slots=True)
class ParsedProduct:
    line: int
    source: Source
    source_key: str
    handle: str
    title: str
    option_names: tuple[str, ...]
    variants: tuple[ParsedVariant, ...]
    subtitle: str | Absent = ABSENT
    description_html: str | Absent = ABSENT
    vendor: str | Absent = ABSENT
    product_type: str | Absent = ABSENT
    kind: ProductKind | Absent = ABSENT
    tags: tuple[str, ...] | Absent = ABSENT
    specs: tuple[tuple[str, str], ...] | Absent = ABSENT
    categories: tuple[tuple[str, ...], ...] | Absent = ABSENT
    state: ProductState | Absent = ABSENT
    is_listed: bool | Absent = ABSENT
    images: tuple[ParsedImage, ...] | Absent = ABSENT
    external_address: str | Absent = ABSENT
    member_skus: tuple[str, ...] | Absent = ABSENT
    currency: str | Absent = ABSENT


@dataclass(frozen=True, slots=True)
class ParsedGroup:
    """All rows of one product: what came of them, what was wrong. `product` None: nothing to use."""

    rows: int
    product: ParsedProduct | None
    problems: tuple[RowProblem, ...]
