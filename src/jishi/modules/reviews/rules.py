"""Who may review what, and what waits for a look."""

from datetime import datetime, timedelta

from jishi.kernel.errors import InvalidInput
from jishi.modules.reviews.errors import BadReviewWords, BadStars, NotReviewable, TooManyReviewPictures
from jishi.modules.reviews.types import NewReview, ReviewState

S = ReviewState
LIFECYCLE: dict[tuple[ReviewState, str], ReviewState] = {
    (S.WAITING, "show"): S.SHOWN,
    (S.WAITING, "hide"): S.HIDDEN,
    (S.SHOWN, "hide"): S.HIDDEN,
    (S.HIDDEN, "show"): S.SHOWN,
    (S.SHOWN, "wait"): S.WAITING,
}
REVIEW_DAYS = 90
FOLLOWUP_DAYS = 180
WORDS_MAX = 1_000
REPLY_MAX = 500
PICTURES_MAX = 9
FIRST_REVIEWS_WAIT = 1  # so many shown reviews make a reviewer known
REPORTS_TO_WAIT = 3
REPORT_REASONS = ("fake", "rude", "advert", "private", "other")
FIRST_REVIEW, STOPPED_WORDS, REPORTED = "first_review", "stopped_words", "reported"


def check_review(new: NewReview, *, received_at: datetime | None, now: datetime) -> None:
    """Raises NotReviewable, BadStars, BadReviewWords, TooManyReviewPictures."""
    if received_at is None or now > received_at + timedelta(days=REVIEW_DAYS):
        raise NotReviewable(days=REVIEW_DAYS)
    others = [stars for stars in (new.match, new.delivery, new.service) if stars is not None]
    if any(not 1 <= stars <= 5 for stars in (new.stars, *others)):
        raise BadStars()
    if len(new.words.strip()) > WORDS_MAX:
        raise BadReviewWords(limit=WORDS_MAX)
    if len(new.pictures) > PICTURES_MAX:
        raise TooManyReviewPictures(limit=PICTURES_MAX)


def check_words(words: str, *, limit: int) -> str:
    text = words.strip()
    if not text or len(text) > limit:
        raise BadReviewWords(limit=limit)
    return text


def check_report(reason: str) -> None:
    if reason not in REPORT_REASONS:
        raise InvalidInput(field="原因", reason="请选择")


def waits_for(*, shown_before: int, screened: str) -> str:
    """Why somebody looks at a review before it is shown; empty: it is shown at once. Stars have no say in it."""
    if screened:
        return STOPPED_WORDS
    return FIRST_REVIEW if shown_before < FIRST_REVIEWS_WAIT else ""
