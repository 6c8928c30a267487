"""Values of bargaining 砍价."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class BargainState(StrEnum):
    RUNNING = "running"
    ORDERED = "ordered"  # an order waits for its payment
    BOUGHT = "bought"
    EXPIRED = "expired"
    REFUNDED = "refunded"


@dataclass(frozen=True, slots=True)
class BargainTerms:
    """What an operator decides besides the head. Money in minor units, `first_cut_bps` in basis points."""

    product_id: uuid.UUID
    variant_id: uuid.UUID
    floor_minor: int
    helpers: int
    units: int
    hours: int = 24
    first_cut_bps: int = 3_000
    member_limit: int = 1
    new_member_slots: int = 2
    helps_per_day: int = 5
    abuse_cap: int = 60
    allows_early_buy: bool = True
    helper_batch_id: uuid.UUID | None = None  # coupons that helpers get


@dataclass(frozen=True, slots=True)
class HelpView:
    helper_id: uuid.UUID
    amount_minor: int
    slot_from: int
    slots: int
    is_new_member: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class BargainView:
    """One bargain. `seed` and `cuts` are empty until it has ended: before, only the commitment is told."""

    id: uuid.UUID
    offer_id: uuid.UUID
    product_id: uuid.UUID
    variant_id: uuid.UUID
    member_id: uuid.UUID
    state: BargainState
    start_minor: int
    floor_minor: int
    cut_minor: int
    own_cut_minor: int
    own_slots: int
    slots: int
    slots_taken: int
    first_cut_bps: int
    launched_at: datetime
    deadline: datetime
    commitment: str
    order_id: uuid.UUID | None
    allows_early_buy: bool
    seed: str = ""
    cuts: tuple[int, ...] = ()
    helps: tuple[HelpView, ...] = ()

    @property
    def price_minor(self) -> int:
        return self.start_minor - self.cut_minor

    @property
    def slots_left(self) -> int:
        return self.slots - self.slots_taken

    @property
    def is_at_floor(self) -> bool:
        return self.slots_taken == self.slots

    @property
    def percent(self) -> int:
        whole = self.start_minor - self.floor_minor
        return self.cut_minor * 100 // whole if whole else 100

    @property
    def may_be_bought(self) -> bool:
        return self.state is BargainState.RUNNING and (self.allows_early_buy or self.is_at_floor)


@dataclass(frozen=True, slots=True)
class Signals:
    """What is known about somebody who wants to help."""

    is_launchers_device: bool = False
    is_known_device: bool = False
    helpers_of_address: int = 0
    account_age_minutes: int = 10_000
    mutual_helps: int = 0


@dataclass(frozen=True, slots=True)
class Score:
    points: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """Where a request comes from: the browser's visitor id and a keyed hash of its network."""

    visitor_id: uuid.UUID | None = None
    address_mark: str = ""


@dataclass(frozen=True, slots=True)
class OfferCounts:
    """How the bargains of an offer stand."""

    running: int = 0
    at_floor: int = 0
    ordered: int = 0
    bought: int = 0
    expired: int = 0
    helps: int = 0
    helpers: int = 0
    new_helpers: int = 0
    refused: int = 0
    given_minor: int = 0

    @property
    def launched(self) -> int:
        return self.running + self.ordered + self.bought + self.expired


@dataclass(frozen=True, slots=True)
class Forecast:
    """What an offer may cost. `is_own_data`: from the shop's ended bargains, else from stated assumptions."""

    most_minor: int
    expected_minor: int
    buy_rate_bps: int
    mean_discount_bps: int
    helper_count: int
    cost_per_helper_minor: int
    is_own_data: bool
