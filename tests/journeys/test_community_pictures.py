"""Pictures of posts: private until everybody may read the post, unreachable for strangers, in use once, cleaned up."""

import io
import itertools
import re
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from jishi.flows.community import change_place, delete_post, write_post
from jishi.flows.community_moderation import let_show, take_down
from jishi.flows.community_pictures import keep_pictures, settle_page
from jishi.kernel import clock
from jishi.kernel.actor import SYSTEM, Actor
from jishi.kernel.errors import NotFound
from jishi.modules.community.public import CommunityView, Joining, Openness, PostForm, PostKind, post_view
from jishi.modules.guard.public import LexiconKind, Severity, WordForm, create_lexicon, save_word
from jishi.modules.media.public import MediaInUse, MediaView, clean_orphans, media_by_ids
from tests.world import makers, talk
from tests.world.web import API, ask, token_for

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folders")]


_hues = itertools.count(1)


def drawing() -> bytes:
    """Another one every time: equal pictures share their files."""
    out = io.BytesIO()
    Image.new("RGB", (480, 360), (next(_hues) * 37 % 256, next(_hues) * 11 % 256, 90)).save(out, "PNG")
    return out.getvalue()


def post_with_picture(author: Actor, place: CommunityView, *, text: str = "看图") -> uuid.UUID:
    kept = keep_pictures([drawing()], by=author)
    form = PostForm(community_id=place.id, kind=PostKind.TALK, text=text, media_ids=kept)
    return write_post(form, by=author)


def media_of(post_id: uuid.UUID) -> MediaView:
    media_id = post_view(post_id, by=SYSTEM).media_ids[0]
    return media_by_ids([media_id])[media_id]


def client_of(actor: Actor | None) -> Client:
    browser = Client()
    if actor is not None:
        browser.force_login(get_user_model().objects.get(id=actor.require_member()))
    return browser


def reached(post_id: uuid.UUID, actor: Actor | None) -> int:
    found = media_of(post_id)
    return client_of(actor).get(f"/posts/{post_id}/pictures/{found.id}/0").status_code


def is_public(post_id: uuid.UUID) -> bool:
    found = media_of(post_id)
    there = [default_storage.exists(one.path) for one in found.renditions]
    assert set(there) == {found.is_public}
    return found.is_public


def test_a_picture_in_a_public_community_is_public_while_its_post_is_shown() -> None:
    owner, author, other = makers.make_member(), makers.make_member(), makers.make_member()
    place = talk.make_community(owner)
    talk.let_in(place, author, other)
    post_id = post_with_picture(author, place)
    assert is_public(post_id)
    page = client_of(None).get(f"/posts/{post_id}/").content.decode()
    assert re.search(r'src="/media/m/[^"]+\.webp"', page)
    take_down("post", post_id, by=owner, reason="不合适")
    assert not is_public(post_id)
    assert [reached(post_id, one) for one in (None, other, owner)] == [404, 404, 200]
    let_show("post", post_id, by=owner)
    assert is_public(post_id)


def test_a_post_that_waits_shows_its_picture_to_nobody_else() -> None:
    lexicon = create_lexicon(by=makers.OWNER, name="自测", kind=LexiconKind.WATCHED)
    save_word(WordForm("刷单", severity=Severity.REVIEW), by=makers.OWNER, lexicon_id=lexicon)
    owner, author, other = makers.make_member(), makers.make_member(), makers.make_member()
    place = talk.make_community(owner)
    talk.let_in(place, author, other)
    post_id = post_with_picture(author, place, text="刷单加我")
    assert not is_public(post_id)
    assert [reached(post_id, one) for one in (None, other, author)] == [404, 404, 200]
    let_show("post", post_id, by=owner)
    assert is_public(post_id)


