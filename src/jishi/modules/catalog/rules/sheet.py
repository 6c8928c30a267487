"""Reading the cells of one file and saying what is wrong with them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn, TypeVar

from jishi.modules.catalog.rules import cells
from jishi.modules.catalog.rules.cells import CellProblem, read_code
from jishi.modules.catalog.rules.csv_rows import Header, Row
from jishi.modules.catalog.rules.parsed import ABSENT, Absent, RowProblem
from jishi.modules.catalog.types import Severity, Source

V = TypeVar("V")

VARIANTS_MAX: Final = 2_048
IMAGES_MAX: Final = 250
TAGS_MAX: Final = 100
NAME_LENGTH_MAX: Final = 120
_NOTES: Final = frozenset(
    {
        "negative_stock",
        "any_value",
        "downloads_left_out",
        "text_shortened",
        "price_range_unusual",
        "option_without_name",
        "too_many_images",
        "image_left_out",
    }
)


class RowRefused(Exception):
    """This row (or, where no row stands for itself, this product) cannot be used."""

    def __init__(self, problem: RowProblem) -> None:
        super().__init__(problem.code)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file being read. `line_of_sku` remembers SKUs, which may occur once in a file."""

    header: Header
    currency: str
    source: Source
    line_of_sku: dict[str, int] = field(default_factory=dict)

    def has(self, key: str) -> bool:
        return self.header.has(key)

    def problem(self, row: Row, key: str, code: str, **facts: Any) -> RowProblem:
        severity = Severity.NOTE if code in _NOTES else Severity.ERROR
        return RowProblem(
            line=row.line, column=self.header.name(key), code=code, facts=facts, severity=severity
        )

    def refuse(self, row: Row, key: str, code: str, **facts: Any) -> NoReturn:
        raise RowRefused(self.problem(row, key, code, **facts))

    def cell(self, row: Row, key: str, read: Callable[[str], V]) -> V:
        try:
            return read(row.text(key))
        except CellProblem as error:
            self.refuse(row, key, error.code, **error.facts)

    def price(self, row: Row, key: str) -> int | None:
        if not row.text(key):
            return None
        return self.cell(row, key, lambda text: cells.read_price(text, currency=self.currency))

    def flag(self, row: Row, key: str) -> bool | Absent:
        """Yes or no; an empty cell means yes, as it does for the shops that write these files."""
        if not self.has(key):
            return ABSENT
        return self.cell(row, key, cells.read_flag) if row.text(key) else True

    def address(self, row: Row, key: str) -> str:
        return self.cell(row, key, cells.read_address) if row.text(key) else ""

    def text(self, row: Row, key: str, limit: int, problems: list[RowProblem]) -> str | Absent:
        return self.shortened(row, key, limit, problems) if self.has(key) else ABSENT

    def shortened(self, row: Row, key: str, limit: int, problems: list[RowProblem]) -> str:
        text = row.text(key)
        if len(text) <= limit:
            return text
        problems.append(self.problem(row, key, "text_shortened", limit=limit))
        return text[:limit].rstrip()

    def sku(self, row: Row, key: str) -> str:
        """Refuses a SKU that an earlier row has; `claim_sku` notes it once the row is known to be good."""
        sku = read_code(row.text(key))[:NAME_LENGTH_MAX]
        if sku in self.line_of_sku:
            self.refuse(row, key, "duplicate_sku", sku=sku, first_line=self.line_of_sku[sku])
        return sku

    def claim_sku(self, sku: str, line: int) -> None:
        if sku:
            self.line_of_sku[sku] = line

    def compare_at(self, row: Row, key: str, price: int, problems: list[RowProblem]) -> int | Absent | None:
        """The crossed-out price; only one above the price says anything."""
        if not self.has(key):
            return ABSENT
        compare_at = self.price(row, key)
        if compare_at is None or compare_at > price:
            return compare_at
        if compare_at not in (0, price):
            problems.append(self.problem(row, key, "price_range_unusual", value=row.text(key)))
        return None


def tag_list(names: tuple[str, ...]) -> tuple[str, ...]:
    """Tags in the width of their column, each once."""
    return tuple(dict.fromkeys(name[:NAME_LENGTH_MAX] for name in names[:TAGS_MAX]))
