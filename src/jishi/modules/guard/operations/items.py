"""Into the queue: by an automatic rule or by a report. The row of a subject is one for all time."""

import uuid
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import F

from jishi.kernel import clock, ids
from jishi.kernel.actor import SYSTEM, Actor
from jishi.modules.guard.errors import AlreadyReported, OwnContent, TooManyReports
from jishi.modules.guard.facts import ContentHidden, ItemOpened
from jishi.modules.guard.models import Item, Report
from jishi.modules.guard.queries.items import accuracies_of
from jishi.modules.guard.queries.lexicons import thresholds
from jishi.modules.guard.rules.lifecycle import due_at
from jishi.modules.guard.rules.weights import report_weight
from jishi.modules.guard.types import (
    Accuracy,
    Cause,
    ItemState,
    NewItem,
    Reported,
    ReportReason,
    Thresholds,
    Verdict,
    Visible,
)
from jishi.platform import history, locks
from jishi.platform.facts import record_fact
from jishi.platform.transactions import in_transaction

EXCERPT_LENGTH_MAX = 4_000
_DAY = timedelta(days=1)
NOTE_LENGTH_MAX = 400


@in_transaction
def open_item(new: NewItem, *, verdict: Verdict, is_held: bool = True, by: Actor = SYSTEM) -> uuid.UUID:
    """An automatic rule asks for a person. `is_held`: nobody else sees it until then.

    Content that was edited after a decision comes back in the same row. Returns the item's id.
    """
    numbers = thresholds()
    row, before = _open(new, cause=Cause.RULE, score=verdict.score, is_urgent=is_held, numbers=numbers)
    reasons = sorted({*row.reasons, *verdict.reasons})
    visible = Visible.HELD if is_held and row.visible != Visible.REMOVED else Visible(row.visible)
    Item.objects.filter(id=row.id).update(
        reasons=reasons, visible=visible.value, excerpt=new.excerpt[:EXCERPT_LENGTH_MAX]
    )
    if before in (None, ItemState.DECIDED.value):
        _say_opened(row, cause=Cause.RULE, by=by, note=", ".join(verdict.reasons), before=before or "")
    return row.id


@in_transaction
def report_content(
    new: NewItem, *, by: Actor, reason: ReportReason, note: str = "", may_hide: bool = True
) -> Reported:
    """A member says that something is wrong with it. The score grows by the weight of their word.

    `may_hide`: whether enough of them hide it before somebody has looked. Raises OwnContent, AlreadyReported, TooManyReports.
    """
    member_id = by.require_member()
    if member_id == new.author_id:
        raise OwnContent()
    numbers = thresholds()
    locks.lock_name(f"guard_reports:{member_id}")
    _check_day(member_id, numbers)
    accuracy = accuracies_of([member_id]).get(member_id, Accuracy())
    weight = report_weight(accuracy=accuracy, is_staff=by.may("moderation.decide"), reason=reason)
    row, before = _open(new, cause=Cause.REPORT, score=weight, is_urgent=False, numbers=numbers)
    _save_report(row, member_id, reason=reason, note=note, weight=weight)
    Item.objects.filter(id=row.id).update(reports_count=F("reports_count") + 1)
    if before in (None, ItemState.DECIDED.value):
        _say_opened(row, cause=Cause.REPORT, by=SYSTEM, note=reason.value, before=before or "")
    became_hidden = may_hide and _hide_at_threshold(row, numbers)
    return Reported(row.id, before is None, became_hidden, row.score)


def _check_day(member_id: uuid.UUID, numbers: Thresholds) -> None:
    day_ago = clock.now() - _DAY
    if Report.objects.filter(member_id=member_id, at__gt=day_ago).count() >= numbers["reports_per_day"]:
        raise TooManyReports(limit=numbers["reports_per_day"])


def _save_report(row: Item, member_id: uuid.UUID, *, reason: ReportReason, note: str, weight: int) -> None:
    try:
        with transaction.atomic():
            Report.objects.create(
                item_id=row.id,
                member_id=member_id,
                reason=reason.value,
                note=" ".join(note.split())[:NOTE_LENGTH_MAX],
                weight=weight,
                at=clock.now(),
            )
    except IntegrityError as error:
        raise AlreadyReported() from error


