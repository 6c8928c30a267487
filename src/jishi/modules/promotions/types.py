"""Values of the price engine and of coupons. Amounts are minor units, rates basis points."""

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class Stage(StrEnum):
    """In the order in which they are worked out."""

    ITEM = "item"
    ORDER = "order"
    COUPON = "coupon"
    SHIPPING = "shipping"


class OfferState(StrEnum):
    DRAFT = "draft"
    LIVE = "live"
    CLOSED = "closed"


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


# -- what operators write ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OfferForm:
    """An offer as an operator writes it; its id and life are ours."""

    name: str
    rule: Offer  # `rule.id` is of no account
    campaign_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class OfferView:
    """An offer with its life. `used_minor`, `reserved_minor`, `left_minor`: its budget, None without one."""

    id: uuid.UUID
    name: str
    state: OfferState
    rule: Offer
    version: int
    created_at: datetime
    campaign_id: uuid.UUID | None = None
    is_coupon: bool = False


class CouponWay(StrEnum):
    """How coupons of a batch come to members."""

    PUBLIC = "public"  # anybody takes one
    CODE = "code"  # who has a code
    TARGETED = "targeted"  # sent to chosen members
    COMMUNITY = "community"  # members of a community
    NEW_MEMBER = "new_member"  # sent at joining
    SHARE = "share"  # who brought so many visitors


class RefundRule(StrEnum):
    """What becomes of a used coupon when its order is refunded."""

    NEVER = "never"
    WHOLE = "whole"  # comes back when everything was refunded


class CouponState(StrEnum):
    OPEN = "open"
    RESERVED = "reserved"
    USED = "used"
    EXPIRED = "expired"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class BatchForm:
    """How an offer is handed out as coupons. Exactly one of `valid_days` and `valid_until`."""

    offer_id: uuid.UUID
    name: str
    way: CouponWay
    capacity: int
    member_limit: int = 1
    valid_days: int | None = None
    valid_until: datetime | None = None
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    refund_rule: RefundRule = RefundRule.WHOLE
    share_visits: int = 0
    community_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class BatchView:
    id: uuid.UUID
    offer: Offer
    name: str
    way: CouponWay
    capacity: int
    member_limit: int
    valid_days: int | None
    valid_until: datetime | None
    opens_at: datetime | None
    closes_at: datetime | None
    refund_rule: RefundRule
    share_visits: int
    community_id: uuid.UUID | None
    is_open: bool
    pool_id: uuid.UUID | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class BatchFigures:
    """Coupons of a batch by what became of them, and the money of the used ones."""

    claimed: int = 0
    reserved: int = 0
    used: int = 0
    expired: int = 0
    given_minor: int = 0


@dataclass(frozen=True, slots=True)
class CouponView:
    id: uuid.UUID
    batch_id: uuid.UUID
    member_id: uuid.UUID
    offer: Offer
    state: CouponState
    claimed_at: datetime
    expires_at: datetime | None
    order_id: uuid.UUID | None
