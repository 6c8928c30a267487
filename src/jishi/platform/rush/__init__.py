"""Rush: many people, few things. Claims on a pool, one truth for the ordinary path and the hot lane."""

from jishi.platform.rush.claims import (
    ClaimOutcome,
    LimitReached,
    SoldOut,
    TooEarly,
    TooLate,
    claim_units,
    expire_claims,
    keep_claim,
    open_pool,
    release_claim,
    resize_pool,
)

__all__ = [
    "ClaimOutcome",
    "LimitReached",
    "SoldOut",
    "TooEarly",
    "TooLate",
    "claim_units",
    "expire_claims",
    "keep_claim",
    "open_pool",
    "release_claim",
    "resize_pool",
]
