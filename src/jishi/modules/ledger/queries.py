"""Reading the ledger."""

import uuid
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet, Sum

from jishi.modules.ledger.models import Account, Transfer
from jishi.modules.ledger.types import AccountKind, Balance, TransferState, TransferView
from jishi.platform.paging import Key, older_than

JOURNAL_PAGE_MAX = 200
JOURNAL_LINES_MAX = 100_000

FOLDED = ("wallet", "points", "red_packet", "lucky_draw")
# Accounts of which there is one per member or per play are one line together: nobody reads a hundred thousand wallets.
_BALANCES = """
SELECT coalesce(substring(a.code FROM '^(wallet|points|red_packet|lucky_draw):'), a.code) AS code, a.kind, a.unit,
       coalesce(sum(t.amount_minor) FILTER (WHERE t.debit_id = a.id), 0)::bigint,
       coalesce(sum(t.amount_minor) FILTER (WHERE t.credit_id = a.id), 0)::bigint
FROM ledger_account a
LEFT JOIN ledger_transfer t ON (t.debit_id = a.id OR t.credit_id = a.id) AND t.state = 'posted' {condition}
GROUP BY 1, a.kind, a.unit ORDER BY 1, a.unit
"""


def balances() -> list[Balance]:
    """Every account (wallets together as one) with what was ever posted to its two sides; one query."""
    return _balances("", [])


def balances_of(*, subject_kind: str, subject_id: uuid.UUID) -> list[Balance]:
    """The accounts touched on behalf of one subject, e.g. an order; one query."""
    found = _balances("AND t.subject_kind = %s AND t.subject_id = %s", [subject_kind, subject_id])
    return [balance for balance in found if balance.debits_minor or balance.credits_minor]


def trial_balance(*, unit: str) -> int:
    """Debits minus credits over all accounts of a unit; anything but zero is a bug."""
    return sum(b.debits_minor - b.credits_minor for b in balances() if b.unit == unit)


def available_in(*, code: str, unit: str) -> int | None:
    """What a bounded account still has; None when there is no such account."""
    return (
        Account.objects.filter(code=code, unit=unit, is_bounded=True)
        .values_list("available_minor", flat=True)
        .first()
    )


def availables(*, codes: Collection[str], unit: str) -> dict[str, int]:
    """The same of many accounts, by code; one query."""
    rows = Account.objects.filter(code__in=codes, unit=unit, is_bounded=True)
    return dict(rows.values_list("code", "available_minor"))


def journal(  # noqa: PLR0913  (the filters of one table)
    *,
    kind: str = "",
    account: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    after: Key | None = None,
    page: int = 1,
    limit: int = JOURNAL_PAGE_MAX,
) -> list[TransferView]:
    """Newest first; one query. `account` is the code of either side."""
    size = min(limit, JOURNAL_PAGE_MAX)
    rows = _journal(kind=kind, account=account, since=since, until=until)
    rows = rows.filter(older_than(after, field="at")).order_by("-at", "-id")
    return [_view(row) for row in rows[(page - 1) * size : page * size]]


def count_journal(
    *, kind: str = "", account: str = "", since: datetime | None = None, until: datetime | None = None
) -> int:
    """How many transfers `journal` shows in all; one query."""
    return _journal(kind=kind, account=account, since=since, until=until).count()


def journal_lines(
    *,
    kind: str = "",
    account: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = JOURNAL_LINES_MAX,
) -> Iterator[TransferView]:
    """The same, oldest first and read in portions, for an export of up to JOURNAL_LINES_MAX."""
    rows = _journal(kind=kind, account=account, since=since, until=until).order_by("at", "id")
    for row in rows[: min(limit, JOURNAL_LINES_MAX)].iterator(chunk_size=1_000):
        yield _view(row)


def movements_in(
    *, code: str, unit: str, after: Key | None = None, limit: int = JOURNAL_PAGE_MAX
) -> list[TransferView]:
    """The posted transfers of one account, newest first; two queries, however long the journal is."""
    account_id = Account.objects.filter(code=code, unit=unit).values_list("id", flat=True).first()
    if account_id is None:
        return []
    rows = Transfer.objects.select_related("debit", "credit").filter(
        Q(debit_id=account_id) | Q(credit_id=account_id),
        older_than(after, field="at"),
        state=TransferState.POSTED.value,
    )
    return [_view(row) for row in rows.order_by("-at", "-id")[: min(limit, JOURNAL_PAGE_MAX)]]


def journal_kinds() -> list[str]:
    """The kinds of transfers there are; one query."""
    return sorted(Transfer.objects.order_by().values_list("kind", flat=True).distinct()[:100])


def _journal(
    *, kind: str, account: str, since: datetime | None, until: datetime | None
) -> QuerySet[Transfer]:
    rows = Transfer.objects.select_related("debit", "credit")
    if account in FOLDED:
        many = f"{account}:"
        rows = rows.filter(Q(debit__code__startswith=many) | Q(credit__code__startswith=many))
    elif account:
        rows = rows.filter(Q(debit__code=account) | Q(credit__code=account))
    if kind:
        rows = rows.filter(kind=kind)
    if since:
        rows = rows.filter(at__gte=since)
    if until:
        rows = rows.filter(at__lt=until)
    return rows


def transfers_of(*, subject_kind: str, subject_ids: list[uuid.UUID]) -> list[TransferView]:
    """All transfers of some subjects, oldest first; one query."""
    rows = Transfer.objects.select_related("debit", "credit").filter(
        subject_kind=subject_kind, subject_id__in=subject_ids
    )
    return [_view(row) for row in rows.order_by("at", "id")]


def posted_sum(*, kind: str, subject_kind: str, subject_ids: list[uuid.UUID]) -> int:
    found = Transfer.objects.filter(
        kind=kind, subject_kind=subject_kind, subject_id__in=subject_ids, state=TransferState.POSTED.value
    ).aggregate(total=Sum("amount_minor"))
    return int(found["total"] or 0)


def spent_on(*, subject: tuple[str, uuid.UUID], since: datetime, until: datetime) -> int:
    """Money that expense accounts were debited for a subject in a period, less what came back; one query.

    Budgets are kept in units of their own (`CNY.b`) and do not count: they are permissions, not money.
    """
    rows = Transfer.objects.filter(
        subject_kind=subject[0],
        subject_id=subject[1],
        state=TransferState.POSTED.value,
        at__gte=since,
        at__lt=until,
    ).exclude(unit__endswith=".b")
    found = rows.aggregate(
        spent=Sum("amount_minor", filter=Q(debit__kind=AccountKind.EXPENSE.value)),
        back=Sum("amount_minor", filter=Q(credit__kind=AccountKind.EXPENSE.value)),
    )
    return int(found["spent"] or 0) - int(found["back"] or 0)


def _balances(condition: str, parameters: list[Any]) -> list[Balance]:
    with connection.cursor() as cursor:
        cursor.execute(_BALANCES.format(condition=condition), parameters)
        return [
            Balance(code=code, kind=kind, unit=unit, debits_minor=debits, credits_minor=credits)
            for code, kind, unit, debits, credits in cursor.fetchall()
        ]


def _view(row: Transfer) -> TransferView:
    return TransferView(
        id=row.id,
        debit=row.debit.code,
        credit=row.credit.code,
        amount_minor=row.amount_minor,
        unit=row.unit,
        state=row.state,
        kind=row.kind,
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        at=row.at,
    )
