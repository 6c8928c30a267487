"""Reading the pictures of events. Who may see the event, the caller has asked."""

import uuid

from django.db.models import Q

from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.modules.events.models import Photo
from jishi.modules.events.types import PhotoState, PhotoView
from jishi.modules.guard.public import in_sight

PHOTOS_MAX = 200


def photos_of(event_id: uuid.UUID, *, by: Actor, limit: int = 60) -> list[PhotoView]:
    """In the order they came: shown ones, and one's own that wait; one query."""
    seen = Q(state=PhotoState.SHOWN.value)
    if by.is_member:
        seen |= Q(state=PhotoState.WAITING.value, member_id=by.id)
    in_sight_of_all = in_sight("member_id", by=by, community="event__community_id")
    rows = (
        Photo.objects.filter(seen, in_sight_of_all, event_id=event_id)
        .select_related("event")
        .order_by("at", "id")
    )
    return [_view(row) for row in rows[: min(limit, PHOTOS_MAX)]]


def photo_view(photo_id: uuid.UUID) -> PhotoView:
    """Whatever its state, for flows. Raises NotFound."""
    row = Photo.objects.select_related("event").filter(id=photo_id).first()
    if row is None:
        raise NotFound()
    return _view(row)


def count_own_photos(event_id: uuid.UUID, *, by: Actor) -> int:
    rows = Photo.objects.filter(event_id=event_id, member_id=by.require_member())
    return rows.exclude(state=PhotoState.REMOVED.value).count()


def photos_of_community(
    community_id: uuid.UUID, *, after: uuid.UUID | None, limit: int = PHOTOS_MAX
) -> list[PhotoView]:
    """Whatever their state, a page by id, for the flow that shows and hides files; one query."""
    rows = Photo.objects.filter(event__community_id=community_id).exclude(state=PhotoState.REMOVED.value)
    if after is not None:
        rows = rows.filter(id__gt=after)
    return [_view(row) for row in rows.select_related("event").order_by("id")[: min(limit, PHOTOS_MAX)]]


def photos_by(member_id: uuid.UUID, *, after: uuid.UUID | None, limit: int = PHOTOS_MAX) -> list[PhotoView]:
    """The same of a member, of whatever event."""
    rows = Photo.objects.filter(member_id=member_id).exclude(state=PhotoState.REMOVED.value)
    if after is not None:
        rows = rows.filter(id__gt=after)
    return [_view(row) for row in rows.select_related("event").order_by("id")[: min(limit, PHOTOS_MAX)]]


def _view(row: Photo) -> PhotoView:
    return PhotoView(
        id=row.id,
        event_id=row.event_id,
        community_id=row.event.community_id,
        member_id=row.member_id,
        media_id=row.media_id,
        caption=row.caption,
        state=PhotoState(row.state),
        at=row.at,
    )
