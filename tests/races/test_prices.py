"""One coupon, one last cent, one last coupon of a batch: many at once, and the control that shows what the guard is for."""

import uuid

import pytest
from django.db.models import F

from jishi.flows.checkout import Delivery, order_items
from jishi.flows.pricing import Choice
from jishi.modules.ledger import operations as ledger
from jishi.modules.ledger.models import Account
from jishi.modules.ledger.public import availables
from jishi.modules.orders.public import order_view
from jishi.modules.promotions.models import Coupon
from jishi.modules.promotions.operations import coupons as handing
from jishi.modules.promotions.public import (
    AmountOff,
    CouponWay,
    PercentOff,
    Stage,
    claim_coupon,
    offer_figures,
)
from tests.world import makers
from tests.world.races import at_once, crashes, line_up, refusals

pytestmark = pytest.mark.django_db(transaction=True)

CARTS = 20
CLOSERS = 200


def buy(buyer: makers.Actor, variant: uuid.UUID, address: uuid.UUID, **choice: object) -> uuid.UUID:
    delivery = Delivery(address, choice=Choice(**choice))  # type: ignore[arg-type]
    return order_items([(variant, 1)], by=buyer, delivery=delivery, expected_total_minor=None)


def one_coupon() -> tuple[makers.Actor, uuid.UUID, uuid.UUID, uuid.UUID]:
    batch = makers.make_coupon_offer(AmountOff(500))
    buyer = makers.make_member()
    return (
        buyer,
        makers.make_product(price_minor=4_200, stock=CARTS),
        makers.make_address(buyer),
        makers.give(batch, buyer),
    )


def test_one_coupon_by_twenty_carts_is_used_once() -> None:
    buyer, variant, address, coupon = one_coupon()
    answers = at_once(*[lambda: buy(buyer, variant, address, coupon_ids=(coupon,)) for _ in range(CARTS)])
    assert crashes(answers) == []
    orders = [answer for answer in answers if isinstance(answer, uuid.UUID)]
    cheap = [one for one in orders if order_view(one, by=buyer).discount_minor == 500]
    assert len(cheap) == 1
    assert set(refusals(answers)) <= {"coupon_not_usable", "busy"}


def test_without_the_conditional_write_one_coupon_serves_two_carts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: look whether it is open, then take it."""
    buyer, variant, address, coupon = one_coupon()
    both_have_looked = line_up(2)

    def look_then_take(ids: list[uuid.UUID], *, order_id: uuid.UUID, member_id: uuid.UUID) -> None:
        assert Coupon.objects.filter(id__in=ids, state="open", member_id=member_id).count() == len(ids)
        both_have_looked()
        Coupon.objects.filter(id__in=ids).update(state="reserved", order_id=order_id)

    monkeypatch.setattr("jishi.flows.promises.reserve_coupons", look_then_take)
    answers = at_once(*[lambda: buy(buyer, variant, address, coupon_ids=(coupon,)) for _ in range(2)])
    assert crashes(answers) == []
    cheap = [one for one in answers if order_view(one, by=buyer).discount_minor == 500]  # type: ignore[arg-type]
    assert len(cheap) == 2
    assert handing.reserve_coupons is not look_then_take


def test_the_last_cents_of_a_budget_are_given_once_to_two_hundred_closers() -> None:
    offer = makers.make_price_offer(PercentOff(1_000), stage=Stage.ITEM, budget_minor=420 * 3)
    variant = makers.make_product(price_minor=4_200, stock=CLOSERS)
    people = [makers.make_member() for _ in range(8)]
    addresses = {one.id: makers.make_address(one) for one in people}
    answers: list[object] = []
    for _ in range(CLOSERS // len(people)):
        answers += at_once(*[lambda one=one: buy(one, variant, addresses[one.id]) for one in people])
    assert crashes(answers) == []
    orders = [answer for answer in answers if isinstance(answer, uuid.UUID)]
    given = sum(order_view(one, by=makers.OWNER).discount_minor for one in orders)
    assert given == 420 * 3
    assert offer_figures([offer.id])[offer.id]["reserved_minor"] == given
    assert availables(codes=[f"offer_budget:{offer.id}"], unit="CNY.b") == {f"offer_budget:{offer.id}": 0}
    assert set(refusals(answers)) <= {"total_changed", "busy"}


def test_without_the_bounded_account_a_budget_gives_more_than_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: two closers for the last part of a budget, with an account that only counts."""
    offer = makers.make_price_offer(PercentOff(1_000), stage=Stage.ITEM, budget_minor=840)
    variant = makers.make_product(price_minor=4_200)
    buyer = makers.make_member()
    address = makers.make_address(buyer)
    buy(buyer, variant, address)  # opens the accounts: a first use would make the second closer wait for them
    both_have_read = line_up(2)

    def count_only(takings: dict[uuid.UUID, int]) -> None:
        both_have_read()
        for account, amount in takings.items():
            Account.objects.filter(id=account).update(
                is_bounded=False, available_minor=F("available_minor") - amount
            )

    monkeypatch.setattr(ledger, "_reserve_at_once", lambda transfers: False)
    monkeypatch.setattr(ledger, "_take_bounded", count_only)
    answers = at_once(*[lambda: buy(buyer, variant, address) for _ in range(2)])
    assert crashes(answers) == []
    assert offer_figures([offer.id])[offer.id]["reserved_minor"] == 1_260


def test_the_last_coupons_of_a_batch_go_to_as_many_people() -> None:
    batch = makers.make_coupon_offer(AmountOff(500), way=CouponWay.PUBLIC, capacity=3)
    people = [makers.make_member() for _ in range(8)]
    answers = at_once(*[lambda one=one: claim_coupon(batch.id, by=one) for one in people])
    assert crashes(answers) == []
    assert refusals(answers) == ["sold_out"] * 5
    assert Coupon.objects.filter(batch_id=batch.id).count() == 3


def test_a_member_takes_no_more_than_the_batch_allows() -> None:
    batch = makers.make_coupon_offer(AmountOff(500), way=CouponWay.PUBLIC)
    one = makers.make_member()
    answers = at_once(*[lambda: claim_coupon(batch.id, by=one) for _ in range(5)])
    assert crashes(answers) == []
    assert refusals(answers) == ["limit_reached"] * 4
