"""The first page: how the shop does beside the period before, and what waits for a person."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jishi.insight.dashboard import Dashboard, DayRow, dashboard
from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.modules.approvals.public import count_to_decide
from jishi.modules.catalog.public import ImportState, import_runs
from jishi.modules.finance.public import count_open_differences, count_unseen_alarms
from jishi.modules.inventory.public import count_short
from jishi.modules.orders.public import OrderState, count_by_state
from jishi.modules.payments.public import count_failed_refunds
from jishi.modules.plays.group_buy.public import count_forming
from jishi.platform.http import actor_of
from jishi.surfaces.console.access import guarded
from jishi.surfaces.console.figures import DAYS_SHOWN_MAX, compared, gathered, groups, money, percent, whole
from jishi.surfaces.console.frame import show
from jishi.surfaces.console.inventory import SHORT_AT_MOST
from jishi.surfaces.console.questions import Asked, period_of

DUE_SOON_HOURS = 3
IMPORT_DAYS = 7


@guarded()
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    if not actor.may("reports.view"):
        return redirect("console:orders")
    asked = period_of(request)
    found = dashboard(by=actor, period=asked.period)
    context = {
        "picker": asked.picker(request.GET),
        "kpis": _cards(found, asked),
        "money_chart": _money_chart(found),
        "people_chart": _people_chart(found),
        "team_chart": _team_chart(found),
        "tasks": tasks(actor),
        "money_title": _("每周的收入与订单") if len(found.days) > DAYS_SHOWN_MAX else _("每天的收入与订单"),
        "orders_url": f"{reverse('console:orders')}?{_paid(asked)}",
        "members_url": f"{reverse('console:members')}?{asked.query}",
    }
    return show(request, "console/home.html", section="home", context=context)


def tasks(actor: Actor) -> list[dict[str, Any]]:
    """What waits for a person now, each with the rows behind it; eight queries."""
    orders = reverse("console:orders")
    rows: list[tuple[str, str, int, str]] = []
    if actor.may("orders.view"):
        states = count_by_state(by=actor)
        waiting = sum(states.get(state.value, 0) for state in (OrderState.PAID, OrderState.PARTLY_SHIPPED))
        rows.append(("truck", _("订单等发货"), waiting, f"{orders}?state=to_ship"))
    if actor.may("reports.view"):
        due = count_forming(due_before=clock.now() + timedelta(hours=DUE_SOON_HOURS))
        words = _("个团 %(hours)s 小时内到期") % {"hours": DUE_SOON_HOURS}
        rows.append(("clock", words, due, f"{reverse('console:teams')}?due=soon"))
    if actor.may("orders.refund"):
        rows.append(("refund", _("笔退款失败"), count_failed_refunds(), reverse("console:failed_refunds")))
    if actor.may("approvals.decide"):
        rows.append(("check", _("件事等你审批"), count_to_decide(by=actor), reverse("console:approvals")))
    if actor.may("ledger.view"):
        rows.append(("filter", _("处对账差异"), count_open_differences(), reverse("console:differences")))
    rows.append(("wallet", _("个预算快用完"), count_unseen_alarms(), reverse("console:budgets")))
    if actor.may("inventory.view"):
        short = count_short(by=actor, at_most=SHORT_AT_MOST)
        rows.append(("box", _("个规格快没货"), short, f"{reverse('console:inventory')}?short=1"))
    if actor.may("catalog.edit"):
        rows.append(("upload", _("次导入有问题"), _failed_imports(actor), reverse("console:imports")))
    return [{"icon": icon, "words": words, "count": count, "url": url} for icon, words, count, url in rows]


def _failed_imports(actor: Actor) -> int:
    since = clock.now() - timedelta(days=IMPORT_DAYS)
    runs = [run for run in import_runs(by=actor) if run.started_at and run.started_at >= since]
    return sum(1 for run in runs if run.state is ImportState.FAILED or run.failed_rows)


def _cards(found: Dashboard, asked: Asked) -> list[dict[str, Any]]:
    orders = f"{reverse('console:orders')}?{_paid(asked)}"
    days = found.days
    return [
        compared(
            _("净收入（退款后）"),
            found.net,
            words=money,
            url=orders,
            series=[day.net_minor for day in days],
        ),
        compared(
            _("付款订单"), found.orders, words=whole, url=orders, series=[day.order_count for day in days]
        ),
        compared(_("客单价"), found.order_value, words=money, url=orders),
        compared(
            _("新会员"),
            found.new_members,
            words=whole,
            url=f"{reverse('console:members')}?{asked.query}",
            series=[day.new_member_count for day in days],
        ),
        compared(
            _("转化率（买家 / 访客）"),
            found.conversion,
            words=percent,
            is_rate=True,
            url=orders,
        ),
        compared(
            _("成团率"),
            found.success_rate,
            words=percent,
            is_rate=True,
            url=f"{reverse('console:teams')}?state=failed",
        ),
        compared(
            _("退款"),
            found.refunded,
            words=money,
            good="down",
            url=f"{orders}&refunded=1",
            series=[day.refunded_minor for day in days],
        ),
        compared(_("访客"), found.visitors, words=whole, series=[day.visitor_count for day in days]),
    ]


def _money_chart(found: Dashboard) -> dict[str, Any]:
    days = found.days
    parts = [(days[group[0]].day, days[group[-1]].day) for group in groups(len(days))]
    return {
        "type": "line",
        "description": _("净收入与付款订单，虚线为上期净收入"),
        "labels": _labels(days),
        "axes": ["money", "number"],
        "links": [f"{reverse('console:orders')}?paid_from={first}&paid_to={last}" for first, last in parts],
        "series": [
            _line(_("净收入"), [d.net_minor for d in days], format="money", area=True),
            _line(_("上期"), [d.net_minor for d in found.days_before], format="money", faint=True),
            _bar(_("订单"), [d.order_count for d in days], axis=1, colour="#f6d3c5"),
        ],
    }


def _people_chart(found: Dashboard) -> dict[str, Any]:
    days = found.days
    return {
        "type": "line",
        "description": _("访客与新会员"),
        "labels": _labels(days),
        "axes": ["number", "number"],
        "series": [
            _line(_("访客"), [d.visitor_count for d in days], colour="#33648c", area=True),
            _bar(_("新会员"), [d.new_member_count for d in days], axis=1, colour="#a9cbb9"),
        ],
    }


def _team_chart(found: Dashboard) -> dict[str, Any]:
    days = found.days
    return {
        "type": "bar",
        "description": _("成团与没凑满的团"),
        "labels": _labels(days),
        "axes": ["number"],
        "series": [
            _bar(_("成团"), [d.succeeded_count for d in days], colour="#2f7d5b", stack="teams"),
            _bar(_("没凑满"), [d.failed_count for d in days], colour="#f2b79f", stack="teams"),
        ],
    }


def _labels(days: tuple[DayRow, ...]) -> list[str]:
    return [f"{days[group[0]].day:%m/%d}" for group in groups(len(days))]


def _line(name: str, data: list[int], **more: Any) -> dict[str, Any]:
    return {"name": name, "type": "line", "data": gathered(data, len(data)), **more}


def _bar(name: str, data: list[int], **more: Any) -> dict[str, Any]:
    return {"name": name, "type": "bar", "data": gathered(data, len(data)), **more}


def _paid(asked: Asked) -> str:
    return f"paid_from={asked.period.first.isoformat()}&paid_to={asked.period.last.isoformat()}"
