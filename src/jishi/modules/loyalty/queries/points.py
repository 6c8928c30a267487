"""Reading points: balances, lots, statements, spendings."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db.models import F, Q, Sum

from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.modules.loyalty.models import Account, Entry, Lot, Spending
from jishi.modules.loyalty.types import (
    Balance,
    EntryKind,
    EntryView,
    LotState,
    LotView,
    OpenLot,
    Part,
    SpendingState,
    SpendingView,
)
from jishi.platform.paging import Key, older_than

PAGE_MAX = 100
LOTS_MAX = 500  # of one member that still hold points


def spendable_points(member_id: uuid.UUID) -> int:
    """What can be spent now; one query. A lot past its end counts no more, swept or not."""
    rows = Lot.objects.filter(
        account_id=member_id, state=LotState.ACTIVE.value, remaining__gt=0, expires_at__gt=clock.now()
    )
    return int(rows.aggregate(total=Sum("remaining"))["total"] or 0)


def balance_of(member_id: uuid.UUID, *, by: Actor) -> Balance:
    """A member's points, for themselves and for staff; two queries."""
    _require_own(member_id, by)
    now = clock.now()
    counted = Lot.objects.filter(account_id=member_id).aggregate(
        spendable=Sum("remaining", filter=Q(state=LotState.ACTIVE.value, expires_at__gt=now)),
        overdue=Sum("remaining", filter=Q(state=LotState.ACTIVE.value, expires_at__lte=now)),
        pending=Sum("remaining", filter=Q(state=LotState.PENDING.value)),
        earned=Sum("earned"),
        spent=Sum("spent"),
        expired=Sum("expired"),
    )
    debt = Account.objects.filter(member_id=member_id).values_list("debt", flat=True).first() or 0
    return Balance(
        spendable=counted["spendable"] or 0,
        pending=counted["pending"] or 0,
        debt=debt,
        earned=counted["earned"] or 0,
        spent=counted["spent"] or 0,
        expired=(counted["expired"] or 0) + (counted["overdue"] or 0),
    )


def expiring_lots(member_id: uuid.UUID, *, by: Actor, before: datetime, limit: int = 20) -> list[LotView]:
    """Spendable lots that end before an instant, the soonest first; one query."""
    _require_own(member_id, by)
    rows = Lot.objects.filter(
        account_id=member_id,
        state=LotState.ACTIVE.value,
        remaining__gt=0,
        expires_at__gt=clock.now(),
        expires_at__lte=before,
    )
    return [lot_view(row) for row in rows.order_by("expires_at", "at", "id")[: min(limit, PAGE_MAX)]]


def lots_of(
    member_id: uuid.UUID, *, by: Actor, after: Key | None = None, limit: int = PAGE_MAX
) -> list[LotView]:
    """Newest first; one query."""
    _require_own(member_id, by)
    rows = Lot.objects.filter(older_than(after, field="at"), account_id=member_id).order_by("-at", "-id")
    return [lot_view(row) for row in rows[: min(limit, PAGE_MAX)]]


def entries_of(
    member_id: uuid.UUID,
    *,
    by: Actor,
    kinds: Sequence[EntryKind] = (),
    after: Key | None = None,
    limit: int = PAGE_MAX,
) -> list[EntryView]:
    """The statement, newest first; one query."""
    _require_own(member_id, by)
    rows = Entry.objects.filter(older_than(after, field="at"), account_id=member_id)
    if kinds:
        rows = rows.filter(kind__in=[kind.value for kind in kinds])
    return [entry_view(row) for row in rows.order_by("-at", "-id")[: min(limit, PAGE_MAX)]]


def spending_of(spending_id: uuid.UUID) -> SpendingView | None:
    """The points that pay for an order or a reward; one query."""
    row = Spending.objects.filter(id=spending_id).first()
    return spending_view(row) if row else None


def points_earned_by(source: tuple[str, uuid.UUID]) -> LotView | None:
    """The lot of one cause, e.g. ("order", id); one query."""
    row = Lot.objects.filter(source_kind=source[0], source_id=source[1]).first()
    return lot_view(row) if row else None


def open_lots(member_id: uuid.UUID) -> list[OpenLot]:
    """What can pay, soonest end first; one query. The caller has locked the account."""
    rows = Lot.objects.filter(
        account_id=member_id, state=LotState.ACTIVE.value, remaining__gt=0, expires_at__gt=clock.now()
    ).order_by("expires_at", "at", "id")
    return [
        OpenLot(lot_id, remaining, expires_at, earned_at)
        for lot_id, remaining, expires_at, earned_at in rows.values_list(
            "id", "remaining", "expires_at", "at"
        )[:LOTS_MAX]
        if expires_at is not None
    ]


def parts_of(spending_id: uuid.UUID) -> list[Part]:
    """What each lot still pays of a spending, in the order in which they were taken; one query."""
    rows = (
        Entry.objects.filter(
            subject_kind="spending",
            subject_id=spending_id,
            kind__in=[EntryKind.SPEND.value, EntryKind.GIVE_BACK.value],
        )
        .values("lot_id", "lot__expires_at", "lot__at")
        .annotate(net=Sum(-F("active")))
        .order_by("lot__expires_at", "lot__at", "lot_id")
    )
    return [Part(row["lot_id"], row["net"]) for row in rows if row["net"] > 0]


def lots_to_expire(*, limit: int) -> list[uuid.UUID]:
    """Members with lots past their end; one query."""
    return _members(
        Q(state=LotState.ACTIVE.value, remaining__gt=0, expires_at__lte=clock.now()),
        "expires_at",
        limit=limit,
    )


def lots_to_release(*, limit: int) -> list[uuid.UUID]:
    """Members with promised lots whose time has come; one query."""
    return _members(
        Q(state=LotState.PENDING.value, available_at__lte=clock.now()), "available_at", limit=limit
    )


def lot_view(row: Lot) -> LotView:
    return LotView(
        id=row.id,
        member_id=row.account_id,
        source_kind=row.source_kind,
        source_id=row.source_id,
        state=LotState(row.state),
        earned=row.earned,
        remaining=row.remaining,
        spent=row.spent,
        expired=row.expired,
        taken_back=row.taken_back,
        covered=row.covered,
        available_at=row.available_at,
        expires_at=row.expires_at,
        at=row.at,
        note=row.note,
    )


def entry_view(row: Entry) -> EntryView:
    return EntryView(
        id=row.id,
        kind=EntryKind(row.kind),
        points=row.points,
        change=row.active,
        pending_change=row.pending,
        lot_id=row.lot_id,
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        note=row.note,
        at=row.at,
    )


def spending_view(row: Spending) -> SpendingView:
    return SpendingView(
        id=row.id,
        member_id=row.account_id,
        kind=row.kind,
        points=row.points,
        currency_minor=row.currency_minor,
        state=SpendingState(row.state),
        returned=row.returned,
        returned_expired=row.returned_expired,
        at=row.at,
    )


def _members(condition: Q, field: str, *, limit: int) -> list[uuid.UUID]:
    rows = Lot.objects.filter(condition).order_by(field).values_list("account_id", flat=True)
    return list(dict.fromkeys(rows[:limit]))


def _require_own(member_id: uuid.UUID, by: Actor) -> None:
    if not by.owns(member_id):
        by.require("loyalty.view")
