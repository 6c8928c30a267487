"""Incentives over HTTP: staff write the rules, members see what counts, thanks reach whoever wrote."""

import uuid
from typing import Any

import pytest

from jishi.flows.community import write_comment
from jishi.kernel import ids
from jishi.kernel.actor import Actor
from jishi.modules.incentives.models import Thanks
from jishi.modules.incentives.public import THANKS_PER_DAY
from jishi.modules.loyalty.public import BadgeTerms, DeedKind, save_badge
from tests.world import makers, talk
from tests.world.jobs import run_jobs
from tests.world.web import ask, token_for

pytestmark = pytest.mark.django_db(transaction=True)
POST = "community.post_published.v1"
RULE = {"label": "发帖", "points": 5, "value": 4, "daily_cap": 2}


def call(actor: Actor | None, method: str, path: str, body: Any = None) -> Any:
    return ask(method, path, token=token_for(actor) if actor else "", body=body)


def test_a_rule_a_post_the_board_and_ones_own_standing() -> None:
    staff, author = makers.make_member(role="operator"), makers.make_member(nickname="发帖的人")
    saved = call(staff, "PUT", f"/staff/incentives/rules/{POST}", RULE)
    assert saved.status_code == 200 and saved.json()["points"] == 5
    save_badge(BadgeTerms("helper", "热心邻居", "一次", DeedKind.CONTRIBUTED, 1), by=makers.OWNER)
    place = talk.make_community(author)
    for _ in range(3):
        talk.say(author, place)
    run_jobs()
    mine = call(author, "GET", "/me/contributions").json()
    assert (mine["place"], mine["contributions"], mine["thanks_left"]) == (1, 2, THANKS_PER_DAY)
    assert mine["today"] == [{"fact_name": POST, **RULE, "counted": 2}]
    board = call(None, "GET", "/board").json()
    assert [(row["place"], row["member"]["nickname"], row["contributions"]) for row in board] == [
        (1, "发帖的人", 2)
    ]
    assert 790 <= board[0]["score"] <= 800 and board[0]["score"] == mine["score"]
    assert call(author, "GET", "/me/points").json()["spendable"] == 10
    badges = {one["code"]: one for one in call(author, "GET", "/me/badges").json()}
    assert badges["helper"]["won_at"] is not None
    listed = call(staff, "GET", "/staff/incentives/rules").json()
    assert [(row["fact_name"], row["value"], row["is_on"]) for row in listed] == [(POST, 4, True)]


@pytest.mark.parametrize(
    ("fact", "change"),
    [
        ("orders.order_paid.v1", {}),
        (POST, {"daily_cap": 0}),
        (POST, {"points": 10_001}),
        (POST, {"batch_id": str(uuid.uuid4())}),
        (POST, {"label": ""}),
    ],
)
def test_a_wrong_rule_is_refused_and_nothing_is_saved(fact: str, change: dict[str, Any]) -> None:
    staff = makers.make_member(role="operator")
    answer = call(staff, "PUT", f"/staff/incentives/rules/{fact}", {**RULE, **change})
    assert answer.status_code == 422, answer.content
    assert call(staff, "GET", "/staff/incentives/rules").json() == []


def test_thanks_reach_the_author_once_and_count() -> None:
    staff = makers.make_member(role="operator")
    fact = "incentives.thanks_given.v1"
    call(staff, "PUT", f"/staff/incentives/rules/{fact}", RULE | {"label": "被感谢", "points": 2})
    author, reader = makers.make_member(), makers.make_member()
    place = talk.make_community(author)
    talk.let_in(place, reader)
    post = talk.say(author, place)
    said = write_comment(post, text="谢谢", by=reader)
    thanks = {"kind": "post", "subject_id": str(post)}
    assert call(reader, "POST", "/thanks", thanks).status_code == 201
    again = call(reader, "POST", "/thanks", thanks)
    assert (again.status_code, again.json()["code"]) == (409, "thanked_already")
    own = call(reader, "POST", "/thanks", {"kind": "comment", "subject_id": str(said)})
    assert (own.status_code, own.json()["code"]) == (422, "thanks_to_oneself")
    run_jobs()
    assert call(author, "GET", "/me/points").json()["spendable"] == 2
    assert call(reader, "GET", "/me/contributions").json()["thanks_left"] == THANKS_PER_DAY - 1


def test_nobody_thanks_for_what_is_not_there_or_not_for_them() -> None:
    keeper, stranger = makers.make_member(), makers.make_member()
    secret = talk.make_community(keeper, is_secret=True)
    post = talk.say(keeper, secret)
    for body in (
        {"kind": "post", "subject_id": str(post)},
        {"kind": "post", "subject_id": str(ids.new_id())},
        {"kind": "order", "subject_id": str(post)},
        {"kind": "profile", "subject_id": str(keeper.id)},
    ):
        assert call(stranger, "POST", "/thanks", body).status_code == 404
    assert not Thanks.objects.exists()


def test_after_as_many_thanks_as_a_day_has_it_is_enough() -> None:
    author, reader = makers.make_member(), makers.make_member()
    place = talk.make_community(author)
    talk.let_in(place, reader)
    posts = [talk.say(author, place, f"第 {number} 条") for number in range(THANKS_PER_DAY + 1)]
    answers = [
        call(reader, "POST", "/thanks", {"kind": "post", "subject_id": str(post)}).status_code
        for post in posts
    ]
    assert answers == [201] * THANKS_PER_DAY + [429]
