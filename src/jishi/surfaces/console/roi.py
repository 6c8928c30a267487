"""What a play earned: the report of a group buy with its teams, and that of every other play."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jishi.insight.group_buy_report import GroupBuyReport, group_buy_report
from jishi.insight.periods import DAYS_MAX, Period
from jishi.insight.play_report import PlayReport, play_report
from jishi.modules.plays.group_buy.public import TeamCounts, offer_view
from jishi.modules.plays.life.public import play_view
from jishi.platform.http import actor_of
from jishi.surfaces.console import words
from jishi.surfaces.console.access import guarded
from jishi.surfaces.console.figures import DAYS_SHOWN_MAX, gathered, optional, percent
from jishi.surfaces.console.frame import show
from jishi.surfaces.console.group_buys import crumbs_to, live_teams
from jishi.surfaces.console.plays import crumbs_to_play, live_url
from jishi.surfaces.console.questions import Asked, local, period_of
from jishi.surfaces.console.roi_parts import bringers_table, cards, chart, rows_url, waterfall_rows
from jishi.surfaces.console.tables import with_query

BRINGERS_SHOWN = 12


@guarded("reports.view")
@require_safe
def report(request: HttpRequest, offer_id: uuid.UUID) -> HttpResponse:
    """A group buy: the figures of any play, and its teams."""
    offer = offer_view(offer_id)
    asked = _period(request, opens_at=offer.opens_at, closes_at=offer.closes_at)
    found = group_buy_report(offer_id, by=actor_of(request), period=asked.period)
    state, colour = words.offer_state(offer.state)
    context = {
        **_shared(request, found.figures, asked),
        "offer": offer,
        "state": state,
        "state_colour": colour,
        "kpis": _with_success_rate(cards(found.figures, asked), found),
        "chart": chart(found.figures, more=_teams_series(found)),
        **live_teams(request, offer, is_small=True),
    }
    return show(request, "console/roi.html", section="group_buys", context=context, crumbs=crumbs_to(offer))


@guarded("reports.view")
@require_safe
def play(request: HttpRequest, play_id: uuid.UUID) -> HttpResponse:
    """Any other play."""
    head = play_view(play_id)
    asked = _period(request, opens_at=head.opens_at, closes_at=head.closes_at)
    found = play_report(play_id, by=actor_of(request), period=asked.period, targets=[play_id])
    state, colour = words.play_state(head.state)
    context = {
        **_shared(request, found, asked),
        "play": head,
        "state": state,
        "state_colour": colour,
        "kpis": cards(found, asked),
        "chart": chart(found),
        "live_page": live_url(head),
    }
    crumbs = crumbs_to_play(head)
    return show(request, "console/play_roi.html", section="plays", context=context, crumbs=crumbs)


def _shared(request: HttpRequest, found: PlayReport, asked: Asked) -> dict[str, Any]:
    limit = None if request.GET.get("all") == "1" else BRINGERS_SHOWN
    is_long = len(found.days) > DAYS_SHOWN_MAX
    return {
        "figures": found,
        "picker": asked.picker(request.GET),
        "chart_title": _("每周的订单与收入") if is_long else _("每天的订单与收入"),
        "waterfall": waterfall_rows(found, asked),
        "bringers": bringers_table(found, asked, limit=limit),
        "bringers_more": len(found.bringers) if limit and len(found.bringers) > limit else 0,
        "all_url": with_query(request.GET, all=1),
        "rows_url": rows_url(found, asked),
        "export_url": f"{reverse('console:roi_csv', args=[found.play_id])}?{asked.query}",
    }


def _period(request: HttpRequest, *, opens_at: datetime, closes_at: datetime) -> Asked:
    """What was asked for; else the last days, or for a play that is over the days it ran."""
    asked = period_of(request)
    if any(name in request.GET for name in ("days", "from")):
        return asked
    first, last = local(opens_at).date(), local(closes_at).date()
    if last >= asked.period.first:
        return asked
    first = max(first, last - timedelta(days=DAYS_MAX - 1))
    return Asked(Period(first, last, asked.period.zone), None)


def _with_success_rate(shown: list[dict[str, Any]], found: GroupBuyReport) -> list[dict[str, Any]]:
    rate = optional(
        _("成团率"),
        found.success_rate,
        found.success_rate_before,
        words=percent,
        is_rate=True,
        url=f"{reverse('console:teams')}?offer={found.offer.id}",
    )
    return [*shown[:3], rate, *shown[3:]]


def _teams_series(found: GroupBuyReport) -> dict[str, Any]:
    nothing, days = TeamCounts(), found.figures.days
    teams = [found.team_days.get(point.day, nothing).succeeded for point in days]
    return {
        "name": _("成团"),
        "type": "bar",
        "data": gathered(teams, len(days)),
        "axis": 1,
        "colour": "#b5d3c4",
    }
