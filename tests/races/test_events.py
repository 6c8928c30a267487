"""The last place, and places given back at the same moment, over real connections."""

import threading
import uuid
from datetime import timedelta

import pytest

from jishi.kernel import clock
from jishi.kernel.actor import SYSTEM, Actor
from jishi.modules.events import public as events
from jishi.modules.events.models import Event, Place
from jishi.modules.events.operations import places
from jishi.modules.events.public import EventForm, PlaceState
from tests.world import makers
from tests.world.races import at_once, crashes, refusals

pytestmark = pytest.mark.django_db(transaction=True)


def an_event(capacity: int) -> uuid.UUID:
    now = clock.now()
    form = EventForm(
        "采摘", "", False, "果园", "", now + timedelta(days=2), now + timedelta(days=2, hours=3), capacity
    )
    event_id = events.create_event(form, by=SYSTEM)
    events.publish_event(event_id, by=SYSTEM)
    return event_id


def a_full_one() -> tuple[uuid.UUID, list[Actor]]:
    """Two go, two wait."""
    event_id, people = an_event(2), [makers.make_member() for _ in range(4)]
    for one in people:
        events.take_place(event_id, by=one)
    return event_id, people


def states(event_id: uuid.UUID, people: list[Actor]) -> list[PlaceState | None]:
    found = [events.my_place(event_id, by=one) for one in people]
    return [place.state if place else None for place in found]


def test_without_the_lock_somebody_waits_beside_a_free_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: refused before the place is free, waiting after nobody was seen to wait."""
    event_id, (first, late) = an_event(1), [makers.make_member() for _ in range(2)]
    events.take_place(event_id, by=first)
    is_refused, is_given_back = threading.Event(), threading.Event()
    claim, release = places._claim, places.rush.release_claim
    tries: list[object] = []

    def claim_slowly(event: Event, member_id: uuid.UUID) -> uuid.UUID | None:
        tries.append(claim(event, member_id))
        if len(tries) == 2:
            is_refused.set()
            is_given_back.wait(5)
        return tries[-1]  # type: ignore[return-value]

    def release_late(claim_id: uuid.UUID) -> bool:
        is_refused.wait(5)
        return release(claim_id)

    def give_back() -> None:
        events.give_place_back(event_id, by=first)
        is_given_back.set()

    monkeypatch.setattr(places, "lock_event", lambda key: Event.objects.get(id=key))
    monkeypatch.setattr(places, "_claim", claim_slowly)
    monkeypatch.setattr(places.rush, "release_claim", release_late)

    answers = at_once(lambda: events.take_place(event_id, by=late), give_back)

    assert refusals(answers) == [] and crashes(answers) == []
    view = events.event_view(event_id, by=SYSTEM)
    assert (view.left, view.waiting) == (1, 1)


def test_two_places_given_back_at_once_go_to_the_two_who_wait() -> None:
    event_id, people = a_full_one()

    answers = at_once(*[lambda p=p: events.give_place_back(event_id, by=p) for p in people[:2]])

    assert refusals(answers) == [] and crashes(answers) == []
    assert states(event_id, people) == [None, None, PlaceState.GOING, PlaceState.GOING]


def test_nobody_is_left_waiting_beside_a_free_place() -> None:
    event_id, people = an_event(1), [makers.make_member() for _ in range(6)]
    events.take_place(event_id, by=people[0])

    answers = at_once(
        lambda: events.give_place_back(event_id, by=people[0]),
        *[lambda p=p: events.take_place(event_id, by=p) for p in people[1:]],
    )

    assert refusals(answers) == [] and crashes(answers) == []
    view = events.event_view(event_id, by=SYSTEM)
    assert (view.going, view.waiting) == (1, 4)


def test_ten_want_three_places_and_seven_wait() -> None:
    event_id, people = an_event(3), [makers.make_member() for _ in range(10)]

    answers = at_once(*[lambda p=p: events.take_place(event_id, by=p) for p in people])

    assert refusals(answers) == [] and crashes(answers) == []
    view = events.event_view(event_id, by=SYSTEM)
    assert (view.going, view.waiting) == (3, 7)


def test_twenty_want_the_last_place_and_one_goes() -> None:
    event_id, people = an_event(1), [makers.make_member() for _ in range(20)]

    answers = at_once(*[lambda p=p: events.take_place(event_id, by=p) for p in people])

    assert refusals(answers) == [] and crashes(answers) == []
    view = events.event_view(event_id, by=SYSTEM)
    assert (view.going, view.waiting) == (1, 19)
    found = [place.position for p in people if (place := events.my_place(event_id, by=p)) and place.position]
    assert sorted(found) == list(range(1, 20)), "everybody who waits knows their turn"


def test_one_member_taps_six_times_and_goes_once() -> None:
    event_id, one = an_event(3), makers.make_member()

    answers = at_once(*[lambda: events.take_place(event_id, by=one) for _ in range(6)])

    assert refusals(answers) == ["already_going"] * 5 and crashes(answers) == []
    assert Place.objects.count() == 1
