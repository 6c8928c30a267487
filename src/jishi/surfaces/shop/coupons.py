"""Coupons: what can be had, codes, and one's own."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from jishi.flows.coupons import unlock_by_shares
from jishi.kernel.errors import Kind, Refusal
from jishi.modules.promotions.public import (
    BatchView,
    CouponState,
    CouponView,
    CouponWay,
    claim_coupon,
    claimable_batches,
    counts_of_member,
    own_coupons,
    redeem_code,
)
from jishi.platform.http import actor_of
from jishi.platform.rush import pool_states
from jishi.surfaces.price_words import offer_words
from jishi.surfaces.refusals import words_of
from jishi.surfaces.shop.acts import say_no
from jishi.surfaces.shop.frame import go, require_member, show

_TABS = {
    "open": (CouponState.OPEN, CouponState.RESERVED),
    "used": (CouponState.USED,),
    "over": (CouponState.EXPIRED, CouponState.VOID),
}


@require_safe
def coupons(request: HttpRequest) -> HttpResponse:
    """What is being handed out now; three queries however many."""
    actor = actor_of(request)
    batches = claimable_batches(ways=[CouponWay.PUBLIC, CouponWay.SHARE])
    pools = pool_states([batch.pool_id for batch in batches if batch.pool_id])
    had = counts_of_member(actor.require_member(), [b.id for b in batches]) if actor.is_member else {}
    rows = []
    for batch in batches:
        pool = pools.get(batch.pool_id) if batch.pool_id else None
        taken = had.get(batch.id, 0)
        rows.append(
            {
                **_face(batch.offer.label, offer_words(batch.offer)),
                "id": batch.id,
                "left": pool.remaining if pool else 0,
                "percent": pool.taken * 100 // pool.capacity if pool else 0,
                "is_mine": bool(batch.member_limit and taken >= batch.member_limit),
                "validity": _validity(batch),
                "by_share": batch.way is CouponWay.SHARE,
                "share_visits": batch.share_visits,
            }
        )
    return show(request, "shop/coupons.html", {"batches": rows}, tab="me")


@require_POST
def claim(request: HttpRequest, batch_id: uuid.UUID) -> HttpResponse:
    """Take one; the page says what happened."""
    actor = require_member(request)
    try:
        if request.POST.get("way") == CouponWay.SHARE.value:
            unlock_by_shares(batch_id, by=actor)
        else:
            claim_coupon(batch_id, by=actor)
        messages.success(request, _("券到手了，下单时自动用最划算的"))
    except Refusal as refusal:
        say_no(request, refusal)
    return go(reverse("shop:coupons"))


@require_safe
def my_coupons(request: HttpRequest) -> HttpResponse:
    actor = require_member(request)
    asked = request.GET.get("tab", "open")
    tab = asked if asked in _TABS else "open"
    names = {"open": _("能用的"), "used": _("用过的"), "over": _("过期的")}
    values = {
        "coupons": [_row(coupon) for coupon in own_coupons(by=actor, states=_TABS[tab])],
        "tabs": [{"url": f"?tab={key}", "label": label, "is_on": key == tab} for key, label in names.items()],
        "tab_key": tab,
    }
    return show(request, "shop/my_coupons.html", values, tab="me")


@require_POST
def redeem(request: HttpRequest) -> HttpResponse:
    """A code becomes a coupon."""
    actor = require_member(request)
    try:
        redeem_code(request.POST.get("code", "")[:40], by=actor)
        messages.success(request, _("券到手了，下单时自动用最划算的"))
    except Refusal as refusal:
        if refusal.kind is Kind.UNAUTHENTICATED:
            raise
        messages.error(request, words_of(refusal))
    return go(reverse("shop:my_coupons"))


def _row(coupon: CouponView) -> dict[str, Any]:
    return {
        **_face(coupon.offer.label, offer_words(coupon.offer)),
        "id": coupon.id,
        "expires_at": coupon.expires_at,
        "is_reserved": coupon.state is CouponState.RESERVED,
        "is_off": coupon.state not in (CouponState.OPEN, CouponState.RESERVED),
        "order_url": reverse("shop:order", args=[coupon.order_id]) if coupon.order_id else "",
    }


def _face(label: str, words: str) -> dict[str, Any]:
    return {"label": label, "words": words if words != label else ""}


def coupon_tile(batch: BatchView) -> dict[str, Any]:
    """A batch as other pages show it."""
    return {
        **_face(batch.offer.label, offer_words(batch.offer)),
        "id": batch.id,
        "validity": _validity(batch),
    }


def _validity(batch: BatchView) -> str:
    if batch.valid_days:
        return _("领到后 %d 天内有效") % batch.valid_days
    assert batch.valid_until is not None
    return _("有效到 %s") % f"{batch.valid_until:%Y-%m-%d}"
