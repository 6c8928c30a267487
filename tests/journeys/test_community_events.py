"""Events of communities are seen by who may read there; pictures come afterwards, from who was there."""

import io
import itertools
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from jishi.flows.community import change_place
from jishi.flows.community_pictures import keep_pictures
from jishi.flows.event_photos import add_event_photos, settle_photos_of_community, take_photo_back
from jishi.flows.meetings import event_for, events_for, go_to, own_events, stay_away
from jishi.flows.moderation import decide, report_subject
from jishi.kernel import clock
from jishi.kernel.actor import SYSTEM, Actor
from jishi.kernel.errors import NotFound
from jishi.modules.community.public import CommunityView, Joining, Openness, remove_member
from jishi.modules.events.public import (
    EventForm,
    NotGoing,
    NotThere,
    PhotoState,
    PhotoView,
    TooEarlyForPhotos,
    TooManyPhotos,
    check_in,
    create_event,
    keep_time,
    photos_of,
    publish_event,
)
from jishi.modules.guard.public import (
    Decision,
    LexiconKind,
    ReportReason,
    SanctionForm,
    SanctionKind,
    Severity,
    WordForm,
    create_lexicon,
    item_of,
    save_word,
    set_sanction,
)
from jishi.modules.media.public import clean_orphans, media_by_ids
from tests.world import makers, talk
from tests.world.web import API, ask, token_for

pytestmark = pytest.mark.django_db
TITLE = "暗室采摘"
_hues = itertools.count(1)


def drawing() -> bytes:
    """Another one every time: equal pictures share their files."""
    out = io.BytesIO()
    Image.new("RGB", (420, 300), (next(_hues) * 29 % 256, next(_hues) * 17 % 256, 150)).save(out, "PNG")
    return out.getvalue()


def an_event(place: CommunityView | None = None, *, is_online: bool = False) -> uuid.UUID:
    starts = clock.now() + timedelta(days=2)
    form = EventForm(
        title=TITLE,
        text="带篮子",
        is_online=is_online,
        place="" if is_online else "果园",
        join_link="https://room.example/1" if is_online else "",
        starts_at=starts,
        ends_at=starts + timedelta(hours=3),
        capacity=5,
        community_id=place.id if place else None,
    )
    event_id = create_event(form, by=SYSTEM)
    publish_event(event_id, by=SYSTEM)
    return event_id


def hold(event_id: uuid.UUID, *, came: tuple[Actor, ...] = (), went: tuple[Actor, ...] = ()) -> None:
    """People take places, some are checked in, it is over."""
    places = {one: go_to(event_id, by=one) for one in (*came, *went)}
    with clock.held_at(clock.now() + timedelta(days=2, minutes=5)):
        for one in came:
            check_in(places[one].id, by=SYSTEM)
    with clock.held_at(clock.now() + timedelta(days=3)):
        keep_time()


def client_of(actor: Actor | None) -> Client:
    browser = Client()
    if actor is not None:
        browser.force_login(get_user_model().objects.get(id=actor.require_member()))
    return browser


def add(event_id: uuid.UUID, by: Actor, *, caption: str = "", count: int = 1) -> list[PhotoView]:
    kept = keep_pictures([drawing() for _ in range(count)], by=by)
    return add_event_photos(event_id, kept, by=by, caption=caption)


def files_of(photo: PhotoView) -> list[str]:
    return [one.path for one in media_by_ids([photo.media_id])[photo.media_id].renditions]


def reached(photo: PhotoView, actor: Actor | None) -> int:
    address = f"/events/{photo.event_id}/photos/{photo.id}/file/{photo.media_id}/0"
    return client_of(actor).get(address).status_code


@pytest.mark.parametrize("openness", [Openness.MEMBERS, Openness.SECRET])
def test_events_of_a_private_community_leak_nothing(openness: Openness) -> None:
    owner, inside, outside = makers.make_member(), makers.make_member(), makers.make_member()
    place = talk.make_community(owner, openness=openness, joining=Joining.INVITE, name="暗室")
    talk.let_in(place, inside)
    event_id = an_event(place)
    base = f"/communities/{place.handle}/"
    assert TITLE in client_of(inside).get(base).content.decode()
    for path in ("/events/", f"/events/{event_id}/"):
        assert TITLE in client_of(inside).get(path).content.decode()
    page = client_of(inside).get(f"/events/{event_id}/").content.decode()
    assert f'href="{base}"' in page
    for one in (None, outside):
        for path in ("/events/", f"/events/{event_id}/", f"/events/{event_id}/ticket/", base, "/sitemap.xml"):
            assert TITLE not in client_of(one).get(path).content.decode(), path
        assert client_of(one).get(f"/events/{event_id}/").status_code == 404
        token = token_for(one) if one else ""
        assert ask("GET", f"/events/{event_id}", token=token).status_code == 404
        assert ask("GET", f"/events/{event_id}/photos", token=token).status_code == 404
        assert TITLE not in ask("GET", "/events", token=token).content.decode()
    token = token_for(outside)
    for method, path in (("GET", "place"), ("POST", "place"), ("DELETE", "place")):
        answer = ask(method, f"/events/{event_id}/{path}", {} if method == "POST" else None, token=token)
        assert answer.status_code in (404, 200)
        assert TITLE not in answer.content.decode()
    with pytest.raises(NotFound):
        go_to(event_id, by=outside)
    with pytest.raises(NotFound):
        stay_away(event_id, by=outside)


