"""The rules of docs/algorithms/loyalty.md, without a database."""

import uuid
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jishi.modules.loyalty.errors import BadTerms
from jishi.modules.loyalty.rules.points import (
    EFFECTS,
    breakage_basis_points,
    choose_lots,
    choose_returns,
    expiry_of,
    points_for,
    points_lost,
    streak_day,
    usable_points,
    worth_minor,
)
from jishi.modules.loyalty.rules.tiers import Step, check_tiers, judge_standing, tier_for
from jishi.modules.loyalty.types import EntryKind, FallPolicy, OpenLot, TierTerms, TierView

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 10, 4, tzinfo=UTC)
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
LADDER = [
    TierView(uuid.UUID(int=rank), rank, TierTerms(code, code, threshold))
    for rank, (code, threshold) in enumerate((("a", 0), ("b", 300), ("c", 1_000), ("d", 3_000)), start=1)
]

lots = st.lists(
    st.builds(
        OpenLot,
        id=st.uuids(),
        remaining=st.integers(1, 500),
        expires_at=st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2026, 6, 1)).map(
            lambda at: at.replace(day=1, hour=0, minute=0, second=0, microsecond=0, tzinfo=UTC)
        ),
        earned_at=st.datetimes(min_value=datetime(2025, 1, 1), max_value=datetime(2025, 12, 1)).map(
            lambda at: at.replace(tzinfo=UTC)
        ),
    ),
    max_size=12,
    unique_by=lambda lot: lot.id,
)


@pytest.mark.parametrize(
    ("paid_minor", "multiplier", "points"),
    [(8_990, 10_000, 89), (8_990, 12_500, 111), (8_990, 15_000, 133), (99, 10_000, 0), (-5, 10_000, 0)],
)
def test_points_are_for_whole_units_times_the_multiplier(paid_minor: int, multiplier: int, points: int):
    assert points_for(paid_minor, earn_per_unit=1, earn_basis_points=multiplier) == points


@given(
    paid=st.integers(0, 1_000_000),
    cuts=st.lists(st.integers(0, 100_000), max_size=8),
    rate=st.integers(0, 20),
    multiplier=st.integers(0, 100_000),
)
def test_refunds_in_parts_take_back_exactly_what_was_earned(
    paid: int, cuts: list[int], rate: int, multiplier: int
):
    """Counted from the total: monotone, never more than earned, and everything when everything went back."""
    terms = {"earn_per_unit": rate, "earn_basis_points": multiplier}
    so_far, lost = 0, 0
    for cut in cuts:
        so_far = min(paid, so_far + cut)
        now_lost = points_lost(paid, so_far, **terms)
        assert lost <= now_lost <= points_for(paid, **terms)
        lost = now_lost
    assert points_lost(paid, paid, **terms) == points_for(paid, **terms)


@given(lots=lots, points=st.integers(0, 4_000))
def test_the_soonest_to_expire_pay_first_and_no_lot_pays_more_than_it_has(lots: list[OpenLot], points: int):
    parts = choose_lots(lots, points=points)
    known = {lot.id: lot for lot in lots}
    assert sum(part.points for part in parts) == min(points, sum(lot.remaining for lot in lots))
    assert all(0 < part.points <= known[part.lot_id].remaining for part in parts)
    taken = {part.lot_id for part in parts}
    left = [lot for lot in lots if lot.id not in taken]
    for part in parts[:-1]:
        assert part.points == known[part.lot_id].remaining, "only the last one is broken into"
    if parts and left:
        assert known[parts[-1].lot_id].expires_at <= min(lot.expires_at for lot in left)


@given(lots=lots, points=st.integers(0, 4_000), shuffled=st.randoms())
def test_the_order_of_the_lots_given_does_not_matter(lots: list[OpenLot], points: int, shuffled):
    other = list(lots)
    shuffled.shuffle(other)
    assert choose_lots(lots, points=points) == choose_lots(other, points=points)


@given(lots=lots, points=st.integers(1, 4_000), steps=st.lists(st.integers(1, 900), max_size=6))
def test_what_goes_back_in_steps_is_what_was_taken(lots: list[OpenLot], points: int, steps: list[int]):
    parts = choose_lots(lots, points=points)
    still = {part.lot_id: part.points for part in parts}
    for step in [*steps, 10_000]:
        left = [type(part)(part.lot_id, still[part.lot_id]) for part in parts if still[part.lot_id]]
        for back in choose_returns(left, points=step):
            still[back.lot_id] -= back.points
            assert still[back.lot_id] >= 0
    assert not any(still.values())


