"""Tables of loyalty."""

from jishi.modules.loyalty.models.deeds import (
    Award,
    Badge,
    CheckIn,
    CheckInReward,
    Deed,
    Mission,
    MissionTake,
)
from jishi.modules.loyalty.models.points import Account, Earning, Entry, Lot, LoyaltyTerms, Spending
from jishi.modules.loyalty.models.rewards import Exchange, Reward
from jishi.modules.loyalty.models.standing import Membership, Plan, Standing, Tier

__all__ = [
    "Account",
    "Award",
    "Badge",
    "CheckIn",
    "CheckInReward",
    "Deed",
    "Earning",
    "Entry",
    "Exchange",
    "ExpiryNotice",
    "Lot",
    "LoyaltyTerms",
    "Membership",
    "Mission",
    "MissionTake",
    "Plan",
    "Reward",
    "Spending",
    "Standing",
    "Tier",
]
