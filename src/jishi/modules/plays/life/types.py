"""Values that every play shares."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class PlayKind(StrEnum):
    GROUP_BUY = "group_buy"
    BARGAIN = "bargain"
    FLASH_SALE = "flash_sale"
    RED_PACKET = "red_packet"
    LUCKY_DRAW = "lucky_draw"


class PlayState(StrEnum):
    DRAFT = "draft"
    SCHEDULED = "scheduled"
    OPEN = "open"
    CLOSING = "closing"  # nothing new begins; what runs goes to its own end
    SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class PlayHead:
    """What an operator decides about any play. `budget_minor` is the most it may cost; None sets no ceiling."""

    name: str
    currency: str
    opens_at: datetime
    closes_at: datetime
    budget_minor: int | None = None
    campaign_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class PlayView:
    id: uuid.UUID
    kind: PlayKind
    name: str
    state: PlayState
    currency: str
    opens_at: datetime
    closes_at: datetime
    budget_minor: int | None
    campaign_id: uuid.UUID | None
    created_at: datetime
    published_at: datetime | None
    settled_at: datetime | None