def _hide_at_threshold(row: Item, numbers: Thresholds) -> bool:
    """Hide once, however many reports come at the same moment: the update asks what it changes."""
    if row.score < numbers["hide_score"]:
        return False
    now = clock.now()
    hidden = Item.objects.filter(id=row.id, visible=Visible.SHOWN.value).update(
        visible=Visible.HIDDEN.value,
        due_at=min(row.due_at, due_at(now, is_urgent=True, thresholds=numbers)),
    )
    if not hidden:
        return False
    history.record_step(
        subject=("guard_item", row.id), verb="hide_provisionally", by=SYSTEM, details={"score": row.score}
    )
    record_fact(
        ContentHidden(row.id, row.kind, row.subject_id, row.author_id, row.score),
        by=SYSTEM,
    )
    return True


def _say_opened(row: Item, *, cause: Cause, by: Actor, note: str, before: str) -> None:
    history.record_step(
        subject=("guard_item", row.id),
        verb=f"open_by_{cause.value}",
        by=by,
        before=before,
        after=ItemState.OPEN.value,
        note=note,
    )
    record_fact(ItemOpened(row.id, row.kind, row.subject_id, cause.value), by=by)


def _open(
    new: NewItem, *, cause: Cause, score: int, is_urgent: bool, numbers: Thresholds
) -> tuple[Item, str | None]:
    """The row as it is now, and the state it had: None when it is new. Insert, or one update that opens it again."""
    now = clock.now()
    values: dict[str, Any] = {
        "id": ids.new_id(),
        "kind": new.kind,
        "subject_id": new.subject_id,
        "author_id": new.author_id,
        "community_id": new.community_id,
        "excerpt": new.excerpt[:EXCERPT_LENGTH_MAX],
        "link": new.link[:200],
        "cause": cause.value,
        "score": score,
        "now": now,
        "due_at": due_at(now, is_urgent=is_urgent, thresholds=numbers),
    }
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, values)
        made = cursor.fetchone()
        before: str | None = None
        if made is None:
            cursor.execute(_REOPEN, values)
            made = cursor.fetchone()
            before = made[1]
    return Item.objects.get(id=made[0]), before


_INSERT = """
INSERT INTO guard_item (id, kind, subject_id, author_id, community_id, excerpt, link, cause, reasons, score,
    reports_count, state, visible, version, opened_at, due_at, decision, reason, is_appeal, appeal_text)
VALUES (%(id)s, %(kind)s, %(subject_id)s, %(author_id)s, %(community_id)s, %(excerpt)s, %(link)s, %(cause)s, '{}',
    %(score)s, 0, 'open', 'shown', 1, %(now)s, %(due_at)s, '', '', false, '')
ON CONFLICT (kind, subject_id) DO NOTHING RETURNING id
"""
# Opened again, an item starts a new round: its score, clock and appeal begin anew. While it waits only the score grows.
_REOPEN = """
UPDATE guard_item item SET
    score = CASE WHEN before.state = 'decided' THEN %(score)s ELSE item.score + %(score)s END,
    state = CASE WHEN before.state = 'decided' THEN 'open' ELSE item.state END,
    version = item.version + (before.state = 'decided')::int,
    cause = CASE WHEN before.state = 'decided' THEN %(cause)s ELSE item.cause END,
    opened_at = CASE WHEN before.state = 'decided' THEN %(now)s ELSE item.opened_at END,
    due_at = CASE WHEN before.state = 'decided' THEN %(due_at)s ELSE LEAST(item.due_at, %(due_at)s) END,
    is_appeal = item.is_appeal AND before.state <> 'decided',
    appealed_at = CASE WHEN before.state = 'decided' THEN NULL ELSE item.appealed_at END,
    claimed_by = CASE WHEN before.state = 'decided' THEN NULL ELSE item.claimed_by END,
    claimed_at = CASE WHEN before.state = 'decided' THEN NULL ELSE item.claimed_at END,
    reasons = CASE WHEN before.state = 'decided' THEN '{}' ELSE item.reasons END
FROM (SELECT id, state FROM guard_item WHERE kind = %(kind)s AND subject_id = %(subject_id)s FOR UPDATE) before
WHERE item.id = before.id RETURNING item.id, before.state
"""
