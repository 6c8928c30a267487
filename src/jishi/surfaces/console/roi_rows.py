"""The rows behind the numbers of a play's report, and their export."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jishi.insight.play_report import RowFilter, play_rows, with_fees_and_people
from jishi.insight.roi import LEADER_DISCOUNT, PLAY_DISCOUNTS, discount_of, net_of, refunded_of
from jishi.modules.orders.public import SoldLine
from jishi.modules.plays.group_buy.public import offer_view
from jishi.modules.plays.life.public import PlayKind, plays_by_ids
from jishi.platform.http import actor_of
from jishi.surfaces.console import words
from jishi.surfaces.console.access import guarded
from jishi.surfaces.console.csv_file import amount, csv_response
from jishi.surfaces.console.figures import kpi, whole
from jishi.surfaces.console.frame import show
from jishi.surfaces.console.group_buys import crumbs_to
from jishi.surfaces.console.plays import crumbs_to_play
from jishi.surfaces.console.questions import day_of, id_of, local, page_of, period_of
from jishi.surfaces.console.tables import column, number, pager, row, table, tag, text, with_query
from jishi.surfaces.templatetags.look import money as exact

ROWS_SHOWN = 50
PORTION = 200
FIGURES = ("discount", "leader", "refunded", "new", "brought")


@guarded("reports.view")
@require_safe
def rows(request: HttpRequest, play_id: uuid.UUID) -> HttpResponse:
    """The order lines that a number adds up."""
    asked, wanted = period_of(request), filter_of(request)
    subject = _subject_of(play_id)
    lines = play_rows(play_id, by=actor_of(request), period=asked.period, wanted=wanted)
    page = page_of(request)
    context = {
        "name": subject.name,
        "picker": asked.picker(request.GET),
        "title": _title(wanted),
        "rows": _table(lines[(page - 1) * ROWS_SHOWN : page * ROWS_SHOWN]),
        "sums": _sums(lines),
        "pager": pager(query=request.GET, page=page, size=ROWS_SHOWN, total=len(lines)),
        "export_url": f"{reverse('console:roi_csv', args=[play_id])}{with_query(request.GET, page=None)}",
        "report_url": f"{subject.report_url}?{asked.query}",
    }
    return show(
        request, "console/roi_rows.html", section=subject.section, context=context, crumbs=subject.crumbs
    )


@guarded("reports.view")
@require_safe
def rows_csv(request: HttpRequest, play_id: uuid.UUID) -> StreamingHttpResponse:
    """The same rows as a file; no more than ROWS_EXPORTED_MAX of the report."""
    asked = period_of(request)
    lines = play_rows(play_id, by=actor_of(request), period=asked.period, wanted=filter_of(request))
    head = [
        _("订单号"),
        _("付款时间"),
        _("买家"),
        _("商品"),
        _("件数"),
        _("已退件数"),
        _("原价合计"),
        _("让利"),
        _("团主优惠"),
        _("运费"),
        _("实付"),
        _("已退"),
        _("手续费"),
        _("净收入"),
        _("单件成本"),
        _("分享者"),
        _("来源"),
        _("状态"),
    ]
    name = f"play-{str(play_id)[-6:]}-{asked.period.first}-{asked.period.last}"
    return csv_response(name, head=head, rows=_csv_rows(lines))


@dataclass(frozen=True, slots=True)
class _Subject:
    """The play that the rows belong to."""

    name: str
    section: str
    report_url: str
    crumbs: list[tuple[str, str]]


def _subject_of(play_id: uuid.UUID) -> _Subject:
    """Raises NotFound."""
    play = plays_by_ids([play_id]).get(play_id)
    if play is not None and play.kind is not PlayKind.GROUP_BUY:
        return _Subject(play.name, "plays", reverse("console:play_roi", args=[play_id]), crumbs_to_play(play))
    offer = offer_view(play_id)
    return _Subject(offer.name, "group_buys", reverse("console:roi", args=[play_id]), crumbs_to(offer))


def filter_of(request: HttpRequest) -> RowFilter:
    query = request.GET
    figure = query.get("figure", "")
    return RowFilter(
        sharer_id=id_of(query.get("sharer")),
        source=query.get("source", "")[:24],
        day=day_of(query.get("day", "")),
        figure=figure if figure in FIGURES else "",
    )


def _title(wanted: RowFilter) -> str:
    named = {
        "discount": _("让了利的订单"),
        "leader": _("用了团主优惠的订单"),
        "refunded": _("退过款的订单"),
        "new": _("新会员的订单"),
        "brought": _("由人带来的订单"),
    }
    if wanted.day:
        return _("%(day)s 付款的订单") % {"day": f"{wanted.day:%Y-%m-%d}"}
    if wanted.sharer_id:
        return _("这位分享者带来的订单")
    if wanted.source:
        return _("来源：%(source)s") % {"source": words.source(wanted.source)}
    return named.get(wanted.figure, _("全部付款订单"))


def _sums(lines: list[SoldLine]) -> list[dict[str, Any]]:
    """What the rows add up to: the very numbers of the report."""
    return [
        kpi(_("订单"), whole(len({line.order_id for line in lines}))),
        kpi(_("原价合计"), exact(sum(line.list_total_minor for line in lines))),
        kpi(_("优惠"), exact(sum(line.discount_minor for line in lines))),
        kpi(_("已退"), exact(sum(refunded_of(line) for line in lines))),
        kpi(_("净收入"), exact(sum(net_of(line) for line in lines))),
    ]


def _table(lines: list[SoldLine]) -> dict[str, Any]:
    extra = with_fees_and_people(lines)
    heads = (_("件数"), _("原价"), _("优惠"), _("实付"), _("已退"), _("净收入"))
    columns = [
        column(_("订单")),
        column(_("买家")),
        *(column(head, is_number=True) for head in heads),
        column(_("谁带来的")),
        column(_("状态")),
        column(_("付款时间")),
    ]
    rows_shown = []
    for line in lines:
        buyer = extra.people.get(line.member_id)
        sharer = extra.people.get(line.sharer_id) if line.sharer_id else None
        rows_shown.append(
            row(
                [
                    text(line.number, note=line.title),
                    text(buyer.nickname if buyer else "–"),
                    number(line.quantity),
                    number(exact(line.list_total_minor)),
                    number(exact(line.discount_minor)),
                    number(exact(line.total_minor)),
                    number(exact(refunded_of(line)) if refunded_of(line) else "–"),
                    number(exact(net_of(line))),
                    text(sharer.nickname if sharer else words.source(line.attribution_source or "direct")),
                    tag(*words.order_state(line.state)),
                    text(f"{local(line.paid_at):%m-%d %H:%M}"),
                ],
                url=reverse("console:order", args=[line.order_id]),
            )
        )
    empty = (_("没有这样的订单"), _("换一段时间，或回到报表看别的数字。"))
    return table(columns, rows_shown, caption=_("订单明细"), empty=empty)


def _csv_rows(lines: list[SoldLine]) -> Iterator[list[object]]:
    currency = settings.JISHI_CURRENCY
    for start in range(0, len(lines), PORTION):
        portion = lines[start : start + PORTION]
        extra = with_fees_and_people(portion)
        for line in portion:
            buyer = extra.people.get(line.member_id)
            sharer = extra.people.get(line.sharer_id) if line.sharer_id else None
            fee = extra.fees.get(line.order_id, 0) if line.is_first_line else 0
            yield [
                line.number,
                line.paid_at,
                buyer.nickname if buyer else "",
                line.title,
                line.quantity,
                line.refunded_quantity,
                amount(line.list_total_minor, currency),
                amount(discount_of(line, *PLAY_DISCOUNTS), currency),
                amount(discount_of(line, LEADER_DISCOUNT), currency),
                amount(line.shipping_minor if line.is_first_line else 0, currency),
                amount(line.total_minor, currency),
                amount(refunded_of(line), currency),
                amount(fee, currency),
                amount(net_of(line), currency),
                amount(line.cost_minor, currency),
                sharer.nickname if sharer else "",
                words.source("share" if sharer else line.attribution_source or "direct"),
                words.order_state(line.state)[0],
            ]
