"""Campaigns: the table with the calendar of hot dates, the report of one, and the what-if before it is launched."""

import uuid
from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from jishi.insight.campaign_report import CampaignReport, campaign_report
from jishi.insight.what_if import REACH_MAX, UNITS_MAX, Assumptions, ShopRecord, WhatIf, shop_record, simulate
from jishi.kernel import clock
from jishi.modules.campaigns.public import (
    CampaignState,
    CampaignView,
    Festival,
    campaign_view,
    campaigns_table,
    close_campaign,
    festivals_between,
    publish_campaign,
)
from jishi.modules.plays.group_buy.public import offers_by_ids
from jishi.modules.plays.life.public import plays_by_ids
from jishi.platform.http import actor_of
from jishi.surfaces.console import words
from jishi.surfaces.console.access import guarded
from jishi.surfaces.console.figures import kpi, whole
from jishi.surfaces.console.forms import MoneyField, dress, written
from jishi.surfaces.console.frame import fragment, show
from jishi.surfaces.console.plays import live_url
from jishi.surfaces.console.questions import local
from jishi.surfaces.console.tables import column, number, row, table, tabs, tag, text
from jishi.surfaces.console.timeline import timeline
from jishi.surfaces.templatetags.look import money, short_money

SHOWN = 100
DAYS_AHEAD = 120
_GROUPS: dict[str, tuple[CampaignState, ...]] = {
    "": (),
    "running": (CampaignState.OPEN,),
    "scheduled": (CampaignState.SCHEDULED,),
    "draft": (CampaignState.DRAFT,),
    "settled": (CampaignState.CLOSING, CampaignState.SETTLED),
}


