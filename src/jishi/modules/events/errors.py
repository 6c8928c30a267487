"""Refusals of events."""

from jishi.kernel.errors import Kind, Refusal


class EventOver(Refusal):
    """Draft, cancelled, ended, or begun."""

    kind = Kind.CONFLICT
    code = "event_over"
    message = "这个活动现在不能报名或取消。"


class AlreadyGoing(Refusal):
    kind = Kind.CONFLICT
    code = "already_going"
    message = "你已经报名了。"


class NotGoing(Refusal):
    kind = Kind.CONFLICT
    code = "not_going"
    message = "你没有报名这个活动。"


class BadTicket(Refusal):
    """Another event's, somebody who is not going, or a code that is too old."""

    code = "ticket_bad"
    message = "签到码无效或已过期，请让对方刷新签到码。"


class TooEarlyToCheckIn(Refusal):
    kind = Kind.CONFLICT
    code = "check_in_early"
    message = "还没到签到时间，开始前 {minutes} 分钟才能签到。"


class NotThere(Refusal):
    """Photos are added by who was there, and by its hosts."""

    kind = Kind.FORBIDDEN
    code = "not_there"
    message = "到场的人才能加活动照片。"


class TooEarlyForPhotos(Refusal):
    kind = Kind.CONFLICT
    code = "photos_early"
    message = "活动结束后再来加照片。"


class TooManyPhotos(Refusal):
    code = "too_many_photos"
    message = "每个人最多加 {limit} 张活动照片。"


class BadEvent(Refusal):
    """`field` and `reason` say what."""

    code = "event_bad"
    message = "{reason}"


class EventMoved(Refusal):
    kind = Kind.CONFLICT
    code = "event_moved"
    message = "这个活动刚刚被别人改过，请刷新后再改。"
