"""The simulation against what can be computed by hand (docs/algorithms/what-if.md)."""

from dataclasses import replace

import pytest

from jishi.insight.campaign_report import ArmFigures, uplift_of
from jishi.insight.what_if import ASSUMED_CONVERSION, ASSUMED_K, Assumptions, record_of, simulate

TOLD = Assumptions(
    reach=2_000,
    conversion=0.03,
    k=0.25,
    units_per_buyer=1.0,
    stock=None,
    price_minor=5_000,
    discount_minor=1_000,
)


@pytest.mark.parametrize("k", [0.0, 0.25, 0.6])
def test_the_mean_of_all_buyers_is_the_sum_of_the_generations(k: float) -> None:
    by_hand = 60 * sum(k**generation for generation in range(9))
    assert simulate(replace(TOLD, k=k)).mean_buyers == pytest.approx(by_hand, rel=0.03)


def test_the_same_question_gives_the_same_answer() -> None:
    assert simulate(TOLD) == simulate(TOLD)


def test_the_range_of_the_page() -> None:
    buyers = simulate(TOLD).buyers
    assert (buyers.low, buyers.high) == (pytest.approx(62, abs=4), pytest.approx(98, abs=5))


def test_stock_that_is_short_runs_out_often_and_bounds_what_it_costs() -> None:
    scarce, ample = simulate(replace(TOLD, stock=60)), simulate(replace(TOLD, stock=1_000))
    assert scarce.chance_of_running_out is not None and scarce.chance_of_running_out > 0.8
    assert ample.chance_of_running_out == 0
    assert scarce.cost_minor.high == 60 * 1_000
    assert scarce.stock_for_95 == ample.stock_for_95, "what is wanted does not depend on what there is"
    assert simulate(replace(TOLD, stock=scarce.stock_for_95)).chance_of_running_out == pytest.approx(
        0.05, abs=0.01
    )


def test_nobody_reached_means_nothing_happens() -> None:
    nothing = simulate(replace(TOLD, reach=0, fixed_cost_minor=700))
    assert (nothing.buyers.high, nothing.mean_cost_minor, nothing.brought_share) == (0, 700, 0.0)


def test_people_who_bring_more_than_themselves_are_said_aloud_and_end() -> None:
    found = simulate(replace(TOLD, k=1.2), runs=200)
    assert found.grows_without_end
    assert found.brought_share > 0.8


def test_a_shop_without_a_record_says_that_it_assumes() -> None:
    record = record_of([], visitors=10)
    assert (record.conversion, record.k) == (ASSUMED_CONVERSION, ASSUMED_K)
    assert not record.is_own_conversion and not record.is_own_k


def test_the_uplift_of_the_page() -> None:
    def arm(people: int, mean: float, deviation: float) -> ArmFigures:
        squares = deviation**2 * (people - 1) + people * mean**2
        return ArmFigures(people, round(people * mean), squares)

    found = uplift_of(arm(900, 1_200, 4_000), arm(100, 800, 3_000))
    assert found.per_person_minor == pytest.approx(400)
    assert found.error_minor == pytest.approx(643, abs=1)
    assert not found.is_sure
    few = uplift_of(arm(900, 1_200, 4_000), arm(99, 800, 3_000))
    assert few.per_person_minor is None and not few.is_sure
    assert uplift_of(arm(90_000, 1_200, 4_000), arm(10_000, 800, 3_000)).is_sure
