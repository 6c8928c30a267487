"""What happens in group buying."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class OfferPublished:
    name: ClassVar[str] = "group_buy.offer_published.v1"
    offer_id: uuid.UUID
    product_id: uuid.UUID

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "group_offer", self.offer_id


@dataclass(frozen=True, slots=True)
class OfferClosed:
    name: ClassVar[str] = "group_buy.offer_closed.v1"
    offer_id: uuid.UUID

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "group_offer", self.offer_id


@dataclass(frozen=True, slots=True)
class TeamFormed:
    """Its first member has paid: others may join until the deadline."""

    name: ClassVar[str] = "group_buy.team_formed.v1"
    team_id: uuid.UUID
    offer_id: uuid.UUID
    leader_id: uuid.UUID

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "team", self.team_id


@dataclass(frozen=True, slots=True)
class SeatPaid:
    name: ClassVar[str] = "group_buy.seat_paid.v1"
    team_id: uuid.UUID
    member_id: uuid.UUID
    order_id: uuid.UUID
    missing_count: int

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "team", self.team_id


@dataclass(frozen=True, slots=True)
class TeamSucceeded:
    name: ClassVar[str] = "group_buy.team_succeeded.v1"
    team_id: uuid.UUID
    offer_id: uuid.UUID
    member_ids: tuple[uuid.UUID, ...]
    is_merchant_completed: bool
    leader_id: uuid.UUID | None = None
    leader_points: int = 0

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "team", self.team_id


@dataclass(frozen=True, slots=True)
class TeamFailed:
    name: ClassVar[str] = "group_buy.team_failed.v1"
    team_id: uuid.UUID
    offer_id: uuid.UUID
    paid_order_ids: tuple[uuid.UUID, ...]

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "team", self.team_id


@dataclass(frozen=True, slots=True)
class TeamNearlyFull:
    """Little is missing: its people may want to tell a friend."""

    name: ClassVar[str] = "group_buy.team_nearly_full.v1"
    team_id: uuid.UUID
    offer_id: uuid.UUID
    member_ids: tuple[uuid.UUID, ...]
    missing_count: int
    deadline: datetime

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "team", self.team_id
