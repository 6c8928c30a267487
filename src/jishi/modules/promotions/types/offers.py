"""What an offer is: stage, scope, benefit, condition, hours. Amounts are minor units, rates basis points."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Stage(StrEnum):
    """In the order in which they are worked out."""

    ITEM = "item"
    ORDER = "order"
    COUPON = "coupon"
    SHIPPING = "shipping"


class Measure(StrEnum):
    AMOUNT = "amount"
    UNITS = "units"


@dataclass(frozen=True, slots=True)
class Scope:
    """Which goods. Nothing named: all of them. `without` wins over everything."""

    product_ids: frozenset[uuid.UUID] = frozenset()
    category_ids: frozenset[uuid.UUID] = frozenset()
    variant_ids: frozenset[uuid.UUID] = frozenset()
    without: frozenset[uuid.UUID] = frozenset()  # products

    @property
    def is_all(self) -> bool:
        return not (self.product_ids or self.category_ids or self.variant_ids)


EVERYTHING = Scope()


@dataclass(frozen=True, slots=True)
class PercentOff:
    rate: int
    cap_minor: int | None = None


@dataclass(frozen=True, slots=True)
class AmountOff:
    """Per unit in the item stage, once in the others."""

    minor: int


@dataclass(frozen=True, slots=True)
class FixedPrice:
    """What one unit costs."""

    minor: int


@dataclass(frozen=True, slots=True)
class NthOff:
    """Units in descending price: every `every`-th costs `rate` less, at most `times` of them."""

    every: int
    rate: int
    times: int | None = None


@dataclass(frozen=True, slots=True)
class UnitsFor:
    """Any `units` for `minor`, at most `times` over."""

    units: int
    minor: int
    times: int | None = None


@dataclass(frozen=True, slots=True)
class SetFor:
    """One of each part (so many units of its goods) for `minor` together, at most `times` over."""

    parts: tuple[tuple[Scope, int], ...]
    minor: int
    times: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """From an amount or a number of units on: `off_minor` less, or `rate` less."""

    least: int
    off_minor: int = 0
    rate: int = 0


@dataclass(frozen=True, slots=True)
class Steps:
    """The highest step that is reached counts."""

    steps: tuple[Step, ...]
    measure: Measure = Measure.AMOUNT
    cap_minor: int | None = None


@dataclass(frozen=True, slots=True)
class EveryFull:
    """`off_minor` for each full `least_minor`, at most `times`."""

    least_minor: int
    off_minor: int
    times: int | None = None


@dataclass(frozen=True, slots=True)
class Gift:
    """`units` of a variant for nothing."""

    variant_id: uuid.UUID
    units: int = 1


@dataclass(frozen=True, slots=True)
class ShippingOff:
    """Off the fee; None takes all of it."""

    minor: int | None = None


Benefit = (
    PercentOff | AmountOff | FixedPrice | NthOff | UnitsFor | SetFor | Steps | EveryFull | Gift | ShippingOff
)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days (any of the three lists) and hours `[from_hour, until_hour)` of the shop; empty lists mean every day."""

    dates: tuple[date, ...] = ()
    weekdays: tuple[int, ...] = ()  # Monday is 0
    month_days: tuple[int, ...] = ()
    from_hour: int = 0
    until_hour: int = 24

    @property
    def is_always(self) -> bool:
        return not (self.dates or self.weekdays or self.month_days) and (
            self.from_hour,
            self.until_hour,
        ) == (0, 24)


ALWAYS = Calendar()


@dataclass(frozen=True, slots=True)
class Audience:
    """Everybody, or only some members."""

    new_members: bool = False
    paid_members: bool = False
    from_rank: int = 0

    @property
    def is_everybody(self) -> bool:
        return not (self.new_members or self.paid_members or self.from_rank)


EVERYBODY = Audience()


@dataclass(frozen=True, slots=True)
class Offer:
    """A rule of the shop (docs/algorithms/prices.md, §2). `label` is what shoppers read."""

    id: uuid.UUID
    label: str
    stage: Stage
    benefit: Benefit
    scope: Scope = EVERYTHING
    least_minor: int = 0
    least_units: int = 0
    audience: Audience = EVERYBODY
    calendar: Calendar = ALWAYS
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    priority: int = 0
    group: str = ""  # empty: stacks with everything
    excludes: frozenset[str] = frozenset()
    skips: frozenset[str] = frozenset()
    on_plays: bool = False
    budget_minor: int | None = None
    member_limit: int | None = None

    @property
    def is_plain(self) -> bool:
        """For everybody, at any time, without a limit."""
        return (
            self.opens_at is None
            and self.closes_at is None
            and self.budget_minor is None
            and self.member_limit is None
            and self.calendar.is_always
            and self.audience.is_everybody
        )
