"""Events through pages and notices: the ticket, the staff phone, who is told, the coupon afterwards."""

import re
import uuid
from datetime import timedelta

import pytest

from jishi.kernel import clock
from jishi.kernel.actor import SYSTEM
from jishi.modules.events import public as events
from jishi.modules.events.public import EventForm, PlaceState
from jishi.modules.messaging.public import notices_of
from tests.flows.test_moderation import EVIL, logged_in
from tests.world import makers
from tests.world.jobs import run_jobs

pytestmark = pytest.mark.django_db(transaction=True)


def an_event(capacity: int = 2, *, hours: int = 48, title: str = "采摘", link: str = "") -> uuid.UUID:
    starts_at = clock.now() + timedelta(hours=hours)
    form = EventForm(
        title, title, bool(link), "果园", link, starts_at, starts_at + timedelta(hours=3), capacity
    )
    event_id = events.create_event(form, by=SYSTEM)
    events.publish_event(event_id, by=SYSTEM)
    return event_id


def test_a_member_goes_shows_the_code_and_staff_checks_in_by_one_tap() -> None:
    event_id, member = an_event(hours=1), makers.make_member()
    client = logged_in(member)
    assert client.post(f"/events/{event_id}/take/").status_code == 303
    assert "<svg" in client.get(f"/events/{event_id}/ticket/").content.decode()
    assert client.get(f"/events/{event_id}/ticket.png").content.startswith(b"\x89PNG")
    place = events.my_place(event_id, by=member)
    assert place is not None
    address = f"/events/check/{place.id}/{events.code_of(place.id)}/"
    staff = logged_in(makers.make_member(role="operator"))
    assert staff.get(address).status_code == 200
    assert events.place_by_id(place.id).state is PlaceState.GOING, "looking is not checking in"
    assert client.post(address).status_code == 403
    assert staff.post(address).status_code == 200
    assert events.place_by_id(place.id).state is PlaceState.ATTENDED
    assert "已签到" in client.get(f"/events/{event_id}/ticket/").content.decode()


def test_a_wrong_code_is_refused_on_the_staff_phone() -> None:
    event_id, member = an_event(hours=1), makers.make_member()
    place = events.take_place(event_id, by=member)
    staff = logged_in(makers.make_member(role="operator"))
    assert staff.post(f"/events/check/{place.id}/{'a' * 16}/").status_code == 422
    assert events.place_by_id(place.id).state is PlaceState.GOING


def test_nobody_sees_the_way_in_or_a_ticket_who_does_not_go() -> None:
    event_id = an_event(1, link="https://room.example/secret")
    going, waiting = makers.make_member(), makers.make_member()
    for one in (going, waiting):
        events.take_place(event_id, by=one)
    assert "room.example" in logged_in(going).get(f"/events/{event_id}/").content.decode()
    other = logged_in(waiting)
    assert "room.example" not in other.get(f"/events/{event_id}/").content.decode()
    assert other.get(f"/events/{event_id}/ticket/").status_code == 404


def test_who_waited_is_told_and_everybody_is_reminded_and_told_when_it_is_called_off() -> None:
    event_id, (first, late) = an_event(1), [makers.make_member() for _ in range(2)]
    for one in (first, late):
        events.take_place(event_id, by=one)
    events.give_place_back(event_id, by=first)
    run_jobs()
    assert [one.kind for one in notices_of(by=late)] == ["event_place_given"]
    with clock.held_at(clock.now() + timedelta(hours=25)):
        events.keep_time()
        events.cancel_event(event_id, by=SYSTEM)
        run_jobs()
    assert sorted(one.kind for one in notices_of(by=late)) == [
        "event_cancelled",
        "event_place_given",
        "event_soon",
    ]
    assert notices_of(by=first) == []


def test_evil_words_of_an_event_are_shown_as_text_and_the_console_answers() -> None:
    event_id = an_event(title=EVIL[:80])
    events.take_place(event_id, by=makers.make_member())
    staff = logged_in(makers.make_member(role="operator"))
    addresses = ("/events/", f"/events/{event_id}/", "/console/events/", f"/console/events/{event_id}/")
    for address in (*addresses, f"/console/events/{event_id}/edit/", "/console/events/new/"):
        response = staff.get(address)
        assert response.status_code == 200, address
        assert not re.search(r"<script>alert|<img src=x", response.content.decode()), address
