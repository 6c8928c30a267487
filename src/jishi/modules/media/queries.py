"""Reading media."""

import uuid
from collections.abc import Iterable

from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.modules.media.models import Media
from jishi.modules.media.types import MediaKind, MediaState, MediaView, Rendition

ROWS_MAX = 1_000


def media_by_ids(media_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, MediaView]:
    """One query, none for nothing."""
    wanted = list(dict.fromkeys(media_ids))[:ROWS_MAX]
    if not wanted:
        return {}
    return {row.id: media_view(row) for row in Media.objects.filter(id__in=wanted)}


def own_media(media_ids: Iterable[uuid.UUID], *, by: Actor) -> list[MediaView]:
    """In the order asked for. Raises NotFound when one is not the actor's."""
    wanted = list(media_ids)
    found = media_by_ids(wanted)
    if any(one not in found or not by.owns(found[one].owner_id) for one in wanted):
        raise NotFound()
    return [found[one] for one in wanted]


def private_path(media_id: uuid.UUID, *, name: str, by: Actor) -> str:
    """Where a file of unpublished media lies, for its owner and for staff. `name`: video or a rendition's number."""
    found = media_by_ids([media_id]).get(media_id)
    if found is None or not (by.owns(found.owner_id) or by.may("notes.view")):
        raise NotFound()
    if name == "video" and found.video_path:
        return found.video_path
    if name.isascii() and name.isdigit() and len(name) < 3 and int(name) < len(found.renditions):
        return found.renditions[int(name)].path
    raise NotFound()


def media_view(row: Media) -> MediaView:
    return MediaView(
        id=row.id,
        owner_id=row.owner_id,
        kind=MediaKind(row.kind),
        state=MediaState(row.state),
        width=row.width,
        height=row.height,
        colour=row.colour,
        renditions=tuple(Rendition(*one) for one in row.renditions),
        video_path=row.video_path,
        duration_ms=row.duration_ms,
        is_public=row.is_public,
        failure=row.failure,
    )
