"""Decay, caps, once per fact, thanks."""

import uuid
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jishi.kernel import clock, ids
from jishi.kernel.actor import SYSTEM, Actor, ActorKind
from jishi.modules.incentives import public as incentives
from jishi.modules.incentives.public import RuleForm
from jishi.modules.incentives.rules import decayed
from jishi.platform.models import FactRow

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
POST = "community.post_published.v1"


def fact(member_id: uuid.UUID, *, at: datetime = NOW, fact_id: uuid.UUID | None = None) -> Any:
    return SimpleNamespace(
        id=fact_id or ids.new_id(), name=POST, at=at, payload={"member_id": str(member_id)}
    )


def test_the_worked_numbers_of_decay() -> None:
    days = [(10, NOW), (10, NOW - timedelta(days=3)), (10, NOW - timedelta(days=6))]
    assert decayed(days, now=NOW) == 1_750


@given(st.integers(0, 100), st.integers(0, 10_000))
def test_a_value_never_grows_with_time(value: int, minutes: int) -> None:
    later = NOW + timedelta(minutes=minutes)
    assert 0 <= decayed([(value, NOW)], now=later) <= decayed([(value, NOW)], now=NOW) == 100 * value


@pytest.mark.django_db
def test_a_fact_counts_once_and_the_day_is_full_at_the_cap() -> None:
    incentives.save_rule(RuleForm(POST, "member_id", "发帖", 5, 5, 2), by=SYSTEM)
    member, again = ids.new_id(), ids.new_id()
    assert incentives.count_contribution(fact(member, fact_id=again)) is not None
    assert incentives.count_contribution(fact(member, fact_id=again)) is None
    assert incentives.count_contribution(fact(member)) is not None
    assert incentives.count_contribution(fact(member)) is None
    assert incentives.count_contribution(fact(member, at=NOW + timedelta(days=1))) is not None


@pytest.mark.django_db
def test_no_rule_or_one_that_is_off_counts_nothing() -> None:
    assert incentives.count_contribution(fact(ids.new_id())) is None
    incentives.save_rule(RuleForm(POST, "member_id", "发帖", 5, 5, 2, is_on=False), by=SYSTEM)
    assert incentives.count_contribution(fact(ids.new_id())) is None


@pytest.mark.django_db
def test_the_board_prefers_what_is_fresh() -> None:
    incentives.save_rule(RuleForm(POST, "member_id", "发帖", 5, 5, 9), by=SYSTEM)
    old, fresh, gone = ids.new_id(), ids.new_id(), ids.new_id()
    with clock.held_at(NOW):
        for member, days in ((old, 6), (old, 6), (fresh, 0), (gone, 8)):
            incentives.count_contribution(fact(member, at=NOW - timedelta(days=days)))
        assert [(row.member_id, row.score) for row in incentives.week_board()] == [(fresh, 500), (old, 250)]


@pytest.mark.django_db
def test_thanks_have_limits_and_say_so_once() -> None:
    giver = Actor(kind=ActorKind.MEMBER, id=ids.new_id())
    about = ids.new_id()
    with pytest.raises(incentives.ThanksToOneself):
        incentives.thank(giver.require_member(), by=giver, about_kind="post", about_id=about)
    incentives.thank(ids.new_id(), by=giver, about_kind="post", about_id=about)
    with pytest.raises(incentives.ThankedAlready):
        incentives.thank(ids.new_id(), by=giver, about_kind="post", about_id=about)
    for _ in range(4):
        incentives.thank(ids.new_id(), by=giver, about_kind="post", about_id=ids.new_id())
    with pytest.raises(incentives.TooManyThanks):
        incentives.thank(ids.new_id(), by=giver, about_kind="post", about_id=ids.new_id())
    assert FactRow.objects.filter(name="incentives.thanks_given.v1").count() == 5
