"""Bargains from the launch to the parcel, and everything that can go otherwise."""

import uuid
from datetime import timedelta

import pytest

from jishi.flows.bargains import end_bargain, help_or_say_why
from jishi.flows.lifecycle import cancel_unpaid
from jishi.flows.payment import take_outcome
from jishi.flows.refunds import refund_order
from jishi.kernel import clock
from jishi.kernel.actor import SYSTEM, Actor
from jishi.kernel.errors import NotFound
from jishi.modules.inventory.public import OutOfStock, held_by_cause, sellable_by_variant
from jishi.modules.ledger.public import BudgetExhausted
from jishi.modules.orders.public import OrderState, order_view
from jishi.modules.plays.bargain.public import (
    AlreadyBargaining,
    AlreadyHelped,
    BargainOver,
    BargainSoldOut,
    BargainState,
    HelpRefused,
    HelpsUsedUp,
    HelpView,
    NotAtFloor,
    OfferView,
    OwnBargain,
    Trace,
    bargain_view,
    is_proven,
    offer_counts,
)
from jishi.modules.plays.life.public import budget_left_minor
from jishi.surfaces.refusals import words_of
from tests.world import fake_provider, makers

pytestmark = pytest.mark.django_db(transaction=True)
PRICE, FLOOR = 4_200, 2_200


def aid(actor: Actor, bargain_id: uuid.UUID) -> HelpView:
    return help_or_say_why(bargain_id, by=actor, trace=makers.trace_of(actor))


def old_member() -> Actor:
    with clock.held_at(clock.now() - timedelta(days=30)):
        return makers.make_member()


def left(offer: OfferView) -> int | None:
    return budget_left_minor(offer.play)


def test_friends_cut_to_the_floor_and_the_unit_is_bought() -> None:
    variant = makers.make_product(price_minor=PRICE, stock=5)
    offer = makers.make_bargain_offer(variant, helpers=4, budget_minor=10_000)
    launcher = old_member()
    bargain_id = makers.launch(launcher, offer)

    begun = bargain_view(bargain_id)
    assert begun.own_cut_minor == begun.cut_minor >= 600  # 30 % of ¥20, and never less than a friend's
    assert (begun.seed, begun.cuts) == ("", ()), "only the commitment is told before the end"
    assert sellable_by_variant([variant])[variant] == 4
    assert left(offer) == 8_000

    for _ in range(4):
        aid(old_member(), bargain_id)
    assert bargain_view(bargain_id).price_minor == FLOOR
    with pytest.raises(BargainOver):
        aid(old_member(), bargain_id)

    order_id = makers.buy_bargained(launcher, bargain_id)
    assert order_view(order_id, by=launcher).lines[0].total_minor == FLOOR
    assert sellable_by_variant([variant])[variant] == 4, "the unit moved from the bargain to its order"
    makers.pay(launcher, order_id)

    done = bargain_view(bargain_id)
    assert (done.state, order_view(order_id, by=launcher).state) == (BargainState.BOUGHT, OrderState.PAID)
    assert left(offer) == 8_000
    assert sum(done.cuts) == PRICE - FLOOR
    assert is_proven(done.cuts, own_slots=done.own_slots, helps=done.helps)
    counts = offer_counts([offer.id])[offer.id]
    assert (counts.bought, counts.helps, counts.given_minor) == (1, 4, 2_000)


def test_a_friend_new_to_the_shop_takes_two_slots_and_who_helped_gets_a_head_start() -> None:
    offer = makers.make_bargain_offer(makers.make_product(price_minor=PRICE), helpers=5, new_member_slots=2)
    bargain_id = makers.launch(old_member(), offer)
    with clock.held_at(clock.now() - timedelta(hours=2)):
        newcomer = makers.make_member()

    assert (aid(newcomer, bargain_id).slots, aid(old_member(), bargain_id).slots) == (2, 1)

    own = bargain_view(makers.launch(newcomer, offer))
    assert (own.own_slots, own.slots_taken) == (2, 2)


