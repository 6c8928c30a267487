"""The one door between talk and stored pictures: taken into use once, public only while everybody may read the post.

Pictures of posts that wait, are hidden, or stand in a community that is not public stay private: they are read through
`picture_path`, which asks who looks.
"""

import uuid
from collections.abc import Collection, Iterable, Sequence

from jishi.kernel.actor import SYSTEM, Actor
from jishi.kernel.errors import NotFound
from jishi.modules.community.public import (
    BadPost,
    Openness,
    community_view,
    door_of,
    picture_posts_of,
    pictures_of_posts,
    readable_pictures,
    set_cover,
)
from jishi.modules.media.public import (
    MediaKind,
    MediaState,
    let_go_of_media,
    own_media,
    private_path,
    publish_media,
    store_picture,
    store_pictures,
    take_media,
    withdraw_media,
)
from jishi.platform import jobs
from jishi.platform.transactions import in_transaction

PICTURES_MAX = 9
POSTS_PER_JOB = 100
SETTLE_JOB = "flows.settle_pictures"


def keep_pictures(contents: Sequence[bytes], *, by: Actor) -> tuple[uuid.UUID, ...]:
    """Draw pictures anew and keep them privately, all or none; nothing shows them yet. Raises NotAnImage."""
    return tuple(one.id for one in store_pictures(contents[:PICTURES_MAX], by=by))


def take_pictures(media_ids: Collection[uuid.UUID], *, by: Actor) -> None:
    """Own pictures that nothing shows yet go into something that does. Raises NotFound, BadPost, MediaInUse."""
    if not media_ids:
        return
    found = own_media(media_ids, by=by)
    if any(one.kind is not MediaKind.PICTURE or one.state is not MediaState.READY for one in found):
        raise BadPost(field="pictures", reason="这里只能放图片")
    take_media(media_ids, by=by)


@in_transaction
def settle_pictures(post_ids: Iterable[uuid.UUID]) -> None:
    """Called in the transaction that shows, hides or moves posts: their pictures follow. One query when there are none."""
    shown: list[uuid.UUID] = []
    kept: list[uuid.UUID] = []
    for one in pictures_of_posts(post_ids):
        (shown if one.is_for_everybody else kept).extend(one.media_ids)
    if shown:
        publish_media(shown)
    if kept:
        withdraw_media(kept)


@in_transaction
def hang_cover(community_id: uuid.UUID, content: bytes | None, *, by: Actor) -> None:
    """A picture in place of the drawn cover, or the drawn one again. Raises NotAllowed, NotAnImage."""
    by.require("community.edit")
    kept = store_picture(content, by=by).id if content is not None else None
    before = set_cover(community_id, kept, by=by)
    if kept is not None:
        take_media([kept], by=by)
    if before is not None:
        let_go_of_media([before])
    settle_cover(community_id)


def settle_cover(community_id: uuid.UUID) -> None:
    """Public for everybody who may know of the community; of a secret one its members alone see it."""
    found = community_view(community_id)
    if found.cover_id is None:
        return
    if found.form.openness is Openness.SECRET:
        withdraw_media([found.cover_id])
    else:
        publish_media([found.cover_id])


def cover_path(handle: str, *, name: str, by: Actor) -> str:
    """Where the cover lies, for who may know of the community. Raises NotFound."""
    cover_id = door_of(handle, by=by).community.cover_id
    if cover_id is None:
        raise NotFound()
    return private_path(cover_id, name=name, by=SYSTEM)


def settle_community(community_id: uuid.UUID) -> None:
    """After a community opened or closed its door: its cover now, all its posts with pictures by jobs."""
    settle_cover(community_id)
    jobs.defer(SETTLE_JOB, community_id=str(community_id), after="")


def settle_page(community_id: uuid.UUID, *, after: uuid.UUID | None) -> uuid.UUID | None:
    """One page of `settle_community`; returns where the next one begins."""
    found = picture_posts_of(community_id, after=after, limit=POSTS_PER_JOB)
    settle_pictures(found)
    return found[-1] if len(found) == POSTS_PER_JOB else None


def drop_pictures(media_ids: Collection[uuid.UUID]) -> None:
    """Their post is gone: no copy stays public, and the cleaning takes the rest."""
    if media_ids:
        let_go_of_media(media_ids)


def picture_path(post_id: uuid.UUID, media_id: uuid.UUID, *, name: str, by: Actor) -> str:
    """Where a picture of a post lies for who may read the post. Raises NotFound."""
    if media_id not in readable_pictures(post_id, by=by):
        raise NotFound()
    return private_path(media_id, name=name, by=SYSTEM)
