"""Values of incentives."""

import uuid
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class RuleForm:
    """`value` counts on the board; `points` and a coupon of `batch_id` go to the member."""

    fact_name: str
    member_field: str
    label: str
    points: int
    value: int
    daily_cap: int
    is_on: bool = True
    batch_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class RuleView:
    id: uuid.UUID
    form: RuleForm


@dataclass(frozen=True, slots=True)
class Counted:
    """A contribution that counts."""

    id: uuid.UUID
    member_id: uuid.UUID
    label: str
    points: int
    batch_id: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class TodayRow:
    """A rule that is on, and how often it has counted for somebody on this day of the shop."""

    fact_name: str
    label: str
    points: int
    value: int
    counted: int
    daily_cap: int


@dataclass(frozen=True, slots=True)
class OwnStanding:
    """`place` is None for who is not on the board; `score` in hundredths."""

    place: int | None
    score: int
    contributions: int
    thanks_left: int
    today: tuple[TodayRow, ...]


@dataclass(frozen=True, slots=True)
class BoardRow:
    """`score` in hundredths."""

    member_id: uuid.UUID
    score: int
    contributions: int
    last_at: datetime
