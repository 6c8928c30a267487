"""What the shop owes in points; every number opens its rows."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.db.models import Q, Sum

from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.modules.loyalty.models import Account, Entry, Lot, Spending
from jishi.modules.loyalty.queries.points import entry_view, lot_view
from jishi.modules.loyalty.queries.terms import loyalty_terms
from jishi.modules.loyalty.rules.points import breakage_basis_points, worth_minor
from jishi.modules.loyalty.types import (
    EntryKind,
    EntryView,
    Liability,
    LotState,
    LotView,
    MonthLine,
    SpendingState,
)
from jishi.platform.paging import Key, older_than

ROWS_MAX = 200
MONTHS_MAX = 60

_MONTHS = """
SELECT CASE WHEN state = 'active' THEN date_trunc('month', expires_at AT TIME ZONE %(zone)s - interval '1 second')::date END,
       count(*), count(DISTINCT account_id), sum(remaining)::bigint
FROM loyalty_lot WHERE remaining > 0 AND (state = 'pending' OR expires_at > %(now)s)
GROUP BY 1 ORDER BY 1 NULLS LAST LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class MemberEntry:
    """An entry and whose it is."""

    member_id: uuid.UUID
    entry: EntryView


def liability(*, by: Actor) -> Liability:
    """Five queries, each a sum over a table of points."""
    by.require("loyalty.view")
    now, terms = clock.now(), loyalty_terms()
    lots = Lot.objects.aggregate(
        spendable=Sum("remaining", filter=Q(state=LotState.ACTIVE.value, expires_at__gt=now)),
        pending=Sum("remaining", filter=Q(state=LotState.PENDING.value)),
        overdue=Sum("remaining", filter=Q(state=LotState.ACTIVE.value, expires_at__lte=now)),
        earned=Sum("earned"),
        spent=Sum("spent"),
        expired=Sum("expired"),
        taken_back=Sum("taken_back"),
    )
    held = Spending.objects.filter(state=SpendingState.HELD.value).aggregate(n=Sum("points"))["n"] or 0
    returned = Spending.objects.aggregate(n=Sum("returned"))["n"] or 0
    debt = Account.objects.aggregate(n=Sum("debt"))["n"] or 0
    spendable, pending = lots["spendable"] or 0, lots["pending"] or 0
    expired, spent = (lots["expired"] or 0) + (lots["overdue"] or 0), (lots["spent"] or 0) - held
    return Liability(
        spendable=spendable,
        pending=pending,
        held=held,
        debt=debt,
        earned=lots["earned"] or 0,
        spent=spent,
        returned=returned,
        expired=expired,
        taken_back=lots["taken_back"] or 0,
        breakage_basis_points=breakage_basis_points(expired=expired, spent=spent),
        value_minor=worth_minor(spendable + pending + held, per_unit=terms.points_per_unit),
        by_month=tuple(_months(now)),
    )


def lots_table(
    *,
    by: Actor,
    state: LotState | None = None,
    month: date | None = None,
    only_left: bool = True,
    after: Key | None = None,
    limit: int = 50,
) -> list[LotView]:
    """The lots behind a number, newest first; one query. `month` is the first day of the month in which they end."""
    by.require("loyalty.view")
    rows = Lot.objects.filter(older_than(after, field="at"))
    if only_left:
        rows = rows.filter(remaining__gt=0)
    if state is LotState.ACTIVE:
        rows = rows.filter(state=state.value, expires_at__gt=clock.now())
    elif state is not None:
        rows = rows.filter(state=state.value)
    if month is not None:
        first, end = _bounds(month)
        rows = rows.filter(expires_at__gt=first, expires_at__lte=end)
    return [lot_view(row) for row in rows.order_by("-at", "-id")[: min(limit, ROWS_MAX)]]


def entries_table(
    *, by: Actor, kinds: tuple[EntryKind, ...] = (), after: Key | None = None, limit: int = 50
) -> list[MemberEntry]:
    """The entries behind a number, newest first; one query."""
    by.require("loyalty.view")
    rows = Entry.objects.filter(older_than(after, field="at"))
    if kinds:
        rows = rows.filter(kind__in=[kind.value for kind in kinds])
    return [
        MemberEntry(row.account_id, entry_view(row))
        for row in rows.order_by("-at", "-id")[: min(limit, ROWS_MAX)]
    ]


def debts_table(*, by: Actor, limit: int = 50) -> list[tuple[uuid.UUID, int]]:
    """(member, debt), the largest first; one query."""
    by.require("loyalty.view")
    rows = Account.objects.filter(debt__gt=0).order_by("-debt", "member_id")
    return list(rows.values_list("member_id", "debt")[: min(limit, ROWS_MAX)])


def _months(now: datetime) -> list[MonthLine]:
    """A lot that ends at midnight of the first belongs to the month before: that is its last day."""
    with connection.cursor() as cursor:
        cursor.execute(_MONTHS, {"zone": settings.TIME_ZONE, "now": now, "limit": MONTHS_MAX})
        return [MonthLine(row[0], row[1], row[2], int(row[3])) for row in cursor.fetchall()]


def _bounds(month: date) -> tuple[datetime, datetime]:
    zone = ZoneInfo(settings.TIME_ZONE)
    count = month.year * 12 + month.month
    end = datetime(count // 12, count % 12 + 1, 1, tzinfo=zone)
    return datetime(month.year, month.month, 1, tzinfo=zone), end
