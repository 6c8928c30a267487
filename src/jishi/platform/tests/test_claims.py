"""Claims on a pool (docs/algorithms/claims.md): a batch answers as its requests would one after another."""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jishi.kernel import clock, ids
from jishi.kernel.errors import NotFound
from jishi.platform import rush
from jishi.platform.models import Claim, Pool
from jishi.platform.once import KeyReused
from jishi.platform.rush import claims

pytestmark = pytest.mark.django_db

A, B, C = (uuid.UUID(int=number) for number in (10, 11, 12))
Ask = tuple[uuid.UUID, uuid.UUID, int]  # claim, member, quantity


def batch(pool_id: uuid.UUID, asks: Sequence[Ask], *, expires_at: datetime | None = None) -> list[str]:
    wishes, members, quantities = (list(column) for column in zip(*asks, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(
            claims.CLAIM,
            [pool_id, wishes, members, quantities, None, None, None, None, clock.now(), expires_at],
        )
        answers: list[str] = cursor.fetchone()[0]
    return answers


def new(member: uuid.UUID, quantity: int = 1) -> Ask:
    return ids.new_id(), member, quantity


def state_of(pool_id: uuid.UUID) -> tuple[int, int, list[tuple[uuid.UUID, int, str]]]:
    pool = Pool.objects.get(id=pool_id)
    rows = Claim.objects.filter(pool_id=pool_id).order_by("created_at", "id")
    return pool.taken, pool.capacity, [(row.member_id, row.quantity, row.state) for row in rows]


def assert_sound(pool_id: uuid.UUID) -> None:
    taken, capacity, rows = state_of(pool_id)
    assert taken == sum(quantity for _, quantity, state in rows if state in ("held", "kept"))
    assert taken <= capacity


def test_the_worked_example() -> None:
    pool = rush.open_pool(purpose="test", capacity=3, member_limit=2)
    first, second, third = new(A), new(B, 2), new(A)

    assert batch(pool, [first, second, third]) == ["granted", "granted", "sold_out"]
    assert batch(pool, [first]) == ["replayed"]
    assert state_of(pool)[0] == 3


@pytest.mark.parametrize(
    ("limit", "wants", "answers"),
    [
        (2, [(A, 1), (A, 1), (A, 1)], ["granted", "granted", "limit_reached"]),
        (
            2,
            [(A, 3), (A, 1), (A, 1)],
            ["limit_reached", "granted", "granted"],
        ),  # a refused wish is not counted
        (2, [(A, 2), (B, 2), (A, 1), (B, 1)], ["granted", "granted", "limit_reached", "limit_reached"]),
        (0, [(A, 9), (A, 1), (B, 1)], ["granted", "granted", "sold_out"]),
        (0, [(A, 8), (B, 3), (C, 2)], ["granted", "sold_out", "granted"]),  # a smaller wish may still fit
    ],
)
def test_a_batch_of_several_wishes(
    limit: int, wants: list[tuple[uuid.UUID, int]], answers: list[str]
) -> None:
    pool = rush.open_pool(purpose="test", capacity=10, member_limit=limit)

    assert batch(pool, [new(member, quantity) for member, quantity in wants]) == answers
    assert_sound(pool)


def test_a_repeated_claim_does_not_count_against_the_members_limit_twice() -> None:
    pool = rush.open_pool(purpose="test", capacity=10, member_limit=2)
    known = new(A)
    batch(pool, [known])

    assert batch(pool, [known, new(A), new(A)]) == ["replayed", "granted", "limit_reached"]


@pytest.mark.parametrize("other", [(B, 1), (A, 2)])
def test_a_claim_id_belongs_to_one_request(other: tuple[uuid.UUID, int]) -> None:
    pool = rush.open_pool(purpose="test", capacity=10)
    known = new(A)
    batch(pool, [known])
    before = state_of(pool)

    assert batch(pool, [(known[0], *other)]) == ["key_reused"]
    with pytest.raises(KeyReused):
        rush.claim_units(pool_id=pool, member_id=other[0], quantity=other[1], claim_id=known[0])
    elsewhere = rush.open_pool(purpose="test", capacity=10)
    assert batch(elsewhere, [known]) == ["key_reused"]
    assert state_of(pool) == before


@given(
    capacity=st.integers(0, 8),
    limit=st.integers(0, 3),
    wants=st.lists(st.tuples(st.integers(0, 9), st.sampled_from([A, B, C]), st.integers(1, 3)), max_size=12),
    cuts=st.lists(st.integers(0, 12), max_size=3),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_how_requests_are_batched_changes_no_answer(
    capacity: int, limit: int, wants: list[tuple[int, uuid.UUID, int]], cuts: list[int]
) -> None:
    """One by one, or in batches cut anywhere (an id never twice in a batch, as the lane sees to)."""
    names = [ids.new_id() for _ in range(10)]
    one_by_one, at_once = (
        rush.open_pool(purpose="test", capacity=capacity, member_limit=limit) for _ in range(2)
    )
    twin = {name: ids.new_id() for name in names}
    asks = [(names[number], member, quantity) for number, member, quantity in wants]
    groups: list[list[Ask]] = [[]]
    for place, ask in enumerate(asks):
        if place in cuts or any(ask[0] == other[0] for other in groups[-1]):
            groups.append([])
        groups[-1].append(ask)

    singly = [batch(one_by_one, [ask])[0] for ask in asks]
    together = [
        answer
        for group in groups
        if group
        for answer in batch(at_once, [(twin[name], member, quantity) for name, member, quantity in group])
    ]

    assert together == singly
    assert sorted(row[:2] for row in state_of(at_once)[2]) == sorted(
        row[:2] for row in state_of(one_by_one)[2]
    )
    assert_sound(at_once)


NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("at", "refusal"),
    [
        (NOON - timedelta(microseconds=1), rush.TooEarly),
        (NOON, None),
        (NOON + HOUR - timedelta(microseconds=1), None),
        (NOON + HOUR, rush.TooLate),
    ],
)
def test_a_pool_keeps_its_hours(at: datetime, refusal: type[Exception] | None) -> None:
    pool = rush.open_pool(purpose="test", capacity=1, opens_at=NOON, closes_at=NOON + HOUR)
    with clock.held_at(at):
        if refusal is None:
            assert not rush.claim_units(pool_id=pool, member_id=A).replayed
        else:
            with pytest.raises(refusal):
                rush.claim_units(pool_id=pool, member_id=A)
            assert state_of(pool) == (0, 1, [])


def test_refusals_say_why_and_change_nothing() -> None:
    pool = rush.open_pool(purpose="test", capacity=2, member_limit=1)
    rush.claim_units(pool_id=pool, member_id=A)
    before = state_of(pool)

    with pytest.raises(rush.LimitReached) as limited:
        rush.claim_units(pool_id=pool, member_id=A)
    with pytest.raises(rush.SoldOut):
        rush.claim_units(pool_id=rush.open_pool(purpose="test", capacity=0), member_id=A)
    with pytest.raises(NotFound):
        rush.claim_units(pool_id=ids.new_id(), member_id=A)
    Pool.objects.filter(id=pool).update(is_open=False)
    with pytest.raises(rush.TooLate):
        rush.claim_units(pool_id=pool, member_id=B)

    assert limited.value.facts == {"limit": 1}
    assert state_of(pool) == before


def test_a_closed_pool_still_answers_a_repeated_claim() -> None:
    pool = rush.open_pool(purpose="test", capacity=1)
    claim = rush.claim_units(pool_id=pool, member_id=A).claim_id
    Pool.objects.filter(id=pool).update(is_open=False)

    assert rush.claim_units(pool_id=pool, member_id=A, claim_id=claim).replayed


LIVES = {  # (state, verb) → (answer, state, units given back)
    ("held", "keep"): (True, "kept", 0),
    ("held", "release"): (True, "released", 1),
    ("held", "expire"): (True, "expired", 1),
    ("kept", "keep"): (False, "kept", 0),
    ("kept", "release"): (True, "released", 1),
    ("kept", "expire"): (False, "kept", 0),
    ("released", "keep"): (False, "released", 0),
    ("released", "release"): (False, "released", 0),
    ("released", "expire"): (False, "released", 0),
    ("expired", "keep"): (False, "expired", 0),
    ("expired", "release"): (False, "expired", 0),
    ("expired", "expire"): (False, "expired", 0),
}


@pytest.mark.parametrize(("state", "verb"), LIVES)
def test_the_whole_life_of_a_claim(state: str, verb: str) -> None:
    due = clock.now() - timedelta(seconds=1)
    pool = rush.open_pool(purpose="test", capacity=5)
    claim = rush.claim_units(pool_id=pool, member_id=A, expires_at=due).claim_id
    {
        "held": lambda: None,
        "kept": lambda: claims.keep_claim(claim),
        "released": lambda: claims.release_claim(claim),
        "expired": claims.expire_claims,
    }[state]()
    taken_before = state_of(pool)[0]

    done = {
        "keep": lambda: claims.keep_claim(claim),
        "release": lambda: claims.release_claim(claim),
        "expire": lambda: claim in claims.expire_claims(),
    }[verb]()

    answer, after, back = LIVES[state, verb]
    assert (done, state_of(pool)[2][0][2], taken_before - state_of(pool)[0]) == (answer, after, back)
    assert_sound(pool)


def test_only_claims_whose_time_is_over_expire_a_few_at_a_time() -> None:
    now = clock.now()
    first, second = (rush.open_pool(purpose="test", capacity=5) for _ in range(2))
    for pool, seconds in ((first, -3), (second, -2), (first, -1), (second, 60)):
        rush.claim_units(pool_id=pool, member_id=A, expires_at=now + timedelta(seconds=seconds))
    rush.claim_units(pool_id=first, member_id=A)  # without an expiry: kept at once

    assert len(rush.expire_claims(limit=2)) == 2
    assert len(rush.expire_claims()) == 1
    assert rush.expire_claims() == []
    assert (state_of(first)[0], state_of(second)[0]) == (1, 1)


def test_a_sweep_gives_back_everything_that_is_due() -> None:
    pool = rush.open_pool(purpose="test", capacity=1200)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO rush_claim (id, pool_id, member_id, quantity, state, expires_at, created_at)"
            " SELECT gen_random_uuid(), %s, gen_random_uuid(), 1, 'held', now(), now() FROM generate_series(1, 1200)",
            [pool],
        )
    Pool.objects.filter(id=pool).update(taken=1200)

    assert rush.expire_due_claims() == 1200
    assert state_of(pool)[0] == 0


def test_a_pool_is_never_made_smaller_than_what_is_taken() -> None:
    pool = rush.open_pool(purpose="test", capacity=3)
    rush.claim_units(pool_id=pool, member_id=A, quantity=2)

    assert not rush.resize_pool(pool_id=pool, capacity=1)
    assert rush.resize_pool(pool_id=pool, capacity=2)
    with pytest.raises(rush.SoldOut):
        rush.claim_units(pool_id=pool, member_id=B)


def test_the_database_is_the_last_guard() -> None:
    pool = rush.open_pool(purpose="test", capacity=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Pool.objects.filter(id=pool).update(taken=2)
    with pytest.raises(IntegrityError), transaction.atomic():
        Claim.objects.create(pool_id=pool, member_id=A, quantity=0)
    with pytest.raises(IntegrityError), transaction.atomic():
        Claim.objects.create(pool_id=pool, member_id=A, state="dreamt")
