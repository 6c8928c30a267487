"""Reading the queue."""

import uuid
from collections.abc import Collection

from django.db import connection
from django.db.models import Count, Q, QuerySet

from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.modules.guard.models import Item, Report, Sanction
from jishi.modules.guard.types import (
    Accuracy,
    AuthorPast,
    Cause,
    Decision,
    ItemState,
    ItemView,
    QueueFigures,
    QueueQuestion,
    ReportOutcome,
    ReportReason,
    ReportView,
    Visible,
)
from jishi.platform.paging import Key, older_than

ROWS_MAX = 200
SUBJECTS_MAX = 1_000
_WAITING = (ItemState.OPEN.value, ItemState.CLAIMED.value)


def visibility_of(kind: str, subject_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Visible]:
    """What may be seen of each; a subject the queue has never met is shown. One query."""
    wanted = list(subject_ids)[:SUBJECTS_MAX]
    known = dict(Item.objects.filter(kind=kind, subject_id__in=wanted).values_list("subject_id", "visible"))
    return {subject: Visible(known.get(subject, Visible.SHOWN.value)) for subject in wanted}


def queue(
    question: QueueQuestion | None = None, *, by: Actor, page: int = 1, limit: int = 50
) -> tuple[list[ItemView], int]:
    """(items of a page, how many in all). Waiting ones by the clock, decided ones newest first; two queries."""
    by.require("moderation.view")
    asked = question or QueueQuestion(state="waiting")
    size = min(limit, ROWS_MAX)
    rows = _asked(asked, by)
    order = ("-decided_at", "id") if asked.state == ItemState.DECIDED.value else ("due_at", "id")
    return [view_of(row) for row in rows.order_by(*order)[(page - 1) * size : page * size]], rows.count()


def item_view(item_id: uuid.UUID, *, by: Actor) -> ItemView:
    """For moderators, and for the author. Raises NotFound."""
    row = Item.objects.filter(id=item_id).first()
    if row is None or not (by.may("moderation.view") or by.owns(row.author_id)):
        raise NotFound()
    return view_of(row)


def item_of(kind: str, subject_id: uuid.UUID) -> ItemView | None:
    row = Item.objects.filter(kind=kind, subject_id=subject_id).first()
    return view_of(row) if row is not None else None


def items_about(
    member_id: uuid.UUID, *, by: Actor, after: Key | None = None, limit: int = 50
) -> list[ItemView]:
    """What was decided about a member's content, newest first: for themselves and for moderators."""
    if not by.owns(member_id):
        by.require("moderation.view")
    rows = Item.objects.filter(author_id=member_id).filter(older_than(after, field="opened_at"))
    return [view_of(row) for row in rows.order_by("-opened_at", "-id")[: min(limit, ROWS_MAX)]]


def decisions_about_me(*, by: Actor, limit: int = 50) -> list[ItemView]:
    """Decided, or held or hidden while it waits: an author learns nothing of reports that hid nothing."""
    rows = Item.objects.filter(author_id=by.require_member())
    rows = rows.filter(
        Q(state=ItemState.DECIDED.value) | ~Q(visible=Visible.SHOWN.value) | Q(appealed_at__isnull=False)
    )
    return [view_of(row) for row in rows.order_by("-opened_at", "-id")[: min(limit, ROWS_MAX)]]


def reports_on(item_id: uuid.UUID, *, by: Actor) -> list[ReportView]:
    """Heaviest first; one query."""
    by.require("moderation.view")
    rows = Report.objects.filter(item_id=item_id).select_related("item").order_by("-weight", "at")[:ROWS_MAX]
    return [report_view(row) for row in rows]


def reports_of(*, by: Actor, limit: int = 50) -> list[ReportView]:
    """The actor's own reports, newest first; one query."""
    rows = Report.objects.filter(member_id=by.require_member()).select_related("item").order_by("-at", "-id")
    return [report_view(row) for row in rows[: min(limit, ROWS_MAX)]]


