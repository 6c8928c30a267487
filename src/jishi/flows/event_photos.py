"""Pictures after an event, across rooms: seen by whom the event is for, moderated like other content, files following."""

import uuid
from collections.abc import Sequence

from jishi.flows.community_pictures import drop_pictures, take_pictures
from jishi.flows.meetings import event_for
from jishi.flows.screening import put_in_the_queue, screen
from jishi.kernel.actor import SYSTEM, Actor
from jishi.kernel.errors import NotFound
from jishi.modules.community.public import Openness, community_view, membership_of
from jishi.modules.events.public import (
    EventView,
    PhotoState,
    PhotoView,
    add_photo,
    hide_photo,
    photo_view,
    photos_by,
    photos_of_community,
    remove_photo,
    show_photo,
)
from jishi.modules.guard.public import ItemView, NewItem, hidden_authors
from jishi.modules.media.public import private_path, publish_media, withdraw_media
from jishi.platform.transactions import in_transaction

EVENT_PHOTO = "event_photo"
PAGE, PAGES_MAX = 200, 100


def is_host(event: EventView, *, by: Actor) -> bool:
    """The shop's staff for events, and the moderators of its community; one query at most."""
    if by.may("community.edit"):
        return True
    community_id = event.form.community_id
    own = membership_of(community_id, by.id if by.is_member else None) if community_id else None
    return own is not None and own.may_moderate


@in_transaction
def add_event_photos(
    event_id: uuid.UUID, media_ids: Sequence[uuid.UUID], *, by: Actor, caption: str = ""
) -> list[PhotoView]:
    """Own pictures go to the event's page, all or none; with doubtful words they wait.

    Raises NotFound, TooEarlyForPhotos, NotThere, TooManyPhotos, MediaInUse, and what screening refuses.
    """
    member_id = by.require_member()
    event = event_for(event_id, by=by)
    hosts = is_host(event, by=by)
    screened = screen(EVENT_PHOTO, caption, author_id=member_id, community_id=event.form.community_id)
    state = PhotoState.WAITING if screened.waits else PhotoState.SHOWN
    take_pictures(media_ids, by=by)
    added = []
    for media_id in media_ids:
        photo = add_photo(event_id, media_id, by=by, caption=caption, is_host=hosts, state=state)
        put_in_the_queue(screened, _item(photo, event))
        added.append(photo)
    _settle(added)
    return added


@in_transaction
def take_photo_back(photo_id: uuid.UUID, *, by: Actor) -> None:
    """One's own goes for good, with its file. Raises NotFound."""
    drop_pictures([remove_photo(photo_id, by=by)])


def photo_for(photo_id: uuid.UUID, *, by: Actor) -> PhotoView:
    """Shown ones for who may see the event, one's own that waits, all but removed ones for moderators. Raises NotFound."""
    found = photo_view(photo_id)
    event_for(found.event_id, by=by)
    if found.state is not PhotoState.REMOVED and by.may("moderation.view"):
        return found
    if by.owns(found.member_id):
        is_seen = found.state in (PhotoState.SHOWN, PhotoState.WAITING)
    else:
        is_hidden = bool(_hidden([found]))
        is_seen = found.state is PhotoState.SHOWN and not is_hidden
    if not is_seen:
        raise NotFound()
    return found


def photo_path(photo_id: uuid.UUID, *, name: str, by: Actor) -> str:
    """Where the file lies, for who may see it. Raises NotFound."""
    return private_path(photo_for(photo_id, by=by).media_id, name=name, by=SYSTEM)


def settle_photos_of_community(community_id: uuid.UUID) -> None:
    """After a community opened or closed its door: the photos of all its events."""
    after: uuid.UUID | None = None
    for _ in range(PAGES_MAX):
        found = photos_of_community(community_id, after=after, limit=PAGE)
        _settle(found)
        if len(found) < PAGE:
            return
        after = found[-1].id


def settle_photos_by(member_id: uuid.UUID) -> None:
    """After moderation hid a member, or does so no longer: their photos, whatever the event."""
    after: uuid.UUID | None = None
    while found := photos_by(member_id, after=after, limit=PAGE):
        for community_id in {one.community_id for one in found}:
            _settle([one for one in found if one.community_id == community_id])
        after = found[-1].id


def photo_item(photo_id: uuid.UUID, by: Actor) -> NewItem:
    found = photo_for(photo_id, by=by)
    return _item(found, event_for(found.event_id, by=by))


def hide(item: ItemView) -> None:
    hide_photo(item.subject_id, by=SYSTEM, reason=item.reason)
    _settle([photo_view(item.subject_id)])


def show(item: ItemView) -> None:
    show_photo(item.subject_id, by=SYSTEM)
    _settle([photo_view(item.subject_id)])


def _item(photo: PhotoView, event: EventView) -> NewItem:
    words = f"{event.form.title}\n{photo.caption}".strip()
    link = f"/events/{event.id}/photos/{photo.id}/"
    return NewItem(EVENT_PHOTO, photo.id, photo.member_id, words, link, event.form.community_id)


@in_transaction
def _settle(photos: Sequence[PhotoView]) -> None:
    """Files are public while the photo is shown, its author is in sight, and everybody may see its event."""
    if not photos:
        return
    community_id = photos[0].community_id  # photos come by event or by community
    is_open = community_id is None or community_view(community_id).form.openness is Openness.PUBLIC
    hidden = _hidden(photos)
    shown = [
        one.media_id
        for one in photos
        if is_open and one.state is PhotoState.SHOWN and one.member_id not in hidden
    ]
    publish_media(shown)
    withdraw_media(one.media_id for one in photos if one.media_id not in shown)


def _hidden(photos: Sequence[PhotoView]) -> set[uuid.UUID]:
    """Those of their authors whom moderation hides; the photos are of one community, or of none. One query."""
    return hidden_authors([one.member_id for one in photos], community_id=photos[0].community_id)
