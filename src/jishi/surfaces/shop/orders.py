"""One's own orders: the list by state, and one order with all that happened to it."""

import uuid
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from jishi.flows.lifecycle import cancel_unpaid
from jishi.flows.refunds import refund_order
from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.kernel.money import format_minor
from jishi.modules.aftersales.public import cases_of_order
from jishi.modules.catalog.public import cards_by_ids
from jishi.modules.orders.public import (
    OrderState,
    OrderSummary,
    OrderView,
    count_own_by_state,
    lines_by_order,
    order_view,
    orders_of_member,
    receive_order,
)
from jishi.modules.people.public import mask_phone
from jishi.modules.plays.group_buy.public import TeamView, team_view, teams_by_ids
from jishi.modules.reviews.public import reviewed_line_ids
from jishi.platform.history import Step, steps_of
from jishi.surfaces.shop.aftersales import ask_url, case_rows
from jishi.surfaces.shop.frame import go, is_swap, require_member, show, show_part
from jishi.surfaces.shop.words import reason_words, refund_words, state_mood, state_words, step_words

PAGE_LENGTH = 10
LINES_SHOWN = 3
S = OrderState

TAB_STATES: dict[str, tuple[OrderState, ...]] = {
    "all": (),
    "unpaid": (S.PLACED,),
    "gathering": (S.GATHERING,),
    "unshipped": (S.PAID, S.PARTLY_SHIPPED),
    "shipped": (S.SHIPPED,),
    "received": (S.RECEIVED,),
    "closed": (S.REFUNDING, S.REFUNDED, S.CANCELLED),
}


@require_safe
def orders(request: HttpRequest) -> HttpResponse:
    actor = require_member(request)
    tab = request.GET.get("state", "all")
    tab = tab if tab in TAB_STATES else "all"
    before = _instant(request.GET.get("before", ""))
    rows = orders_of_member(by=actor, states=TAB_STATES[tab], before=before, limit=PAGE_LENGTH + 1)
    shown = rows[:PAGE_LENGTH]
    next_url = None
    if len(rows) > PAGE_LENGTH:
        next_url = f"{request.path}?{urlencode({'state': tab, 'before': shown[-1].placed_at.isoformat()})}"
    values: dict[str, Any] = {"orders": order_cards(shown), "next_url": next_url}
    if is_swap(request):
        return show_part(request, "shop/parts/order_list.html", values)
    values |= {"chips": _tabs(tab, by=actor), "state": tab}
    return show(request, "shop/orders.html", values, tab="me")


@require_safe
def order(request: HttpRequest, order_id: uuid.UUID) -> HttpResponse:
    actor = require_member(request)
    found = order_view(order_id, by=actor)
    if not actor.owns(found.member_id):
        raise NotFound()
    team = team_view(found.team_id) if found.team_id else None
    values = {
        "order": found,
        "lines": _lines(found),
        "state_label": state_words(found.state),
        "state_mood": state_mood(found.state),
        "lead": _lead(found, team),
        "events": [_event(step, found) for step in reversed(steps_of(subject=("order", found.id)))],
        "refunds": [
            {"row": row, "label": refund_words(row.phase), "reason": reason_words(row.reason)}
            for row in found.refunds
        ],
        "money": _money(found),
        "address": _address(found),
        "team": team,
        "can_pay": found.state is S.PLACED and found.pay_deadline > clock.now(),
        "can_cancel": found.state is S.PLACED,
        "can_refund": found.state is S.PAID,
        "can_receive": found.state is S.SHIPPED,
        "ask_url": ask_url(found),
        "cases": case_rows(cases_of_order(found.id, by=actor)) if found.paid_at else [],
    }
    return show(request, "shop/order.html", values, tab="me")


@require_POST
def cancel(request: HttpRequest, order_id: uuid.UUID) -> HttpResponse:
    cancel_unpaid(order_id, by=_owner(request, order_id), reason="by_member")
    messages.success(request, _("订单取消了，没有扣款"))
    return go(reverse("shop:order", args=[order_id]))


@require_POST
def refund(request: HttpRequest, order_id: uuid.UUID) -> HttpResponse:
    """Give back an order that has not been shipped."""
    refund_order(order_id, by=_owner(request, order_id), reason="changed_mind")
    messages.success(request, _("退款开始了，钱原路退回"))
    return go(reverse("shop:order", args=[order_id]))


@require_POST
def receive(request: HttpRequest, order_id: uuid.UUID) -> HttpResponse:
    receive_order(order_id, by=_owner(request, order_id))
    messages.success(request, _("收货了，谢谢你"))
    return go(reverse("shop:order", args=[order_id]))


def order_cards(rows: list[OrderSummary]) -> list[dict[str, Any]]:
    """Cards of these orders; at most three queries."""
    lines = lines_by_order([row.id for row in rows])
    gathering = {row.team_id for row in rows if row.team_id and row.state is S.GATHERING}
    teams = teams_by_ids(gathering) if gathering else {}
    return [_order_card(row, lines.get(row.id, []), teams.get(row.team_id)) for row in rows]  # type: ignore[arg-type]


