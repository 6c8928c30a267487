"""What happens in lucky draws."""

import uuid
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class TicketEarned:
    name: ClassVar[str] = "lucky_draw.ticket_earned.v1"
    draw_id: uuid.UUID
    ticket_id: uuid.UUID
    ticket_no: int
    member_id: uuid.UUID
    cause: str

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "play", self.draw_id


@dataclass(frozen=True, slots=True)
class PrizeWon:
    """A real prize, not the consolation. `voucher_id` for a product."""

    name: ClassVar[str] = "lucky_draw.prize_won.v1"
    draw_id: uuid.UUID
    ticket_id: uuid.UUID
    ticket_no: int
    member_id: uuid.UUID
    prize_id: uuid.UUID
    prize_name: str
    kind: str
    amount_minor: int
    currency: str
    voucher_id: uuid.UUID | None

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "play", self.draw_id


@dataclass(frozen=True, slots=True)
class DrawRevealed:
    """All is decided and the seed is public."""

    name: ClassVar[str] = "lucky_draw.draw_revealed.v1"
    draw_id: uuid.UUID
    ticket_count: int
    winner_count: int
    paid_minor: int

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "play", self.draw_id
