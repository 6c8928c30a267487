"""Reading approvals."""

import uuid
from collections.abc import Iterable

from django.db.models import Count, QuerySet

from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.modules.approvals.models import ApprovalRequest
from jishi.modules.approvals.types import ApprovalState, ApprovalView
from jishi.platform.paging import Key, older_than

LIST_MAX = 200


def request_view(request_id: uuid.UUID, *, by: Actor) -> ApprovalView:
    """One request, for who may look at approvals or asked for it. Raises NotFound."""
    row = ApprovalRequest.objects.filter(id=request_id).first()
    if row is None or not (by.may("approvals.view") or _is_askers(row, by)):
        raise NotFound()
    return view_of(row)


def open_requests(*, by: Actor, kind: str = "", limit: int = 50) -> list[ApprovalView]:
    """Oldest first; one query."""
    by.require("approvals.view")
    rows = _of_kind(ApprovalRequest.objects.filter(state=ApprovalState.OPEN.value), kind)
    return [view_of(row) for row in rows.order_by("asked_at", "id")[: min(limit, LIST_MAX)]]


def requests_table(
    *,
    by: Actor,
    state: ApprovalState | None = None,
    kind: str = "",
    after: Key | None = None,
    page: int = 1,
    limit: int = 50,
) -> list[ApprovalView]:
    """Newest first; one query."""
    by.require("approvals.view")
    size = min(limit, LIST_MAX)
    rows = _of_kind(ApprovalRequest.objects.filter(older_than(after, field="asked_at")), kind)
    if state is not None:
        rows = rows.filter(state=state.value)
    return [view_of(row) for row in rows.order_by("-asked_at", "-id")[(page - 1) * size : page * size]]


def count_by_state(*, by: Actor) -> dict[str, int]:
    """One query."""
    by.require("approvals.view")
    rows = ApprovalRequest.objects.values_list("state").annotate(count=Count("id")).order_by()
    return dict(rows)


def count_to_decide(*, by: Actor) -> int:
    """Open requests of other people, for the badge in the rail; one query."""
    if not by.may("approvals.decide"):
        return 0
    rows = ApprovalRequest.objects.filter(state=ApprovalState.OPEN.value)
    return rows.exclude(asked_by=by.id).count() if by.id else rows.count()


def open_about(*, subject_kind: str, subject_ids: Iterable[uuid.UUID]) -> list[ApprovalView]:
    """Open requests about some things, whatever their kind, oldest first; one query."""
    rows = ApprovalRequest.objects.filter(
        subject_kind=subject_kind, subject_id__in=list(subject_ids), state=ApprovalState.OPEN.value
    )
    return [view_of(row) for row in rows.order_by("asked_at", "id")[:LIST_MAX]]


def overdue_ids(*, limit: int = LIST_MAX) -> list[uuid.UUID]:
    rows = ApprovalRequest.objects.filter(state=ApprovalState.OPEN.value, expires_at__lte=clock.now())
    return list(rows.order_by("expires_at").values_list("id", flat=True)[:limit])


def view_of(row: ApprovalRequest) -> ApprovalView:
    return ApprovalView(
        id=row.id,
        kind=row.kind,
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        amount=row.amount,
        unit=row.unit,
        payload=row.payload,
        reason=row.reason,
        state=ApprovalState(row.state),
        asked_by=row.asked_by,
        asked_label=row.asked_label,
        asked_at=row.asked_at,
        expires_at=row.expires_at,
        decided_by=row.decided_by,
        decided_label=row.decided_label,
        decided_at=row.decided_at,
        note=row.note,
    )


def _of_kind(rows: QuerySet[ApprovalRequest], kind: str) -> QuerySet[ApprovalRequest]:
    return rows.filter(kind=kind) if kind else rows


def _is_askers(row: ApprovalRequest, by: Actor) -> bool:
    return by.id is not None and row.asked_by == by.id
