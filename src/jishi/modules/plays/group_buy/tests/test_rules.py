"""Decisions of group buying; worked numbers from docs/algorithms/group-settlement.md."""

import uuid
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jishi.kernel.errors import IllegalStep
from jishi.kernel.flow import advance
from jishi.modules.plays.group_buy.errors import BadOffer
from jishi.modules.plays.group_buy.rules import (
    ENDED,
    OFFER_LIFECYCLE,
    SEAT_HOLD_MINUTES,
    TEAM_LIFECYCLE,
    check_offer,
    discount_minor,
    is_selling,
    late_steps,
    lowest_free_seat,
    seat_expiry,
)
from jishi.modules.plays.group_buy.types import LateChoice, OfferState, OfferView, TeamState

NOW = datetime(2026, 6, 1, 8, tzinfo=UTC)
F, T = OfferState, TeamState
LEGAL_OFFER = {
    F.DRAFT: {"schedule": F.SCHEDULED, "open": F.OPEN},
    F.SCHEDULED: {"open": F.OPEN, "withdraw": F.DRAFT, "close": F.CLOSING},
    F.OPEN: {"close": F.CLOSING},
    F.CLOSING: {"settle": F.SETTLED},
    F.SETTLED: {},
}
LEGAL_TEAM = {
    T.OPENING: {"form": T.FORMING, "void": T.VOID},
    T.FORMING: {"succeed": T.SUCCEEDED, "fail": T.FAILED},
    T.SUCCEEDED: {},
    T.FAILED: {},
    T.VOID: {},
}
OFFER_VERBS = sorted({verb for steps in LEGAL_OFFER.values() for verb in steps})
TEAM_VERBS = sorted({verb for steps in LEGAL_TEAM.values() for verb in steps})


@pytest.mark.parametrize(("state", "verb"), list(product(OfferState, OFFER_VERBS)))
def test_every_step_of_an_offers_life(state: OfferState, verb: str) -> None:
    if verb in LEGAL_OFFER[state]:
        assert advance(OFFER_LIFECYCLE, state, verb) is LEGAL_OFFER[state][verb]
    else:
        with pytest.raises(IllegalStep):
            advance(OFFER_LIFECYCLE, state, verb)


@pytest.mark.parametrize(("state", "verb"), list(product(TeamState, TEAM_VERBS)))
def test_every_step_of_a_teams_life(state: TeamState, verb: str) -> None:
    if verb in LEGAL_TEAM[state]:
        assert advance(TEAM_LIFECYCLE, state, verb) is LEGAL_TEAM[state][verb]
    else:
        with pytest.raises(IllegalStep):
            advance(TEAM_LIFECYCLE, state, verb)


def test_the_tables_know_no_other_verbs_and_an_ended_team_has_ended() -> None:
    assert {verb for _, verb in OFFER_LIFECYCLE} == set(OFFER_VERBS)
    assert {verb for _, verb in TEAM_LIFECYCLE} == set(TEAM_VERBS)
    assert {state for state in TeamState if not LEGAL_TEAM[state]} == ENDED


@pytest.mark.parametrize(
    ("deadline_minutes", "held_minutes"),
    [(None, SEAT_HOLD_MINUTES), (60, SEAT_HOLD_MINUTES), (15, 15), (4, 4)],
)
def test_a_seat_is_held_a_quarter_of_an_hour_but_never_past_the_deadline(
    deadline_minutes: int | None, held_minutes: int
) -> None:
    deadline = None if deadline_minutes is None else NOW + timedelta(minutes=deadline_minutes)
    assert seat_expiry(now=NOW, team_deadline=deadline) == NOW + timedelta(minutes=held_minutes)


@pytest.mark.parametrize(
    ("taken", "size", "seat"),
    [([], 3, 1), ([1], 3, 2), ([1, 3], 3, 2), ([2, 3], 3, 1), ([3, 1, 2], 3, None)],
)
def test_the_lowest_free_seat_is_taken(taken: list[int], size: int, seat: int | None) -> None:
    assert lowest_free_seat(taken=taken, size=size) == seat


@given(st.integers(2, 100).flatmap(lambda size: st.tuples(st.just(size), st.sets(st.integers(1, size)))))
def test_a_free_seat_is_found_exactly_while_there_is_one(team: tuple[int, set[int]]) -> None:
    size, taken = team
    seat = lowest_free_seat(taken=taken, size=size)
    assert (seat is None) == (len(taken) == size)
    assert seat is None or (1 <= seat <= size and seat not in taken)


