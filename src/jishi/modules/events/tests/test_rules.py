"""Codes, states and forms of events: values alone."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jishi.modules.events import rules
from jishi.modules.events.errors import BadEvent, EventOver, TooEarlyToCheckIn
from jishi.modules.events.types import EventForm, EventState, PlaceState

NOW = datetime(2026, 11, 22, 8, 0, 10, tzinfo=UTC)
KEY = b"secret"
FORM = EventForm("果园采摘", "", False, "南汇果园", "", NOW, NOW + timedelta(hours=2), 20)


@given(st.uuids(), st.integers(0, 10**6))
def test_a_code_is_good_for_its_window_and_the_next_and_no_longer(place: uuid.UUID, seconds: int) -> None:
    shown = NOW + timedelta(seconds=seconds)
    code = rules.ticket_code(place, now=shown, key=KEY)
    into = int(shown.timestamp()) % 30
    for later, good in ((0, True), (29 - into, True), (59 - into, True), (60 - into, False), (3600, False)):
        assert rules.is_ticket_code(code, place, now=shown + timedelta(seconds=later), key=KEY) is good
    assert not rules.is_ticket_code(code, uuid.uuid4(), now=shown, key=KEY)
    assert not rules.is_ticket_code(code, place, now=shown, key=b"other")
    assert not rules.is_ticket_code("ä", place, now=shown, key=KEY)


def test_the_tables_of_states() -> None:
    assert set(rules.LIFECYCLE) == {
        (EventState.DRAFT, "publish"),
        (EventState.DRAFT, "cancel"),
        (EventState.PUBLISHED, "cancel"),
        (EventState.PUBLISHED, "end"),
    }
    assert (PlaceState.ATTENDED, "cancel") not in rules.PLACES
    assert (PlaceState.WAITING, "check_in") not in rules.PLACES


@pytest.mark.parametrize(
    "changed",
    [
        {"title": " "},
        {"ends_at": NOW},
        {"ends_at": NOW + timedelta(days=31)},
        {"capacity": 0},
        {"place": ""},
        {"is_online": True, "join_link": "javascript:alert(1)"},
        {"is_online": True, "join_link": "http://a.cn"},
    ],
)
def test_a_form_that_makes_no_sense_is_refused(changed: dict[str, object]) -> None:
    rules.check_form(FORM)
    with pytest.raises(BadEvent):
        rules.check_form(replace(FORM, **changed))  # type: ignore[arg-type]


def test_places_are_taken_until_it_begins_and_people_come_from_two_hours_before_to_the_end() -> None:
    rules.check_open(EventState.PUBLISHED, starts_at=NOW, now=NOW - timedelta(seconds=1))
    with pytest.raises(EventOver):
        rules.check_open(EventState.PUBLISHED, starts_at=NOW, now=NOW)
    ends = NOW + timedelta(hours=2)
    rules.check_check_in(EventState.PUBLISHED, starts_at=NOW, ends_at=ends, now=NOW - timedelta(minutes=120))
    with pytest.raises(TooEarlyToCheckIn):
        rules.check_check_in(
            EventState.PUBLISHED, starts_at=NOW, ends_at=ends, now=NOW - timedelta(minutes=121)
        )
    with pytest.raises(EventOver):
        rules.check_check_in(EventState.CANCELLED, starts_at=NOW, ends_at=ends, now=NOW)
