"""Bigger teams for less, leaders who get their goods free, seats for friends, teams for some people only."""

import uuid
from datetime import timedelta

import pytest

from jishi.flows.refunds import carry_out_refund, refund_order
from jishi.flows.teams import close_team_early, complete_team_by_merchant, end_due_team
from jishi.kernel import clock, ids
from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.modules.ledger.public import available_in, trial_balance
from jishi.modules.orders.public import OrderState, OrderView, order_view
from jishi.modules.plays.group_buy.public import (
    Audience,
    FriendSeatTaken,
    LeaderBenefit,
    NotAssured,
    NotForYou,
    OfferView,
    TeamNotOpen,
    TeamState,
    Tier,
    due_friend_seat_ids,
    expire_friend_seat,
    keep_for_friend,
    nudge_team,
    take_seat,
    team_view,
    teams_to_nudge,
)
from jishi.platform.facts import facts_about
from tests.world import makers

pytestmark = pytest.mark.django_db(transaction=True)
TIERS = (Tier(4, 200), Tier(5, 500))
PRICE = 2_990


def tiered(**more: object) -> OfferView:
    variant = makers.make_product(price_minor=4_200, stock=50)
    return makers.make_offer(variant, price_minor=PRICE, team_size=3, tiers=TIERS, **more)


def sit(offer: OfferView, *, team_id: uuid.UUID | None = None, quantity: int = 1) -> tuple[Actor, uuid.UUID]:
    who = makers.make_member()
    order_id = makers.take_seat(who, offer, team_id=team_id, quantity=quantity)
    makers.pay(who, order_id)
    return who, order_id


def team_of(order_id: uuid.UUID) -> uuid.UUID:
    team_id = seen(order_id).team_id
    assert team_id is not None
    return team_id


def seen(order_id: uuid.UUID) -> OrderView:
    return order_view(order_id, by=makers.OWNER)


def after_the_deadline(team_id: uuid.UUID) -> None:
    with clock.held_at(team_view(team_id).deadline + timedelta(seconds=1)):
        end_due_team(team_id)
        makers.run_jobs()


def left_in_budget(offer: OfferView) -> int | None:
    return available_in(code=f"budget:group_buy:{offer.id}", unit="CNY.b")


def test_the_highest_tier_closes_the_team_at_once_and_everybody_gets_the_difference() -> None:
    offer = tiered(budget_minor=100_000)
    _, first = sit(offer, quantity=2)
    team_id = team_of(first)
    orders = [first, *(sit(offer, team_id=team_id)[1] for _ in range(4))]
    makers.run_jobs()

    assert team_view(team_id).state is TeamState.SUCCEEDED
    assert [seen(order).refunded_minor for order in orders] == [1_000, 500, 500, 500, 500]
    assert {seen(order).state for order in orders} == {OrderState.PAID}
    # the discount itself (12.10 a unit) and the tier's difference (5.00 a unit), and nothing that was only set aside
    assert left_in_budget(offer) == 100_000 - 6 * (1_210 + 500)
    assert trial_balance(unit="CNY") == 0


def test_at_the_deadline_the_tier_reached_counts() -> None:
    offer = tiered(budget_minor=100_000)
    _, first = sit(offer)
    team_id = team_of(first)
    orders = [first, *(sit(offer, team_id=team_id)[1] for _ in range(3))]
    assert team_view(team_id).is_assured and seen(first).state is OrderState.GATHERING
    after_the_deadline(team_id)
    assert team_view(team_id).state is TeamState.SUCCEEDED
    assert [seen(order).refunded_minor for order in orders] == [200] * 4
    assert left_in_budget(offer) == 100_000 - 4 * (1_210 + 200)


def test_a_team_below_its_least_size_fails_as_ever() -> None:
    offer = tiered()
    _, first = sit(offer)
    team_id = team_of(first)
    _, second = sit(offer, team_id=team_id)
    after_the_deadline(team_id)
    assert team_view(team_id).state is TeamState.FAILED
    assert {seen(order).state for order in (first, second)} == {OrderState.REFUNDED}


