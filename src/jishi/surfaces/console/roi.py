"""What a group buy earned: the report, the rows behind each of its numbers, and their export."""

import uuid
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jishi.insight.group_buy_report import (
    GroupBuyReport,
    group_buy_report,
)
from jishi.insight.periods import DAYS_MAX, Compared, Period
from jishi.insight.roi import Bringer, Waterfall
from jishi.modules.plays.group_buy.public import TeamCounts, offer_view
from jishi.platform.http import actor_of
from jishi.surfaces.console import words
from jishi.surfaces.console.access import guarded
from jishi.surfaces.console.figures import (
    DAYS_SHOWN_MAX,
    compared,
    decimals,
    gathered,
    groups,
    money,
    optional,
    percent,
    whole,
)
from jishi.surfaces.console.frame import show
from jishi.surfaces.console.group_buys import crumbs_to, live_teams
from jishi.surfaces.console.questions import Asked, local, period_of
from jishi.surfaces.console.tables import bar, column, number, row, table, text, with_query
from jishi.surfaces.templatetags.look import money as exact

ROWS_SHOWN = 50
BRINGERS_SHOWN = 12
PORTION = 200
FIGURES = ("discount", "leader", "refunded", "new", "brought")


@guarded("reports.view")
@require_safe
def report(request: HttpRequest, offer_id: uuid.UUID) -> HttpResponse:
    asked = _period(request, offer_id)
    found = group_buy_report(offer_id, by=actor_of(request), period=asked.period)
    state, colour = words.offer_state(found.offer.state)
    limit = None if request.GET.get("all") == "1" else BRINGERS_SHOWN
    context = {
        "report": found,
        "offer": found.offer,
        "state": state,
        "state_colour": colour,
        "picker": asked.picker(request.GET),
        "kpis": _cards(found, asked),
        "chart": _chart(found),
        "chart_title": _("每周的团与收入") if len(found.days) > DAYS_SHOWN_MAX else _("每天的团与收入"),
        "waterfall": _waterfall(found, asked),
        "bringers": _bringers(found, asked, limit=limit),
        "bringers_more": len(found.bringers) if limit and len(found.bringers) > limit else 0,
        "all_url": with_query(request.GET, all=1),
        "rows_url": _rows_url(found, asked),
        "export_url": f"{reverse('console:roi_csv', args=[offer_id])}?{asked.query}",
        **live_teams(request, found.offer, is_small=True),
    }
    return show(
        request, "console/roi.html", section="group_buys", context=context, crumbs=crumbs_to(found.offer)
    )


def _period(request: HttpRequest, offer_id: uuid.UUID) -> Asked:
    """What was asked for; else the last days, or for an offer that is over the days it ran."""
    asked = period_of(request)
    if any(name in request.GET for name in ("days", "from")):
        return asked
    offer = offer_view(offer_id)
    first, last = local(offer.opens_at).date(), local(offer.closes_at).date()
    if last >= asked.period.first:
        return asked
    first = max(first, last - timedelta(days=DAYS_MAX - 1))
    return Asked(Period(first, last, asked.period.zone), None)


def _cards(found: GroupBuyReport, asked: Asked) -> list[dict[str, Any]]:
    now, before = found.waterfall, found.waterfall_before
    rows_url = _rows_url(found, asked)
    teams_url = f"{reverse('console:teams')}?offer={found.offer.id}"
    k, k_before = found.spread.k, found.spread_before.k
    k_card = optional(
        _("K 值（每人带来）"),
        k if found.spread.buyer_count else None,
        k_before if found.spread_before.buyer_count else None,
        words=decimals,
        url=f"{rows_url}&figure=brought",
    )
    k_card["delta"] = " · ".join(part for part in (k_card["delta"], f"±{found.spread.k_error:.2f}") if part)
    return [
        compared(
            _("净收入（退款后）"),
            Compared(now.net_minor, before.net_minor),
            words=money,
            url=rows_url,
            series=[day.net_minor for day in found.days],
        ),
        compared(
            _("投入"),
            Compared(now.spend_minor, before.spend_minor),
            words=money,
            good="down",
            url=f"{rows_url}&figure=discount",
        ),
        optional(_("投产比"), now.roi, before.roi, words=decimals, url=rows_url),
        optional(
            _("成团率"),
            found.success_rate,
            found.success_rate_before,
            words=percent,
            is_rate=True,
            url=teams_url,
        ),
        compared(
            _("新会员"),
            Compared(found.spread.new_member_count, found.spread_before.new_member_count),
            words=whole,
            url=f"{rows_url}&figure=new",
        ),
        k_card,
    ]


