"""The door of media."""

from jishi.modules.media.errors import MediaInUse, MediaNotReady, NotAVideo
from jishi.modules.media.operations.life import (
    clean_orphans,
    let_go_of_media,
    publish_media,
    take_media,
    use_media,
    withdraw_media,
)
from jishi.modules.media.operations.pictures import add_avif, store_picture, store_pictures
from jishi.modules.media.operations.videos import store_video, transcode_video
from jishi.modules.media.queries import media_by_ids, own_media, private_path
from jishi.modules.media.rules import VIDEO_BYTES_MAX, VIDEO_SECONDS_MAX
from jishi.modules.media.types import MediaKind, MediaState, MediaView, Rendition

__all__ = [
    "VIDEO_BYTES_MAX",
    "VIDEO_SECONDS_MAX",
    "MediaInUse",
    "MediaKind",
    "MediaNotReady",
    "MediaState",
    "MediaView",
    "NotAVideo",
    "Rendition",
    "add_avif",
    "clean_orphans",
    "let_go_of_media",
    "media_by_ids",
    "own_media",
    "private_path",
    "publish_media",
    "store_picture",
    "store_pictures",
    "store_video",
    "take_media",
    "transcode_video",
    "use_media",
    "withdraw_media",
]
