"""What the routes of loyalty take and give."""

import uuid
from datetime import date, datetime

from ninja import Field, Schema

from jishi.modules.loyalty.public import Cadence, DeedKind, EntryKind, ExchangeState, LotState, RewardKind
from jishi.surfaces.api.common import Page


class EntryOut(Schema):
    """`change` is what it did to the spendable points, `pending_change` to the promised ones."""

    id: uuid.UUID
    kind: EntryKind
    points: int
    change: int
    pending_change: int
    lot_id: uuid.UUID | None
    subject_kind: str
    subject_id: uuid.UUID
    note: str
    at: datetime


class LotOut(Schema):
    """Points of one cause. `available_at` null: promised until receipt; `expires_at` is the first instant without them."""

    id: uuid.UUID
    source_kind: str
    source_id: uuid.UUID
    state: LotState
    earned: int
    remaining: int
    spent: int
    expired: int
    taken_back: int
    covered: int
    available_at: datetime | None
    expires_at: datetime | None
    at: datetime


class PointsOut(Page[EntryOut]):
    """Balances, how points pay, and a page of the statement, newest first."""

    spendable: int
    pending: int
    debt: int
    points_per_unit: int
    share_basis_points_max: int
    points_step: int
    is_open: bool


class LoyaltyTierOut(Schema):
    """`threshold` is a growth value over the last 365 days."""

    code: str
    name: str
    rank: int
    threshold: int
    discount_basis_points: int
    earn_basis_points: int
    ships_free: bool
    birthday_points: int
    benefits: str


class StandingOut(Schema):
    tier_code: str
    tier_name: str
    tier_rank: int
    discount_basis_points: int
    earn_basis_points: int
    ships_free: bool
    is_paid_member: bool
    growth: int
    missing: int
    next_tier_code: str
    falls_at: datetime | None


class CheckInDayOut(Schema):
    number: int
    points: int
    is_done: bool
    is_today: bool


class CheckInCardOut(Schema):
    streak: int
    is_done_today: bool
    today_points: int
    total_days: int
    days: list[CheckInDayOut]


class CheckInOut(Schema):
    day: date
    streak: int
    points: int


class MissionOut(Schema):
    id: uuid.UUID
    code: str
    name: str
    hint: str
    deed: DeedKind
    goal: int
    cadence: Cadence
    points: int
    badge_code: str
    count: int
    is_taken: bool


class TakenOut(Schema):
    points: int


class BadgeOut(Schema):
    code: str
    name: str
    hint: str
    mark: str
    deed: DeedKind
    threshold: int
    count: int
    won_at: datetime | None


class RewardOut(Schema):
    """`left` null: as many as are asked for."""

    id: uuid.UUID
    name: str
    text: str
    kind: RewardKind
    points: int
    left: int | None
    member_limit: int
    amount_minor: int
    currency: str
    days: int


class ExchangeIn(Schema):
    """`exchange_id` is yours: the same one again exchanges nothing more. Goods need an address."""

    exchange_id: uuid.UUID
    address_note: str = Field("", max_length=200)


class ExchangeOut(Schema):
    id: uuid.UUID
    reward_id: uuid.UUID
    name: str
    kind: RewardKind
    points: int
    state: ExchangeState
    coupon_code: str
    amount_minor: int
    currency: str
    address_note: str
    tracking_note: str
    at: datetime
    sent_at: datetime | None


class PlanOut(Schema):
    id: uuid.UUID
    code: str
    name: str
    price_minor: int
    currency: str
    days: int
    discount_basis_points: int
    earn_basis_points: int
    ships_free: bool
    benefits: str


class PurchaseIn(Schema):
    """`purchase_id` is yours: the same one again buys nothing more."""

    purchase_id: uuid.UUID


class MembershipOut(Schema):
    id: uuid.UUID
    plan_id: uuid.UUID
    plan_name: str
    starts_at: datetime
    ends_at: datetime
