"""Reviews for shoppers: what others say about a product, and saying something oneself."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from jishi.kernel.actor import Actor
from jishi.kernel.errors import Kind, NotFound, Refusal
from jishi.modules.catalog.public import ProductCard, cards_by_ids, product_page
from jishi.modules.orders.public import OrderLineView, order_view
from jishi.modules.people.public import Person, people_by_ids
from jishi.modules.reviews.public import (
    PICTURES_MAX,
    REPORT_REASONS,
    LineToReview,
    NewPicture,
    NewReview,
    ReviewSort,
    ReviewState,
    ReviewView,
    Score,
    TooManyReviewPictures,
    follow_up,
    lines_to_review,
    report_review,
    review_view,
    reviewed_line_ids,
    reviews_of_member,
    reviews_of_product,
    score_of,
    vote_helpful,
    write_review,
)
from jishi.platform.http import actor_of
from jishi.platform.paging import offset_cursor, offset_of
from jishi.surfaces import case_words as words
from jishi.surfaces.photos import photos_of
from jishi.surfaces.refusals import words_of
from jishi.surfaces.shop.frame import go, is_swap, require_member, show, show_part

ON_PRODUCT, ON_PAGE, OWN_SHOWN, WAITING_SHOWN = 2, 10, 20, 5
FOLDER = "reviews"


def review_block(card: ProductCard, *, by: Actor) -> dict[str, Any] | None:
    """What a product's page shows: one query without reviews, four with."""
    score = score_of(card.id)
    if not score.count:
        return None
    found = reviews_of_product(card.id, by=by, limit=ON_PRODUCT)
    return {
        "score": score_values(score),
        "reviews": review_rows(found, by=by),
        "url": reverse("shop:product_reviews", args=[card.handle]),
    }


@require_safe
def product_reviews(request: HttpRequest, handle: str) -> HttpResponse:
    """All reviews of a product, sorted and filtered by links."""
    actor = actor_of(request)
    card = product_page(handle=handle, by=actor).card
    asked = request.GET
    sort = ReviewSort.NEWEST if asked.get("sort") == "newest" else ReviewSort.HELPFUL
    text = asked.get("stars", "")
    stars = int(text) if text in ("1", "2", "3", "4", "5") else None
    with_pictures = asked.get("pictures") == "1"
    start = offset_of(asked.get("cursor", ""))
    rows = reviews_of_product(
        card.id,
        by=actor,
        sort=sort,
        stars=stars,
        with_pictures=with_pictures,
        offset=start,
        limit=ON_PAGE + 1,
    )
    query = {"sort": sort.value, "stars": stars or "", "pictures": int(with_pictures)}
    next_url = None
    if len(rows) > ON_PAGE:
        next_url = f"{request.path}?{urlencode({**query, 'cursor': offset_cursor(start + ON_PAGE)})}"
    values: dict[str, Any] = {"reviews": review_rows(rows[:ON_PAGE], by=actor), "next_url": next_url}
    if is_swap(request):
        return show_part(request, "shop/parts/review_list.html", values)
    score = score_of(card.id)
    values |= {
        "card": card,
        "score": score_values(score),
        "chips": _chips(score, stars=stars, with_pictures=with_pictures, sort=sort),
        "sorts": _sorts(query, sort),
    }
    return show(request, "shop/product_reviews.html", values)


@require_safe
def my_reviews(request: HttpRequest) -> HttpResponse:
    """What waits for a review, and what was said."""
    actor = require_member(request)
    start = offset_of(request.GET.get("cursor", ""))
    rows = reviews_of_member(by=actor, offset=start, limit=OWN_SHOWN + 1)
    cards = cards_by_ids([row.product_id for row in rows])
    waiting = [_waiting_row(row) for row in lines_to_review(by=actor)] if not start else []
    values = {
        "waiting": waiting[:WAITING_SHOWN],
        "more_waiting": waiting[WAITING_SHOWN:],
        "waiting_count": len(waiting),
        "reviews": [
            {
                **row,
                "state": _own_state(row["row"]),
                "product_url": reverse("shop:product", args=[cards[row["row"].product_id].handle])
                if row["row"].product_id in cards
                else "",
                "may_follow": row["row"].followup_at is None,
            }
            for row in review_rows(rows[:OWN_SHOWN], by=actor)
        ],
        "next_cursor": offset_cursor(start + OWN_SHOWN) if len(rows) > OWN_SHOWN else "",
    }
    return show(request, "shop/my_reviews.html", values, tab="me")


