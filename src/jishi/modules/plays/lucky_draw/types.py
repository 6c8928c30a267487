"""Values of lucky draws 抽奖."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class DrawMode(StrEnum):
    INSTANT = "instant"  # every ticket is spun by its owner and answered at once
    FINAL = "final"  # 开奖: all tickets of the period, once, at its end


class PrizeKind(StrEnum):
    MONEY = "money"
    RED_PACKET = "red_packet"  # an amount between two, decided by the same seed
    PRODUCT = "product"
    NOTHING = "nothing"


class Cause(StrEnum):
    """What a ticket was earned by."""

    ORDER = "order"
    SHARE = "share"
    CHECK_IN = "check_in"


class TicketState(StrEnum):
    EARNED = "earned"
    SPUN = "spun"
    VOID = "void"  # what it was earned by was undone before it was spun


class VoucherState(StrEnum):
    OPEN = "open"
    ORDERED = "ordered"  # its order waits for the shipping fee
    USED = "used"


@dataclass(frozen=True, slots=True)
class PrizeForm:
    """One prize. `odds_bp` in basis points (instant draws); `stock` is how many there are.

    Money gives `amount_minor`; a red packet from `min_minor` to `amount_minor`; a product is worth `value_minor`.
    """

    name: str
    kind: PrizeKind
    stock: int
    odds_bp: int = 0
    amount_minor: int = 0
    min_minor: int = 0
    variant_id: uuid.UUID | None = None
    value_minor: int = 0

    @property
    def worth_minor(self) -> int:
        """The most that one of it costs."""
        return self.value_minor if self.kind is PrizeKind.PRODUCT else self.amount_minor


@dataclass(frozen=True, slots=True)
class DrawTerms:
    """What is decided about a draw. Caps are tickets per member and day; 0 switches a cause off.

    `consolation` is what a ticket gets that wins nothing, or whose prize has run out.
    """

    mode: DrawMode
    prizes: tuple[PrizeForm, ...]
    order_daily: int = 0
    order_min_minor: int = 0
    share_daily: int = 0
    check_in_daily: int = 0
    consolation: str = "谢谢参与"

    @property
    def money_minor(self) -> int:
        """The most that can be paid out in money."""
        kinds = (PrizeKind.MONEY, PrizeKind.RED_PACKET)
        return sum(prize.stock * prize.amount_minor for prize in self.prizes if prize.kind in kinds)

    @property
    def cost_minor(self) -> int:
        """The most that all prizes cost."""
        return sum(prize.stock * prize.worth_minor for prize in self.prizes)


@dataclass(frozen=True, slots=True)
class PrizeView:
    """`stock` None: there is no end of it (the consolation)."""

    id: uuid.UUID
    name: str
    kind: PrizeKind
    odds_bp: int
    stock: int | None
    won_count: int
    amount_minor: int
    min_minor: int
    variant_id: uuid.UUID | None
    value_minor: int
    is_consolation: bool

    @property
    def left_count(self) -> int | None:
        return None if self.stock is None else self.stock - self.won_count


@dataclass(frozen=True, slots=True)
class DrawView:
    """A draw as anyone may see it: `seed` and `sealed` are empty until it is settled, the commitment never is."""

    id: uuid.UUID
    mode: DrawMode
    currency: str
    order_daily: int
    order_min_minor: int
    share_daily: int
    check_in_daily: int
    ticket_count: int
    spin_count: int
    commitment: str
    seed: str
    sealed: str
    prizes: tuple[PrizeView, ...]

    @property
    def is_sealed(self) -> bool:
        return bool(self.commitment)

    @property
    def is_revealed(self) -> bool:
        return bool(self.seed)


@dataclass(frozen=True, slots=True)
class TicketView:
    """`roll` is the number of an instant draw (0…9999); `amount_minor` what was paid."""

    id: uuid.UUID
    draw_id: uuid.UUID
    ticket_no: int
    member_id: uuid.UUID
    cause: Cause
    state: TicketState
    earned_at: datetime
    client_seed: str
    spin_no: int | None
    roll: int | None
    prize_id: uuid.UUID | None
    amount_minor: int
    spun_at: datetime | None


@dataclass(frozen=True, slots=True)
class VoucherView:
    id: uuid.UUID
    draw_id: uuid.UUID
    member_id: uuid.UUID
    variant_id: uuid.UUID
    prize_name: str
    state: VoucherState
    order_id: uuid.UUID | None
    created_at: datetime
