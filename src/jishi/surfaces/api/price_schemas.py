"""How offers and coupons look over HTTP."""

import uuid
from datetime import datetime
from typing import Any, Literal

from ninja import Field, Schema

from jishi.modules.promotions.public import (
    Audience,
    BadOffer,
    BatchView,
    CouponState,
    CouponView,
    CouponWay,
    Offer,
    OfferForm,
    OfferView,
    PriceOfferState,
    RefundRule,
    Stage,
    batch_figures,
    benefit_as_json,
    benefit_from_json,
    calendar_as_json,
    calendar_from_json,
    scope_as_json,
    scope_from_json,
)
from jishi.surfaces.api.common import Instant, Minor
from jishi.surfaces.price_words import offer_words

ROWS_MAX = 100
CODES_MAX = 10_000


class CouponOut(Schema):
    id: uuid.UUID
    batch_id: uuid.UUID
    label: str
    words: str
    state: CouponState
    claimed_at: datetime
    expires_at: datetime | None
    order_id: uuid.UUID | None


class ClaimableOut(Schema):
    """Coupons that are being handed out now."""

    id: uuid.UUID
    name: str
    label: str
    words: str
    way: CouponWay
    member_limit: int
    share_visits: int
    valid_days: int | None
    valid_until: datetime | None
    closes_at: datetime | None


class PriceCodeIn(Schema):
    code: str = Field(min_length=3, max_length=40)


class ScopeIO(Schema):
    """Nothing named: all goods."""

    product_ids: list[uuid.UUID] = Field([], max_length=500)
    category_ids: list[uuid.UUID] = Field([], max_length=500)
    variant_ids: list[uuid.UUID] = Field([], max_length=500)
    without: list[uuid.UUID] = Field([], max_length=500)


class StepIO(Schema):
    least: int = Field(ge=1, le=10**12)
    off_minor: int = Field(0, ge=0, le=10**12)
    rate: int = Field(0, ge=0, le=10_000)


class PartIO(Schema):
    scope: ScopeIO
    units: int = Field(1, ge=1, le=999)


class BenefitIO(Schema):
    """`kind` says which of the fields count; rates are basis points off (1500 is 15 %)."""

    kind: Literal[
        "percent",
        "amount",
        "fixed_price",
        "nth",
        "units_for",
        "set_for",
        "steps",
        "every_full",
        "gift",
        "shipping",
    ]
    rate: int | None = Field(None, ge=0, le=10_000)
    minor: int | None = Field(None, ge=0, le=10**12)
    cap_minor: int | None = Field(None, ge=1, le=10**12)
    every: int | None = Field(None, ge=1, le=999)
    units: int | None = Field(None, ge=1, le=999)
    times: int | None = Field(None, ge=1, le=999)
    steps: list[StepIO] | None = Field(None, max_length=10)
    measure: Literal["amount", "units"] | None = None
    least_minor: int | None = Field(None, ge=1, le=10**12)
    off_minor: int | None = Field(None, ge=1, le=10**12)
    variant_id: uuid.UUID | None = None
    parts: list[PartIO] | None = Field(None, max_length=5)


_FIELDS = {
    "percent": ("rate", "cap_minor"),
    "amount": ("minor",),
    "fixed_price": ("minor",),
    "nth": ("every", "rate", "times"),
    "units_for": ("units", "minor", "times"),
    "set_for": ("parts", "minor", "times"),
    "steps": ("steps", "measure", "cap_minor"),
    "every_full": ("least_minor", "off_minor", "times"),
    "gift": ("variant_id", "units"),
    "shipping": ("minor",),
}
_OPTIONAL = frozenset({"cap_minor", "times", "measure"})


class CalendarIO(Schema):
    """Days (any list) and hours of the shop's time; empty lists mean every day."""

    dates: list[str] = Field([], max_length=366)
    weekdays: list[int] = Field([], max_length=7)
    month_days: list[int] = Field([], max_length=31)
    from_hour: int = Field(0, ge=0, le=23)
    until_hour: int = Field(24, ge=1, le=24)