def test_buying_early_spends_only_what_was_reached() -> None:
    offer = makers.make_bargain_offer(makers.make_product(price_minor=PRICE), budget_minor=10_000)
    launcher = old_member()
    bargain_id = makers.launch(launcher, offer)
    reached = bargain_view(bargain_id).cut_minor
    order_id = makers.buy_bargained(launcher, bargain_id)
    with pytest.raises(BargainOver):
        aid(old_member(), bargain_id)  # the price stands still while the order waits
    makers.pay(launcher, order_id)
    assert order_view(order_id, by=launcher).lines[0].total_minor == PRICE - reached
    assert left(offer) == 10_000 - reached


def test_an_offer_may_ask_for_the_floor_before_anything_is_bought() -> None:
    offer = makers.make_bargain_offer(makers.make_product(price_minor=PRICE), allows_early_buy=False)
    launcher = old_member()
    bargain_id = makers.launch(launcher, offer)
    with pytest.raises(NotAtFloor) as refusal:
        makers.buy_bargained(launcher, bargain_id)
    assert refusal.value.facts["missing"] == 4
    assert bargain_view(bargain_id).state is BargainState.RUNNING


def test_an_unpaid_order_gives_the_bargain_its_unit_back_and_it_runs_on() -> None:
    variant = makers.make_product(price_minor=PRICE, stock=1)
    offer = makers.make_bargain_offer(variant, budget_minor=10_000)
    launcher = old_member()
    bargain_id = makers.launch(launcher, offer)
    order_id = makers.buy_bargained(launcher, bargain_id)
    cancel_unpaid(order_id, by=launcher, reason="changed_mind")
    assert bargain_view(bargain_id).state is BargainState.RUNNING
    assert sellable_by_variant([variant])[variant] == 0
    aid(old_member(), bargain_id)
    second = makers.buy_bargained(launcher, bargain_id)
    makers.pay(launcher, second)
    assert bargain_view(bargain_id).state is BargainState.BOUGHT


def test_nobody_begins_another_bargain_while_an_order_of_the_first_may_still_fall_back() -> None:
    offer = makers.make_bargain_offer(makers.make_product(price_minor=PRICE), member_limit=2)
    launcher = old_member()
    bargain_id = makers.launch(launcher, offer)
    order_id = makers.buy_bargained(launcher, bargain_id)
    with pytest.raises(AlreadyBargaining):
        makers.launch(launcher, offer)
    cancel_unpaid(order_id, by=SYSTEM, reason="not_paid_in_time")
    assert bargain_view(bargain_id).state is BargainState.RUNNING


def test_money_for_the_cancelled_order_of_a_bargain_that_runs_on_gets_the_unit_it_holds() -> None:
    variant = makers.make_product(price_minor=PRICE, stock=1)
    offer = makers.make_bargain_offer(variant, units=1, budget_minor=2_000)
    launcher = old_member()
    bargain_id = makers.launch(launcher, offer)
    order_id = makers.buy_bargained(launcher, bargain_id)
    payment = makers.start_paying(launcher, order_id)
    cancel_unpaid(order_id, by=SYSTEM, reason="not_paid_in_time")
    assert bargain_view(bargain_id).state is BargainState.RUNNING
    fake_provider.pay_at_cashier(payment.id)
    take_outcome(payment.id, fake_provider.outcome_of(payment.id))
    assert order_view(order_id, by=launcher).state is OrderState.PAID
    assert bargain_view(bargain_id).state is BargainState.BOUGHT
    assert held_by_cause(kind="bargain", cause_ids=[bargain_id]) == {}
    assert held_by_cause(kind="order", cause_ids=[order_id]) == {order_id: 1}
    assert sellable_by_variant([variant])[variant] == 0


