"""Reviews: of a product for everyone, one's own, and what staff do with them."""

import uuid
from datetime import datetime
from typing import Annotated, Any

from django.core.files.storage import default_storage
from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from jishi.modules.people.public import people_by_ids
from jishi.modules.reviews.public import (
    PICTURES_MAX,
    WORDS_MAX,
    NewPicture,
    NewReview,
    ReviewFilter,
    ReviewSort,
    ReviewState,
    ReviewView,
    find_reviews,
    follow_up,
    hide_review,
    lines_to_review,
    reply_to_review,
    report_review,
    review_view,
    reviews_of_member,
    reviews_of_product,
    score_of,
    show_review,
    vote_helpful,
    write_review,
)
from jishi.platform.http import actor_of, anyone, next_link, scopes
from jishi.platform.paging import offset_cursor, offset_of
from jishi.surfaces.api.common import LIMIT_MAX, Page, PageIn
from jishi.surfaces.api.pictures import TOKEN_MAX, Purpose, pictures_of

router = Router(tags=["reviews"])
Stars = Annotated[int, Field(ge=1, le=5)]
Token = Annotated[str, Field(max_length=TOKEN_MAX)]


class ScoreOut(Schema):
    """Of the shown reviews. `by_stars` counts one star first; `average_tenths` is 47 for 4.7."""

    count: int
    average_tenths: int
    good_percent: int
    by_stars: list[int]
    with_pictures: int


class ReviewPictureOut(Schema):
    url: str
    width: int
    height: int
    is_followup: bool


class ReviewOut(Schema):
    """Every review is of goods that were bought and received. `author` shows one character when it is anonymous."""

    id: uuid.UUID
    product_id: uuid.UUID
    author: str
    title: str
    option_text: str
    stars: int
    match: int | None
    delivery: int | None
    service: int | None
    words: str
    is_anonymous: bool
    is_refunded: bool
    helpful_count: int
    is_helpful_to_me: bool
    followup_words: str
    followup_at: datetime | None
    reply_words: str
    reply_at: datetime | None
    created_at: datetime
    pictures: list[ReviewPictureOut]


class OwnReviewOut(ReviewOut):
    order_id: uuid.UUID
    order_line_id: uuid.UUID
    state: ReviewState
    waits_for: str
    hidden_reason: str


class StaffReviewOut(OwnReviewOut):
    member_id: uuid.UUID
    report_count: int


class LineToReviewOut(Schema):
    order_id: uuid.UUID
    line_id: uuid.UUID
    product_id: uuid.UUID
    title: str
    option_text: str


class ReviewIn(Schema):
    """`pictures` are tokens of POST /me/pictures."""

    order_id: uuid.UUID
    line_id: uuid.UUID
    stars: Stars
    words: str = Field("", max_length=WORDS_MAX)
    match: Stars | None = None
    delivery: Stars | None = None
    service: Stars | None = None
    is_anonymous: bool = False
    pictures: list[Token] = Field([], max_length=PICTURES_MAX)


class FollowUpIn(Schema):
    words: str = Field(min_length=1, max_length=WORDS_MAX)
    pictures: list[Token] = Field([], max_length=PICTURES_MAX)


class HelpfulIn(Schema):
    is_helpful: bool = True


class HelpfulOut(Schema):
    helpful_count: int


class ReportIn(Schema):
    reason: str = Field(min_length=1, max_length=16)


class ReasonIn(Schema):
    reason: str = Field(min_length=1, max_length=200)


class ReplyIn(Schema):
    words: str = Field(min_length=1, max_length=500)


class ProductReviewsIn(PageIn):
    sort: ReviewSort = ReviewSort.HELPFUL
    stars: Stars | None = None
    with_pictures: bool = False


class ReviewsIn(PageIn):
    state: ReviewState | None = None
    stars: Stars | None = None
    product_id: uuid.UUID | None = None
    reported: bool = False


@router.get(
    "/products/{uuid:product_id}/score",
    response=ScoreOut,
    summary="How a product is rated",
    openapi_extra=anyone(),
)
def get_product_score(request: HttpRequest, product_id: uuid.UUID) -> Any:
    del request
    return score_of(product_id)


@router.get(
    "/products/{uuid:product_id}/reviews",
    response=Page[ReviewOut],
    summary="What buyers say about a product",
    openapi_extra=anyone(),
)
def list_product_reviews(request: HttpRequest, product_id: uuid.UUID, wanted: Query[ProductReviewsIn]) -> Any:
    start = offset_of(wanted.cursor)
    rows = reviews_of_product(
        product_id,
        by=actor_of(request),
        sort=wanted.sort,
        stars=wanted.stars,
        with_pictures=wanted.with_pictures,
        offset=start,
        limit=wanted.limit,
    )
    return _page(request, rows, start=start, limit=wanted.limit)


@router.get(
    "/me/reviews", response=Page[OwnReviewOut], summary="Your reviews", openapi_extra=scopes("shop.read")
)
def list_own_reviews(request: HttpRequest, wanted: Query[PageIn]) -> Any:
    start = offset_of(wanted.cursor)
    rows = reviews_of_member(by=actor_of(request), offset=start, limit=wanted.limit)
    return _page(request, rows, start=start, limit=wanted.limit)


@router.get(
    "/me/lines-to-review",
    response=list[LineToReviewOut],
    summary="What you have received and not reviewed",
    openapi_extra=scopes("shop.read"),
)
def list_lines_to_review(request: HttpRequest) -> Any:
    return lines_to_review(by=actor_of(request))