def _chart(found: GroupBuyReport) -> dict[str, Any]:
    """Days, or weeks when there are many; a click opens the rows of that time."""
    base, points, count = reverse("console:roi_rows", args=[found.offer.id]), found.days, len(found.days)
    parts = [(points[group[0]].day, points[group[-1]].day) for group in groups(count)]
    nothing = TeamCounts()
    teams = [found.team_days.get(point.day, nothing).succeeded for point in points]
    return {
        "type": "line",
        "description": _("净收入、订单与成团数，虚线为上期净收入"),
        "labels": [f"{first:%m/%d}" for first, _last in parts],
        "axes": ["money", "number"],
        "links": [f"{base}?from={first}&to={last}" for first, last in parts],
        "series": [
            {
                "name": _("净收入"),
                "type": "line",
                "data": gathered([point.net_minor for point in points], count),
                "format": "money",
                "area": True,
            },
            {
                "name": _("上期净收入"),
                "type": "line",
                "data": gathered([point.net_minor for point in found.days_before], count),
                "format": "money",
                "faint": True,
            },
            {
                "name": _("订单"),
                "type": "bar",
                "data": gathered([point.order_count for point in points], count),
                "axis": 1,
                "colour": "#f6c9b6",
            },
            {
                "name": _("成团"),
                "type": "bar",
                "data": gathered(teams, count),
                "axis": 1,
                "colour": "#b5d3c4",
            },
        ],
    }


def _waterfall(found: GroupBuyReport, asked: Asked) -> list[dict[str, Any]]:
    now = found.waterfall
    url = _rows_url(found, asked)
    rows_shown = [
        _step(now, _("商品原价合计"), now.list_minor, url=url, has_share=False),
        _step(now, _("拼团让利"), -now.group_discount_minor, url=f"{url}&figure=discount"),
        _step(now, _("团主优惠"), -now.leader_discount_minor, url=f"{url}&figure=leader"),
        _step(now, _("运费收入"), now.shipping_minor, url=url),
        _step(now, _("退款（没成团与售后）"), -now.refunded_minor, url=f"{url}&figure=refunded"),
        _step(now, _("净收入"), now.net_minor, url=url, is_total=True),
        _step(now, _("支付手续费"), -now.fee_minor, url=url),
    ]
    coverage = f"{now.cost_coverage * 100:.0f}%"
    rows_shown.append(
        _step(now, _("货成本（已填 %(share)s）") % {"share": coverage}, -now.cost_minor, url=url)
    )
    if now.margin_minor is not None and now.units:
        mood = "good" if now.margin_minor >= 0 else "bad"
        rows_shown.append(_step(now, _("毛利"), now.margin_minor, url=url, is_total=True, mood=mood))
    return rows_shown


def _step(  # noqa: PLR0913  (the cells of one row)
    now: Waterfall,
    label: str,
    minor: int,
    *,
    url: str = "",
    is_total: bool = False,
    mood: str = "",
    has_share: bool = True,
) -> dict[str, Any]:
    """A row: its share is of what was paid, its bar of the list price."""
    share = f"{abs(minor) / now.paid_minor * 100:.1f}%" if has_share and now.paid_minor and minor else ""
    return {
        "label": label,
        "minor": minor,
        "share": share,
        "is_total": is_total,
        "mood": mood,
        "url": url,
        "width": min(100, round(abs(minor) / now.list_minor * 100)) if now.list_minor else 0,
    }


def _bringers(found: GroupBuyReport, asked: Asked, *, limit: int | None) -> dict[str, Any]:
    heads = (_("到访"), _("下单"), _("新会员"), _("净收入"), _("每单成本"))
    columns = [
        column(_("分享者或来源")),
        *(column(head, is_number=True) for head in heads),
        column(_("占比")),
    ]
    best = max((row_found.net_minor for row_found in found.bringers), default=0)
    shown = found.bringers[:limit]
    return table(
        columns,
        [_bringer(bringer, found, asked, best) for bringer in shown],
        caption=_("谁带来的"),
        empty=(_("这段时间还没有订单"), _("有人付款后，这里会说是谁带来的。")),
    )


def _bringer(bringer: Bringer, found: GroupBuyReport, asked: Asked, best: int) -> dict[str, Any]:
    url = _rows_url(found, asked)
    if bringer.sharer_id:
        person = found.people.get(bringer.sharer_id)
        name, note = person.nickname if person else "–", ""
        url += f"&sharer={bringer.sharer_id}"
    else:
        name, note = words.source(bringer.source), _("没有人带来")
        url += f"&source={bringer.source}"
    return row(
        [
            text(name, note=note),
            number(whole(bringer.visitor_count) if bringer.sharer_id else "–"),
            number(whole(bringer.order_count)),
            number(whole(bringer.new_member_count)),
            number(money(bringer.net_minor)),
            number(exact(bringer.spend_per_order_minor) if bringer.order_count else "–"),
            bar(bringer.net_minor * 100 / best if best > 0 else 0),
        ],
        url=url,
    )


def _rows_url(found: GroupBuyReport, asked: Asked) -> str:
    return f"{reverse('console:roi_rows', args=[found.offer.id])}?{asked.query}"
