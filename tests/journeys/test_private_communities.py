"""Private communities leak nothing: every address of shop, API and console, asked by everybody who is not inside."""

import uuid
from dataclasses import dataclass

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from jishi.flows.community import write_comment
from jishi.kernel.actor import Actor
from jishi.modules.community import public as community
from jishi.modules.community.public import Joining, Openness
from tests.world.makers import make_member
from tests.world.talk import let_in, make_community, say
from tests.world.web import ask, token_for

pytestmark = pytest.mark.django_db
NAME, WORDS, TOPIC, ANSWER, RULES = "密室甲乙", "绝密的底价二十七块九", "暗号话题", "绝密的回答", "绝密的群规"
AUTHOR, PROMISE = "密室里的人", "密室的承诺"


@dataclass(frozen=True)
class Room:
    place: community.CommunityView
    author: Actor
    post: uuid.UUID
    comment: uuid.UUID
    option: uuid.UUID
    poll: uuid.UUID
    task: uuid.UUID
    waiting: uuid.UUID


def build(openness: Openness) -> Room:
    author = make_member(nickname=AUTHOR)
    more = (
        {"joining": Joining.INVITE}
        if openness is Openness.SECRET
        else {"joining": Joining.REQUEST, "questions": ("谁请你来的？",)}
    )
    place = make_community(
        author, handle="hidden-room", name=NAME, openness=openness, house_rules=RULES, **more
    )
    helper = make_member()
    let_in(place, helper)
    post = say(author, place, f"{WORDS} #{TOPIC}", kind="question", title="绝密的标题")
    poll = say(author, place, WORDS, kind="poll")
    found = community.post_view(poll, by=author).poll
    assert found is not None
    return Room(
        place=place,
        author=author,
        post=post,
        comment=write_comment(post, text=ANSWER, by=helper),
        option=found.options[0].id,
        poll=poll,
        task=community.open_task(place.id, title="绝密打卡", by=author),
        waiting=uuid.uuid4(),
    )


def pages(room: Room) -> list[str]:
    base, post = "/communities/hidden-room", f"/posts/{room.post}"
    return [
        "/communities/",
        "/communities/?q=" + NAME,
        "/communities/?q=密室",
        f"{base}/",
        f"{base}/?sort=hot",
        f"{base}/?topic={TOPIC}",
        f"{base}/newer/?since=2020-01-01T00:00:00%2B00:00",
        f"{base}/about/",
        f"{base}/trust/",
        f"{base}/shelf/",
        f"{base}/requests/",
        f"{base}/queue/",
        f"{base}/queue/{room.waiting}/",
        f"{base}/cover/{room.waiting}/0",
        f"{base}/write/",
        f"{post}/",
        f"{post}/pictures/{room.waiting}/0",
        f"{post}/history/",
        f"{post}/edit/",
        f"/posts/{room.poll}/",
        f"/comments/{room.comment}/edit/",
        f"/u/{room.author.id}/",
        "/search/?q=" + WORDS,
        "/me/bookmarks/",
        "/sitemap.xml",
        "/",
    ]


def writes(room: Room) -> list[tuple[str, dict[str, str]]]:
    base, post = "/communities/hidden-room", f"/posts/{room.post}"
    return [
        (f"{base}/leave/", {}),
        (f"{base}/write/", {"text": "闯入", "kind": "talk"}),
        (f"{base}/tasks/{room.task}/", {}),
        (f"{base}/queue/{room.waiting}/step/", {"verb": "keep", "version": "1"}),
        (f"{base}/requests/", {"request": str(room.waiting), "verb": "accept"}),
        (f"{post}/comments/", {"text": "闯入"}),
        (f"{post}/react/", {"emoji": "👍"}),
        (f"{post}/keep/", {"keep": "1"}),
        (f"{post}/edit/", {"text": "闯入", "version": "1"}),
        (f"{post}/remove/", {}),
        (f"{post}/moderate/", {"verb": "hide"}),
        (f"/posts/{room.poll}/vote/", {"option": str(room.option)}),
        (f"/comments/{room.comment}/", {"verb": "like"}),
        (f"/comments/{room.comment}/", {"verb": "accept"}),
        (f"/comments/{room.comment}/edit/", {"text": "闯入"}),
    ]


def api_reads(room: Room) -> list[str]:
    return [
        "/communities",
        f"/communities?q={NAME}",
        "/communities/hidden-room",
        "/communities/hidden-room/posts",
        "/communities/hidden-room/queue",
        f"/communities/hidden-room/queue/{room.waiting}",
        f"/posts/{room.post}/pictures/{room.waiting}",
        "/communities/hidden-room/trust",
        "/communities/hidden-room/report",
        f"/posts/{room.post}",
        f"/posts/{room.post}/comments",
        f"/posts/search?q={WORDS}",
        "/me/communities",
    ]


def api_writes(room: Room) -> list[tuple[str, str, object]]:
    return [
        ("POST", "/communities/hidden-room/posts", {"text": "闯入"}),
        ("POST", "/communities/hidden-room/leave", None),
        ("PATCH", f"/posts/{room.post}", {"text": "闯入", "version": 1}),
        ("DELETE", f"/posts/{room.post}", None),
        ("POST", f"/posts/{room.post}/state", {"state": "hidden"}),
        ("POST", f"/posts/{room.post}/comments", {"text": "闯入"}),
        ("POST", f"/comments/{room.comment}/accept", None),
        ("PUT", f"/posts/{room.post}/reaction", {"emoji": "👍"}),
        ("PUT", f"/posts/{room.post}/bookmark", {"is_on": True}),
        ("POST", f"/posts/{room.poll}/votes", {"option_id": str(room.option)}),
    ]


