"""Taking a place, waiting for one, giving it back, coming."""

import uuid

from django.conf import settings
from django.db import transaction

from jishi.kernel import clock, ids
from jishi.kernel.actor import SYSTEM, Actor
from jishi.kernel.errors import NotFound
from jishi.kernel.flow import advance
from jishi.modules.events import rules
from jishi.modules.events.errors import AlreadyGoing, BadTicket, NotGoing
from jishi.modules.events.facts import MemberAttended, PlaceCancelled, PlaceGiven, PlaceTaken
from jishi.modules.events.models import Event, Place
from jishi.modules.events.queries.events import place_view
from jishi.modules.events.types import EventState, PlaceState, PlaceView
from jishi.platform import locks, rush
from jishi.platform.facts import record_fact
from jishi.platform.transactions import in_transaction

S = PlaceState


@in_transaction
def take_place(event_id: uuid.UUID, *, by: Actor) -> PlaceView:
    """Go, or wait when all places are taken. The caller has seen the event by `event_view`.

    Raises AlreadyGoing, EventOver, NotFound.
    """
    member_id = by.require_member()
    _one_at_a_time(event_id, member_id)
    event = Event.objects.filter(id=event_id).exclude(state=EventState.DRAFT.value).first()
    if event is None:
        raise NotFound()
    rules.check_open(EventState(event.state), starts_at=event.starts_at, now=clock.now())
    row = _own_row(event, member_id)
    if row.state != S.CANCELLED.value:
        raise AlreadyGoing()
    claim_id = _claim(event, member_id)
    if claim_id is None:
        # Who gives a place back holds this lock until it is given on: after it, either there is a place or one waits.
        event = lock_event(event_id)
        rules.check_open(EventState(event.state), starts_at=event.starts_at, now=clock.now())
        claim_id = _claim(event, member_id)
    row.state = advance(rules.PLACES, S.CANCELLED, "take" if claim_id else "wait").value
    row.claim_id, row.asked_at = claim_id, clock.now()
    row.save()
    record_fact(PlaceTaken(event_id, member_id, claim_id is None), by=by)
    return place_view(row)


@in_transaction
def give_place_back(event_id: uuid.UUID, *, by: Actor) -> None:
    """The place goes to who has waited longest, in this transaction. Raises NotGoing, EventOver, NotFound."""
    member_id = by.require_member()
    _one_at_a_time(event_id, member_id)
    event = lock_event(event_id)
    rules.check_open(EventState(event.state), starts_at=event.starts_at, now=clock.now())
    row = Place.objects.select_for_update().filter(event_id=event_id, member_id=member_id).first()
    if row is None or row.state not in (S.GOING.value, S.WAITING.value):
        raise NotGoing()
    claim_id = row.claim_id
    row.state, row.claim_id = advance(rules.PLACES, S(row.state), "cancel").value, None
    row.save(update_fields=["state", "claim_id"])
    record_fact(PlaceCancelled(event_id, member_id), by=by)
    if claim_id is not None:
        rush.release_claim(claim_id)
        promote_waiting(event)


def lock_event(event_id: uuid.UUID) -> Event:
    """The row, locked against other takers. Not its key: a place that is written holds the key of its event.

    Raises NotFound, Busy.
    """
    with locks.lock_timeout():
        row = Event.objects.select_for_update(no_key=True).filter(id=event_id).first()
    if row is None:
        raise NotFound()
    return row


def promote_waiting(event: Event) -> int:
    """Free places to who waits, in the order they asked; the caller holds the event's lock. Returns how many."""
    count = 0
    for row in (
        Place.objects.filter(event_id=event.id, state=S.WAITING.value).order_by("asked_at", "id").iterator()
    ):
        claim_id = _claim(event, row.member_id)
        if claim_id is None:
            break
        row.state, row.claim_id = advance(rules.PLACES, S.WAITING, "promote").value, claim_id
        row.save(update_fields=["state", "claim_id"])
        record_fact(PlaceGiven(event.id, row.member_id), by=SYSTEM)
        count += 1
    return count


def code_of(place_id: uuid.UUID) -> str:
    """What the ticket shows now."""
    return rules.ticket_code(place_id, now=clock.now(), key=settings.SECRET_KEY.encode())


@in_transaction
def check_in(place_id: uuid.UUID, *, by: Actor, code: str | None = None) -> PlaceView:
    """Somebody came: by the code they show, or from the list with `code` None. Coming twice is coming once.

    Raises NotAllowed, BadTicket, EventOver, TooEarlyToCheckIn, NotFound.
    """
    by.require("community.edit")
    now = clock.now()
    if code is not None and not rules.is_ticket_code(
        code, place_id, now=now, key=settings.SECRET_KEY.encode()
    ):
        raise BadTicket()
    row = locks.lock_one(Place, place_id)
    event = Event.objects.get(id=row.event_id)
    rules.check_check_in(EventState(event.state), starts_at=event.starts_at, ends_at=event.ends_at, now=now)
    if row.state == S.ATTENDED.value:
        return place_view(row)
    if row.state != S.GOING.value:
        raise BadTicket()
    row.state = advance(rules.PLACES, S(row.state), "check_in").value
    row.attended_at, row.checked_by = now, by.id
    row.save(update_fields=["state", "attended_at", "checked_by"])
    record_fact(MemberAttended(row.event_id, row.member_id), by=by)
    return place_view(row)


def _one_at_a_time(event_id: uuid.UUID, member_id: uuid.UUID) -> None:
    """Taking locks the place before the event, giving back the event before the place: never for one member at once."""
    locks.lock_name(f"event_place:{event_id}:{member_id}")


def _own_row(event: Event, member_id: uuid.UUID) -> Place:
    """The member's row, locked; a new one stands as cancelled until it is decided."""
    Place.objects.bulk_create(
        [Place(id=ids.new_id(), event_id=event.id, member_id=member_id, state=S.CANCELLED.value)],
        ignore_conflicts=True,
    )
    return Place.objects.select_for_update().get(event_id=event.id, member_id=member_id)


def _claim(event: Event, member_id: uuid.UUID) -> uuid.UUID | None:
    """A unit of the pool for a member; None when all are taken."""
    assert event.pool_id is not None
    try:
        with transaction.atomic():
            return rush.claim_units(pool_id=event.pool_id, member_id=member_id).claim_id
    except rush.SoldOut:
        return None
