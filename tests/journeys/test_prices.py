"""Offers, coupons, points and a part from the wallet through a whole purchase: reserved, kept, freed, given back."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jishi.flows.checkout import Delivery, order_cart
from jishi.flows.lifecycle import cancel_unpaid
from jishi.flows.payment import take_outcome
from jishi.flows.pricing import Choice
from jishi.flows.promises import points_to_return
from jishi.flows.refunds import refund_order
from jishi.kernel import clock
from jishi.kernel.actor import SYSTEM, Actor
from jishi.modules.loyalty.public import grant_points, spendable_points
from jishi.modules.orders.public import OrderState, TotalChanged, add_to_cart, order_view
from jishi.modules.payments.public import Outcome, PaymentView
from jishi.modules.promotions.public import (
    AmountOff,
    CouponState,
    Gift,
    PercentOff,
    Stage,
    Step,
    Steps,
    own_coupons,
)
from jishi.modules.wallet.public import balance_minor
from tests.world import fake_provider, makers
from tests.world.jobs import run_jobs

pytestmark = pytest.mark.django_db(transaction=True)


def shopper(*, points: int = 0, wallet_minor: int = 0) -> Actor:
    buyer = makers.make_member()
    if points:
        grant_points(
            member_id=buyer.require_member(),
            points=points,
            source=("gift", uuid.uuid4()),
            available_at=clock.now() - timedelta(minutes=1),
        )
    if wallet_minor:
        makers.fill_wallet(buyer, wallet_minor)
    return buyer


def fill_cart(buyer: Actor, *prices: int) -> list[uuid.UUID]:
    variants = [makers.make_product(price_minor=price) for price in prices]
    for variant, price in zip(variants, prices, strict=True):
        add_to_cart(
            by=buyer, product_id=makers.product_of(variant), variant_id=variant, quantity=1, price_minor=price
        )
    return variants


def order(buyer: Actor, **choice) -> uuid.UUID:
    delivery = Delivery(makers.make_address(buyer), choice=Choice(**choice))
    return order_cart(by=buyer, delivery=delivery, expected_total_minor=None)


def good_word(payment: PaymentView) -> Outcome:
    fake_provider.book.payments[payment.id] = "paid"
    return fake_provider.outcome_of(payment.id)


def states_of(buyer: Actor) -> list[CouponState]:
    return [coupon.state for coupon in own_coupons(by=buyer, states=list(CouponState))]


def test_everything_at_once_and_a_refund_of_each_line_gives_back_exactly_what_was_paid() -> None:
    makers.make_price_offer(Steps((Step(8_000, 2_000),)))
    coupon = makers.make_coupon_offer(AmountOff(500))
    buyer = shopper(points=600, wallet_minor=1_500)
    makers.give(coupon, buyer)
    fill_cart(buyer, 6_000, 3_000)
    order_id = order(buyer, points=500, wallet_minor=1_500)
    view = order_view(order_id, by=buyer)
    # 90.00 − 20.00 − 5.00 − 5.00 and shipping
    goods = sum(line.total_minor for line in view.lines)
    assert (goods, view.points_spent, view.wallet_minor) == (6_000, 500, 1_500)
    assert view.due_minor == view.total_minor - 1_500
    member = buyer.require_member()
    assert (spendable_points(member), balance_minor(member, currency="CNY")) == (100, 0)
    assert states_of(buyer) == [CouponState.RESERVED]

    payment = makers.pay(buyer, order_id)
    assert payment.amount_minor == view.due_minor
    assert states_of(buyer) == [CouponState.USED]

    _, second = view.lines
    refund_order(order_id, by=makers.OWNER, reason="damaged", units_by_line={second.id: 1})
    run_jobs()
    back = points_to_return(order_view(order_id, by=SYSTEM).lines, points=500)
    assert 0 < back < 500
    assert spendable_points(member) == 100 + back
    assert states_of(buyer) == [CouponState.USED]
    refund_order(order_id, by=makers.OWNER, reason="damaged")
    run_jobs()
    view = order_view(order_id, by=SYSTEM)
    assert view.refunded_minor == view.total_minor
    assert spendable_points(member) == 600
    assert balance_minor(member, currency="CNY") == 1_500
    assert states_of(buyer) == [CouponState.OPEN]
    assert sum(refund.amount_minor for refund in view.refunds) == view.total_minor
    assert fake_provider.book.kept_minor == 0


def test_an_order_that_is_not_paid_leaves_everything_as_it_was() -> None:
    offer = makers.make_price_offer(PercentOff(1_000), stage=Stage.ITEM, budget_minor=1_000, member_limit=1)
    coupon = makers.make_coupon_offer(AmountOff(500))
    buyer = shopper(points=600, wallet_minor=300)
    makers.give(coupon, buyer)
    variants = fill_cart(buyer, 9_000)
    first = order(buyer, points=500, wallet_minor=300)
    assert order_view(first, by=buyer).discount_minor == 900 + 500 + 500
    cancel_unpaid(first, by=buyer, reason="changed_mind")
    member = buyer.require_member()
    assert (spendable_points(member), balance_minor(member, currency="CNY")) == (600, 300)
    assert states_of(buyer) == [CouponState.OPEN]
    # budget and limit are free again too
    makers.put_in_cart(buyer, variants[0])
    second = order(buyer)
    assert order_view(second, by=buyer).discount_minor == 900 + 500
    makers.put_in_cart(buyer, variants[0])
    third = order(buyer)
    assert order_view(third, by=buyer).discount_minor == 0, "the limit of one is used, and so is the coupon"
    assert offer.rule.member_limit == 1


@pytest.mark.parametrize("is_gone", [False, True])
def test_late_money_is_honoured_only_while_its_coupon_is_still_there(is_gone: bool) -> None:
    coupon = makers.make_coupon_offer(AmountOff(500))
    buyer = shopper(points=200)
    makers.give(coupon, buyer)
    [variant] = fill_cart(buyer, 9_000)
    late = order(buyer, points=100)
    payment = makers.start_paying(buyer, late)
    cancel_unpaid(late, by=SYSTEM, reason="not_paid_in_time")
    if is_gone:
        makers.put_in_cart(buyer, variant)
        other = order_view(order(buyer), by=buyer)
        makers.pay(buyer, other.id)
    take_outcome(payment.id, good_word(payment))
    run_jobs()
    view = order_view(late, by=buyer)
    if is_gone:
        assert view.state is OrderState.REFUNDED
        assert fake_provider.book.kept_minor == other.due_minor
        assert spendable_points(buyer.require_member()) == 200
    else:
        assert view.state is OrderState.PAID
        assert states_of(buyer) == [CouponState.USED]
        assert spendable_points(buyer.require_member()) == 100


def test_a_wallet_that_covers_everything_pays_at_once() -> None:
    buyer = shopper(wallet_minor=50_000)
    fill_cart(buyer, 4_200)
    order_id = order(buyer, wallet_minor=50_000)
    assert order_view(order_id, by=buyer).state is OrderState.PAID


def test_a_gift_is_a_line_of_its_own_while_the_shelf_has_it() -> None:
    gift = makers.make_product(price_minor=900, stock=1)
    makers.make_price_offer(Gift(gift, 1), stage=Stage.ITEM, least_minor=5_000)
    buyer = shopper()
    [variant] = fill_cart(buyer, 6_000)
    lines = order_view(order(buyer), by=buyer).lines
    assert [(line.variant_id, line.total_minor) for line in lines] == [(variant, 6_000), (gift, 0)]
    makers.put_in_cart(buyer, variant)
    assert len(order_view(order(buyer), by=buyer).lines) == 1


@pytest.mark.parametrize(("stock", "units"), [(2, 2), (1, 1)], ids=["for both", "for the bought one"])
def test_a_gift_may_be_the_goods_that_are_bought(stock: int, units: int) -> None:
    buyer = shopper()
    bought = makers.make_product(price_minor=6_000, stock=stock)
    makers.make_price_offer(Gift(bought, 1), stage=Stage.ITEM, least_minor=5_000)
    makers.put_in_cart(buyer, bought)
    view = order_view(order(buyer), by=buyer)
    assert (sum(line.quantity for line in view.lines), view.total_minor) == (units, 6_000)


def test_a_total_that_moved_is_told_and_nothing_is_taken() -> None:
    coupon = makers.make_coupon_offer(AmountOff(500))
    buyer = shopper()
    makers.give(coupon, buyer)
    fill_cart(buyer, 9_000)
    delivery = Delivery(makers.make_address(buyer), choice=Choice(coupon_ids=()))
    with pytest.raises(TotalChanged):
        order_cart(by=buyer, delivery=delivery, expected_total_minor=1)
    assert states_of(buyer) == [CouponState.OPEN]


def test_somebody_elses_coupon_is_no_coupon() -> None:
    coupon = makers.make_coupon_offer(AmountOff(500))
    owner, thief = shopper(), shopper()
    taken = makers.give(coupon, owner)
    fill_cart(thief, 9_000)
    assert order_view(order(thief, coupon_ids=(taken,)), by=thief).discount_minor == 0


def test_a_checkout_with_five_offers_a_coupon_and_points_takes_few_statements() -> None:
    for n in range(3):
        makers.make_price_offer(PercentOff(100 + n), stage=Stage.ITEM, group=f"g{n}", budget_minor=100_000)
    makers.make_price_offer(Steps((Step(5_000, 300),)), group="order")
    makers.make_price_offer(AmountOff(100), group="more", member_limit=3)
    coupon = makers.make_coupon_offer(AmountOff(500))
    buyer = shopper(points=600)
    makers.give(coupon, buyer)
    address = makers.make_address(buyer)
    fill_cart(buyer, 6_000, 3_000)
    warm = shopper(points=600)  # opens the accounts that everybody shares
    fill_cart(warm, 6_000)
    order(warm, points=100)
    with CaptureQueriesContext(connection) as told:
        delivery = Delivery(address, choice=Choice(points=500))
        order_id = order_cart(by=buyer, delivery=delivery, expected_total_minor=None)
    kinds = {d.source_id for line in order_view(order_id, by=buyer).lines for d in line.discounts}
    assert len(kinds) == 7
    statements = [
        q["sql"]
        for q in told.captured_queries
        if not q["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))
    ]
    assert len(statements) <= 25, "\n".join(one[:120] for one in statements)