class AudienceIO(Schema):
    new_members: bool = False
    paid_members: bool = False
    from_rank: int = Field(0, ge=0, le=100)


ALL_GOODS = ScopeIO(product_ids=[], category_ids=[], variant_ids=[], without=[])
ALL_PEOPLE = AudienceIO(new_members=False, paid_members=False, from_rank=0)
ALL_DAYS = CalendarIO(dates=[], weekdays=[], month_days=[], from_hour=0, until_hour=24)


class PriceOfferIn(Schema):
    """A rule of the shop: docs/algorithms/prices.md says what each field does."""

    name: str = Field(min_length=1, max_length=60)
    label: str = Field(min_length=1, max_length=40)
    stage: Stage
    benefit: BenefitIO
    scope: ScopeIO = ALL_GOODS
    least_minor: Minor = 0
    least_units: int = Field(0, ge=0, le=999)
    audience: AudienceIO = ALL_PEOPLE
    calendar: CalendarIO = ALL_DAYS
    opens_at: Instant | None = None
    closes_at: Instant | None = None
    priority: int = Field(0, ge=-1000, le=1000)
    group: str = Field("", max_length=20)
    excludes: list[str] = Field([], max_length=20)
    skips: list[str] = Field([], max_length=20)
    on_plays: bool = False
    budget_minor: Minor | None = None
    member_limit: int | None = Field(None, ge=1, le=10_000)

    def form(self) -> OfferForm:
        written = self.benefit.dict()
        names = _FIELDS[self.benefit.kind]
        optional = _OPTIONAL | ({"minor"} if self.benefit.kind == "shipping" else frozenset())
        missing = [name for name in names if written[name] is None and name not in optional]
        if missing:
            raise BadOffer(field=f"benefit.{missing[0]}", reason="请填好这种优惠的数字")
        benefit = {"kind": self.benefit.kind} | {
            name: written[name] for name in names if written[name] is not None or name not in _OPTIONAL
        }
        rule = Offer(
            id=uuid.UUID(int=0),
            label=self.label,
            stage=self.stage,
            benefit=benefit_from_json(benefit),
            scope=scope_from_json(self.scope.dict()),
            least_minor=self.least_minor,
            least_units=self.least_units,
            audience=Audience(**self.audience.dict()),
            calendar=calendar_from_json(self.calendar.dict()),
            opens_at=self.opens_at,
            closes_at=self.closes_at,
            priority=self.priority,
            group=self.group,
            excludes=frozenset(self.excludes),
            skips=frozenset(self.skips),
            on_plays=self.on_plays,
            budget_minor=self.budget_minor,
            member_limit=self.member_limit,
        )
        return OfferForm(self.name, rule)


class PriceOfferPatch(PriceOfferIn):
    version: int = Field(
        ge=1, description="As you read it; refused when somebody changed the offer meanwhile"
    )


class OfferFiguresOut(Schema):
    orders: int = 0
    waiting: int = 0
    given_minor: int = 0
    reserved_minor: int = 0


class PriceOfferOut(Schema):
    id: uuid.UUID
    name: str
    label: str
    words: str
    state: PriceOfferState
    stage: Stage
    benefit: dict[str, Any]
    scope: dict[str, Any]
    calendar: dict[str, Any]
    least_minor: int
    least_units: int
    opens_at: datetime | None
    closes_at: datetime | None
    priority: int
    group: str
    excludes: list[str]
    skips: list[str]
    on_plays: bool
    budget_minor: int | None
    member_limit: int | None
    version: int
    created_at: datetime
    figures: OfferFiguresOut


class PriceOffersOut(Schema):
    items: list[PriceOfferOut]
    total: int


