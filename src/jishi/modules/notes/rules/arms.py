"""A/B of cover and title: who sees which, and when one has won (docs/algorithms/feed.md)."""

import hashlib
import uuid
from math import sqrt

from jishi.modules.notes.types import Arm, ArmResult

EXPOSURES_MIN = 100
Z_WON = 1.96


def arm_of(note_id: uuid.UUID, viewer_id: uuid.UUID | None) -> Arm:
    """Stable for a person and a note; nobody in particular sees A."""
    if viewer_id is None:
        return Arm.A
    digest = hashlib.sha256(f"{note_id}|{viewer_id}".encode()).digest()
    return Arm.A if digest[0] % 2 == 0 else Arm.B


def result_of(*, exposures: tuple[int, int], clicks: tuple[int, int]) -> ArmResult:
    bounds = [_wilson(clicked, shown) for clicked, shown in zip(clicks, exposures, strict=True)]
    z = _z(exposures, clicks)
    winner = None
    if min(exposures) >= EXPOSURES_MIN and abs(z) >= Z_WON:
        winner = Arm.B if z > 0 else Arm.A
    return ArmResult(
        exposures=exposures,
        clicks=clicks,
        low_bp=(bounds[0][0], bounds[1][0]),
        high_bp=(bounds[0][1], bounds[1][1]),
        z=z,
        winner=winner,
    )


def _z(exposures: tuple[int, int], clicks: tuple[int, int]) -> float:
    """Two-proportion z of B against A; 0 where nothing can be said."""
    if not all(exposures):
        return 0.0
    pooled = sum(clicks) / sum(exposures)
    error = sqrt(pooled * (1 - pooled) * (1 / exposures[0] + 1 / exposures[1]))
    return (clicks[1] / exposures[1] - clicks[0] / exposures[0]) / error if error else 0.0


def _wilson(clicked: int, shown: int) -> tuple[int, int]:
    """The 95 % interval in basis points; everything is possible before anybody has seen it."""
    if not shown:
        return 0, 10_000
    rate, z2 = clicked / shown, Z_WON**2
    middle = rate + z2 / (2 * shown)
    spread = Z_WON * sqrt(rate * (1 - rate) / shown + z2 / (4 * shown**2))
    low, high = ((middle - spread) / (1 + z2 / shown), (middle + spread) / (1 + z2 / shown))
    return max(0, round(low * 10_000)), min(10_000, round(high * 10_000))
