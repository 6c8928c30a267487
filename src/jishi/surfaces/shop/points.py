"""Points: what one has, what comes, what ends soon, the statement; the daily check-in and the missions."""

import uuid
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.kernel.errors import Refusal
from jishi.modules.loyalty.public import (
    EntryView,
    LotView,
    MissionView,
    balance_of,
    check_in,
    check_in_card,
    entries_of,
    expiring_lots,
    loyalty_terms,
    missions_of,
    open_rewards,
    take_mission,
    worth_minor,
)
from jishi.platform.paging import cursor_after, key_of
from jishi.surfaces.refusals import words_of
from jishi.surfaces.shop.frame import go, is_swap, require_member, show, show_part
from jishi.surfaces.shop.points_words import entry_words

ENTRIES_SHOWN = 20
SOON_DAYS = 60
REWARDS_SHOWN = 4


@require_safe
def points(request: HttpRequest) -> HttpResponse:
    """Eighteen queries besides the frame's, however long the statement is."""
    actor = require_member(request)
    member_id = actor.require_member()
    after = key_of(request.GET.get("cursor", ""))
    entries = entries_of(member_id, by=actor, after=after, limit=ENTRIES_SHOWN)
    balance, terms = balance_of(member_id, by=actor), loyalty_terms()
    soon = expiring_lots(member_id, by=actor, before=clock.now() + timedelta(days=SOON_DAYS))
    values = {
        "balance": balance,
        "worth_minor": worth_minor(balance.spendable, per_unit=terms.points_per_unit),
        "terms": terms,
        "share_percent": terms.share_basis_points_max // 100,
        "soon": _months(soon),
        "soon_points": sum(lot.remaining for lot in soon),
        "card": check_in_card(by=actor),
        "missions": missions_of(member_id)[:3],
        "rewards": [reward for reward in open_rewards(limit=12) if not reward.is_gone][:REWARDS_SHOWN],
        "entries": entry_rows(entries),
        "next_cursor": cursor_after(entries, limit=ENTRIES_SHOWN, field="at"),
        "is_first_page": after is None,
    }
    return show(request, "shop/points.html", values, tab="me")


@require_POST
def daily_check_in(request: HttpRequest) -> HttpResponse:
    """Once a day: the card again for a swap, the page otherwise."""
    actor = require_member(request)
    said = ""
    try:
        done = check_in(by=actor)
        said = _("签到成功，得 %(points)s 积分，已连续 %(streak)s 天") % {
            "points": done.points,
            "streak": done.streak,
        }
    except Refusal as refusal:
        if not is_swap(request):
            messages.error(request, words_of(refusal))
    if is_swap(request):
        return show_part(request, "shop/parts/check_in.html", {"card": check_in_card(by=actor), "said": said})
    if said:
        messages.success(request, said)
    return go(reverse("shop:points"))


@require_safe
def missions(request: HttpRequest) -> HttpResponse:
    actor = require_member(request)
    return show(request, "shop/missions.html", _missions(actor), tab="me")


@require_POST
def claim_mission(request: HttpRequest, mission_id: uuid.UUID) -> HttpResponse:
    """The list again for a swap, the page otherwise."""
    actor = require_member(request)
    said = problem = ""
    try:
        got = take_mission(mission_id, by=actor)
        said = _("领到 %(points)s 积分") % {"points": got} if got else _("领到了")
    except Refusal as refusal:
        problem = words_of(refusal)
    if is_swap(request):
        values = {**_missions(actor), "said": said, "problem": problem}
        return show_part(request, "shop/parts/mission_list.html", values)
    if said:
        messages.success(request, said)
    else:
        messages.error(request, problem)
    return go(reverse("shop:missions"))


def entry_rows(entries: list[EntryView]) -> list[dict[str, Any]]:
    """One line for what happened at once to several lots."""
    rows: list[dict[str, Any]] = []
    last: tuple[Any, ...] = ()
    for entry in entries:
        cause = (entry.kind, entry.subject_kind, entry.subject_id, entry.at)
        if cause == last:
            rows[-1]["change"] += entry.change or entry.pending_change or -entry.points
        else:
            rows.append(_entry_row(entry))
        last = cause
    return rows


def _entry_row(entry: EntryView) -> dict[str, Any]:
    words, icon = entry_words(entry)
    change = entry.change or entry.pending_change or -entry.points  # a debt touches no lot
    return {
        "label": words,
        "icon": icon,
        "change": change,
        "is_in": change > 0,
        "is_pending": not entry.change and bool(entry.pending_change),
        "note": entry.note if entry.subject_kind in ("order", "mission", "adjustment", "birthday") else "",
        "at": entry.at,
        "url": reverse("shop:order", args=[entry.subject_id]) if entry.subject_kind == "order" else "",
    }


def _missions(actor: Actor) -> dict[str, Any]:
    found: list[MissionView] = missions_of(actor.require_member())
    return {
        "daily": [view for view in found if view.terms.cadence == "daily"],
        "once": [view for view in found if view.terms.cadence != "daily"],
    }


def _months(lots: list[LotView]) -> list[dict[str, Any]]:
    """What ends together, together."""
    ends: dict[Any, int] = {}
    for lot in lots:
        ends[lot.expires_at] = ends.get(lot.expires_at, 0) + lot.remaining
    return [{"last_day": at - timedelta(seconds=1), "points": points} for at, points in ends.items()]
