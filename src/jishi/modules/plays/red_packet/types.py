"""Values of red packets 红包."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class PacketKind(StrEnum):
    EVEN = "even"  # everyone the same; what does not divide goes to the first
    RANDOM = "random"  # 拼手气


class Audience(StrEnum):
    EVERYONE = "everyone"
    NEW_MEMBER = "new_member"  # who has not paid for an order yet, perhaps only young accounts


class PacketState(StrEnum):
    OPEN = "open"  # funded and sealed; may wait for its hour
    CLOSED = "closed"  # over: the rest went back, the seed is public


@dataclass(frozen=True, slots=True)
class Terms:
    """What is decided about packets. `total_minor` and `share_count` are for each of `drops` packets.

    A rain is several packets that open `drop_seconds` apart. An empty password asks for none; `new_within_days` 0 takes
    new members of any age; `community_id` keeps a packet inside a community.
    """

    kind: PacketKind
    total_minor: int
    share_count: int
    greeting: str = ""
    audience: Audience = Audience.EVERYONE
    new_within_days: int = 0
    password: str = ""
    community_id: uuid.UUID | None = None
    drops: int = 1
    drop_seconds: int = 60

    @property
    def cost_minor(self) -> int:
        return self.total_minor * self.drops


@dataclass(frozen=True, slots=True)
class PacketView:
    """A packet as anyone may see it: `seed` and `plan` are empty until it is closed, the commitment never is."""

    id: uuid.UUID
    play_id: uuid.UUID | None
    sender_id: uuid.UUID | None
    drop_no: int
    kind: PacketKind
    audience: Audience
    new_within_days: int
    has_password: bool
    community_id: uuid.UUID | None
    greeting: str
    currency: str
    total_minor: int
    share_count: int
    opened_count: int
    opened_minor: int
    state: PacketState
    opens_at: datetime
    closes_at: datetime
    created_at: datetime
    ended_at: datetime | None
    commitment: str
    seed: str
    plan: tuple[int, ...]

    @property
    def is_empty(self) -> bool:
        return self.opened_count >= self.share_count

    @property
    def left_count(self) -> int:
        return self.share_count - self.opened_count

    @property
    def left_minor(self) -> int:
        return self.total_minor - self.opened_minor


@dataclass(frozen=True, slots=True)
class ShareView:
    """One opened share. `is_best` only when all are opened: 手气最佳."""

    packet_id: uuid.UUID
    share_no: int
    member_id: uuid.UUID
    amount_minor: int
    opened_at: datetime
    is_best: bool = False
