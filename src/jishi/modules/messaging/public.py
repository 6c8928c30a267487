"""The door of messaging."""

from jishi.modules.messaging.operations import (
    choose_notice,
    mark_notices_read,
    notify,
    send_outgoing,
    send_text,
)
from jishi.modules.messaging.queries import count_unread, notice_choices, notices_of
from jishi.modules.messaging.types import OPTIONAL_NOTICES, NoticeChoice, NoticeView

__all__ = [
    "OPTIONAL_NOTICES",
    "NoticeChoice",
    "NoticeView",
    "choose_notice",
    "count_unread",
    "mark_notices_read",
    "notice_choices",
    "notices_of",
    "notify",
    "send_outgoing",
    "send_text",
]