def test_who_was_removed_no_longer_sees_what_they_had_a_place_in_but_may_give_it_back() -> None:
    owner, inside = makers.make_member(), makers.make_member()
    place = talk.make_community(owner, is_secret=True)
    talk.let_in(place, inside)
    event_id = an_event(place)
    go_to(event_id, by=inside)
    assert list(own_events(by=inside)) == [event_id]
    remove_member(place.id, inside.require_member(), by=owner, reason="离开")
    assert own_events(by=inside) == {}
    assert TITLE not in client_of(inside).get("/events/").content.decode()
    stay_away(event_id, by=inside)


def test_a_public_communitys_events_stand_on_its_page_for_everybody() -> None:
    owner, outside = makers.make_member(), makers.make_member()
    place = talk.make_community(owner)
    event_id = an_event(place)
    page = client_of(None).get(f"/communities/{place.handle}/").content.decode()
    assert TITLE in page and f"/events/{event_id}/" in page and "/events/" in page
    assert event_for(event_id, by=outside).id == event_id
    assert [one.id for one in events_for(by=owner)] == [event_id]
    assert events_for(by=outside) == []
    with pytest.raises(NotGoing):
        stay_away(event_id, by=outside)


def test_photos_come_afterwards_from_who_was_there_and_from_hosts() -> None:
    owner, came, went, other = (makers.make_member() for _ in range(4))
    place = talk.make_community(owner)
    event_id = an_event(place)
    with pytest.raises(TooEarlyForPhotos):
        add(event_id, owner)
    hold(event_id, came=(came,), went=(went,))
    with clock.held_at(clock.now() + timedelta(days=3)):
        for one in (went, other):
            with pytest.raises(NotThere):
                add(event_id, one)
        assert len(add(event_id, came, caption="很甜")) == 1
        add(event_id, owner)  # of the community's moderators
        add(event_id, makers.make_member(role="operator"))
    photos = photos_of(event_id, by=other)
    assert [one.state for one in photos] == [PhotoState.SHOWN] * 3
    assert all(default_storage.exists(path) for one in photos for path in files_of(one))
    assert f"/photos/{photos[0].id}/" in client_of(None).get(f"/events/{event_id}/").content.decode()


def test_online_who_had_a_place_was_there() -> None:
    came = makers.make_member()
    event_id = an_event(is_online=True)
    hold(event_id, went=(came,))
    with clock.held_at(clock.now() + timedelta(days=3)):
        assert len(add(event_id, came)) == 1


def test_nobody_adds_more_than_nine_and_a_refusal_keeps_nothing() -> None:
    came = makers.make_member()
    event_id = an_event()
    hold(event_id, came=(came,))
    with clock.held_at(clock.now() + timedelta(days=3)):
        first = add(event_id, came, count=8)
        with pytest.raises(TooManyPhotos):
            add(event_id, came, count=2)
        assert len(photos_of(event_id, by=came)) == 8
        take_photo_back(first[0].id, by=came)
        assert len(add(event_id, came, count=2)) == 2


def test_photos_are_reported_hidden_and_shown_again_like_other_content() -> None:
    came, reader = makers.make_member(), makers.make_member()
    event_id = an_event()
    hold(event_id, came=(came,))
    with clock.held_at(clock.now() + timedelta(days=3)):
        (photo,) = add(event_id, came)
        report_subject("event_photo", photo.id, by=reader, reason=ReportReason.PRIVACY)
        item = item_of("event_photo", photo.id)
        assert item is not None
        decide(item.id, by=makers.OWNER, version=item.version, decision=Decision.HIDE, reason="拍到别人")
        assert photos_of(event_id, by=reader) == []
        assert not any(default_storage.exists(path) for path in files_of(photo))
        assert [reached(photo, one) for one in (None, reader, came)] == [404, 404, 404]
        again = item_of("event_photo", photo.id)
        assert again is not None
        report = client_of(reader).get(f"/report/event_photo/{photo.id}/")
        assert report.status_code == 404


