"""Members rise at once, and fall after a warning and a grace."""

import uuid
from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from jishi.kernel import clock, ids
from jishi.kernel.actor import SYSTEM, Actor
from jishi.modules.loyalty.errors import BadTerms
from jishi.modules.loyalty.facts import TierFallen, TierRisen, TierWillFall
from jishi.modules.loyalty.models import Standing, Tier
from jishi.modules.loyalty.operations.lots import grant_points
from jishi.modules.loyalty.queries.standing import growth_of, ladder
from jishi.modules.loyalty.queries.terms import loyalty_terms
from jishi.modules.loyalty.rules.tiers import Step, Verdict, check_tiers, judge_standing, tier_for
from jishi.modules.loyalty.types import TierTerms, TierView
from jishi.platform import history, locks
from jishi.platform.facts import record_fact
from jishi.platform.transactions import in_transaction

SWEEP_MAX = 500
LOOK_AGAIN_HOURS = 20


@in_transaction
def judge_member(member_id: uuid.UUID) -> Step | None:
    """Look at a member's growth value and move them, warn them or let them be. None: the shop has no tiers."""
    tiers = ladder()
    if not tiers:
        return None
    now = clock.now()
    growth = growth_of(member_id, now=now)
    first = tiers[0]
    Standing.objects.bulk_create(
        [Standing(member_id=member_id, tier_id=first.id, since=now, checked_at=now)], ignore_conflicts=True
    )
    row = locks.lock_one(Standing, member_id)
    current = next((tier for tier in tiers if tier.id == row.tier_id), None)
    if current is None:  # its tier was taken out of the ladder
        current = tier_for(tiers, growth=growth)
        row.tier_id = current.id
    terms = loyalty_terms()
    verdict = judge_standing(
        tiers,
        current=current,
        growth=growth,
        falls_at=row.falls_at,
        now=now,
        grace_days=terms.grace_days,
        policy=terms.fall_policy,
    )
    _tell(member_id, verdict, current=current, growth=growth)
    if verdict.tier.id != row.tier_id:
        row.tier_id, row.since = verdict.tier.id, now
    row.falls_at = verdict.falls_at
    row.growth, row.checked_at = growth, now
    row.save(update_fields=["tier", "since", "falls_at", "growth", "checked_at"])
    return verdict.step


def sweep_standings(*, limit: int = SWEEP_MAX) -> int:
    """Members nobody has looked at for a day, the longest ago first; one transaction each. Returns how many."""
    before = clock.now() - timedelta(hours=LOOK_AGAIN_HOURS)
    due = Standing.objects.filter(checked_at__lt=before).order_by("checked_at")
    member_ids = list(due.values_list("member_id", flat=True)[:limit])
    for member_id in member_ids:
        judge_member(member_id)
    return len(member_ids)


@in_transaction
def set_birthday(*, month: int, day: int, by: Actor) -> None:
    """Told once by the member and fixed then, so that nobody has two in a year. Raises BadTerms."""
    member_id = by.require_member()
    if not (1 <= month <= 12 and 1 <= day <= _days_of(month)):
        raise BadTerms(field="生日", reason="请选正确的月和日")
    if judge_member(member_id) is None:
        raise BadTerms(field="生日", reason="商店还没有会员等级")
    rows = Standing.objects.filter(member_id=member_id, birth_month__isnull=True)
    if not rows.update(birth_month=month, birth_day=day):
        raise BadTerms(field="生日", reason="生日已经填过，要改请联系客服")


def grant_birthday_gifts(*, limit: int = SWEEP_MAX) -> int:
    """Today's birthdays, once a year each. Returns how many got a gift."""
    now = clock.now()
    today = now.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    days = [(today.month, today.day)]
    if (today.month, today.day) == (2, 28) and (today + timedelta(days=1)).month == 3:
        days.append((2, 29))
    given = 0
    for month, day in days:
        rows = Standing.objects.select_related("tier").filter(
            birth_month=month, birth_day=day, tier__birthday_points__gt=0
        )
        for row in rows.order_by("member_id")[:limit]:
            given += grant_points(
                member_id=row.member_id,
                points=row.tier.birthday_points,
                source=("birthday", ids.derived_id(row.member_id, f"birthday:{today.year}")),
                available_at=now,
                note=row.tier.name,
            )
    return given


@in_transaction
def set_ladder(tiers: Sequence[TierTerms], *, by: Actor) -> None:
    """The whole ladder at once, lowest first. Who stands on a tier that is gone is judged anew. Raises BadTerms."""
    by.require("loyalty.edit")
    check_tiers(tiers)
    Tier.objects.filter(is_open=True).update(is_open=False)  # room for the new ranks
    for rank, tier in enumerate(tiers, start=1):
        values = {
            "rank": rank,
            "name": tier.name,
            "threshold": tier.threshold,
            "discount_basis_points": tier.discount_basis_points,
            "earn_basis_points": tier.earn_basis_points,
            "ships_free": tier.ships_free,
            "birthday_points": tier.birthday_points,
            "benefits": tier.benefits,
            "is_open": True,
        }
        Tier.objects.update_or_create(code=tier.code, defaults=values)
    history.record_step(
        subject=("loyalty", LOYALTY_ID),
        verb="set_tiers",
        by=by,
        details={"tiers": [f"{tier.name} ≥ {tier.threshold}" for tier in tiers]},
    )


LOYALTY_ID = ids.derived_id(uuid.UUID(int=0), "loyalty")  # the subject of the shop's own terms


def _tell(member_id: uuid.UUID, verdict: Verdict, *, current: TierView, growth: int) -> None:
    if verdict.step is Step.RISE:
        record_fact(
            TierRisen(member_id, current.terms.code, verdict.tier.terms.code, verdict.tier.terms.name),
            by=SYSTEM,
        )
    elif verdict.step is Step.WARN and verdict.falls_at is not None:
        record_fact(
            TierWillFall(
                member_id=member_id,
                tier_code=current.terms.code,
                tier_name=current.terms.name,
                falls_at=verdict.falls_at,
                missing=max(0, current.terms.threshold - growth),
            ),
            by=SYSTEM,
        )
    elif verdict.step is Step.FALL:
        record_fact(
            TierFallen(member_id, current.terms.code, verdict.tier.terms.code, verdict.tier.terms.name),
            by=SYSTEM,
        )
    else:
        return
    history.record_step(
        subject=("member", member_id),
        verb=f"tier_{verdict.step.value}",
        by=SYSTEM,
        before=current.terms.code,
        after=verdict.tier.terms.code,
    )


def _days_of(month: int) -> int:
    return 29 if month == 2 else 30 if month in (4, 6, 9, 11) else 31
