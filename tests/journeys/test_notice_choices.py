"""Members choose which notices they may do without; the digest of the week is one of them."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from jishi.flows.community_notices import send_digests
from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.kernel.errors import NotFound
from jishi.modules.messaging.public import choose_notice, notice_choices, notices_of, notify
from tests.world import makers, talk
from tests.world.web import ask, token_for

pytestmark = pytest.mark.django_db


def digests_of(actor: Actor) -> int:
    return sum(one.kind == "community_digest" for one in notices_of(by=actor))


def client_of(actor: Actor) -> Client:
    browser = Client()
    browser.force_login(get_user_model().objects.get(id=actor.require_member()))
    return browser


def test_who_does_not_want_the_digest_gets_none_and_may_want_it_again() -> None:
    owner, keen, tired = makers.make_member(), makers.make_member(), makers.make_member()
    place = talk.make_community(owner)
    talk.let_in(place, keen, tired)
    choose_notice("community_digest", is_on=False, by=tired)
    choose_notice("community_digest", is_on=False, by=tired)
    now = clock.now()
    with clock.held_at(now + timedelta(days=7, hours=1)):
        talk.say(owner, place, "这周的橙子")
        assert send_digests() == 2  # the owner and who wants it
    assert (digests_of(keen), digests_of(tired)) == (1, 0)
    choose_notice("community_digest", is_on=True, by=tired)
    with clock.held_at(now + timedelta(days=15)):
        talk.say(owner, place, "下周的柚子")
        send_digests()
    assert (digests_of(keen), digests_of(tired)) == (2, 1)


def test_notices_about_ones_own_things_cannot_be_switched_off() -> None:
    member = makers.make_member()
    with pytest.raises(NotFound):
        choose_notice("order_paid", is_on=False, by=member)
    facts = {"number": "1", "total": "9"}
    assert notify(member_id=member.require_member(), kind="order_paid", key="x", facts=facts)
    assert "order_paid" not in {one.kind for one in notice_choices(by=member)}


def test_one_tap_below_the_notice_and_the_settings_page() -> None:
    member = makers.make_member()
    facts = {"community": "水果群", "lines": "「橙子」"}
    notify(member_id=member.require_member(), kind="community_digest", key="d", facts=facts)
    browser, tap = client_of(member), "/me/notices/community_digest/silence/"
    assert tap in browser.get("/me/notices/").content.decode()
    browser.post(tap)
    assert not notify(member_id=member.require_member(), kind="community_digest", key="e", facts=facts)
    page = browser.get("/me/notices/settings/").content.decode()
    assert 'value="community_digest"' in page and 'value="community_digest" checked' not in page
    browser.post("/me/notices/settings/", {"kind": ["community_digest"]})
    chosen = {one.kind: one.is_on for one in notice_choices(by=member)}
    assert chosen.pop("community_digest") and not any(chosen.values())


def test_the_api_says_and_sets_the_same() -> None:
    member = makers.make_member()
    token = token_for(member)
    answer = ask("PUT", "/me/notices/choices/community_digest", {"is_on": False}, token=token)
    assert answer.status_code == 204
    listed = {one["kind"]: one["is_on"] for one in ask("GET", "/me/notices/choices", token=token).json()}
    assert listed["community_digest"] is False and listed["event_soon"] is True
    assert ask("PUT", "/me/notices/choices/order_paid", {"is_on": False}, token=token).status_code == 404
