"""Points from the order to the refund, and an adjustment that takes two people."""

import random
import uuid
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from jishi.flows.approvals import approve_request
from jishi.flows.lifecycle import send_parcel
from jishi.flows.loyalty import ask_points_adjustment, buy_membership, exchange_points
from jishi.flows.refunds import carry_out_refund, refund_order
from jishi.kernel import clock, ids
from jishi.kernel.actor import SYSTEM, Actor
from jishi.kernel.errors import NotAllowed, Refusal
from jishi.modules.ledger.public import trial_balance
from jishi.modules.loyalty.public import (
    Balance,
    PlanTerms,
    RewardKind,
    RewardTerms,
    TierTerms,
    balance_of,
    commit_points,
    entries_of,
    rebuild_balances,
    release_due_points,
    reserve_points,
    return_points,
    save_plan,
    save_reward,
    set_ladder,
    spendable_points,
    standing_of,
)
from jishi.modules.messaging.public import notices_of
from jishi.modules.orders.public import order_view, receive_order
from jishi.modules.wallet.public import WalletTooSmall, balance_minor
from tests.world import makers
from tests.world.jobs import run_jobs
from tests.world.web import ask, token_for

pytestmark = pytest.mark.django_db(transaction=True)


def points_of(member: Actor) -> Balance:
    return balance_of(member.require_member(), by=member)


def buy_and_receive(member: Actor, *, price_minor: int = 4_200) -> uuid.UUID:
    order_id = makers.buy(member, makers.make_product(price_minor=price_minor))
    makers.pay(member, order_id)
    run_jobs()
    send_parcel(order_id, by=makers.OWNER, carrier="顺丰", tracking_number="SF1")
    receive_order(order_id, by=member)
    run_jobs()
    return order_id


def give_back(order_id: uuid.UUID) -> None:
    carry_out_refund(refund_order(order_id, by=makers.OWNER, reason="test").refund_id)
    run_jobs(twice=True)


def test_points_are_promised_ripen_are_spent_and_come_back_with_the_refund() -> None:
    set_ladder([TierTerms("a", "新邻居", 0), TierTerms("b", "老街坊", 40)], by=SYSTEM)
    member = makers.make_member()
    first = buy_and_receive(member)
    goods = order_view(first, by=member).paid_minor - order_view(first, by=member).shipping_minor
    earned = goods // 100
    assert (points_of(member).pending, points_of(member).spendable) == (earned, 0)
    assert standing_of(member.id).tier_code == "b"
    assert "升级了" in [notice.title for notice in notices_of(by=member)]

    with clock.held_at(clock.now() + timedelta(days=7, minutes=1)):
        release_due_points()
        assert (points_of(member).pending, points_of(member).spendable) == (0, earned)
        second = uuid.uuid4()  # the order that the points pay
        reserve_points(
            member_id=member.require_member(), points=earned, spending_id=second, currency_minor=earned
        )
        commit_points(second)
        assert points_of(member).spendable == 0

        give_back(first)  # earned, spent, and now the order that earned is returned
        assert points_of(member).spendable == 0
        return_points(second, points_so_far=earned)
        balance = points_of(member)
        assert (balance.spendable, balance.pending, balance.debt) == (0, 0, 0), "nothing is kept"
        assert standing_of(member.id).tier_code == "b", "a fall waits for its grace"
    assert rebuild_balances(by=SYSTEM) == []
    assert trial_balance(unit="PTS") == 0


def test_a_refund_before_they_ripen_takes_the_promise_back_once() -> None:
    member = makers.make_member()
    order_id = buy_and_receive(member)
    assert points_of(member).pending > 0
    give_back(order_id)
    run_jobs(twice=True)
    with clock.held_at(clock.now() + timedelta(days=8)):
        assert release_due_points() == 0
    assert points_of(member).spendable == points_of(member).pending == 0
    assert [entry.kind.value for entry in entries_of(member.require_member(), by=member)] == [
        "withdraw",
        "promise",
    ]


