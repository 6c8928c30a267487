"""Values of points. Points are whole numbers; rates are basis points (10,000 = 1×)."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from jishi.modules.loyalty.types.enums import EntryKind, FallPolicy, LotState, ReturnPolicy, SpendingState
from jishi.modules.loyalty.types.standing import MemberStanding


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
