"""The door of loyalty."""

from jishi.modules.loyalty.errors import BadTerms, PointsTooFew
from jishi.modules.loyalty.operations.lots import grant_points, reverse_points, schedule_points
from jishi.modules.loyalty.operations.spendings import (
    commit_points,
    regain_points,
    release_points,
    reserve_points,
    return_points,
)
from jishi.modules.loyalty.queries.points import spendable_points, spending_of
from jishi.modules.loyalty.queries.standing import standing_of
from jishi.modules.loyalty.queries.terms import point_terms
from jishi.modules.loyalty.rules.points import usable_points, worth_minor
from jishi.modules.loyalty.types import MemberStanding, PointTerms, ReturnPolicy, SpendingState, SpendingView

__all__ = [
    "BadTerms",
    "MemberStanding",
    "PointTerms",
    "PointsTooFew",
    "ReturnPolicy",
    "SpendingState",
    "SpendingView",
    "commit_points",
    "grant_points",
    "point_terms",
    "regain_points",
    "release_points",
    "reserve_points",
    "return_points",
    "reverse_points",
    "schedule_points",
    "spendable_points",
    "spending_of",
    "standing_of",
    "usable_points",
    "worth_minor",
]
