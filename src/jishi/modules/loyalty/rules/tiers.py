"""Tiers: when a member rises, is warned, falls (docs/algorithms/loyalty.md)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from jishi.modules.loyalty.errors import BadTerms
from jishi.modules.loyalty.types import FallPolicy, TierTerms, TierView

GROWTH_DAYS = 365
TIERS_MAX = 10
BASIS_POINTS_MAX = 10_000
EARN_MAX = 100_000


class Step(StrEnum):
    STAY = "stay"
    RISE = "rise"
    WARN = "warn"  # the grace begins
    FALL = "fall"
    CALM = "calm"  # enough again: the warning is off


@dataclass(frozen=True, slots=True)
class Verdict:
    step: Step
    tier: TierView
    falls_at: datetime | None = None


def tier_for(tiers: Sequence[TierView], *, growth: int) -> TierView:
    """The highest tier whose threshold is reached; tiers are in order of rank and the first one asks for nothing."""
    reached = [tier for tier in tiers if tier.terms.threshold <= growth]
    return reached[-1] if reached else tiers[0]


def judge_standing(  # noqa: PLR0913  (what a standing is made of)
    tiers: Sequence[TierView],
    *,
    current: TierView,
    growth: int,
    falls_at: datetime | None,
    now: datetime,
    grace_days: int,
    policy: FallPolicy,
) -> Verdict:
    """Rises are at once; a fall comes after the grace that began with a warning."""
    due = tier_for(tiers, growth=growth)
    if due.rank > current.rank:
        return Verdict(Step.RISE, due)
    if due.rank == current.rank:
        return Verdict(Step.CALM if falls_at else Step.STAY, current)
    if falls_at is None:
        return Verdict(Step.WARN, current, now + timedelta(days=grace_days))
    if falls_at > now:
        return Verdict(Step.STAY, current, falls_at)
    lower = due if policy is FallPolicy.BY_VALUE else _below(tiers, current)
    # one step down and still not enough: the next grace begins at once
    again = now + timedelta(days=grace_days) if lower.rank > due.rank else None
    return Verdict(Step.FALL, lower, again)


def check_tiers(tiers: Sequence[TierTerms]) -> None:
    """Raises BadTerms unless the thresholds rise from 0, codes differ and rates make sense."""
    if not 1 <= len(tiers) <= TIERS_MAX:
        raise BadTerms(field="tiers", reason="等级要有 1 到 10 个")
    if tiers[0].threshold != 0:
        raise BadTerms(field="threshold", reason="第一个等级的门槛必须是 0")
    if len({tier.code for tier in tiers}) != len(tiers):
        raise BadTerms(field="code", reason="等级代号不能重复")
    for lower, upper in pairwise(tiers):
        if upper.threshold <= lower.threshold:
            raise BadTerms(field="threshold", reason="门槛要一级比一级高")
    for tier in tiers:
        if not 0 <= tier.discount_basis_points < BASIS_POINTS_MAX:
            raise BadTerms(field="discount_basis_points", reason="会员折扣要在 0 到 100% 之间")
        if not 0 <= tier.earn_basis_points <= EARN_MAX:
            raise BadTerms(field="earn_basis_points", reason="积分倍数要在 0 到 10 倍之间")


def _below(tiers: Sequence[TierView], current: TierView) -> TierView:
    lower = [tier for tier in tiers if tier.rank < current.rank]
    return lower[-1] if lower else tiers[0]
