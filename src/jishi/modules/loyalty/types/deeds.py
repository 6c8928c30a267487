"""Values of check-ins, badges, missions and rewards."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from jishi.modules.loyalty.types.enums import Cadence, DeedKind, ExchangeState, RewardKind


@dataclass(frozen=True, slots=True)
class BadgeTerms:
    code: str
    name: str
    hint: str
    deed: DeedKind
    threshold: int
    mark: str = "★"
    is_open: bool = True


@dataclass(frozen=True, slots=True)
class BadgeView:
    """A badge and how far one member is; `won_at` is there once it has been won."""

    id: uuid.UUID
    terms: BadgeTerms
    count: int = 0
    won_at: datetime | None = None
    holders: int = 0


@dataclass(frozen=True, slots=True)
class MissionTerms:
    code: str
    name: str
    hint: str
    deed: DeedKind
    goal: int
    cadence: Cadence
    points: int
    badge_code: str = ""
    link: str = ""
    is_open: bool = True


@dataclass(frozen=True, slots=True)
class MissionView:
    id: uuid.UUID
    terms: MissionTerms
    count: int = 0
    is_taken: bool = False
    taken: int = 0

    @property
    def is_finished(self) -> bool:
        return self.count >= self.terms.goal

    @property
    def is_takeable(self) -> bool:
        return self.is_finished and not self.is_taken


@dataclass(frozen=True, slots=True)
class CheckInDay:
    """A day of the streak's card."""

    number: int
    points: int
    is_done: bool
    is_today: bool


@dataclass(frozen=True, slots=True)
class CheckInCard:
    streak: int
    is_done_today: bool
    today_points: int
    days: tuple[CheckInDay, ...]
    total_days: int


@dataclass(frozen=True, slots=True)
class CheckInResult:
    day: date
    streak: int
    points: int


@dataclass(frozen=True, slots=True)
class RewardTerms:
    """`stock` None: as many as are asked for. `amount_minor` is the credit, `days` the membership's length."""

    name: str
    kind: RewardKind
    points: int
    text: str = ""
    stock: int | None = None
    member_limit: int = 0  # 0: no limit
    coupon_code: str = ""
    amount_minor: int = 0
    currency: str = "CNY"
    plan_code: str = ""
    days: int = 0
    is_open: bool = True


@dataclass(frozen=True, slots=True)
class RewardView:
    id: uuid.UUID
    terms: RewardTerms
    taken: int
    own_count: int = 0

    @property
    def left(self) -> int | None:
        return None if self.terms.stock is None else max(0, self.terms.stock - self.taken)

    @property
    def is_gone(self) -> bool:
        return self.left == 0


@dataclass(frozen=True, slots=True)
class ExchangeView:
    id: uuid.UUID
    reward_id: uuid.UUID
    member_id: uuid.UUID
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
