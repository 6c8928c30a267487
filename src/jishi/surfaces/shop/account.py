"""My page: who I am, where my orders stand, and the ways to everything of mine."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from jishi.flows.moderation import rename as rename_checked
from jishi.kernel.errors import Refusal
from jishi.modules.aftersales.public import count_own_open_cases
from jishi.modules.loyalty.public import spendable_points, standing_of
from jishi.modules.messaging.public import count_unread
from jishi.modules.orders.public import OrderState, count_own_by_state
from jishi.modules.people.public import mask_phone, member_row
from jishi.modules.promotions.public import count_usable
from jishi.modules.wallet.public import own_balance_minor
from jishi.platform.http import actor_of
from jishi.surfaces.refusals import words_of
from jishi.surfaces.shop.frame import go, require_member, show

S = OrderState


@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """For a visitor an invitation to log in; for a member ten queries."""
    actor = actor_of(request)
    values: dict[str, Any] = {"languages": _languages()}
    if not actor.is_member:
        return show(request, "shop/me_visitor.html", values, tab="me")
    row = member_row(actor.require_member(), by=actor)
    counts = count_own_by_state(by=actor)
    values |= {
        "row": row,
        "phone": mask_phone(row.phone) if row.phone else "",
        "badges": _badges(counts),
        "unread": count_unread(by=actor),
        "is_staff": bool(row.role),
        "open_cases": count_own_open_cases(by=actor),
        "wallet_minor": own_balance_minor(by=actor, currency=settings.JISHI_CURRENCY),
        "standing": standing_of(row.id),
        "points": spendable_points(row.id),
        "coupon_count": count_usable(row.id),
    }
    return show(request, "shop/me.html", values, tab="me")


@require_POST
def rename(request: HttpRequest) -> HttpResponse:
    actor = require_member(request)
    try:
        rename_checked(by=actor, nickname=request.POST.get("nickname", ""))
        messages.success(request, _("昵称改好了"))
    except Refusal as refusal:
        messages.error(request, words_of(refusal))
    return go(reverse("shop:me"))


def _badges(counts: dict[str, int]) -> list[dict[str, Any]]:
    rows = (
        ("unpaid", _("待付款"), "wallet", (S.PLACED,)),
        ("gathering", _("凑团中"), "people", (S.GATHERING,)),
        ("unshipped", _("待发货"), "box", (S.PAID, S.PARTLY_SHIPPED)),
        ("shipped", _("待收货"), "truck", (S.SHIPPED,)),
        ("closed", _("退款"), "refund", (S.REFUNDING,)),
    )
    return [
        {
            "url": f"{reverse('shop:orders')}?state={state}",
            "label": label,
            "icon": icon,
            "count": sum(counts.get(member.value, 0) for member in states),
        }
        for state, label, icon, states in rows
    ]


def _languages() -> list[dict[str, Any]]:
    current = get_language()
    return [
        {"code": code, "label": label, "is_on": code == current}
        for code, label in (("zh-hans", "简体中文"), ("en", "English"))
    ]
