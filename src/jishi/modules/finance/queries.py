"""Reading the finance desk."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet, Sum

from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.modules.finance import rules
from jishi.modules.finance.models import (
    Alarm,
    Correction,
    DayClose,
    DifferenceRow,
    Limit,
    Line,
    StatementImport,
)
from jishi.modules.finance.types import (
    AlarmView,
    CloseView,
    DifferenceKind,
    DifferenceState,
    DifferenceView,
    ImportView,
    NewLine,
)

LIST_MAX = 200


def difference_view(difference_id: uuid.UUID, *, by: Actor) -> DifferenceView:
    by.require("ledger.view")
    row = DifferenceRow.objects.filter(id=difference_id).first()
    if row is None:
        raise NotFound()
    return difference_view_of(row)


def differences(  # noqa: PLR0913  (the filters of one table)
    *,
    by: Actor,
    state: DifferenceState | None = None,
    provider: str = "",
    kind: str = "",
    day: date | None = None,
    page: int = 1,
    limit: int = 50,
) -> list[DifferenceView]:
    """Newest day first; one query."""
    by.require("ledger.view")
    size = min(limit, LIST_MAX)
    rows = _differences(state=state, provider=provider, kind=kind, day=day).order_by(
        "-day", "-found_at", "-id"
    )
    return [difference_view_of(row) for row in rows[(page - 1) * size : page * size]]


def count_differences(
    *,
    by: Actor,
    state: DifferenceState | None = None,
    provider: str = "",
    kind: str = "",
    day: date | None = None,
) -> int:
    by.require("ledger.view")
    return _differences(state=state, provider=provider, kind=kind, day=day).count()


def differences_by_state(*, by: Actor) -> dict[str, int]:
    by.require("ledger.view")
    return dict(DifferenceRow.objects.values_list("state").annotate(count=Count("id")).order_by())


def differences_of_days(days: Iterable[date]) -> tuple[int, int]:
    """(open, explained) of some statement days; one query."""
    rows = DifferenceRow.objects.filter(day__in=list(days)).aggregate(
        open=Count("id", filter=Q(state=DifferenceState.OPEN.value)),
        explained=Count("id", filter=Q(state=DifferenceState.EXPLAINED.value)),
    )
    return int(rows["open"]), int(rows["explained"])


def corrections_by_currency(day: date) -> dict[str, int]:
    """What was posted later to sales for movements of a day; one query."""
    rows = (
        Correction.objects.filter(day=day).values_list("currency").annotate(sum=Sum("sales_minor")).order_by()
    )
    return {currency: int(minor) for currency, minor in rows}


def corrections_posted(*, since: datetime, until: datetime) -> dict[str, int]:
    """What corrections posted in a period did to sales, for whichever day; one query."""
    rows = Correction.objects.filter(posted_at__gte=since, posted_at__lt=until)
    found = rows.values_list("currency").annotate(sum=Sum("sales_minor")).order_by()
    return {currency: int(minor) for currency, minor in found}


def statement_lines(provider: str, day: date) -> list[NewLine]:
    """The lines of a statement as they were told first; one query."""
    return [
        NewLine(
            key=row.key,
            about=row.about,
            intent_id=row.intent_id,
            reference=row.reference,
            amount_minor=row.amount_minor,
            fee_minor=row.fee_minor,
            currency=row.currency,
            at=row.at,
        )
        for row in Line.objects.filter(provider=provider, day=day).order_by("at", "id")
    ]


def imports_of(*, days: Iterable[date]) -> list[ImportView]:
    rows = StatementImport.objects.filter(day__in=list(days)).order_by("-day", "provider")
    return [import_view_of(row) for row in rows[:LIST_MAX]]


def recent_imports(*, by: Actor, limit: int = 14) -> list[ImportView]:
    by.require("ledger.view")
    rows = StatementImport.objects.order_by("-day", "provider")
    return [import_view_of(row) for row in rows[: min(limit, LIST_MAX)]]


def close_of(day: date) -> CloseView | None:
    row = DayClose.objects.filter(day=day).first()
    return close_view_of(row) if row else None


def last_close() -> CloseView | None:
    row = DayClose.objects.order_by("-day").first()
    return close_view_of(row) if row else None


def closes(*, by: Actor, limit: int = 60) -> list[CloseView]:
    """Newest first; one query."""
    by.require("ledger.view")
    return [close_view_of(row) for row in DayClose.objects.order_by("-day")[: min(limit, LIST_MAX)]]


def broken_seals() -> list[date]:
    """Days whose seal or place in the chain is not right; one query. Anything but nothing is a manipulation."""
    broken, previous = [], rules.FIRST_HASH
    for row in DayClose.objects.order_by("day").iterator(chunk_size=500):
        wanted = rules.seal(previous=row.previous_hash, day=row.day, totals=row.totals)
        if row.previous_hash != previous or row.hash != wanted:
            broken.append(row.day)
        previous = row.hash
    return broken


def alarms(*, by: Actor, is_unseen: bool = False, limit: int = 100) -> list[AlarmView]:
    """Newest first; one query."""
    by.require("reports.view")
    rows = Alarm.objects.filter(seen_at__isnull=True) if is_unseen else Alarm.objects.all()
    return [_alarm_view(row) for row in rows.order_by("-at", "-threshold")[: min(limit, LIST_MAX)]]


def count_unseen_alarms() -> int:
    """Budgets with an alarm that nobody has looked at."""
    return Alarm.objects.filter(seen_at__isnull=True).values("account_code").distinct().count()


def count_open_differences() -> int:
    return DifferenceRow.objects.filter(state=DifferenceState.OPEN.value).count()


def limit_minor(name: str) -> int:
    """0 when none is set."""
    return Limit.objects.filter(name=name).values_list("value_minor", flat=True).first() or 0


def difference_view_of(row: DifferenceRow) -> DifferenceView:
    return DifferenceView(
        id=row.id,
        provider=row.provider,
        day=row.day,
        kind=DifferenceKind(row.kind),
        about=row.about,
        intent_id=row.intent_id,
        reference=row.reference,
        currency=row.currency,
        ours_minor=row.ours_minor,
        theirs_minor=row.theirs_minor,
        order_id=row.order_id,
        state=DifferenceState(row.state),
        note=row.note,
        found_at=row.found_at,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
    )


def import_view_of(row: StatementImport) -> ImportView:
    return ImportView(
        provider=row.provider,
        day=row.day,
        line_count=row.line_count,
        payments_minor=row.payments_minor,
        refunds_minor=row.refunds_minor,
        fees_minor=row.fees_minor,
        imported_at=row.imported_at,
        failure=row.failure,
    )


def close_view_of(row: DayClose) -> CloseView:
    return CloseView(
        day=row.day,
        totals=row.totals,
        previous_hash=row.previous_hash,
        hash=row.hash,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        closed_label=row.closed_label,
    )


def _alarm_view(row: Alarm) -> AlarmView:
    return AlarmView(
        id=row.id,
        account_code=row.account_code,
        unit=row.unit,
        threshold=row.threshold,
        granted_minor=row.granted_minor,
        used_minor=row.used_minor,
        at=row.at,
        seen_at=row.seen_at,
    )


def _differences(
    *, state: DifferenceState | None, provider: str, kind: str, day: date | None
) -> QuerySet[DifferenceRow]:
    wanted = {"state": state.value if state else "", "provider": provider, "kind": kind, "day": day}
    return DifferenceRow.objects.filter(**{name: value for name, value in wanted.items() if value})
