"""Makers of red packets and lucky draws."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from jishi.kernel import clock
from jishi.modules.plays.life.public import PlayHead
from jishi.modules.plays.red_packet.public import (
    PacketKind,
    PacketView,
    Terms,
    create_packets,
    packets_of_play,
    publish_packets,
)
from tests.world.makers import OWNER

TERMS = Terms(kind=PacketKind.RANDOM, total_minor=1_000, share_count=5, greeting="大吉大利")


def packet_head(*, budget_minor: int | None = None, hours: int = 2) -> PlayHead:
    now = clock.now()
    return PlayHead(
        name="冬至红包",
        currency="CNY",
        opens_at=now - timedelta(minutes=1),
        closes_at=now + timedelta(hours=hours),
        budget_minor=budget_minor,
    )


def make_packet(*, budget_minor: int | None = None, **terms: Any) -> PacketView:
    """The first packet of a published play."""
    draft = create_packets(packet_head(budget_minor=budget_minor), replace(TERMS, **terms), by=OWNER)
    return packets_of_play(publish_packets(draft.id, by=OWNER).id)[0]
