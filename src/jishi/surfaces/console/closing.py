"""Closed days: what each proves, its seal, and closing the next."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from jishi.flows.closing import close_proven_day, next_day_to_close, prove_day
from jishi.kernel import clock
from jishi.kernel.errors import NotFound
from jishi.modules.finance.public import (
    CloseView,
    DayProof,
    MoneyProof,
    broken_seals,
    close_of,
    closes,
    is_over,
    problems_of,
    totals_of,
)
from jishi.platform.http import actor_of
from jishi.surfaces.console import money_words
from jishi.surfaces.console.access import guarded
from jishi.surfaces.console.forms import act_once, once_key
from jishi.surfaces.console.frame import show
from jishi.surfaces.console.questions import day_of, local
from jishi.surfaces.console.tables import column, number, row, table, tag, text
from jishi.surfaces.templatetags.look import money

_WITHOUT_LATER = ("explained_differences", "open_differences", "statements")  # these go on after the seal


@guarded("ledger.view")
@require_safe
def day_closes(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    day = next_day_to_close()
    is_ready = is_over(day, now=clock.now(), zone=settings.TIME_ZONE)
    broken = broken_seals()
    context = {
        "next_day": day,
        "next_url": reverse("console:close", args=[day.isoformat()]),
        "is_ready": is_ready,
        "problems": [money_words.problem(one) for one in problems_of(prove_day(day))] if is_ready else [],
        "broken": broken,
        "rows": _table(closes(by=actor)),
        "may_close": actor.may("ledger.adjust"),
        "once": once_key(),
    }
    return show(request, "console/closes.html", section="closes", context=context)


@guarded("ledger.view")
@require_safe
def day_close(request: HttpRequest, day: str) -> HttpResponse:
    """The proof as it is now; beside it the seal, where there is one."""
    actor, wanted = actor_of(request), _day(day)
    sealed, proof = close_of(wanted), prove_day(wanted)
    over = is_over(wanted, now=clock.now(), zone=settings.TIME_ZONE)
    problems = problems_of(proof)
    context = {
        "day": wanted,
        "sealed": sealed,
        "closed_at": local(sealed.closed_at) if sealed else None,
        "came_after": bool(sealed)
        and _figures(totals_of(proof)) != _figures(sealed.totals if sealed else {}),
        "problems": [money_words.problem(one) for one in problems],
        "money": [_money(one) for one in proof.money],
        "units": _units(proof),
        "proof": proof,
        "is_over": over,
        "may_close": over and not sealed and not problems and actor.may("ledger.adjust"),
        "older_url": reverse("console:close", args=[(wanted - timedelta(days=1)).isoformat()]),
        "newer_url": reverse("console:close", args=[(wanted + timedelta(days=1)).isoformat()]),
        "differences_url": f"{reverse('console:differences')}?day={wanted.isoformat()}&state=all",
        "once": once_key(),
    }
    crumbs = [(_("日结"), reverse("console:closes"))]
    return show(request, "console/close.html", section="closes", context=context, crumbs=crumbs)


@guarded("ledger.adjust")
@require_POST
def seal(request: HttpRequest, day: str) -> HttpResponse:
    wanted = _day(day)
    act_once(request, lambda: close_proven_day(wanted, by=actor_of(request)))
    messages.success(request, _("%(day)s 已关账") % {"day": wanted.isoformat()})
    return redirect("console:close", wanted.isoformat())


def _day(value: str) -> date:
    found = day_of(value)
    today = clock.now().astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    if found is None or not date(2000, 1, 1) <= found <= today:
        raise NotFound()
    return found


def _figures(totals: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in totals.items() if name not in _WITHOUT_LATER}


def _table(found: list[CloseView]) -> dict[str, Any]:
    columns = [
        column(_("日期")),
        column(_("订单净收"), is_number=True),
        column(_("分录"), is_number=True),
        column(_("差异")),
        column(_("关账")),
        column(_("封印")),
    ]
    empty = (_("还没有关过账"), _("一天过完、三本账对平之后就可以关账。"))
    return table(columns, [_row(one) for one in found], caption=_("日结"), empty=empty)


def _row(one: CloseView) -> dict[str, Any]:
    sums = [_money_of(values) for values in one.totals["money"]]
    told = " · ".join(money(found.orders_side_minor, found.currency) for found in sums) or "–"
    explained = one.totals["explained_differences"]
    words = _("%(count)s 处已说明") % {"count": explained} if explained else _("无")
    return row(
        [
            text(one.day.isoformat()),
            number(told),
            number(one.totals["transfer_count"]),
            tag(words, "gold" if explained else "leaf"),
            text(one.closed_label or _("系统"), note=f"{local(one.closed_at):%m-%d %H:%M}"),
            text(one.hash[:10]),
        ],
        url=reverse("console:close", args=[one.day.isoformat()]),
    )


def _money_of(values: dict[str, Any]) -> MoneyProof:
    return replace(MoneyProof(currency=values["currency"]), **values)


def _money(one: MoneyProof) -> dict[str, Any]:
    """The two sides of a currency as rows: (words, minor, is_total)."""
    return {
        "currency": one.currency,
        "is_even": one.orders_side_minor == one.ledger_side_minor,
        "difference": one.orders_side_minor - one.ledger_side_minor,
        "orders": [
            (_("订单收款"), one.orders_paid_minor, False),
            (_("订单退款"), -one.orders_refunded_minor, False),
            (_("重复付款（待退）"), one.paid_twice_minor, False),
            (_("重复付款已退"), -one.sent_back_minor, False),
            (_("订单一边"), one.orders_side_minor, True),
        ],
        "ledger": [
            (_("销售科目当天净额"), one.sales_minor, False),
            (_("后来为这天补记的"), one.corrections_minor, False),
            (_("账本一边"), one.ledger_side_minor, True),
        ],
        "adjusted": one.adjusted_minor,
    }


def _units(proof: DayProof) -> dict[str, Any]:
    columns = [
        column(_("单位")),
        column(_("借方"), is_number=True),
        column(_("贷方"), is_number=True),
        column(_("结果")),
    ]
    rows = []
    for one in proof.units:
        currency = one.unit.partition(".")[0]
        is_even = one.debits_minor == one.credits_minor
        rows.append(
            row(
                [
                    text(_("预算额度") if one.unit.endswith(".b") else one.unit),
                    number(money(one.debits_minor, currency)),
                    number(money(one.credits_minor, currency)),
                    tag(_("相等"), "leaf") if is_even else tag(_("不平"), "accent"),
                ]
            )
        )
    return table(columns, rows, caption=_("借贷"), empty=(_("这天没有分录"), ""))
