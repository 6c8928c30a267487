"""Red packets and draws of the demo: some that are over and can be checked, some that run, a rain that comes.

Their seeds come from the operating system as in a real shop, so amounts and winners differ from one first start to the next.
"""

import random
from contextlib import suppress
from datetime import datetime, timedelta

from jishi.kernel import clock
from jishi.kernel.actor import SYSTEM
from jishi.kernel.errors import Refusal
from jishi.modules.plays.life.public import PlayHead, advance_plays
from jishi.modules.plays.lucky_draw.public import (
    DrawMode,
    DrawTerms,
    DrawView,
    PrizeForm,
    PrizeKind,
    check_in,
    create_draw,
    draw_view,
    publish_draw,
    spin_ticket,
    sweep_draws,
)
from jishi.modules.plays.red_packet.public import (
    Audience,
    PacketKind,
    PacketView,
    Terms,
    create_packets,
    open_packet,
    packets_of_play,
    publish_packets,
    send_packet,
    sweep_packets,
)
from jishi.modules.wallet.public import balance_minor
from jishi.runtime.demo.seed.goods import Shop
from jishi.runtime.demo.seed.jobs import let_it_sink_in
from jishi.runtime.demo.seed.people import Neighbour, Street

WORDS = ("福", "好运", "橙子", "2026", "邻居", "锦鲤", "")
PRIZE_SHELF = 3


def play_luck(*, shop: Shop, street: Street, dice: random.Random) -> None:
    """Everything through the real operations, the past with a held clock."""
    now = clock.now()
    _past_packet(street.neighbours[20:60], at=now - timedelta(days=6))
    _past_draw(shop, street.neighbours[20:44], at=now - timedelta(days=12), dice=dice)
    _running_packets(street, now=now, dice=dice)
    _running_draws(shop, street, now=now, dice=dice)
    let_it_sink_in()


def _past_packet(people: list[Neighbour], *, at: datetime) -> None:
    terms = Terms(kind=PacketKind.RANDOM, total_minor=20_000, share_count=36, greeting="小雪快乐，暖暖手")
    with clock.held_at(at):
        packet = _packets("小雪红包", terms, opens_at=at, hours=24)[0]
        for place, person in enumerate(people[:31]):
            clock.advance_held(timedelta(minutes=3 + place % 7))
            open_packet(packet.id, by=person.actor)
        _end_of_the_day(at + timedelta(hours=25))


def _running_packets(street: Street, *, now: datetime, dice: random.Random) -> None:
    begun = now - timedelta(hours=3)
    lucky = Terms(kind=PacketKind.RANDOM, total_minor=30_000, share_count=40, greeting="恭喜发财，大吉大利")
    secret = Terms(
        kind=PacketKind.EVEN, total_minor=6_000, share_count=20, greeting="答对才能拆", password="集市"
    )
    fresh = Terms(
        kind=PacketKind.EVEN,
        total_minor=10_000,
        share_count=20,
        greeting="欢迎新邻居",
        audience=Audience.NEW_MEMBER,
    )
    with clock.held_at(begun):
        packet = _packets("邻里拼手气", lucky, opens_at=begun, hours=48)[0]
        _packets("口令红包", secret, opens_at=begun, hours=48)
        _packets("新人红包", fresh, opens_at=begun, hours=24 * 14)
        for person in [street.neighbours[0], *street.neighbours[70:92]]:
            clock.advance_held(timedelta(minutes=dice.uniform(1, 6)))
            open_packet(packet.id, by=person.actor)
        rain = Terms(kind=PacketKind.RANDOM, total_minor=8_800, share_count=30, drops=5, drop_seconds=120)
        _packets("今晚红包雨", rain, opens_at=now + timedelta(hours=4), hours=1)
    _gift(street.neighbours[20], street.neighbours[21:23])


def _gift(sender: Neighbour, friends: list[Neighbour]) -> None:
    """What one got last week goes on to the neighbours."""
    whole = balance_minor(sender.actor.require_member(), currency="CNY")
    terms = Terms(kind=PacketKind.RANDOM, total_minor=whole, share_count=min(5, whole), greeting="沾沾喜气")
    with clock.held_at(clock.now() - timedelta(hours=1)):
        sent = send_packet(terms, by=sender.actor, currency="CNY")
        for friend in friends[: terms.share_count]:
            open_packet(sent.id, by=friend.actor)


