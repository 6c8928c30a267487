"""Cuts, proofs, scores and costs (docs/algorithms/bargain.md)."""

import hashlib
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jishi.kernel.errors import IllegalStep
from jishi.kernel.flow import advance, can
from jishi.modules.plays.bargain import rules
from jishi.modules.plays.bargain.errors import BadBargain
from jishi.modules.plays.bargain.types import BargainState, BargainTerms, HelpView, Signals

NOW = datetime(2026, 11, 22, tzinfo=UTC)
TERMS = BargainTerms(
    product_id=uuid.UUID(int=1), variant_id=uuid.UUID(int=2), floor_minor=5_900, helpers=4, units=100
)
seeds = st.binary(min_size=32, max_size=32).map(bytes.hex)


@given(
    slots=st.integers(2, 51),
    more=st.integers(0, 5_000_000),
    first_cut_bps=st.integers(500, 8_000),
    seed=seeds,
)
def test_cuts_are_positive_sum_exactly_and_the_first_is_the_largest(
    slots: int, more: int, first_cut_bps: int, seed: str
) -> None:
    total = slots + more
    cuts = rules.make_plan(total_minor=total, slots=slots, first_cut_bps=first_cut_bps, seed=seed)
    assert len(cuts) == slots
    assert sum(cuts) == total
    assert min(cuts) >= 1
    assert cuts[0] == max(cuts)


@given(seed=seeds)
def test_the_same_seed_makes_the_same_plan_and_another_seed_nearly_always_another(seed: str) -> None:
    def plan(by: str) -> tuple[int, ...]:
        return rules.make_plan(total_minor=4_000, slots=9, first_cut_bps=3_000, seed=by)

    assert plan(seed) == plan(seed)
    assert plan(seed) != plan(hashlib.sha256(seed.encode()).hexdigest())


def test_the_worked_example_of_the_page() -> None:
    weights = [150 * 100, 117 * 80, 83 * 120, 50 * 100]
    assert rules.split_minor(2_796, weights) == [1_067, 666, 708, 355]
    assert [rules._decay(place, 4) for place in range(4)] == [150, 117, 84, 50]


def test_friends_who_come_first_cut_more_on_average() -> None:
    plans = [
        rules.make_plan(
            total_minor=100_000, slots=11, first_cut_bps=2_000, seed=hashlib.sha256(bytes([n])).hexdigest()
        )
        for n in range(200)
    ]
    mean = [sum(plan[place] for plan in plans) / len(plans) for place in range(1, 11)]
    assert mean[0] > 2.5 * mean[-1]
    assert all(earlier > later for earlier, later in zip(mean, mean[2:], strict=False))


@given(wanted=st.lists(st.integers(1, 3), max_size=60), slots=st.integers(2, 51), seed=seeds)
@settings(max_examples=60)
def test_whoever_comes_the_slots_are_taken_once_and_the_floor_is_reached_exactly(
    wanted: list[int], slots: int, seed: str
) -> None:
    cuts = rules.make_plan(total_minor=slots * 7, slots=slots, first_cut_bps=3_000, seed=seed)
    taken, helps = 1, []
    for number, want in enumerate(wanted):
        got = rules.next_slots(taken=taken, slots=slots, wanted=want)
        if not got:
            break
        amount = sum(cuts[place] for place in got)
        helps.append(HelpView(uuid.UUID(int=number), amount, got.start, len(got), want > 1, NOW))
        taken += len(got)
    assert cuts[0] + sum(one.amount_minor for one in helps) == sum(cuts[:taken])
    assert rules.is_proven(cuts, own_slots=1, helps=helps)
    if helps:
        lied = [replace(helps[0], amount_minor=helps[0].amount_minor + 1), *helps[1:]]
        assert not rules.is_proven(cuts, own_slots=1, helps=lied)
        skipped = [replace(one, slot_from=one.slot_from + 1) for one in helps]
        assert not rules.is_proven(cuts, own_slots=1, helps=skipped)


