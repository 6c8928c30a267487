"""Moving a review between waiting, shown and hidden, with the product's counters in the same transaction."""

import uuid

from django.db import connection

from jishi.kernel import clock
from jishi.kernel.actor import SYSTEM, Actor
from jishi.kernel.flow import advance
from jishi.modules.reviews import rules
from jishi.modules.reviews.facts import ReviewHidden, ReviewShown
from jishi.modules.reviews.models import Review
from jishi.modules.reviews.types import ReviewState
from jishi.platform import history
from jishi.platform.facts import record_fact

_COUNT = """
INSERT INTO reviews_productscore AS score
  (product_id, count, star_sum, stars_1, stars_2, stars_3, stars_4, stars_5, with_pictures)
VALUES (%(product)s, 1, %(stars)s, %(one)s, %(two)s, %(three)s, %(four)s, %(five)s, %(pictures)s)
ON CONFLICT (product_id) DO UPDATE SET
  count = score.count + %(sign)s, star_sum = score.star_sum + %(sign)s * excluded.star_sum,
  stars_1 = score.stars_1 + %(sign)s * excluded.stars_1, stars_2 = score.stars_2 + %(sign)s * excluded.stars_2,
  stars_3 = score.stars_3 + %(sign)s * excluded.stars_3, stars_4 = score.stars_4 + %(sign)s * excluded.stars_4,
  stars_5 = score.stars_5 + %(sign)s * excluded.stars_5,
  with_pictures = score.with_pictures + %(sign)s * excluded.with_pictures
"""


def move(review: Review, verb: str, *, by: Actor, reason: str = "") -> None:
    """Take a locked review one step on. Raises IllegalStep."""
    before = ReviewState(review.state)
    after = advance(rules.LIFECYCLE, before, verb)
    review.state = after.value
    review.hidden_reason = reason if after is ReviewState.HIDDEN else ""
    review.waits_for = reason if after is ReviewState.WAITING else ""
    if after is ReviewState.SHOWN:
        show_now(review, by=by)
    elif before is ReviewState.SHOWN:
        count(review, sign=-1)
    review.save()
    history.record_step(
        subject=("review", review.id), verb=verb, by=by, before=before.value, after=after.value, note=reason
    )
    if after is ReviewState.HIDDEN:
        record_fact(ReviewHidden(review.id, review.member_id, review.product_id, review.title, reason), by=by)


def show_now(review: Review, *, by: Actor = SYSTEM) -> None:
    """Count it, and tell the fact when it is shown for the first time. The caller saves."""
    count(review, sign=1)
    if review.first_shown_at is not None:
        return
    review.first_shown_at = clock.now()
    record_fact(
        ReviewShown(
            review_id=review.id,
            member_id=review.member_id,
            product_id=review.product_id,
            order_id=review.order_id,
            order_line_id=review.order_line_id,
            stars=review.stars,
            has_pictures=review.picture_count > 0,
        ),
        by=by,
    )


def count(review: Review, *, sign: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, _values(review.product_id, review.stars, bool(review.picture_count), sign))


def count_pictures(product_id: uuid.UUID) -> None:
    """A shown review has got its first pictures with its follow-up."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE reviews_productscore SET with_pictures = with_pictures + 1 WHERE product_id = %s",
            [product_id],
        )


def _values(product_id: uuid.UUID, stars: int, has_pictures: bool, sign: int) -> dict[str, uuid.UUID | int]:
    names = ("one", "two", "three", "four", "five")
    return {
        "product": product_id,
        "stars": stars,
        "sign": sign,
        "pictures": int(has_pictures),
        **{name: int(stars == place) for place, name in enumerate(names, start=1)},
    }
