"""What a report of any play is made of: cards, a chart, the way from list price to margin, who brought people."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from jishi.insight.periods import Compared
from jishi.insight.play_report import PlayReport
from jishi.insight.roi import Bringer, Waterfall
from jishi.surfaces.console import words
from jishi.surfaces.console.figures import compared, decimals, gathered, groups, money, optional, whole
from jishi.surfaces.console.questions import Asked
from jishi.surfaces.console.tables import bar, column, number, row, table, text
from jishi.surfaces.templatetags.look import money as exact


def cards(found: PlayReport, asked: Asked) -> list[dict[str, Any]]:
    now, before = found.waterfall, found.waterfall_before
    url = rows_url(found, asked)
    k, k_before = found.spread.k, found.spread_before.k
    k_card = optional(
        _("K 值（每人带来）"),
        k if found.spread.buyer_count else None,
        k_before if found.spread_before.buyer_count else None,
        words=decimals,
        url=f"{url}&figure=brought",
    )
    k_card["delta"] = " · ".join(part for part in (k_card["delta"], f"±{found.spread.k_error:.2f}") if part)
    return [
        compared(
            _("净收入（退款后）"),
            Compared(now.net_minor, before.net_minor),
            words=money,
            url=url,
            series=[day.net_minor for day in found.days],
        ),
        compared(
            _("投入"),
            Compared(now.spend_minor, before.spend_minor),
            words=money,
            good="down",
            url=f"{url}&figure=discount",
        ),
        optional(_("投产比"), now.roi, before.roi, words=decimals, url=url),
        compared(
            _("新会员"),
            Compared(found.spread.new_member_count, found.spread_before.new_member_count),
            words=whole,
            url=f"{url}&figure=new",
        ),
        k_card,
    ]


def chart(found: PlayReport, *, more: dict[str, Any] | None = None) -> dict[str, Any]:
    """Days, or weeks when there are many; a click opens the rows of that time."""
    base, points, count = reverse("console:roi_rows", args=[found.play_id]), found.days, len(found.days)
    parts = [(points[group[0]].day, points[group[-1]].day) for group in groups(count)]
    return {
        "type": "line",
        "description": _("净收入与订单，虚线为上期净收入"),
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
            *([more] if more else []),
        ],
    }


def waterfall_rows(found: PlayReport, asked: Asked) -> list[dict[str, Any]]:
    now = found.waterfall
    url = rows_url(found, asked)
    rows_shown = [
        _step(now, _("商品原价合计"), now.list_minor, url=url, has_share=False),
        _step(now, _("让利"), -now.play_discount_minor, url=f"{url}&figure=discount"),
        _step(now, _("运费收入"), now.shipping_minor, url=url),
        _step(now, _("退款（没成团与售后）"), -now.refunded_minor, url=f"{url}&figure=refunded"),
        _step(now, _("净收入"), now.net_minor, url=url, is_total=True),
        _step(now, _("支付手续费"), -now.fee_minor, url=url),
    ]
    if now.leader_discount_minor:
        leader = _step(now, _("团主优惠"), -now.leader_discount_minor, url=f"{url}&figure=leader")
        rows_shown.insert(2, leader)
    if now.gifts_minor:
        rows_shown.append(_step(now, _("送出的钱（红包、奖金）"), -now.gifts_minor))
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


def bringers_table(found: PlayReport, asked: Asked, *, limit: int | None) -> dict[str, Any]:
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


def _bringer(bringer: Bringer, found: PlayReport, asked: Asked, best: int) -> dict[str, Any]:
    url = rows_url(found, asked)
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


def rows_url(found: PlayReport, asked: Asked) -> str:
    return f"{reverse('console:roi_rows', args=[found.play_id])}?{asked.query}"
