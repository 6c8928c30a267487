"""Worked numbers of docs/algorithms/reconciliation-and-close.md, and what must hold for any numbers."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jishi.kernel.errors import IllegalStep
from jishi.kernel.flow import advance
from jishi.modules.finance import rules
from jishi.modules.finance.types import DayProof, DifferenceState, MoneyProof, UnitProof

S = DifferenceState
DAY = date(2026, 6, 1)
FIRST_OF_JUNE = MoneyProof(
    currency="CNY",
    orders_paid_minor=12_600,
    orders_refunded_minor=4_200,
    paid_twice_minor=4_200,
    sales_minor=12_600,
)


def proof(money: MoneyProof = FIRST_OF_JUNE, **more: object) -> DayProof:
    plain = DayProof(
        day=DAY,
        units=(UnitProof("CNY", 21_000, 21_000),),
        money=(money,),
        unsound_accounts=(),
        open_differences=0,
        explained_differences=0,
        statements=("fake",),
        transfer_count=5,
    )
    return replace(plain, **more)  # type: ignore[arg-type]


def codes(found: DayProof) -> list[str]:
    return [problem.code for problem in rules.problems_of(found)]


def test_the_first_of_june_balances() -> None:
    assert (FIRST_OF_JUNE.orders_side_minor, FIRST_OF_JUNE.ledger_side_minor) == (12_600, 12_600)
    assert codes(proof()) == []


def test_without_one_capture_it_does_not_until_it_is_corrected() -> None:
    missing = replace(FIRST_OF_JUNE, sales_minor=8_400)
    assert codes(proof(missing)) == ["orders_differ"]
    assert codes(proof(replace(missing, corrections_minor=4_200))) == []


def test_every_reason_is_said() -> None:
    broken = proof(
        replace(FIRST_OF_JUNE, sales_minor=1),
        units=(UnitProof("CNY", 5, 4),),
        unsound_accounts=("wallet:x",),
        open_differences=2,
    )
    assert codes(broken) == ["unit_unbalanced", "account_unsound", "orders_differ", "open_differences"]
    assert codes(proof(explained_differences=3)) == []


def test_a_seal_holds_the_day_before_and_every_number() -> None:
    totals = rules.totals_of(proof())
    first = rules.seal(previous=rules.FIRST_HASH, day=DAY, totals=totals)
    assert first == rules.seal(previous=rules.FIRST_HASH, day=DAY, totals=rules.totals_of(proof()))
    other = rules.totals_of(proof(transfer_count=6))
    assert len({first, rules.seal(previous=rules.FIRST_HASH, day=DAY, totals=other)}) == 2
    assert rules.seal(previous=first, day=DAY, totals=totals) != first


def test_a_day_is_over_ten_minutes_after_its_end() -> None:
    end = datetime(2026, 6, 1, 16, tzinfo=UTC)  # midnight in Shanghai
    assert not rules.is_over(DAY, now=end.replace(minute=9), zone="Asia/Shanghai")
    assert rules.is_over(DAY, now=end.replace(minute=10), zone="Asia/Shanghai")


def test_a_day_of_changed_clocks_has_its_own_length() -> None:
    since, until = rules.day_bounds(date(2026, 3, 29), zone="Europe/Berlin")
    assert (until.astimezone(UTC) - since.astimezone(UTC)).total_seconds() == 23 * 3600


@pytest.mark.parametrize(
    ("used", "told"), [(0, []), (49_999, []), (50_000, [50]), (81_000, [50, 80]), (100_000, [50, 80, 100])]
)
def test_alarms_of_a_thousand(used: int, told: list[int]) -> None:
    assert rules.crossed(granted_minor=100_000, used_minor=used) == told


@given(st.integers(1, 10**12), st.integers(0, 10**12), st.integers(0, 10**9))
def test_more_use_never_takes_an_alarm_back(granted: int, used: int, more: int) -> None:
    before = rules.crossed(granted_minor=granted, used_minor=used)
    assert set(before) <= set(rules.crossed(granted_minor=granted, used_minor=used + more))


@pytest.mark.parametrize(
    ("minor", "limit", "waits"), [(50_000, 50_000, False), (50_001, 50_000, True), (9, 0, False)]
)
def test_the_limit_of_refunds(minor: int, limit: int, waits: bool) -> None:
    assert rules.needs_second_person(minor, limit_minor=limit) is waits


@pytest.mark.parametrize("state", list(S))
@pytest.mark.parametrize("verb", ["explain", "settle", "reopen"])
def test_the_whole_life_of_a_difference(state: DifferenceState, verb: str) -> None:
    legal = {
        (S.OPEN, "explain"): S.EXPLAINED,
        (S.OPEN, "settle"): S.SETTLED,
        (S.EXPLAINED, "explain"): S.EXPLAINED,
        (S.EXPLAINED, "settle"): S.SETTLED,
        (S.EXPLAINED, "reopen"): S.OPEN,
        (S.SETTLED, "reopen"): S.OPEN,
    }
    if (state, verb) in legal:
        assert advance(rules.DIFFERENCE_LIFECYCLE, state, verb) is legal[state, verb]
    else:
        with pytest.raises(IllegalStep):
            advance(rules.DIFFERENCE_LIFECYCLE, state, verb)
