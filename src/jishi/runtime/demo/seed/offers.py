"""Offers and coupons of the demo, and people who have used them in the last days."""

import random
import uuid
from contextlib import suppress
from datetime import timedelta

from django.conf import settings

from jishi.flows.checkout import Delivery, order_items
from jishi.flows.pricing import ALL_POINTS, Choice
from jishi.kernel import clock
from jishi.kernel.actor import SYSTEM, Actor, ActorKind
from jishi.kernel.errors import Refusal
from jishi.modules.people.public import Role, permissions_of
from jishi.modules.promotions.public import (
    AmountOff,
    Audience,
    BatchForm,
    Benefit,
    Calendar,
    CouponWay,
    Gift,
    NthOff,
    Offer,
    OfferForm,
    OfferView,
    PercentOff,
    Scope,
    ShippingOff,
    Stage,
    Step,
    Steps,
    create_batch,
    create_offer,
    issue_coupon,
    make_codes,
    open_batch,
    publish_offer,
)
from jishi.runtime.demo.seed import acts
from jishi.runtime.demo.seed.goods import Shop
from jishi.runtime.demo.seed.jobs import attempt, let_it_sink_in
from jishi.runtime.demo.seed.people import Neighbour, Street

STAFF = Actor(kind=ActorKind.STAFF, id=SYSTEM.id, permissions=permissions_of(Role.OWNER), label="运营小满")


def hang_offers(*, shop: Shop, street: Street, dice: random.Random) -> None:
    """Rules that compete and stack, coupons of every way, and a week of orders that used them."""
    now = clock.now()
    began = now - timedelta(days=7)
    with clock.held_at(began):
        batches = _write(shop)
    for number in range(18):
        buyer = street.neighbours[30 + number * 3]
        at = began + timedelta(hours=6 + number * 8)
        with clock.held_at(at):
            issue_coupon(batches[number % 2], member_id=buyer.actor.require_member(), key="seed")
            _buy(buyer, shop, dice=dice, is_paid=number % 6 != 5)
            let_it_sink_in()
    for neighbour in street.neighbours[:3]:
        for batch_id in batches[:3]:
            issue_coupon(batch_id, member_id=neighbour.actor.require_member(), key="present")


def _write(shop: Shop) -> list[uuid.UUID]:
    """Rules that count by themselves, then the coupons."""
    rice = shop.shelves[3]
    _offer(
        "满减", "满 99 减 15", Stage.ORDER, Steps((Step(9_900, 1_500), Step(19_900, 4_000))), group="order"
    )
    _offer("整单折扣", "满 3 件 95 折", Stage.ORDER, PercentOff(500), group="order", least_units=3)
    _offer(
        "会员日",
        "会员日 9 折",
        Stage.ITEM,
        PercentOff(1_000),
        group="item",
        calendar=Calendar(month_days=(8, 18, 22, 28)),
        budget_minor=300_000,
    )
    _offer(
        "第二件半价",
        "第二件半价",
        Stage.ITEM,
        NthOff(2, 5_000),
        group="item",
        scope=Scope(frozenset(shelf.product_id for shelf in shop.shelves[10:18])),
    )
    _offer(
        "满额赠",
        "满 150 送一件",
        Stage.ITEM,
        Gift(rice.variants[0].id),
        least_minor=15_000,
        budget_minor=200_000,
    )
    _offer("包邮", "满 59 包邮", Stage.SHIPPING, ShippingOff(), group="shipping", least_minor=5_900)
    return _hand_out()


def _hand_out() -> list[uuid.UUID]:
    """Coupon rules, and a batch for every way they come to people."""
    five = _offer(
        "五元券", "无门槛 5 元券", Stage.COUPON, AmountOff(500), group="coupon", budget_minor=100_000
    )
    ten = _offer("十元券", "满 79 减 10", Stage.COUPON, AmountOff(1_000), group="coupon", least_minor=7_900)
    big = _offer("大额券", "满 199 减 30", Stage.COUPON, AmountOff(3_000), group="coupon", least_minor=19_900)
    new = _offer(
        "新人券",
        "新人 8 折券",
        Stage.COUPON,
        PercentOff(2_000, cap_minor=2_000),
        group="coupon",
        audience=Audience(new_members=True),
    )
    batches = [
        _batch(five, "街坊五元券", CouponWay.PUBLIC, 500, days=15),
        _batch(ten, "满 79 减 10", CouponWay.PUBLIC, 300, days=10),
        _batch(big, "老邻居专享", CouponWay.TARGETED, 200, days=30),
        _batch(new, "新人礼", CouponWay.NEW_MEMBER, 1_000, days=30),
        _batch(big, "喊三位朋友来", CouponWay.SHARE, 100, days=7, share_visits=3),
    ]
    codes = _batch(ten, "线下传单券码", CouponWay.CODE, 200, days=30)
    make_codes(codes, count=0, shared="JISHI2026", by=STAFF)
    make_codes(codes, count=50, by=STAFF)
    return batches


def _offer(name: str, label: str, stage: Stage, benefit: Benefit, **more: object) -> OfferView:
    rule = Offer(uuid.UUID(int=0), label, stage, benefit, **more)  # type: ignore[arg-type]
    made = create_offer(OfferForm(name, rule), by=STAFF)
    return publish_offer(made.id, by=STAFF, currency=settings.JISHI_CURRENCY)


def _batch(
    offer: OfferView, name: str, way: CouponWay, capacity: int, *, days: int, share_visits: int = 0
) -> uuid.UUID:
    form = BatchForm(
        offer_id=offer.id,
        name=name,
        way=way,
        capacity=capacity,
        valid_days=days,
        share_visits=share_visits,
    )
    return open_batch(create_batch(form, by=STAFF).id, by=STAFF).id


def _buy(buyer: Neighbour, shop: Shop, *, dice: random.Random, is_paid: bool) -> None:
    goods = dice.sample(shop.shelves[:40], k=dice.randint(1, 3))
    items = [(shelf.variants[0].id, dice.randint(1, 2)) for shelf in goods]
    delivery = Delivery(buyer.address_id, choice=Choice(points=ALL_POINTS))
    with suppress(Refusal), attempt():
        order_id = order_items(items, by=buyer.actor, delivery=delivery, expected_total_minor=None)
        if is_paid:
            acts.pay(order_id)
