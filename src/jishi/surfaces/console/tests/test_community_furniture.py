"""Furnishing a community in the console: covers, the order of channels, the shelf; and what search engines are told."""

import io
import itertools

import pytest
from django.contrib.auth import get_user_model
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from jishi.kernel.actor import SYSTEM, Actor
from jishi.modules.community.public import (
    CommunityView,
    Joining,
    Openness,
    Ref,
    RefKind,
    Writers,
    channels_of,
    community_view,
    save_channel,
    shelf_of,
)
from jishi.modules.media.public import media_by_ids
from tests.world import makers, talk

pytestmark = pytest.mark.django_db
_hues = itertools.count(1)


def drawing() -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (640, 240), (next(_hues) * 41 % 256, 120, 60)).save(out, "PNG")
    return SimpleUploadedFile("cover.png", out.getvalue())


def client_of(actor: Actor | None) -> Client:
    browser = Client()
    if actor is not None:
        browser.force_login(get_user_model().objects.get(id=actor.require_member()))
    return browser


def base(place: CommunityView) -> str:
    return f"/console/communities/{place.id}"


def test_channels_are_put_in_order_and_changed() -> None:
    staff = makers.make_member(role="operator")
    place = talk.make_community(makers.make_member())
    for name in ("晒单", "问答"):
        save_channel(place.id, name=name, writers=Writers.EVERYONE, by=SYSTEM)
    found = channels_of(place.id)
    browser = client_of(staff)
    browser.post(f"{base(place)}/step/", {"verb": "channel_up", "channel": str(found[2].id)})
    assert [one.name for one in channels_of(place.id)] == ["闲聊", "问答", "晒单"]
    browser.post(f"{base(place)}/step/", {"verb": "channel_down", "channel": str(found[0].id)})
    assert [one.name for one in channels_of(place.id)] == ["问答", "闲聊", "晒单"]
    changed = {"verb": "channel", "channel": str(found[0].id), "name": "茶余", "writers": "active"}
    browser.post(f"{base(place)}/step/", changed)
    assert channels_of(place.id)[1].name == "茶余"
    other = talk.make_community(makers.make_member())
    browser.post(f"{base(other)}/step/", {"verb": "channel_up", "channel": str(found[1].id)})
    assert [one.name for one in channels_of(place.id)] == ["问答", "茶余", "晒单"]


def test_the_shelf_is_picked_and_put_in_order() -> None:
    staff = makers.make_member(role="operator")
    place = talk.make_community(makers.make_member())
    goods = [makers.product_of(makers.make_product()) for _ in range(3)]
    browser, address = client_of(staff), f"{base(place)}/shelf/"
    page = browser.get(address).content.decode()
    assert all(f"product:{one}" in page for one in goods)
    for one in goods:
        browser.post(address, {"verb": "add", "ref": f"product:{one}"})
    browser.post(address, {"verb": "up", "ref": f"product:{goods[2]}"})
    browser.post(address, {"verb": "remove", "ref": f"product:{goods[0]}"})
    browser.post(address, {"verb": "down", "ref": f"product:{goods[1]}"})
    assert shelf_of(place.id) == [Ref(RefKind.PRODUCT, goods[2]), Ref(RefKind.PRODUCT, goods[1])]
    for unknown in (f"product:{place.id}", "x:y", ""):
        assert browser.post(address, {"verb": "add", "ref": unknown}).status_code == 302
        assert len(shelf_of(place.id)) == 2


def test_a_cover_is_public_unless_the_community_is_secret() -> None:
    staff, owner, stranger = makers.make_member(role="operator"), makers.make_member(), makers.make_member()
    public = talk.make_community(owner)
    secret = talk.make_community(owner, openness=Openness.SECRET, joining=Joining.INVITE)
    browser = client_of(staff)
    for place, is_public in ((public, True), (secret, False)):
        browser.post(f"{base(place)}/cover/", {"cover": drawing()})
        cover_id = community_view(place.id).cover_id
        assert cover_id is not None
        media = media_by_ids([cover_id])[cover_id]
        assert media.is_public is is_public
        assert default_storage.exists(media.renditions[0].path) is is_public
        page = client_of(owner).get(f"/communities/{place.handle}/").content.decode()
        file = f"/communities/{place.handle}/cover/{cover_id}/0"
        assert (media.renditions[0].path in page) is is_public
        assert (file in page) is not is_public
        assert client_of(owner).get(file).status_code == 200
        assert client_of(stranger).get(file).status_code == (200 if is_public else 404)
    browser.post(f"{base(public)}/cover/", {"remove": "1"})
    assert community_view(public.id).cover_id is None
    kept = browser.post(f"{base(public)}/cover/", {"cover": SimpleUploadedFile("x.png", b"<svg/>")})
    assert kept.status_code == 302 and community_view(public.id).cover_id is None


def test_the_sitemap_names_public_communities_alone() -> None:
    owner = makers.make_member()
    talk.make_community(owner, handle="open-garden")
    talk.make_community(owner, handle="walled-garden", openness=Openness.MEMBERS)
    talk.make_community(owner, handle="hidden-garden", is_secret=True)
    told = Client().get("/sitemap.xml").content.decode()
    assert "/communities/open-garden/" in told
    assert "walled-garden" not in told and "hidden-garden" not in told
