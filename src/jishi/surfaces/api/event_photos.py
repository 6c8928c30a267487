"""Pictures of an event, added when it is over."""

import uuid
from datetime import datetime
from typing import Any

from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema, Status

from jishi.flows.event_photos import add_event_photos, photo_for, photo_path, take_photo_back
from jishi.flows.meetings import event_for
from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.modules.events.public import (
    CAPTION_LENGTH_MAX,
    PHOTOS_PER_PERSON,
    PhotoState,
    PhotoView,
    photos_of,
)
from jishi.modules.media.public import MediaView, media_by_ids
from jishi.modules.people.public import people_by_ids
from jishi.platform.files import read_private
from jishi.platform.http import actor_of, anyone, scopes
from jishi.surfaces.api.common import PREFIX, PersonOut

ROWS_MAX = 200
router = Router(tags=["events"])


class MeetingPhotoOut(Schema):
    id: uuid.UUID
    author: PersonOut | None
    caption: str
    picture: str
    width: int
    height: int
    state: PhotoState
    at: datetime


class MeetingPhotosIn(Schema):
    """`media_ids`: pictures of yours from `/me/media`, with one caption for all of them."""

    media_ids: list[uuid.UUID] = Field(min_length=1, max_length=PHOTOS_PER_PERSON)
    caption: str = Field("", max_length=CAPTION_LENGTH_MAX)


@router.get(
    "/events/{uuid:event_id}/photos",
    response=list[MeetingPhotoOut],
    summary="Pictures of an event, in the order they came",
    openapi_extra=anyone(),
)
def list_photos_of_meeting(request: HttpRequest, event_id: uuid.UUID) -> Any:
    actor = actor_of(request)
    event_for(event_id, by=actor)
    return _photos(photos_of(event_id, by=actor, limit=ROWS_MAX))


@router.post(
    "/events/{uuid:event_id}/photos",
    response={201: list[MeetingPhotoOut]},
    summary="Add your pictures of an event that is over",
    openapi_extra=scopes("shop.write"),
)
def add_photos_of_meeting(request: HttpRequest, event_id: uuid.UUID, body: MeetingPhotosIn) -> Any:
    """For who was checked in, who had a place online, and the hosts; nine a person."""
    actor = actor_of(request)
    actor.require_member()
    wanted = list(dict.fromkeys(body.media_ids))
    return Status(201, _photos(add_event_photos(event_id, wanted, by=actor, caption=body.caption)))


@router.delete(
    "/events/{uuid:event_id}/photos/{uuid:photo_id}",
    response={204: None},
    summary="Take your picture back",
    openapi_extra=scopes("shop.write"),
)
def remove_photo_of_meeting(request: HttpRequest, event_id: uuid.UUID, photo_id: uuid.UUID) -> Any:
    actor = actor_of(request)
    actor.require_member()
    _photo(event_id, photo_id, by=actor)
    take_photo_back(photo_id, by=actor)
    return Status(204, None)


@router.get(
    "/events/{uuid:event_id}/photos/{uuid:photo_id}/picture",
    summary="A picture of an event that you may see, as WebP",
    openapi_extra=anyone(),
)
def get_photo_of_meeting(request: HttpRequest, event_id: uuid.UUID, photo_id: uuid.UUID) -> HttpResponse:
    """The largest there is. Pictures for everybody have addresses of the storage in `picture`, which are faster."""
    actor = actor_of(request)
    media_id = _photo(event_id, photo_id, by=actor).media_id
    media = media_by_ids([media_id]).get(media_id)
    if media is None or media.large is None:
        raise NotFound()
    path = photo_path(photo_id, name=str(media.renditions.index(media.large)), by=actor)
    try:
        content = read_private(path)
    except FileNotFoundError as error:
        raise NotFound() from error
    return HttpResponse(content, content_type="image/webp", headers={"Cache-Control": "private, no-store"})


def _photo(event_id: uuid.UUID, photo_id: uuid.UUID, *, by: Actor) -> PhotoView:
    found = photo_for(photo_id, by=by)
    if found.event_id != event_id:
        raise NotFound()
    return found


def _photos(rows: list[PhotoView]) -> list[dict[str, Any]]:
    people = people_by_ids(row.member_id for row in rows)
    media = media_by_ids(row.media_id for row in rows)
    return [
        {
            "id": row.id,
            "author": people.get(row.member_id),
            "caption": row.caption,
            "picture": _address(row, media[row.media_id]),
            "width": media[row.media_id].width,
            "height": media[row.media_id].height,
            "state": row.state,
            "at": row.at,
        }
        for row in rows
        if row.media_id in media
    ]


def _address(row: PhotoView, media: MediaView) -> str:
    if not media.is_public or media.large is None:
        return f"{PREFIX}/events/{row.event_id}/photos/{row.id}/picture"
    return default_storage.url(media.large.path)
