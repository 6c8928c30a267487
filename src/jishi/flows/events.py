"""What follows from events: notices to who goes, waits or came, and the coupon afterwards."""

import uuid
from collections.abc import Collection
from zoneinfo import ZoneInfo

from django.conf import settings

from jishi.kernel.actor import SYSTEM
from jishi.kernel.fact import RecordedFact
from jishi.modules.events.public import EventView, PlaceState, event_view, people_of
from jishi.modules.messaging.public import notify
from jishi.modules.promotions.public import issue_coupon

_GOING = (PlaceState.GOING, PlaceState.ATTENDED)


def announce_place(fact: RecordedFact) -> None:
    """Who has waited goes now."""
    event = _event(fact)
    _tell(fact, event, "event_place_given", uuid.UUID(fact.payload["member_id"]))


def remind_people(fact: RecordedFact) -> None:
    _tell_all(fact, "event_soon", _GOING)


def announce_cancelled_event(fact: RecordedFact) -> None:
    _tell_all(fact, "event_cancelled", (PlaceState.GOING, PlaceState.WAITING))


def thank_who_came(fact: RecordedFact) -> None:
    """A coupon for everybody who was checked in, once however often this runs."""
    batch_id = fact.payload["coupon_batch_id"]
    if batch_id is None:
        return
    event = _event(fact)
    for place in people_of(event.id, by=SYSTEM):
        if place.state is PlaceState.ATTENDED:
            given = issue_coupon(uuid.UUID(batch_id), member_id=place.member_id, key=f"event:{event.id}")
            if given is not None:
                _tell(fact, event, "event_coupon", place.member_id, link="/me/coupons/")


def _tell_all(fact: RecordedFact, kind: str, states: Collection[PlaceState]) -> None:
    event = _event(fact)
    for place in people_of(event.id, by=SYSTEM):
        if place.state in states:
            _tell(fact, event, kind, place.member_id)


def _tell(fact: RecordedFact, event: EventView, kind: str, member_id: uuid.UUID, *, link: str = "") -> None:
    begins = event.form.starts_at.astimezone(ZoneInfo(settings.TIME_ZONE))
    notify(
        member_id=member_id,
        kind=kind,
        key=f"{fact.id}:{member_id}",
        facts={"title": event.form.title, "at": f"{begins:%m-%d %H:%M}"},
        link=link or f"/events/{event.id}/",
    )


def _event(fact: RecordedFact) -> EventView:
    return event_view(uuid.UUID(fact.payload["event_id"]), by=SYSTEM)
