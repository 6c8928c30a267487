"""Reading single cells. Each raises CellProblem with a code of `problems`."""

import re
import unicodedata
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from jishi.kernel.money import exponent_of

PRICE_MINOR_MAX: Final = 10**12
QUANTITY_MAX: Final = 10**8
WEIGHT_GRAMS_MAX: Final = 10**8
HANDLE_LENGTH_MAX: Final = 200

_PLAIN = re.compile(r"[+-]?\d+(\.\d*)?|[+-]?\.\d+")
_COMMA_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_POINT_THOUSANDS = re.compile(r"[+-]?\d{1,3}(\.\d{3})+,\d+")
_COMMA_DECIMAL = re.compile(r"[+-]?\d+,\d{1,2}")
_GUARDED = re.compile(r"'+[=+\-@]")
_NEEDS_GUARD = re.compile(r"'*[=+\-@]")
_YES = {"true", "1", "yes", "y", "是", "active"}
_NO = {"false", "0", "no", "n", "否", ""}
_GRAMS_PER = {
    "g": Decimal(1),
    "kg": Decimal(1000),
    "lb": Decimal("453.59237"),
    "lbs": Decimal("453.59237"),
    "oz": Decimal("28.349523125"),
}


class CellProblem(Exception):
    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


def read_price(text: str, *, currency: str) -> int:
    """Minor units from `1234.5`, `1,234.50`, `1.234,50` or `1234,50`. Refuses rather than rounds."""
    value = _decimal(text)
    if value is None:
        raise CellProblem("bad_price", value=_short(text))
    if value < 0:
        raise CellProblem("negative_price", value=_short(text))
    places = exponent_of(currency)
    scaled = value.scaleb(places)
    if scaled != scaled.to_integral_value():
        raise CellProblem("price_too_precise", value=_short(text), currency=currency, places=places)
    if scaled > PRICE_MINOR_MAX:
        raise CellProblem("price_too_large", value=_short(text))
    return int(scaled)


def read_quantity(text: str) -> int:
    """A whole number, possibly negative; `12.0` counts as whole."""
    value = _decimal(text)
    if value is None or value != value.to_integral_value():
        raise CellProblem("bad_number", value=_short(text))
    if abs(value) > QUANTITY_MAX:
        raise CellProblem("number_too_large", value=_short(text))
    return int(value)


def read_weight_grams(text: str, *, unit: str = "g") -> int:
    value = _decimal(text)
    if value is None or unit not in _GRAMS_PER:
        raise CellProblem("bad_number", value=_short(text))
    if value < 0:
        raise CellProblem("negative_number", value=_short(text))
    grams = (value * _GRAMS_PER[unit]).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    if grams > WEIGHT_GRAMS_MAX:
        raise CellProblem("number_too_large", value=_short(text))
    return int(grams)


def read_flag(text: str) -> bool:
    word = text.strip().lower()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise CellProblem("bad_choice", value=_short(text), choices="true, false")


def read_address(text: str) -> str:
    address = text.strip()
    if not re.match(r"https?://[^\s/]+", address, re.IGNORECASE) or len(address) > 2_000:
        raise CellProblem("bad_address", value=_short(text))
    return address


def read_day(text: str) -> date | None:
    """The date of `2024-05-01` or `2024-05-01 00:00:00`; None when empty or not a date."""
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None


def split_list(text: str, *, separator: str = ",") -> tuple[str, ...]:
    """Comma-separated names without empties or repeats; `\\,` is a comma inside a name."""
    parts = re.split(rf"(?<!\\){re.escape(separator)}", text)
    names = (part.replace(f"\\{separator}", separator).strip() for part in parts)
    return tuple(dict.fromkeys(name for name in names if name))


def split_path(text: str) -> tuple[str, ...]:
    """`Clothing > Tops` → ("Clothing", "Tops")."""
    return tuple(part.strip() for part in text.split(">") if part.strip())


def handle_from(text: str) -> str:
    """A name for addresses: letters and digits of any script, lower case, joined by hyphens. May be empty."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return re.sub(r"[\W_]+", "-", folded).strip("-")[:HANDLE_LENGTH_MAX].strip("-")


def unguarded(text: str) -> str:
    """Drop the apostrophe that keeps spreadsheets from running a cell as a formula (`'=A1` → `=A1`)."""
    return text[1:] if _GUARDED.match(text) else text


def guarded(text: str) -> str:
    """So that no spreadsheet runs a cell as a formula; `unguarded` undoes it."""
    return f"'{text}" if _NEEDS_GUARD.match(text) else text


def read_code(text: str) -> str:
    """A SKU or bar code, without the apostrophe that exports put before digits (`'0123` → `0123`)."""
    bare = unguarded(text)
    return bare[1:] if len(bare) > 1 and bare[0] == "'" and bare[1].isdigit() else bare


def _decimal(text: str) -> Decimal | None:
    body = text.strip()
    if len(body) > 40 or not body.isascii():
        return None
    if _PLAIN.fullmatch(body):
        return Decimal(body)
    if _COMMA_THOUSANDS.fullmatch(body):
        return Decimal(body.replace(",", ""))
    if _POINT_THOUSANDS.fullmatch(body):
        return Decimal(body.replace(".", "").replace(",", "."))
    if _COMMA_DECIMAL.fullmatch(body):
        return Decimal(body.replace(",", "."))
    return None


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
