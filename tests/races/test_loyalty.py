"""The last points spent twice at once, the last reward taken twice, one check-in by two taps."""

import uuid

import pytest

from jishi.kernel import clock, ids
from jishi.kernel.actor import SYSTEM, Actor
from jishi.modules.loyalty.models import Lot
from jishi.modules.loyalty.operations import spendings
from jishi.modules.loyalty.public import (
    RewardKind,
    RewardTerms,
    check_in,
    grant_points,
    rebuild_balances,
    release_points,
    reserve_points,
    reward_of,
    save_reward,
    spendable_points,
    take_reward,
)
from tests.world import makers
from tests.world.races import at_once, crashes, refusals, take_locks_away

pytestmark = pytest.mark.django_db(transaction=True)


def with_points(points: int) -> Actor:
    member = makers.make_member()
    grant_points(
        member_id=member.require_member(),
        points=points,
        source=("gift", ids.new_id()),
        available_at=clock.now(),
    )
    return member


def spend(member: Actor, points: int) -> bool:
    return reserve_points(
        member_id=member.require_member(), points=points, spending_id=uuid.uuid4(), currency_minor=points
    )


def test_without_lock_and_guards_the_same_points_are_promised_to_two_orders(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control: nobody locks, and the ledger's reservation is left out. Two orders chose one lot's points;
    only the lot's own check constraint is left to stop the second."""
    member = with_points(100)
    take_locks_away(monkeypatch, spendings, readers=2)
    monkeypatch.setattr(spendings, "reserve", lambda transfer: True)

    answers = at_once(lambda: spend(member, 100), lambda: spend(member, 100))

    assert refusals(answers) == [], "both have seen 100 points"
    assert len(crashes(answers)) == 1, "the table itself refuses the second"
    assert Lot.objects.get(account_id=member.require_member()).remaining == 0


def test_the_last_points_pay_for_one_order_and_the_other_is_told() -> None:
    member = with_points(100)

    answers = at_once(*[lambda: spend(member, 100)] * 2)

    assert crashes(answers) == []
    assert refusals(answers) == ["points_too_few"]
    assert spendable_points(member.require_member()) == 0
    assert rebuild_balances(by=SYSTEM) == []


def test_six_spendings_and_a_release_at_once_leave_sound_books() -> None:
    member = with_points(100)
    held = uuid.uuid4()
    reserve_points(member_id=member.require_member(), points=60, spending_id=held, currency_minor=60)

    answers = at_once(lambda: release_points(held), *[lambda: spend(member, 20)] * 6)

    assert crashes(answers) == []
    went = answers.count(True) - 1
    assert spendable_points(member.require_member()) == 100 - 20 * went
    assert rebuild_balances(by=SYSTEM) == []


def test_the_last_reward_goes_to_one_and_costs_the_other_nothing() -> None:
    cup = save_reward(None, RewardTerms("杯", RewardKind.COUPON, 100, coupon_code="C", stock=1), by=SYSTEM)
    members = [with_points(100) for _ in range(3)]

    answers = at_once(*[lambda m=m: take_reward(cup, by=m, exchange_id=uuid.uuid4()) for m in members])

    assert crashes(answers) == []
    assert refusals(answers) == ["reward_gone"] * 2
    assert reward_of(cup).left == 0
    assert sorted(spendable_points(m.require_member()) for m in members) == [0, 100, 100]
    assert rebuild_balances(by=SYSTEM) == []


def test_two_taps_check_in_once() -> None:
    member = makers.make_member()

    answers = at_once(*[lambda: check_in(by=member)] * 4)

    assert crashes(answers) == []
    assert refusals(answers) == ["already_checked_in"] * 3
    assert spendable_points(member.require_member()) == 2
