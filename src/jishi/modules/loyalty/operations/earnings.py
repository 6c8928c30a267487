"""What orders earn, and what refunds take back of it (docs/algorithms/loyalty.md)."""

import uuid
from dataclasses import dataclass

from jishi.kernel import clock, ids
from jishi.modules.loyalty.models import Earning
from jishi.modules.loyalty.operations.entries import lock_account
from jishi.modules.loyalty.operations.lots import grant_points, reverse_points
from jishi.modules.loyalty.operations.standing import judge_member
from jishi.modules.loyalty.queries.standing import standing_of
from jishi.modules.loyalty.queries.terms import loyalty_terms
from jishi.modules.loyalty.rules.points import growth_for, points_for, points_lost
from jishi.platform.transactions import in_transaction


@dataclass(frozen=True, slots=True)
class Paid:
    """What a member paid for goods, without shipping, after everything that was taken off."""

    member_id: uuid.UUID
    source: tuple[str, uuid.UUID]
    paid_minor: int
    note: str = ""


@in_transaction
def earn_by_payment(paid: Paid) -> int:
    """Promise the points and add the growth, once per source, by today's rates. Returns the points."""
    terms, standing = loyalty_terms(), standing_of(paid.member_id)
    lock_account(paid.member_id)
    if Earning.objects.filter(source_kind=paid.source[0], source_id=paid.source[1]).exists():
        return 0
    points = points_for(
        paid.paid_minor,
        earn_per_unit=terms.earn_per_unit if terms.is_open else 0,
        earn_basis_points=standing.earn_basis_points,
    )
    Earning.objects.create(
        id=ids.new_id(),
        member_id=paid.member_id,
        source_kind=paid.source[0],
        source_id=paid.source[1],
        paid_minor=max(0, paid.paid_minor),
        earn_per_unit=terms.earn_per_unit if terms.is_open else 0,
        earn_basis_points=standing.earn_basis_points,
        points=points,
        growth=growth_for(paid.paid_minor),
        at=clock.now(),
    )
    grant_points(member_id=paid.member_id, points=points, source=paid.source, note=paid.note)
    judge_member(paid.member_id)
    return points


@in_transaction
def lower_earning(source: tuple[str, uuid.UUID], *, refunded_minor_so_far: int) -> int:
    """After refunds of so much in all: points and growth go as far. Returns the points taken or owed now."""
    found = Earning.objects.filter(source_kind=source[0], source_id=source[1])
    member_id = found.values_list("member_id", flat=True).first()
    if member_id is None:
        return 0
    lock_account(member_id)
    row = found.get()
    refunded = min(max(refunded_minor_so_far, row.refunded_minor), row.paid_minor)
    row.refunded_minor = refunded
    row.lowered = row.growth - growth_for(row.paid_minor - refunded)
    row.save(update_fields=["refunded_minor", "lowered"])
    lost = points_lost(
        row.paid_minor, refunded, earn_per_unit=row.earn_per_unit, earn_basis_points=row.earn_basis_points
    )
    taken = reverse_points(source, points_so_far=lost, policy=loyalty_terms().return_policy)
    judge_member(member_id)
    return taken