@pytest.mark.parametrize(
    ("local", "months", "first_instant_without"),
    [
        (datetime(2026, 3, 10, 12), 12, datetime(2027, 4, 1)),
        (datetime(2026, 12, 31, 23, 59), 12, datetime(2028, 1, 1)),
        (datetime(2026, 1, 31), 1, datetime(2026, 3, 1)),
    ],
)
def test_lots_end_with_a_month_of_the_shops_calendar(
    local: datetime, months: int, first_instant_without: datetime
):
    ends = expiry_of(local.replace(tzinfo=ZONE).astimezone(UTC), months=months, zone=ZONE)
    assert ends == first_instant_without.replace(tzinfo=ZONE)


@given(
    at=st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1)), months=st.integers(1, 60)
)
def test_lots_never_end_before_they_begin(at: datetime, months: int):
    begins = at.replace(tzinfo=UTC)
    ends = expiry_of(begins, months=months, zone=ZONE)
    assert ends > begins + timedelta(days=27 * months)
    assert ends.astimezone(ZONE).day == 1


def test_every_entry_keeps_a_lot_adding_up():
    """What leaves `remaining` of a lot is counted where it went."""
    for kind in EntryKind:
        effect = EFFECTS[kind]
        if kind in (EntryKind.PROMISE, EntryKind.EARN, EntryKind.OWE):
            assert effect.counter == ""
        else:
            assert effect.pending + effect.active + effect.counter_sign == 0, kind


@pytest.mark.parametrize(
    ("balance", "goods_minor", "share", "points"),
    [
        (5_000, 10_000, 5_000, 5_000),
        (5_000, 4_990, 5_000, 2_400),
        (90, 10_000, 5_000, 0),
        (5_000, 10_000, 0, 0),
    ],
)
def test_usable_points(balance: int, goods_minor: int, share: int, points: int):
    found = usable_points(balance, goods_minor=goods_minor, terms_share=share, per_unit=100, step=100)
    assert found == points
    assert worth_minor(found, per_unit=100) <= goods_minor


def test_breakage_and_streaks():
    assert breakage_basis_points(expired=250, spent=750) == 2_500
    assert breakage_basis_points(expired=0, spent=0) == 0
    assert [streak_day(streak, card_days=7) for streak in (0, 1, 7, 8, 15)] == [0, 1, 7, 1, 1]


def judge(growth: int, *, current: int, falls_at: datetime | None = None, policy=FallPolicy.ONE_STEP):
    return judge_standing(
        LADDER,
        current=LADDER[current - 1],
        growth=growth,
        falls_at=falls_at,
        now=NOW,
        grace_days=30,
        policy=policy,
    )


@pytest.mark.parametrize(
    ("growth", "current", "grace", "policy", "step", "rank"),
    [
        (299, 1, None, FallPolicy.ONE_STEP, Step.STAY, 1),
        (300, 1, None, FallPolicy.ONE_STEP, Step.RISE, 2),
        (5_000, 1, None, FallPolicy.ONE_STEP, Step.RISE, 4),
        (10, 4, None, FallPolicy.ONE_STEP, Step.WARN, 4),
        (10, 4, 1, FallPolicy.ONE_STEP, Step.STAY, 4),
        (10, 4, -1, FallPolicy.ONE_STEP, Step.FALL, 3),
        (10, 4, -1, FallPolicy.BY_VALUE, Step.FALL, 1),
        (3_000, 4, 1, FallPolicy.BY_VALUE, Step.CALM, 4),
    ],
)
def test_members_rise_at_once_and_fall_after_a_grace(
    growth: int, current: int, grace: int | None, policy: FallPolicy, step: Step, rank: int
):
    falls_at = NOW + timedelta(days=grace) if grace is not None else None
    verdict = judge(growth, current=current, falls_at=falls_at, policy=policy)
    assert (verdict.step, verdict.tier.rank) == (step, rank)
    if step is Step.WARN:
        assert verdict.falls_at == NOW + timedelta(days=30)
    if step is Step.FALL:
        assert (verdict.falls_at is not None) == (verdict.tier.rank > tier_for(LADDER, growth=growth).rank)


@given(growth=st.integers(0, 10_000), current=st.integers(1, 4), waited=st.integers(-40, 40))
def test_nobody_falls_without_a_warning_whose_time_is_over(growth: int, current: int, waited: int):
    falls_at = NOW + timedelta(days=waited)
    assert judge(growth, current=current).step is not Step.FALL
    verdict = judge(growth, current=current, falls_at=falls_at)
    if verdict.step is Step.FALL:
        assert falls_at <= NOW


def test_a_ladder_that_makes_no_sense_is_refused():
    for tiers in (
        [],
        [TierTerms("a", "a", 5)],
        [TierTerms("a", "a", 0), TierTerms("a", "b", 5)],
        [TierTerms("a", "a", 0), TierTerms("b", "b", 0)],
        [TierTerms("a", "a", 0, discount_basis_points=10_000)],
    ):
        with pytest.raises(BadTerms):
            check_tiers(tiers)
