"""Decay, caps, once per fact, thanks."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jishi.kernel import clock, ids
from jishi.kernel.actor import SYSTEM, Actor, ActorKind
from jishi.kernel.errors import InvalidInput
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


@pytest.mark.django_db
def test_the_board_adds_up_in_the_database_what_the_rule_says() -> None:
    incentives.save_rule(RuleForm(POST, "member_id", "发帖", 5, 7, 99), by=SYSTEM)
    people = {
        ids.new_id(): [NOW - timedelta(hours=hours * step) for hours in range(6)] for step in (1, 9, 26)
    }
    for member, instants in people.items():
        for at in instants:
            assert incentives.count_contribution(fact(member, at=at)) is not None
    with clock.held_at(NOW):
        board = incentives.week_board()
        wanted = {
            member: decayed([(7, at) for at in instants], now=NOW) for member, instants in people.items()
        }
        assert {row.member_id: row.score for row in board} == wanted
        assert [row.score for row in board] == sorted(wanted.values(), reverse=True)
        for place, row in enumerate(board, start=1):
            mine = incentives.own_standing(by=Actor(kind=ActorKind.MEMBER, id=row.member_id))
            assert (mine.place, mine.score, mine.contributions) == (place, row.score, 6)


@pytest.mark.django_db
def test_ones_own_standing_says_what_still_counts_today(django_assert_num_queries: Any) -> None:
    incentives.save_rule(RuleForm(POST, "member_id", "发帖", 5, 7, 3), by=SYSTEM)
    me = Actor(kind=ActorKind.MEMBER, id=ids.new_id())
    assert me.id is not None
    with clock.held_at(NOW):
        assert incentives.own_standing(by=me).place is None
        incentives.count_contribution(fact(me.id))
        incentives.thank(ids.new_id(), by=me, about_kind="post", about_id=ids.new_id())
        with django_assert_num_queries(4):
            mine = incentives.own_standing(by=me)
        assert (mine.place, mine.thanks_left) == (1, incentives.THANKS_PER_DAY - 1)
        assert [(row.counted, row.daily_cap) for row in mine.today] == [(1, 3)]
    with clock.held_at(NOW + timedelta(days=1)):
        assert [row.counted for row in incentives.own_standing(by=me).today] == [0]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [{"fact_name": "orders.order_paid.v1"}, {"batch_id": uuid.uuid4()}, {"label": " "}, {"points": -1}],
)
def test_a_rule_that_could_never_work_is_refused_and_not_saved(wrong: dict[str, Any]) -> None:
    form = replace(RuleForm(POST, "member_id", "发帖", 5, 7, 3), **wrong)
    with pytest.raises(InvalidInput):
        incentives.save_rule(form, by=SYSTEM)
    assert incentives.rules_table(by=SYSTEM) == []
