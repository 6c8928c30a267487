"""Who brings people: sharers with what they brought, the credits behind it, their links."""

import uuid
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jishi.modules.orders.public import summaries_by_ids
from jishi.modules.people.public import people_by_ids, person
from jishi.modules.sharing.public import (
    CreditView,
    LinkFigures,
    SharerFigures,
    credits_table,
    figures_of_sharer,
    links_of,
    sharers,
)
from jishi.surfaces.console import words
from jishi.surfaces.console.access import guarded
from jishi.surfaces.console.csv_file import amount, csv_response
from jishi.surfaces.console.figures import kpi, whole
from jishi.surfaces.console.frame import show
from jishi.surfaces.console.questions import Asked, local, period_of
from jishi.surfaces.console.tables import bar, column, number, row, table, tag, text
from jishi.surfaces.templatetags.look import money

SHARERS_SHOWN = 100
CREDITS_SHOWN = 200
EXPORTED_MAX = 500


@guarded("sharing.view")
@require_safe
def shares(request: HttpRequest) -> HttpResponse:
    asked = period_of(request)
    found = sharers(since=asked.period.since, until=asked.period.until, limit=SHARERS_SHOWN)
    context = {
        "picker": asked.picker(request.GET),
        "kpis": _cards(found),
        "sharers": _table(found, asked),
        "export_url": f"{reverse('console:shares_csv')}?{asked.query}",
    }
    return show(request, "console/shares.html", section="shares", context=context)


@guarded("sharing.view")
@require_safe
def shares_csv(request: HttpRequest) -> StreamingHttpResponse:
    asked = period_of(request)
    found = sharers(since=asked.period.since, until=asked.period.until, limit=EXPORTED_MAX)
    people = people_by_ids(row_found.sharer_id for row_found in found)
    head = [_("分享者"), _("到访"), _("下单"), _("新会员"), _("带来金额"), _("退款冲回"), _("净收入")]
    rows = (
        [
            people[one.sharer_id].nickname if one.sharer_id in people else "",
            one.visitor_count,
            one.order_count,
            one.member_count,
            amount(one.amount_minor, settings.JISHI_CURRENCY),
            amount(one.reversed_minor, settings.JISHI_CURRENCY),
            amount(one.net_minor, settings.JISHI_CURRENCY),
        ]
        for one in found
    )
    return csv_response(f"sharers-{asked.period.first}-{asked.period.last}", head=head, rows=rows)


@guarded("sharing.view")
@require_safe
def sharer(request: HttpRequest, member_id: uuid.UUID) -> HttpResponse:
    """One sharer: every credit with its reason, and their links."""
    asked = period_of(request)
    since, until = asked.period.since, asked.period.until
    who = person(member_id)
    figures = figures_of_sharer(member_id, since=since, until=until)
    credit_rows = credits_table(since=since, until=until, sharer_id=member_id, limit=CREDITS_SHOWN)
    context = {
        "who": who,
        "picker": asked.picker(request.GET),
        "kpis": _cards([figures]),
        "credits": _credits(credit_rows),
        "links": _links(links_of(member_id, limit=50)),
    }
    crumbs = [(_("分享与归因"), reverse("console:shares"))]
    return show(request, "console/sharer.html", section="shares", context=context, crumbs=crumbs)


def _cards(found: list[SharerFigures]) -> list[dict[str, Any]]:
    return [
        kpi(_("到访"), whole(sum(one.visitor_count for one in found))),
        kpi(_("带来订单"), whole(sum(one.order_count for one in found))),
        kpi(_("带来新会员"), whole(sum(one.member_count for one in found))),
        kpi(_("带来金额"), money(sum(one.amount_minor for one in found))),
        kpi(_("退款冲回"), money(sum(one.reversed_minor for one in found))),
        kpi(_("净收入"), money(sum(one.net_minor for one in found))),
    ]


def _table(found: list[SharerFigures], asked: Asked) -> dict[str, Any]:
    people = people_by_ids(one.sharer_id for one in found)
    best = max((one.net_minor for one in found), default=0)
    heads = (_("到访"), _("下单"), _("新会员"), _("带来金额"), _("退款冲回"), _("净收入"))
    columns = [column(_("分享者")), *(column(head, is_number=True) for head in heads), column(_("占比"))]
    rows = [
        row(
            [
                text(people[one.sharer_id].nickname if one.sharer_id in people else "–"),
                number(whole(one.visitor_count)),
                number(whole(one.order_count)),
                number(whole(one.member_count)),
                number(money(one.amount_minor)),
                number(money(one.reversed_minor) if one.reversed_minor else "–"),
                number(money(one.net_minor)),
                bar(one.net_minor * 100 / best if best > 0 else 0),
            ],
            url=f"{reverse('console:sharer', args=[one.sharer_id])}?{asked.query}",
        )
        for one in found
    ]
    empty = (_("这段时间没有人分享"), _("会员在商品页和团里点“分享”，来的人和订单会记在这里。"))
    return table(columns, rows, caption=_("分享者"), empty=empty)


def _credits(found: list[CreditView]) -> dict[str, Any]:
    orders = summaries_by_ids({one.order_id for one in found})
    people = people_by_ids(one.buyer_id for one in found)
    rows = []
    for one in found:
        order = orders.get(one.order_id)
        rows.append(
            row(
                [
                    text(order.number if order else "–", note=order.first_title if order else ""),
                    text(people[one.buyer_id].nickname if one.buyer_id in people else "–"),
                    text(words.attribution(one.reason), note=words.source(one.source)),
                    number(money(one.amount_minor)),
                    number(money(one.reversed_minor) if one.reversed_minor else "–"),
                    tag(*words.order_state(order.state)) if order else text("–"),
                    text(f"{local(one.at):%m-%d %H:%M}"),
                ],
                url=reverse("console:order", args=[one.order_id]),
            )
        )
    columns = [
        column(_("订单")),
        column(_("买家")),
        column(_("为什么算 TA 的")),
        column(_("金额"), is_number=True),
        column(_("退款冲回"), is_number=True),
        column(_("状态")),
        column(_("时间")),
    ]
    return table(columns, rows, caption=_("带来的订单"), empty=(_("这段时间没有订单"), _("换一段时间看看。")))


def _links(found: list[LinkFigures]) -> dict[str, Any]:
    kinds = {"shop": _("店铺"), "product": _("商品"), "team": _("团")}
    rows = [
        row(
            [
                text(f"/s/{one.link.code}"),
                text(kinds.get(one.link.target_kind, one.link.target_kind)),
                text(words.source(one.link.channel)),
                number(whole(one.visitor_count)),
                text(f"{local(one.link.created_at):%Y-%m-%d}"),
            ]
        )
        for one in found
    ]
    columns = [
        column(_("链接")),
        column(_("指向")),
        column(_("方式")),
        column(_("到访"), is_number=True),
        column(_("建于")),
    ]
    return table(columns, rows, caption=_("链接"), empty=(_("还没有链接"), _("TA 还没有分享过。")))
