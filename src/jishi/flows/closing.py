"""Proving a day of the shop's calendar and sealing it (docs/algorithms/reconciliation-and-close.md)."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from jishi.flows.books import SALES
from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.modules.finance.public import (
    CloseView,
    DayProof,
    MoneyProof,
    UnitProof,
    close_day,
    corrections_by_currency,
    corrections_posted,
    day_bounds,
    differences_of_days,
    imports_of,
    last_close,
)
from jishi.modules.ledger.public import flow_of, posted_between, unsound_accounts
from jishi.modules.orders.public import money_between
from jishi.modules.payments.public import unneeded_between
from jishi.platform.transactions import in_transaction

ADJUSTMENT = "adjustment"


def prove_day(day: date) -> DayProof:
    """All sums of a day, from what is written now; eleven queries, however much was sold.

    Read in one transaction: a sale that comes meanwhile is of another day.
    """
    since, until = day_bounds(day, zone=settings.TIME_ZONE)
    with transaction.atomic():
        posted = posted_between(since=since, until=until)
        opened, explained = differences_of_days([day])
        return DayProof(
            day=day,
            units=tuple(UnitProof(one.unit, one.debits_minor, one.credits_minor) for one in posted),
            money=_money(day, since, until),
            unsound_accounts=tuple(unsound_accounts()),
            open_differences=opened,
            explained_differences=explained,
            statements=tuple(sorted(one.provider for one in imports_of(days=[day]) if not one.failure)),
            transfer_count=sum(one.count for one in posted),
        )


@in_transaction
def close_proven_day(day: date, *, by: Actor) -> CloseView:
    """Prove and seal in one transaction. Raises what `close_day` raises."""
    by.require("ledger.adjust")
    return close_day(prove_day(day), by=by)


def next_day_to_close() -> date:
    """The day after the last closed one; yesterday in a shop that has closed none."""
    last = last_close()
    if last is not None:
        return last.day + timedelta(days=1)
    return clock.now().astimezone(ZoneInfo(settings.TIME_ZONE)).date() - timedelta(days=1)


def _money(day: date, since: datetime, until: datetime) -> tuple[MoneyProof, ...]:
    orders = money_between(since=since, until=until)
    unneeded = unneeded_between(since=since, until=until)
    sales = flow_of(code=SALES.code, since=since, until=until, kinds=[ADJUSTMENT], is_without=True)
    adjusted = flow_of(code=SALES.code, since=since, until=until, kinds=[ADJUSTMENT])
    later = corrections_by_currency(day)
    posted_here = corrections_posted(since=since, until=until)
    found = []
    for currency in sorted({*orders, *unneeded, *sales, *adjusted, *later}):
        paid, refunded = orders.get(currency, (0, 0))
        taken, back = unneeded.get(currency, (0, 0))
        found.append(
            MoneyProof(
                currency=currency,
                orders_paid_minor=paid,
                orders_refunded_minor=refunded,
                paid_twice_minor=taken,
                sent_back_minor=back,
                sales_minor=sales.get(currency, 0) - posted_here.get(currency, 0),
                corrections_minor=later.get(currency, 0),
                adjusted_minor=adjusted.get(currency, 0),
            )
        )
    return tuple(found)
