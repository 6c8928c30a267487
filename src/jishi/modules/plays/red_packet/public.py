"""The door of red packets."""

from jishi.modules.plays.red_packet.errors import (
    BadPacket,
    OnlyForCommunity,
    OnlyForNewMembers,
    PasswordWrong,
    TooManyTries,
)
from jishi.modules.plays.red_packet.facts import PacketEnded, PacketEnding, PacketSent, ShareOpened
from jishi.modules.plays.red_packet.operations.open import open_packet
from jishi.modules.plays.red_packet.operations.seal import (
    change_packets,
    create_packets,
    publish_packets,
    send_packet,
)
from jishi.modules.plays.red_packet.operations.settle import (
    close_packets,
    end_packet,
    settle_packets,
    sweep_packets,
    warn_senders,
)
from jishi.modules.plays.red_packet.queries import (
    current_drop,
    latest_shares,
    offered_packets,
    own_packets,
    own_share,
    packet_view,
    packets_by_play,
    packets_of_play,
    purse_of,
    shares_of,
    terms_by_play,
    terms_of,
)
from jishi.modules.plays.red_packet.rules import highest_share, plan_shares, sealed_text
from jishi.modules.plays.red_packet.types import (
    Audience,
    PacketKind,
    PacketState,
    PacketView,
    ShareView,
    Terms,
)

__all__ = [
    "Audience",
    "BadPacket",
    "OnlyForCommunity",
    "OnlyForNewMembers",
    "PacketEnded",
    "PacketEnding",
    "PacketKind",
    "PacketSent",
    "PacketState",
    "PacketView",
    "PasswordWrong",
    "ShareOpened",
    "ShareView",
    "Terms",
    "TooManyTries",
    "change_packets",
    "close_packets",
    "create_packets",
    "current_drop",
    "end_packet",
    "highest_share",
    "latest_shares",
    "offered_packets",
    "open_packet",
    "own_packets",
    "own_share",
    "packet_view",
    "packets_by_play",
    "packets_of_play",
    "plan_shares",
    "publish_packets",
    "purse_of",
    "sealed_text",
    "send_packet",
    "settle_packets",
    "shares_of",
    "sweep_packets",
    "terms_by_play",
    "terms_of",
    "warn_senders",
]
