"""What happens in loyalty."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class PointsExpiring:
    """Told once per member and month, before it happens."""

    name: ClassVar[str] = "loyalty.points_expiring.v1"
    member_id: uuid.UUID
    points: int
    expires_at: datetime

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "member", self.member_id


@dataclass(frozen=True, slots=True)
class TierRisen:
    name: ClassVar[str] = "loyalty.tier_risen.v1"
    member_id: uuid.UUID
    before: str
    after: str
    tier_name: str

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "member", self.member_id


@dataclass(frozen=True, slots=True)
class TierWillFall:
    name: ClassVar[str] = "loyalty.tier_will_fall.v1"
    member_id: uuid.UUID
    tier_code: str
    tier_name: str
    falls_at: datetime
    missing: int

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "member", self.member_id


@dataclass(frozen=True, slots=True)
class TierFallen:
    name: ClassVar[str] = "loyalty.tier_fallen.v1"
    member_id: uuid.UUID
    before: str
    after: str
    tier_name: str

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "member", self.member_id


@dataclass(frozen=True, slots=True)
class BadgeWon:
    name: ClassVar[str] = "loyalty.badge_won.v1"
    member_id: uuid.UUID
    badge_code: str
    badge_name: str

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "member", self.member_id


@dataclass(frozen=True, slots=True)
class CheckedIn:
    name: ClassVar[str] = "loyalty.checked_in.v1"
    member_id: uuid.UUID
    day: str
    streak: int
    points: int

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "member", self.member_id


@dataclass(frozen=True, slots=True)
class RewardTaken:
    """Points were exchanged; whoever hands out coupons issues `coupon_code` to the member."""

    name: ClassVar[str] = "loyalty.reward_taken.v1"
    exchange_id: uuid.UUID
    reward_id: uuid.UUID
    member_id: uuid.UUID
    kind: str
    points: int
    coupon_code: str
    amount_minor: int
    currency: str

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "exchange", self.exchange_id


@dataclass(frozen=True, slots=True)
class MembershipStarted:
    name: ClassVar[str] = "loyalty.membership_started.v1"
    membership_id: uuid.UUID
    member_id: uuid.UUID
    plan_code: str
    starts_at: datetime
    ends_at: datetime

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "member", self.member_id


@dataclass(frozen=True, slots=True)
class PointsAdjusted:
    """By staff, after a second person approved."""

    name: ClassVar[str] = "loyalty.points_adjusted.v1"
    member_id: uuid.UUID
    adjustment_id: uuid.UUID
    points: int

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "member", self.member_id
