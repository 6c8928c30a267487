"""Two at the same moment: votes, accepted answers, the last place, an invite's last use, a moderator's decision."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection

from jishi.flows.community import write_comment
from jishi.kernel import clock
from jishi.modules.community import public as community
from jishi.modules.community.public import Joining
from tests.world.makers import make_member
from tests.world.races import at_once
from tests.world.talk import let_in, make_community, say

pytestmark = pytest.mark.django_db(transaction=True)


def count(statement: str, *values: object) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values))
        return int(cursor.fetchone()[0])


def test_two_votes_of_one_member_count_once() -> None:
    owner, voter = make_member(), make_member()
    place = make_community(owner)
    let_in(place, voter)
    post_id = say(owner, place, kind="poll")
    poll = community.post_view(post_id, by=voter).poll
    assert poll is not None
    first, second = (one.id for one in poll.options)

    answers = at_once(
        lambda: community.cast_vote(post_id, first, by=voter),
        lambda: community.cast_vote(post_id, second, by=voter),
    )

    assert sorted(type(one).__name__ for one in answers) == ["AlreadyVoted", "NoneType"]
    assert count("SELECT count(*) FROM community_vote WHERE member_id = %s", voter.id) == 1


def test_without_the_unique_key_both_votes_would_count() -> None:
    """The control: the same race where the key is missing."""
    owner, voter = make_member(), make_member()
    place = make_community(owner)
    let_in(place, voter)
    post_id = say(owner, place, kind="poll")
    poll = community.post_view(post_id, by=voter).poll
    assert poll is not None
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE community_vote DROP CONSTRAINT community_vote_once")
    try:
        at_once(*[lambda one=one: community.cast_vote(post_id, one.id, by=voter) for one in poll.options])
        assert count("SELECT count(*) FROM community_vote WHERE member_id = %s", voter.id) == 2
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM community_vote")
            cursor.execute(
                "ALTER TABLE community_vote ADD CONSTRAINT community_vote_once UNIQUE (poll_id, member_id)"
            )


def test_only_one_of_two_answers_is_accepted() -> None:
    asker, helper, other = make_member(), make_member(), make_member()
    place = make_community(asker)
    let_in(place, helper, other)
    post_id = say(asker, place, kind="question")
    comments = [write_comment(post_id, text="答", by=one) for one in (helper, other)]

    answers = at_once(
        lambda: community.accept_answer(comments[0], by=asker),
        lambda: community.accept_answer(comments[1], by=asker),
    )

    assert sorted(type(one).__name__ for one in answers) == ["AnswerAlreadyAccepted", "NoneType"]
    told = "SELECT count(*) FROM platform_fact WHERE name = 'community.answer_accepted.v1'"
    assert count(told) == 1


def test_the_last_place_goes_to_one_and_nobody_is_counted_twice() -> None:
    owner = make_member()
    place = make_community(owner, member_limit=3)
    crowd = [make_member() for _ in range(5)]

    answers = at_once(*[lambda one=one: community.join_community(place.id, by=one) for one in crowd])

    assert [type(one).__name__ for one in answers].count("CommunityFull") == 3
    assert community.community_view(place.id).member_count == 3
    assert count("SELECT count(*) FROM community_membership WHERE community_id = %s", place.id) == 3


def test_one_member_who_joins_twice_at_once_is_there_once() -> None:
    place, keen = make_community(make_member()), make_member()

    at_once(*[lambda: community.join_community(place.id, by=keen) for _ in range(3)])

    assert community.community_view(place.id).member_count == 2


def test_an_invite_is_not_used_more_often_than_it_may() -> None:
    owner = make_member()
    place = make_community(owner, joining=Joining.INVITE)
    code = community.make_invite(
        place.id, by=owner, uses_max=2, expires_at=clock.now() + timedelta(days=1)
    ).code
    crowd = [make_member() for _ in range(4)]

    answers = at_once(
        *[lambda one=one: community.join_community(place.id, by=one, code=code) for one in crowd]
    )

    assert [type(one).__name__ for one in answers].count("InviteSpent") == 2
    assert community.community_view(place.id).member_count == 3


def test_two_moderators_never_both_decide_a_request() -> None:
    owner = make_member()
    place = make_community(owner, joining=Joining.REQUEST, questions=("为什么来？",))
    request = community.ask_to_join(place.id, ["想学"], by=make_member())

    answers = at_once(
        lambda: community.decide_request(request.id, is_accepted=True, by=owner),
        lambda: community.decide_request(request.id, is_accepted=False, by=owner),
    )

    assert [type(one).__name__ for one in answers].count("RequestDecided") == 1


def test_taps_on_one_emoji_leave_one_reaction_and_a_true_count() -> None:
    author = make_member()
    place = make_community(author)
    fans = [make_member() for _ in range(4)]
    let_in(place, *fans)
    post_id: uuid.UUID = say(author, place)

    at_once(*[lambda one=one: community.react(post_id, emoji="👍", by=one) for one in fans])

    assert community.post_view(post_id, by=author).reaction_count == 4
    assert community.post_view(post_id, by=author).reactions == (("👍", 4),)