def client_of(person: Actor | None) -> Client:
    client = Client()
    if person is not None:
        member = get_user_model().objects.get(pk=person.id)
        client.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
    return client


def outsiders(room: Room) -> list[Actor | None]:
    """Nobody, a stranger, who has left, and who was sent out."""
    gone, banned = make_member(), make_member()
    let_in(room.place, gone, banned)
    community.leave_community(room.place.id, by=gone)
    community.remove_member(room.place.id, banned.require_member(), by=room.author, reason="广告")
    return [None, make_member(), gone, banned]


@pytest.mark.parametrize("openness", [Openness.MEMBERS, Openness.SECRET])
def test_nothing_of_what_is_said_inside_is_on_any_page(openness: Openness) -> None:
    room = build(openness)
    kept = [WORDS, "绝密", "hidden-room/tasks"]
    kept += [NAME, PROMISE, "hidden-room"] if openness is Openness.SECRET else []
    for person in outsiders(room):
        client, told = client_of(person), person and person.label
        for path in pages(room):
            response = client.get(path)
            body = response.content.decode()
            asked = WORDS in path or NAME in path or "topic=" in path  # one's own question is said back
            found = [word for word in kept if word in body and not (asked and word in (WORDS, NAME, "绝密"))]
            assert found == [], (told, path, response.status_code)
            if "/posts/" in path or "/comments/" in path:
                assert response.status_code in (302, 303, 404), (told, path)
            if openness is Openness.SECRET and path.startswith("/communities/hidden-room"):
                assert response.status_code in (302, 303, 404), (told, path)
            assert AUTHOR not in body or path.startswith("/u/"), (told, path)


@pytest.mark.parametrize("openness", [Openness.MEMBERS, Openness.SECRET])
def test_nothing_inside_can_be_touched_from_outside(openness: Openness) -> None:
    room = build(openness)
    before = community.post_view(room.post, by=room.author), community.post_view(room.poll, by=room.author)
    for person in outsiders(room):
        client = client_of(person)
        for path, body in writes(room):
            response = client.post(path, body)
            assert response.status_code in (302, 303, 403, 404), (person and person.label, path)
            assert "绝密" not in response.content.decode()

    after = community.post_view(room.post, by=room.author), community.post_view(room.poll, by=room.author)
    assert after == before
    assert len(community.stream(room.place.id, by=room.author)) == 2
    assert community.tasks_of(room.place.id, member_id=None)[0].done_count == 0


@pytest.mark.parametrize("openness", [Openness.MEMBERS, Openness.SECRET])
def test_the_api_tells_and_takes_nothing_either(openness: Openness) -> None:
    room = build(openness)
    for person in outsiders(room):
        token = token_for(person) if person else ""
        for path in api_reads(room):
            response = ask("GET", path, token=token)
            body = response.content.decode().encode().decode("unicode_escape", "ignore")
            assert not [word for word in ("绝密", AUTHOR) if word in response.json().__repr__()], path
            if openness is Openness.SECRET:
                assert NAME not in response.json().__repr__(), (path, body[:80])
            if path == "/communities/hidden-room" and openness is Openness.MEMBERS:
                door = response.json()
                assert (door["member_count"], door["channels"], door["shelf"]) == (None, [], [])
                assert door["house_rules"] == ""
        for method, path, body_sent in api_writes(room):
            response = ask(method, path, body_sent, token=token)
            assert response.status_code in (401, 403, 404), (person and person.label, method, path)
    assert community.post_view(room.post, by=room.author).version == 1


def test_what_is_inside_unfurls_for_nobody_and_public_talk_does() -> None:
    room = build(Openness.MEMBERS)
    inside = client_of(room.author).get(f"/posts/{room.post}/").content.decode()
    assert WORDS in inside
    assert "og:title" not in inside
    assert "og:title" not in client_of(room.author).get("/communities/hidden-room/").content.decode()
    open_place = make_community(room.author)
    public = Client().get(f"/posts/{say(room.author, open_place, '大家好')}/").content.decode()
    assert '<meta property="og:title" content="大家好">' in public


def test_hidden_posts_are_not_found_by_their_address_even_by_their_author() -> None:
    author, owner = make_member(), make_member()
    place = make_community(owner)
    let_in(place, author)
    post_id = say(author, place, "藏起来")
    community.hide_post(post_id, by=owner)

    for person in (None, author, make_member()):
        for path in (f"/posts/{post_id}/", f"/posts/{post_id}/history/"):
            assert client_of(person).get(path).status_code == 404
        token = token_for(person) if person else ""
        assert ask("GET", f"/posts/{post_id}", token=token).status_code == 404
        assert "藏起来" not in client_of(person).get(f"/communities/{place.handle}/").content.decode()
        assert "藏起来" not in client_of(person).get(f"/u/{author.id}/").content.decode()
    assert client_of(owner).get(f"/posts/{post_id}/").status_code == 200
