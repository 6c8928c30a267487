"""The last seat, and the deadline."""

import uuid
from collections import Counter
from datetime import timedelta

import pytest

from jishi.flows.lifecycle import expire_order
from jishi.flows.payment import take_outcome
from jishi.flows.teams import end_due_team
from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.modules.orders.public import OrderState, order_view
from jishi.modules.plays.group_buy.models import Seat, Team
from jishi.modules.plays.group_buy.operations import settle
from jishi.modules.plays.group_buy.public import (
    OfferView,
    TeamNotOpen,
    TeamState,
    end_team,
    settle_seat,
    team_view,
)
from jishi.platform import rush
from tests.world import fake_provider, makers
from tests.world.races import at_once, crashes, refusals, take_locks_away

pytestmark = pytest.mark.django_db(transaction=True)

CROWD = 8
TEAMS, TEAM_SEATS = 12, 5


def forming(size: int) -> tuple[OfferView, uuid.UUID, Actor]:
    offer = makers.make_offer(makers.make_product(stock=50), team_size=size)
    leader = makers.make_member()
    order_id = makers.take_seat(leader, offer)
    makers.pay(leader, order_id)
    team_id = order_view(order_id, by=leader).team_id
    assert team_id is not None
    return offer, team_id, leader


def test_counting_first_and_sitting_down_then_overfills_a_team() -> None:
    """The control: the way the field does it, a count and an insert."""
    _, team_id, _ = forming(2)
    taken: list[str] = []
    import threading

    both_have_counted = threading.Barrier(2)

    def sit_naively() -> str:
        if Seat.objects.filter(team_id=team_id).count() >= 2:
            return "full"
        both_have_counted.wait(10)
        taken.append("seat")
        return "seated"

    assert at_once(sit_naively, sit_naively) == ["seated", "seated"]
    assert len(taken) + 1 == 3, "three people in a team of two"


def test_a_crowd_for_the_last_seat_gets_it_once() -> None:
    offer, team_id, _ = forming(2)
    crowd = [makers.make_member() for _ in range(CROWD)]

    answers = at_once(*[lambda who=who: makers.take_seat(who, offer, team_id=team_id) for who in crowd])

    assert crashes(answers) == []
    assert refusals(answers) == ["team_not_open"] * (CROWD - 1)
    assert len(team_view(team_id).seats) == 2


