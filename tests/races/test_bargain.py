"""Two cuts at once, the last slot, and buying while the time runs out."""

import threading
import uuid
from datetime import timedelta

import pytest

from jishi.flows.bargains import end_bargain, help_or_say_why, launch_with_stock
from jishi.flows.payment import take_outcome
from jishi.kernel import clock, ids
from jishi.kernel.actor import Actor
from jishi.modules.orders.public import OrderState, order_view
from jishi.modules.plays.bargain.models import Bargain, Help
from jishi.modules.plays.bargain.public import BargainState, bargain_view
from tests.world import fake_provider, makers
from tests.world.races import at_once, crashes, refusals

pytestmark = pytest.mark.django_db(transaction=True)
CROWD = 8


def running(helpers: int, **terms: int) -> tuple[uuid.UUID, Actor]:
    offer = makers.make_bargain_offer(
        makers.make_product(stock=20), helpers=helpers, new_member_slots=1, **terms
    )
    launcher = makers.make_member()
    return makers.launch(launcher, offer), launcher


def test_reading_adding_and_writing_back_loses_a_cut() -> None:
    """The control: the way the field does it."""
    bargain_id, _ = running(4)
    both_have_read = threading.Barrier(2)

    def cut_naively() -> None:
        seen = Bargain.objects.get(id=bargain_id)
        both_have_read.wait(10)
        Bargain.objects.filter(id=bargain_id).update(
            cut_minor=seen.cut_minor + 100, slots_taken=seen.slots_taken + 1
        )

    at_once(cut_naively, cut_naively)
    assert bargain_view(bargain_id).slots_taken == 2, "two friends cut, one cut is lost"


def test_a_crowd_for_the_last_slots_takes_each_once_and_the_sum_is_exact() -> None:
    bargain_id, _ = running(4)
    crowd = [makers.make_member() for _ in range(CROWD)]

    answers = at_once(
        *[lambda who=who: help_or_say_why(bargain_id, by=who, trace=makers.trace_of(who)) for who in crowd]
    )

    assert crashes(answers) == []
    assert refusals(answers) == ["bargain_over"] * (CROWD - 4)
    view = bargain_view(bargain_id)
    assert view.is_at_floor and view.price_minor == view.floor_minor
    assert sorted(one.slot_from for one in view.helps) == [1, 2, 3, 4]


def test_the_same_friend_tapping_eight_times_cuts_once() -> None:
    bargain_id, _ = running(6)
    friend = makers.make_member()
    trace = makers.trace_of(friend)
    answers = at_once(*[lambda: help_or_say_why(bargain_id, by=friend, trace=trace)] * CROWD)
    assert crashes(answers) == []
    assert refusals(answers) == ["already_helped"] * (CROWD - 1)
    assert Help.objects.filter(bargain_id=bargain_id).count() == 1


def test_the_daily_limit_holds_over_many_bargains_at_once() -> None:
    found = [running(3, helps_per_day=2)[0] for _ in range(5)]
    friend = makers.make_member()
    trace = makers.trace_of(friend)
    answers = at_once(*[lambda b=b: help_or_say_why(b, by=friend, trace=trace) for b in found])
    assert crashes(answers) == []
    assert refusals(answers) == ["helps_used_up"] * 3


def test_a_crowd_for_the_last_unit_and_the_last_budget_launches_as_many_as_there_are() -> None:
    variant = makers.make_product(price_minor=4_200, stock=20)
    offer = makers.make_bargain_offer(variant, units=3, budget_minor=4_000, floor_minor=2_200)
    crowd = [makers.make_member() for _ in range(CROWD)]
    answers = at_once(*[lambda who=who: makers.launch(who, offer) for who in crowd])
    assert crashes(answers) == []
    assert len(refusals(answers)) == CROWD - 2, "three units, but a budget for two"


def test_one_tap_sent_twice_launches_once() -> None:
    offer = makers.make_bargain_offer(makers.make_product(stock=5), member_limit=2)
    launcher, key = makers.make_member(), ids.new_id()
    trace = makers.trace_of(launcher)
    answers = at_once(*[lambda: launch_with_stock(offer.id, by=launcher, trace=trace, bargain_id=key)] * 4)
    assert crashes(answers) == []
    assert Bargain.objects.filter(member_id=launcher.id).count() == 1


def test_the_payment_and_the_end_of_time_agree() -> None:
    bargain_id, launcher = running(2, hours=1)
    order_id = makers.buy_bargained(launcher, bargain_id)
    payment = makers.start_paying(launcher, order_id)
    fake_provider.pay_at_cashier(payment.id)
    late = bargain_view(bargain_id).deadline + timedelta(seconds=1)

    def end() -> bool:
        with clock.held_at(late):
            return end_bargain(bargain_id)

    answers = at_once(end, lambda: take_outcome(payment.id, fake_provider.outcome_of(payment.id)))

    assert crashes(answers) == []
    assert bargain_view(bargain_id).state is BargainState.BOUGHT
    assert order_view(order_id, by=launcher).state is OrderState.PAID
