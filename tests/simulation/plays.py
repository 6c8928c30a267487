"""What people and the shop do with the plays: bargains, flash sales, red packets, lucky draws. A universe has some of them."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jishi.flows.bargains import end_bargain, help_or_say_why
from jishi.flows.checkout import Delivery
from jishi.flows.flash_sales import FlashWish, order_flash
from jishi.flows.pipeline import order_waiting_claims
from jishi.flows.prizes import redeem_prize
from jishi.kernel import clock, ids
from jishi.kernel.actor import Actor
from jishi.modules.plays.bargain.public import OfferView as BargainOffer
from jishi.modules.plays.bargain.public import bargain_view
from jishi.modules.plays.flash_sale.models import Unit
from jishi.modules.plays.flash_sale.public import ItemView, SaleView, change_units, close_sale, item_view
from jishi.modules.plays.lucky_draw.public import (
    DrawView,
    PrizeForm,
    PrizeKind,
    TicketState,
    check_in,
    close_draw,
    own_tickets,
    own_vouchers,
    spin_ticket,
    sweep_draws,
)
from jishi.modules.plays.red_packet.public import (
    PacketKind,
    Terms,
    close_packets,
    open_packet,
    send_packet,
    sweep_packets,
)
from tests.world import luck, makers

if TYPE_CHECKING:
    from tests.simulation.universe import Universe

PLAYS_AT_ONCE = 2


@dataclass
class Plays:
    """What of the plays there is in one universe."""

    bargain_offer: BargainOffer | None = None
    bargains: list[tuple[Actor, uuid.UUID]] = field(default_factory=list)
    sale: SaleView | None = None
    claims: list[tuple[Actor, uuid.UUID, ItemView, int]] = field(default_factory=list)
    packets: list[uuid.UUID] = field(default_factory=list)
    packet_play: uuid.UUID | None = None
    draw: DrawView | None = None


def set_up(universe: "Universe") -> Plays:
    """Some of the plays, so that what happens with them happens often enough to meet."""
    plays = Plays()
    for add in universe.dice.sample((_add_bargain, _add_sale, _add_packets, _add_draw), PLAYS_AT_ONCE):
        add(universe, plays)
    return plays


def _add_bargain(universe: "Universe", plays: Plays) -> None:
    dice = universe.dice
    plays.bargain_offer = makers.make_bargain_offer(
        dice.choice(universe.variants),
        helpers=dice.choice((1, 2, 4)),
        units=dice.randint(1, 4),
        budget_minor=dice.choice((None, 2_500, 20_000)),
        hours=dice.choice((1, 6)),
        member_limit=dice.choice((1, 2)),
        allows_early_buy=dice.random() < 0.7,
        abuse_cap=dice.choice((60, 150)),
    )


def _add_sale(universe: "Universe", plays: Plays) -> None:
    dice = universe.dice
    variant = makers.make_product(stock=dice.randint(4, 8))
    plays.sale = makers.make_sale(
        variant,
        units=dice.randint(1, 4),
        member_limit=dice.choice((0, 1, 2)),
        budget_minor=dice.choice((None, None, 20_000)),
        hours=dice.choice((1, 4)),
    )


def _add_packets(universe: "Universe", plays: Plays) -> None:
    dice = universe.dice
    packet = luck.make_packet(
        kind=dice.choice(tuple(PacketKind)),
        total_minor=dice.choice((7, 1_000, 9_999)),
        share_count=dice.choice((1, 3, 7)),
    )
    plays.packets.append(packet.id)
    plays.packet_play = packet.play_id


def _add_draw(universe: "Universe", plays: Plays) -> None:
    dice = universe.dice
    variant = dice.choice(universe.variants)
    prizes = (
        PrizeForm(name="现金", kind=PrizeKind.MONEY, stock=2, odds_bp=3_000, amount_minor=880),
        PrizeForm(
            name="红包", kind=PrizeKind.RED_PACKET, stock=1, odds_bp=2_000, amount_minor=500, min_minor=1
        ),
        PrizeForm(
            name="脐橙", kind=PrizeKind.PRODUCT, stock=1, odds_bp=4_000, variant_id=variant, value_minor=4_200
        ),
    )
    plays.draw = luck.make_draw(prizes=prizes, hours=dice.choice((6, 30)), order_min_minor=0)


# ---- bargains -------------------------------------------------------------------------------------------------


def launch(universe: "Universe") -> None:
    offer = universe.plays.bargain_offer
    if offer is None:
        return
    who = universe.dice.choice(universe.people)
    universe.plays.bargains.append((who, makers.launch(who, offer)))


def help_a_bargain(universe: "Universe") -> None:
    """Anybody, the launcher and those who have helped before among them."""
    if universe.plays.bargains:
        _, bargain_id = universe.dice.choice(universe.plays.bargains)
        who = universe.dice.choice(universe.people)
        help_or_say_why(bargain_id, by=who, trace=makers.trace_of(who))


def buy_bargained(universe: "Universe") -> None:
    if universe.plays.bargains:
        who, bargain_id = universe.dice.choice(universe.plays.bargains)
        universe.orders.append((who, makers.buy_bargained(who, bargain_id)))


def end_a_bargain(universe: "Universe") -> None:
    """The job comes before its time, or after somebody else: it must see for itself."""
    if universe.plays.bargains:
        _, bargain_id = universe.dice.choice(universe.plays.bargains)
        assert not end_bargain(bargain_id) or bargain_view(bargain_id).deadline <= clock.now()


# ---- flash sales ----------------------------------------------------------------------------------------------


def buy_flash(universe: "Universe") -> None:
    """The ordinary road."""
    if universe.plays.sale is None:
        return
    who, quantity = universe.dice.choice(universe.people), universe.dice.choice((1, 1, 2))
    order_id = makers.buy_flash(who, universe.plays.sale.items[0].id, quantity=quantity)
    universe.orders.append((who, order_id))


def tap(universe: "Universe") -> None:
    """A claim of the hot lane, by people with an address and without one."""
    if universe.plays.sale is None:
        return
    who, quantity = universe.dice.choice(universe.people), universe.dice.choice((1, 1, 2))
    item = universe.plays.sale.items[0]
    claim_id = makers.tap(who, item.id, quantity=quantity, minutes=universe.dice.choice((2, 15)))
    universe.plays.claims.append((who, claim_id, item, quantity))


def run_pipeline(universe: "Universe") -> None:
    order_waiting_claims(limit=universe.dice.choice((1, 2, 500)))
    known = {order_id for _, order_id in universe.orders}
    for order_id, member_id in Unit.objects.values_list("order_id", "member_id").order_by("order_id"):
        if order_id not in known and (who := universe.person(member_id)) is not None:
            universe.orders.append((who, order_id))


def finish_claim(universe: "Universe") -> None:
    """A claim that waits for a word, or one that the pipeline has or has not seen: never two orders."""
    if not universe.plays.claims:
        return
    who, claim_id, item, quantity = universe.dice.choice(universe.plays.claims)
    wish = FlashWish(item.id, quantity, claim_id)
    delivery = Delivery(address_id=makers.make_address(who))
    order_id = order_flash(wish, by=who, delivery=delivery, expected_total_minor=None)
    if all(known != order_id for _, known in universe.orders):
        universe.orders.append((who, order_id))


def change_capacity(universe: "Universe") -> None:
    if universe.plays.sale is not None:
        item = item_view(universe.plays.sale.items[0].id)
        change_units(item.id, units=max(1, item.units + universe.dice.choice((-1, 1, 2))), by=makers.OWNER)


def end_the_sale(universe: "Universe") -> None:
    if universe.plays.sale is not None and universe.dice.random() < 0.5:
        close_sale(universe.plays.sale.id, by=makers.OWNER)


# ---- packets and draws ----------------------------------------------------------------------------------------


def send(universe: "Universe") -> None:
    if universe.plays.packet_play is None:
        return
    dice, who = universe.dice, universe.dice.choice(universe.people)
    count = dice.choice((1, 2, 5))
    terms = Terms(
        kind=dice.choice(tuple(PacketKind)), total_minor=dice.randint(count, 3_000), share_count=count
    )
    packet_id = ids.new_id()
    for _ in range(dice.choice((1, 1, 2))):  # a second tap is the same packet
        send_packet(terms, by=who, currency="CNY", packet_id=packet_id)
    universe.plays.packets.append(packet_id)


def open_one(universe: "Universe") -> None:
    if universe.plays.packets:
        open_packet(universe.dice.choice(universe.plays.packets), by=universe.dice.choice(universe.people))


def end_packets(universe: "Universe") -> None:
    if universe.plays.packet_play is not None and universe.dice.random() < 0.5:
        close_packets(universe.plays.packet_play, by=makers.OWNER)


def come_by(universe: "Universe") -> None:
    if universe.plays.draw is not None:
        check_in(universe.plays.draw.id, by=universe.dice.choice(universe.people))


def spin(universe: "Universe") -> None:
    """Any ticket that is not spun; now and then one that is."""
    if universe.plays.draw is None:
        return
    who = universe.dice.choice(universe.people)
    tickets = own_tickets(universe.plays.draw.id, by=who)
    fresh = [ticket for ticket in tickets if ticket.state is TicketState.EARNED]
    if tickets:
        ticket = universe.dice.choice(fresh or tickets)
        spin_ticket(ticket.id, by=who, client_seed=str(universe.dice.random()))


def redeem(universe: "Universe") -> None:
    if universe.plays.draw is None:
        return
    for who in universe.people:
        for voucher in own_vouchers(by=who, draw_id=universe.plays.draw.id):
            delivery = Delivery(address_id=makers.make_address(who))
            universe.orders.append((who, redeem_prize(voucher.id, by=who, delivery=delivery)))
            return


def end_the_draw(universe: "Universe") -> None:
    if universe.plays.draw is not None and universe.dice.random() < 0.3:
        close_draw(universe.plays.draw.id, by=makers.OWNER)


def sweep() -> None:
    """What the timers of packets and draws do."""
    sweep_packets()
    sweep_draws()


# what people do with a play, and how often where a universe has it
TABLE: list[tuple[Callable[["Universe"], None], int]] = [
    (launch, 5),
    (help_a_bargain, 8),
    (buy_bargained, 5),
    (end_a_bargain, 1),
    (buy_flash, 5),
    (tap, 7),
    (run_pipeline, 4),
    (finish_claim, 3),
    (change_capacity, 2),
    (end_the_sale, 1),
    (send, 3),
    (open_one, 7),
    (end_packets, 1),
    (come_by, 4),
    (spin, 6),
    (redeem, 4),
    (end_the_draw, 1),
]
OF_PLAY: dict[str, set[Callable[["Universe"], None]]] = {
    "bargain_offer": {launch, help_a_bargain, buy_bargained, end_a_bargain},
    "sale": {buy_flash, tap, run_pipeline, finish_claim, change_capacity, end_the_sale},
    "packet_play": {send, open_one, end_packets},
    "draw": {come_by, spin, redeem, end_the_draw},
}


def acts_of(plays: Plays) -> list[tuple[Callable[["Universe"], None], int]]:
    there = set().union(*(acts for name, acts in OF_PLAY.items() if getattr(plays, name) is not None))
    return [(act, weight) for act, weight in TABLE if act in there]
