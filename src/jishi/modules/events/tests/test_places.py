"""Taking, waiting, giving back and coming, on a real database."""

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest

from jishi.kernel import clock, ids
from jishi.kernel.actor import SYSTEM, Actor, ActorKind
from jishi.kernel.errors import NotAllowed, NotFound
from jishi.modules.events import public as events
from jishi.modules.events.public import EventForm, PlaceState
from jishi.platform.models import FactRow

pytestmark = pytest.mark.django_db


def member() -> Actor:
    return Actor(kind=ActorKind.MEMBER, id=ids.new_id(), label="邻居")


def an_event(capacity: int = 2, **changed: object) -> uuid.UUID:
    now = clock.now()
    form = EventForm(
        "采摘", "", False, "果园", "", now + timedelta(days=2), now + timedelta(days=2, hours=3), capacity
    )
    event_id = events.create_event(replace(form, **changed), by=SYSTEM)  # type: ignore[arg-type]
    events.publish_event(event_id, by=SYSTEM)
    return event_id


def facts(name: str) -> int:
    return FactRow.objects.filter(name=f"events.{name}.v1").count()


def test_who_comes_too_late_waits_and_moves_up_in_order() -> None:
    event_id, people = an_event(2), [member() for _ in range(5)]
    states = [events.take_place(event_id, by=one).state for one in people]
    assert states == [PlaceState.GOING] * 2 + [PlaceState.WAITING] * 3
    assert [(events.my_place(event_id, by=one) or pytest.fail()).position for one in people[2:]] == [1, 2, 3]
    events.give_place_back(event_id, by=people[3])  # one who waits
    events.give_place_back(event_id, by=people[0])
    assert (events.my_place(event_id, by=people[2]) or pytest.fail()).state is PlaceState.GOING
    assert (events.my_place(event_id, by=people[4]) or pytest.fail()).position == 1
    view = events.event_view(event_id, by=SYSTEM)
    assert (view.going, view.waiting, facts("place_given")) == (2, 1, 1)


def test_who_comes_back_stands_at_the_end() -> None:
    event_id, people = an_event(1), [member() for _ in range(3)]
    for one in people:
        events.take_place(event_id, by=one)
    events.give_place_back(event_id, by=people[0])
    again = events.take_place(event_id, by=people[0])
    assert again.state is PlaceState.WAITING
    assert (events.my_place(event_id, by=people[0]) or pytest.fail()).position == 2


def test_more_places_go_to_who_waits_and_fewer_than_taken_is_refused() -> None:
    event_id, people = an_event(1), [member() for _ in range(3)]
    for one in people:
        events.take_place(event_id, by=one)
    view = events.event_view(event_id, by=SYSTEM)
    events.change_event(event_id, replace(view.form, capacity=2), by=SYSTEM, version=view.version)
    assert events.event_view(event_id, by=SYSTEM).going == 2
    with pytest.raises(events.EventMoved):
        events.change_event(event_id, view.form, by=SYSTEM, version=view.version)
    with pytest.raises(events.BadEvent):
        events.change_event(event_id, replace(view.form, capacity=1), by=SYSTEM, version=view.version + 1)


def test_twice_is_refused_and_changes_nothing() -> None:
    event_id, one = an_event(), member()
    events.take_place(event_id, by=one)
    with pytest.raises(events.AlreadyGoing):
        events.take_place(event_id, by=one)
    with pytest.raises(events.NotGoing):
        events.give_place_back(event_id, by=member())
    assert (facts("place_taken"), facts("place_cancelled")) == (1, 0)


def test_a_code_checks_in_once_and_only_in_time_and_only_by_staff() -> None:
    event_id, one = an_event(), member()
    place_id = events.take_place(event_id, by=one).id
    with pytest.raises(events.TooEarlyToCheckIn):
        events.check_in(place_id, by=SYSTEM, code=events.code_of(place_id))
    with clock.held_at(clock.now() + timedelta(days=2)):
        code = events.code_of(place_id)
        with pytest.raises(NotAllowed):
            events.check_in(place_id, by=one, code=code)
        with pytest.raises(events.BadTicket):
            events.check_in(place_id, by=SYSTEM, code="x" * 16)
        assert events.check_in(place_id, by=SYSTEM, code=code).state is PlaceState.ATTENDED
        events.check_in(place_id, by=SYSTEM, code=code)
        assert facts("member_attended") == 1


def test_who_waits_cannot_check_in() -> None:
    event_id, people = an_event(1), [member(), member()]
    places = [events.take_place(event_id, by=one).id for one in people]
    with clock.held_at(clock.now() + timedelta(days=2)), pytest.raises(events.BadTicket):
        events.check_in(places[1], by=SYSTEM)


def test_time_reminds_once_and_ends_once() -> None:
    an_event()
    with clock.held_at(clock.now() + timedelta(days=1, minutes=1)):
        assert (events.keep_time(), events.keep_time(), facts("reminder_due")) == (1, 0, 1)
        clock.advance_held(timedelta(days=2))
        assert (events.keep_time(), events.keep_time(), facts("event_ended")) == (1, 0, 1)


def test_events_of_a_community_are_seen_by_who_may_see_it() -> None:
    community, stranger = ids.new_id(), member()
    event_id = an_event(community_id=community)
    assert events.upcoming_events() == []
    assert [one.id for one in events.upcoming_events(communities=[community])] == [event_id]
    with pytest.raises(NotFound):
        events.event_view(event_id, by=stranger)
    assert events.event_view(event_id, by=stranger, communities=[community]).id == event_id


def test_a_draft_is_seen_by_staff_only_and_a_cancelled_event_gives_no_places() -> None:
    now = clock.now()
    form = EventForm(
        "采摘", "", False, "果园", "", now + timedelta(days=1), now + timedelta(days=1, hours=1), 2
    )
    draft = events.create_event(form, by=SYSTEM)
    with pytest.raises(NotFound):
        events.event_view(draft, by=member())
    with pytest.raises(NotFound):
        events.take_place(draft, by=member())
    event_id = an_event()
    events.cancel_event(event_id, by=SYSTEM)
    with pytest.raises(events.EventOver):
        events.take_place(event_id, by=member())
