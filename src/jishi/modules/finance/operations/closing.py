"""Sealing a day, raising alarms, setting limits."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext_noop

from jishi.kernel import clock, ids
from jishi.kernel.actor import SYSTEM, Actor
from jishi.kernel.errors import InvalidInput
from jishi.modules.finance import rules
from jishi.modules.finance.errors import DayDoesNotBalance, DayNotOver, DayOutOfOrder
from jishi.modules.finance.facts import BudgetAlarm, DayClosed
from jishi.modules.finance.models import Alarm, DayClose, Limit
from jishi.modules.finance.queries import close_of, close_view_of, last_close
from jishi.modules.finance.types import CloseView, DayProof, Problem
from jishi.platform import history, locks
from jishi.platform.facts import record_fact
from jishi.platform.transactions import in_transaction

LABEL_LENGTH_MAX = 80
LIMIT_MINOR_MAX = 10**12
REFUND_LIMIT = "refund_limit_minor"


@in_transaction
def close_day(proof: DayProof, *, by: Actor) -> CloseView:
    """Seal a day whose proof was made in this transaction. A day that is sealed stays as it is and is returned.

    Raises NotAllowed, DayNotOver, DayOutOfOrder, DayDoesNotBalance.
    """
    by.require("ledger.adjust")
    locks.lock_name("finance:close")
    known = close_of(proof.day)
    if known is not None:
        return known
    before = last_close()
    if not rules.is_over(proof.day, now=clock.now(), zone=settings.TIME_ZONE):
        raise DayNotOver()
    if before is not None and proof.day != before.day + timedelta(days=1):
        raise DayOutOfOrder(day=(before.day + timedelta(days=1)).isoformat())
    problems = rules.problems_of(proof)
    if problems:
        raise DayDoesNotBalance(problems=[one.code for one in problems], told=_told(problems))
    previous = before.hash if before else rules.FIRST_HASH
    totals = rules.totals_of(proof)
    row = DayClose.objects.create(
        id=ids.new_id(),
        day=proof.day,
        totals=totals,
        previous_hash=previous,
        hash=rules.seal(previous=previous, day=proof.day, totals=totals),
        closed_by=by.id,
        closed_label=by.label[:LABEL_LENGTH_MAX],
    )
    history.record_step(subject=("day_close", row.id), verb="close_day", by=by, after="closed")
    record_fact(DayClosed(row.id, row.day, row.hash), by=by)
    return close_view_of(row)


@in_transaction
def raise_alarms(*, account_code: str, unit: str, granted_minor: int, used_minor: int) -> list[int]:
    """Thresholds that were reached and had not been told; each is told once per amount granted."""
    told = []
    for threshold in rules.crossed(granted_minor=granted_minor, used_minor=used_minor):
        alarm_id = ids.new_id()
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO finance_alarm (id, account_code, unit, threshold, granted_minor, used_minor, at)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
                [alarm_id, account_code, unit, threshold, granted_minor, used_minor, clock.now()],
            )
            is_new = cursor.rowcount == 1
        if is_new:
            told.append(threshold)
            record_fact(
                BudgetAlarm(alarm_id, account_code, unit, threshold, granted_minor, used_minor), by=SYSTEM
            )
    return told


@in_transaction
def see_alarms(*, by: Actor, account_code: str) -> int:
    """A person has looked at the alarms of a budget; they leave the list of what waits."""
    by.require("ledger.view")
    rows = Alarm.objects.filter(account_code=account_code, seen_at__isnull=True)
    return rows.update(seen_at=clock.now(), seen_by=by.id)


@in_transaction
def set_limit(name: str, *, value_minor: int, by: Actor) -> None:
    """Raises NotAllowed, InvalidInput."""
    by.require("ledger.adjust")
    if name != REFUND_LIMIT or not 0 <= value_minor <= LIMIT_MINOR_MAX:
        raise InvalidInput(field="limit", reason="0–1000000000000")
    row, _ = Limit.objects.get_or_create(name=name, defaults={"value_minor": 0})
    before, row.value_minor = row.value_minor, value_minor
    row.set_at, row.set_by = clock.now(), by.id
    row.save(update_fields=["value_minor", "set_at", "set_by"])
    history.record_step(
        subject=("limit", uuid.uuid5(uuid.NAMESPACE_OID, name)),
        verb="set_limit",
        by=by,
        before=str(before),
        after=str(value_minor),
    )


def _told(problems: list[Problem]) -> tuple[str, ...]:
    """Source texts for people; the edge translates each."""
    words = {
        "unit_unbalanced": gettext_noop("借贷不相等"),
        "account_unsound": gettext_noop("有账户的余额和分录合计不一致"),
        "orders_differ": gettext_noop("订单的收退款和账本的销售不一致"),
        "open_differences": gettext_noop("还有未处理的对账差异"),
    }
    return tuple(dict.fromkeys(words[one.code] for one in problems))
