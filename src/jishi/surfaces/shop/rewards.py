"""The rewards shop: what points buy, taking one, and what one has taken."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from jishi.flows.loyalty import exchange_points
from jishi.kernel import ids
from jishi.kernel.errors import Refusal
from jishi.modules.loyalty.public import (
    ExchangeView,
    RewardKind,
    RewardView,
    exchanges_of,
    open_rewards,
    reward_of,
    spendable_points,
)
from jishi.modules.people.public import addresses_of
from jishi.platform.http import actor_of
from jishi.platform.paging import cursor_after, key_of
from jishi.surfaces.refusals import words_of
from jishi.surfaces.shop.frame import go, require_member, show, uuid_from
from jishi.surfaces.shop.points_words import exchange_words, reward_words

EXCHANGES_SHOWN = 20


@require_safe
def rewards(request: HttpRequest) -> HttpResponse:
    """Open to visitors; three queries for a member."""
    actor = actor_of(request)
    own = spendable_points(actor.require_member()) if actor.is_member else None
    found = open_rewards(member_id=actor.id if actor.is_member else None)
    kind = request.GET.get("kind", "")
    values = {
        "points": own,
        "kinds": [
            {"value": one.value, "label": reward_words(one)[0], "is_on": one.value == kind}
            for one in RewardKind
        ],
        "kind": kind,
        "rewards": [reward_row(view, points=own) for view in found if kind in ("", view.terms.kind.value)],
    }
    return show(request, "shop/rewards.html", values, tab="me")


@require_http_methods(["GET", "HEAD", "POST"])
def reward(request: HttpRequest, reward_id: uuid.UUID) -> HttpResponse:
    """One reward; posting takes it."""
    actor = require_member(request)
    member_id = actor.require_member()
    problem = ""
    if request.method == "POST":
        try:
            taken = exchange_points(
                reward_id,
                by=actor,
                exchange_id=uuid_from(request.POST.get("once")) or ids.new_id(),
                address_note=request.POST.get("address_note", ""),
            )
            messages.success(request, _("换到了：%(name)s") % {"name": taken.name})
            return go(reverse("shop:my_rewards"))
        except Refusal as refusal:
            problem = words_of(refusal)
    view = reward_of(reward_id, member_id=member_id)
    own = spendable_points(member_id)
    values: dict[str, Any] = {
        **reward_row(view, points=own),
        "points": own,
        "problem": problem,
        "once": ids.new_id(),
        "address_note": request.POST.get("address_note", ""),
    }
    if view.terms.kind is RewardKind.GOODS and not values["address_note"]:
        kept = addresses_of(by=actor)
        if kept:
            values["address_note"] = (
                f"{kept[0].name} {kept[0].phone.removeprefix('+86')} {kept[0].full_text}"[:200]
            )
    return show(request, "shop/reward.html", values, tab="me", status=422 if problem else 200)


@require_safe
def my_rewards(request: HttpRequest) -> HttpResponse:
    actor = require_member(request)
    after = key_of(request.GET.get("cursor", ""))
    found = exchanges_of(by=actor, after=after, limit=EXCHANGES_SHOWN)
    values = {
        "exchanges": [_exchange_row(view) for view in found],
        "next_cursor": cursor_after(found, limit=EXCHANGES_SHOWN, field="at"),
    }
    return show(request, "shop/my_rewards.html", values, tab="me")


def reward_row(view: RewardView, *, points: int | None) -> dict[str, Any]:
    words, icon = reward_words(view.terms.kind)
    limit = view.terms.member_limit
    is_limited = bool(limit and view.own_count >= limit)
    missing = max(0, view.terms.points - points) if points is not None else 0
    return {
        "reward": view,
        "terms": view.terms,
        "kind_words": words,
        "icon": icon,
        "is_limited": is_limited,
        "missing": missing,
        "may_take": not view.is_gone and not is_limited and not missing and view.terms.is_open,
        "few_left": view.left is not None and 0 < view.left <= 10,
    }


def _exchange_row(view: ExchangeView) -> dict[str, Any]:
    words, colour = exchange_words(view.state)
    kind_words, icon = reward_words(view.kind)
    return {"view": view, "state": words, "colour": colour, "icon": icon, "kind_words": kind_words}