@pytest.mark.parametrize("seed", range(4))
def test_facts_in_any_order_and_twice_end_in_the_same_points(seed: int) -> None:
    """Paid, received and wholly refunded before any reaction has run; a second order is kept."""
    member = makers.make_member()
    back, kept = (makers.buy(member, makers.make_product(price_minor=4_200)) for _ in range(2))
    for order_id in (back, kept):
        makers.pay(member, order_id)
        send_parcel(order_id, by=makers.OWNER, carrier="顺丰", tracking_number="SF1")
        receive_order(order_id, by=member)
    carry_out_refund(refund_order(back, by=makers.OWNER, reason="test").refund_id)
    run_jobs(shuffle=random.Random(seed), twice=True)

    assert points_of(member).pending == 42
    with clock.held_at(clock.now() + timedelta(days=8)):
        assert release_due_points() == 42
    assert points_of(member).spendable == 42
    assert rebuild_balances(by=SYSTEM) == []


def test_an_adjustment_takes_two_people() -> None:
    member = makers.make_member()
    operator, finance = makers.make_member(role="operator"), makers.make_member(role="finance")
    with pytest.raises(NotAllowed):
        ask_points_adjustment(member.require_member(), points=200, reason="补偿", by=member)
    asked = ask_points_adjustment(member.require_member(), points=200, reason="晚到补偿", by=operator)
    assert spendable_points(member.require_member()) == 0
    with pytest.raises(Refusal):
        approve_request(asked, by=operator)
    assert spendable_points(member.require_member()) == 0
    approve_request(asked, by=finance)
    with pytest.raises(Refusal):
        approve_request(asked, by=finance)
    assert spendable_points(member.require_member()) == 200


def test_the_owner_cannot_approve_what_the_owner_asked_for() -> None:
    member, owner = makers.make_member(), makers.make_member(role="owner")
    asked = ask_points_adjustment(member.require_member(), points=200, reason="补偿", by=owner)
    with pytest.raises(Refusal):
        approve_request(asked, by=owner)
    assert spendable_points(member.require_member()) == 0


def test_membership_from_the_wallet_and_wallet_credit_for_points() -> None:
    member = makers.make_member()
    plan = save_plan(PlanTerms("m", "月卡", 990, "CNY", 30, ships_free=True), by=SYSTEM)
    credit = save_reward(None, RewardTerms("5 元", RewardKind.WALLET, 500, amount_minor=1_000), by=SYSTEM)
    key = ids.new_id()
    with pytest.raises(WalletTooSmall):
        buy_membership(plan, by=member, purchase_id=key)
    assert not standing_of(member.id).is_paid_member
    approve_request(
        ask_points_adjustment(
            member.require_member(), points=500, reason="test", by=makers.make_member(role="operator")
        ),
        by=makers.make_member(role="finance"),
    )
    exchange = ids.new_id()
    for _ in range(2):
        exchange_points(credit, by=member, exchange_id=exchange)
    assert balance_minor(member.require_member(), currency="CNY") == 1_000
    for _ in range(2):
        buy_membership(plan, by=member, purchase_id=key)
    assert balance_minor(member.require_member(), currency="CNY") == 10
    assert standing_of(member.id).ships_free
    assert trial_balance(unit="CNY") == 0


def test_the_api_tells_balance_and_statement_and_checks_in_once() -> None:
    member = makers.make_member()
    token = token_for(member)
    made = ask("POST", "/me/check-in", token=token)
    assert (made.status_code, made.json()["points"]) == (201, 2)
    again = ask("POST", "/me/check-in", token=token)
    assert (again.status_code, again.json()["code"]) == (409, "already_checked_in")
    told = ask("GET", "/me/points?limit=1", token=token).json()
    assert (told["spendable"], told["pending"], len(told["items"])) == (2, 0, 1)
    assert told["items"][0]["kind"] == "earn"


def test_the_check_in_swaps_its_card_and_works_without_a_script() -> None:
    member = makers.make_member()
    client = Client()
    client.force_login(get_user_model().objects.get(id=member.require_member()))
    swapped = client.post("/me/points/check-in/", headers={"HX-Request": "true"})
    assert swapped.status_code == 200
    assert 'id="check-in"' in swapped.content.decode() and "<html" not in swapped.content.decode()
    plain = client.post("/me/points/check-in/")
    assert plain.status_code == 303
    for page in (
        "/me/",
        "/me/points/",
        "/me/missions/",
        "/me/badges/",
        "/me/tier/",
        "/rewards/",
        "/me/membership/",
    ):
        assert client.get(page).status_code == 200, page
    assert spendable_points(member.require_member()) == 2