@pytest.mark.parametrize(
    ("is_leader", "discounts", "pays"), [(True, (1210, 300), 2690), (False, (1210, 0), 2990)]
)
def test_the_worked_example_42_alone_29_90_together_leader_3_less(
    is_leader: bool, discounts: tuple[int, int], pays: int
) -> None:
    found = discount_minor(
        list_minor=4200, price_minor=2990, quantity=1, leader_discount_minor=300, is_leader=is_leader
    )
    assert found == discounts
    assert 4200 - sum(found) == pays


prices = st.integers(0, 10**6)


@given(prices, prices, st.integers(1, 50), prices, st.booleans())
def test_a_seat_never_costs_less_than_nothing_nor_more_than_the_list(
    list_minor: int, price_minor: int, quantity: int, leader: int, is_leader: bool
) -> None:
    group, benefit = discount_minor(
        list_minor=list_minor, price_minor=price_minor, quantity=quantity, leader_discount_minor=leader,
        is_leader=is_leader,
    )  # fmt: skip
    assert group >= 0 and benefit >= 0
    assert 0 <= list_minor * quantity - group - benefit <= list_minor * quantity
    assert benefit == 0 or is_leader


@pytest.mark.parametrize(
    ("choice", "steps"),
    [
        (LateChoice.OTHER_TEAM, [LateChoice.OTHER_TEAM, LateChoice.NEW_TEAM, LateChoice.REFUND]),
        (LateChoice.NEW_TEAM, [LateChoice.NEW_TEAM, LateChoice.REFUND]),
        (LateChoice.REFUND, [LateChoice.REFUND]),
    ],
)
def test_a_late_payer_gets_what_they_chose_or_their_money(
    choice: LateChoice, steps: list[LateChoice]
) -> None:
    assert list(late_steps(choice)) == steps


@pytest.mark.parametrize("state", OfferState)
@pytest.mark.parametrize(
    ("minutes", "is_inside"), [(-61, False), (-60, True), (0, True), (59, True), (60, False)]
)
def test_an_offer_sells_when_it_is_open_and_within_its_window(
    state: OfferState, minutes: int, is_inside: bool
) -> None:
    offer = OfferView(
        id=uuid.UUID(int=1), product_id=uuid.UUID(int=2), name="脐橙", state=state, team_size=3, team_hours=24,
        member_limit=0, leader_discount_minor=0, budget_minor=None, opens_at=NOW - timedelta(hours=1),
        closes_at=NOW + timedelta(hours=1), allows_merchant_completion=False, prices=(), created_at=NOW,
    )  # fmt: skip
    assert is_selling(offer, now=NOW + timedelta(minutes=minutes)) is (is_inside and state is OfferState.OPEN)


GOOD: dict[str, Any] = {
    "name": "脐橙 3 人团", "team_size": 3, "team_hours": 24, "member_limit": 0, "leader_discount_minor": 0,
    "budget_minor": None, "opens_at": NOW, "closes_at": NOW + timedelta(days=1), "prices_minor": [2990],
}  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [{}, {"name": "团" * 80}, {"team_size": 2}, {"team_size": 100}, {"team_hours": 1}, {"team_hours": 168},
     {"member_limit": 1}, {"budget_minor": 1}, {"prices_minor": [1, 2]}],
)  # fmt: skip
def test_a_sound_offer_is_accepted(change: dict[str, Any]) -> None:
    check_offer(**GOOD | change)


@pytest.mark.parametrize(
    ("field", "value", "named"),
    [
        ("name", " ", "name"),
        ("name", "团" * 81, "name"),
        ("team_size", 1, "team_size"),
        ("team_size", 101, "team_size"),
        ("team_hours", 0, "team_hours"),
        ("team_hours", 169, "team_hours"),
        ("member_limit", -1, "member_limit"),
        ("leader_discount_minor", -1, "leader_discount_minor"),
        ("budget_minor", 0, "budget_minor"),
        ("closes_at", NOW, "closes_at"),
        ("prices_minor", [], "prices"),
        ("prices_minor", [100, 0], "prices"),
    ],
)
def test_an_unsound_offer_is_refused_by_the_name_of_its_field(field: str, value: Any, named: str) -> None:
    with pytest.raises(BadOffer) as refused:
        check_offer(**GOOD | {field: value})
    assert refused.value.facts["field"] == named
