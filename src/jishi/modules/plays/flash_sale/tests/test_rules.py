"""Decisions of flash sales; no database."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jishi.kernel.errors import IllegalStep
from jishi.kernel.flow import advance, can
from jishi.modules.plays.flash_sale import rules
from jishi.modules.plays.flash_sale.errors import BadItem
from jishi.modules.plays.flash_sale.types import ItemBalance, ItemForm, UnitState

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
A, B = uuid.UUID(int=1), uuid.UUID(int=2)
LIST = {A: 4200, B: 900}
minutes = st.integers(-60, 60)


@pytest.mark.parametrize("state", list(UnitState))
@pytest.mark.parametrize("verb", ["pay", "return", "regain"])
def test_every_step_of_a_unit_outside_the_table_is_refused(state: UnitState, verb: str) -> None:
    if can(rules.UNIT_LIFE, state, verb):
        assert advance(rules.UNIT_LIFE, state, verb) is rules.UNIT_LIFE[state, verb]
    else:
        with pytest.raises(IllegalStep):
            advance(rules.UNIT_LIFE, state, verb)


@given(left=minutes)
def test_who_is_ordered_late_still_has_five_minutes_and_nobody_loses_time(left: int) -> None:
    expires = NOW + timedelta(minutes=left)
    deadline = rules.pay_deadline(claim_expires_at=expires, now=NOW)
    assert deadline >= NOW + timedelta(minutes=rules.PAY_MINUTES_MIN)
    assert deadline >= expires
    assert deadline in (expires, NOW + timedelta(minutes=rules.PAY_MINUTES_MIN))


@given(list_minor=st.integers(1, 10**7), price_minor=st.integers(1, 10**7), quantity=st.integers(1, 99))
def test_the_discount_never_makes_a_line_dearer_or_free(
    list_minor: int, price_minor: int, quantity: int
) -> None:
    given_minor = rules.discount_minor(list_minor=list_minor, price_minor=price_minor, quantity=quantity)
    total = list_minor * quantity - given_minor
    assert given_minor >= 0
    assert total == min(list_minor, price_minor) * quantity > 0


@given(before=minutes)
def test_reminders_go_out_in_the_last_minutes_and_never_after_the_opening(before: int) -> None:
    is_time = rules.is_time_to_remind(opens_at=NOW + timedelta(minutes=before), now=NOW)
    assert is_time == (0 < before <= rules.REMIND_MINUTES)


@pytest.mark.parametrize(
    ("items", "place", "field"),
    [
        ([], 1, "items"),
        ([ItemForm(uuid.UUID(int=9), 100, 1)], 1, "variant_id"),
        ([ItemForm(A, 100, 1), ItemForm(A, 100, 1)], 2, "variant_id"),
        ([ItemForm(A, 100, 1), ItemForm(B, 900, 1)], 2, "price_minor"),
        ([ItemForm(A, 0, 1)], 1, "price_minor"),
        ([ItemForm(A, 100, 0)], 1, "units"),
        ([ItemForm(A, 100, rules.UNITS_MAX + 1)], 1, "units"),
        ([ItemForm(A, 100, 1, 100)], 1, "member_limit"),
        ([ItemForm(A, 100, 1, -1)], 1, "member_limit"),
        ([ItemForm(A, 100, 5, 1, 6, 10)], 1, "new_member_units"),
        ([ItemForm(A, 100, 5, 1, -1, 10)], 1, "new_member_units"),
        ([ItemForm(A, 100, 5, 1, 5, 0)], 1, "new_member_minutes"),
        ([ItemForm(A, 100, 5, 1, 5, 1441)], 1, "new_member_minutes"),
    ],
)
def test_a_wrong_item_is_refused_by_its_place_and_field(
    items: list[ItemForm], place: int, field: str
) -> None:
    with pytest.raises(BadItem) as refusal:
        rules.check_items(items, list_prices=LIST)
    assert (refusal.value.facts["place"], refusal.value.facts["field"]) == (place, field)


def test_good_items_pass() -> None:
    rules.check_items([ItemForm(A, 2990, 5), ItemForm(B, 899, 1, 0)], list_prices=LIST)


@given(units=st.integers(1, rules.UNITS_MAX))
def test_a_waiting_room_lets_in_more_people_than_there_are_units(units: int) -> None:
    room = rules.room_of(units)
    assert (room is None) == (units < rules.ROOM_FROM_UNITS)
    if room:
        assert room[0] == 2 * units and room[1] >= 1


counts = st.integers(0, 50)


@given(
    free=counts, waiting=counts, ordered=counts, paid=counts, slip=st.integers(-3, 3), where=st.integers(0, 2)
)
def test_the_balance_is_sound_exactly_when_its_sums_add_up(
    free: int, waiting: int, ordered: int, paid: int, slip: int, where: int
) -> None:
    """One unit too many or too few anywhere is seen."""
    capacity = free + waiting + ordered + paid
    values = {
        "taken": waiting + ordered + paid,
        "units_paid": paid,
        "set_aside": free + waiting,
    }
    values[("taken", "units_paid", "set_aside")[where]] += slip
    found = ItemBalance(
        item_id=A,
        capacity=capacity,
        claims_held=waiting + ordered,
        claims_kept=paid,
        claims_waiting=waiting,
        units_ordered=ordered,
        units_returned=0,
        people=0,
        **values,
    )
    assert found.is_sound == (slip == 0)


@given(after=st.integers(0, 1440), lasts=st.integers(1, 1440))
def test_units_are_kept_for_new_members_within_the_session_only(after: int, lasts: int) -> None:
    closes = NOW + timedelta(minutes=lasts)
    until = rules.reserved_until(opens_at=NOW, closes_at=closes, minutes=after)
    assert NOW <= until <= closes
    assert until == closes or until == NOW + timedelta(minutes=after)