@pytest.mark.parametrize("openness", [Openness.MEMBERS, Openness.SECRET])
def test_strangers_never_reach_the_pictures_of_a_private_community(openness: Openness) -> None:
    owner, author, stranger = makers.make_member(), makers.make_member(), makers.make_member()
    place = talk.make_community(owner, openness=openness, joining=Joining.INVITE)
    talk.let_in(place, author)
    post_id = post_with_picture(author, place)
    found = media_of(post_id)
    assert not is_public(post_id)
    assert [reached(post_id, one) for one in (None, stranger, owner, author)] == [404, 404, 200, 200]
    for one in (None, stranger):
        assert client_of(one).get(f"/me/media/{found.id}/0").status_code in (302, 303, 401, 404)
        assert client_of(one).get(f"/media/{found.renditions[0].path}").status_code == 404
        token = token_for(one) if one else ""
        assert ask("GET", f"/posts/{post_id}/pictures/{found.id}", token=token).status_code == 404
    inside = ask("GET", f"/posts/{post_id}/pictures/{found.id}", token=token_for(owner))
    assert (inside.status_code, inside["Content-Type"]) == (200, "image/webp")
    assert "no-store" in inside["Cache-Control"]
    page = client_of(owner).get(f"/posts/{post_id}/").content.decode()
    assert f"/posts/{post_id}/pictures/{found.id}/" in page and "/media/m/" not in page


def test_a_picture_of_one_post_is_not_read_through_another() -> None:
    owner, stranger = makers.make_member(), makers.make_member()
    secret = talk.make_community(owner, is_secret=True)
    hidden = media_of(post_with_picture(owner, secret))
    public = talk.make_community(owner)
    post_id = post_with_picture(owner, public)
    answer = client_of(stranger).get(f"/posts/{post_id}/pictures/{hidden.id}/0")
    assert answer.status_code == 404


def test_closing_the_door_takes_the_pictures_back() -> None:
    owner = makers.make_member()
    place = talk.make_community(owner)
    posts = [post_with_picture(owner, place) for _ in range(2)]
    change_place(
        place.id, replace(place.form, openness=Openness.SECRET, joining=Joining.INVITE), by=makers.OWNER
    )
    assert settle_page(place.id, after=None) is None
    assert not any(is_public(one) for one in posts)
    change_place(place.id, place.form, by=makers.OWNER)
    settle_page(place.id, after=None)
    assert all(is_public(one) for one in posts)


def test_a_picture_belongs_to_one_post_and_to_its_sender() -> None:
    owner, thief = makers.make_member(), makers.make_member()
    place = talk.make_community(owner)
    talk.let_in(place, thief)
    kept = keep_pictures([drawing()], by=owner)
    form = PostForm(community_id=place.id, text="一", media_ids=kept)
    with pytest.raises(NotFound):
        write_post(form, by=thief)
    first = write_post(form, by=owner, post_id=uuid.uuid4())
    assert write_post(form, by=owner, post_id=first) == first
    with pytest.raises(MediaInUse):
        write_post(form, by=owner)


def test_a_removed_post_leaves_nothing_behind() -> None:
    owner = makers.make_member()
    place = talk.make_community(owner)
    post_id = post_with_picture(owner, place)
    found = media_of(post_id)
    delete_post(post_id, by=owner)
    assert not default_storage.exists(found.renditions[0].path)
    with clock.held_at(clock.now() + timedelta(hours=25)):
        clean_orphans()
    assert media_by_ids([found.id]) == {}


def test_the_api_writes_posts_with_pictures() -> None:
    owner = makers.make_member()
    place, token = talk.make_community(owner), token_for(owner)
    sent = Client().post(
        f"{API}/me/media",
        {"file": SimpleUploadedFile("x.jpg", drawing())},
        headers={"Authorization": f"Bearer {token}"},
    )
    body = {"text": "接口发图", "media_ids": [sent.json()["id"]]}
    made = ask("POST", f"/communities/{place.handle}/posts", body, token=token)
    assert made.status_code == 201, made.content
    (address,) = made.json()["pictures"]
    assert address.startswith("/media/m/")
    again = ask("POST", f"/communities/{place.handle}/posts", body, token=token)
    assert (again.status_code, again.json()["code"]) == (409, "media_in_use")