def accuracies_of(member_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Accuracy]:
    """Decided reports by member; one query."""
    rows = Report.objects.filter(member_id__in=list(member_ids)).values_list("member_id")
    counted = rows.annotate(
        agreed=Count("id", filter=Q(outcome=ReportOutcome.AGREED.value)),
        disagreed=Count("id", filter=Q(outcome=ReportOutcome.DISAGREED.value)),
    ).order_by()
    return {member: Accuracy(agreed, disagreed) for member, agreed, disagreed in counted}


def author_past(author_id: uuid.UUID, *, by: Actor) -> AuthorPast:
    """Two queries."""
    by.require("moderation.view")
    found = Item.objects.filter(author_id=author_id).aggregate(
        items=Count("id"),
        against=Count("id", filter=~Q(decision__in=["", Decision.KEEP.value])),
        open_items=Count("id", filter=Q(state__in=_WAITING)),
    )
    running = Sanction.objects.filter(member_id=author_id, lifted_at__isnull=True)
    running = running.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=clock.now()))
    return AuthorPast(**found, active_sanctions=running.count())


def count_waiting(*, by: Actor) -> int:
    """For the badge in the rail; one query."""
    return Item.objects.filter(state__in=_WAITING).count() if by.may("moderation.decide") else 0


def queue_figures(*, by: Actor) -> QueueFigures:
    """One query over the waiting and the last 30 days."""
    by.require("moderation.view")
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, {"now": now})
        row = cursor.fetchone()
    minutes = round(float(row[4])) if row[4] is not None else None
    return QueueFigures(row[0], row[1], row[2], row[3], minutes, row[5])


_FIGURES = """
SELECT count(*) FILTER (WHERE state = 'open'), count(*) FILTER (WHERE state = 'claimed'),
       count(*) FILTER (WHERE state <> 'decided' AND due_at < %(now)s),
       count(*) FILTER (WHERE state = 'decided' AND decided_at > %(now)s - interval '24 hours'),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY EXTRACT(EPOCH FROM decided_at - opened_at) / 60)
           FILTER (WHERE state = 'decided'),
       (100 * count(*) FILTER (WHERE state = 'decided' AND decided_at <= due_at)
           / NULLIF(count(*) FILTER (WHERE state = 'decided'), 0))::int
FROM guard_item WHERE state <> 'decided' OR decided_at > %(now)s - interval '30 days'
"""


def view_of(row: Item) -> ItemView:
    return ItemView(
        id=row.id,
        kind=row.kind,
        subject_id=row.subject_id,
        author_id=row.author_id,
        community_id=row.community_id,
        excerpt=row.excerpt,
        link=row.link,
        cause=Cause(row.cause),
        reasons=tuple(row.reasons),
        score=row.score,
        reports_count=row.reports_count,
        state=ItemState(row.state),
        visible=Visible(row.visible),
        version=row.version,
        opened_at=row.opened_at,
        due_at=row.due_at,
        claimed_by=row.claimed_by,
        claimed_at=row.claimed_at,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        decided_locally=row.decided_locally,
        decision=Decision(row.decision) if row.decision else None,
        reason=row.reason,
        is_appeal=row.is_appeal,
        appeal_text=row.appeal_text,
        appealed_at=row.appealed_at,
    )


def report_view(row: Report) -> ReportView:
    return ReportView(
        id=row.id,
        item_id=row.item_id,
        kind=row.item.kind,
        member_id=row.member_id,
        reason=ReportReason(row.reason),
        note=row.note,
        weight=row.weight,
        outcome=ReportOutcome(row.outcome),
        at=row.at,
    )


def _asked(question: QueueQuestion, by: Actor) -> QuerySet[Item]:
    rows = Item.objects.all()
    if question.state == "waiting":
        rows = rows.filter(state__in=_WAITING)
    elif question.state in set(ItemState):
        rows = rows.filter(state=question.state)
    if question.kind:
        rows = rows.filter(kind=question.kind)
    if question.cause in set(Cause):
        rows = rows.filter(cause=question.cause)
    if question.is_overdue:
        rows = rows.filter(due_at__lt=clock.now(), state__in=_WAITING)
    if question.author_id is not None:
        rows = rows.filter(author_id=question.author_id)
    if question.community_id is not None:
        rows = rows.filter(community_id=question.community_id)
    return rows.filter(claimed_by=by.id) if question.mine else rows
