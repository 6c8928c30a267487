"""Reading media."""

import json
import uuid
from collections.abc import Iterable
from typing import Any

from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.modules.media.models import Media
from jishi.modules.media.types import MediaKind, MediaState, MediaView, Rendition
from jishi.platform.reads import rows_of

ROWS_MAX = 1_000


def media_by_ids(media_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, MediaView]:
    """One query, none for nothing."""
    wanted = list(dict.fromkeys(media_ids))[:ROWS_MAX]
    if not wanted:
        return {}
    return {row[0]: _view(*row) for row in rows_of(_VIEWS, [wanted])}


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
    return _view(*(getattr(row, name) for name in _COLUMNS))


def _view(
    media_id: uuid.UUID, kind: str, state: str, renditions: str | list[list[Any]], *rest: Any
) -> MediaView:
    """`renditions` comes from the driver as JSON and from a row as lists; `rest` are the columns that stay as they are."""
    files = json.loads(renditions) if isinstance(renditions, str) else renditions
    kept = dict(zip(_COLUMNS[4:], rest, strict=True))
    return MediaView(
        id=media_id,
        kind=MediaKind(kind),
        state=MediaState(state),
        renditions=tuple(Rendition(*one) for one in files),
        **kept,
    )


_COLUMNS = (
    *("id", "kind", "state", "renditions", "owner_id", "width", "height", "colour", "video_path"),
    *("duration_ms", "is_public", "failure"),
)
_VIEWS = f"SELECT {', '.join(_COLUMNS)} FROM media_media WHERE id = ANY(%s)"