def write(request: HttpRequest, order_id: uuid.UUID, line_id: uuid.UUID) -> HttpResponse:
    """The form of a review, and what it was sent for."""
    actor = require_member(request)
    order = order_view(order_id, by=actor)
    line = next((found for found in order.lines if found.id == line_id), None)
    if not actor.owns(order.member_id) or line is None:
        raise NotFound()
    problem = ""
    if request.method == "POST":
        try:
            write_review(_new_review(request, order_id, line), by=actor)
            return _thank(request, line_id, actor)
        except Refusal as refusal:
            if refusal.kind in (Kind.MISSING, Kind.UNAUTHENTICATED):
                raise
            problem = words_of(refusal)
    elif line_id in reviewed_line_ids([line_id]):
        return go(reverse("shop:my_reviews"))
    values = {
        "order": order,
        "line": line,
        "problem": problem,
        "given": request.POST,
        "stars": _star_choices("stars", request, chosen=5),
        "more_stars": [
            {"label": label, "choices": _star_choices(name, request, chosen=0)}
            for name, label in (("match", _("与描述相符")), ("delivery", _("物流")), ("service", _("服务")))
        ],
        "pictures_max": PICTURES_MAX,
    }
    return show(request, "shop/review_write.html", values, tab="me", status=422 if problem else 200)


@require_POST
def follow(request: HttpRequest, review_id: uuid.UUID) -> HttpResponse:
    """追评."""
    actor = require_member(request)
    try:
        follow_up(review_id, by=actor, words=request.POST.get("words", ""), pictures=_pictures(request))
        messages.success(request, _("追评写好了"))
    except Refusal as refusal:
        if refusal.kind in (Kind.MISSING, Kind.UNAUTHENTICATED):
            raise
        messages.error(request, words_of(refusal))
    return go(reverse("shop:my_reviews"))


@require_POST
def helpful(request: HttpRequest, review_id: uuid.UUID) -> HttpResponse:
    """A vote, or taking it back; the button itself for a swap."""
    actor = require_member(request)
    found = review_view(review_id, by=actor)
    try:
        vote_helpful(review_id, by=actor, is_helpful=request.POST.get("helpful", "1") == "1")
    except Refusal as refusal:
        if refusal.kind is not Kind.CONFLICT:
            raise
        messages.error(request, words_of(refusal))
    if is_swap(request):
        row = review_rows([review_view(review_id, by=actor)], by=actor)[0]
        return show_part(request, "shop/parts/helpful.html", {"review": row})
    return go(_reviews_url(found))


@require_POST
def report(request: HttpRequest, review_id: uuid.UUID) -> HttpResponse:
    actor = require_member(request)
    found = review_view(review_id, by=actor)
    report_review(review_id, by=actor, reason=request.POST.get("reason", ""))
    messages.success(request, _("收到，会有人看"))
    return go(_reviews_url(found))


def review_rows(found: list[ReviewView], *, by: Actor) -> list[dict[str, Any]]:
    """For templates; one query for the names."""
    people = people_by_ids(row.member_id for row in found)
    return [_row(row, people.get(row.member_id), by=by) for row in found]


