"""Follows, consent, the feed, tests of two titles, search and the plan, on a real database."""

import uuid
from datetime import timedelta
from typing import Any

import pytest

from jishi.kernel import clock
from jishi.kernel.errors import InvalidInput
from jishi.modules.notes import errors
from jishi.modules.notes.models import Affinity, Author, Note
from jishi.modules.notes.operations import taste
from jishi.modules.notes.public import (
    Consent,
    NoteFilter,
    ReactionKind,
    Weights,
    arm_of,
    arm_results,
    assign_note,
    author_view,
    cards_of_notes,
    comment,
    discover,
    explain,
    find_notes,
    follow_author,
    forget_feed,
    near,
    note_look,
    notes_between,
    own_notes,
    place_note,
    publish_note,
    react,
    search_notes,
    set_consent,
    set_sales,
    set_weights,
    start_note,
    topics_table,
    weights_now,
)
from jishi.modules.notes.queries import feed
from jishi.modules.notes.tests.making import draft, published
from tests.world.makers import OWNER, make_member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folders")]


def test_follows_count_both_ways_and_not_oneself() -> None:
    author, reader = make_member(), make_member()
    member = author.require_member()
    assert follow_author(member, by=reader) == 1 and follow_author(member, by=reader) == 1
    assert author_view(member, by=reader).is_followed_by_me
    assert author_view(reader.require_member(), by=reader).following == 1
    assert follow_author(member, by=reader, is_on=False) == 0
    assert follow_author(member, by=reader, is_on=False) == 0
    with pytest.raises(errors.OwnFollow):
        follow_author(member, by=author)
    assert set(Author.objects.values_list("followers", "following")) == {(0, 0)}


def test_nothing_is_kept_of_a_reader_without_consent_and_nothing_after() -> None:
    _author, note_id = published(topics=("茶",))
    reader = make_member()
    react(note_id, by=reader, kind=ReactionKind.LIKE)
    assert not Affinity.objects.exists()
    set_consent(Consent(is_personal=True, is_near=False, province="上海市", city="上海市"), by=reader)
    react(note_id, by=reader, kind=ReactionKind.SAVE)
    comment(note_id, by=reader, words="好茶")
    points = {row.topic or "author": row.points for row in Affinity.objects.all()}
    assert points["author"] == 4 and points["茶"] == 4
    found = explain(note_id, by=reader)
    assert found is not None and found.reason == "author" and found.factors.affinity > 0.6
    set_consent(Consent(), by=reader)
    assert not Affinity.objects.exists()
    silent = explain(note_id, by=reader)
    assert silent is not None and silent.factors.affinity == 1 and silent.factors.near == 1
    assert taste.FeedConsent.objects.get().city == ""


def test_near_needs_consent_and_shows_the_place_first() -> None:
    author, here = published()
    _, far = published()
    place_note(here, by=author, province="上海市", city="上海市")
    Note.objects.filter(id=far).update(province="广东省", city="广州市")
    reader = make_member()
    assert near(by=reader) == []
    set_consent(Consent(is_near=True, province="上海市", city="上海市"), by=reader)
    assert [one.candidate.id for one in near(by=reader)] == [here]


def test_the_feed_asks_as_much_for_one_note_as_for_forty(django_assert_num_queries: Any) -> None:
    reader = make_member()
    set_consent(Consent(is_personal=True), by=reader)

    def asked() -> None:
        forget_feed()
        with django_assert_num_queries(6):
            found = discover(by=reader, limit=20)
            cards_of_notes(one.candidate.id for one in found)

    author, _ = published()
    follow_author(author.require_member(), by=reader)
    asked()
    for _ in range(39):
        published(author)
    asked()
    assert len(discover(by=reader, limit=20)) == 20


def test_a_list_stands_while_one_scrolls_and_falls_with_the_consent() -> None:
    reader, (author, first) = make_member(), published()
    set_consent(Consent(is_personal=True), by=reader)
    follow_author(author.require_member(), by=reader)
    forget_feed()
    assert [one.reason for one in discover(by=reader)] == ["followed"]
    _, later = published(author)
    assert [one.candidate.id for one in discover(by=reader)] == [first]
    set_consent(Consent(), by=reader)
    assert {one.reason for one in discover(by=reader)} <= {"fresh", "saved"}
    assert reader.id not in feed._rankings
    set_consent(Consent(is_personal=True, is_near=True, city="上海市", province="上海市"), by=reader)
    assert {one.candidate.id for one in discover(by=reader)} == {first, later}


def test_lists_of_readers_are_kept_in_a_bounded_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "RANKINGS_MAX", 3)
    published()
    for _ in range(6):
        reader = make_member()
        set_consent(Consent(is_personal=True), by=reader)
        assert discover(by=reader)
    assert len(feed._rankings) == 3


def test_weights_are_bounded_and_the_newest_count() -> None:
    set_weights(Weights(freshness=0, diversity=200), by=OWNER)
    forget_feed()
    assert weights_now() == Weights(freshness=0, diversity=200)
    for wrong in (Weights(quality=201), Weights(quality=-1)):
        with pytest.raises(InvalidInput):
            set_weights(wrong, by=OWNER)
    forget_feed()
    assert weights_now() == Weights(freshness=0, diversity=200)


def test_arms_are_counted_once_a_person() -> None:
    _author, note_id = published(alt_title="第二个标题")
    people = [uuid.uuid4() for _ in range(40)]
    for _ in range(2):
        for one in people:
            taste.note_exposures([(note_id, arm_of(note_id, one))], viewer_id=one)
    for one in people[:10]:
        note_look(note_id, viewer_id=one)
    found = arm_results([note_id])[note_id]
    assert sum(found.exposures) == 40 and sum(found.clicks) == 10 and found.winner is None
    assert cards_of_notes([note_id])[note_id].has_test


def test_search_finds_chinese_words_and_title_first() -> None:
    author = make_member()
    _, in_text = published(author, title="一篇笔记", text="今天喝了武夷岩茶，香")
    _, in_title = published(author, title="武夷岩茶怎么泡", text="水要滚")
    assert [card.id for card in search_notes("岩茶")] == [in_title, in_text]
    assert search_notes("羊毛围巾") == [] and search_notes("") == []
    assert search_notes("'); DROP TABLE notes_note; --") == []


def test_the_plan_and_topics_and_own_list() -> None:
    author, note_id = published(topics=("茶",))
    set_sales(note_id, orders=2, revenue_minor=9_000, refunded_minor=1_000)
    later = start_note(by=author, draft=draft(author))
    publish_note(later, by=author, publish_at=clock.now() + timedelta(days=2))
    assign_note(later, by=OWNER, assignee_id=OWNER.id)
    plan = notes_between(clock.now() - timedelta(days=1), clock.now() + timedelta(days=3), by=OWNER)
    assert {one.id for one in plan} == {note_id, later}
    row = next(
        one for one in topics_table(since=clock.now() - timedelta(days=1), by=OWNER) if one.topic == "茶"
    )
    assert (row.notes, row.orders, row.net_minor) == (1, 2, 8_000)
    assert {one.id for one in own_notes(by=author)} == {note_id, later}
    assert find_notes(NoteFilter(assignee_id=OWNER.id), by=OWNER)[1] == 1