def test_a_refund_of_everything_after_a_price_cut_returns_exactly_what_was_paid() -> None:
    offer = tiered()
    _, first = sit(offer, quantity=3)
    team_id = team_of(first)
    for _ in range(4):
        sit(offer, team_id=team_id)
    makers.run_jobs()
    line = seen(first).lines[0]
    one = refund_order(first, by=makers.OWNER, reason="damaged", units_by_line={line.id: 1})
    carry_out_refund(one.refund_id)
    assert one.amount_minor == PRICE - 500
    rest = refund_order(first, by=makers.OWNER, reason="damaged", with_shipping=True)
    carry_out_refund(rest.refund_id)
    done = seen(first)
    assert done.refunded_minor == done.paid_minor
    assert done.state is OrderState.REFUNDED


def test_the_leader_need_not_wait_once_enough_have_paid() -> None:
    offer = tiered()
    leader, first = sit(offer)
    team_id = team_of(first)
    other, _ = sit(offer, team_id=team_id)
    with pytest.raises(NotAssured):
        close_team_early(team_id, by=leader)
    sit(offer, team_id=team_id)
    with pytest.raises(NotFound):
        close_team_early(team_id, by=other)
    assert close_team_early(team_id, by=leader) == 3
    with pytest.raises(TeamNotOpen):
        close_team_early(team_id, by=leader)
    assert seen(first).state is OrderState.PAID and seen(first).refunded_minor == 0


def test_the_leaders_goods_are_free_when_the_team_succeeds_and_only_then() -> None:
    variant = makers.make_product(price_minor=4_200, stock=50)
    offer = makers.make_offer(
        variant, price_minor=PRICE, team_size=2, leader_benefit=LeaderBenefit.FREE, budget_minor=20_000
    )
    _, first = sit(offer)
    assert seen(first).paid_minor >= PRICE and seen(first).refunded_minor == 0
    sit(offer, team_id=team_of(first))
    makers.run_jobs()
    done = seen(first)
    assert (done.refunded_minor, done.lines[0].cut_minor) == (PRICE, PRICE)
    assert done.state is OrderState.PAID, "the parcel is still to come"
    assert left_in_budget(offer) == 20_000 - 2 * 1_210 - PRICE


def test_points_for_the_leader_are_told_in_the_fact() -> None:
    variant = makers.make_product(stock=50)
    offer = makers.make_offer(variant, team_size=2, leader_benefit=LeaderBenefit.POINTS, leader_points=300)
    leader, first = sit(offer)
    sit(offer, team_id=team_of(first))
    told = facts_about(subject_kind="team", subject_id=team_of(first))[-1].payload
    assert (told["leader_id"], told["leader_points"]) == (str(leader.id), 300)


def test_a_team_the_merchant_completed_has_reached_no_tier() -> None:
    offer = tiered(allows_merchant_completion=True)
    _, first = sit(offer)
    complete_team_by_merchant(team_of(first), by=makers.OWNER)
    assert team_view(team_of(first)).is_merchant_completed
    assert seen(first).refunded_minor == 0 and not seen(first).refunds


def test_old_members_bring_new_ones() -> None:
    offer = makers.make_offer(makers.make_product(stock=50), team_size=3, audience=Audience.NEW_JOINERS)
    old = makers.make_member()
    makers.pay(old, makers.buy(old, makers.make_product()))
    order_id = makers.take_seat(old, offer)
    makers.pay(old, order_id)
    team_id = team_of(order_id)
    other_old = makers.make_member()
    makers.pay(other_old, makers.buy(other_old, makers.make_product()))
    with pytest.raises(NotForYou):
        makers.take_seat(other_old, offer, team_id=team_id)
    sit(offer, team_id=team_id)


