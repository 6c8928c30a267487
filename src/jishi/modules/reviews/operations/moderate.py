"""What others do with a review: staff show, hide and answer it; shoppers find it helpful or report it."""

import uuid
from collections.abc import Sequence

from django.db import IntegrityError, transaction

from jishi.kernel import clock
from jishi.kernel.actor import SYSTEM, Actor
from jishi.kernel.errors import NotFound
from jishi.modules.reviews import rules
from jishi.modules.reviews.errors import OwnReview
from jishi.modules.reviews.facts import ReviewReplied
from jishi.modules.reviews.models import Report, Review, Vote
from jishi.modules.reviews.operations.states import move
from jishi.modules.reviews.types import ReviewState
from jishi.platform import history, locks
from jishi.platform.facts import record_fact
from jishi.platform.transactions import in_transaction


@in_transaction
def show_review(review_id: uuid.UUID, *, by: Actor) -> None:
    by.require("reviews.moderate")
    review = locks.lock_one(Review, review_id)
    review.report_count = 0  # somebody has looked
    move(review, "show", by=by)


@in_transaction
def hide_review(review_id: uuid.UUID, *, by: Actor, reason: str) -> None:
    """The writer reads why. Raises BadReviewWords without a reason, IllegalStep."""
    by.require("reviews.moderate")
    review = locks.lock_one(Review, review_id)
    move(review, "hide", by=by, reason=rules.check_words(reason, limit=200))


@in_transaction
def reply_to_review(review_id: uuid.UUID, *, by: Actor, words: str) -> None:
    """The shop's answer; a second one takes the place of the first. Raises BadReviewWords."""
    by.require("reviews.moderate")
    review = locks.lock_one(Review, review_id)
    is_first = review.reply_at is None
    review.reply_words = rules.check_words(words, limit=rules.REPLY_MAX)
    review.reply_at = clock.now()
    review.save(update_fields=["reply_words", "reply_at"])
    history.record_step(
        subject=("review", review.id), verb="reply", by=by, before=review.state, after=review.state
    )
    if is_first:
        record_fact(ReviewReplied(review.id, review.member_id, review.product_id, review.title), by=by)


@in_transaction
def vote_helpful(review_id: uuid.UUID, *, by: Actor, is_helpful: bool = True) -> int:
    """Say that a shown review helped, or take that back; saying it again changes nothing. Returns the count.

    Raises NotFound, OwnReview.
    """
    member_id = by.require_member()
    review = locks.lock_one(Review, review_id)
    if review.state != ReviewState.SHOWN.value:
        raise NotFound()
    if by.owns(review.member_id):
        raise OwnReview()
    votes = Vote.objects.filter(review=review, member_id=member_id)
    if is_helpful and not votes.exists():
        Vote.objects.create(review=review, member_id=member_id, at=clock.now())
        review.helpful_count += 1
    elif not is_helpful:
        review.helpful_count -= votes.delete()[0]
    review.save(update_fields=["helpful_count"])
    return review.helpful_count


@in_transaction
def report_review(review_id: uuid.UUID, *, by: Actor, reason: str) -> bool:
    """False when this member has reported it before. Several reports take it off until somebody has looked."""
    member_id = by.require_member()
    rules.check_report(reason)
    review = locks.lock_one(Review, review_id)
    if review.state != ReviewState.SHOWN.value or by.owns(review.member_id):
        raise NotFound()
    try:
        with transaction.atomic():
            Report.objects.create(review=review, member_id=member_id, reason=reason, at=clock.now())
    except IntegrityError:
        return False
    review.report_count += 1
    review.save(update_fields=["report_count"])
    history.record_step(subject=("review", review.id), verb="report", by=by, note=reason)
    if review.report_count >= rules.REPORTS_TO_WAIT:
        move(review, "wait", by=SYSTEM, reason=rules.REPORTED)
    return True


@in_transaction
def mark_refunded(line_ids: Sequence[uuid.UUID]) -> int:
    """Their goods went back wholly; the reviews stay, with a mark."""
    return Review.objects.filter(order_line_id__in=list(line_ids), is_refunded=False).update(is_refunded=True)
