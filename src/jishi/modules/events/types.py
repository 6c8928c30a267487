"""Values of events."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class EventState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    CANCELLED = "cancelled"
    ENDED = "ended"


class PlaceState(StrEnum):
    GOING = "going"
    WAITING = "waiting"
    CANCELLED = "cancelled"
    ATTENDED = "attended"


class PhotoState(StrEnum):
    SHOWN = "shown"
    WAITING = "waiting"  # for a moderator, before anybody else has seen it
    HIDDEN = "hidden"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class EventForm:
    """`place` for on-site events, `join_link` for online ones; `coupon_batch_id` goes to who came."""

    title: str
    text: str
    is_online: bool
    place: str
    join_link: str
    starts_at: datetime
    ends_at: datetime
    capacity: int
    remind_hours: int = 24
    coupon_batch_id: uuid.UUID | None = None
    community_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class EventView:
    id: uuid.UUID
    form: EventForm
    state: EventState
    version: int
    going: int
    waiting: int
    attended: int

    @property
    def left(self) -> int:
        return max(0, self.form.capacity - self.going)

    @property
    def is_full(self) -> bool:
        return self.left == 0


@dataclass(frozen=True, slots=True)
class PlaceView:
    """`position` is 1 for who is next, only while waiting."""

    id: uuid.UUID
    event_id: uuid.UUID
    member_id: uuid.UUID
    state: PlaceState
    asked_at: datetime
    attended_at: datetime | None
    position: int | None = None


@dataclass(frozen=True, slots=True)
class PhotoView:
    """A picture that somebody took there; `media_id` is of the room of media."""

    id: uuid.UUID
    event_id: uuid.UUID
    community_id: uuid.UUID | None
    member_id: uuid.UUID
    media_id: uuid.UUID
    caption: str
    state: PhotoState
    at: datetime
