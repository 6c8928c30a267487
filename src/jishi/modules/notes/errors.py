"""Refusals of notes."""

from jishi.kernel.errors import Kind, Refusal


class TitleMissing(Refusal):
    code = "note_title_missing"
    message = "给笔记起个标题吧，最多 {limit} 个字。"


class MediaMissing(Refusal):
    code = "note_media_missing"
    message = "加一张图片或一段视频再发布。"


class TextTooLong(Refusal):
    code = "note_text_too_long"
    message = "正文最多 {limit} 个字。"


class TooManyTopics(Refusal):
    code = "too_many_topics"
    message = "最多 {limit} 个话题，每个不超过 {length} 个字。"


class BadTag(Refusal):
    code = "bad_note_tag"
    message = "商品标记不对，请重新点一次图片。"


class TooManyNotePictures(Refusal):
    code = "too_many_note_pictures"
    message = "最多 {limit} 张图片，或者一段视频。"


class DisclosureNeeded(Refusal):
    code = "disclosure_needed"
    message = "你有合作任务，请写明这篇笔记是赠品、付费合作还是自己的店。"


class ScheduleInvalid(Refusal):
    code = "schedule_invalid"
    message = "发布时间要在 1 分钟以后、90 天以内。"


class NoteStopped(Refusal):
    kind = Kind.CONFLICT
    code = "note_stopped"
    message = "这些字不能发布：{words}。"


class ChangedElsewhere(Refusal):
    kind = Kind.CONFLICT
    code = "note_changed_elsewhere"
    message = "这篇笔记刚在别处改过，刷新看看再改。"


class CommentTooFast(Refusal):
    kind = Kind.LIMITED
    code = "comment_too_fast"
    message = "说得太快了，歇一会儿再说。"


class BadComment(Refusal):
    code = "bad_comment"
    message = "请写几个字，最多 {limit} 字。"


class OwnFollow(Refusal):
    kind = Kind.CONFLICT
    code = "own_follow"
    message = "不用关注自己。"


class TooManyFollows(Refusal):
    kind = Kind.CONFLICT
    code = "too_many_follows"
    message = "最多关注 {limit} 个人。"