def test_many_hands_fill_many_teams_and_none_is_over_or_under_by_one() -> None:
    """Twelve teams of five: one seat is the leader's, and five people come for the four that are left."""
    offer = makers.make_offer(makers.make_product(stock=100), team_size=TEAM_SEATS)
    teams = []
    for _ in range(TEAMS):
        order_id = makers.take_seat(makers.make_member(), offer)
        assert settle_seat(order_id).team_id is not None
        teams.append(Seat.objects.get(order_id=order_id).team_id)
    people = [makers.make_member() for _ in range(TEAMS * TEAM_SEATS)]
    told: list[str] = []

    def join(hand: int) -> None:
        for turn in range(hand, len(people), CROWD):
            try:
                makers.take_seat(people[turn], offer, team_id=teams[turn // TEAM_SEATS])
                told.append("seated")
            except TeamNotOpen as refusal:
                told.append(refusal.code)

    answers = at_once(*[lambda hand=hand: join(hand) for hand in range(CROWD)])

    assert crashes(answers) == [] and refusals(answers) == []
    assert Counter(told) == {"seated": TEAMS * (TEAM_SEATS - 1), "team_not_open": TEAMS}
    for team_id in teams:
        seats = Seat.objects.filter(team_id=team_id)
        assert sorted(seats.values_list("seat_no", flat=True)) == [1, 2, 3, 4, 5]
        pool = rush.pool_state(Team.objects.get(id=team_id).pool_id)
        assert (pool.taken, pool.capacity) == (TEAM_SEATS, TEAM_SEATS)


def test_the_last_payers_at_once_complete_the_team_once() -> None:
    offer, team_id, _ = forming(4)
    people = [makers.make_member() for _ in range(3)]
    orders = [makers.take_seat(who, offer, team_id=team_id) for who in people]
    payments = [makers.start_paying(who, order) for who, order in zip(people, orders, strict=True)]
    for payment in payments:
        fake_provider.pay_at_cashier(payment.id)

    answers = at_once(
        *[lambda p=p: take_outcome(p.id, fake_provider.outcome_of(p.id)) for p in payments],
    )

    assert crashes(answers) == []
    team = team_view(team_id)
    assert (team.state, team.paid_count) == (TeamState.SUCCEEDED, 4)
    assert [order_view(o, by=makers.OWNER).state for o in orders] == [OrderState.PAID] * 3


def last_seat_at_the_deadline() -> tuple[uuid.UUID, uuid.UUID]:
    offer, team_id, _ = forming(2)
    late = makers.make_member()
    order_id = makers.take_seat(late, offer, team_id=team_id)
    Team.objects.filter(id=team_id).update(deadline=clock.now() + timedelta(minutes=10))
    return team_id, order_id


def test_without_the_lock_a_team_both_fails_and_fills(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the payer sees a forming team, the deadline sees a missing seat, and both act on it."""
    team_id, order_id = last_seat_at_the_deadline()
    take_locks_away(monkeypatch, settle, readers=2)
    after = clock.now() + timedelta(minutes=11)

    def fail_late() -> object:
        with clock.held_at(after):
            return end_team(team_id)

    answers = at_once(lambda: settle_seat(order_id), fail_late)

    assert crashes(answers) == []
    refunded, landed = answers[1], answers[0]
    assert refunded.failed_order_ids, "the deadline gave the leader's money back"
    assert landed.landing.value == "completed", "and the payer was told that the team is complete"  # type: ignore[attr-defined]


@pytest.mark.parametrize("round_number", range(4))
def test_a_payment_and_the_deadline_at_once_end_in_one_of_the_two(round_number: int) -> None:
    team_id, order_id = last_seat_at_the_deadline()
    buyer_id = order_view(order_id, by=makers.OWNER).member_id
    buyer = makers.actor_of_id(buyer_id)
    payment = makers.start_paying(buyer, order_id)
    fake_provider.pay_at_cashier(payment.id)
    after = clock.now() + timedelta(minutes=11)

    def deadline() -> object:
        with clock.held_at(after):
            return end_due_team(team_id)

    answers = at_once(lambda: take_outcome(payment.id, fake_provider.outcome_of(payment.id)), deadline)
    makers.run_jobs()

    assert crashes(answers) == []
    state = team_view(team_id).state
    orders = {order_view(seat, by=makers.OWNER).state for seat in all_orders(team_id)}
    if state is TeamState.SUCCEEDED:
        assert orders == {OrderState.PAID}
    else:
        assert state is TeamState.FAILED
        assert orders == {OrderState.REFUNDED}
        assert fake_provider.book.kept_minor == 0


def test_paying_and_expiring_at_once_never_loses_the_money() -> None:
    variant = makers.make_product(stock=1)
    buyer = makers.make_member()
    order_id = makers.buy(buyer, variant)
    payment = makers.start_paying(buyer, order_id)
    fake_provider.pay_at_cashier(payment.id)

    answers = at_once(
        lambda: take_outcome(payment.id, fake_provider.outcome_of(payment.id)), lambda: expire_order(order_id)
    )
    makers.run_jobs()

    assert crashes(answers) == []
    order = order_view(order_id, by=buyer)
    assert order.state is OrderState.PAID, "the goods were still there, so even the late word is honoured"
    assert fake_provider.book.kept_minor == order.paid_minor


def all_orders(team_id: uuid.UUID) -> list[uuid.UUID]:
    return list(Seat.objects.filter(team_id=team_id).values_list("order_id", flat=True))
