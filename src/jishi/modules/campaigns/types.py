"""Values of campaigns."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class CampaignState(StrEnum):
    DRAFT = "draft"
    SCHEDULED = "scheduled"
    OPEN = "open"
    CLOSING = "closing"  # over for shoppers; what its plays still owe is being settled
    SETTLED = "settled"


class Theme(StrEnum):
    PERSIMMON = "persimmon"
    JADE = "jade"
    INK = "ink"
    ROSE = "rose"
    GOLD = "gold"


class BlockKind(StrEnum):
    BANNER = "banner"
    COUNTDOWN = "countdown"
    TEXT = "text"
    PRODUCTS = "products"
    PLAYS = "plays"
    PACKET = "packet"  # a red packet to open
    COUPONS = "coupons"  # batches that anybody may claim from
    NOTES = "notes"  # chosen ones, then the newest of a topic


class Arm(StrEnum):
    SHOWN = "shown"
    HOLDOUT = "holdout"


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of the page. `ids` are products, plays, one packet or notes, as the kind says; `topic` is for notes."""

    kind: BlockKind
    title: str = ""
    text: str = ""
    ids: tuple[uuid.UUID, ...] = ()
    topic: str = ""

    @property
    def is_filled(self) -> bool:
        return bool(self.ids or self.topic)


@dataclass(frozen=True, slots=True)
class CampaignForm:
    """What an operator decides. Money in minor units, `holdout_bps` in basis points of all people."""

    name: str
    slug: str
    headline: str
    theme: Theme
    opens_at: datetime
    closes_at: datetime
    blocks: tuple[Block, ...]
    goal_minor: int | None = None
    budget_minor: int | None = None
    holdout_bps: int = 0
    festival: str = ""


@dataclass(frozen=True, slots=True)
class CampaignView:
    id: uuid.UUID
    name: str
    slug: str
    headline: str
    theme: Theme
    state: CampaignState
    opens_at: datetime
    closes_at: datetime
    blocks: tuple[Block, ...]
    goal_minor: int | None
    budget_minor: int | None
    holdout_bps: int
    festival: str
    version: int
    created_at: datetime

    @property
    def play_ids(self) -> tuple[uuid.UUID, ...]:
        kinds = (BlockKind.PLAYS, BlockKind.PACKET)
        return tuple(dict.fromkeys(one for block in self.blocks if block.kind in kinds for one in block.ids))

    @property
    def product_ids(self) -> tuple[uuid.UUID, ...]:
        return tuple(
            dict.fromkeys(
                one for block in self.blocks if block.kind is BlockKind.PRODUCTS for one in block.ids
            )
        )


@dataclass(frozen=True, slots=True)
class Festival:
    """A hot date. `key` names it over the years; `theme` and `plays` are what usually fits."""

    key: str
    day: date
    name: str
    is_lunar: bool
    lead_days: int
    theme: Theme
    idea: str