def _past_draw(shop: Shop, people: list[Neighbour], *, at: datetime, dice: random.Random) -> None:
    with clock.held_at(at):
        draw = _draw("立冬抽奖", _prizes(shop), opens_at=at, days=5)
        _come_by(draw, people, days=3, dice=dice, spins=True)
        _end_of_the_day(at + timedelta(days=5, minutes=1))


def _running_draws(shop: Shop, street: Street, *, now: datetime, dice: random.Random) -> None:
    begun = now - timedelta(days=2, hours=10)  # two long days of people coming by end before now
    final = DrawTerms(
        mode=DrawMode.FINAL,
        prizes=(
            PrizeForm(name="一等奖 ¥188", kind=PrizeKind.MONEY, stock=1, amount_minor=18_800),
            PrizeForm(
                name="二等奖红包", kind=PrizeKind.RED_PACKET, stock=10, amount_minor=2_000, min_minor=500
            ),
        ),
        order_daily=5,
        share_daily=3,
        check_in_daily=1,
    )
    with clock.held_at(begun):
        draw = _draw("冬至抽奖", _prizes(shop), opens_at=begun, days=9)
        head = _head("元旦开奖", opens_at=begun, until=now + timedelta(days=20))
        drawn_later = draw_view(publish_draw(create_draw(head, final, by=SYSTEM).id, by=SYSTEM).id)
        _come_by(draw, street.neighbours[100:118], days=2, dice=dice, spins=True)
        # the two people of the demo have a ticket each that waits for them
        for person in street.neighbours[:2]:
            check_in(draw.id, by=person.actor)
    with clock.held_at(begun + timedelta(hours=3)):
        _come_by(drawn_later, street.neighbours[120:140], days=1, dice=dice, spins=False)


def _come_by(draw: DrawView, people: list[Neighbour], *, days: int, dice: random.Random, spins: bool) -> None:
    """Everybody checks in once a day and, in an instant draw, spins at once with words of their own."""
    for _day in range(days):
        for person in people:
            clock.advance_held(timedelta(minutes=dice.uniform(2, 20)))
            with suppress(Refusal):
                ticket = check_in(draw.id, by=person.actor)
                if spins:
                    spin_ticket(ticket.id, by=person.actor, client_seed=dice.choice(WORDS))
        clock.advance_held(timedelta(hours=24 - 11 * len(people) / 60))


def _prizes(shop: Shop) -> DrawTerms:
    variant = shop.shelves[PRIZE_SHELF].variants[0]
    return DrawTerms(
        mode=DrawMode.INSTANT,
        prizes=(
            PrizeForm(name="现金 ¥66", kind=PrizeKind.MONEY, stock=2, odds_bp=200, amount_minor=6_600),
            PrizeForm(
                name=variant.product_title[:16],
                kind=PrizeKind.PRODUCT,
                stock=5,
                odds_bp=500,
                variant_id=variant.id,
                value_minor=variant.price_minor,
            ),
            PrizeForm(
                name="随机红包",
                kind=PrizeKind.RED_PACKET,
                stock=80,
                odds_bp=3_500,
                amount_minor=300,
                min_minor=30,
            ),
        ),
        order_daily=3,
        order_min_minor=2_000,
        share_daily=3,
        check_in_daily=1,
    )


def _draw(name: str, terms: DrawTerms, *, opens_at: datetime, days: int) -> DrawView:
    head = _head(name, opens_at=opens_at, until=opens_at + timedelta(days=days))
    return draw_view(publish_draw(create_draw(head, terms, by=SYSTEM).id, by=SYSTEM).id)


def _packets(name: str, terms: Terms, *, opens_at: datetime, hours: int) -> list[PacketView]:
    head = _head(name, opens_at=opens_at, until=opens_at + timedelta(hours=hours))
    return packets_of_play(publish_packets(create_packets(head, terms, by=SYSTEM).id, by=SYSTEM).id)


def _head(name: str, *, opens_at: datetime, until: datetime) -> PlayHead:
    return PlayHead(name=name, currency="CNY", opens_at=opens_at, closes_at=until, budget_minor=500_000)


def _end_of_the_day(moment: datetime) -> None:
    """What the workers do when the time of a play is over."""
    with clock.held_at(moment):
        advance_plays()
        sweep_packets()
        sweep_draws()
        let_it_sink_in()
