"""Budgets of all plays on one list, and the alarms when they run out."""

from jishi.modules.finance.public import raise_alarms
from jishi.modules.ledger.public import budget_rows


def watch_budgets() -> int:
    """Raise the alarms that are due; returns how many were new. Each budget in a transaction of its own."""
    return sum(
        len(
            raise_alarms(
                account_code=row.code,
                unit=row.unit,
                granted_minor=row.granted_minor,
                used_minor=row.taken_minor,
            )
        )
        for row in budget_rows()
        if row.taken_minor > 0
    )
