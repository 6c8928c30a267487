"""The frame of every console page: what is in the rail, who is here, where we are."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from jishi.kernel.actor import Actor
from jishi.modules.aftersales.public import CaseState, count_cases_by_state
from jishi.modules.approvals.public import count_to_decide
from jishi.modules.finance.public import count_open_differences
from jishi.modules.guard.public import count_waiting
from jishi.modules.notes.public import NoteState, count_notes_by_state
from jishi.modules.orders.public import OrderState, count_by_state
from jishi.modules.reviews.public import ReviewState, count_reviews_by_state
from jishi.platform.http import actor_of

Crumb = tuple[str, str]
Group = tuple[
    str, tuple[tuple[str, str, str, str], ...]
]  # words; key, words, icon and permission of each row
_CASES_FOR_US = (
    CaseState.ASKED,
    CaseState.RETURNING,
    CaseState.INSPECTING,
    CaseState.PLATFORM_REVIEW,
)
_TO_SHIP = (OrderState.PAID, OrderState.PARTLY_SHIPPED)


def show(
    request: HttpRequest,
    template: str,
    *,
    section: str,
    context: Mapping[str, Any],
    crumbs: Sequence[Crumb] = (),
    status: int = 200,
) -> HttpResponse:
    """A page in its frame. `crumbs`: (words, address) from the outside in. At most four queries of its own."""
    actor = actor_of(request)
    frame = {
        "navigation": navigation(actor),
        "section": section,
        "operator": actor.label,
        "crumbs": [{"title": title, "url": url} for title, url in crumbs],
        "actor": actor,
    }
    return render(request, template, {**frame, **context}, status=status)


def fragment(request: HttpRequest, template: str, context: Mapping[str, Any]) -> HttpResponse:
    """A part of a page, for a swap."""
    return render(request, template, {"actor": actor_of(request), **context})


def navigation(actor: Actor) -> list[dict[str, Any]]:
    """The rail: only what the actor may open; groups without anything are left out."""
    counts = _counts(actor)
    shown = [
        {
            "title": title,
            "rows": [
                {
                    "key": key,
                    "title": words,
                    "icon": icon,
                    "url": reverse(f"console:{key}"),
                    "count": counts.get(key, 0),
                }
                for key, words, icon, permission in rows
                if actor.may(permission)
            ],
        }
        for title, rows in _groups()
    ]
    return [group for group in shown if group["rows"]]


def _groups() -> tuple[Group, ...]:
    """(title, rows) of the rail; a row is its key, words, icon and the permission it takes."""
    return (
        ("", (("home", _("总览"), "chart", "reports.view"),)),
        (
            _("卖货"),
            (
                ("products", _("商品"), "tag", "catalog.view"),
                ("inventory", _("库存"), "box", "inventory.view"),
                ("orders", _("订单"), "receipt", "orders.view"),
                ("cases", _("售后"), "refund", "cases.view"),
                ("reviews", _("评价"), "star", "reviews.view"),
            ),
        ),
        (
            _("玩法"),
            (
                ("plays", _("全部玩法"), "grid", "reports.view"),
                ("campaigns", _("活动"), "bell", "reports.view"),
                ("group_buys", _("拼团"), "team", "reports.view"),
                ("bargains", _("砍价"), "scissors", "reports.view"),
                ("flash_sales", _("秒杀"), "clock", "reports.view"),
                ("packets", _("红包"), "packet", "reports.view"),
                ("draws", _("抽奖"), "gift", "reports.view"),
            ),
        ),
        (_("价格"), _prices()),
        (_("社群与内容"), _content()),
        (_("增长"), _growth()),
        _money_group(),
        (
            _("系统"),
            (
                ("staff", _("员工"), "me", "staff.manage"),
                ("shipping", _("运费"), "truck", "settings.edit"),
                ("webhooks", _("网络钩子"), "hook", "webhooks.manage"),
                ("tokens", _("接口令牌"), "key", "tokens.manage"),
                ("security", _("登录安全"), "shield", "console.view"),
            ),
        ),
    )


def _growth_group() -> Group:
    return (
        _("增长"),
        (
            ("communities", _("社群"), "people", "community.view"),
            ("shares", _("分享与归因"), "share", "sharing.view"),
            ("members", _("会员"), "people", "members.view"),
        ),
    )


def _money_group() -> Group:
    return (
        _("资金"),
        (
            ("ledger", _("账本"), "ledger", "ledger.view"),
            ("accounts", _("科目"), "stack", "ledger.view"),
            ("reconciliation", _("对账"), "wallet", "ledger.view"),
            ("differences", _("差异"), "filter", "ledger.view"),
            ("closes", _("日结"), "clock", "ledger.view"),
            ("budgets", _("预算"), "chart", "reports.view"),
            ("approvals", _("审批"), "check", "approvals.view"),
        ),
    )


def _prices() -> tuple[tuple[str, str, str, str], ...]:
    return (
        ("price_offers", _("优惠和券"), "tag", "promotions.view"),
        ("price_check", _("价格怎么来的"), "search", "promotions.view"),
    )


def _content() -> tuple[tuple[str, str, str, str], ...]:
    return (
        ("communities", _("社群"), "people", "community.view"),
        ("events", _("活动报名"), "clock", "community.view"),
        ("incentive_rules", _("贡献规则"), "star", "community.view"),
        ("notes", _("笔记"), "note", "notes.view"),
        ("note_plan", _("内容日历"), "clock", "notes.view"),
        ("feed_weights", _("发现怎么排"), "filter", "notes.view"),
        ("moderation", _("审核"), "shield", "moderation.view"),
        ("lexicons", _("词库和规则"), "filter", "moderation.view"),
        ("sanctions", _("处罚"), "warning", "moderation.view"),
    )


def _growth() -> tuple[tuple[str, str, str, str], ...]:
    return (
        ("shares", _("分享与归因"), "share", "sharing.view"),
        ("members", _("会员"), "people", "members.view"),
        ("loyalty", _("积分与会员"), "star", "loyalty.view"),
    )


def _counts(actor: Actor) -> dict[str, int]:
    counts: dict[str, int] = {}
    if actor.may("orders.view"):
        states = count_by_state(by=actor)
        counts["orders"] = sum(states.get(state.value, 0) for state in _TO_SHIP)
    if actor.may("approvals.decide"):
        counts["approvals"] = count_to_decide(by=actor)
    if actor.may("moderation.decide"):
        counts["moderation"] = count_waiting(by=actor)
    if actor.may("ledger.view"):
        counts["differences"] = count_open_differences()
    if actor.may("cases.view"):
        cases = count_cases_by_state(by=actor)
        counts["cases"] = sum(cases.get(state.value, 0) for state in _CASES_FOR_US)
    if actor.may("reviews.view"):
        counts["reviews"] = count_reviews_by_state(by=actor).get(ReviewState.WAITING.value, 0)
    if actor.may("notes.edit"):
        counts["notes"] = count_notes_by_state(by=actor).get(NoteState.IN_REVIEW.value, 0)
    return counts
