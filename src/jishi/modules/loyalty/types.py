"""Values of loyalty. Points are whole numbers; rates are basis points (10,000 = 1×)."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class LotState(StrEnum):
    PENDING = "pending"  # promised: waits for receipt and the return window
    ACTIVE = "active"


class SpendingState(StrEnum):
    HELD = "held"  # set aside for an order that is not paid
    KEPT = "kept"
    RELEASED = "released"


class EntryKind(StrEnum):
    PROMISE = "promise"  # earned, pending
    EARN = "earn"  # earned, spendable at once
    RELEASE = "release"  # pending → spendable
    SPEND = "spend"
    GIVE_BACK = "give_back"  # a spending was released or refunded: into the same lot
    EXPIRE = "expire"
    WITHDRAW = "withdraw"  # a pending promise is taken back
    TAKE_BACK = "take_back"  # spendable points are taken back
    OWE = "owe"  # taken back beyond what is there: a debt
    COVER = "cover"  # new points fill a debt


class ReturnPolicy(StrEnum):
    """What happens to points of an order that is refunded."""

    PENDING_ONLY = "pending_only"
    WITHIN_BALANCE = "within_balance"
    ALLOW_NEGATIVE = "allow_negative"


class FallPolicy(StrEnum):
    """How far a member falls when the growth value is no longer enough."""

    ONE_STEP = "one_step"
    BY_VALUE = "by_value"


class DeedKind(StrEnum):
    """What members do that counts for badges and missions."""

    JOINED = "joined"
    CHECKED_IN = "checked_in"
    ORDER_PAID = "order_paid"
    ORDER_RECEIVED = "order_received"
    TEAM_COMPLETED = "team_completed"
    LINK_VISITED = "link_visited"
    REVIEWED = "reviewed"
    REWARD_TAKEN = "reward_taken"


class Cadence(StrEnum):
    DAILY = "daily"
    ONCE = "once"


class RewardKind(StrEnum):
    COUPON = "coupon"
    WALLET = "wallet"
    MEMBERSHIP = "membership"
    GOODS = "goods"


class ExchangeState(StrEnum):
    DONE = "done"
    TO_SEND = "to_send"  # goods wait for the parcel
    SENT = "sent"
    CANCELLED = "cancelled"


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
class PointTerms:
    """`points_per_unit` points are worth one unit of currency (100 minor units)."""

    points_per_unit: int
    share_basis_points_max: int
    points_step: int
    is_open: bool


@dataclass(frozen=True, slots=True)
class CheckoutCard:
    """What a checkout wants to know of a member."""

    standing: MemberStanding
    terms: PointTerms
    spendable: int


@dataclass(frozen=True, slots=True)
class Terms:
    """Everything the shop decides about points; one row of settings."""

    is_open: bool = True
    points_per_unit: int = 100
    share_basis_points_max: int = 5_000
    points_step: int = 100
    earn_per_unit: int = 1
    return_days: int = 7
    expiry_months: int = 12
    return_policy: ReturnPolicy = ReturnPolicy.WITHIN_BALANCE
    fall_policy: FallPolicy = FallPolicy.ONE_STEP
    grace_days: int = 30
    notice_days: int = 14
    check_in_points: int = 2


@dataclass(frozen=True, slots=True)
class OpenLot:
    """What choosing needs to know of a lot."""

    id: uuid.UUID
    remaining: int
    expires_at: datetime
    earned_at: datetime


@dataclass(frozen=True, slots=True)
class Part:
    """So many points of one lot."""

    lot_id: uuid.UUID
    points: int


@dataclass(frozen=True, slots=True)
class Change:
    """An entry to be written. A debt has no lot."""

    kind: EntryKind
    points: int
    lot_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Balance:
    """A member's points: `spendable` is what can be used now, `debt` what later earnings fill first."""

    spendable: int = 0
    pending: int = 0
    debt: int = 0
    earned: int = 0
    spent: int = 0
    expired: int = 0


@dataclass(frozen=True, slots=True)
class LotView:
    id: uuid.UUID
    member_id: uuid.UUID
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
    note: str


@dataclass(frozen=True, slots=True)
class EntryView:
    """A line of the statement; `change` is what it did to the spendable points, `pending_change` to the promised."""

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


@dataclass(frozen=True, slots=True)
class SpendingView:
    """Points that pay for something. `returned` went back so far, of which `returned_expired` were too old to live."""

    id: uuid.UUID
    member_id: uuid.UUID
    kind: str
    points: int
    currency_minor: int
    state: SpendingState
    returned: int
    returned_expired: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Difference:
    """A stored balance that the entries do not explain; there is never one, or there is a bug."""

    what: str  # lot, account or ledger
    id: uuid.UUID
    field: str
    stored: int
    rebuilt: int


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


@dataclass(frozen=True, slots=True)
class MonthLine:
    """What expires in a month (its first day); None: promised, without a date yet."""

    month: date | None
    lots: int
    members: int
    points: int


@dataclass(frozen=True, slots=True)
class Liability:
    spendable: int
    pending: int
    held: int
    debt: int
    earned: int
    spent: int
    returned: int
    expired: int
    taken_back: int
    breakage_basis_points: int
    value_minor: int
    by_month: tuple[MonthLine, ...]
