"""Money as integer minor units of an ISO 4217 currency. Dividing is only possible by `split`."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

BASIS_POINTS = 10_000
_POINTS = "PTS"  # a unit of the house, not of ISO 4217
_NO_MINOR_UNIT = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE_PLACES = "BHD IQD JOD KWD LYD OMR TND"
_FOUR_PLACES = "CLF UYW"
_EXPONENTS = {
    code: places
    for places, codes in ((0, f"{_NO_MINOR_UNIT} {_POINTS}"), (3, _THREE_PLACES), (4, _FOUR_PLACES))
    for code in codes.split()
}
_SYMBOLS = {
    "CNY": "¥",
    "USD": "US$",
    "EUR": "€",
    "GBP": "£",
    "HKD": "HK$",
    "JPY": "JP¥",
    "TWD": "NT$",
    "SGD": "S$",
}


def exponent_of(currency: str) -> int:
    """How many decimal places the currency's minor unit stands for (ISO 4217)."""
    return _EXPONENTS.get(currency, 2)


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount in minor units (fen, cents). Amounts of two currencies never mix."""

    minor: int
    currency: str

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other).minor, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def times(self, quantity: int) -> "Money":
        return Money(self.minor * quantity, self.currency)

    def split(self, weights: Sequence[int]) -> list["Money"]:
        """Share out by weight with the largest-remainder method; the parts always add up to the whole.

        Ties go to the earlier part. Raises ValueError unless the weights are non-negative with a positive sum.
        """
        return [Money(part, self.currency) for part in split_minor(self.minor, weights)]

    def _same(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise ValueError(f"cannot mix {self.currency} with {other.currency}")
        return other


def split_minor(total: int, weights: Sequence[int]) -> list[int]:
    """Largest-remainder apportionment (Hamilton's method) of an integer; conserves the sum, keeps the sign."""
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        raise ValueError("split needs non-negative weights with a positive sum")
    sign, magnitude = (-1, -total) if total < 0 else (1, total)
    floors = [magnitude * weight // whole for weight in weights]
    remainders = [magnitude * weight % whole for weight in weights]
    left = magnitude - sum(floors)
    for index in sorted(range(len(weights)), key=lambda i: (-remainders[i], i))[:left]:
        floors[index] += 1
    return [sign * part for part in floors]


def worth_of_units(*, total_minor: int, quantity: int, left_minor: int, left_units: int, units: int) -> int:
    """What some of the units left of a line are worth: their share of the money left, never more than was paid for them.

    Units that go back one after another, in any grouping, give the money left to the last unit. Money that was kept
    when a unit went back does not make the other units dearer.
    """
    if left_units <= 0 or units <= 0:
        return 0
    return min(left_minor * units // left_units, units * -(-total_minor // quantity))


def share_in_basis_points(minor: int, rate: int) -> int:
    """`rate` basis points of an amount, rounded half up: the one place where a rate meets money."""
    product = minor * rate
    half = BASIS_POINTS // 2
    return (product + half) // BASIS_POINTS if product >= 0 else -((-product + half) // BASIS_POINTS)


def parse_minor(text: str, *, currency: str) -> int:
    """Read a decimal amount such as `1,234.50` into minor units. Raises ValueError when it is not one."""
    try:
        value = Decimal(text.strip().replace(",", ""))
    except InvalidOperation as error:
        raise ValueError(f"not an amount: {text!r}") from error
    if not value.is_finite():
        raise ValueError(f"not an amount: {text!r}")
    scaled = value.scaleb(exponent_of(currency))
    return int(scaled.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def format_minor(minor: int, *, currency: str, symbol: bool = True) -> str:
    """`123450, CNY` → `¥1,234.50`."""
    places = exponent_of(currency)
    sign, magnitude = ("-", -minor) if minor < 0 else ("", minor)
    unit = 10**places
    body = f"{magnitude // unit:,}" + (f".{magnitude % unit:0{places}d}" if places else "")
    mark = _SYMBOLS.get(currency, f"{currency} ") if symbol else ""
    return f"{sign}{mark}{body}"
