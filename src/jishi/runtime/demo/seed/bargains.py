"""Bargains of the demo: one that ran last week, one that runs now with people in the middle of it, one that comes."""

import random
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from jishi.flows.bargains import help_or_say_why, launch_with_stock
from jishi.flows.checkout import Delivery, order_bargained
from jishi.kernel import clock
from jishi.kernel.actor import SYSTEM
from jishi.kernel.errors import Refusal
from jishi.modules.plays.bargain.public import (
    BargainTerms,
    OfferView,
    Trace,
    bargain_view,
    create_offer,
    publish_offer,
)
from jishi.modules.plays.life.public import PlayHead
from jishi.modules.sharing.public import TargetKind
from jishi.runtime.demo.seed import acts
from jishi.runtime.demo.seed.goods import Shop
from jishi.runtime.demo.seed.jobs import let_it_sink_in
from jishi.runtime.demo.seed.people import Neighbour, Street


@dataclass(frozen=True, slots=True)
class _Idea:
    """What stands on a shelf, for how many percent of its price, with how many friends."""

    shelf: int
    percent: int
    helpers: int
    units: int
    budget_yuan: int


IDEAS = (_Idea(7, 55, 5, 30, 3_000), _Idea(19, 60, 6, 40, 4_000), _Idea(31, 50, 8, 20, 2_500))


def play_bargains(*, shop: Shop, street: Street, dice: random.Random) -> None:
    """Everything through the real flows, the past with a held clock."""
    now = clock.now()
    past = _open(IDEAS[0], shop, name="上周的砍价", opens_at=now - timedelta(days=9), days=7)
    for number in range(8):
        friends = street.neighbours[60 + number * 7 : 67 + number * 7]
        moment = now - timedelta(days=8, hours=-number * 5)
        _bargain(past, street.neighbours[20 + number], friends, at=moment, dice=dice, buys=number % 3 != 2)
    running = _open(IDEAS[1], shop, name="邻居帮砍一刀", opens_at=now - timedelta(days=2), days=7)
    for number in range(7):
        # 阿苏 of the demo waits for two more cuts; the others are somewhere on the way
        launcher = street.neighbours[0] if number == 0 else street.neighbours[9 + number]
        helped = 4 if number == 0 else number % IDEAS[1].helpers
        friends = street.neighbours[130 + number * 7 : 130 + number * 7 + helped]
        at = now - timedelta(hours=dice.uniform(2, 9))
        _bargain(running, launcher, friends, at=at, dice=dice, buys=number == 6)
    _open(IDEAS[2], shop, name="周末砍到底", opens_at=now + timedelta(days=1), days=3)


def _open(idea: _Idea, shop: Shop, *, name: str, opens_at: datetime, days: int) -> OfferView:
    shelf = shop.shelves[idea.shelf]
    variant = shelf.variants[0]
    with clock.held_at(min(opens_at, clock.now())):
        head = PlayHead(
            name=name,
            currency="CNY",
            opens_at=opens_at,
            closes_at=opens_at + timedelta(days=days),
            budget_minor=idea.budget_yuan * 100,
        )
        terms = BargainTerms(
            product_id=shelf.product_id,
            variant_id=variant.id,
            floor_minor=variant.price_minor * idea.percent // 100,
            helpers=idea.helpers,
            units=idea.units,
        )
        offer = publish_offer(create_offer(head, terms, by=SYSTEM).id, by=SYSTEM)
        let_it_sink_in()
    return offer


def _bargain(
    offer: OfferView,
    launcher: Neighbour,
    friends: list[Neighbour],
    *,
    at: datetime,
    dice: random.Random,
    buys: bool,
) -> None:
    with clock.held_at(max(at, launcher.joined_at + timedelta(minutes=30))):
        bargain_id = launch_with_stock(offer.id, by=launcher.actor, trace=_trace(launcher))
        for friend in friends:
            clock.advance_held(timedelta(minutes=dice.uniform(2, 14)))
            if friend.joined_at > clock.now() or friend is launcher:
                continue
            acts.follow_link(friend, launcher, kind=TargetKind.BARGAIN, target_id=bargain_id)
            with suppress(Refusal):  # a neighbour who has used up the day's helps
                help_or_say_why(bargain_id, by=friend.actor, trace=_trace(friend))
        if buys and bargain_view(bargain_id).may_be_bought:
            clock.advance_held(timedelta(minutes=5))
            delivery = Delivery(address_id=launcher.address_id)
            order_id = order_bargained(
                bargain_id, by=launcher.actor, delivery=delivery, expected_total_minor=None
            )
            acts.pay(order_id)
        let_it_sink_in()


def _trace(who: Neighbour) -> Trace:
    return Trace(visitor_id=who.actor.visitor_id, address_mark=str(who.actor.id)[:24])
