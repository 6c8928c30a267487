"""What happens to red packets."""

import uuid
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class PacketSent:
    """A member has sent a packet from the own wallet."""

    name: ClassVar[str] = "red_packet.packet_sent.v1"
    packet_id: uuid.UUID
    sender_id: uuid.UUID
    total_minor: int
    share_count: int

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "red_packet", self.packet_id


@dataclass(frozen=True, slots=True)
class ShareOpened:
    name: ClassVar[str] = "red_packet.share_opened.v1"
    packet_id: uuid.UUID
    play_id: uuid.UUID | None
    member_id: uuid.UUID
    share_no: int
    amount_minor: int

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "red_packet", self.packet_id


@dataclass(frozen=True, slots=True)
class PacketEnding:
    """It ends soon and there is something left in it."""

    name: ClassVar[str] = "red_packet.packet_ending.v1"
    packet_id: uuid.UUID
    sender_id: uuid.UUID
    left_count: int

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "red_packet", self.packet_id


@dataclass(frozen=True, slots=True)
class PacketEnded:
    """The rest went back, the seed is public."""

    name: ClassVar[str] = "red_packet.packet_ended.v1"
    packet_id: uuid.UUID
    play_id: uuid.UUID | None
    sender_id: uuid.UUID | None
    opened_count: int
    opened_minor: int
    returned_minor: int
    currency: str

    @property
    def subject(self) -> tuple[str, uuid.UUID]:
        return "red_packet", self.packet_id
