"""What happens at events."""

import uuid
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class _OfEvent:
    event_id: uuid.UUID

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "event", self.event_id


@dataclass(frozen=True, slots=True)
class EventPublished(_OfEvent):
    name: ClassVar[str] = "events.event_published.v1"
    community_id: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class EventCancelled(_OfEvent):
    name: ClassVar[str] = "events.event_cancelled.v1"


@dataclass(frozen=True, slots=True)
class EventEnded(_OfEvent):
    name: ClassVar[str] = "events.event_ended.v1"
    coupon_batch_id: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class ReminderDue(_OfEvent):
    name: ClassVar[str] = "events.reminder_due.v1"


@dataclass(frozen=True, slots=True)
class PlaceTaken(_OfEvent):
    name: ClassVar[str] = "events.place_taken.v1"
    member_id: uuid.UUID
    is_waiting: bool


@dataclass(frozen=True, slots=True)
class PlaceGiven(_OfEvent):
    """Who has waited goes now."""

    name: ClassVar[str] = "events.place_given.v1"
    member_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class PlaceCancelled(_OfEvent):
    name: ClassVar[str] = "events.place_cancelled.v1"
    member_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class MemberAttended(_OfEvent):
    name: ClassVar[str] = "events.member_attended.v1"
    member_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class PhotoAdded(_OfEvent):
    """Seen by everybody who may see the event; not recorded for what waits."""

    name: ClassVar[str] = "events.photo_added.v1"
    photo_id: uuid.UUID
    member_id: uuid.UUID
