"""The rules of notes and of the feed, without a database (docs/algorithms/feed.md)."""

import itertools
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jishi.kernel.errors import IllegalStep, Refusal
from jishi.kernel.flow import advance
from jishi.modules.notes.errors import (
    BadComment,
    BadTag,
    DisclosureNeeded,
    MediaMissing,
    ScheduleInvalid,
    TextTooLong,
    TitleMissing,
    TooManyNotePictures,
    TooManyTopics,
)
from jishi.modules.notes.rules import arms, feed, lifecycle
from jishi.modules.notes.types import (
    Arm,
    Candidate,
    Cooperation,
    NewTag,
    NoteDraft,
    NoteState,
    Taste,
    Weights,
)

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
S = NoteState
LEGAL = {
    (S.DRAFT, "submit"): S.IN_REVIEW,
    (S.DRAFT, "schedule"): S.SCHEDULED,
    (S.DRAFT, "publish"): S.PUBLISHED,
    (S.IN_REVIEW, "return"): S.DRAFT,
    (S.IN_REVIEW, "schedule"): S.SCHEDULED,
    (S.IN_REVIEW, "publish"): S.PUBLISHED,
    (S.SCHEDULED, "publish"): S.PUBLISHED,
    (S.SCHEDULED, "return"): S.DRAFT,
    (S.PUBLISHED, "submit"): S.IN_REVIEW,
    (S.PUBLISHED, "hide"): S.HIDDEN,
    (S.HIDDEN, "show"): S.PUBLISHED,
    (S.DRAFT, "remove"): S.REMOVED,
    (S.IN_REVIEW, "remove"): S.REMOVED,
    (S.SCHEDULED, "remove"): S.REMOVED,
    (S.PUBLISHED, "remove"): S.REMOVED,
    (S.HIDDEN, "remove"): S.REMOVED,
}
VERBS = ("submit", "schedule", "publish", "return", "hide", "show", "remove")


@pytest.mark.parametrize("state", list(S))
@pytest.mark.parametrize("verb", VERBS)
def test_the_whole_table_of_states(state: NoteState, verb: str) -> None:
    if (state, verb) in LEGAL:
        assert advance(lifecycle.LIFECYCLE, state, verb) is LEGAL[state, verb]
    else:
        with pytest.raises(IllegalStep):
            advance(lifecycle.LIFECYCLE, state, verb)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("春/夏", "春夏"),
        ("../x", "x"),
        ("\\?q=1", "q1"),
        ("iPhone-15", "iPhone-15"),
        ("#", None),
        ("<b>", "b"),
    ],
)
def test_a_topic_can_stand_in_an_address(written: str, kept: str | None) -> None:
    assert lifecycle.topics_of([written]) == ((kept,) if kept else ())


def test_hidden_text_signs_and_spaces_go_and_topics_are_gathered() -> None:
    found = lifecycle.clean_draft(
        NoteDraft(
            title="  好\u202e吃\x00 的 橙子 ", text="#水果 真甜\r\n＃时令 \u200b", topics=("#水果", " 早餐 ")
        )
    )
    assert found.title == "好吃 的 橙子"
    assert found.topics == ("水果", "早餐", "时令")
    assert "\r" not in found.text and "\u200b" not in found.text


MEDIA = tuple(uuid.UUID(int=number) for number in range(10))


