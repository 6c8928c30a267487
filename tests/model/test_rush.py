"""Every state a small pool can come into is looked at; then the real SQL is driven beside the model."""

import uuid
from collections import deque
from datetime import timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from jishi.kernel import clock, ids
from jishi.platform import rush
from jishi.platform.models import Claim, Pool, Shard
from jishi.platform.rush import PoolTerms
from jishi.platform.rush.claims import CLAIM
from tests.model import rush as model
from tests.model.rush import Fault, State

STATES_MAX = 400_000


def explore(*, shards: int, fault: Fault = Fault.NONE) -> tuple[set[State], list[str]]:
    """Breadth first from an open pool of two; the states seen, and the shortest way to something broken."""
    start = model.opened(capacity=2, shards=shards)
    came_by: dict[State, tuple[State, str] | None] = {start: None}
    waiting = deque([start])
    while waiting:
        state = waiting.popleft()
        for step in model.steps(state, fault=fault):
            found = model.broken(step.state) or model.wrong(state, step)
            if found:
                return set(came_by), [*_way(came_by, state), step.verb, found]
            if step.state not in came_by:
                came_by[step.state] = (state, step.verb)
                waiting.append(step.state)
        assert len(came_by) <= STATES_MAX, "the small model is not small"
    return set(came_by), []


def _way(came_by: dict[State, tuple[State, str] | None], state: State) -> list[str]:
    way: list[str] = []
    while (before := came_by[state]) is not None:
        state, verb = before
        way.insert(0, verb)
    return way


@pytest.mark.parametrize("shards", [1, 2])
def test_no_order_of_events_breaks_a_promise(shards: int) -> None:
    states, counterexample = explore(shards=shards)

    assert counterexample == []
    assert len(states) > 2_000
    assert {known for state in states for known in state.claims} == {
        "",
        "held",
        "kept",
        "released",
        "expired",
    }
    assert any(sum(taken for _, taken in state.rows) == state.capacity == 2 for state in states)
    for state in states:
        _every_unpaid_hold_can_return(state)
        _a_lost_answer_can_be_heard(state)


def _every_unpaid_hold_can_return(state: State) -> None:
    for key, known in enumerate(state.claims):
        if known == "held":
            is_done, state = model.end(state, key, before=("held",), after="expired")
            assert is_done
    assert sum(taken for _, taken in state.rows) == state.claims.count("kept")


def _a_lost_answer_can_be_heard(state: State) -> None:
    for key, known in enumerate(state.claims):
        if known:
            answer, after = model.claim(state, key)
            assert (answer, after.claims) == ("replayed", state.claims)


@pytest.mark.parametrize(
    ("fault", "shards", "found"),
    [
        (Fault.ANSWER_BEFORE_COMMIT, 1, "whoever heard yes has a row"),
        (Fault.GIVE_BACK_TWICE, 1, "taken"),
        (Fault.LOOK_AT_HOME_ONLY, 2, "sold_out only when nothing is left"),
        (Fault.FORGET_THE_KEY, 1, "a claim id is granted once"),
        (Fault.SHRINK_BELOW_TAKEN, 1, "taken ≤ capacity"),
        (Fault.NO_LIMIT, 1, "limit of a member"),
    ],
)
def test_each_guard_is_needed(fault: Fault, shards: int, found: str) -> None:
    """The control: with one rule broken the exploration finds a way to the damage."""
    _, counterexample = explore(shards=shards, fault=fault)

    assert counterexample and counterexample[-1].startswith(found), counterexample


class RealPool(RuleBasedStateMachine):
    """The same verbs on the database; after each, answers, rows and claims must be those of the model."""

    def __init__(self) -> None:
        super().__init__()
        self.state = model.opened(capacity=2, shards=1)
        self.pool = uuid.UUID(int=0)
        self.members = [uuid.UUID(int=ids.new_id().int >> 16 << 16 | member) for member in model.MEMBERS]
        self.claims = [ids.new_id() for _ in model.KEYS]

    @initialize(shards=st.sampled_from([1, 2]), capacity=st.sampled_from(model.SIZES))
    def open(self, shards: int, capacity: int) -> None:
        self.state = model.opened(capacity=capacity, shards=shards)
        terms = PoolTerms(shards=shards)
        self.pool = rush.open_pool(purpose="test", capacity=capacity, member_limit=model.LIMIT, terms=terms)

    @rule(key=st.sampled_from(range(len(model.KEYS))), dies=st.sampled_from(["", "before", "after"]))
    def claim(self, key: int, dies: str) -> None:
        expected, after = model.claim(self.state, key)
        try:
            with transaction.atomic():
                answer = self._claim(key)
                if dies == "before":
                    raise ConnectionError
        except ConnectionError:
            return
        self.state = after
        assert answer == expected

    def _claim(self, key: int) -> str:
        """As the lane does it: what a refused batch has moved between shards stays moved."""
        now, due = clock.now(), clock.now() + timedelta(minutes=15)
        member = self.members[model.KEYS[key][0]]
        with connection.cursor() as cursor:
            cursor.execute(
                CLAIM, [self.pool, [self.claims[key]], [member], [1], None, None, None, None, now, due]
            )
            return str(cursor.fetchone()[0][0])

    @rule(key=st.sampled_from(range(len(model.KEYS))))
    def keep(self, key: int) -> None:
        expected, self.state = model.keep(self.state, key)
        assert rush.keep_claim(self.claims[key]) == expected

    @rule(key=st.sampled_from(range(len(model.KEYS))))
    def release(self, key: int) -> None:
        expected, self.state = model.end(self.state, key, before=("held", "kept"), after="released")
        assert rush.release_claim(self.claims[key]) == expected

    @rule()
    def expire(self) -> None:
        for key in range(len(model.KEYS)):
            _, self.state = model.end(self.state, key, before=("held",), after="expired")
        with clock.held_at(clock.now() + timedelta(hours=1)):
            rush.expire_claims()

    @rule(capacity=st.sampled_from(model.SIZES))
    def resize(self, capacity: int) -> None:
        expected, self.state = model.resize(self.state, capacity)
        assert rush.resize_pool(pool_id=self.pool, capacity=capacity) == expected

    @invariant()
    def rows_and_claims_are_those_of_the_model(self) -> None:
        if self.pool.int == 0:
            return
        kind = (
            Shard.objects.filter(pool_id=self.pool)
            if len(self.state.rows) > 1
            else Pool.objects.filter(id=self.pool)
        )
        rows = kind.order_by("number" if len(self.state.rows) > 1 else "id").values_list("capacity", "taken")
        assert tuple(rows) == self.state.rows
        found = dict(Claim.objects.filter(pool_id=self.pool).values_list("id", "state"))
        assert tuple(found.get(claim, "") for claim in self.claims) == self.state.claims


@pytest.mark.django_db
def test_the_database_goes_the_ways_of_the_model() -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        RealPool,
        settings=settings(
            max_examples=25,
            stateful_step_count=20,
            deadline=None,
            phases=[Phase.explicit, Phase.reuse, Phase.generate],
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
