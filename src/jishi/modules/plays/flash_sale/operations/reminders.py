"""Members who want to hear of a session before it opens."""

import uuid
from collections.abc import Sequence

from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.modules.plays.flash_sale import rules
from jishi.modules.plays.flash_sale.errors import ReminderTooLate, TooManyReminders
from jishi.modules.plays.flash_sale.models import Reminder
from jishi.modules.plays.life.public import PlayKind, PlayState, PlayView, play_view, plays_table
from jishi.platform.transactions import in_transaction

REMINDERS_OF_ONE_MAX = 50
SENT_AT_ONCE_MAX = 500


@in_transaction
def ask_reminder(play_id: uuid.UUID, *, by: Actor) -> bool:
    """Once per member and session. False when it was asked before. Raises ReminderTooLate, TooManyReminders."""
    member_id = by.require_member()
    play = play_view(play_id)
    if play.kind is not PlayKind.FLASH_SALE or play.state is PlayState.DRAFT:
        raise NotFound()
    if play.opens_at <= clock.now():
        raise ReminderTooLate()
    if Reminder.objects.filter(member_id=member_id, sent_at__isnull=True).count() >= REMINDERS_OF_ONE_MAX:
        raise TooManyReminders(limit=REMINDERS_OF_ONE_MAX)
    _, is_new = Reminder.objects.get_or_create(play_id=play_id, member_id=member_id)
    return is_new


@in_transaction
def drop_reminder(play_id: uuid.UUID, *, by: Actor) -> bool:
    rows = Reminder.objects.filter(play_id=play_id, member_id=by.require_member(), sent_at__isnull=True)
    return rows.delete()[0] > 0


def sales_to_remind_of() -> list[PlayView]:
    """Sessions that open within a few minutes."""
    now = clock.now()
    plays = plays_table(kinds=[PlayKind.FLASH_SALE], states=[PlayState.SCHEDULED])
    return [play for play in plays if rules.is_time_to_remind(opens_at=play.opens_at, now=now)]


@in_transaction
def take_reminders(play_id: uuid.UUID, *, limit: int = SENT_AT_ONCE_MAX) -> Sequence[uuid.UUID]:
    """Members to be told now; each is handed out once. Workers may do it side by side."""
    rows = list(
        Reminder.objects.select_for_update(skip_locked=True)
        .filter(play_id=play_id, sent_at__isnull=True)
        .order_by("id")[:limit]
    )
    Reminder.objects.filter(id__in=[row.id for row in rows]).update(sent_at=clock.now())
    return [row.member_id for row in rows]
