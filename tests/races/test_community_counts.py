"""Counters of a community while it talks: what is said, hidden, voted and kept at the same moment is counted as it stands."""

import threading
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, transaction

from jishi.flows.community import write_comment
from jishi.kernel import clock
from jishi.kernel.actor import Actor
from jishi.modules.community import public as community
from jishi.modules.community.models import Bookmark, Comment, Community, Post, Vote
from jishi.modules.community.operations import counts, moderation
from tests.world.makers import OWNER, make_member
from tests.world.races import at_once, crashes, refusals
from tests.world.talk import let_in, make_community, make_members, say

pytestmark = pytest.mark.django_db(transaction=True)


def held_open(act: Callable[[], object], *, done: threading.Event, go_on: threading.Event) -> None:
    """The act in a transaction that stays open until somebody waits for one of its locks."""
    with transaction.atomic():
        act()
        done.set()
        go_on.wait(8)


def after(done: threading.Event, act: Callable[[], object]) -> None:
    done.wait(8)
    act()


def somebody_waits(go_on: threading.Event) -> None:
    """Says so once a session of this database waits for another's lock."""
    try:
        for _ in range(800):
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                    " AND cardinality(pg_blocking_pids(pid)) > 0"
                )
                if cursor.fetchone()[0]:
                    return
            threading.Event().wait(0.01)
    finally:
        go_on.set()


def hidden_while_another_is_said() -> tuple[int, int]:
    """(counted, there) after a comment was hidden by somebody who had to wait for the next one."""
    author = make_member()
    place = make_community(author)
    fan, other = make_members(place, 2)
    post_id = say(author, place)
    bad = write_comment(post_id, text="不好", by=fan)
    done, go_on = threading.Event(), threading.Event()

    answers = at_once(
        lambda: held_open(lambda: write_comment(post_id, text="好", by=other), done=done, go_on=go_on),
        lambda: after(done, lambda: community.hide_comment(bad, by=OWNER)),
        lambda: after(done, lambda: somebody_waits(go_on)),
    )

    assert crashes(answers) == [] and refusals(answers) == []
    return Post.objects.get(id=post_id).comment_count, shown_comments(post_id)


def hidden_while_another_is_posted() -> tuple[int, int]:
    author = make_member()
    place = make_community(author)
    bad = say(author, place, "不好")
    done, go_on = threading.Event(), threading.Event()

    answers = at_once(
        lambda: held_open(lambda: say(author, place, "好"), done=done, go_on=go_on),
        lambda: after(done, lambda: community.hide_post(bad, by=OWNER)),
        lambda: after(done, lambda: somebody_waits(go_on)),
    )

    assert crashes(answers) == [] and refusals(answers) == []
    shown = Post.objects.filter(community_id=place.id, state="shown").count()
    return Community.objects.get(id=place.id).post_count, shown


def shown_comments(post_id: uuid.UUID) -> int:
    return Comment.objects.filter(post_id=post_id, state="shown").count()


def test_a_comment_said_while_another_is_hidden_is_counted() -> None:
    assert hidden_while_another_is_said() == (1, 1)


def test_a_post_written_while_another_is_hidden_is_counted() -> None:
    assert hidden_while_another_is_posted() == (1, 1)


def test_counted_in_one_statement_it_would_be_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the count waits for the row, and then writes what it saw before it waited."""

    def count_at_once(statement: str) -> Callable[[uuid.UUID], None]:
        def recount(key: uuid.UUID) -> None:
            with connection.cursor() as cursor:
                cursor.execute(statement, {"post": key} if "%(post)s" in statement else [key])

        return recount

    monkeypatch.setattr(moderation, "recount_comments", count_at_once(counts._RECOUNT))
    monkeypatch.setattr(moderation, "recount_posts", count_at_once(counts._COUNT_COMMUNITY))

    assert hidden_while_another_is_said() == (0, 1)
    assert hidden_while_another_is_posted() == (0, 1)


def test_everything_said_and_kept_at_once_is_counted() -> None:
    author = make_member()
    place = make_community(author)
    fans = make_members(place, 4)
    post_id = say(author, place)
    first = [write_comment(post_id, text="甲", by=fan) for fan in fans[:2]]

    answers = at_once(
        *[lambda fan=fan: write_comment(post_id, text="好", by=fan) for fan in fans],
        *[lambda fan=fan: community.bookmark(post_id, is_kept=True, by=fan) for fan in fans],
        *[lambda one=one: community.hide_comment(one, by=OWNER) for one in first],
        lambda: community.remove_comment(first[0], by=fans[0]),
    )

    assert crashes(answers) == []
    post = Post.objects.get(id=post_id)
    assert post.comment_count == shown_comments(post_id) == 4
    assert post.bookmark_count == Bookmark.objects.filter(post_id=post_id).count() == 4


def test_votes_of_the_last_moment_count_and_later_ones_do_not() -> None:
    author = make_member()
    place = make_community(author)
    crowd = make_members(place, 6)
    post_id = say(author, place, kind="poll")
    poll = community.post_view(post_id, by=author).poll
    assert poll is not None
    end, option = poll.closes_at, poll.options[0].id

    def vote(member: Actor, *, early: bool) -> None:
        with clock.held_at(end - timedelta(milliseconds=1) if early else end):
            community.cast_vote(post_id, option, by=member)

    answers = at_once(*[lambda n=n, one=one: vote(one, early=n < 3) for n, one in enumerate(crowd)])

    assert crashes(answers) == [] and refusals(answers) == ["poll_over"] * 3
    assert set(Vote.objects.values_list("member_id", flat=True)) == {one.id for one in crowd[:3]}
    with clock.held_at(end):
        seen = community.post_view(post_id, by=author).poll
    assert seen is not None and (seen.total, seen.options[0].votes) == (3, 3)


def test_members_let_in_meanwhile_are_counted() -> None:
    place, crowd = make_community(make_member()), [make_member() for _ in range(3)]

    answers = at_once(*[lambda one=one: let_in(place, one) for one in crowd])

    assert crashes(answers) == [] and community.community_view(place.id).member_count == 4
