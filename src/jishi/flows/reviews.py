"""Reviews across rooms."""

import uuid

from jishi.kernel.fact import RecordedFact
from jishi.modules.orders.public import lines_by_order
from jishi.modules.reviews.public import mark_refunded


def mark_refunded_reviews(fact: RecordedFact) -> None:
    """order_refunded: reviews of lines that went back wholly say so."""
    order_id = uuid.UUID(fact.payload["order_id"])
    gone = [
        line.id for line in lines_by_order([order_id])[order_id] if line.refunded_quantity >= line.quantity
    ]
    if gone:
        mark_refunded(gone)
