"""What the price engine is given and what it answers."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from jishi.modules.promotions.types.offers import Offer, Stage


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A line to be priced. `key` is unique in the cart; `play_minor` is what a play takes off the whole line."""

    key: str
    variant_id: uuid.UUID
    product_id: uuid.UUID
    quantity: int
    list_minor: int  # one unit
    category_ids: tuple[uuid.UUID, ...] = ()
    floor_minor: int = 0  # one unit never costs less
    play_kind: str = ""
    play_minor: int = 0
    tax_rate: int = 0


@dataclass(frozen=True, slots=True)
class HeldCoupon:
    """A coupon in somebody's hands; `offer` is what it gives."""

    id: uuid.UUID
    offer: Offer
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Buyer:
    """What the rules may know of who buys. `uses`: how often they used an offer."""

    is_member: bool = False
    is_new: bool = False
    is_paid_member: bool = False
    rank: int = 0
    member_rate: int = 0  # basis points off the list price
    ships_free: bool = False
    uses: dict[uuid.UUID, int] = field(default_factory=dict)


VISITOR = Buyer()


class Reason(StrEnum):
    """Why an offer was not applied."""

    APPLIED = "applied"
    BELOW_AMOUNT = "below_amount"
    BELOW_UNITS = "below_units"
    BETTER_ONE = "better_one"
    EXCLUDED_BY = "excluded_by"
    LEFT_OUT = "left_out"
    PLAY_PRICE = "play_price"
    OUT_OF_SCOPE = "out_of_scope"
    AUDIENCE = "audience"
    NOT_NOW = "not_now"
    LIMIT_REACHED = "limit_reached"
    BUDGET_GONE = "budget_gone"
    NO_EFFECT = "no_effect"
    GIFT_GONE = "gift_gone"  # the shelf is empty


@dataclass(frozen=True, slots=True)
class Adjustment:
    """So much less for a line, and by which rule."""

    line_key: str
    kind: str
    source_id: str
    amount_minor: int
    label: str


@dataclass(frozen=True, slots=True)
class Trace:
    """What became of a rule: `saved_minor` over the cart, `by_line` its parts; `next_off_minor`: what the missing part brings.

    `other`: the label of the rule that was better or stands against it.
    """

    offer_id: uuid.UUID
    label: str
    stage: Stage
    reason: Reason
    saved_minor: int = 0
    missing_minor: int = 0
    missing_units: int = 0
    next_off_minor: int = 0
    next_rate: int = 0
    other: str = ""
    coupon_id: uuid.UUID | None = None
    by_line: tuple[tuple[str, int], ...] = ()
    has_budget: bool = False
    member_limit: int | None = None


@dataclass(frozen=True, slots=True)
class GiftLine:
    offer_id: uuid.UUID
    variant_id: uuid.UUID
    units: int
    label: str


class TaxRounding(StrEnum):
    LINE = "line"
    UNIT = "unit"
    TOTAL = "total"


@dataclass(frozen=True, slots=True)
class TaxTerms:
    """How prices and tax go together; `rate` is for lines that name none."""

    is_inclusive: bool = True
    rate: int = 0
    rounding: TaxRounding = TaxRounding.LINE


@dataclass(frozen=True, slots=True)
class PointsWish:
    """Points somebody wants to spend, and the shop's terms for them."""

    points: int
    per_unit: int  # so many points stand for one currency unit
    unit_minor: int = 100
    share_max: int = 10_000
    step: int = 1


@dataclass(frozen=True, slots=True)
class Pricing:
    """The answer: adjustments by line, what happened to each rule, gifts, shipping, tax."""

    adjustments: tuple[Adjustment, ...]
    traces: tuple[Trace, ...]
    gifts: tuple[GiftLine, ...]
    goods_minor: int  # after everything but tax
    shipping_minor: int
    shipping_full_minor: int
    tax_minor: int
    points: int
    points_minor: int
    points_max: int
    is_exact: bool
    alternatives: tuple["Alternative", ...] = ()

    @property
    def saved_minor(self) -> int:
        """Without tax: what the rules took off goods and shipping."""
        off = sum(a.amount_minor for a in self.adjustments if a.kind != "tax")
        return off + self.shipping_full_minor - self.shipping_minor

    @property
    def total_minor(self) -> int:
        return self.goods_minor + self.tax_minor + self.shipping_minor

    def of_line(self, key: str) -> tuple[Adjustment, ...]:
        return tuple(a for a in self.adjustments if a.line_key == key)


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another legal combination and what it would save."""

    labels: tuple[str, ...]
    saved_minor: int