@pytest.mark.parametrize(
    ("audience", "wants_bought"), [(Audience.NEW_MEMBERS, False), (Audience.BOUGHT_BEFORE, True)]
)
def test_teams_for_new_members_and_for_those_who_bought(audience: Audience, wants_bought: bool) -> None:
    offer = makers.make_offer(makers.make_product(stock=50), team_size=2, audience=audience)
    fresh, known = makers.make_member(), makers.make_member()
    makers.pay(known, makers.buy(known, makers.make_product()))
    right, wrong = (known, fresh) if wants_bought else (fresh, known)
    with pytest.raises(NotForYou):
        makers.take_seat(wrong, offer)
    assert makers.take_seat(right, offer)


def test_a_team_of_a_community_is_for_its_people() -> None:
    community = ids.new_id()
    offer = makers.make_offer(makers.make_product(stock=50), team_size=2, community_id=community)
    with pytest.raises(NotForYou):
        makers.take_seat(makers.make_member(), offer)
    from jishi.modules.plays.group_buy.public import LateChoice, SeatRequest

    who = makers.make_member()
    assert who.id is not None
    request = SeatRequest(
        offer_id=offer.id,
        team_id=None,
        member_id=who.id,
        order_id=ids.new_id(),
        quantity=1,
        discount_minor=0,
        late_choice=LateChoice.REFUND,
        communities=frozenset({community}),
    )
    assert take_seat(request, by=who).seat_no == 1


def test_a_seat_kept_for_a_friend_is_nobody_elses_until_it_runs_out() -> None:
    offer = makers.make_offer(makers.make_product(stock=50), team_size=3)
    host, first = sit(offer)
    team_id = team_of(first)
    code = keep_for_friend(team_id, by=host)
    with pytest.raises(FriendSeatTaken):
        keep_for_friend(team_id, by=host)
    with pytest.raises(NotFound):
        keep_for_friend(team_id, by=makers.make_member())
    sit(offer, team_id=team_id)
    assert team_view(team_id).free_count == 0
    stranger = makers.make_member()
    with pytest.raises(TeamNotOpen):
        makers.take_seat(stranger, offer, team_id=team_id)
    with pytest.raises(TeamNotOpen):
        makers.take_seat(stranger, offer, team_id=team_id, friend_code="WRONG234")
    friend = makers.make_member()
    order_id = makers.take_seat(friend, offer, team_id=team_id, friend_code=code)
    makers.pay(friend, order_id)
    assert team_view(team_id).state is TeamState.SUCCEEDED


def test_a_friend_who_does_not_come_gives_the_seat_to_anybody() -> None:
    offer = makers.make_offer(makers.make_product(stock=50), team_size=2)
    host, first = sit(offer)
    team_id = team_of(first)
    keep_for_friend(team_id, by=host)
    with clock.held_at(clock.now() + timedelta(minutes=31)):
        assert team_view(team_id).free_count == 1
        [due] = due_friend_seat_ids()
        assert expire_friend_seat(due) and not expire_friend_seat(due)
        who = makers.make_member()
        makers.take_seat(who, offer, team_id=team_id)


def test_a_match_is_the_team_closest_to_full_else_ones_own() -> None:
    offer = makers.make_offer(makers.make_product(stock=50), team_size=3)
    _, lonely = sit(offer)
    _, fuller = sit(offer)
    sit(offer, team_id=team_of(fuller))
    who = makers.make_member()
    matched = makers.take_seat(who, offer, finds_team=True)
    assert seen(matched).team_id == team_of(fuller)
    again = makers.take_seat(who, offer, finds_team=True)
    assert seen(again).team_id == team_of(lonely)


def test_a_nearly_full_team_is_told_once() -> None:
    offer = makers.make_offer(makers.make_product(stock=50), team_size=3)
    _, first = sit(offer)
    assert teams_to_nudge() == []
    sit(offer, team_id=team_of(first))
    assert teams_to_nudge() == [team_of(first)]
    assert nudge_team(team_of(first)) and not nudge_team(team_of(first))
    assert teams_to_nudge() == []
    told = [f for f in facts_about(subject_kind="team", subject_id=team_of(first)) if "nearly" in f.name]
    assert [fact.payload["missing_count"] for fact in told] == [1]
