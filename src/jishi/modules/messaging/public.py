"""The door of messaging."""

from jishi.modules.messaging.operations import mark_notices_read, notify, send_outgoing, send_text
from jishi.modules.messaging.queries import count_unread, notices_of
from jishi.modules.messaging.types import NoticeView

__all__ = [
    "NoticeView",
    "count_unread",
    "mark_notices_read",
    "notices_of",
    "notify",
    "send_outgoing",
    "send_text",
]
