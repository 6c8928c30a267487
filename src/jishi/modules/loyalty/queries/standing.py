"""Reading tiers, standings and paid membership."""

import uuid
from datetime import datetime, timedelta

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce

from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.kernel.money import BASIS_POINTS
from jishi.modules.loyalty.models import Earning, Membership, Plan, Standing, Tier
from jishi.modules.loyalty.rules.tiers import GROWTH_DAYS, tier_for
from jishi.modules.loyalty.types import (
    GrowthLine,
    MembershipView,
    MemberStanding,
    PlanTerms,
    PlanView,
    Progress,
    TierTerms,
    TierView,
)

ROWS_MAX = 200
VISITOR = MemberStanding("", "", 0, 0, BASIS_POINTS, ships_free=False, is_paid_member=False)


def standing_of(member_id: uuid.UUID | None) -> MemberStanding:
    """What a member's tier and paid membership give now: the better of the two, each by itself. At most two queries."""
    if member_id is None:
        return VISITOR
    now = clock.now()
    paid = Membership.objects.filter(member_id=member_id, starts_at__lte=now, ends_at__gt=now)
    plan = next((row.plan for row in paid.select_related("plan").order_by("ends_at")[:1]), None)
    tier = (
        Tier.objects.filter(
            Q(id__in=Standing.objects.filter(member_id=member_id).values("tier_id"))
            | Q(threshold=0, is_open=True)
        )
        .order_by("-rank")
        .first()
    )
    return MemberStanding(
        tier_code=tier.code if tier else "",
        tier_name=tier.name if tier else "",
        tier_rank=tier.rank if tier else 0,
        discount_basis_points=max(
            tier.discount_basis_points if tier else 0, plan.discount_basis_points if plan else 0
        ),
        earn_basis_points=max(
            tier.earn_basis_points if tier else BASIS_POINTS, plan.earn_basis_points if plan else 0
        ),
        ships_free=bool((tier and tier.ships_free) or (plan and plan.ships_free)),
        is_paid_member=plan is not None,
    )


def ladder() -> list[TierView]:
    """The tiers in order of rank; one query."""
    return [tier_view(row) for row in Tier.objects.filter(is_open=True).order_by("rank")[:ROWS_MAX]]


def tiers_with_members() -> list[TierView]:
    """The same with how many stand on each; two queries."""
    counts = dict(
        Standing.objects.order_by()
        .values("tier_id")
        .annotate(n=Count("member_id"))
        .values_list("tier_id", "n")
    )
    rows = Tier.objects.filter(is_open=True).order_by("rank")[:ROWS_MAX]
    return [tier_view(row, members=counts.get(row.id, 0)) for row in rows]


def growth_of(member_id: uuid.UUID, *, now: datetime) -> int:
    """The growth value of the last 365 days, refunds taken off; one query."""
    rows = Earning.objects.filter(member_id=member_id, at__gt=now - timedelta(days=GROWTH_DAYS))
    return int(rows.aggregate(total=Coalesce(Sum(F("growth") - F("lowered")), 0))["total"])


