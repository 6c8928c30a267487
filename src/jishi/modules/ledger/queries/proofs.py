"""What the finance desk asks of the ledger: proofs of a day, budgets, accounts by code."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection

from jishi.modules.ledger.models import Account
from jishi.modules.ledger.types import AccountKind, AccountRef, BudgetRow, PostedDay

ACCOUNTS_MAX = 500
BUDGETS_MAX = 500
_DAY = """
SELECT t.unit,
       coalesce(sum(t.amount_minor) FILTER (WHERE d.unit = t.unit), 0)::bigint,
       coalesce(sum(t.amount_minor) FILTER (WHERE c.unit = t.unit), 0)::bigint,
       count(*)
FROM ledger_transfer t JOIN ledger_account d ON d.id = t.debit_id JOIN ledger_account c ON c.id = t.credit_id
WHERE t.state = 'posted' AND t.closed_at >= %s AND t.closed_at < %s
GROUP BY t.unit ORDER BY t.unit
"""
_UNSOUND = """
SELECT a.code, a.unit FROM ledger_account a
LEFT JOIN (SELECT credit_id AS id, sum(amount_minor) AS minor FROM ledger_transfer WHERE state = 'posted'
           GROUP BY credit_id) i ON i.id = a.id
LEFT JOIN (SELECT debit_id AS id, sum(amount_minor) AS minor FROM ledger_transfer WHERE state <> 'voided'
           GROUP BY debit_id) o ON o.id = a.id
WHERE a.is_bounded AND a.available_minor <> coalesce(i.minor, 0) - coalesce(o.minor, 0)
ORDER BY a.code LIMIT 20
"""
_FLOW = """
SELECT t.unit,
       coalesce(sum(t.amount_minor) FILTER (WHERE t.credit_id = a.id), 0)::bigint
       - coalesce(sum(t.amount_minor) FILTER (WHERE t.debit_id = a.id), 0)::bigint
FROM ledger_transfer t JOIN ledger_account a ON (a.id = t.credit_id OR a.id = t.debit_id) AND a.unit = t.unit
WHERE a.code = %s AND t.state = 'posted' AND t.closed_at >= %s AND t.closed_at < %s AND {kinds}
GROUP BY t.unit
"""
_NET = """
SELECT t.subject_id,
       coalesce(sum(t.amount_minor) FILTER (WHERE t.credit_id = a.id), 0)::bigint
       - coalesce(sum(t.amount_minor) FILTER (WHERE t.debit_id = a.id), 0)::bigint
FROM ledger_transfer t JOIN ledger_account a ON (a.id = t.credit_id OR a.id = t.debit_id) AND a.unit = t.unit
WHERE a.code = %s AND t.state = 'posted' AND t.subject_kind = %s AND t.subject_id = ANY(%s)
GROUP BY t.subject_id
"""
_BUDGETS = """
SELECT a.code, a.unit, a.available_minor,
       coalesce(sum(t.amount_minor) FILTER (WHERE t.credit_id = a.id AND t.state = 'posted'
                                            AND t.kind = 'budget_grant'), 0)::bigint,
       (coalesce(sum(t.amount_minor) FILTER (WHERE t.debit_id = a.id AND t.state = 'posted'), 0)
        - coalesce(sum(t.amount_minor) FILTER (WHERE t.credit_id = a.id AND t.state = 'posted'
                                               AND t.kind <> 'budget_grant'), 0))::bigint,
       coalesce(sum(t.amount_minor) FILTER (WHERE t.debit_id = a.id AND t.state = 'pending'), 0)::bigint
FROM ledger_account a LEFT JOIN ledger_transfer t ON t.debit_id = a.id OR t.credit_id = a.id
WHERE a.kind = 'budget' AND a.is_bounded
GROUP BY a.id ORDER BY a.created_at DESC, a.code LIMIT %s
"""


def posted_between(*, since: datetime, until: datetime) -> list[PostedDay]:
    """Per unit what was posted in a period, from both sides; one query."""
    return [PostedDay(*row) for row in _rows(_DAY, [since, until])]


def unsound_accounts() -> list[str]:
    """Bounded accounts whose kept balance is not the sum of their transfers; one query. Anything but none is a bug."""
    return [code for code, _unit in _rows(_UNSOUND, [])]


def flow_of(
    *, code: str, since: datetime, until: datetime, kinds: Iterable[str] = (), is_without: bool = False
) -> dict[str, int]:
    """Credits less debits of an account in a period per unit, of some kinds or of all others; one query."""
    listed = list(kinds)
    condition = "true" if not listed else "t.kind <> ALL(%s)" if is_without else "t.kind = ANY(%s)"
    parameters: list[Any] = [code, since, until, *([listed] if listed else [])]
    return {unit: int(minor) for unit, minor in _rows(_FLOW.format(kinds=condition), parameters)}


def net_by_subject(*, code: str, subject_kind: str, subject_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Credits less debits of an account per subject; one query."""
    found = _rows(_NET, [code, subject_kind, list(subject_ids)])
    return {subject_id: int(minor) for subject_id, minor in found}


def budget_rows() -> list[BudgetRow]:
    """Every budget with what was granted, used, reserved and is left, newest first; one query."""
    return [
        BudgetRow(code, unit, granted, used, reserved, left)
        for code, unit, left, granted, used, reserved in _rows(_BUDGETS, [BUDGETS_MAX])
    ]


def account_ref(*, code: str, unit: str) -> AccountRef | None:
    """An account that is open, as one may post to it; None when there is none."""
    row = Account.objects.filter(code=code, unit=unit).first()
    if row is None:
        return None
    return AccountRef(code=row.code, kind=AccountKind(row.kind), is_bounded=row.is_bounded)


def open_accounts(*, unit: str) -> list[AccountRef]:
    """The unbounded accounts of a unit by code; one query."""
    rows = Account.objects.filter(unit=unit, is_bounded=False).order_by("code")[:ACCOUNTS_MAX]
    return [AccountRef(code=row.code, kind=AccountKind(row.kind)) for row in rows]


def _rows(sql: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())
