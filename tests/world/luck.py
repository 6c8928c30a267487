"""Makers of red packets and lucky draws."""

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

from jishi.kernel import clock, ids
from jishi.kernel.actor import Actor
from jishi.modules.plays.life.public import PlayHead
from jishi.modules.plays.lucky_draw.public import (
    Cause,
    DrawMode,
    DrawTerms,
    DrawView,
    PrizeForm,
    TicketView,
    create_draw,
    draw_view,
    earn_tickets,
    publish_draw,
)
from jishi.modules.plays.lucky_draw.public import PrizeKind as DrawPrize
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


DRAW_TERMS = DrawTerms(
    mode=DrawMode.INSTANT,
    prizes=(
        PrizeForm(name="现金 8.80", kind=DrawPrize.MONEY, stock=2, odds_bp=2_000, amount_minor=880),
        PrizeForm(
            name="红包", kind=DrawPrize.RED_PACKET, stock=50, odds_bp=3_000, amount_minor=500, min_minor=100
        ),
    ),
    order_daily=3,
    order_min_minor=1_000,
    share_daily=2,
    check_in_daily=1,
)


def make_draw(*, budget_minor: int | None = None, hours: int = 48, **terms: Any) -> DrawView:
    """A published draw that runs."""
    head = replace(packet_head(budget_minor=budget_minor, hours=hours), name="冬至抽奖")
    draft = create_draw(head, replace(DRAW_TERMS, **terms), by=OWNER)
    return draw_view(publish_draw(draft.id, by=OWNER).id)


def earn(draw_id: uuid.UUID, actor: Actor) -> TicketView:
    """A ticket by an order of its own."""
    key = str(ids.new_id())
    found = earn_tickets(actor.require_member(), cause=Cause.ORDER, key=key, amount_minor=10**6)
    return next(ticket for ticket in found if ticket.draw_id == draw_id)