@pytest.mark.parametrize(
    ("draft", "refusal"),
    [
        (NoteDraft(title="长" * 31), TitleMissing),
        (NoteDraft(alt_title="长" * 31), TitleMissing),
        (NoteDraft(text="长" * 1501), TextTooLong),
        (NoteDraft(topics=tuple(f"题{n}" for n in range(9))), TooManyTopics),
        (NoteDraft(topics=("长" * 17,)), TooManyTopics),
        (NoteDraft(media_ids=MEDIA), TooManyNotePictures),
        (NoteDraft(media_ids=(MEDIA[0], MEDIA[0])), TooManyNotePictures),
        (NoteDraft(media_ids=MEDIA[:1], tags=(NewTag(1, 0, 0, MEDIA[0]),)), BadTag),
        (NoteDraft(media_ids=MEDIA[:1], tags=(NewTag(0, -1, 0, MEDIA[0]),)), BadTag),
        (NoteDraft(media_ids=MEDIA[:1], tags=(NewTag(0, 0, 10_001, MEDIA[0]),)), BadTag),
        (NoteDraft(media_ids=MEDIA[:1], tags=(NewTag(0, 0, 0, MEDIA[0]),) * 7), BadTag),
    ],
)
def test_drafts_beyond_the_limits_are_refused(draft: NoteDraft, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        lifecycle.clean_draft(draft)


def test_what_is_needed_before_others_may_see_it() -> None:
    whole = NoteDraft(title="好", media_ids=MEDIA[:1])
    lifecycle.check_complete(whole, is_paid_creator=False)
    with pytest.raises(TitleMissing):
        lifecycle.check_complete(NoteDraft(media_ids=MEDIA[:1]), is_paid_creator=False)
    with pytest.raises(MediaMissing):
        lifecycle.check_complete(NoteDraft(title="好"), is_paid_creator=False)
    with pytest.raises(DisclosureNeeded):
        lifecycle.check_complete(whole, is_paid_creator=True)


def test_times_to_publish_and_words_below() -> None:
    lifecycle.check_schedule(NOW + timedelta(minutes=1), now=NOW)
    for wrong in (NOW, NOW + timedelta(seconds=59), NOW - timedelta(days=1), NOW + timedelta(days=91)):
        with pytest.raises(ScheduleInvalid):
            lifecycle.check_schedule(wrong, now=NOW)
    assert lifecycle.check_comment(" 好看\u202e ") == "好看"
    for words in ("", " \n ", "长" * 301):
        with pytest.raises(BadComment):
            lifecycle.check_comment(words)


def test_who_waits_for_a_look() -> None:
    none = Cooperation.NONE
    assert lifecycle.waits_for(published_before=1, is_stopped=False, cooperation=none) == ""
    assert lifecycle.waits_for(published_before=0, is_stopped=False, cooperation=none) == "first_note"
    assert lifecycle.waits_for(published_before=9, is_stopped=True, cooperation=none) == "stopped_words"
    assert lifecycle.waits_for(published_before=9, is_stopped=False, cooperation=Cooperation.PAID) == "paid"


def test_quality_of_the_page() -> None:
    assert lifecycle.quality_bp(views=0, likes=0, saves=0, comments=0, orders=0) == 500
    assert lifecycle.quality_bp(views=2, likes=1, saves=0, comments=0, orders=0) == 714
    assert lifecycle.quality_bp(views=200, likes=40, saves=0, comments=0, orders=0) == 1_750


# ---- the feed ---------------------------------------------------------------------------------------------


def candidate(
    number: int, *, author: int = 1, hours: float = 0, quality: int = 5_000, orders: int = 0, **more: object
) -> Candidate:
    return Candidate(
        id=uuid.UUID(int=number),
        author_id=uuid.UUID(int=author),
        topic=str(more.pop("topic", "")),
        publish_at=NOW - timedelta(hours=hours),
        quality_bp=quality,
        orders=orders,
        has_goods=True,
        **more,  # type: ignore[arg-type]
    )


A = candidate(1, author=1)
B = candidate(2, author=2, hours=72, quality=10_000, orders=10)
C = candidate(3, author=1)


def test_the_worked_numbers_with_consent() -> None:
    taste = Taste(is_personal=True, followed=frozenset({B.author_id}))
    found = feed.rank([A, B, C], taste=taste, weights=Weights(), now=NOW, limit=3)
    assert next(one.candidate.id for one in found) == B.id
    assert [round(one.score, 3) for one in found] == [0.5, 0.312, 0.156]
    assert found[0].reason == "followed"


def test_the_worked_numbers_without_consent() -> None:
    found = feed.rank(
        [A, B], taste=Taste(followed=frozenset({B.author_id})), weights=Weights(), now=NOW, limit=2
    )
    assert [(one.candidate.id, round(one.score, 2)) for one in found] == [(A.id, 0.52), (B.id, 0.5)]


candidates = st.lists(
    st.builds(
        candidate,
        st.integers(1, 10_000),
        author=st.integers(1, 6),
        hours=st.floats(0, 2_000),
        quality=st.integers(0, 10_000),
        orders=st.integers(0, 50),
        topic=st.sampled_from(["", "茶", "水果"]),
        province=st.sampled_from(["", "上海市", "浙江省"]),
        city=st.sampled_from(["", "上海市", "杭州市"]),
    ),
    max_size=30,
    unique_by=lambda one: one.id,
)
weights = st.builds(Weights, *[st.integers(0, 200)] * 6)
tastes = st.builds(
    Taste,
    is_personal=st.booleans(),
    followed=st.frozensets(st.integers(1, 6).map(lambda n: uuid.UUID(int=n))),
    author_points=st.dictionaries(st.integers(1, 6).map(lambda n: uuid.UUID(int=n)), st.integers(0, 1_000)),
    topic_points=st.dictionaries(st.sampled_from(["茶", "水果"]), st.integers(0, 1_000)),
    is_near=st.booleans(),
    province=st.sampled_from(["", "上海市"]),
    city=st.sampled_from(["", "上海市"]),
)


@given(candidates, weights, tastes)
@settings(max_examples=120, deadline=None)
def test_scores_stay_in_bounds_fall_and_do_not_depend_on_the_order_asked(
    pool: list[Candidate], weight: Weights, taste: Taste
) -> None:
    found = feed.rank(pool, taste=taste, weights=weight, now=NOW, limit=20)
    again = feed.rank(pool[::-1], taste=taste, weights=weight, now=NOW, limit=20)
    assert [one.candidate.id for one in found] == [one.candidate.id for one in again]
    assert len(found) == min(20, len(pool)) == len({one.candidate.id for one in found})
    scores = [one.score for one in found]
    assert all(0 < score <= 1 for score in scores)
    assert all(later <= before + 1e-12 for before, later in itertools.pairwise(scores))
    for one in found:
        assert all(0 < getattr(one.factors, name) <= 1 for name in one.factors.__slots__)


@given(candidates, weights, tastes)
@settings(max_examples=60, deadline=None)
def test_the_heap_finds_what_trying_all_finds(pool: list[Candidate], weight: Weights, taste: Taste) -> None:
    found = feed.rank(pool, taste=taste, weights=weight, now=NOW, limit=8)
    left, chosen = list(pool), []
    for _ in range(min(8, len(pool))):
        best = max(_alone(one, chosen, weight, taste) for one in left)
        got = _alone(found[len(chosen)].candidate, chosen, weight, taste)
        assert got == pytest.approx(best)
        chosen.append(found[len(chosen)].candidate)
        left.remove(chosen[-1])


def _alone(one: Candidate, before: list[Candidate], weight: Weights, taste: Taste) -> float:
    score = feed.rank([one], taste=taste, weights=weight, now=NOW, limit=1)[0].score
    authors = sum(other.author_id == one.author_id for other in before)
    topics = sum(bool(one.topic) and other.topic == one.topic for other in before)
    return float(score * (0.5**authors * 0.85**topics) ** (weight.diversity / 100))


@given(candidates, tastes)
@settings(max_examples=60, deadline=None)
def test_without_consent_nothing_of_the_reader_counts(pool: list[Candidate], taste: Taste) -> None:
    silent = Taste(
        followed=taste.followed,
        author_points=taste.author_points,
        topic_points=taste.topic_points,
        province=taste.province,
        city=taste.city,
    )
    assert feed.rank(pool, taste=silent, weights=Weights(), now=NOW, limit=30) == feed.rank(
        pool, taste=Taste(), weights=Weights(), now=NOW, limit=30
    )


def test_one_author_does_not_fill_the_page() -> None:
    loud = [candidate(number, author=1, quality=9_000) for number in range(1, 11)]
    quiet = [candidate(100 + number, author=2 + number, quality=3_000) for number in range(6)]
    first = feed.rank([*loud, *quiet], taste=Taste(), weights=Weights(), now=NOW, limit=8)
    assert sum(one.candidate.author_id == loud[0].author_id for one in first) <= 2
    off = feed.rank([*loud, *quiet], taste=Taste(), weights=Weights(diversity=0), now=NOW, limit=8)
    assert all(one.candidate.author_id == loud[0].author_id for one in off)


# ---- tests of two covers --------------------------------------------------------------------------------------


def test_an_arm_is_stable_and_halves_people() -> None:
    note = uuid.UUID(int=7)
    people = [uuid.UUID(int=number) for number in range(2_000)]
    given_arms = [arms.arm_of(note, one) for one in people]
    assert given_arms == [arms.arm_of(note, one) for one in people]
    assert 900 < given_arms.count(Arm.B) < 1_100
    assert arms.arm_of(note, None) is Arm.A


def test_a_winner_needs_people_and_distance() -> None:
    clear = arms.result_of(exposures=(1_000, 1_000), clicks=(100, 140))
    assert clear.winner is Arm.B and round(clear.z, 2) == 2.75
    assert arms.result_of(exposures=(1_000, 1_000), clicks=(140, 100)).winner is Arm.A
    assert arms.result_of(exposures=(99, 1_000), clicks=(0, 500)).winner is None
    assert arms.result_of(exposures=(1_000, 1_000), clicks=(100, 110)).winner is None
    nothing = arms.result_of(exposures=(0, 0), clicks=(0, 0))
    assert nothing.winner is None and nothing.low_bp == (0, 0) and nothing.high_bp == (10_000, 10_000)


@given(st.integers(0, 500), st.integers(0, 500), st.integers(0, 500), st.integers(0, 500))
def test_intervals_hold_the_rate(a: int, b: int, more_a: int, more_b: int) -> None:
    found = arms.result_of(exposures=(a + more_a, b + more_b), clicks=(a, b))
    for clicked, shown, low, high in zip(
        found.clicks, found.exposures, found.low_bp, found.high_bp, strict=True
    ):
        assert 0 <= low <= high <= 10_000
        if shown:
            assert low - 1 <= clicked * 10_000 / shown <= high + 1
