"""Plans of shares: exact, fair, sealed (docs/algorithms/red-packet.md)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jishi.kernel.chance import random_bytes, seeded
from jishi.modules.plays.red_packet import rules
from jishi.modules.plays.red_packet.errors import BadPacket
from jishi.modules.plays.red_packet.types import Audience, PacketKind, Terms

SEED = "0123456789abcdef" * 4
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TERMS = Terms(kind=PacketKind.RANDOM, total_minor=1000, share_count=5)


def plan(
    total: int, count: int, *, kind: PacketKind = PacketKind.RANDOM, seed: str = SEED
) -> tuple[int, ...]:
    return rules.plan_shares(kind=kind, total_minor=total, share_count=count, seed=seed)


def test_the_plans_and_the_seal_of_the_page() -> None:
    assert plan(1000, 5) == (304, 245, 185, 48, 218)
    assert plan(1000, 6, kind=PacketKind.EVEN) == (167, 167, 167, 167, 166, 166)
    assert rules.commitment(seed=SEED, plan=plan(1000, 5)) == (
        "bd8c165fdd77480121636f2ddba8fb1457f3e7378c631f0e572c0591052c7398"
    )


@given(
    count=st.integers(min_value=1, max_value=60),
    spare=st.integers(min_value=0, max_value=5_000),
    seed=st.binary(min_size=32, max_size=32),
    kind=st.sampled_from(PacketKind),
)
def test_every_plan_sums_exactly_and_gives_everyone_something(
    count: int, spare: int, seed: bytes, kind: PacketKind
) -> None:
    shares = plan(count + spare, count, kind=kind, seed=seed.hex())
    assert (sum(shares), len(shares)) == (count + spare, count)
    assert min(shares) >= 1
    if kind is PacketKind.EVEN:
        assert max(shares) - min(shares) <= 1


@given(left=st.integers(min_value=2, max_value=500), spare=st.integers(min_value=0, max_value=10**6))
def test_the_highest_share_is_below_twice_the_mean_and_leaves_one_for_each(left: int, spare: int) -> None:
    rest = left + spare
    top = rules.highest_share(rest_minor=rest, left=left)
    assert 1 <= top <= rest - (left - 1)
    assert top * left < 2 * rest <= (top + 1) * left


def test_early_and_late_get_the_same_on_the_average() -> None:
    """4,000 packets of 10.00 for five: each place has the mean 200 within five standard errors."""
    packets = 4_000
    with seeded(7):
        plans = [plan(1000, 5, seed=random_bytes(32).hex()) for _ in range(packets)]
    for place in range(5):
        drawn = [shares[place] for shares in plans]
        mean = sum(drawn) / packets
        deviation = (sum((amount - mean) ** 2 for amount in drawn) / packets) ** 0.5
        assert abs(mean - 200) < 5 * deviation / packets**0.5 + 0.5, (place, mean)


def test_the_first_share_is_even_from_one_to_twice_the_mean() -> None:
    """Ten bands of 1…399 over 6,000 packets: chi-square with 9 degrees of freedom stays below 27.88 (1 in 1,000)."""
    packets, counts = 6_000, [0] * 10
    with seeded(11):
        for _ in range(packets):
            first = plan(1000, 5, seed=random_bytes(32).hex())[0]
            assert 1 <= first <= 399
            counts[min((first - 1) * 10 // 399, 9)] += 1
    sizes = [sum(1 for amount in range(399) if min(amount * 10 // 399, 9) == band) for band in range(10)]
    expected = [packets * size / 399 for size in sizes]
    assert sum((got - want) ** 2 / want for got, want in zip(counts, expected, strict=True)) < 27.88


def test_too_little_for_everyone_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="at least one"):
        plan(4, 5)


@pytest.mark.parametrize(
    ("given_text", "is_right"),
    [("集市 大吉", True), ("  集市   大吉 ", True), ("集市大吉", False), ("", False), ("集市 大吉!", False)],
)
def test_a_password_is_right_but_for_spaces_and_case(given_text: str, is_right: bool) -> None:
    assert rules.is_password(given_text, password=rules.clean_password("集市 大吉")) is is_right
    assert rules.is_password("JISHI", password=rules.clean_password("Jishi"))


@pytest.mark.parametrize(
    ("days_ago", "has_paid", "within", "is_new"),
    [
        (400, False, 0, True),
        (400, True, 0, False),
        (3, False, 7, True),
        (8, False, 7, False),
        (3, True, 7, False),
    ],
)
def test_who_is_new(days_ago: int, has_paid: bool, within: int, is_new: bool) -> None:
    joined = NOW - timedelta(days=days_ago)
    assert rules.is_new_member(joined_at=joined, has_paid=has_paid, within_days=within, now=NOW) is is_new
    assert not rules.is_new_member(joined_at=None, has_paid=False, within_days=7, now=NOW)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"share_count": 0}, "share_count"),
        ({"share_count": 10_001, "total_minor": 10**6}, "share_count"),
        ({"total_minor": 4}, "total_minor"),
        ({"greeting": "长" * 41}, "greeting"),
        ({"password": "长" * 21}, "password"),
        ({"drops": 61}, "drops"),
        ({"drops": 2, "drop_seconds": 0}, "drop_seconds"),
        ({"new_within_days": 7}, "new_within_days"),
    ],
)
def test_wrong_terms_are_refused_by_field(change: dict[str, Any], field: str) -> None:
    with pytest.raises(BadPacket) as refusal:
        rules.check_terms(replace(TERMS, **change))
    assert refusal.value.facts["field"] == field


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"share_count": 101, "total_minor": 5_000}, "share_count"),
        ({"total_minor": 100_001}, "total_minor"),
        ({"drops": 2}, "kind"),
        ({"audience": Audience.NEW_MEMBER}, "kind"),
    ],
)
def test_what_a_member_may_not_send(change: dict[str, Any], field: str) -> None:
    with pytest.raises(BadPacket) as refusal:
        rules.check_members_packet(replace(TERMS, **change))
    assert refusal.value.facts["field"] == field


def test_a_play_must_be_able_to_pay_for_all_drops_and_have_time_for_them() -> None:
    rain = replace(TERMS, drops=3, drop_seconds=60)
    window = {"opens_at": NOW, "closes_at": NOW + timedelta(minutes=3)}
    rules.check_play(rain, **window, budget_minor=3_000)
    with pytest.raises(BadPacket) as poor:
        rules.check_play(rain, **window, budget_minor=2_999)
    with pytest.raises(BadPacket) as short:
        rules.check_play(rain, opens_at=NOW, closes_at=NOW + timedelta(minutes=2), budget_minor=None)
    assert (poor.value.facts["field"], short.value.facts["field"]) == ("budget_minor", "closes_at")


def test_the_best_share_is_the_greatest_and_the_earlier_of_two() -> None:
    assert rules.best_share((5, 9, 9, 1)) == 2