def progress_of(member_id: uuid.UUID, *, by: Actor) -> Progress | None:
    """Where a member stands and what is missing to the next tier; three queries. None: the shop has no tiers."""
    if not by.owns(member_id):
        by.require("loyalty.view")
    tiers = ladder()
    if not tiers:
        return None
    growth = growth_of(member_id, now=clock.now())
    row = Standing.objects.filter(member_id=member_id).first()
    current = next((tier for tier in tiers if row and tier.id == row.tier_id), tier_for(tiers, growth=growth))
    upper = next((tier for tier in tiers if tier.rank > current.rank), None)
    missing = max(0, upper.terms.threshold - growth) if upper else 0
    percent = 100 if upper is None else min(100, growth * 100 // upper.terms.threshold)
    return Progress(
        tier=current,
        next_tier=upper,
        growth=growth,
        missing=missing,
        falls_at=row.falls_at if row else None,
        rises_percent=percent,
    )


def growth_lines(member_id: uuid.UUID, *, by: Actor, limit: int = 50) -> list[GrowthLine]:
    """The orders behind a growth value, newest first; one query."""
    if not by.owns(member_id):
        by.require("loyalty.view")
    rows = Earning.objects.filter(member_id=member_id).order_by("-at", "-id")[: min(limit, ROWS_MAX)]
    return [GrowthLine(row.source_kind, row.source_id, row.growth, row.lowered, row.at) for row in rows]


def birthday_of(member_id: uuid.UUID) -> tuple[int, int] | None:
    """(month, day) that the member told us; one query."""
    row = Standing.objects.filter(member_id=member_id).values_list("birth_month", "birth_day").first()
    return (row[0], row[1]) if row and row[0] and row[1] else None


def members_of_tier(tier_id: uuid.UUID, *, by: Actor, limit: int = 50) -> list[tuple[uuid.UUID, int]]:
    """(member, growth), the highest first; one query."""
    by.require("loyalty.view")
    rows = Standing.objects.filter(tier_id=tier_id).order_by("-growth", "member_id")
    return list(rows.values_list("member_id", "growth")[: min(limit, ROWS_MAX)])


def plans(*, open_only: bool = True) -> list[PlanView]:
    """Cheapest first, with how many are members now; one query."""
    now = clock.now()
    rows = Plan.objects.filter(is_open=True) if open_only else Plan.objects.all()
    active = dict(
        Membership.objects.filter(starts_at__lte=now, ends_at__gt=now)
        .order_by()
        .values("plan_id")
        .annotate(n=Count("id"))
        .values_list("plan_id", "n")
    )
    return [
        plan_view(row, members=active.get(row.id, 0)) for row in rows.order_by("price_minor", "id")[:ROWS_MAX]
    ]


def plan_of(plan_id: uuid.UUID) -> PlanView:
    """One plan; one query. Raises NotFound."""
    row = Plan.objects.filter(id=plan_id).first()
    if row is None:
        raise NotFound()
    return plan_view(row)


def memberships_of(member_id: uuid.UUID, *, by: Actor, limit: int = 20) -> list[MembershipView]:
    """Periods of paid membership, the latest first; one query."""
    if not by.owns(member_id):
        by.require("loyalty.view")
    rows = Membership.objects.select_related("plan").filter(member_id=member_id).order_by("-ends_at")
    return [membership_view(row) for row in rows[: min(limit, ROWS_MAX)]]


def membership_by_source(source: tuple[str, uuid.UUID]) -> MembershipView | None:
    row = Membership.objects.select_related("plan").filter(source_kind=source[0], source_id=source[1]).first()
    return membership_view(row) if row else None


def tier_view(row: Tier, *, members: int = 0) -> TierView:
    return TierView(
        id=row.id,
        rank=row.rank,
        terms=TierTerms(
            code=row.code,
            name=row.name,
            threshold=row.threshold,
            discount_basis_points=row.discount_basis_points,
            earn_basis_points=row.earn_basis_points,
            ships_free=row.ships_free,
            birthday_points=row.birthday_points,
            benefits=row.benefits,
        ),
        members=members,
    )


def plan_view(row: Plan, *, members: int = 0) -> PlanView:
    return PlanView(
        id=row.id,
        terms=PlanTerms(
            code=row.code,
            name=row.name,
            price_minor=row.price_minor,
            currency=row.currency,
            days=row.days,
            discount_basis_points=row.discount_basis_points,
            earn_basis_points=row.earn_basis_points,
            ships_free=row.ships_free,
            benefits=row.benefits,
            is_open=row.is_open,
        ),
        members=members,
    )


def membership_view(row: Membership) -> MembershipView:
    return MembershipView(
        id=row.id,
        member_id=row.member_id,
        plan_id=row.plan_id,
        plan_name=row.plan.name,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        source_kind=row.source_kind,
    )
