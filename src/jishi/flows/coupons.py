"""Coupons that come for a reason: joining, sharing, a reward, a campaign."""

import uuid

from jishi.kernel.actor import SYSTEM, Actor
from jishi.kernel.fact import RecordedFact
from jishi.modules.plays.bargain.public import offer_view
from jishi.modules.promotions.public import (
    CouponNotForYou,
    CouponWay,
    batch_view,
    claimable_batches,
    issue_coupon,
)
from jishi.modules.sharing.public import visits_by_sharer
from jishi.platform.transactions import in_transaction


def welcome_with_coupons(fact: RecordedFact) -> None:
    """member_joined: every open batch for new members, once."""
    member_id = uuid.UUID(str(fact.payload["member_id"]))
    for batch in claimable_batches(ways=[CouponWay.NEW_MEMBER]):
        issue_coupon(batch.id, member_id=member_id, key="joined", by=SYSTEM)


@in_transaction
def unlock_by_shares(batch_id: uuid.UUID, *, by: Actor) -> uuid.UUID | None:
    """A coupon for somebody who brought enough visitors since the batch began. Raises CouponNotForYou."""
    member_id = by.require_member()
    batch = batch_view(batch_id)
    if batch.way is not CouponWay.SHARE:
        raise CouponNotForYou(reason="")
    brought = visits_by_sharer(member_id, since=batch.opens_at or batch.created_at)
    if brought < batch.share_visits:
        raise CouponNotForYou(reason=f"{brought}/{batch.share_visits}")
    return issue_coupon(batch_id, member_id=member_id, key="shared", by=by)


def thank_helper(fact: RecordedFact) -> None:
    """bargain_helped: who cut gets a coupon, where the bargain's terms name a batch; once for each bargain."""
    batch_id = offer_view(uuid.UUID(str(fact.payload["offer_id"]))).terms.helper_batch_id
    if batch_id is not None:
        helper_id = uuid.UUID(str(fact.payload["helper_id"]))
        issue_coupon(batch_id, member_id=helper_id, key=f"helped:{fact.subject_id}", by=SYSTEM)


def hand_out_reward(fact: RecordedFact) -> None:
    """reward_taken: a reward whose code names a batch of coupons becomes one of them."""
    code = str(fact.payload.get("coupon_code") or "")
    if not code:
        return
    try:
        batch_id = uuid.UUID(code)
    except ValueError:
        return
    member_id = uuid.UUID(str(fact.payload["member_id"]))
    issue_coupon(batch_id, member_id=member_id, key=f"reward:{fact.subject_id}", by=SYSTEM)