@router.post(
    "/me/reviews",
    response={201: OwnReviewOut},
    summary="Review something you have received",
    openapi_extra=scopes("shop.write"),
)
def write_own_review(request: HttpRequest, body: ReviewIn) -> Any:
    """A first review waits for somebody to look; later ones are shown at once."""
    actor = actor_of(request)
    values = {name: getattr(body, name) for name in ReviewIn.model_fields if name != "pictures"}
    review_id = write_review(NewReview(**values, pictures=_stored(request, body.pictures)), by=actor)
    return Status(201, _out([review_view(review_id, by=actor)])[0])


@router.post(
    "/reviews/{uuid:review_id}/follow-up",
    response=OwnReviewOut,
    summary="Follow your review up, once",
    openapi_extra=scopes("shop.write"),
)
def follow_own_review(request: HttpRequest, review_id: uuid.UUID, body: FollowUpIn) -> Any:
    actor = actor_of(request)
    follow_up(review_id, by=actor, words=body.words, pictures=_stored(request, body.pictures))
    return _out([review_view(review_id, by=actor)])[0]


@router.put(
    "/reviews/{uuid:review_id}/helpful",
    response=HelpfulOut,
    summary="Say that a review helped, or take that back",
    openapi_extra=scopes("shop.write"),
)
def vote_for_review(request: HttpRequest, review_id: uuid.UUID, body: HelpfulIn) -> Any:
    return {"helpful_count": vote_helpful(review_id, by=actor_of(request), is_helpful=body.is_helpful)}


@router.post(
    "/reviews/{uuid:review_id}/reports",
    response={204: None},
    summary="Report a review: fake, rude, advert, private or other",
    openapi_extra=scopes("shop.write"),
)
def report_one_review(request: HttpRequest, review_id: uuid.UUID, body: ReportIn) -> Any:
    report_review(review_id, by=actor_of(request), reason=body.reason)
    return Status(204, None)


@router.get(
    "/staff/reviews",
    tags=["staff"],
    response=Page[StaffReviewOut],
    summary="All reviews",
    openapi_extra=scopes("reviews.view"),
)
def list_all_reviews(request: HttpRequest, wanted: Query[ReviewsIn]) -> Any:
    start = offset_of(wanted.cursor)
    asked = ReviewFilter(
        state=wanted.state,
        stars=wanted.stars,
        product_id=wanted.product_id,
        only_reported=wanted.reported,
    )
    page = start // wanted.limit + 1
    rows, _total = find_reviews(asked, by=actor_of(request), page=page, limit=wanted.limit)
    return _page(request, rows, start=start, limit=wanted.limit)


@router.post(
    "/reviews/{uuid:review_id}/show",
    tags=["staff"],
    response=StaffReviewOut,
    summary="Show a review",
    openapi_extra=scopes("reviews.moderate"),
)
def show_one_review(request: HttpRequest, review_id: uuid.UUID) -> Any:
    show_review(review_id, by=actor_of(request))
    return _staff_out(request, review_id)


@router.post(
    "/reviews/{uuid:review_id}/hide",
    tags=["staff"],
    response=StaffReviewOut,
    summary="Hide a review; its writer reads why",
    openapi_extra=scopes("reviews.moderate"),
)
def hide_one_review(request: HttpRequest, review_id: uuid.UUID, body: ReasonIn) -> Any:
    hide_review(review_id, by=actor_of(request), reason=body.reason)
    return _staff_out(request, review_id)


@router.put(
    "/reviews/{uuid:review_id}/reply",
    tags=["staff"],
    response=StaffReviewOut,
    summary="Answer a review for the shop",
    openapi_extra=scopes("reviews.moderate"),
)
def reply_to_one_review(request: HttpRequest, review_id: uuid.UUID, body: ReplyIn) -> Any:
    reply_to_review(review_id, by=actor_of(request), words=body.words)
    return _staff_out(request, review_id)


def _staff_out(request: HttpRequest, review_id: uuid.UUID) -> dict[str, Any]:
    return _out([review_view(review_id, by=actor_of(request))])[0]


def _stored(request: HttpRequest, tokens: list[str]) -> tuple[NewPicture, ...]:
    found = pictures_of(tokens, purpose=Purpose.REVIEW, by=actor_of(request))
    return tuple(NewPicture(picture.path, picture.width, picture.height) for picture in found)


def _page(request: HttpRequest, rows: list[ReviewView], *, start: int, limit: int) -> dict[str, Any]:
    cursor = offset_cursor(start + limit) if len(rows) >= min(limit, LIMIT_MAX) else ""
    return {"items": _out(rows), "next": next_link(request, cursor)}


def _out(rows: list[ReviewView]) -> list[dict[str, Any]]:
    people = people_by_ids(row.member_id for row in rows)
    names = [name for name in StaffReviewOut.model_fields if name not in ("author", "pictures")]
    found = []
    for row in rows:
        name = people[row.member_id].nickname if row.member_id in people else ""
        found.append(
            {
                **{field: getattr(row, field) for field in names},
                "author": f"{name[:1]}**" if row.is_anonymous else name,
                "pictures": [
                    {
                        "url": default_storage.url(one.path),
                        "width": one.width,
                        "height": one.height,
                        "is_followup": one.is_followup,
                    }
                    for one in row.pictures
                ],
            }
        )
    return found
