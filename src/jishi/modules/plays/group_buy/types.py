"""Values of group buying 拼团."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class OfferState(StrEnum):
    DRAFT = "draft"
    SCHEDULED = "scheduled"
    OPEN = "open"
    CLOSING = "closing"  # no new teams; forming teams run to their end
    SETTLED = "settled"


class TeamState(StrEnum):
    OPENING = "opening"  # its first member has not paid yet
    FORMING = "forming"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    VOID = "void"  # its first member never paid


class SeatState(StrEnum):
    HELD = "held"
    PAID = "paid"
    RELEASED = "released"


class LateChoice(StrEnum):
    """What a buyer wants if their payment arrives when the seat or the team is gone."""

    OTHER_TEAM = "other_team"  # an open team of the same offer, else a new one, else refund
    NEW_TEAM = "new_team"  # open one of their own, else refund
    REFUND = "refund"


class Landing(StrEnum):
    """Where a payment ended."""

    SEATED = "seated"
    COMPLETED = "completed"  # seated, and the team is full
    MOVED = "moved"  # late: into another team
    REOPENED = "reopened"  # late: into a team of their own
    REFUND = "refund"
    ALREADY = "already"


@dataclass(frozen=True, slots=True)
class OfferPriceView:
    variant_id: uuid.UUID
    price_minor: int


@dataclass(frozen=True, slots=True)
class OfferView:
    id: uuid.UUID
    product_id: uuid.UUID
    name: str
    state: OfferState
    team_size: int
    team_hours: int
    member_limit: int
    leader_discount_minor: int
    budget_minor: int | None
    opens_at: datetime
    closes_at: datetime
    allows_merchant_completion: bool
    prices: tuple[OfferPriceView, ...]
    created_at: datetime

    def price_of(self, variant_id: uuid.UUID) -> int | None:
        return next((price.price_minor for price in self.prices if price.variant_id == variant_id), None)

    @property
    def min_price_minor(self) -> int:
        return min((price.price_minor for price in self.prices), default=0)


@dataclass(frozen=True, slots=True)
class SeatView:
    seat_no: int
    member_id: uuid.UUID
    order_id: uuid.UUID
    state: SeatState
    is_leader: bool
    joined_at: datetime


@dataclass(frozen=True, slots=True)
class TeamView:
    id: uuid.UUID
    offer_id: uuid.UUID
    product_id: uuid.UUID
    leader_id: uuid.UUID
    state: TeamState
    size: int
    deadline: datetime
    opened_at: datetime
    settled_at: datetime | None
    is_merchant_completed: bool
    seats: tuple[SeatView, ...] = ()

    @property
    def paid_count(self) -> int:
        return sum(1 for seat in self.seats if seat.state is SeatState.PAID)

    @property
    def missing_count(self) -> int:
        """Seats that nobody has paid for; a held seat may still come back."""
        return self.size - self.paid_count

    @property
    def free_count(self) -> int:
        return self.size - len(self.seats)


@dataclass(frozen=True, slots=True)
class SeatTaken:
    """A seat is held for a member until `expires_at`."""

    team_id: uuid.UUID
    seat_no: int
    is_leader: bool
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a payment did. `ready_order_ids` are orders whose team is now complete, this one among them."""

    landing: Landing
    team_id: uuid.UUID | None
    ready_order_ids: tuple[uuid.UUID, ...] = ()
