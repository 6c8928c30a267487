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


class Audience(StrEnum):
    """Who may sit in a team of an offer. The leader of `new_joiners` may be anybody: 老带新."""

    EVERYONE = "everyone"
    NEW_JOINERS = "new_joiners"  # whoever joins has never bought here
    NEW_MEMBERS = "new_members"  # nobody in the team has ever bought here
    BOUGHT_BEFORE = "bought_before"  # a thank-you for members who have


class LeaderBenefit(StrEnum):
    """What whoever opened the team gets."""

    DISCOUNT = "discount"  # so much less at once (`leader_discount_minor`, 0: nothing)
    FREE = "free"  # the goods for nothing: their price goes back when the team succeeds
    POINTS = "points"  # told in the fact team_succeeded; the loyalty room credits them


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
class Tier:
    """From `size` paid seats on, every unit costs `off_minor` less; the difference goes back when the team ends."""

    size: int
    off_minor: int


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
    tiers: tuple[Tier, ...] = ()
    leader_benefit: LeaderBenefit = LeaderBenefit.DISCOUNT
    leader_points: int = 0
    audience: Audience = Audience.EVERYONE
    community_id: uuid.UUID | None = None

    @property
    def capacity(self) -> int:
        """Seats of a team: the size of its highest tier."""
        return max((tier.size for tier in self.tiers), default=self.team_size)

    @property
    def most_off_minor(self) -> int:
        return max((tier.off_minor for tier in self.tiers), default=0)

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
    capacity: int = 0
    reserved_count: int = 0  # seats kept for a friend of somebody who sits here

    @property
    def paid_count(self) -> int:
        return sum(1 for seat in self.seats if seat.state is SeatState.PAID)

    @property
    def missing_count(self) -> int:
        """Seats that must still be paid for; a held seat may still come back."""
        return max(0, self.size - self.paid_count)

    @property
    def seat_count(self) -> int:
        """All its seats: those it needs, and those that make it cheaper."""
        return max(self.size, self.capacity)

    @property
    def free_count(self) -> int:
        """Seats that anybody may take."""
        return self.seat_count - len(self.seats) - self.reserved_count

    @property
    def is_assured(self) -> bool:
        """Enough have paid: it will succeed, and more people may make it cheaper still."""
        return self.state is TeamState.FORMING and self.missing_count == 0


@dataclass(frozen=True, slots=True)
class SeatTaken:
    """A seat is held for a member until `expires_at`."""

    team_id: uuid.UUID
    seat_no: int
    is_leader: bool
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class PaidSeat:
    """What counts at the end of a team."""

    order_id: uuid.UUID
    quantity: int
    is_leader: bool


@dataclass(frozen=True, slots=True)
class PriceCut:
    """What goes back to an order because of how its team ended; None: the whole price of its goods."""

    order_id: uuid.UUID
    amount_minor: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a payment did. `ready_order_ids` are orders whose team is now complete, this one among them."""

    landing: Landing
    team_id: uuid.UUID | None
    ready_order_ids: tuple[uuid.UUID, ...] = ()
    price_cuts: tuple[PriceCut, ...] = ()


@dataclass(frozen=True, slots=True)
class TeamEnd:
    """How a team ended: orders that may ship with what goes back to them, or orders to refund whole."""

    ready_order_ids: tuple[uuid.UUID, ...] = ()
    price_cuts: tuple[PriceCut, ...] = ()
    failed_order_ids: tuple[uuid.UUID, ...] = ()
