"""Values of tiers and paid membership."""

import uuid
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class MemberStanding:
    """What a member's tier and paid membership give, at this moment. A visitor has rank 0."""

    tier_code: str
    tier_name: str
    tier_rank: int
    discount_basis_points: int
    earn_basis_points: int
    ships_free: bool
    is_paid_member: bool


@dataclass(frozen=True, slots=True)
class TierTerms:
    code: str
    name: str
    threshold: int
    discount_basis_points: int = 0
    earn_basis_points: int = 10_000
    ships_free: bool = False
    birthday_points: int = 0
    benefits: str = ""


@dataclass(frozen=True, slots=True)
class TierView:
    id: uuid.UUID
    rank: int
    terms: TierTerms
    members: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a member stands between tiers."""

    tier: TierView
    next_tier: TierView | None
    growth: int
    missing: int
    falls_at: datetime | None
    rises_percent: int


@dataclass(frozen=True, slots=True)
class GrowthLine:
    source_kind: str
    source_id: uuid.UUID
    value: int
    lowered: int
    at: datetime


@dataclass(frozen=True, slots=True)
class PlanTerms:
    code: str
    name: str
    price_minor: int
    currency: str
    days: int
    discount_basis_points: int = 0
    earn_basis_points: int = 10_000
    ships_free: bool = False
    benefits: str = ""
    is_open: bool = True


@dataclass(frozen=True, slots=True)
class PlanView:
    id: uuid.UUID
    terms: PlanTerms
    members: int = 0


@dataclass(frozen=True, slots=True)
class MembershipView:
    """A period of paid membership."""

    id: uuid.UUID
    member_id: uuid.UUID
    plan_id: uuid.UUID
    plan_name: str
    starts_at: datetime
    ends_at: datetime
    source_kind: str
