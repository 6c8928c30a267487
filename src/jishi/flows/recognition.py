"""Somebody logged in at a browser: what was done there before belongs to them at once."""

import uuid

from jishi.modules.orders.public import merge_carts
from jishi.modules.people.public import recognise_visitor
from jishi.modules.sharing.public import claim_touches
from jishi.platform.transactions import in_transaction


@in_transaction
def recognise(*, visitor_id: uuid.UUID, member_id: uuid.UUID) -> None:
    """Member, cart and touches in one go, so that the next page shows them; repeating changes nothing.

    The reactions to visitor_recognised do the same for log-ins by other ways.
    """
    recognise_visitor(visitor_id=visitor_id, member_id=member_id)
    merge_carts(visitor_id=visitor_id, member_id=member_id)
    claim_touches(visitor_id=visitor_id, member_id=member_id)
