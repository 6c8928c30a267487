"""The life of a play: every legal step, every illegal one, and its budget."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from jishi.kernel import clock, ids
from jishi.kernel.actor import SYSTEM, Actor, ActorKind
from jishi.kernel.errors import IllegalStep, NotAllowed
from jishi.kernel.flow import advance, can
from jishi.modules.ledger.public import BudgetExhausted
from jishi.modules.plays.life.public import (
    LIFECYCLE,
    BadPlay,
    PlayHead,
    PlayIsFixed,
    PlayKind,
    PlayState,
    advance_plays,
    budget_left_minor,
    change_play,
    check_head,
    close_play,
    closing_play_ids,
    create_play,
    is_running,
    play_view,
    publish_play,
    raise_budget,
    release_budget,
    reserve_budget,
    running_plays,
    settle_play,
    spend_budget,
)
from jishi.platform.facts import facts_about

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HEAD = PlayHead(
    name="午间场",
    currency="CNY",
    opens_at=NOW + timedelta(hours=1),
    closes_at=NOW + timedelta(hours=3),
    budget_minor=10_000,
)
VERBS = ("schedule", "open", "withdraw", "close", "settle")


@pytest.mark.parametrize("state", list(PlayState))
@pytest.mark.parametrize("verb", VERBS)
def test_every_step_outside_the_table_is_refused(state: PlayState, verb: str) -> None:
    if can(LIFECYCLE, state, verb):
        assert advance(LIFECYCLE, state, verb) is LIFECYCLE[state, verb]
    else:
        with pytest.raises(IllegalStep):
            advance(LIFECYCLE, state, verb)


def test_a_settled_play_has_no_way_on_and_every_state_is_reached() -> None:
    assert not [verb for state, verb in LIFECYCLE if state is PlayState.SETTLED]
    assert set(LIFECYCLE.values()) == set(PlayState)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "长" * 81}, "name"),
        ({"closes_at": HEAD.opens_at}, "closes_at"),
        ({"budget_minor": 0}, "budget_minor"),
    ],
)
def test_a_wrong_head_is_refused_by_field(change: dict[str, object], field: str) -> None:
    with pytest.raises(BadPlay) as refusal:
        check_head(replace(HEAD, **change))  # type: ignore[arg-type]  # one wrong value at a time
    assert refusal.value.facts["field"] == field


@pytest.mark.django_db
def test_a_play_opens_and_closes_by_the_clock_and_says_so_once() -> None:
    with clock.held_at(NOW):
        play = create_play(PlayKind.BARGAIN, HEAD, by=SYSTEM)
        assert publish_play(play.id, by=SYSTEM).state is PlayState.SCHEDULED
        assert advance_plays() == 0 and not running_plays(kind=PlayKind.BARGAIN)
        clock.advance_held(timedelta(hours=1))
        # the doors open by the clock, before any sweep
        assert is_running(play_view(play.id), now=clock.now())
        assert [found.id for found in running_plays(kind=PlayKind.BARGAIN)] == [play.id]
        assert advance_plays() == 1 and advance_plays() == 0
        clock.advance_held(timedelta(hours=2))
        assert not running_plays(kind=PlayKind.BARGAIN)
        assert advance_plays() == 1
        assert closing_play_ids(kind=PlayKind.BARGAIN) == [play.id]
        assert settle_play(play.id) and not settle_play(play.id)
        assert play_view(play.id).settled_at == clock.now()
    names = [fact.name for fact in facts_about(subject_kind="play", subject_id=play.id)]
    assert sorted(names) == [
        "plays.play_closed.v1",
        "plays.play_opened.v1",
        "plays.play_published.v1",
        "plays.play_settled.v1",
    ]


@pytest.mark.django_db
def test_terms_are_fixed_once_people_may_take_part() -> None:
    with clock.held_at(NOW):
        play = create_play(PlayKind.FLASH_SALE, HEAD, by=SYSTEM)
        assert change_play(play.id, replace(HEAD, name="晚间场"), by=SYSTEM).name == "晚间场"
        publish_play(play.id, by=SYSTEM)
        change_play(play.id, replace(HEAD, name="夜宵场"), by=SYSTEM)
        with pytest.raises(PlayIsFixed):  # its budget is in the ledger already
            change_play(play.id, replace(HEAD, budget_minor=20_000), by=SYSTEM)
        clock.advance_held(timedelta(hours=1))
        with pytest.raises(PlayIsFixed):  # open by the clock, though no sweep has come yet
            change_play(play.id, HEAD, by=SYSTEM)
    assert play_view(play.id).name == "夜宵场"


@pytest.mark.django_db
def test_the_budget_is_reserved_spent_given_back_and_never_exceeded() -> None:
    with clock.held_at(NOW):
        play = create_play(PlayKind.BARGAIN, HEAD, by=SYSTEM)
        play = publish_play(play.id, by=SYSTEM)
        first, second = ids.new_id(), ids.new_id()
        subject = ("order", uuid.uuid4())
        assert reserve_budget(play, use_id=first, amount_minor=6_000, subject=subject)
        assert not reserve_budget(play, use_id=first, amount_minor=6_000, subject=subject)
        with pytest.raises(BudgetExhausted):
            reserve_budget(play, use_id=second, amount_minor=4_001, subject=subject)
        assert reserve_budget(play, use_id=second, amount_minor=4_000, subject=subject)
        assert budget_left_minor(play) == 0
        assert release_budget(second) and not release_budget(second)
        assert spend_budget(first) and not release_budget(first)
        assert budget_left_minor(play) == 4_000
        grant = ids.new_id()
        for _ in range(2):  # a repeated click is one raise
            play = raise_budget(play.id, by=SYSTEM, by_minor=1_000, grant_id=grant)
        assert play.budget_minor == 11_000 and budget_left_minor(play) == 5_000


@pytest.mark.django_db
def test_only_who_may_edit_plays_moves_them() -> None:
    member = Actor(kind=ActorKind.MEMBER, id=ids.new_id())
    with pytest.raises(NotAllowed):
        create_play(PlayKind.BARGAIN, HEAD, by=member)
    play = create_play(PlayKind.BARGAIN, HEAD, by=SYSTEM)
    for verb in (publish_play, close_play):
        with pytest.raises(NotAllowed):
            verb(play.id, by=member)
    assert play_view(play.id).state is PlayState.DRAFT
