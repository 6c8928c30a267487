"""Where a member stands: the tier with what is missing to the next one, badges, paid membership."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from jishi.flows.loyalty import buy_membership
from jishi.kernel import clock, ids
from jishi.kernel.errors import Refusal
from jishi.modules.loyalty.public import (
    BadgeView,
    TierView,
    badges_of,
    birthday_of,
    growth_lines,
    ladder,
    loyalty_terms,
    memberships_of,
    plans,
    progress_of,
    set_birthday,
    standing_of,
)
from jishi.modules.wallet.public import own_balance_minor
from jishi.surfaces.refusals import words_of
from jishi.surfaces.shop.frame import go, require_member, show, uuid_from

LINES_SHOWN = 12
BASIS_POINTS = 10_000


@require_safe
def tier(request: HttpRequest) -> HttpResponse:
    """What one has, what is missing to the next tier, and where the growth value comes from."""
    actor = require_member(request)
    member_id = actor.require_member()
    progress = progress_of(member_id, by=actor)
    values = {
        "progress": progress,
        "tiers": [tier_row(view, is_own=bool(progress and view.id == progress.tier.id)) for view in ladder()],
        "lines": growth_lines(member_id, by=actor, limit=LINES_SHOWN),
        "birthday": birthday_of(member_id),
        "months": range(1, 13),
        "days": range(1, 32),
        "terms": loyalty_terms(),
    }
    return show(request, "shop/tier.html", values, tab="me")


@require_POST
def birthday(request: HttpRequest) -> HttpResponse:
    actor = require_member(request)
    month, day = request.POST.get("month", ""), request.POST.get("day", "")
    try:
        set_birthday(month=_number(month), day=_number(day), by=actor)
        messages.success(request, _("生日记下了，那天有礼物"))
    except Refusal as refusal:
        messages.error(request, words_of(refusal))
    return go(reverse("shop:tier"))


@require_safe
def badges(request: HttpRequest) -> HttpResponse:
    actor = require_member(request)
    found = badges_of(actor.require_member())
    values = {
        "badges": [_badge_row(view) for view in found],
        "won": sum(view.won_at is not None for view in found),
    }
    return show(request, "shop/badges.html", values, tab="me")


@require_safe
def membership(request: HttpRequest) -> HttpResponse:
    """Plans, and how long one's own membership lasts."""
    actor = require_member(request)
    member_id = actor.require_member()
    now = clock.now()
    periods = [period for period in memberships_of(member_id, by=actor) if period.ends_at > now]
    wallet = own_balance_minor(by=actor, currency=settings.JISHI_CURRENCY)
    values = {
        "periods": list(reversed(periods)),
        "ends_at": periods[0].ends_at if periods else None,
        "plans": [
            {"plan": plan, "once": ids.new_id(), "missing_minor": max(0, plan.terms.price_minor - wallet)}
            | perks(
                discount=plan.terms.discount_basis_points,
                earn=plan.terms.earn_basis_points,
                ships_free=plan.terms.ships_free,
                benefits=plan.terms.benefits,
            )
            for plan in plans()
        ],
        "wallet_minor": wallet,
        "standing": standing_of(member_id),
    }
    return show(request, "shop/membership.html", values, tab="me")


@require_POST
def join(request: HttpRequest) -> HttpResponse:
    """Pay a plan from the wallet."""
    actor = require_member(request)
    plan_id, once = uuid_from(request.POST.get("plan")), uuid_from(request.POST.get("once"))
    if plan_id is None or once is None:
        return go(reverse("shop:membership"))
    try:
        period = buy_membership(plan_id, by=actor, purchase_id=once)
        messages.success(
            request,
            _("%(plan)s 到 %(day)s") % {"plan": period.plan_name, "day": f"{period.ends_at:%Y-%m-%d}"},
        )
    except Refusal as refusal:
        messages.error(request, words_of(refusal))
    return go(reverse("shop:membership"))


def tier_row(view: TierView, *, is_own: bool = False) -> dict[str, Any]:
    terms = view.terms
    return {"view": view, "terms": terms, "is_own": is_own} | perks(
        discount=terms.discount_basis_points,
        earn=terms.earn_basis_points,
        ships_free=terms.ships_free,
        benefits=terms.benefits,
        birthday=terms.birthday_points,
    )


def perks(
    *, discount: int, earn: int, ships_free: bool, benefits: str, birthday: int = 0
) -> dict[str, list[str]]:
    """What a tier or a plan gives, in words."""
    found = []
    if discount:
        tenths = (BASIS_POINTS - discount) / 1000
        found.append(_("会员价 %(tenths)s 折") % {"tenths": f"{tenths:g}"})
    if earn != BASIS_POINTS:
        found.append(_("积分 %(times)s 倍") % {"times": f"{earn / BASIS_POINTS:g}"})
    if ships_free:
        found.append(_("全场包邮"))
    if birthday:
        found.append(_("生日送 %(points)s 积分") % {"points": birthday})
    found += [line.strip() for line in benefits.splitlines() if line.strip()]
    return {"perks": found}


def _badge_row(view: BadgeView) -> dict[str, Any]:
    percent = min(100, view.count * 100 // view.terms.threshold)
    return {"view": view, "terms": view.terms, "is_won": view.won_at is not None, "percent": percent}


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 3 else 0
