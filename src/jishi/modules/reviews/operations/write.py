"""Writing reviews and follow-ups."""

import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta

from django.db import IntegrityError, transaction

from jishi.kernel import clock, ids
from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.modules.orders.public import OrderLineView, order_view
from jishi.modules.reviews import rules
from jishi.modules.reviews.errors import AlreadyReviewed, FollowedUp, NotReviewable, TooManyReviewPictures
from jishi.modules.reviews.models import Picture, Review
from jishi.modules.reviews.operations.states import count_pictures, move, show_now
from jishi.modules.reviews.types import NewPicture, NewReview, ReviewState
from jishi.platform import history, locks
from jishi.platform.transactions import in_transaction

Screen = Callable[[str], str]
_screens: list[Screen] = []


def connect_screen(screen: Screen) -> None:
    """What looks at the words of a review: it answers with why they should wait, or with nothing. Wired at start."""
    if screen not in _screens:
        _screens.append(screen)


@in_transaction
def write_review(new: NewReview, *, by: Actor) -> uuid.UUID:
    """One per order line, by who bought it. A known reviewer's is shown at once.

    Raises NotFound, NotReviewable, AlreadyReviewed, BadStars, BadReviewWords, TooManyReviewPictures.
    """
    member_id = by.require_member()
    order = order_view(new.order_id, by=by)
    line = next((found for found in order.lines if found.id == new.line_id), None)
    if not by.owns(order.member_id) or line is None:
        raise NotFound()
    rules.check_review(new, received_at=order.received_at, now=clock.now())
    if any(discount.kind == "exchange" for discount in line.discounts):
        raise NotReviewable(days=rules.REVIEW_DAYS)
    words = new.words.strip()
    shown = Review.objects.filter(member_id=member_id, first_shown_at__isnull=False)
    waits_for = rules.waits_for(
        shown_before=shown.exclude(state=ReviewState.HIDDEN.value).count(), screened=_screened(words)
    )
    review = _insert(new, line, member_id=member_id, words=words, waits_for=waits_for)
    _add_pictures(review, new.pictures, start=0, is_followup=False)
    if not waits_for:
        show_now(review, by=by)
        review.save(update_fields=["first_shown_at"])
    history.record_step(
        subject=("review", review.id), verb="write", by=by, after=review.state, note=waits_for
    )
    return review.id


@in_transaction
def follow_up(review_id: uuid.UUID, *, by: Actor, words: str, pictures: Sequence[NewPicture] = ()) -> None:
    """追评: once, later. Words that a screen stops send the whole review back to waiting.

    Raises NotFound, FollowedUp, NotReviewable, BadReviewWords, TooManyReviewPictures.
    """
    review = locks.lock_one(Review, review_id)
    if not by.owns(review.member_id):
        raise NotFound()
    if review.followup_at is not None:
        raise FollowedUp()
    now = clock.now()
    if now > review.created_at + timedelta(days=rules.FOLLOWUP_DAYS):
        raise NotReviewable(days=rules.FOLLOWUP_DAYS)
    if len(pictures) > rules.PICTURES_MAX:
        raise TooManyReviewPictures(limit=rules.PICTURES_MAX)
    review.followup_words = rules.check_words(words, limit=rules.WORDS_MAX)
    review.followup_at = now
    is_shown = review.state == ReviewState.SHOWN.value
    if is_shown and pictures and not review.picture_count:
        count_pictures(review.product_id)
    _add_pictures(review, pictures, start=rules.PICTURES_MAX, is_followup=True)
    review.picture_count += len(pictures)
    review.save()
    history.record_step(
        subject=("review", review.id), verb="follow_up", by=by, before=review.state, after=review.state
    )
    if is_shown and _screened(words):
        move(review, "wait", by=by, reason=rules.STOPPED_WORDS)


def _insert(
    new: NewReview, line: OrderLineView, *, member_id: uuid.UUID, words: str, waits_for: str
) -> Review:
    try:
        with transaction.atomic():
            return Review.objects.create(
                id=ids.new_id(),
                product_id=line.product_id,
                order_id=new.order_id,
                order_line_id=line.id,
                member_id=member_id,
                title=line.title,
                option_text=line.option_text,
                cover=line.cover,
                stars=new.stars,
                match=new.match,
                delivery=new.delivery,
                service=new.service,
                words=words,
                is_anonymous=new.is_anonymous,
                is_refunded=line.refunded_quantity >= line.quantity,
                state=(ReviewState.WAITING if waits_for else ReviewState.SHOWN).value,
                waits_for=waits_for,
                picture_count=len(new.pictures),
                created_at=clock.now(),
            )
    except IntegrityError as error:
        raise AlreadyReviewed() from error


def _add_pictures(review: Review, pictures: Sequence[NewPicture], *, start: int, is_followup: bool) -> None:
    Picture.objects.bulk_create(
        [
            Picture(
                review=review,
                position=start + place,
                path=one.path,
                width=one.width,
                height=one.height,
                is_followup=is_followup,
            )
            for place, one in enumerate(pictures)
        ]
    )


def _screened(words: str) -> str:
    return next((why for screen in _screens if (why := screen(words))), "") if words else ""
