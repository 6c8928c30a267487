"""Rush: many people, few things. Claims on a pool, one truth for the ordinary path and the hot lane."""

from jishi.platform.rush.claims import (
    ClaimOutcome,
    LimitReached,
    SlowDown,
    SoldOut,
    TooEarly,
    TooLate,
    UnpaidHolds,
    claim_units,
    expire_claims,
    expire_due_claims,
    keep_claim,
    release_claim,
)
from jishi.platform.rush.pools import PoolState, open_pool, pool_state, resize_pool, split_pool
from jishi.platform.rush.terms import Admission, Asker, HoldRules, PoolTerms, Reserve

__all__ = [
    "Admission",
    "Asker",
    "ClaimOutcome",
    "HoldRules",
    "LimitReached",
    "PoolState",
    "PoolTerms",
    "Reserve",
    "SlowDown",
    "SoldOut",
    "TooEarly",
    "TooLate",
    "UnpaidHolds",
    "claim_units",
    "expire_claims",
    "expire_due_claims",
    "keep_claim",
    "open_pool",
    "pool_state",
    "release_claim",
    "resize_pool",
    "split_pool",
]
