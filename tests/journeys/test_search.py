"""One search over goods, notes, posts and people: what is found, what must not be, page by page, by shop and API."""

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from jishi.flows.community import change_post, write_comment
from jishi.modules.community import public as community
from jishi.modules.community.public import Joining, Openness
from jishi.modules.media.public import store_picture
from jishi.modules.notes.public import NoteDraft, approve_note, publish_note, start_note
from jishi.modules.people.models import Member
from tests.journeys.test_hidden_authors import logged_in
from tests.world import makers, talk
from tests.world.web import API

pytestmark = pytest.mark.django_db
ATTACK = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


def page(text: str, tab: str, client: Client | None = None, **more: str) -> str:
    answer = (client or Client()).get("/search/", {"q": text, "tab": tab, **more})
    assert answer.status_code == 200
    return answer.content.decode()


def found(path: str, client: Client | None = None, **query: str) -> list[dict[str, object]]:
    answer = (client or Client()).get(f"{API}{path}", query)
    assert answer.status_code == 200, answer.content
    items: list[dict[str, object]] = answer.json()["items"]
    return items


@pytest.mark.parametrize("asked", ["脐橙", "navel", "NAVEL"])
def test_posts_are_found_in_chinese_and_latin_letters(asked: str) -> None:
    place = talk.make_community(makers.make_member(), name="水果铺")
    writer = makers.make_member()
    talk.let_in(place, writer)
    post = talk.say(writer, place, "今天的脐橙 Navel 特别甜")
    talk.say(writer, place, "与此无关")
    assert f"/posts/{post}/" in page(asked, "posts") and "与此无关" not in page(asked, "posts")
    assert [one["id"] for one in found("/posts/search", q=asked)] == [str(post)]


def test_a_post_is_found_by_what_it_says_now() -> None:
    writer = makers.make_member()
    place = talk.make_community(writer)
    post = talk.say(writer, place, "旧的说法")
    assert [one["id"] for one in found("/posts/search", q="旧的说法")] == [str(post)]
    change_post(post, title="", text="新的措辞 #挑果", version=1, by=writer)
    assert found("/posts/search", q="旧的说法") == []
    for asked in ("新的措辞", "措辞", "挑果"):
        assert [one["id"] for one in found("/posts/search", q=asked)] == [str(post)], asked


@pytest.mark.parametrize("asked", ["脐橙", "navel", "NAVEL"])
def test_notes_are_found_in_chinese_and_latin_letters(asked: str) -> None:
    author = makers.make_member()
    media = store_picture(makers.picture(size=(60, 40)), by=author).id
    note = start_note(by=author, draft=NoteDraft(title="脐橙 Navel", text="甜", media_ids=(media,)))
    publish_note(note, by=author)
    assert f"/n/{note}/" not in page(asked, "notes")  # it waits for a look
    approve_note(note, by=makers.OWNER)
    assert f"/n/{note}/" in page(asked, "notes")
    assert [one["id"] for one in found("/notes", q=asked)] == [str(note)]


@pytest.mark.parametrize(
    ("asked", "names"),
    [("果农", {"果农老林", "果农Amy"}), ("amy", {"Amy Chen", "AMY"}), ("100%", set()), ("_", set())],
)
def test_people_are_found_by_the_beginning_of_their_name(asked: str, names: set[str]) -> None:
    for name in ("果农老林", "果农Amy", "Amy Chen", "AMY", "老林", "100分"):
        makers.make_member(nickname=name)
    assert {one["nickname"] for one in found("/people/search", q=asked)} == names
    body = page(asked, "people")
    assert all(name in body for name in names) and "老林家" not in body
    assert ("没找到" in body) == (not names)


def test_nothing_but_names_is_said_of_people() -> None:
    member = makers.make_member(nickname="寻找的人")
    row = Member.objects.get(pk=member.require_member())
    row.phone, row.email = "13900001234", "found@example.test"
    row.save()
    body = page("寻找", "people") + str(found("/people/search", q="寻找"))
    assert "寻找的人" in body and "13900001234" not in body and "found@example" not in body
    assert page("13900001234", "people").count("寻找的人") == 0


def test_a_name_that_is_closed_is_not_found() -> None:
    member = makers.make_member(nickname="走了的人")
    assert found("/people/search", q="走了")
    Member.objects.filter(pk=member.require_member()).update(is_active=False)
    assert not found("/people/search", q="走了") and "走了的人" not in page("走了", "people")


