"""Small decisions of the console: cells for spreadsheets, changes in words, sparks, groups of days."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jishi.insight.periods import Compared
from jishi.surfaces.console.csv_file import safe
from jishi.surfaces.console.figures import compared, gathered, groups, spark, whole


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+86139", "'+86139"),
        ("-2", "-2"),
        ("-2.50", "-2.50"),
        ("-cmd", "'-cmd"),
        ("@x", "'@x"),
        (" =x", "' =x"),
        ("\tx", "'\tx"),
        ("橙", "橙"),
        (None, ""),
        (12, "12"),
    ],
)
def test_no_cell_is_a_formula(value: object, cell: str) -> None:
    assert safe(value) == cell


@given(st.text())
def test_no_text_at_all_is_a_formula(value: str) -> None:
    cell = safe(value).lstrip()
    assert not cell or (cell[0] not in "=+@" and (cell[0] != "-" or float(cell) <= 0))


@pytest.mark.parametrize(
    ("now", "before", "delta", "way", "mood"),
    [
        (110, 100, "10.0%", "up", "good"),
        (90, 100, "10.0%", "down", "bad"),
        (100, 100, "持平", "same", ""),
        (5, 0, "", "up", "good"),
        (5000, 10, "500 倍", "up", "good"),
    ],
)
def test_a_change_in_words(now: float, before: float, delta: str, way: str, mood: str) -> None:
    card = compared("x", Compared(now, before), words=whole)
    assert (card["delta"], card["way"], card["mood"]) == (delta, way, mood)


def test_less_can_be_good() -> None:
    assert compared("x", Compared(1, 2), words=whole, good="down")["mood"] == "good"


@given(st.lists(st.integers(min_value=-(10**9), max_value=10**9), max_size=366))
def test_groups_lose_no_day_and_no_cent(values: list[int]) -> None:
    count = len(values)
    assert [index for group in groups(count) for index in group] == list(range(count))
    assert sum(gathered(values, count)) == sum(values)
    assert len(groups(count)) <= 53


def test_a_spark_stays_in_its_box_and_nothing_draws_nothing() -> None:
    assert spark([]) == spark([0, 0, 0]) == ""
    numbers = [float(part) for part in spark([3, 9, 1, 4] * 40).replace("M", "").replace("L", "").split()]
    assert max(numbers[0::2]) <= 80 and min(numbers[1::2]) >= 0 and max(numbers[1::2]) <= 32
