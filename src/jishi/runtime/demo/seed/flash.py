"""Three sessions of a flash sale today: one that ended, one that runs and is partly sold, one to be reminded of."""

import random
import uuid
from datetime import datetime, timedelta

from jishi.flows.checkout import Delivery
from jishi.flows.flash_sales import FlashWish, order_flash
from jishi.flows.lifecycle import cancel_unpaid
from jishi.flows.pipeline import order_waiting_claims
from jishi.kernel import clock, ids
from jishi.kernel.actor import SYSTEM
from jishi.modules.plays.flash_sale.public import (
    ItemForm,
    ItemView,
    SaleView,
    ask_reminder,
    claim_view,
    create_sale,
    publish_sale,
    settle_closed_sales,
)
from jishi.modules.plays.life.public import PlayHead, advance_plays
from jishi.platform import rush
from jishi.runtime.demo.seed import acts
from jishi.runtime.demo.seed.goods import Shop
from jishi.runtime.demo.seed.jobs import let_it_sink_in
from jishi.runtime.demo.seed.people import Neighbour, Street

SESSION_HOURS = 3
# handle, flash price, units, limit per person, how many are sold of the running session
ENDED = (
    ("farm-eggs", 2490, 30, 1, 30),
    ("osmanthus-oolong", 1990, 24, 2, 17),
    ("cotton-towels", 3900, 20, 1, 12),
)
RUNNING = (
    ("gannan-navel-orange", 2990, 40, 2, 29),
    ("dandong-strawberry", 5900, 20, 1, 20),
    ("beef-tallow-hotpot", 2480, 36, 2, 15),
    ("wool-scarf", 8900, 16, 1, 9),
    ("stoneware-mug", 3600, 24, 1, 6),
    ("plush-slippers", 2390, 30, 2, 3),
)
COMING = (
    ("shine-muscat", 3290, 30, 1, 0),
    ("drip-coffee", 2990, 40, 2, 0),
    ("down-vest", 14900, 8, 1, 0),
    ("weekly-flowers", 2790, 20, 1, 0),
)
Goods = tuple[tuple[str, int, int, int, int], ...]


def hold_flash_sales(*, shop: Shop, street: Street, dice: random.Random) -> None:
    """Claims, orders, payments and returns by the real flows; the shopper of the demo has bought nothing yet."""
    opens = clock.now().replace(minute=0, second=0, microsecond=0)
    before = opens - timedelta(hours=SESSION_HOURS)
    ended = _publish(shop, ENDED, name="早市秒杀", opens=before)
    _sell(ended, ENDED, street=street, dice=dice, since=before, until=opens)
    with clock.held_at(min(opens + timedelta(minutes=1), clock.now())):
        advance_plays()
        settle_closed_sales()
    running = _publish(shop, RUNNING, name="整点秒杀", opens=opens)
    _sell(running, RUNNING, street=street, dice=dice, since=opens, until=clock.now())
    coming = _publish(shop, COMING, name="暖冬夜场", opens=opens + timedelta(hours=SESSION_HOURS))
    for neighbour in street.neighbours[200:214]:
        ask_reminder(coming.id, by=neighbour.actor)
    let_it_sink_in()


def _publish(shop: Shop, goods: Goods, *, name: str, opens: datetime) -> SaleView:
    items = [
        ItemForm(shop.shelf_of(handle).variants[0].id, price, units, limit)
        for handle, price, units, limit, _sold in goods
    ]
    head = PlayHead(name, "CNY", opens, opens + timedelta(hours=SESSION_HOURS), budget_minor=300_000)
    with clock.held_at(min(opens - timedelta(hours=2), clock.now())):
        return publish_sale(create_sale(head, items, by=SYSTEM).id, by=SYSTEM)


def _sell(
    sale: SaleView,
    goods: Goods,
    *,
    street: Street,
    dice: random.Random,
    since: datetime,
    until: datetime,
) -> None:
    """Most tap once and pay within minutes; some pay never and their units go to others."""
    buyers = street.neighbours[60:200]
    with clock.held_at(min(since + timedelta(seconds=1), clock.now())):
        advance_plays()
    moments = sorted(dice.uniform(0.02, 0.9) for row in goods for _ in range(row[4]))
    wanted = [
        (item, buyer)
        for item, row in zip(sale.items, goods, strict=True)
        for buyer in dice.sample(buyers, row[4])
    ]
    dice.shuffle(wanted)
    next_in_line = dice.sample(street.neighbours[200:260], 1 + len(wanted) // 11)
    for number, (share, (item, buyer)) in enumerate(zip(moments, wanted, strict=True)):
        moment = since + (until - since) * share
        with clock.held_at(moment):
            order_id = _tap(item, buyer) if number % 3 else _walk(item, buyer)
            if number % 11 == 7:
                cancel_unpaid(order_id, by=SYSTEM, reason="not_paid_in_time")
                order_id = _walk(item, next_in_line.pop())
            is_open = until - moment < timedelta(minutes=9) and number % 4 == 0
            if not is_open or until < clock.now():
                acts.pay(order_id)
    let_it_sink_in()


def _tap(item: ItemView, buyer: Neighbour) -> uuid.UUID:
    """One tap: a claim, and the pipeline makes the order."""
    claim_id, member_id = ids.new_id(), buyer.actor.require_member()
    if item.pool_id is None:
        raise ValueError("a published item has a pool")
    rush.claim_units(
        pool_id=item.pool_id,
        member_id=member_id,
        claim_id=claim_id,
        expires_at=clock.now() + timedelta(minutes=15),
    )
    order_waiting_claims()
    order_id = claim_view(claim_id, member_id=member_id).order_id
    if order_id is None:
        raise ValueError("a neighbour with an address gets an order")
    return order_id


def _walk(item: ItemView, buyer: Neighbour) -> uuid.UUID:
    """The ordinary road, through the checkout."""
    return order_flash(
        FlashWish(item.id),
        by=buyer.actor,
        delivery=Delivery(address_id=buyer.address_id),
        expected_total_minor=None,
    )
