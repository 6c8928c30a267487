"""What a community's own moderators have to look at: the queue of their community, and one item to keep or to hide."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from jishi.flows.community_moderation import claim_here, decide_here, item_here, queue_here, release_here
from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound, Refusal
from jishi.modules.community.public import CommunityView, door_of
from jishi.modules.guard.public import LOCAL_DECISIONS, Decision, ItemState, ItemView, find_words
from jishi.modules.people.public import Person, people_by_ids
from jishi.surfaces import moderation_words as words
from jishi.surfaces.shop.acts import say_no
from jishi.surfaces.shop.frame import go, require_member, show
from jishi.surfaces.shop.posts import ago

TAB = "communities"
PAGE_SIZE = 30
EXCERPT_SHOWN = 160
REASONS = 6


@never_cache
@require_safe
def queue(request: HttpRequest, handle: str) -> HttpResponse:
    """What waits, by the clock, or what the community has decided; ten queries besides the frame's."""
    actor = require_member(request)
    found = door_of(handle, by=actor).community
    is_decided, page = request.GET.get("state") == "decided", _number(request.GET.get("page")) or 1
    items, total = queue_here(found.id, by=actor, is_decided=is_decided, page=page, limit=PAGE_SIZE)
    people = _people(items)
    values = {
        "community": found,
        "rows": [_row(one, people, by=actor) for one in items],
        "total": total,
        "is_decided": is_decided,
        "next_page": page + 1 if page * PAGE_SIZE < total else None,
    }
    return show(request, "shop/community_queue.html", values, tab=TAB)


@never_cache
@require_safe
def item(request: HttpRequest, handle: str, item_id: uuid.UUID) -> HttpResponse:
    actor = require_member(request)
    place = door_of(handle, by=actor).community
    found, reports, is_reporter = item_here(item_id, by=actor, community_id=place.id)
    is_of_other = found.state is ItemState.CLAIMED and found.claimed_by != actor.id
    is_waiting = found.state is not ItemState.DECIDED
    values = {
        "community": place,
        "row": _row(found, _people([found]), by=actor, is_whole=True),
        "reports": [{"reason": words.report_reason(reason), "note": note} for reason, note in reports],
        "findings": [
            {"written": one.written, "why": one.reason or one.category}
            for one in find_words(found.excerpt)[:REASONS]
        ],
        "is_waiting": is_waiting,
        "is_reporter": is_reporter,
        "is_of_other": is_of_other,
        "is_mine": found.state is ItemState.CLAIMED and not is_of_other,
        "may_decide": is_waiting and not is_reporter,
    }
    return show(request, "shop/community_queue_item.html", values, tab=TAB)


@require_POST
def item_step(request: HttpRequest, handle: str, item_id: uuid.UUID) -> HttpResponse:
    """Claim, put back, keep, hide; the version read must still be the present one."""
    actor, verb = require_member(request), request.POST.get("verb", "")
    place = door_of(handle, by=actor).community
    version = _number(request.POST.get("version"))
    address = reverse("shop:community_queue_item", args=[handle, item_id])
    try:
        if verb == "claim":
            claim_here(item_id, by=actor, community_id=place.id, version=version)
        elif verb == "release":
            release_here(item_id, by=actor, community_id=place.id, version=version)
        elif verb in {one.value for one in LOCAL_DECISIONS}:
            _decide(request, item_id, place, by=actor, decision=Decision(verb), version=version)
            address = reverse("shop:community_queue", args=[handle])
        else:
            raise NotFound()
    except Refusal as refusal:
        say_no(request, refusal)
    return go(address)


def _decide(
    request: HttpRequest,
    item_id: uuid.UUID,
    place: CommunityView,
    *,
    by: Actor,
    decision: Decision,
    version: int,
) -> None:
    reason = request.POST.get("reason", "")[:400]
    decide_here(item_id, by=by, community_id=place.id, version=version, decision=decision, reason=reason)
    kept = _("通过了，大家能看到")
    messages.success(request, kept if decision is Decision.KEEP else _("已隐藏，作者会收到理由"))


def _row(
    one: ItemView, people: dict[uuid.UUID, Person], *, by: Actor, is_whole: bool = False
) -> dict[str, Any]:
    is_late = one.state is not ItemState.DECIDED and one.due_at < clock.now()
    author = people.get(one.author_id) if one.author_id is not None else None
    claimer = people.get(one.claimed_by) if one.claimed_by is not None else None
    text = one.excerpt if is_whole else " ".join(one.excerpt.split())
    return {
        "item": one,
        "kind": words.kind(one.kind),
        "text": text if is_whole or len(text) <= EXCERPT_SHOWN else f"{text[:EXCERPT_SHOWN]}…",
        "author": author.nickname if author else _("一位邻居"),
        "when": ago(one.opened_at),
        "rules": [words.rule(code) for code in one.reasons],
        "cause": words.cause(one.cause),
        "visible": words.visible(one.visible),
        "decision": words.decision(one.decision) if one.decision and one.state is ItemState.DECIDED else None,
        "is_late": is_late,
        "claimer": "" if claimer is None else _("我") if by.owns(one.claimed_by) else claimer.nickname,
    }


def _people(items: list[ItemView]) -> dict[uuid.UUID, Person]:
    return people_by_ids(
        one for item in items for one in (item.author_id, item.claimed_by) if one is not None
    )


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else 0
