"""What moderation hides is gone from every page and every route; the same addresses show it before."""

import json

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from jishi.kernel.actor import Actor
from jishi.modules.community import public as community
from jishi.modules.media.public import store_picture
from jishi.modules.notes.public import (
    NoteDraft,
    approve_note,
    comment,
    forget_feed,
    hide_note,
    publish_note,
    start_note,
)
from tests.world import makers, talk
from tests.world.web import API

pytestmark = pytest.mark.django_db
WORDS = "不该再被看见的话"


def seen_on(pages: list[str], *, by: Actor | None = None) -> set[str]:
    """Those of the pages that show the words, for a visitor or a member."""
    client = Client()
    if by is not None:
        member = get_user_model().objects.get(pk=by.id)
        client.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
    forget_feed()
    bodies = {page: client.get(page).content.decode() for page in pages}
    return {page for page, body in bodies.items() if WORDS in body or json.dumps(WORDS).strip('"') in body}


def test_a_hidden_note_is_nowhere() -> None:
    author, reader = makers.make_member(), makers.make_member()
    picture = store_picture(makers.picture(size=(60, 40)), by=author)
    draft = NoteDraft(title=WORDS, text=f"{WORDS} 甜", media_ids=(picture.id,), topics=("水果",))
    note_id = start_note(by=author, draft=draft)
    publish_note(note_id, by=author)
    approve_note(note_id, by=makers.OWNER)
    said = comment(note_id, by=reader, words=WORDS)
    pages = [
        "/",
        "/feed/",
        "/topics/水果/",
        "/search/?q=不该再被看见&kind=notes",
        f"/n/{note_id}/",
        f"/n/{note_id}/why/",
        f"/n/by/{author.id}/",
        "/sitemap.xml",
        f"{API}/feed",
        f"{API}/notes?q=不该再被看见",
        f"{API}/notes/{note_id}",
        f"{API}/notes/{note_id}/comments",
        f"{API}/authors/{author.id}/notes",
    ]
    before = seen_on(pages)
    assert {f"/n/{note_id}/", f"/n/by/{author.id}/", f"{API}/notes/{note_id}", f"{API}/feed"} <= before, said
    hide_note(note_id, by=makers.OWNER, reason="不合适")
    assert seen_on(pages) == set()
    assert seen_on(pages, by=reader) == set()


def test_a_hidden_post_is_nowhere() -> None:
    keeper, reader = makers.make_member(), makers.make_member()
    place = talk.make_community(keeper, handle="open-place", name="敞开的地方")
    talk.let_in(place, reader)
    post_id = talk.say(reader, place, f"{WORDS} #水果")
    pages = [
        "/communities/open-place/",
        "/communities/open-place/?q=不该再被看见",
        f"/posts/{post_id}/",
        f"/posts/{post_id}/history/",
        f"/u/{reader.id}/",
        "/sitemap.xml",
        f"{API}/communities/open-place/posts",
        f"{API}/posts/search?q=不该再被看见",
        f"{API}/posts/{post_id}",
    ]
    before = seen_on(pages)
    assert {"/communities/open-place/", f"/posts/{post_id}/", f"{API}/posts/{post_id}"} <= before
    community.hide_post(post_id, by=makers.OWNER, reason="不合适", for_good=True)
    assert seen_on(pages) == set()
    other = makers.make_member()
    talk.let_in(place, other)
    assert seen_on(pages, by=other) == set()
