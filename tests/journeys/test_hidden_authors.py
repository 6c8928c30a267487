"""Who is hidden by moderation is on no page and no route, until it ends: the same addresses before, meanwhile and after."""

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from jishi.flows.community import write_comment
from jishi.kernel import clock
from jishi.kernel.actor import SYSTEM, Actor
from jishi.modules.catalog.public import cards_by_ids
from jishi.modules.community import public as community
from jishi.modules.guard.public import SanctionForm, SanctionKind, end_sanctions, lift_sanction, set_sanction
from jishi.modules.incentives.public import FIRST_RULES, save_rule
from jishi.modules.media.public import media_by_ids, store_picture
from jishi.modules.messaging.models import Notice
from jishi.modules.notes.models import Note
from jishi.modules.notes.public import (
    NewTag,
    NoteDraft,
    approve_note,
    comment,
    follow_author,
    forget_feed,
    publish_note,
    start_note,
)
from jishi.modules.reviews.public import NewReview, show_review, write_review
from tests.journeys.test_reviews import received
from tests.world import makers, talk
from tests.world.jobs import run_jobs
from tests.world.web import API

pytestmark = pytest.mark.django_db(transaction=True)
NAME, WORDS = "不见的人", "不见之人的话"
HIDE = SanctionForm(SanctionKind.HIDE_ALL, reason="刷屏", hours=48)

LISTS = (
    "/",
    "/feed/",
    "/topics/水果/",
    "/board/",
    "/search/?q=不见之人&tab=notes",
    "/search/?q=不见之人&tab=posts",
    "/search/?q=不见&tab=people",
    "/communities/open-place/",
    "/communities/open-place/?sort=hot",
    f"{API}/feed",
    f"{API}/notes?q=不见之人",
    f"{API}/posts/search?q=不见之人",
    f"{API}/people/search?q=不见",
    f"{API}/communities/open-place/posts",
)


@dataclass(frozen=True)
class Said:
    """Everything one author can leave in a shop, and where it is to be seen."""

    author: Actor
    reader: Actor
    place: community.CommunityView
    note: uuid.UUID
    media: uuid.UUID
    post: uuid.UUID
    elsewhere: tuple[str, ...]  # pages of others, on which only their words stand
    own: tuple[str, ...]
    lists: tuple[str, ...]

    @property
    def pages(self) -> tuple[str, ...]:
        return (*self.own, *self.lists, *self.elsewhere)


@pytest.fixture
def said() -> Iterator[Said]:
    for rule in FIRST_RULES:
        save_rule(rule, by=SYSTEM)
    author, reader = makers.make_member(nickname=NAME), makers.make_member(nickname="读的人")
    variant = makers.make_product()
    product = makers.product_of(variant)
    _, order = received(variant, buyer=author)
    show_review(write_review(NewReview(order.id, order.lines[0].id, 5, WORDS), by=author), by=makers.OWNER)
    media = store_picture(makers.picture(size=(60, 40)), by=author).id
    note = _note(author, media, tags=(NewTag(0, 5_000, 5_000, product),))
    other_note = _note(reader, store_picture(makers.picture(size=(50, 40)), by=reader).id, title="别人的笔记")
    comment(other_note, by=author, words=WORDS)
    place = talk.make_community(makers.make_member(), handle="open-place", name="敞开的地方")
    talk.let_in(place, author, reader)
    post = talk.say(author, place, f"{WORDS} #水果")
    question = talk.say(reader, place, "谁知道？", kind="question")
    answer = write_comment(question, text=WORDS, by=author)
    community.accept_answer(answer, by=reader)
    community.bookmark(post, is_kept=True, by=reader)
    follow_author(author.require_member(), by=reader, is_on=True)
    run_jobs()
    handle = cards_by_ids([product])[product].handle
    yield Said(
        author=author,
        reader=reader,
        place=place,
        note=note,
        media=media,
        post=post,
        own=own_pages(author, note=note, post=post),
        lists=LISTS,
        elsewhere=(
            f"/n/{other_note}/",
            f"{API}/notes/{other_note}/comments",
            f"/posts/{question}/",
            f"{API}/posts/{question}/comments",
            f"/p/{handle}/",
            f"/p/{handle}/reviews/",
            f"{API}/products/{product}/reviews",
        ),
    )


def test_an_author_who_is_hidden_is_nowhere_until_it_ends(said: Said) -> None:
    before = seen_by(said.reader, said.pages)
    dull = {f"{API}/notes/{said.note}/comments"}  # a note without comments shows no name
    assert before == set(said.pages) - dull
    sanction = set_sanction(HIDE, by=makers.OWNER, member_id=said.author.require_member())
    run_jobs()
    assert seen_by(said.reader, said.pages) == set()
    assert seen_by(None, said.pages) == set()
    assert seen_by(said.reader, ("/feed/?tab=following", "/me/bookmarks/", "/sitemap.xml")) == set()
    assert not media_by_ids([said.media])[said.media].is_public
    lift_sanction(sanction.id, by=makers.OWNER)
    run_jobs()
    assert seen_by(said.reader, said.pages) == before
    assert seen_by(said.reader, ("/feed/?tab=following", "/me/bookmarks/")) == {
        "/feed/?tab=following",
        "/me/bookmarks/",
    }
    assert media_by_ids([said.media])[said.media].is_public


