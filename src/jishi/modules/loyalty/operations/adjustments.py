"""Points given or taken by staff; a second person has agreed before this runs."""

import uuid

from jishi.kernel import clock
from jishi.kernel.actor import SYSTEM
from jishi.modules.loyalty.errors import PointsTooFew
from jishi.modules.loyalty.facts import PointsAdjusted
from jishi.modules.loyalty.models import Entry
from jishi.modules.loyalty.operations.entries import lock_account
from jishi.modules.loyalty.operations.lots import grant_points, take_points
from jishi.modules.loyalty.queries.points import spendable_points
from jishi.platform.facts import record_fact
from jishi.platform.transactions import in_transaction


@in_transaction
def adjust_points(*, member_id: uuid.UUID, points: int, adjustment_id: uuid.UUID, note: str) -> bool:
    """Give (`points` > 0) or take spendable points, once per adjustment. False when it was done. Raises PointsTooFew."""
    lock_account(member_id)
    subject = ("adjustment", adjustment_id)
    if not points or Entry.objects.filter(subject_kind=subject[0], subject_id=adjustment_id).exists():
        return False
    if points > 0:
        grant_points(member_id=member_id, points=points, source=subject, available_at=clock.now(), note=note)
    else:
        missing = -points - spendable_points(member_id)
        if missing > 0:
            raise PointsTooFew(missing=missing)
        take_points(member_id, points=-points, subject=subject, note=note)
    record_fact(PointsAdjusted(member_id, adjustment_id, points), by=SYSTEM)
    return True