class OffersAsked(Schema):
    stage: Stage | None = None
    state: PriceOfferState | None = None
    text: str = Field("", max_length=60)
    page: int = Field(1, ge=1, le=1000)
    limit: int = Field(50, ge=1, le=ROWS_MAX)


class BatchIn(Schema):
    """Exactly one of `valid_days` and `valid_until`."""

    offer_id: uuid.UUID
    name: str = Field(min_length=1, max_length=60)
    way: CouponWay
    capacity: int = Field(ge=1, le=1_000_000)
    member_limit: int = Field(1, ge=0, le=100)
    valid_days: int | None = Field(None, ge=1, le=730)
    valid_until: Instant | None = None
    opens_at: Instant | None = None
    closes_at: Instant | None = None
    refund_rule: RefundRule = RefundRule.WHOLE
    share_visits: int = Field(0, ge=0, le=50)
    community_id: uuid.UUID | None = None


class BatchOut(ClaimableOut):
    offer_id: uuid.UUID
    capacity: int
    refund_rule: RefundRule
    is_open: bool
    claimed: int
    reserved: int
    used: int
    expired: int
    given_minor: int


class BatchesOut(Schema):
    items: list[BatchOut]
    total: int


class BatchesAsked(Schema):
    way: CouponWay | None = None
    page: int = Field(1, ge=1, le=1000)
    limit: int = Field(50, ge=1, le=ROWS_MAX)


class CodesIn(Schema):
    """`count` single-use codes, or one `shared` word."""

    count: int = Field(0, ge=0, le=CODES_MAX)
    shared: str = Field("", max_length=24)


class CodesOut(Schema):
    codes: list[str]


class PriceSendIn(Schema):
    member_ids: list[uuid.UUID] = Field(min_length=1, max_length=1000)


class SentOut(Schema):
    given: int


class VoidIn(Schema):
    reason: str = Field(min_length=1, max_length=200)


def coupon_out(coupon: CouponView) -> dict[str, Any]:
    names = ("id", "batch_id", "state", "claimed_at", "expires_at", "order_id")
    words = {"label": coupon.offer.label, "words": offer_words(coupon.offer)}
    return {**{name: getattr(coupon, name) for name in names}, **words}


def claimable_out(batch: BatchView) -> dict[str, Any]:
    names = ("id", "name", "way", "member_limit", "share_visits", "valid_days", "valid_until", "closes_at")
    words = {"label": batch.offer.label, "words": offer_words(batch.offer)}
    return {**{name: getattr(batch, name) for name in names}, **words}


def batches_out(rows: list[BatchView]) -> list[dict[str, Any]]:
    figures = batch_figures([row.id for row in rows])
    found = []
    for row in rows:
        count = figures.get(row.id)
        found.append(
            {
                **claimable_out(row),
                "offer_id": row.offer.id,
                "capacity": row.capacity,
                "refund_rule": row.refund_rule,
                "is_open": row.is_open,
                "claimed": count.claimed if count else 0,
                "reserved": count.reserved if count else 0,
                "used": count.used if count else 0,
                "expired": count.expired if count else 0,
                "given_minor": count.given_minor if count else 0,
            }
        )
    return found


def offer_out(view: OfferView, figures: dict[str, int]) -> dict[str, Any]:
    rule = view.rule
    names = (
        *("label", "stage", "least_minor", "least_units", "opens_at", "closes_at", "priority", "group"),
        *("on_plays", "budget_minor", "member_limit"),
    )
    return {
        **{name: getattr(rule, name) for name in names},
        "id": view.id,
        "name": view.name,
        "words": offer_words(rule),
        "state": view.state,
        "benefit": benefit_as_json(rule.benefit),
        "scope": scope_as_json(rule.scope),
        "calendar": calendar_as_json(rule.calendar),
        "excludes": sorted(rule.excludes),
        "skips": sorted(rule.skips),
        "version": view.version,
        "created_at": view.created_at,
        "figures": figures,
    }
