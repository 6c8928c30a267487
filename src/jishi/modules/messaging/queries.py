"""Reading notices in the reader's language."""

from django.utils.translation import gettext

from jishi.kernel.actor import Actor
from jishi.modules.messaging.models import Notice, Silence
from jishi.modules.messaging.types import NOTICE_WORDS, OPTIONAL_NOTICES, NoticeChoice, NoticeView
from jishi.platform.paging import Key, older_than

NOTICES_MAX = 100


def notices_of(*, by: Actor, after: Key | None = None, limit: int = 30) -> list[NoticeView]:
    """Newest first; one query."""
    found = Notice.objects.filter(older_than(after, field="created_at"), member_id=by.require_member())
    rows = found.order_by("-created_at", "-id")[: min(limit, NOTICES_MAX)]
    return [
        NoticeView(
            id=row.id,
            kind=row.kind,
            title=gettext(NOTICE_WORDS[row.kind][0]),
            body=gettext(NOTICE_WORDS[row.kind][1]).format_map(_Facts(row.facts)),
            link=row.link,
            created_at=row.created_at,
            is_read=row.read_at is not None,
            is_optional=row.kind in OPTIONAL_NOTICES,
        )
        for row in rows
    ]


def notice_choices(*, by: Actor) -> list[NoticeChoice]:
    """Every kind that the actor may do without, and whether they get it; one query."""
    silent = set(Silence.objects.filter(member_id=by.require_member()).values_list("kind", flat=True))
    return [
        NoticeChoice(kind, gettext(NOTICE_WORDS[kind][0]), kind not in silent) for kind in OPTIONAL_NOTICES
    ]


def count_unread(*, by: Actor) -> int:
    if by.id is None:
        return 0
    return Notice.objects.filter(member_id=by.id, read_at__isnull=True).count()


class _Facts(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return ""
