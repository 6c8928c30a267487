"""From a counted contribution to what it gives: points, coupons, badges, once per fact; and thanking an author."""

import uuid

from jishi.flows.moderation import describe_subject
from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.kernel.fact import RecordedFact
from jishi.modules.incentives.public import count_contribution, thank
from jishi.modules.loyalty.public import DeedKind, grant_points, note_deed
from jishi.modules.promotions.public import issue_coupon
from jishi.platform.transactions import in_transaction

# What people thank for: things that somebody wrote. An address that is shared is no merit.
THANKED_FOR = frozenset({"post", "comment", "note", "note_comment", "review"})


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
    note_deed(counted.member_id, DeedKind.CONTRIBUTED)
    if counted.batch_id is not None:
        issue_coupon(counted.batch_id, member_id=counted.member_id, key=f"contribution:{counted.id}")


@in_transaction
def thank_author(kind: str, subject_id: uuid.UUID, *, by: Actor) -> uuid.UUID:
    """Whoever wrote it, for something that the actor may read.

    Raises NotFound, ThanksToOneself, ThankedAlready, TooManyThanks.
    """
    by.require_member()
    if kind not in THANKED_FOR:
        raise NotFound()
    author_id = describe_subject(kind, subject_id, by=by).author_id
    if author_id is None:
        raise NotFound()
    return thank(author_id, by=by, about_kind=kind, about_id=subject_id)
