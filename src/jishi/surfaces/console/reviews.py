"""Reviews in the console: what waits for a look, what was reported, and answering."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_POST, require_safe

from jishi.kernel.actor import Actor
from jishi.modules.people.public import Person, people_by_ids
from jishi.modules.reviews.public import (
    ReviewFilter,
    ReviewState,
    ReviewView,
    count_reviews_by_state,
    find_reviews,
    hide_review,
    reply_to_review,
    show_review,
)
from jishi.platform.http import actor_of
from jishi.surfaces import case_words as words
from jishi.surfaces.console.access import back, guarded
from jishi.surfaces.console.forms import act_once, once_key
from jishi.surfaces.console.frame import show
from jishi.surfaces.console.questions import id_of, page_of
from jishi.surfaces.console.tables import pager, select, tabs

PAGE_SIZE = 20
_STATES = {
    ReviewState.WAITING: (gettext_noop("待看"), "gold"),
    ReviewState.SHOWN: (gettext_noop("展示中"), "leaf"),
    ReviewState.HIDDEN: (gettext_noop("已隐藏"), "line"),
}


@guarded("reviews.view")
@require_safe
def reviews(request: HttpRequest) -> HttpResponse:
    """Six queries."""
    actor, query, page = actor_of(request), request.GET, page_of(request)
    found, total = find_reviews(_filter_of(request), by=actor, page=page, limit=PAGE_SIZE)
    people = people_by_ids(row.member_id for row in found)
    stars = [(str(value), _("%(stars)d 星") % {"stars": value}) for value in (5, 4, 3, 2, 1)]
    more = [("reported", _("被举报")), ("unanswered", _("没回复")), ("pictures", _("有图"))]
    context = {
        "tabs": _tabs(request, actor),
        "selects": [
            select("stars", _("全部星级"), stars, query=query),
            select("only", _("不限"), more, query=query),
        ],
        "hidden": [(name, value) for name, value in query.items() if name in ("state", "product", "member")],
        "reset_url": reverse("console:reviews") if set(query) - {"page", "state"} else None,
        "chips": [],
        "reviews": [_row(row, people.get(row.member_id)) for row in found],
        "pager": pager(query=query, page=page, size=PAGE_SIZE, total=total),
        "may_moderate": actor.may("reviews.moderate"),
    }
    return show(request, "console/reviews.html", section="reviews", context=context)


@guarded("reviews.moderate")
@require_POST
def show_one(request: HttpRequest, review_id: uuid.UUID) -> HttpResponse:
    return _done(request, lambda: show_review(review_id, by=actor_of(request)), _("展示了"))


@guarded("reviews.moderate")
@require_POST
def hide_one(request: HttpRequest, review_id: uuid.UUID) -> HttpResponse:
    reason = request.POST.get("reason", "")
    return _done(
        request,
        lambda: hide_review(review_id, by=actor_of(request), reason=reason),
        _("隐藏了，写的人会知道原因"),
    )


@guarded("reviews.moderate")
@require_POST
def reply(request: HttpRequest, review_id: uuid.UUID) -> HttpResponse:
    given = request.POST.get("words", "")
    return _done(
        request, lambda: reply_to_review(review_id, by=actor_of(request), words=given), _("回复好了")
    )


def _filter_of(request: HttpRequest) -> ReviewFilter:
    query = request.GET
    state, stars, only = query.get("state", ""), query.get("stars", ""), query.get("only", "")
    named = ReviewState(state) if state in set(ReviewState) else None
    return ReviewFilter(
        state=None if state == "all" else named or ReviewState.WAITING,
        stars=int(stars) if stars in ("1", "2", "3", "4", "5") else None,
        product_id=id_of(query.get("product")),
        member_id=id_of(query.get("member")),
        only_reported=only == "reported",
        only_unanswered=only == "unanswered",
        with_pictures=only == "pictures",
    )


def _tabs(request: HttpRequest, actor: Actor) -> list[dict[str, Any]]:
    counts = count_reviews_by_state(by=actor)
    shown = {"": counts.get("waiting", 0), **counts, "all": sum(counts.values())}
    names = [("", _("待看")), ("shown", _("展示中")), ("hidden", _("已隐藏")), ("all", _("全部"))]
    return tabs(names, name="state", query=request.GET, counts=shown)


def _row(row: ReviewView, person: Person | None) -> dict[str, Any]:
    label, colour = _STATES[row.state]
    return {
        "row": row,
        "name": person.nickname if person else "–",
        "fill": row.stars * 20,
        "state": _(label),
        "colour": colour,
        "waits": words.waits_words(row.waits_for),
        "pictures": [default_storage.url(one.path) for one in row.pictures],
        "once": once_key(),
    }


def _done(request: HttpRequest, act: Callable[[], None], words_done: str) -> HttpResponse:
    act_once(request, act)
    messages.success(request, words_done)
    return back(request, otherwise="console:reviews")