def test_a_commitment_binds_the_seed_and_every_term() -> None:
    said = {
        "bargain_id": uuid.UUID(int=5),
        "start_minor": 9_900,
        "floor_minor": 5_900,
        "slots": 5,
        "first_cut_bps": 3_000,
        "seed": "5a" * 32,
    }
    by_hand = "5a" * 32 + f"|{uuid.UUID(int=5)}|9900|5900|5|3000"
    assert rules.commitment_of(**said) == hashlib.sha256(by_hand.encode()).hexdigest()  # type: ignore[arg-type]
    others = [said | change for change in ({"seed": "5b" * 32}, {"slots": 6}, {"floor_minor": 5_901})]
    found = {rules.commitment_of(**other) for other in others}  # type: ignore[arg-type]
    assert rules.commitment_of(**said) not in found and len(found) == 3  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("signals", "points", "reasons"),
    [
        (Signals(), 0, 0),
        (Signals(is_launchers_device=True, account_age_minutes=5), 75, 2),
        (Signals(helpers_of_address=2), 20, 1),
        (Signals(helpers_of_address=1), 0, 0),
        (Signals(is_known_device=True, mutual_helps=3), 60, 2),
        (Signals(mutual_helps=2, account_age_minutes=10), 0, 0),
    ],
)
def test_the_score_adds_up_and_says_why(signals: Signals, points: int, reasons: int) -> None:
    score = rules.abuse_score(signals)
    assert (score.points, len(score.reasons)) == (points, reasons)


def test_a_member_is_new_for_three_days_unless_they_bought() -> None:
    def is_new(hours: float, *, has_bought: bool = False) -> bool:
        return rules.is_new_member(joined_at=NOW - timedelta(hours=hours), has_bought=has_bought, now=NOW)

    assert is_new(0) and is_new(71.9)
    assert not is_new(72) and not is_new(1, has_bought=True)


def test_cost_is_assumed_until_the_shop_has_its_own_record() -> None:
    assumed = rules.expected_cost(
        start_minor=9_900, terms=TERMS, ended=29, bought=29, mean_discount_bps=5_000
    )
    assert (assumed.most_minor, assumed.expected_minor, assumed.is_own_data) == (400_000, 120_000, False)
    own = rules.expected_cost(start_minor=9_900, terms=TERMS, ended=40, bought=10, mean_discount_bps=8_000)
    assert (own.expected_minor, own.buy_rate_bps, own.is_own_data) == (80_000, 2_500, True)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"helpers": 0}, "helpers"),
        ({"helpers": 51}, "helpers"),
        ({"floor_minor": 0}, "floor_minor"),
        ({"floor_minor": 9_900}, "floor_minor"),
        ({"floor_minor": 9_896}, "floor_minor"),  # four cents for five slots
        ({"units": 0}, "units"),
        ({"hours": 169}, "hours"),
        ({"first_cut_bps": 8_001}, "first_cut_bps"),
        ({"new_member_slots": 4}, "new_member_slots"),
    ],
)
def test_wrong_terms_are_refused_by_field(change: dict[str, int], field: str) -> None:
    with pytest.raises(BadBargain) as refusal:
        rules.check_terms(replace(TERMS, **change), start_minor=9_900)  # type: ignore[arg-type]
    assert refusal.value.facts["field"] == field


@pytest.mark.parametrize("state", list(BargainState))
@pytest.mark.parametrize("verb", ["order", "expire", "pay", "cancel", "regain", "refund"])
def test_every_step_outside_the_table_is_refused(state: BargainState, verb: str) -> None:
    if can(rules.LIFECYCLE, state, verb):
        assert advance(rules.LIFECYCLE, state, verb) is rules.LIFECYCLE[state, verb]
    else:
        with pytest.raises(IllegalStep):
            advance(rules.LIFECYCLE, state, verb)
