"""Pictures afterwards: added by who was there, taken back by who added them, hidden and shown by moderation."""

import uuid

from jishi.kernel import clock, ids
from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.modules.events import rules
from jishi.modules.events.errors import TooManyPhotos
from jishi.modules.events.facts import PhotoAdded
from jishi.modules.events.models import Event, Photo, Place
from jishi.modules.events.queries.photos import photo_view
from jishi.modules.events.types import EventState, PhotoState, PhotoView, PlaceState
from jishi.platform import history, locks
from jishi.platform.facts import record_fact
from jishi.platform.transactions import in_transaction


@in_transaction
def add_photo(
    event_id: uuid.UUID,
    media_id: uuid.UUID,
    *,
    by: Actor,
    caption: str = "",
    is_host: bool = False,
    state: PhotoState = PhotoState.SHOWN,
) -> PhotoView:
    """The flow has let the actor see the event, screened the caption and taken the picture into use.

    Raises NotFound, TooEarlyForPhotos, NotThere, TooManyPhotos.
    """
    member_id = by.require_member()
    locks.lock_name(f"event_photos:{event_id}:{member_id}")
    event = Event.objects.filter(id=event_id).first()
    if event is None:
        raise NotFound()
    place = Place.objects.filter(event=event, member_id=member_id).values_list("state", flat=True).first()
    rules.check_photo(
        EventState(event.state),
        place=PlaceState(place) if place else None,
        is_online=event.is_online,
        is_host=is_host,
        ends_at=event.ends_at,
        now=clock.now(),
    )
    own = Photo.objects.filter(event=event, member_id=member_id).exclude(state=PhotoState.REMOVED.value)
    if own.count() >= rules.PHOTOS_PER_PERSON:
        raise TooManyPhotos(limit=rules.PHOTOS_PER_PERSON)
    row = Photo.objects.create(
        id=ids.new_id(),
        event=event,
        member_id=member_id,
        media_id=media_id,
        caption=" ".join(caption.split())[: rules.CAPTION_LENGTH_MAX],
        state=state.value,
        at=clock.now(),
    )
    if state is PhotoState.SHOWN:
        record_fact(PhotoAdded(event_id, row.id, member_id), by=by)
    return photo_view(row.id)


@in_transaction
def remove_photo(photo_id: uuid.UUID, *, by: Actor) -> uuid.UUID:
    """One's own; returns the media that nothing shows any more. Raises NotFound."""
    row = locks.lock_one(Photo, photo_id)
    if not by.owns(row.member_id) or row.state == PhotoState.REMOVED.value:
        raise NotFound()
    _move(row, PhotoState.REMOVED, verb="remove", by=by)
    return row.media_id


@in_transaction
def hide_photo(photo_id: uuid.UUID, *, by: Actor, reason: str = "") -> None:
    """For moderation. Hiding what is hidden changes nothing. Raises NotFound for what its owner removed."""
    by.require("moderation.decide")
    row = _present(photo_id)
    if row.state != PhotoState.HIDDEN.value:
        _move(row, PhotoState.HIDDEN, verb="hide", by=by, note=reason)


@in_transaction
def show_photo(photo_id: uuid.UUID, *, by: Actor) -> None:
    """For moderation. Raises NotFound."""
    by.require("moderation.decide")
    row = _present(photo_id)
    if row.state == PhotoState.SHOWN.value:
        return
    if row.state == PhotoState.WAITING.value:
        record_fact(PhotoAdded(row.event_id, row.id, row.member_id), by=by)
    _move(row, PhotoState.SHOWN, verb="show", by=by)


def _present(photo_id: uuid.UUID) -> Photo:
    row = locks.lock_one(Photo, photo_id)
    if row.state == PhotoState.REMOVED.value:
        raise NotFound()
    return row


def _move(row: Photo, state: PhotoState, *, verb: str, by: Actor, note: str = "") -> None:
    before, row.state = row.state, state.value
    row.save(update_fields=["state"])
    history.record_step(
        subject=("event_photo", row.id), verb=verb, by=by, before=before, after=row.state, note=note[:400]
    )
