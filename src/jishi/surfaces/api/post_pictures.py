"""Pictures of posts: where they are read, and the route that asks who looks."""

import uuid

from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse
from ninja import Router

from jishi.flows.community_pictures import picture_path
from jishi.kernel.errors import NotFound
from jishi.modules.media.public import MediaView, media_by_ids
from jishi.platform.files import read_private
from jishi.platform.http import actor_of, anyone
from jishi.surfaces.api.common import PREFIX

router = Router(tags=["talk"])


@router.get(
    "/posts/{uuid:post_id}/pictures/{uuid:media_id}",
    summary="A picture of a post that you may read, as WebP",
    openapi_extra=anyone(),
)
def get_picture_of_post(request: HttpRequest, post_id: uuid.UUID, media_id: uuid.UUID) -> HttpResponse:
    """The largest there is. Posts for everybody have addresses of the storage in `pictures`, which are faster."""
    media = media_by_ids([media_id]).get(media_id)
    if media is None or media.large is None:
        raise NotFound()
    name = str(media.renditions.index(media.large))
    path = picture_path(post_id, media_id, name=name, by=actor_of(request))
    try:
        content = read_private(path)
    except FileNotFoundError as error:
        raise NotFound() from error
    return HttpResponse(content, content_type="image/webp", headers={"Cache-Control": "private, no-store"})


def picture_address(post_id: uuid.UUID, media: MediaView) -> str:
    """Where it is read: the storage when it is for everybody, else the route that asks who looks."""
    if not media.is_public or media.large is None:
        return f"{PREFIX}/posts/{post_id}/pictures/{media.id}"
    return default_storage.url(media.large.path)