def test_their_own_pages_answer_as_if_there_were_nothing(said: Said) -> None:
    set_sanction(HIDE, by=makers.OWNER, member_id=said.author.require_member())
    client = logged_in(said.reader)
    answers = {page: client.get(page).status_code for page in said.own}
    empty = f"{API}/authors/{said.author.id}/notes"
    assert answers.pop(empty) == 200 and client.get(empty).json()["items"] == []
    assert set(answers.values()) == {404}


def test_the_author_and_who_moderates_see_it_still(said: Said) -> None:
    set_sanction(HIDE, by=makers.OWNER, member_id=said.author.require_member())
    own = (f"/n/{said.note}/", f"/n/by/{said.author.id}/", f"/posts/{said.post}/", f"/u/{said.author.id}/")
    assert seen_by(said.author, (*own, "/communities/open-place/")) == {*own, "/communities/open-place/"}
    staff = makers.make_member(role="operator")
    assert seen_by(staff, own[:1] + own[2:]) == {*own[:1], *own[2:]}


def test_time_ends_it_without_anybody(said: Said) -> None:
    set_sanction(HIDE, by=makers.OWNER, member_id=said.author.require_member())
    pages = (f"/posts/{said.post}/", "/communities/open-place/")
    assert seen_by(said.reader, pages) == set()
    with clock.held_at(clock.now() + timedelta(hours=49)):
        assert seen_by(said.reader, pages) == set(pages)
        assert end_sanctions() == 1


def test_hidden_in_one_community_is_seen_in_another_and_in_notes(said: Said) -> None:
    other = talk.make_community(makers.make_member(), handle="next-place", name="隔壁")
    talk.let_in(other, said.author)
    there = talk.say(said.author, other, WORDS)
    form = SanctionForm(SanctionKind.HIDE_ALL, hours=None, reason="刷屏", community_id=said.place.id)
    set_sanction(form, by=makers.OWNER, member_id=said.author.require_member())
    run_jobs()
    still = (f"/posts/{there}/", "/communities/next-place/", f"/n/{said.note}/", "/board/")
    gone = (f"/posts/{said.post}/", "/communities/open-place/")
    assert seen_by(said.reader, (*still, *gone)) == set(still)
    assert media_by_ids([said.media])[said.media].is_public


def test_what_they_write_meanwhile_waits_with_them(said: Said) -> None:
    sanction = set_sanction(HIDE, by=makers.OWNER, member_id=said.author.require_member())
    run_jobs()
    Notice.objects.all().delete()
    media = store_picture(makers.picture(size=(70, 40)), by=said.author).id
    note = _note(said.author, media)
    post = talk.say(said.author, said.place, f"@读的人 {WORDS}")
    run_jobs()
    pages = (f"/n/{note}/", f"/posts/{post}/", "/communities/open-place/")
    assert seen_by(said.reader, pages) == set()
    assert not media_by_ids([media])[media].is_public
    assert not Notice.objects.filter(member_id=said.reader.require_member()).exists()
    lift_sanction(sanction.id, by=makers.OWNER)
    run_jobs()
    assert seen_by(said.reader, pages) == set(pages)
    assert media_by_ids([media])[media].is_public


@pytest.mark.parametrize("page", ["/feed/", "/communities/open-place/", "/search/?q=不见之人&tab=posts"])
def test_hiding_costs_no_query(said: Said, page: str) -> None:
    client = logged_in(said.reader)
    client.get(page)
    client.get(page)  # the visit of the day is written once
    counts: list[int] = []
    for _ in range(2):
        forget_feed()
        client.get(page)
        forget_feed()
        counts.append(_queries(client, page))
        for number in range(20):
            set_sanction(
                HIDE, by=makers.OWNER, member_id=makers.make_member(nickname=f"藏{number}").require_member()
            )
    assert counts[0] == counts[1]


def _queries(client: Client, page: str) -> int:
    with CaptureQueriesContext(connection) as found:
        assert client.get(page).status_code == 200
    return len(found)


def own_pages(author: Actor, *, note: uuid.UUID, post: uuid.UUID) -> tuple[str, ...]:
    return (
        f"/n/{note}/",
        f"/n/by/{author.id}/",
        f"/posts/{post}/",
        f"/u/{author.id}/",
        f"{API}/notes/{note}",
        f"{API}/authors/{author.id}",
        f"{API}/authors/{author.id}/notes",
        f"{API}/posts/{post}",
        f"{API}/notes/{note}/comments",
    )


def logged_in(by: Actor | None) -> Client:
    client = Client()
    if by is not None:
        member: Any = get_user_model().objects.get(pk=by.require_member())
        client.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
    return client


def seen_by(by: Actor | None, pages: tuple[str, ...]) -> set[str]:
    """Those of the pages that show the author's words or name (who looks is not one of them on pages about others)."""
    client, found = logged_in(by), set()
    forget_feed()
    for page in pages:
        body = client.get(page).content.decode()
        wanted = [NAME, WORDS, *(json.dumps(one).strip('"') for one in (NAME, WORDS))]
        if any(one in body for one in wanted):
            found.add(page)
    return found


def _note(by: Actor, media: uuid.UUID, *, title: str = WORDS, tags: tuple[NewTag, ...] = ()) -> uuid.UUID:
    draft = NoteDraft(title=title, text=title, media_ids=(media,), topics=("水果",), tags=tags)
    note_id = start_note(by=by, draft=draft)
    publish_note(note_id, by=by)
    if not _is_out(note_id):
        approve_note(note_id, by=makers.OWNER)
    return note_id


def _is_out(note_id: uuid.UUID) -> bool:
    return Note.objects.filter(id=note_id, state="published").exists()
