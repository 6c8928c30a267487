"""What a pool may ask of those who come, and the plain arithmetic of it (docs/algorithms/claims.md)."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime

TAG_LENGTH_MAX = 64
NEW_MEMBER = "member:new"
COMMUNITY_TAGS = "community:"
SHARDS_MAX = 64


@dataclass(frozen=True, slots=True)
class HoldRules:
    """Guards against holding without paying; 0 switches each off.

    `seconds_min`..`seconds_max`: a hold gets shorter the fewer units remain. `per_member`, `per_device`, `per_address`:
    unpaid units at once. `strikes`: so many holds of a member expired within `strike_seconds`, and they wait.
    """

    seconds_min: int = 0
    seconds_max: int = 0
    per_member: int = 0
    per_device: int = 0
    per_address: int = 0
    strikes: int = 0
    strike_seconds: int = 0


@dataclass(frozen=True, slots=True)
class Reserve:
    """Units that until a moment only members with this tag may have, such as `tier:gold` or `community:<id>`."""

    tag: str
    units: int
    until: datetime


def community_tag(community_id: uuid.UUID) -> str:
    """Of the people of a community."""
    return f"{COMMUNITY_TAGS}{community_id.hex}"


@dataclass(frozen=True, slots=True)
class Admission:
    """A waiting room: `burst` people may claim when the pool opens, then `rate` more each second."""

    burst: int
    rate: int


@dataclass(frozen=True, slots=True)
class PoolTerms:
    """All optional. `shards` above 1 lets a very hot pool live on several rows."""

    holds: HoldRules = field(default_factory=HoldRules)
    reserve: Reserve | None = None
    admission: Admission | None = None
    shards: int = 0


@dataclass(frozen=True, slots=True)
class Asker:
    """What is known of who asks beside their membership: keyed hashes (never the address itself), and tags."""

    device: int | None = None
    address: int | None = None
    tags: frozenset[str] = frozenset()


def hold_seconds(*, seconds_min: int, seconds_max: int, remaining: int, capacity: int) -> int:
    """How long a claim is held when so many units remain before it; the database says the same."""
    return seconds_min + (seconds_max - seconds_min) * remaining // max(capacity, 1)


def home_shard(member_id: uuid.UUID, *, shards: int) -> int:
    """Where all claims of a member on one pool are counted; the database says the same."""
    return int.from_bytes(member_id.bytes[-2:]) % shards


def admitted_count(*, burst: int, rate: int, seconds_open: float) -> int:
    """How many numbers have been called so long after the opening; nobody before it."""
    return burst + int(rate * seconds_open) if seconds_open >= 0 else 0


def seconds_until_called(position: int, *, burst: int, rate: int) -> float:
    """Seconds from the opening until the number `position` (from 1) is called."""
    return max(0, position - burst) / rate