@pytest.mark.parametrize("openness", [Openness.MEMBERS, Openness.SECRET])
def test_private_communities_leak_nothing(openness: Openness) -> None:
    keeper, inside = makers.make_member(), makers.make_member()
    way: dict[str, Any] = (
        {"joining": Joining.INVITE}
        if openness is Openness.SECRET
        else {"joining": Joining.REQUEST, "questions": ("谁？",)}
    )
    place = talk.make_community(keeper, handle="closed-place", name="密室", openness=openness, **way)
    talk.let_in(place, inside)
    post = talk.say(keeper, place, "只给里面的人看的脐橙")
    write_comment(post, text="脐橙在里面", by=inside)
    for client in (Client(), logged_in(makers.make_member())):
        body = page("脐橙", "posts", client)
        assert str(post) not in body and "密室" not in body and "closed-place" not in body
        assert found("/posts/search", client, q="脐橙") == []
    assert f"/posts/{post}/" in page("脐橙", "posts", logged_in(inside))
    community.leave_community(place.id, by=inside)
    assert str(post) not in page("脐橙", "posts", logged_in(inside))


def test_pages_follow_one_another_without_a_gap_or_a_repeat() -> None:
    place = talk.make_community(makers.make_member())
    writer = makers.make_member()
    talk.let_in(place, writer)
    posts = {talk.say(writer, place, f"脐橙 {number}") for number in range(7)}
    seen: list[uuid.UUID] = []
    address: str | None = f"{API}/posts/search?q=脐橙&limit=3"
    while address:
        answer = Client().get(address).json()
        seen += [uuid.UUID(one["id"]) for one in answer["items"]]
        address = answer["next"]
    assert len(seen) == 7 and set(seen) == posts
    for number in range(65):
        makers.make_member(nickname=f"同名{number:02d}")
    first = page("同名", "people")
    assert first.count("同名") - first.count("“同名”") >= 30 and "同名64" not in first
    names: list[str] = []
    address = f"{API}/people/search?q=同名&limit=30"
    while address:
        answer = Client().get(address).json()
        names += [one["nickname"] for one in answer["items"]]
        address = answer["next"]
    assert names == [f"同名{number:02d}" for number in range(65)]


@pytest.mark.parametrize("tab", ["posts", "people"])
def test_queries_do_not_grow_with_what_is_found(tab: str) -> None:
    place = talk.make_community(makers.make_member())
    client, counts = logged_in(makers.make_member()), []
    page("橙子", tab, client)  # the visit of the day is written once
    for round_of in (1, 15):
        for _ in range(round_of):
            writer = makers.make_member(nickname=f"橙子{makers.make_member().label}"[:20])
            talk.let_in(place, writer)
            talk.say(writer, place, "橙子甜")
        page("橙子", tab, client)
        with CaptureQueriesContext(connection) as asked:
            page("橙子", tab, client)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 32


@pytest.mark.parametrize("tab", ["", "notes", "posts", "people", "nonsense"])
def test_what_was_asked_is_said_back_as_text(tab: str) -> None:
    body = page(ATTACK, tab)
    assert "<script>alert(1)" not in body and "<img src=x" not in body
    assert "&lt;script&gt;alert(1)" in body


@pytest.mark.parametrize("tab", ["notes", "posts", "people"])
def test_a_bad_cursor_is_refused_and_an_empty_search_shows_goods(tab: str) -> None:
    assert Client().get("/search/", {"q": "橙", "tab": tab, "cursor": "x%"}).status_code == 422
    assert Client().get("/search/", {"q": "  ", "tab": tab}).status_code == 200


def test_following_somebody_found_comes_back_to_the_search() -> None:
    reader, other = makers.make_member(), makers.make_member(nickname="找到的人")
    client = logged_in(reader)
    body = page("找到", "people", client)
    assert f"/u/{other.id}/follow/" in body
    answer = client.post(f"/u/{other.id}/follow/", {"follow": "1", "next": "/search/?q=找到&tab=people"})
    assert answer.status_code == 303 and answer["Location"].startswith("/search/")
    assert "已关注" in page("找到", "people", client)
    assert "这是你" in page(reader.label[:4], "people", client)