def _order_card(row: OrderSummary, lines: list[Any], team: TeamView | None) -> dict[str, Any]:
    url = reverse("shop:order", args=[row.id])
    can_pay = row.state is S.PLACED and row.pay_deadline > clock.now()
    actions: list[dict[str, Any]] = [{"label": _("看详情"), "url": url}]
    if can_pay:
        pay = {"label": _("去付款"), "url": reverse("shop:pay_order", args=[row.id]), "is_main": True}
        actions.append(pay)
    label = state_words(row.state)
    if team is not None:
        missing = {"missing": team.missing_count}
        label = _("凑团中 · 人够了") if team.is_assured else _("凑团中 · 还差 %(missing)d 席") % missing
        share = {"label": _("喊邻居来"), "url": reverse("shop:team", args=[team.id]), "is_main": True}
        actions.append(share)
    return {
        "url": url,
        "number": row.number,
        "placed_at": row.placed_at,
        "state_label": label,
        "state_mood": state_mood(row.state),
        "lines": [
            {
                "title": line.title,
                "options": line.option_text,
                "image": line.cover,
                "quantity": line.quantity,
            }
            for line in lines[:LINES_SHOWN]
        ],
        "more": max(0, len(lines) - LINES_SHOWN),
        "total_minor": row.total_minor,
        "units": row.unit_count,
        "deadline": row.pay_deadline if can_pay else None,
        "actions": actions,
    }


def _owner(request: HttpRequest, order_id: uuid.UUID) -> Actor:
    """In the shop everybody, staff too, acts on their own orders only."""
    actor = require_member(request)
    if not actor.owns(order_view(order_id, by=actor).member_id):
        raise NotFound()
    return actor


def _tabs(current: str, *, by: Actor) -> list[dict[str, Any]]:
    counts = count_own_by_state(by=by)
    names = {
        "all": _("全部"),
        "unpaid": _("待付款"),
        "gathering": _("凑团中"),
        "unshipped": _("待发货"),
        "shipped": _("待收货"),
        "received": _("已收货"),
        "closed": _("退款与取消"),
    }
    rows = []
    for key, name in names.items():
        count = sum(counts.get(state.value, 0) for state in TAB_STATES[key])
        shows_count = key in ("unpaid", "gathering", "unshipped", "shipped") and count
        label = f"{name} {count}" if shows_count else name
        rows.append({"label": label, "url": f"{reverse('shop:orders')}?state={key}", "is_on": key == current})
    return rows


def _lines(found: OrderView) -> list[dict[str, Any]]:
    is_received = found.received_at is not None
    reviewed = reviewed_line_ids(line.id for line in found.lines) if is_received else {}
    handles = {key: card.handle for key, card in cards_by_ids([ln.product_id for ln in found.lines]).items()}
    return [
        {
            "row": line,
            "url": reverse("shop:product", args=[handles[line.product_id]])
            if line.product_id in handles
            else "",
            "may_review": is_received and line.id not in reviewed and bool(found.total_minor),
        }
        for line in found.lines
    ]


def _lead(found: OrderView, team: TeamView | None) -> str:
    """One sentence: where the order stands and what comes next."""
    if found.state is S.PLACED:
        if found.pay_deadline <= clock.now():
            return _("付款时间过了，订单马上关闭，没有扣款。")
        return _("在时限内付款，货给你留着。")
    if found.state is S.GATHERING and team is not None and team.is_assured:
        return _("人够了，一定成团。再来人就更便宜，差价自动退给你。")
    if found.state is S.GATHERING and team is not None:
        return _("还差 %(missing)d 席。没凑满会全额原路退回。") % {"missing": team.missing_count}
    sentences = {
        S.GATHERING: _("等人凑满，没凑满会全额原路退回。"),
        S.PAID: _("钱收到了，正在备货。发货前可以退。"),
        S.PARTLY_SHIPPED: _("一部分在路上，剩下的还在备货。"),
        S.SHIPPED: _("包裹在路上，收到点一下。"),
        S.RECEIVED: _("收到了就好。有问题随时申请售后。"),
        S.REFUNDING: _("钱正在原路退回。"),
        S.REFUNDED: _("钱已经原路退回。"),
        S.CANCELLED: reason_words(found.cancel_reason) or _("订单关闭了，没有扣款。"),
    }
    return sentences[found.state]


def _event(step: Step, found: OrderView) -> dict[str, Any]:
    notes = []
    if step.details.get("carrier"):
        notes.append(f"{step.details['carrier']} {step.details.get('tracking_number', '')}")
    if step.details.get("amount_minor"):
        notes.append(format_minor(int(step.details["amount_minor"]), currency=found.currency))
    if step.note:
        notes.append(reason_words(step.note))
    if step.actor_kind == "staff" and step.actor_id != found.member_id:
        notes.append(_("由商家操作"))
    return {"label": step_words(step.verb), "at": step.at, "note": " · ".join(notes)}


def _money(found: OrderView) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [{"label": _("商品"), "minor": found.list_minor, "note": ""}]
    totals: dict[str, int] = {}
    for line in found.lines:
        for discount in line.discounts:
            totals[discount.label] = totals.get(discount.label, 0) + discount.amount_minor
    rows += [{"label": _("拼团优惠"), "minor": -amount, "note": label} for label, amount in totals.items()]
    rows.append({"label": _("运费"), "minor": found.shipping_minor, "note": ""})
    return rows


def _address(found: OrderView) -> dict[str, str] | None:
    if not found.address:
        return None
    parts = [str(found.address.get(name, "")) for name in ("province", "city", "district", "line")]
    if parts[0] == parts[1]:
        parts[1] = ""
    return {
        "name": str(found.address.get("name", "")),
        "phone": mask_phone(str(found.address.get("phone", ""))),
        "text": " ".join(part for part in parts if part),
    }


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None