def test_photos_of_who_is_hidden_are_seen_by_nobody_else() -> None:
    came, reader = makers.make_member(), makers.make_member()
    event_id = an_event()
    hold(event_id, came=(came,))
    with clock.held_at(clock.now() + timedelta(days=3)):
        (photo,) = add(event_id, came)
        address = f"/events/{event_id}/photos/{photo.id}/"
        assert client_of(reader).get(address).status_code == 200
        form = SanctionForm(SanctionKind.HIDE_ALL, 24, "刷屏")
        set_sanction(form, by=makers.OWNER, member_id=came.require_member())
        assert photos_of(event_id, by=reader) == []
        assert [client_of(one).get(address).status_code for one in (None, reader, came)] == [404, 404, 200]


def test_doubtful_words_let_a_photo_wait() -> None:
    lexicon = create_lexicon(by=makers.OWNER, name="自测", kind=LexiconKind.WATCHED)
    save_word(WordForm("刷单", severity=Severity.REVIEW), by=makers.OWNER, lexicon_id=lexicon)
    came, reader = makers.make_member(), makers.make_member()
    event_id = an_event()
    hold(event_id, came=(came,))
    with clock.held_at(clock.now() + timedelta(days=3)):
        (photo,) = add(event_id, came, caption="刷单加我")
        assert photo.state is PhotoState.WAITING
        assert [reached(photo, one) for one in (None, reader, came)] == [404, 404, 200]
        assert photos_of(event_id, by=reader) == []
        item = item_of("event_photo", photo.id)
        assert item is not None
        decide(item.id, by=makers.OWNER, version=item.version, decision=Decision.KEEP)
        assert [one.id for one in photos_of(event_id, by=reader)] == [photo.id]
        assert all(default_storage.exists(path) for path in files_of(photo))


def test_photos_of_a_private_communitys_event_are_read_inside_only() -> None:
    owner, came, stranger = makers.make_member(), makers.make_member(), makers.make_member()
    place = talk.make_community(owner, is_secret=True)
    talk.let_in(place, came)
    event_id = an_event(place)
    hold(event_id, came=(came,))
    with clock.held_at(clock.now() + timedelta(days=3)):
        (photo,) = add(event_id, came)
    assert not any(default_storage.exists(path) for path in files_of(photo))
    assert [reached(photo, one) for one in (None, stranger, owner)] == [404, 404, 200]
    assert client_of(stranger).get(f"/events/{event_id}/photos/{photo.id}/").status_code == 404
    picture = f"/events/{event_id}/photos/{photo.id}/picture"
    assert ask("GET", picture, token=token_for(stranger)).status_code == 404
    assert ask("GET", picture, token=token_for(owner)).status_code == 200
    opened = replace(place.form, openness=Openness.PUBLIC, joining=Joining.OPEN)
    change_place(place.id, opened, by=makers.OWNER)
    settle_photos_of_community(place.id)
    assert all(default_storage.exists(path) for path in files_of(photo))


def test_a_photo_taken_back_is_cleaned_up() -> None:
    came, other = makers.make_member(), makers.make_member()
    event_id = an_event()
    hold(event_id, came=(came,))
    with clock.held_at(clock.now() + timedelta(days=3)):
        (photo,) = add(event_id, came)
        kept = files_of(photo)
        with pytest.raises(NotFound):
            take_photo_back(photo.id, by=other)
        take_photo_back(photo.id, by=came)
    assert not any(default_storage.exists(path) for path in kept)
    with clock.held_at(clock.now() + timedelta(days=5)):
        clean_orphans()
    assert media_by_ids([photo.media_id]) == {}


def test_the_page_and_the_api_add_photos() -> None:
    came = makers.make_member()
    event_id = an_event()
    hold(event_id, came=(came,))
    with clock.held_at(clock.now() + timedelta(days=3)):
        browser, base = client_of(came), f"/events/{event_id}/"
        assert 'name="photos"' in browser.get(base).content.decode()
        browser.post(
            f"{base}photos/", {"photos": [SimpleUploadedFile("a.png", drawing())], "caption": "晒太阳"}
        )
        (photo,) = photos_of(event_id, by=came)
        page = browser.get(f"{base}photos/{photo.id}/").content.decode()
        assert "晒太阳" in page
        refused = browser.post(f"{base}photos/", {"photos": [SimpleUploadedFile("a.png", b"<svg/>")]})
        assert refused.status_code in (302, 303)
        token = token_for(came)
        sent = Client().post(
            f"{API}/me/media",
            {"file": SimpleUploadedFile("x.png", drawing())},
            headers={"Authorization": f"Bearer {token}"},
        )
        body = {"media_ids": [sent.json()["id"]], "caption": "接口"}
        made = ask("POST", f"/events/{event_id}/photos", body, token=token)
        assert made.status_code == 201, made.content
        assert made.json()[0]["picture"].startswith("/media/m/")
        listed = ask("GET", f"/events/{event_id}/photos").json()
        assert {one["caption"] for one in listed} == {"晒太阳", "接口"}
        gone = ask("DELETE", f"/events/{event_id}/photos/{made.json()[0]['id']}", token=token)
        assert gone.status_code == 204
    assert len(photos_of(event_id, by=came)) == 1