def score_values(score: Score) -> dict[str, Any]:
    average = score.average_tenths
    return {
        "count": score.count,
        "average": f"{average // 10}.{average % 10}",
        "fill": average * 2,
        "good_percent": score.good_percent,
        "bars": [
            {"stars": stars, "count": count, "percent": count * 100 // max(score.count, 1)}
            for stars, count in zip((5, 4, 3, 2, 1), reversed(score.by_stars), strict=True)
        ],
    }


def _row(row: ReviewView, person: Person | None, *, by: Actor) -> dict[str, Any]:
    name = person.nickname if person else _("邻居")
    return {
        "row": row,
        "name": f"{name[:1]}**" if row.is_anonymous else name,
        "face": name[:1] if row.is_anonymous else name,
        "fill": row.stars * 20,
        "pictures": [
            {"url": default_storage.url(one.path), "width": one.width, "height": one.height}
            for one in row.pictures
            if not one.is_followup
        ],
        "followup_pictures": [
            {"url": default_storage.url(one.path), "width": one.width, "height": one.height}
            for one in row.pictures
            if one.is_followup
        ],
        "followup_after": _days_later(row),
        "is_mine": by.owns(row.member_id),
        "reports": [(code, words.report_words(code)) for code in REPORT_REASONS],
    }


def _days_later(row: ReviewView) -> str:
    if row.followup_at is None:
        return ""
    days = (row.followup_at - row.created_at).days
    if not days:
        return _("当天追评")
    return ngettext("%(days)d 天后追评", "%(days)d 天后追评", days) % {"days": days}


def _own_state(row: ReviewView) -> dict[str, str]:
    if row.state is ReviewState.SHOWN:
        return {"label": _("展示中"), "colour": "leaf", "why": ""}
    if row.state is ReviewState.HIDDEN:
        return {"label": _("没有展示"), "colour": "line", "why": row.hidden_reason}
    return {"label": _("等人看过"), "colour": "gold", "why": words.waits_words(row.waits_for)}


def _waiting_row(row: LineToReview) -> dict[str, Any]:
    return {"row": row, "url": reverse("shop:write_review", args=[row.order_id, row.line_id])}


def _new_review(request: HttpRequest, order_id: uuid.UUID, line: OrderLineView) -> NewReview:
    posted = request.POST
    return NewReview(
        order_id=order_id,
        line_id=line.id,
        stars=_stars(posted.get("stars", "")) or 0,
        words=posted.get("words", ""),
        match=_stars(posted.get("match", "")),
        delivery=_stars(posted.get("delivery", "")),
        service=_stars(posted.get("service", "")),
        is_anonymous=posted.get("is_anonymous") == "on",
        pictures=_pictures(request),
    )


def _pictures(request: HttpRequest) -> tuple[NewPicture, ...]:
    stored = photos_of(request, limit=PICTURES_MAX, too_many=TooManyReviewPictures, folder=FOLDER)
    return tuple(NewPicture(photo.path, photo.width, photo.height) for photo in stored)


def _thank(request: HttpRequest, line_id: uuid.UUID, actor: Actor) -> HttpResponse:
    found = review_view(reviewed_line_ids([line_id])[line_id], by=actor)
    if found.state is ReviewState.SHOWN:
        messages.success(request, _("谢谢，邻居们看得到了"))
    else:
        messages.success(request, _("谢谢，看过就展示"))
    return go(reverse("shop:my_reviews"))


def _stars(text: str) -> int | None:
    return int(text) if text in ("1", "2", "3", "4", "5") else None


def _star_choices(name: str, request: HttpRequest, *, chosen: int) -> dict[str, Any]:
    given = _stars(request.POST.get(name, "")) or chosen
    # from five down: the style lights a star and those after it in the row, which is drawn from the right
    return {"name": name, "values": [{"value": value, "is_on": value == given} for value in (5, 4, 3, 2, 1)]}


def _chips(score: Score, *, stars: int | None, with_pictures: bool, sort: ReviewSort) -> list[dict[str, Any]]:
    def url(**query: object) -> str:
        return f"?{urlencode({'sort': sort.value, **query})}"

    rows = [
        {"label": f"{_('全部')} {score.count}", "url": url(), "is_on": stars is None and not with_pictures}
    ]
    rows.append(
        {"label": f"{_('有图')} {score.with_pictures}", "url": url(pictures=1), "is_on": with_pictures}
    )
    for value in (5, 4, 3, 2, 1):
        count = score.by_stars[value - 1]
        if count:
            label = _("%(stars)d 星") % {"stars": value}
            rows.append({"label": f"{label} {count}", "url": url(stars=value), "is_on": stars == value})
    return rows


def _sorts(query: dict[str, Any], sort: ReviewSort) -> list[dict[str, Any]]:
    names = {ReviewSort.HELPFUL: _("最有用"), ReviewSort.NEWEST: _("最新")}
    return [
        {"label": name, "url": f"?{urlencode({**query, 'sort': value.value})}", "is_on": value is sort}
        for value, name in names.items()
    ]


def _reviews_url(found: ReviewView) -> str:
    card = cards_by_ids([found.product_id]).get(found.product_id)
    return reverse("shop:product_reviews", args=[card.handle]) if card else reverse("shop:home")
