"""Paid membership: periods that follow one another."""

import uuid
from datetime import timedelta

from jishi.kernel import clock, ids
from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.modules.loyalty.facts import MembershipStarted
from jishi.modules.loyalty.models import Membership, Plan
from jishi.modules.loyalty.operations.entries import lock_account
from jishi.modules.loyalty.queries.standing import membership_view
from jishi.modules.loyalty.types import MembershipView
from jishi.platform import history
from jishi.platform.facts import record_fact
from jishi.platform.transactions import in_transaction


@in_transaction
def give_membership(
    member_id: uuid.UUID, *, plan_id: uuid.UUID, days: int, source: tuple[str, uuid.UUID], by: Actor
) -> MembershipView:
    """A period that begins now or when the one before ends; once per source. Raises NotFound.

    Whoever sells it has taken the money in the same transaction.
    """
    lock_account(member_id)
    before = (
        Membership.objects.select_related("plan").filter(source_kind=source[0], source_id=source[1]).first()
    )
    if before is not None:
        return membership_view(before)
    plan = Plan.objects.filter(id=plan_id).first()
    if plan is None:
        raise NotFound()
    now = clock.now()
    rows = Membership.objects.filter(member_id=member_id, ends_at__gt=now).order_by("-ends_at")
    last = rows.values_list("ends_at", flat=True).first()
    starts_at = last or now
    row = Membership.objects.create(
        id=ids.new_id(),
        member_id=member_id,
        plan=plan,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(days=days),
        source_kind=source[0],
        source_id=source[1],
        at=now,
    )
    history.record_step(subject=("member", member_id), verb="membership", by=by, after=plan.code)
    record_fact(MembershipStarted(row.id, member_id, plan.code, row.starts_at, row.ends_at), by=by)
    return membership_view(row)
