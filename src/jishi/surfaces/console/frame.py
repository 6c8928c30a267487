"""The frame of every console page: what is in the rail, who is here, where we are."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from jishi.kernel.actor import Actor
from jishi.modules.orders.public import OrderState, count_by_state
from jishi.platform.http import actor_of

Crumb = tuple[str, str]
# (group, rows of (route, words, icon, the permission that shows it))
_RAIL = (
    ("", (("home", gettext_noop("总览"), "chart", "reports.view"),)),
    (
        gettext_noop("卖货"),
        (
            ("products", gettext_noop("商品"), "tag", "catalog.edit"),
            ("inventory", gettext_noop("库存"), "box", "inventory.view"),
            ("orders", gettext_noop("订单"), "receipt", "orders.view"),
        ),
    ),
    (gettext_noop("玩法"), (("group_buys", gettext_noop("拼团"), "team", "reports.view"),)),
    (
        gettext_noop("增长"),
        (
            ("shares", gettext_noop("分享与归因"), "share", "sharing.view"),
            ("members", gettext_noop("会员"), "people", "members.view"),
        ),
    ),
    (
        gettext_noop("资金"),
        (
            ("ledger", gettext_noop("账本"), "ledger", "ledger.view"),
            ("reconciliation", gettext_noop("对账"), "wallet", "ledger.view"),
        ),
    ),
    (
        gettext_noop("系统"),
        (
            ("staff", gettext_noop("员工"), "me", "staff.manage"),
            ("shipping", gettext_noop("运费"), "truck", "settings.edit"),
            ("webhooks", gettext_noop("网络钩子"), "hook", "webhooks.manage"),
            ("tokens", gettext_noop("接口令牌"), "key", "tokens.manage"),
            ("security", gettext_noop("登录安全"), "shield", "console.view"),
        ),
    ),
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
    """A page in its frame. `crumbs`: (words, address) from the outside in. At most one query of its own."""
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
            "title": _(title) if title else "",
            "rows": [
                {
                    "key": key,
                    "title": _(words),
                    "icon": icon,
                    "url": reverse(f"console:{key}"),
                    "count": counts.get(key, 0),
                }
                for key, words, icon, permission in rows
                if actor.may(permission)
            ],
        }
        for title, rows in _RAIL
    ]
    return [group for group in shown if group["rows"]]


def _counts(actor: Actor) -> dict[str, int]:
    if not actor.may("orders.view"):
        return {}
    states = count_by_state(by=actor)
    return {"orders": sum(states.get(state.value, 0) for state in _TO_SHIP)}
