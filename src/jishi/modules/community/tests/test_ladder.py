"""The trust ladder as properties (docs/algorithms/trust-ladder.md)."""

import itertools
import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jishi.modules.community.rules import ladder
from jishi.modules.community.types import Level, Record

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=200)
FULL = 10_000
COUNTS = ("days", "pieces", "talked_with", "received", "givers")
records = st.builds(
    Record,
    days=st.integers(0, 30),
    pieces=st.integers(0, 150),
    talked_with=st.integers(0, 40),
    received=st.integers(0, 120),
    givers=st.integers(0, 60),
    removed=st.integers(0, 5),
)
levels = st.sampled_from(list(Level))
scales = st.integers(0, 1_000).map(ladder.scale_bps)


def look(level: Level, record: Record, *, scale: int = FULL, days_held: int = 200) -> Level:
    since = NOW - timedelta(days=days_held)
    return ladder.next_level(level, record, scale=scale, since=since, now=NOW)


@pytest.mark.parametrize(
    ("writers", "scale"),
    [(0, 5_000), (10, 5_000), (30, 7_500), (65, 8_750), (100, 10_000), (300, 12_500), (9_000, 12_500)],
)
def test_the_ladder_stands_as_high_as_the_page_says(writers: int, scale: int) -> None:
    assert ladder.scale_bps(writers) == scale


def test_the_worked_thresholds_of_the_page() -> None:
    at_65 = {one.term: one.need for one in ladder.needs(Level.ACTIVE, Record(), scale=8_750)}
    at_8 = {one.term: one.need for one in ladder.needs(Level.ACTIVE, Record(), scale=5_000)}

    assert at_65 == {"days": 6, "pieces": 11, "talked_with": 4, "received": 7, "givers": 4, "removed": 2}
    assert at_8 == {"days": 6, "pieces": 6, "talked_with": 3, "received": 4, "givers": 3, "removed": 2}


def test_the_worked_story_of_the_page() -> None:
    core = Record(days=14, pieces=40, talked_with=10, received=30, givers=10)

    assert look(Level.CORE, replace(core, pieces=35), days_held=7) is Level.CORE
    assert look(Level.CORE, replace(core, pieces=36), days_held=15) is Level.CORE
    assert look(Level.CORE, replace(core, pieces=34), days_held=17) is Level.ACTIVE
    assert look(Level.ACTIVE, core, days_held=3) is Level.CORE


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 29)), max_size=400), records, scales)
def test_two_friends_cannot_farm_each_other(taps: list[tuple[int, int]], record: Record, scale: int) -> None:
    """However often they react: with only two givers nobody rises above member."""
    friends = (uuid.UUID(int=1), uuid.UUID(int=2))
    received, givers = ladder.count_received(
        (friends[who], date(2026, 3, 1) + timedelta(days=day)) for who, day in taps
    )

    assert received <= 2 * ladder.PAIR_CAP
    assert (
        look(Level.NEWCOMER, replace(record, received=received, givers=givers), scale=scale) <= Level.MEMBER
    )


@given(levels, records, st.sampled_from(COUNTS), st.integers(1, 100), scales, st.integers(0, 60))
def test_more_is_never_worse(
    level: Level, record: Record, term: str, more: int, scale: int, days_held: int
) -> None:
    better = replace(record, **{term: getattr(record, term) + more})

    before = look(level, record, scale=scale, days_held=days_held)
    assert look(level, better, scale=scale, days_held=days_held) >= before


@given(levels, records, scales, st.integers(0, 60))
def test_it_never_flaps(level: Level, record: Record, scale: int, days_held: int) -> None:
    """A second look at the same figures changes nothing, even when no time protects the level."""
    first = look(level, record, scale=scale, days_held=days_held)

    if first is not level:
        assert look(first, record, scale=scale, days_held=200) is first


@given(records, scales, st.integers(0, ladder.HOLD_DAYS - 1), levels)
def test_nothing_is_lost_before_its_time(record: Record, scale: int, days_held: int, level: Level) -> None:
    assert look(level, record, scale=scale, days_held=days_held) >= level


@given(st.lists(records, min_size=1, max_size=120), scales)
def test_between_two_falls_lie_fourteen_days(days: list[Record], scale: int) -> None:
    """A day-by-day life: whatever happens, one level is not lost twice within the hold."""
    level, since = Level.NEWCOMER, LONG_AGO
    falls: list[tuple[Level, datetime]] = []
    for number, record in enumerate(days):
        now = NOW + timedelta(days=number)
        after = ladder.next_level(level, record, scale=scale, since=since, now=now)
        if after < level:
            falls.append((level, now))
        if after is not level:
            level, since = after, now
    for (first, at), (second, later) in itertools.pairwise(falls):
        if first is second:
            assert later - at >= timedelta(days=ladder.HOLD_DAYS)


def test_what_is_lost_can_be_won_again() -> None:
    active = Record(days=6, pieces=12, talked_with=4, received=8, givers=4)

    assert look(Level.NEWCOMER, active) is Level.ACTIVE
    assert look(Level.ACTIVE, Record()) is Level.MEMBER  # who is known stays known
    assert look(Level.MEMBER, active) is Level.ACTIVE


def test_removed_talk_closes_the_way_up_and_costs_the_level() -> None:
    core = Record(days=20, pieces=60, talked_with=20, received=60, givers=20)

    assert look(Level.ACTIVE, replace(core, removed=2)) is Level.ACTIVE
    assert look(Level.CORE, replace(core, removed=2)) is Level.ACTIVE
    assert look(Level.CORE, replace(core, removed=4)) is Level.NEWCOMER


def test_a_level_that_is_held_by_hand_stays() -> None:
    found = ladder.next_level(Level.CORE, Record(), scale=FULL, since=LONG_AGO, now=NOW, is_held=True)
    assert found is Level.CORE


def test_the_page_says_what_is_missing_and_what_keeps() -> None:
    record = Record(days=5, pieces=12, talked_with=4, received=8, givers=4)
    told = ladder.standing(Level.ACTIVE, record, scale=FULL, since=NOW - timedelta(days=2), now=NOW)

    assert told.next_level is Level.CORE
    assert [one.term for one in told.missing if not one.is_met] == [
        "days",
        "pieces",
        "talked_with",
        "received",
        "givers",
    ]
    assert {one.term: one.need for one in told.keeps}["pieces"] == 11
    assert [one.term for one in told.keeps if not one.is_met] == ["days"]
    assert told.safe_until == NOW + timedelta(days=12)
