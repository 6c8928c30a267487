"""Refusals of media."""

from jishi.kernel.errors import Kind, Refusal


class NotAVideo(Refusal):
    kind = Kind.INVALID
    code = "not_a_video"
    message = "这不是可用的视频（支持 MP4、MOV、WebM，不超过 {limit} MB）。"


class MediaInUse(Refusal):
    """Something shows it already: every picture belongs to one thing."""

    kind = Kind.CONFLICT
    code = "media_in_use"
    message = "这张图已经用在别处了，请重新上传。"


class MediaNotReady(Refusal):
    kind = Kind.CONFLICT
    code = "media_not_ready"
    message = "视频还在处理，稍等一会儿。"