class WhatIfForm(forms.Form):
    """What the operator may change; rates in percent."""

    reach = forms.IntegerField(
        label=gettext_lazy("先触达多少人"),
        min_value=0,
        max_value=REACH_MAX,
        help_text=gettext_lazy("第一批会看到的人"),
    )
    conversion = forms.FloatField(label=gettext_lazy("下单转化（%）"), min_value=0, max_value=100)
    k = forms.FloatField(label=gettext_lazy("K：每位买家带来几位"), min_value=0, max_value=3)
    units_per_buyer = forms.FloatField(label=gettext_lazy("每人买几件"), min_value=0.1, max_value=100)
    stock = forms.IntegerField(
        label=gettext_lazy("备货件数"),
        min_value=0,
        max_value=UNITS_MAX,
        required=False,
        help_text=gettext_lazy("留空表示不限"),
    )
    price_minor = MoneyField(label=gettext_lazy("原价"), may_be_zero=False)
    discount_minor = MoneyField(label=gettext_lazy("每件让利"))
    fixed_cost_minor = MoneyField(
        label=gettext_lazy("固定花费"), required=False, help_text=gettext_lazy("红包、奖品、投放")
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        dress(self)

    def told(self, record: ShopRecord) -> Assumptions:
        values = self.cleaned_data
        conversion, k = values["conversion"] / 100, values["k"]
        return Assumptions(
            reach=values["reach"],
            conversion=conversion,
            k=k,
            units_per_buyer=values["units_per_buyer"],
            stock=values["stock"],
            price_minor=values["price_minor"],
            discount_minor=min(values["discount_minor"] or 0, values["price_minor"]),
            fixed_cost_minor=values["fixed_cost_minor"] or 0,
            is_own_conversion=record.is_own_conversion and abs(conversion - record.conversion) < 0.0005,
            is_own_k=record.is_own_k and abs(k - record.k) < 0.005,
        )


@guarded("reports.view")
@require_safe
def campaigns(request: HttpRequest) -> HttpResponse:
    """All campaigns, and the hot dates of the next months with the day to begin."""
    found = campaigns_table(states=_GROUPS.get(request.GET.get("state", ""), ()), limit=SHOWN)
    today = local(clock.now()).date()
    labels = (_("全部"), _("进行中"), _("待开始"), _("草稿"), _("已结束"))
    may_edit = actor_of(request).may("plays.edit")
    context = {
        "tabs": tabs(zip(_GROUPS, labels, strict=True), name="state", query=request.GET),
        "campaigns": _table(found),
        "dates": [
            _date(
                one,
                planned=[c for c in found if c.festival == f"{one.key}-{one.day.year}"],
                may_edit=may_edit,
            )
            for one in festivals_between(today, today + timedelta(days=DAYS_AHEAD))
        ],
        "may_edit": may_edit,
    }
    return show(request, "console/campaigns.html", section="campaigns", context=context)


@guarded("reports.view")
@require_safe
def campaign(request: HttpRequest, campaign_id: uuid.UUID) -> HttpResponse:
    """The report of one: goal and budget, what each play brought, the uplift over the holdout."""
    found = campaign_view(campaign_id)
    report = campaign_report(campaign_id, by=actor_of(request))
    state, colour = words.play_state(found.state)
    may_edit = actor_of(request).may("plays.edit")
    context = {
        "campaign": found,
        "report": report,
        "state": state,
        "state_colour": colour,
        "kpis": _kpis(report),
        "plays": _plays(report),
        "page_url": reverse("shop:campaign", args=[found.slug]),
        "events": timeline("campaign", campaign_id),
        "may_publish": may_edit and found.state is CampaignState.DRAFT,
        "may_change": may_edit and found.state not in (CampaignState.CLOSING, CampaignState.SETTLED),
        "may_close": may_edit and found.state in (CampaignState.OPEN, CampaignState.SCHEDULED),
    }
    return show(request, "console/campaign.html", section="campaigns", context=context, crumbs=crumbs())


@guarded("plays.edit")
@require_POST
def publish(request: HttpRequest, campaign_id: uuid.UUID) -> HttpResponse:
    publish_campaign(campaign_id, by=actor_of(request))
    messages.success(request, _("活动已发布"))
    return redirect("console:campaign", campaign_id)


@guarded("plays.edit")
@require_POST
def close(request: HttpRequest, campaign_id: uuid.UUID) -> HttpResponse:
    close_campaign(campaign_id, by=actor_of(request))
    messages.success(request, _("活动已结束，里面的玩法按各自的时间继续"))
    return redirect("console:campaign", campaign_id)


@guarded("reports.view")
@require_safe
def what_if(request: HttpRequest) -> HttpResponse:
    """The simulation; the form is in the address, so an answer can be sent to a colleague."""
    record = shop_record(by=actor_of(request))
    asked = request.GET.dict() if "reach" in request.GET else _first_question(record)
    form = WhatIfForm(asked)
    answer = simulate(form.told(record)) if form.is_valid() else None
    context = {"form": form, "answer": answer, "record": record, **(_answer(answer) if answer else {})}
    if request.headers.get("HX-Request"):
        return fragment(request, "console/parts/what_if_answer.html", context)
    return show(request, "console/what_if.html", section="campaigns", context=context, crumbs=crumbs())


def crumbs() -> list[tuple[str, str]]:
    return [(_("活动"), reverse("console:campaigns"))]


def _first_question(record: ShopRecord) -> dict[str, Any]:
    return {
        "reach": 2_000,
        "conversion": f"{record.conversion * 100:.1f}",
        "k": f"{record.k:.2f}",
        "units_per_buyer": f"{record.units_per_buyer:.1f}",
        "stock": 100,
        "price_minor": written(5_000),
        "discount_minor": written(1_000),
        "fixed_cost_minor": "",
    }


def _answer(answer: WhatIf) -> dict[str, Any]:
    top = max(answer.spread, default=0)
    chance = answer.chance_of_running_out
    return {
        "chance": f"{chance * 100:.0f}%" if chance is not None else "–",
        "is_scarce": chance is not None and chance > 0.2,
        "brought": f"{answer.brought_share * 100:.0f}%",
        "bars": [
            {"height": round(value * 100 / top) if top else 0, "value": value} for value in answer.spread
        ],
        "conversion_words": f"{answer.assumptions.conversion * 100:.1f}%",
    }


def _table(found: list[CampaignView]) -> dict[str, Any]:
    columns = [
        column(_("活动")),
        column(_("状态")),
        column(_("开始")),
        column(_("结束")),
        column(_("目标"), is_number=True),
        column(_("预算"), is_number=True),
        column(_("对照组"), is_number=True),
    ]
    rows = [
        row(
            [
                text(one.name, note=one.headline),
                tag(*words.play_state(one.state)),
                text(f"{local(one.opens_at):%m-%d %H:%M}"),
                text(f"{local(one.closes_at):%m-%d %H:%M}"),
                number(short_money(one.goal_minor) if one.goal_minor else "–"),
                number(short_money(one.budget_minor) if one.budget_minor else "–"),
                number(f"{one.holdout_bps / 100:.0f}%"),
            ],
            url=reverse("console:campaign", args=[one.id]),
        )
        for one in found
    ]
    empty = (_("还没有活动"), _("从右边挑一个快到的节日，或自己新建一个。"))
    return table(columns, rows, caption=_("活动"), empty=empty)


def _date(one: Festival, *, planned: list[CampaignView], may_edit: bool) -> dict[str, Any]:
    today = local(clock.now()).date()
    start = one.day - timedelta(days=one.lead_days)
    return {
        "festival": one,
        "name": words.festival(one.name),
        "idea": words.festival(one.idea),
        "days_left": (one.day - today).days,
        "is_due": start <= today,
        "start": start,
        "planned": planned[0] if planned else None,
        "url": f"{reverse('console:campaign_new')}?festival={one.key}&day={one.day}" if may_edit else "",
    }


def _kpis(report: CampaignReport) -> list[dict[str, Any]]:
    waterfall, uplift = report.waterfall, report.uplift
    if uplift.per_person_minor is None:
        words_of_uplift = _("人数还不够")
    else:
        words_of_uplift = f"{money(round(uplift.per_person_minor))} ± {money(round(uplift.error_minor or 0))}"
    roi = f"{waterfall.roi:.2f}" if waterfall.roi is not None else "–"
    return [
        kpi(_("净收入（退款后）"), money(waterfall.net_minor)),
        kpi(_("投入"), money(waterfall.spend_minor)),
        kpi(_("投产比"), roi),
        kpi(_("订单"), whole(report.order_count)),
        kpi(_("看到的人"), whole(report.people_shown)),
        kpi(_("每人多带来"), words_of_uplift),
    ]


def _plays(report: CampaignReport) -> dict[str, Any]:
    heads = plays_by_ids(report.by_play)
    offers = offers_by_ids([one for one in report.by_play if one not in heads])
    columns = [
        column(_("玩法")),
        column(_("类型")),
        column(_("净收入"), is_number=True),
        column(_("投入"), is_number=True),
        column(_("投产比"), is_number=True),
    ]
    rows = []
    for play_id, figures in report.by_play.items():
        head, offer = heads.get(play_id), offers.get(play_id)
        if head is None and offer is None:
            continue
        url = live_url(head) if head else reverse("console:live", args=[play_id])
        rows.append(
            row(
                [
                    text(head.name if head else offer.name if offer else "–"),
                    text(words.play_kind(head.kind if head else "group_buy")),
                    number(money(figures.net_minor, settings.JISHI_CURRENCY)),
                    number(money(figures.spend_minor)),
                    number(f"{figures.roi:.2f}" if figures.roi is not None else "–"),
                ],
                url=url,
            )
        )
    empty = (_("页面里还没有玩法"), _("在编辑里加一块“玩法”，这里就有各自的账。"))
    return table(columns, rows, caption=_("各个玩法"), empty=empty)
