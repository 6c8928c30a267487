"""Orders: the table with its tabs and filters, its export, and one order with everything about it."""

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jishi.kernel.actor import Actor
from jishi.modules.orders.public import (
    OrderFilter,
    OrderState,
    OrderSummary,
    count_by_state,
    export_orders,
    find_orders,
)
from jishi.modules.payments.public import failed_refunds
from jishi.modules.people.public import Person, mask_line, mask_phone, people_by_ids
from jishi.platform.http import actor_of
from jishi.surfaces.console import words
from jishi.surfaces.console.access import guarded
from jishi.surfaces.console.csv_file import amount, csv_response
from jishi.surfaces.console.frame import show
from jishi.surfaces.console.questions import day_of, id_of, local, page_of, start_of
from jishi.surfaces.console.tables import (
    column,
    number,
    pager,
    row,
    select,
    table,
    tabs,
    tag,
    text,
    with_query,
)
from jishi.surfaces.templatetags.look import money

PAGE_SIZE = 40
TO_SHIP = "to_ship"
_GROUPS = {
    TO_SHIP: (OrderState.PAID, OrderState.PARTLY_SHIPPED),
    **{state.value: (state,) for state in OrderState},
}


@guarded("orders.view")
@require_safe
def orders(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    page = page_of(request)
    found, total = find_orders(filter_of(request), by=actor, page=page, limit=PAGE_SIZE)
    people = people_by_ids(order.member_id for order in found)
    query = request.GET
    context = {
        "tabs": _tabs(request, actor),
        "selects": [
            select("kind", _("全部类型"), [("group_buy", _("拼团")), ("plain", _("单独买"))], query=query)
        ],
        "search_text": query.get("q", ""),
        "hidden": [(name, value) for name, value in query.items() if name in _KEPT],
        "reset_url": reverse("console:orders") if set(query) - {"page", "state"} else None,
        "chips": _chips(request),
        "orders": order_table(found, people),
        "pager": pager(query=query, page=page, size=PAGE_SIZE, total=total),
        "export_url": f"{reverse('console:orders_csv')}{with_query(query, page=None)}",
    }
    return show(request, "console/orders.html", section="orders", context=context)


@guarded("orders.view")
@require_safe
def orders_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The filtered orders as a file, newest first."""
    actor = actor_of(request)
    head = [
        _("订单号"),
        _("状态"),
        _("下单时间"),
        _("商品"),
        _("件数"),
        _("货币"),
        _("应付"),
        _("实付"),
        _("已退"),
        _("收货人"),
        _("电话"),
        _("地址"),
    ]
    rows = export_orders(filter_of(request), by=actor)
    return csv_response("orders", head=head, rows=_csv_rows(rows, is_open=actor.may("orders.fulfil")))


@guarded("orders.refund")
@require_safe
def refunds_failed(request: HttpRequest) -> HttpResponse:
    """Refunds that a provider refused: each opens its order, where it can be sent again."""
    rows = [
        row(
            [
                text(f"{local(refund.created_at):%Y-%m-%d %H:%M}"),
                number(money(refund.amount_minor, refund.currency)),
                text(words.reason(refund.reason)),
                text(refund.provider),
                text(refund.failure or "–", mood="bad"),
            ],
            url=reverse("console:order", args=[refund.order_id]),
        )
        for refund in failed_refunds()
    ]
    columns = [
        column(_("申请时间")),
        column(_("金额"), is_number=True),
        column(_("原因")),
        column(_("渠道")),
        column(_("渠道说")),
    ]
    found = table(
        columns,
        rows,
        caption=_("退款失败"),
        empty=(_("没有失败的退款"), _("每一笔退款都已退回，或正在路上。")),
    )
    context = {
        "title": _("退款失败"),
        "table": found,
        "lead": _("渠道拒绝了这些退款。打开订单，查明原因后再试一次。"),
    }
    crumbs = [(_("订单"), reverse("console:orders"))]
    return show(request, "console/one_table.html", section="orders", context=context, crumbs=crumbs)


@guarded("orders.view")
@require_safe
def order_of_number(request: HttpRequest, number: str) -> HttpResponse:
    return redirect(f"{reverse('console:orders')}?q={number}")


def filter_of(request: HttpRequest) -> OrderFilter:
    query = request.GET
    first, last = day_of(query.get("from", "")), day_of(query.get("to", ""))
    paid_first, paid_last = day_of(query.get("paid_from", "")), day_of(query.get("paid_to", ""))
    kind = query.get("kind", "")
    return OrderFilter(
        states=_GROUPS.get(query.get("state", ""), ()),
        text=query.get("q", ""),
        member_id=id_of(query.get("member")),
        play_id=id_of(query.get("offer")),
        team_id=id_of(query.get("team")),
        sharer_id=id_of(query.get("sharer")),
        product_id=id_of(query.get("product")),
        since=start_of(first) if first else None,
        until=start_of(last + timedelta(days=1)) if last else None,
        paid_since=start_of(paid_first) if paid_first else None,
        paid_until=start_of(paid_last + timedelta(days=1)) if paid_last else None,
        only_refunded=query.get("refunded") == "1",
        is_play=None if kind not in ("group_buy", "plain") else kind == "group_buy",
    )


def order_table(found: list[OrderSummary], people: dict[uuid.UUID, Person]) -> dict[str, Any]:
    columns = [
        column(_("订单")),
        column(_("会员")),
        column(_("件数"), is_number=True),
        column(_("金额"), is_number=True),
        column(_("状态")),
        column(_("下单时间")),
    ]
    return table(
        columns,
        [_row(order, people.get(order.member_id)) for order in found],
        caption=_("订单"),
        empty=(_("没有符合的订单"), _("放宽筛选，或清空条件。")),
    )


def _row(order: OrderSummary, person: Person | None) -> dict[str, Any]:
    state, colour = words.order_state(order.state)
    refunded = _("已退 %(amount)s") % {"amount": money(order.refunded_minor, order.currency)}
    return row(
        [
            text(order.number, image=order.covers[0] if order.covers else "", note=order.first_title),
            text(person.nickname if person else "–", note=_("拼团") if order.play_kind else ""),
            number(order.unit_count),
            number(money(order.total_minor, order.currency), note=refunded if order.refunded_minor else ""),
            tag(state, colour),
            text(f"{local(order.placed_at):%m-%d %H:%M}"),
        ],
        url=reverse("console:order", args=[order.id]),
    )


_KEPT = (
    "state",
    "from",
    "to",
    "paid_from",
    "paid_to",
    "member",
    "offer",
    "team",
    "sharer",
    "product",
    "refunded",
)


def _tabs(request: HttpRequest, actor: Actor) -> list[dict[str, Any]]:
    states = count_by_state(by=actor)
    counts = {name: sum(states.get(state.value, 0) for state in group) for name, group in _GROUPS.items()}
    counts[""] = sum(states.values())
    choices = [("", _("全部")), (TO_SHIP, _("待发货"))]
    shown = (
        OrderState.PLACED,
        OrderState.GATHERING,
        OrderState.SHIPPED,
        OrderState.RECEIVED,
        OrderState.REFUNDING,
        OrderState.REFUNDED,
        OrderState.CANCELLED,
    )
    choices += [(state.value, words.order_state(state)[0]) for state in shown]
    return tabs(choices, name="state", query=request.GET, counts=counts)


def _chips(request: HttpRequest) -> list[dict[str, str]]:
    """What else narrows the table, each with the way to take it off."""
    query = request.GET
    spans = (("from", "to", _("下单")), ("paid_from", "paid_to", _("付款")))
    chips = [
        (f"{label} {query.get(first, '')} – {query.get(last, '')}", {first: None, last: None})
        for first, last, label in spans
        if query.get(first) or query.get(last)
    ]
    single = {
        "member": _("一位会员"),
        "offer": _("一个拼团"),
        "team": _("一个团"),
        "sharer": _("一位分享者带来的"),
        "product": _("一件商品"),
        "refunded": _("有退款"),
    }
    chips += [(label, {name: None}) for name, label in single.items() if query.get(name)]
    return [{"label": label, "url": with_query(query, page=None, **changes)} for label, changes in chips]


def _csv_rows(
    rows: Iterator[tuple[OrderSummary, dict[str, str]]], *, is_open: bool
) -> Iterator[list[object]]:
    for order, address in rows:
        phone, line = address.get("phone", ""), address.get("line", "")
        yield [
            order.number,
            words.order_state(order.state)[0],
            order.placed_at,
            order.first_title,
            order.unit_count,
            order.currency or settings.JISHI_CURRENCY,
            amount(order.total_minor, order.currency),
            amount(order.paid_minor, order.currency),
            amount(order.refunded_minor, order.currency),
            address.get("name", "") if is_open else f"{address.get('name', '')[:1]}**",
            phone if is_open else mask_phone(phone),
            "".join(
                [
                    address.get("province", ""),
                    address.get("city", ""),
                    address.get("district", ""),
                    line if is_open else mask_line(line),
                ]
            ),
        ]
