"""From a counted contribution to what it gives: points and coupons, once per fact."""

from jishi.kernel.fact import RecordedFact
from jishi.modules.incentives.public import count_contribution
from jishi.modules.loyalty.public import grant_points
from jishi.modules.promotions.public import issue_coupon


def reward_contribution(fact: RecordedFact) -> None:
    counted = count_contribution(fact)
    if counted is None:
        return
    grant_points(
        member_id=counted.member_id,
        points=counted.points,
        source=("contribution", counted.id),
        available_at=fact.at,
        note=counted.label,
    )
    if counted.batch_id is not None:
        issue_coupon(counted.batch_id, member_id=counted.member_id, key=f"contribution:{counted.id}")