def test_time_over_gives_unit_stock_and_budget_back_and_shows_the_seed() -> None:
    variant = makers.make_product(price_minor=PRICE, stock=1)
    offer = makers.make_bargain_offer(variant, units=1, budget_minor=2_000)
    with clock.held_at(clock.now()):
        bargain_id = makers.launch(old_member(), offer)
        other = old_member()
        with pytest.raises(BargainSoldOut):
            makers.launch(other, offer)
        assert not end_bargain(bargain_id)
        clock.advance_held(timedelta(hours=24))
        assert end_bargain(bargain_id) and not end_bargain(bargain_id)
        assert sellable_by_variant([variant])[variant] == 1
        assert left(offer) == 2_000
        assert len(bargain_view(bargain_id).seed) == 64
        assert makers.launch(other, offer)


def test_a_late_payment_is_honoured_when_unit_and_stock_are_still_there_else_sent_back() -> None:
    variant = makers.make_product(price_minor=PRICE, stock=1)
    offer = makers.make_bargain_offer(variant, units=1, budget_minor=2_000, hours=1)
    for is_still_there in (True, False):
        with clock.held_at(clock.now()):
            launcher = old_member()
            bargain_id = makers.launch(launcher, offer)
            order_id = makers.buy_bargained(launcher, bargain_id)
            payment = makers.start_paying(launcher, order_id)
            clock.advance_held(timedelta(hours=2))
            cancel_unpaid(order_id, by=SYSTEM, reason="not_paid_in_time")
            assert bargain_view(bargain_id).state is BargainState.EXPIRED
            if not is_still_there:
                makers.launch(old_member(), offer)
            fake_provider.pay_at_cashier(payment.id)
            take_outcome(payment.id, fake_provider.outcome_of(payment.id))
            state = order_view(order_id, by=launcher).state
            assert state is (OrderState.PAID if is_still_there else OrderState.REFUNDING)
            if is_still_there:
                assert bargain_view(bargain_id).state is BargainState.BOUGHT
                refund_order(order_id, by=SYSTEM, reason="changed_mind")
                assert bargain_view(bargain_id).state is BargainState.REFUNDED


def test_what_helping_refuses_and_that_nothing_changes() -> None:
    offer = makers.make_bargain_offer(makers.make_product(price_minor=PRICE), helps_per_day=1, helpers=6)
    launcher, friend = old_member(), old_member()
    bargain_id = makers.launch(launcher, offer)
    with pytest.raises(OwnBargain):
        aid(launcher, bargain_id)
    aid(friend, bargain_id)
    before = bargain_view(bargain_id)
    with pytest.raises(AlreadyHelped):
        aid(friend, bargain_id)
    other = makers.launch(old_member(), offer)
    with pytest.raises(HelpsUsedUp):
        aid(friend, other)
    cheat = makers.make_member()  # a second account on the launcher's phone, just made
    with pytest.raises(HelpRefused) as refusal:
        help_or_say_why(bargain_id, by=cheat, trace=Trace(visitor_id=launcher.visitor_id))
    assert refusal.value.facts["points"] == 75
    assert words_of(refusal.value) == "这一刀不能算：这是发起人自己的设备；账号刚刚注册。"
    assert bargain_view(bargain_id) == before
    assert offer_counts([offer.id])[offer.id].refused == 1


def test_what_launching_refuses() -> None:
    variant = makers.make_product(price_minor=PRICE, stock=1)
    offer = makers.make_bargain_offer(variant, budget_minor=3_999)
    launcher = old_member()
    with clock.held_at(clock.now()):
        key = makers.launch(launcher, offer)
        with pytest.raises(AlreadyBargaining):
            makers.launch(launcher, offer)
        with pytest.raises(BudgetExhausted):
            makers.launch(old_member(), offer)
        with pytest.raises(NotFound):
            makers.buy_bargained(old_member(), key)
        end_at = bargain_view(key).deadline
    with clock.held_at(end_at):
        end_bargain(key)
        makers.buy(launcher, variant)  # the last unit is sold outside of the play
        with pytest.raises(OutOfStock):
            makers.launch(old_member(), offer)
