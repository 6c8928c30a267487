"""Values of sharing and attribution."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class TargetKind(StrEnum):
    SHOP = "shop"
    PRODUCT = "product"
    TEAM = "team"
    BARGAIN = "bargain"
    PACKET = "packet"
    DRAW = "draw"
    NOTE = "note"


class Channel(StrEnum):
    LINK = "link"
    POSTER = "poster"
    NATIVE = "native"


class Reason(StrEnum):
    """Why a line is credited to somebody, or to nobody."""

    LAST_SHARE = "last_share"  # the latest link of a person within the window
    TEAM_SHARE = "team_share"  # a link to the very team that was joined
    NOTE = "note"  # goods tapped on a person's note
    LAST_SOURCE = "last_source"  # no person, but a named source
    DIRECT = "direct"  # nobody and nothing in the window
    OWN_LINK = "own_link"  # only the buyer's own links: nobody is credited


@dataclass(frozen=True, slots=True)
class LinkView:
    id: uuid.UUID
    code: str
    member_id: uuid.UUID
    target_kind: TargetKind
    target_id: uuid.UUID | None
    channel: Channel
    created_at: datetime


@dataclass(frozen=True, slots=True)
class TouchView:
    id: uuid.UUID
    at: datetime
    sharer_id: uuid.UUID | None
    link_id: uuid.UUID | None
    source: str
    target_kind: str
    target_id: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who brought a buyer, with the touch that says so."""

    sharer_id: uuid.UUID | None
    link_id: uuid.UUID | None
    touch_id: uuid.UUID | None
    source: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class NewCredit:
    order_line_id: uuid.UUID
    order_id: uuid.UUID
    buyer_id: uuid.UUID
    sharer_id: uuid.UUID
    link_id: uuid.UUID | None
    touch_id: uuid.UUID | None
    source: str
    reason: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class TargetFigures:
    """What came of touches of one thing: orders, what was paid for them, and what went back."""

    target_id: uuid.UUID
    order_count: int
    amount_minor: int
    reversed_minor: int


@dataclass(frozen=True, slots=True)
class SharerFigures:
    """What a person's sharing brought in a period."""

    sharer_id: uuid.UUID
    visitor_count: int
    order_count: int
    member_count: int
    amount_minor: int
    reversed_minor: int

    @property
    def net_minor(self) -> int:
        return self.amount_minor - self.reversed_minor
