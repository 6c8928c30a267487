"""Reviews across rooms."""

import uuid

from jishi.kernel.fact import RecordedFact
from jishi.modules.loyalty.public import DeedKind, grant_points, note_deed
from jishi.modules.orders.public import lines_by_order
from jishi.modules.reviews.public import mark_refunded

REVIEW_POINTS, PICTURE_POINTS = 10, 20


def reward_review(fact: RecordedFact) -> None:
    """review_shown, once per review: a deed, and points, more with pictures."""
    member_id = uuid.UUID(str(fact.payload["member_id"]))
    note_deed(member_id, DeedKind.REVIEWED)
    points = REVIEW_POINTS + (PICTURE_POINTS if fact.payload["has_pictures"] else 0)
    grant_points(member_id=member_id, points=points, source=("review", fact.subject_id), available_at=fact.at)


def mark_refunded_reviews(fact: RecordedFact) -> None:
    """order_refunded: reviews of lines that went back wholly say so."""
    order_id = uuid.UUID(fact.payload["order_id"])
    gone = [
        line.id for line in lines_by_order([order_id])[order_id] if line.refunded_quantity >= line.quantity
    ]
    if gone:
        mark_refunded(gone)
