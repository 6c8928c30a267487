"""Reading reviews."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.db.models import Count, Q, QuerySet

from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.modules.guard.public import in_sight
from jishi.modules.orders.public import OrderState, lines_by_order, orders_of_member
from jishi.modules.reviews import rules
from jishi.modules.reviews.models import Picture, ProductScore, Review, Vote
from jishi.modules.reviews.types import (
    LineToReview,
    PictureView,
    ReviewFilter,
    ReviewSort,
    ReviewState,
    ReviewView,
    Score,
)

PAGE_MAX = 100
ORDERS_LOOKED_AT = 40


def score_of(product_id: uuid.UUID) -> Score:
    """One query, however many reviews there are."""
    return scores_of([product_id]).get(product_id, Score())


def scores_of(product_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Score]:
    rows = ProductScore.objects.filter(product_id__in=list(product_ids), count__gt=0)
    return {
        row.product_id: Score(
            count=row.count,
            star_sum=row.star_sum,
            by_stars=(row.stars_1, row.stars_2, row.stars_3, row.stars_4, row.stars_5),
            with_pictures=row.with_pictures,
        )
        for row in rows
    }


def reviews_of_product(  # noqa: PLR0913  (the shopper's filters)
    product_id: uuid.UUID,
    *,
    by: Actor,
    sort: ReviewSort = ReviewSort.HELPFUL,
    stars: int | None = None,
    with_pictures: bool = False,
    offset: int = 0,
    limit: int = 20,
) -> list[ReviewView]:
    """The shown reviews of a product; two queries for a visitor, three for a member."""
    seen = in_sight("member_id", by=by)
    rows = Review.objects.filter(seen, product_id=product_id, state=ReviewState.SHOWN.value)
    if stars is not None:
        rows = rows.filter(stars=stars)
    if with_pictures:
        rows = rows.filter(picture_count__gt=0)
    order = ("-helpful_count", "-created_at", "-id") if sort is ReviewSort.HELPFUL else ("-created_at", "-id")
    return _views(rows.order_by(*order)[offset : offset + min(limit, PAGE_MAX)], by=by)


def review_view(review_id: uuid.UUID, *, by: Actor) -> ReviewView:
    """A shown one for everybody, others for who wrote them and for staff. Raises NotFound."""
    is_staff = by.may("reviews.view") or by.may("reviews.moderate")
    rows = Review.objects.filter(id=review_id)
    row = (rows if is_staff else rows.filter(in_sight("member_id", by=by))).first()
    if row is None or not (row.state == ReviewState.SHOWN.value or by.owns(row.member_id) or is_staff):
        raise NotFound()
    return _views([row], by=by)[0]


def reviews_of_member(*, by: Actor, offset: int = 0, limit: int = 20) -> list[ReviewView]:
    rows = Review.objects.filter(member_id=by.require_member()).order_by("-created_at", "-id")
    return _views(rows[offset : offset + min(limit, PAGE_MAX)], by=by)


def reviewed_line_ids(line_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """Order line → its review."""
    rows = Review.objects.filter(order_line_id__in=list(line_ids))
    return dict(rows.values_list("order_line_id", "id"))


def lines_to_review(*, by: Actor) -> list[LineToReview]:
    """What the actor has received of late and said nothing about; three queries."""
    since = clock.now() - timedelta(days=rules.REVIEW_DAYS)
    orders = orders_of_member(by=by, states=(OrderState.RECEIVED,), limit=ORDERS_LOOKED_AT)
    orders = [order for order in orders if order.placed_at > since]
    lines = lines_by_order([order.id for order in orders])
    done = reviewed_line_ids(line.id for rows in lines.values() for line in rows)
    return [
        LineToReview(order.id, line.id, line.product_id, line.title, line.option_text, line.cover)
        for order in orders
        for line in lines.get(order.id, [])
        if line.id not in done
        and line.refunded_quantity < line.quantity
        and not any(discount.kind == "exchange" for discount in line.discounts)
    ]


def find_reviews(
    wanted: ReviewFilter, *, by: Actor, page: int = 1, limit: int = 30
) -> tuple[list[ReviewView], int]:
    """For staff, newest first, with how many there are; three queries."""
    by.require("reviews.view")
    rows = _matching(wanted)
    size = min(limit, PAGE_MAX)
    start = (max(page, 1) - 1) * size
    return _views(rows.order_by("-created_at", "-id")[start : start + size], by=by), rows.count()


def count_reviews_by_state(*, by: Actor) -> dict[str, int]:
    if not by.may("reviews.view"):
        return {}
    return dict(Review.objects.values_list("state").annotate(n=Count("id")).order_by())


def _matching(wanted: ReviewFilter) -> QuerySet[Review]:
    found = Q()
    if wanted.state is not None:
        found &= Q(state=wanted.state.value)
    if wanted.stars is not None:
        found &= Q(stars=wanted.stars)
    if wanted.product_id is not None:
        found &= Q(product_id=wanted.product_id)
    if wanted.member_id is not None:
        found &= Q(member_id=wanted.member_id)
    if wanted.only_reported:
        found &= Q(report_count__gt=0)
    if wanted.only_unanswered:
        found &= Q(reply_at__isnull=True)
    if wanted.with_pictures:
        found &= Q(picture_count__gt=0)
    return Review.objects.filter(found)


def _views(rows: Iterable[Review], *, by: Actor) -> list[ReviewView]:
    found = list(rows)
    pictures: dict[uuid.UUID, list[PictureView]] = defaultdict(list)
    with_pictures = [row.id for row in found if row.picture_count]
    if with_pictures:
        for one in Picture.objects.filter(review__in=with_pictures).order_by("position"):
            pictures[one.review_id].append(PictureView(one.path, one.width, one.height, one.is_followup))
    voted = _voted(found, by)
    return [_view(row, pictures[row.id], is_helpful_to_me=row.id in voted) for row in found]


def _voted(rows: Sequence[Review], by: Actor) -> set[uuid.UUID]:
    if not rows or not by.is_member:
        return set()
    votes = Vote.objects.filter(member_id=by.require_member(), review__in=[row.id for row in rows])
    return set(votes.values_list("review_id", flat=True))


def _view(row: Review, pictures: Sequence[PictureView], *, is_helpful_to_me: bool) -> ReviewView:
    return ReviewView(
        id=row.id,
        product_id=row.product_id,
        order_id=row.order_id,
        order_line_id=row.order_line_id,
        member_id=row.member_id,
        title=row.title,
        option_text=row.option_text,
        cover=row.cover,
        stars=row.stars,
        match=row.match,
        delivery=row.delivery,
        service=row.service,
        words=row.words,
        is_anonymous=row.is_anonymous,
        state=ReviewState(row.state),
        waits_for=row.waits_for,
        hidden_reason=row.hidden_reason,
        is_refunded=row.is_refunded,
        helpful_count=row.helpful_count,
        report_count=row.report_count,
        followup_words=row.followup_words,
        followup_at=row.followup_at,
        reply_words=row.reply_words,
        reply_at=row.reply_at,
        created_at=row.created_at,
        pictures=tuple(pictures),
        is_helpful_to_me=is_helpful_to_me,
    )
