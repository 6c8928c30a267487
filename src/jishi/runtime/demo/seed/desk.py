"""The finance desk: statements of the last days, two closed days, an open difference, an approval waiting, budget alarms."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from jishi.flows.adjustments import ask_adjustment
from jishi.flows.big_refunds import Wanted, ask_for_refund
from jishi.flows.budgets import watch_budgets
from jishi.flows.closing import close_proven_day
from jishi.flows.statements import take_statement
from jishi.kernel import clock, ids
from jishi.kernel.actor import SYSTEM, Actor
from jishi.modules.finance.public import REFUND_LIMIT, day_bounds, explain_difference, set_limit
from jishi.modules.finance.public import differences as found_differences
from jishi.modules.orders.public import OrderFilter, OrderState, find_orders, order_view
from jishi.modules.payments.public import StatementLine, settled_between

PROVIDER = "sandbox"
DAYS_WITH_STATEMENTS = 4
DAYS_CLOSED = 2
REFUND_LIMIT_MINOR = 10_000


def open_desk(*, finance: Actor) -> None:
    """Everything through the flows, with the clock held at the morning after each day."""
    today = clock.now().astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    days = [today - timedelta(days=back) for back in range(DAYS_WITH_STATEMENTS, 0, -1)]
    for place, day in enumerate(days):
        with clock.held_at(min(_morning_after(day), clock.now())):
            _take(day, is_off=place in (1, len(days) - 1))
    (first, *_rest) = found_differences(by=SYSTEM, day=days[1])
    with clock.held_at(min(_morning_after(days[1]) + timedelta(hours=1), clock.now())):
        explain_difference(first.id, by=finance, note="摊位上扫码收的，用的是同一个商户号")
    for day in days[:DAYS_CLOSED]:
        with clock.held_at(min(_morning_after(day) + timedelta(hours=2), clock.now())):
            close_proven_day(day, by=finance)
    watch_budgets()
    set_limit(REFUND_LIMIT, value_minor=REFUND_LIMIT_MINOR, by=finance)
    _ask(finance)


def _take(day: date, *, is_off: bool) -> None:
    """What the sandbox's books say of a day (they are ours), and where wanted a payment that we do not know."""
    since, until = day_bounds(day, zone="UTC")
    payments, refunds = settled_between(since=since, until=until)
    lines = [
        *(
            StatementLine(
                str(one.id), "payment", one.reference, one.amount_minor, one.fee_minor, one.currency, at
            )
            for one in payments
            if one.provider == PROVIDER and (at := one.settled_at)
        ),
        *(
            StatementLine(str(one.id), "refund", one.payment_reference, one.amount_minor, 0, one.currency, at)
            for one in refunds
            if one.provider == PROVIDER and (at := one.settled_at)
        ),
    ]
    if is_off:
        stray = ids.new_id()
        lines.append(
            StatementLine(
                "", "payment", f"SBX{stray.hex[:12].upper()}", 2_600, 16, settings.JISHI_CURRENCY, until
            )
        )
    take_statement(day, provider=PROVIDER, lines=lines)


def _ask(finance: Actor) -> None:
    """A big refund and an entry by hand, both waiting for somebody else."""
    wanted = OrderFilter(states=(OrderState.PAID, OrderState.SHIPPED, OrderState.RECEIVED))
    orders = [order for page in range(1, 6) for order in find_orders(wanted, by=SYSTEM, page=page)[0]]
    big = [one for one in orders if one.paid_minor > REFUND_LIMIT_MINOR and not one.refunded_minor]
    for order in big[:1]:
        wanted_back = Wanted(reason="damaged", note="整箱压坏，照片已核对")
        ask_for_refund(order_view(order.id, by=SYSTEM), wanted_back, minor=order.paid_minor, by=finance)
    ask_adjustment(
        debit="bank",
        credit="other_income",
        amount_minor=1_286,
        currency=settings.JISHI_CURRENCY,
        reason="银行第三季度利息，回单已存档",
        by=finance,
    )


def _morning_after(day: date) -> datetime:
    return day_bounds(day, zone=settings.TIME_ZONE)[1] + timedelta(hours=9, minutes=40)
